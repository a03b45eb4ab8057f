//! Organizations: which accounts are audited, how, and which are not.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use rusqlite::Connection;
use serde_json::{Value as Json, json};

use crate::accounts::{account_id, answer};
use crate::daemon::process::{Daemon, eventually, get};
use crate::emulator::Emulator;
use crate::gate::{Fault, Gate};
use crate::program::{Program, Ran};
use crate::small_account::query;

/// The account of the credentials at hand, which is the emulated organization's management account.
const MANAGEMENT: &str = "123456789012";

/// One check that has something to say in every account of the emulator.
const CHECK: &str = "--check=vpc-flow-logs-enabled";

/// More than one page of Organizations.
const SHOPS: usize = 21;

/// The organization: the root with the management account and `lone`, the unit `prod` with `api` and the closed `old`, in it the
/// unit `shops` with the accounts `shop-0` and so on, and the unit `sandbox` with `play`. Units and accounts by name.
fn organization() -> &'static BTreeMap<String, String> {
    static MADE: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    MADE.get_or_init(|| {
        let made = Emulator::shared().python(
            "club-app",
            &format!(
                r#"
import boto3, json
o = boto3.client("organizations", aws_access_key_id="testing", aws_secret_access_key="testing")
o.create_organization(FeatureSet="ALL")
root = o.list_roots()["Roots"][0]["Id"]
made = {{}}
def unit(name, parent):
    made[name] = o.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]
def account(name, parent=None):
    status = o.create_account(AccountName=name, Email=name + "@clubapp.example")["CreateAccountStatus"]
    made[name] = status["AccountId"]
    if parent:
        o.move_account(AccountId=made[name], SourceParentId=root, DestinationParentId=made[parent])
unit("prod", root); unit("shops", made["prod"]); unit("sandbox", root)
account("lone"); account("api", "prod"); account("old", "prod"); account("play", "sandbox")
for number in range({SHOPS}):
    account(f"shop-{{number}}", "shops")
o.close_account(AccountId=made["old"])
print(json.dumps(made))"#
            ),
        );
        serde_json::from_str(&made).unwrap()
    })
}

/// The id of a unit or an account.
fn id(name: &str) -> &'static str {
    &organization()[name]
}

fn gate() -> Gate {
    Gate::before(&Emulator::shared().endpoint)
}

/// A program with `[organization]` and these further lines in its configuration.
fn program(gate: &Gate, lines: &str) -> Program {
    let program = Program::at(&gate.endpoint);
    let text = format!("regions = [\"us-east-1\"]\n[organization]\nrole_name = \"plumbline-audit\"\n{lines}\n");
    program.file("plumbline.toml", &text);
    program
}

fn audit(program: &Program, arguments: &[&str]) -> Ran {
    program.run(&[&["audit", CHECK, "--format=json"], arguments].concat())
}

/// The names of the accounts that were read, in order.
fn read(report: &Json) -> Vec<String> {
    let accounts = report["audit"]["accounts"].as_array().unwrap().iter();
    let mut names: Vec<String> = accounts
        .map(|account| {
            assert_eq!(account["error"], Json::Null, "{account}");
            account["name"].as_str().unwrap().to_owned()
        })
        .collect();
    names.sort();
    names
}

fn with_shops(others: &[&str]) -> Vec<String> {
    let shops = (0..SHOPS).map(|number| format!("shop-{number}"));
    let mut names: Vec<String> = shops.chain(others.iter().map(|name| (*name).to_owned())).collect();
    names.sort();
    names
}

#[test]
fn all_accounts_are_audited_by_their_role_and_the_closed_one_is_named() {
    organization();
    let gate = gate();
    let program = program(&gate, "");
    let report = audit(&program, &["--store=store.db"]).exits(3).json();
    assert_eq!(read(&report), with_shops(&["api", "lone", "master", "play"]));
    let skipped = &report["audit"]["skipped"];
    assert_eq!(skipped.as_array().unwrap().len(), 1);
    assert_eq!((&skipped[0]["account_id"], &skipped[0]["name"]), (&id("old").into(), &"old".into()));
    assert_eq!(skipped[0]["reason"], "it is suspended in the organization");
    let calls = report["audit"]["calls_by_operation"].as_object().unwrap();
    assert!(calls.contains_key("organizations:ListAccounts"), "{calls:?}");
    let table = program.run(&["audit", CHECK, "--no-store", "--account=play", "--account=old"]).exits(3).stdout;
    assert!(table.contains("not audited: old ("), "{table}");
}

