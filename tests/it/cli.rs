//! The command line as a new user meets it: no credentials, wrong input, a closed pipe, Ctrl-C.

use std::io::Read;
use std::net::TcpListener;
use std::process::Stdio;

use crate::program::{Program, Ran};

#[test]
fn without_credentials_it_says_what_to_do() {
    let ran = Program::new().run(&["audit", "--no-store", "--region", "us-east-1"]).exits(1);
    assert!(ran.stderr.contains("error: cannot find out whose credentials these are"), "{}", ran.stderr);
    assert!(ran.stderr.contains("help: sign in"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

#[test]
fn an_unknown_profile_is_named_with_the_one_that_was_meant() {
    let program = Program::new();
    program.file(".aws/config", "[profile production]\nregion = eu-west-1\n");
    let ran = program.run(&["preflight", "--profile", "prodution"]).exits(4);
    assert!(ran.stdout.contains("there is no profile `prodution`"), "{}", ran.stdout);
    assert!(ran.stdout.contains("did you mean `production`?"), "{}", ran.stdout);
}

#[test]
fn an_endpoint_that_is_down_ends_in_an_error_and_not_in_a_wait() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ran = Program::at(&format!("http://127.0.0.1:{port}")).run(&["audit", "--no-store"]).exits(1);
    assert!(ran.stderr.contains("check the network, AWS_ENDPOINT_URL and the Region"), "{}", ran.stderr);
}

#[test]
fn wrong_usage_exits_with_two() {
    let program = Program::new();
    for arguments in [
        &["audit", "--severity", "hihg"][..],
        &["audit", "--format", "xml"],
        &["audit", "--check", "no-such-check"],
        &["audit", "--theme", "rotatoin"],
        &["audit", "--region", "Frankfurt"],
        &["audit", "--account", "staging"],
        &["audit", "--config", "missing.toml"],
        &["checks", "show", "vpc-flow-log-enabled"],
        &["findings", "suppress", "--by", "ann", "--why", "x", "--until", "yesterday"],
        &["no-such-command"],
    ] {
        let ran = program.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: "), "{arguments:?}: {}", ran.stderr);
    }
    assert!(
        program
            .run(&["checks", "show", "vpc-flow-log-enabled"])
            .stderr
            .contains("did you mean `vpc-flow-logs-enabled`?")
    );
    assert!(program.run(&["audit", "--theme", "rotatoin"]).stderr.contains("did you mean `rotation`?"));
}

#[test]
fn a_broken_check_is_refused_with_file_line_and_column() {
    let program = Program::new();
    program.file(
        "own/team-vpc-named.yaml",
        "id: team-vpc-named\ntitle: VPCs have a name\nseverity: low\nresource: AWS::EC2::VPC\n\
         pass: resource.tagz[\"Name\"] != null\nmessage: \"{resource.vpc_id} has no name\"\nwhy: Names help.\n\
         remediation: {}\nthemes: [tagging]\nexamples: []\n",
    );
    let ran = program.run(&["audit", "--checks-dir", "own"]).exits(2);
    assert!(ran.stderr.contains("own/team-vpc-named.yaml:5:16"), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `tags`?"), "{}", ran.stderr);
}

#[test]
fn a_check_of_ones_own_is_one_file() {
    let program = Program::new();
    program.file(
        "own/team-vpc-named.yaml",
        r#"
id: team-vpc-named
title: VPCs have a name
severity: low
resource: AWS::EC2::VPC
pass: resource.tags["Name"] != null
message: "{resource.vpc_id} has no name"
why: Names help.
remediation: { cli: "aws ec2 create-tags --resources {resource.vpc_id} --tags Key=Name,Value=NAME" }
themes: [tagging]
examples:
  - { expect: pass, because: it has a name, resource: { vpc_id: vpc-1, tags: { Name: main } } }
  - { expect: fail, because: it has none, resource: { vpc_id: vpc-1 } }
  - { expect: unknown, because: its tags could not be read, resource: { vpc_id: vpc-1, tags: { unobserved: "ec2:DescribeVpcs" } } }
"#,
    );
    let listed = program.run(&["checks", "list", "--checks-dir", "own", "--theme", "tagging"]).exits(0);
    assert!(listed.stdout.contains("team-vpc-named"), "{}", listed.stdout);
    let tested = program.run(&["checks", "test", "own"]).exits(0);
    assert_eq!(tested.stdout, "3 examples hold\n");
    let policy = program.run(&["policy", "--checks-dir", "own", "--check", "team-vpc-named"]).exits(0).json();
    let actions: Vec<&str> =
        policy["Statement"][0]["Action"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    assert_eq!(actions, ["ec2:DescribeRegions", "ec2:DescribeVpcs"]);
}

#[test]
fn an_example_that_does_not_hold_is_refused() {
    let program = Program::new();
    let check = "id: x\ntitle: X\nseverity: low\nresource: AWS::EC2::VPC\npass: resource.is_default\nmessage: m\nwhy: w\n\
                 remediation: {}\nthemes: [network]\nexamples:\n  - { expect: pass, because: wrong, resource: { is_default: false } }\n";
    program.file("own/x.yaml", check);
    let ran = program.run(&["checks", "test", "own/x.yaml"]).exits(2);
    assert!(ran.stderr.contains("expected `pass`, the check says `fail`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("own/x.yaml:11:"), "{}", ran.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let program = Program::new();
    let mut child = program
        .command(&["inventory", "types", "AWS::EC2::VPC"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert_eq!(stderr, "");
}

#[test]
fn ctrl_c_ends_an_audit_that_waits_for_an_answer() {
    // Takes connections and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let program = Program::at(&format!("http://{}", listener.local_addr().unwrap()));
    let mut child = program.command(&["audit", "--store", "s.db"]).stderr(Stdio::piped()).spawn().unwrap();
    let (connection, _) = listener.accept().unwrap();
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let status = child.wait().unwrap();
    // Waiting the call out would end in an error, 1; not minding the signal in no code at all.
    assert_eq!(status.code(), Some(130));
    drop(connection);
}

#[test]
fn a_store_of_a_newer_version_is_refused_and_left_alone() {
    let program = Program::new();
    program
        .run(&[
            "findings",
            "suppress",
            "--check",
            "a*",
            "--by",
            "ann",
            "--why",
            "w",
            "--until",
            "2999-01-01",
            "--store",
            "s.db",
        ])
        .exits(0);
    let newer = rusqlite::Connection::open(program.path().join("s.db")).unwrap();
    newer.pragma_update(None, "user_version", 999).unwrap();
    drop(newer);
    let ran: Ran = program.run(&["audit", "--store", "s.db"]).exits(1);
    assert!(ran.stderr.contains("newer plumbline"), "{}", ran.stderr);
    assert!(ran.stderr.contains("the file was not changed"), "{}", ran.stderr);
}

#[test]
fn what_is_no_store_is_refused() {
    let program = Program::new();
    program.file("s.db", "this is a text, and a long one, so that SQLite does not take it for an empty database");
    let ran = program.run(&["audit", "--store", "s.db"]).exits(1);
    assert!(ran.stderr.contains("is no plumbline store"), "{}", ran.stderr);
}

#[test]
fn completions_are_scripts_of_the_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let script = Program::new().run(&["completions", shell]).exits(0).stdout;
        assert!(script.contains("preflight"), "{shell}");
    }
}

#[test]
fn the_policy_allows_reading_only() {
    let policy = Program::new().run(&["policy"]).exits(0).json();
    let statements = policy["Statement"].as_array().unwrap();
    for action in statements.iter().flat_map(|s| s["Action"].as_array().unwrap()) {
        let (_, name) = action.as_str().unwrap().split_once(':').unwrap();
        let reads = ["Describe", "Get", "List", "BatchGet"].iter().any(|verb| name.starts_with(verb));
        assert!(reads, "{action} does not read");
        assert!(!name.contains("SecretValue"), "{action} reads secrets");
    }
}
