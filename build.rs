//! The checks are built into the binary: a changed file under `checks/` has to build it anew.

fn main() {
    println!("cargo:rerun-if-changed=checks");
}