#[test]
fn units_are_audited_with_everything_below_them_but_what_is_excluded() {
    let lines = |units: &[&str], exclude: &[&str]| {
        let ids = |names: &[&str]| names.iter().map(|name| format!("\"{}\"", id(name))).collect::<Vec<_>>().join(", ");
        format!("units = [{}]\nexclude = [{}]", ids(units), ids(exclude))
    };
    for (lines, expected) in [
        (lines(&["prod"], &[]), with_shops(&["api"])),
        // A unit that lies in another one that is named is met once.
        (lines(&["prod", "shops", "sandbox"], &["play", "shop-3"]), {
            let mut names = with_shops(&["api"]);
            names.retain(|name| name != "shop-3");
            names
        }),
        (lines(&["prod"], &["shops"]), vec!["api".to_owned()]),
        (format!("exclude = [\"{}\", \"{}\"]", id("prod"), id("lone")), vec!["master".to_owned(), "play".to_owned()]),
        (
            format!(
                "accounts = [\"{}\", \"{MANAGEMENT}\"]\n[[accounts]]\nname = \"a\"\naccount_id = \"{}\"\n[[accounts]]\nname = \"b\"\naccount_id = \"{MANAGEMENT}\"",
                id("api"),
                id("api")
            ),
            vec!["a".to_owned(), "b".to_owned()],
        ),
    ] {
        let report = audit(&program(&gate(), &lines), &["--no-store"]).exits(3).json();
        assert_eq!(read(&report), expected, "{lines}");
    }
}

#[test]
fn its_own_account_is_read_with_the_credentials_at_hand_where_the_role_is_not_there() {
    organization();
    let gate = gate();
    gate.rule(|request, _| {
        let is_own = request.operation == "sts:AssumeRole" && request.body.contains(MANAGEMENT);
        is_own.then_some(Fault::Deny)
    });
    let program = program(&gate, &format!("accounts = [\"{MANAGEMENT}\", \"{}\"]", id("api")));
    let report = audit(&program, &["--no-store"]).exits(3).json();
    assert!(report["audit"]["accounts"].as_array().unwrap().iter().all(|account| account["error"] == Json::Null));
    // Nobody else's: there it would be the wrong account.
    gate.rule(|request, _| (request.operation == "sts:AssumeRole").then_some(Fault::Deny));
    let report = audit(&program, &["--no-store"]).exits(3).json();
    let errors: Vec<&Json> = report["audit"]["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|account| account["error"] != Json::Null)
        .collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["account_id"], id("api"));
    assert!(!gate.calls().contains_key("organizations:ListAccounts"), "accounts that are listed are not asked for");
}

#[test]
fn who_may_not_ask_learns_which_action_is_missing_and_where_it_works() {
    organization();
    for (lines, operation) in
        [(String::new(), "ListAccounts"), (format!("units = [\"{}\"]", id("prod")), "ListOrganizationalUnitsForParent")]
    {
        let gate = gate();
        let denied = format!("organizations:{operation}");
        gate.rule(move |request, _| (request.operation == denied).then_some(Fault::Deny));
        let program = program(&gate, &lines);
        for command in ["audit", "preflight"] {
            let said = program.run(&[command, CHECK]).exits(1).stderr;
            for part in
                [&format!("organizations:{operation}"), "management account", "delegated administrators", MANAGEMENT]
            {
                assert!(said.contains(part), "{command} does not say {part}: {said}");
            }
        }
    }
}

#[test]
fn a_unit_that_is_not_there_is_named() {
    organization();
    let program = program(&gate(), "units = [\"ou-zzzz-00000000\"]");
    let said = audit(&program, &["--no-store"]).exits(1).stderr;
    assert!(said.contains("ou-zzzz-00000000") && said.contains("organization.units"), "{said}");
}

#[test]
fn one_account_can_be_chosen_by_its_name_or_its_id() {
    organization();
    let program = program(&gate(), "");
    for name in ["api", id("api")] {
        let report = audit(&program, &["--no-store", "--account", name]).exits(3).json();
        assert_eq!(read(&report), ["api"]);
    }
    let said = audit(&program, &["--no-store", "--account", "apy"]).exits(2).stderr;
    assert!(said.contains("the organization has no account named `apy`; did you mean `api`?"), "{said}");
}

#[test]
fn an_account_that_left_keeps_what_is_known_of_it() {
    organization();
    let gate = gate();
    let open = |program: &Program| {
        let listed = program.run(&["findings", "list", "--format=ndjson", "--store=store.db"]).exits(0).stdout;
        listed.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["id"].to_string()).collect::<Vec<_>>()
    };
    let program = program(&gate, &format!("accounts = [\"{}\", \"{}\"]", id("api"), id("play")));
    audit(&program, &["--store=store.db"]).exits(3);
    let before = open(&program);
    let left = format!(
        "regions = [\"us-east-1\"]\n[organization]\nrole_name = \"plumbline-audit\"\naccounts = [\"{}\"]\n[[accounts]]\nname = \"left\"\naccount_id = \"{}\"\n",
        id("api"),
        id("play")
    );
    program.file("plumbline.toml", &left);
    let report = audit(&program, &["--store=store.db"]).exits(3).json();
    assert_eq!(report["audit"]["skipped"][0]["account_id"], id("play"));
    assert_eq!(open(&program), before);
}

