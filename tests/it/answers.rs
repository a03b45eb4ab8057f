//! Audits of an AWS of written answers: what the emulator cannot show.

mod broken;
mod containers;
mod databases;
mod listings;
mod load_balancers;
mod network;
mod pages;
mod refused;
mod secrets;
mod storage;
mod trails;

use serde_json::Value as Json;

use crate::program::{Program, Ran};
use crate::written::Written;

/// The time that ages are measured against.
const AS_OF: &str = "2026-11-22T12:00:00Z";
/// The tests are about answers, not about pace.
const FAST: &str = "[limits]\nshare = 1.0\n";

/// What an audit said.
pub struct Report(pub Json);

/// Audits with these checks in us-east-1.
pub fn audit(aws: &Written, checks: &[&str]) -> Report {
    let mut arguments = vec!["audit", "--format=json", "--no-store", "--region=us-east-1", "--as-of", AS_OF];
    arguments.extend(checks.iter().flat_map(|check| ["--check", check]));
    let ran = program(aws).run(&arguments);
    assert!([0, 3, 4].contains(&ran.code), "exit {}: {}", ran.code, ran.stderr);
    Report(ran.json())
}

/// The program, with all of AWS at this address.
pub fn program(aws: &Written) -> Program {
    let program = Program::at(&aws.endpoint);
    program.file("plumbline.toml", FAST);
    program
}

/// The resources of a type, as `inventory show` prints them.
pub fn inventory(aws: &Written, resource_type: &str) -> (Vec<Json>, Ran) {
    let ran = program(aws).run(&["inventory", "show", "--region=us-east-1", "--type", resource_type]);
    let resources = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (resources, ran)
}

impl Report {
    /// The finding of a check on a resource.
    pub fn finding(&self, check: &str, resource: &str) -> &Json {
        let findings = self.0["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| finding["check"] == check && finding["resource_id"] == resource);
        found.unwrap_or_else(|| panic!("{check} did not judge {resource}: {:#}", self.0["findings"]))
    }

    /// The verdict of a check on a resource.
    pub fn verdict(&self, check: &str, resource: &str) -> &str {
        self.finding(check, resource)["verdict"].as_str().unwrap()
    }

    /// What a check said of a resource.
    pub fn message(&self, check: &str, resource: &str) -> &str {
        self.finding(check, resource)["message"].as_str().unwrap()
    }

    /// The verdicts of a check, by resource.
    pub fn verdicts(&self, check: &str) -> Vec<(&str, &str)> {
        let findings = self.0["findings"].as_array().unwrap().iter().filter(|finding| finding["check"] == check);
        findings.map(|f| (f["resource_id"].as_str().unwrap(), f["verdict"].as_str().unwrap())).collect()
    }

    /// The first gap behind an unknown verdict.
    pub fn gap(&self, check: &str, resource: &str) -> &Json {
        let finding = self.finding(check, resource);
        assert_eq!(finding["verdict"], "unknown", "{finding:#}");
        &finding["reason"]["gaps"][0]
    }
}
