//! The `plumbline` program.

fn main() -> std::process::ExitCode {
    plumbline::cli::run()
}