#[test]
fn the_identity_that_starts_the_run_needs_no_more_than_its_policy() {
    organization();
    let gate = gate();
    let lines = format!(
        "units = [\"{}\"]\n[notify.topic]\nkind = \"sns\"\ntopic_arn = \"arn:aws:sns:us-east-1:{MANAGEMENT}:alerts\"",
        id("prod")
    );
    let program = program(&gate, &lines);
    let config = std::fs::read_to_string(program.path().join("plumbline.toml")).unwrap();
    let events = "[daemon.events]\nqueue = \"https://sqs.eu-west-1.amazonaws.com/111122223333/changes\"\n\
                  dead_letter_queue = \"arn:aws:sqs:eu-west-1:111122223333:unusable\"\n";
    program.file("plumbline.toml", &format!("store = \"s3://audits/plumbline.db\"\n{config}\n{events}"));
    gate.rule(|_, _| None);
    audit(&program, &["--no-store"]).exits(3);
    let policy = program.run(&["policy", "--start"]).exits(0).json();
    let statements = policy["Statement"].as_array().unwrap();
    let mut actions: Vec<&str> =
        statements.iter().flat_map(|s| s["Action"].as_array().unwrap()).map(|a| a.as_str().unwrap()).collect();
    actions.sort_unstable();
    let called = gate.calls();
    let asked = called.keys().filter(|operation| operation.starts_with("organizations:")).map(String::as_str);
    let mut expected: Vec<&str> =
        asked.chain(["s3:GetObject", "s3:ListBucket", "s3:PutObject", "sns:Publish", "sts:AssumeRole"]).collect();
    expected.extend(["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"]);
    expected.sort_unstable();
    assert_eq!(actions, expected);
    let assume = statements.iter().find(|statement| statement["Action"][0] == "sts:AssumeRole").unwrap();
    assert_eq!(assume["Resource"][0], "arn:*:iam::*:role/plumbline-audit");
    let dead = statements.iter().find(|statement| statement["Action"][0] == "sqs:SendMessage").unwrap();
    assert_eq!(dead["Resource"][0], "arn:*:sqs:eu-west-1:111122223333:unusable");
}

/// An organization of so many accounts, told in pages of three.
fn growing(members: &Arc<AtomicUsize>) -> Gate {
    let gate = Gate::alone();
    let members = members.clone();
    gate.rule(move |request, _| {
        if request.operation != "organizations:ListAccounts" {
            return Some(answer(request));
        }
        let asked: Json = serde_json::from_str(&request.body).unwrap();
        let start: usize = asked["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let all = members.load(Ordering::SeqCst);
        let end = all.min(start + 3);
        let member =
            |number| json!({ "Id": account_id(number), "Name": format!("account-{number}"), "State": "ACTIVE" });
        let mut page = json!({ "Accounts": (start..end).map(member).collect::<Vec<_>>() });
        if end < all {
            page["NextToken"] = end.to_string().into();
        }
        Some(Fault::Answer("application/x-amz-json-1.1", page.to_string()))
    });
    gate
}

#[test]
fn a_daemon_asks_the_organization_anew_in_each_period() {
    let members = Arc::new(AtomicUsize::new(7));
    let gate = growing(&members);
    let program = Program::at(&gate.endpoint);
    let start = |schedule: &str| {
        let text = format!(
            "store = \"store.db\"\nregions = [\"us-east-1\"]\n[organization]\nrole_name = \"audit\"\n\
             [daemon]\nlisten = \"127.0.0.1:0\"\nschedule = \"{schedule}\"\n"
        );
        program.file("plumbline.toml", &text);
        Daemon::start(program.command(&["daemon", "--check=logs-group-retention-set"]))
    };
    let sql =
        "SELECT json_array_length(s.accounts) FROM audits a JOIN scopes s ON s.id = a.scope_id ORDER BY a.id DESC";
    let audited = || query(&Connection::open(program.path().join("store.db")).unwrap(), sql).into_iter().next();
    let daemon = start("1s");
    eventually("an audit of all accounts", || audited().as_deref() == Some("7"));
    members.store(8, Ordering::SeqCst);
    eventually("an audit with the account that joined", || audited().as_deref() == Some("8"));
    drop(daemon);
    // One that is started anew knows the last audit as one of this organization, and needs no other.
    let audits = || query(&Connection::open(program.path().join("store.db")).unwrap(), sql).len();
    let before = audits();
    let daemon = start("1h");
    eventually("it is ready", || get(&daemon.address, "/readyz").status == 200);
    assert_eq!(audits(), before);
}
