//! What is generated must be current. `make docs` writes it.

use std::path::Path;

use crate::program::Program;

fn current(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("PLUMBLINE_WRITE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "{name} is not current: run `make docs`");
}

#[test]
fn the_manual_of_the_checks_is_current() {
    let program = Program::new();
    let pages = program.run(&["checks", "docs", "--output", "docs"]).exits(0);
    let folder = program.path().join("docs");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        current(&format!("docs/checks/{name}"), &std::fs::read_to_string(&path).unwrap());
        names.push(name);
    }
    assert!(names.len() > 5, "{}", pages.stdout);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks");
    for entry in std::fs::read_dir(kept).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "docs/checks/{name} belongs to nothing any more: delete it");
    }
}

#[test]
fn the_json_schema_is_current() {
    let schema = Program::new().run(&["schema"]).exits(0);
    current("docs/report.schema.json", &schema.stdout);
    for (of, file) in [("claims", "docs/claims.schema.json"), ("reading", "docs/reading.schema.json")] {
        current(file, &Program::new().run(&["schema", of]).exits(0).stdout);
    }
}

#[test]
fn the_iam_policy_is_current() {
    let policy = Program::new().run(&["policy"]).exits(0);
    current("docs/iam-policy.json", &policy.stdout);
}

#[test]
fn the_policy_of_the_audit_role_is_current() {
    let (name, [begin, end]) = (
        "deploy/cloudformation/audit-role.yaml",
        ["begin", "end"].map(|mark| format!("        # {mark}: plumbline policy\n")),
    );
    let template = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let (before, rest) = template.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    // JSON is YAML.
    let policy = Program::new().run(&["policy"]).exits(0).stdout;
    let policy: String = policy.lines().map(|line| format!("        {line}\n")).collect();
    current(name, &format!("{before}{begin}{policy}{end}{after}"));
}
