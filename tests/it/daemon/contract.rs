//! The API held against its own description by schemathesis: requests of every kind that the description allows and forbids.

use std::process::Command;

use super::process::{Daemon, get};
use super::{CHECK, SmallAccount, configure};
use crate::emulator;

const TOKEN: &str = "a-token-of-enough-length";

#[test]
fn whatever_is_asked_the_api_answers_as_described() {
    let account = SmallAccount::new(&[("app", false), ("web", true)]);
    configure(&account.program, &format!("schedule = \"6h\"\ntoken = \"{TOKEN}\""));
    let mut daemon = Daemon::start(account.command(&["daemon", "--check", CHECK]));
    eventually_audited(&daemon);
    let bearer = format!("Authorization: Bearer {TOKEN}");
    let description = daemon.ask("GET", "/api/v1/openapi.json", &format!("{bearer}\r\n")).body;
    account.program.file("openapi.json", &description);
    let python = emulator::python_of("tests/tools/schemathesis.txt");
    let ran = Command::new(python.with_file_name("schemathesis"))
        .current_dir(account.program.path())
        .args(["run", "openapi.json", "--url", &format!("http://{}", daemon.address), "--header", &bearer])
        .args(["--generation-deterministic", "--max-examples", "60", "--checks", "all", "--no-color"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}");
    // All of the operations were tried, with good requests and with bad ones.
    let operations =
        serde_json::from_str::<serde_json::Value>(&description).unwrap()["paths"].as_object().unwrap().len();
    assert!(said.contains(&format!("Tested: {operations}")), "{said}");
    assert_eq!(daemon.terminate(), Some(0));
}

fn eventually_audited(daemon: &Daemon) {
    super::eventually("it is ready", || get(&daemon.address, "/readyz").status == 200);
}
