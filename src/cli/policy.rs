//! `plumbline policy`: the IAM policy that the selected checks need, or the identity that starts the run, and nothing more.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value as Json, json};

use super::exit::{CliError, Exit};
use super::scope::{CheckArguments, config};
use super::{Global, output};
use crate::aws::Account;
use crate::check;
use crate::config::Config;
use crate::keep::Place;
use crate::notify::{ChannelConfig, SecretSource};
use crate::organization;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    checks: CheckArguments,
    /// Print what the identity that starts the run needs, by the configuration, for accounts, channels, the store and events
    #[arg(long)]
    start: bool,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    if arguments.start {
        return print(&starting(&config)?);
    }
    let library = arguments.checks.library(&config)?;
    let checks = library.select(&arguments.checks.selection())?;
    let plan = check::plan(checks);
    let mut by_service = plan.actions();
    for operation in Account::operations() {
        if let Some((prefix, _)) = operation.action.split_once(':') {
            by_service.entry(prefix).or_default().insert(operation.action);
        }
    }
    // One statement a service, so that a person can read and trim it.
    let statements: Vec<Json> = by_service
        .into_iter()
        .map(|(service, actions)| {
            let sid: String = service.split('-').map(capitalised).collect();
            json!({ "Sid": format!("Plumbline{sid}"), "Effect": "Allow", "Action": actions, "Resource": "*" })
        })
        .collect();
    print(&statements)
}

fn print(statements: &[Json]) -> Result<Exit, CliError> {
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    output::print(&format!("{policy:#}\n"))
}

/// What the identity that starts the run needs to learn the accounts, to assume their roles, and to reach the channels, a store in S3
/// and the queues of events.
fn starting(config: &Config) -> Result<Vec<Json>, CliError> {
    let statement = |sid: &str, actions: &[&str], resources: &[String]| json!({ "Sid": format!("Plumbline{sid}"), "Effect": "Allow", "Action": actions, "Resource": resources });
    let mut statements = Vec::new();
    let roles: BTreeSet<String> = config.accounts.iter().filter_map(|account| account.role_arn.clone()).collect();
    if let Some(organization) = config.organization_settings()? {
        let actions: Vec<&str> = organization::operations(&organization).iter().map(|o| o.action).collect();
        if !actions.is_empty() {
            statements.push(statement("Organizations", &actions, &["*".to_owned()]));
        }
        // Only in accounts of its own organization, whichever these are.
        let mut assume = statement("AssumeRoles", &["sts:AssumeRole"], &[organization.role_arn("*", "*")]);
        assume["Condition"] = json!({ "StringEquals": { "aws:ResourceOrgID": "${aws:PrincipalOrgID}" } });
        statements.push(assume);
    }
    let mut topics = BTreeSet::new();
    let mut secrets = BTreeSet::new();
    let mut parameters = BTreeSet::new();
    for channel in config.notify.values() {
        match channel {
            ChannelConfig::Sns(sns) => _ = topics.insert(sns.topic_arn.clone()),
            ChannelConfig::Slack(slack) => match &slack.webhook {
                // Secrets Manager puts six characters of its own behind a name.
                SecretSource::SecretsManager { id, .. } => {
                    _ = secrets.insert(arn(id, "secretsmanager", "secret:", "-??????"))
                }
                SecretSource::Parameter(name) => {
                    _ = parameters.insert(arn(name.trim_start_matches('/'), "ssm", "parameter/", ""));
                }
                SecretSource::Env(_) | SecretSource::File(_) | SecretSource::Unrecognised => {}
            },
        }
    }
    if let Some(Place::S3(store)) = config.store.as_deref().and_then(|name| Place::named(name).ok()) {
        let bucket = format!("arn:*:s3:::{}", store.bucket);
        let object = format!("{bucket}/{}", store.key);
        statements.push(statement("Store", &["s3:GetObject", "s3:PutObject"], &[object]));
        // Without it S3 answers the same for a store that is not there yet and for one that nobody may read.
        statements.push(statement("StoreBucket", &["s3:ListBucket"], &[bucket]));
        if let Some(key) = &store.kms {
            let key = if key.starts_with("arn:") && !key.contains(":alias/") { key.as_str() } else { "*" };
            statements.push(statement("StoreKey", &["kms:Decrypt", "kms:GenerateDataKey"], &[key.to_owned()]));
        }
    }
    if let Some(events) = config.daemon_settings()?.events {
        let read = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"];
        statements.push(statement("Events", &read, &[events.queue.arn()]));
        if let Some(dead) = events.dead_letters {
            statements.push(statement("DeadLetters", &["sqs:SendMessage"], &[dead.arn()]));
        }
    }
    for (sid, action, resources) in [
        ("AssumeNamedRoles", "sts:AssumeRole", roles.into_iter().collect::<Vec<_>>()),
        ("Topics", "sns:Publish", topics.into_iter().collect()),
        ("Secrets", "secretsmanager:GetSecretValue", secrets.into_iter().collect()),
        ("Parameters", "ssm:GetParameter", parameters.into_iter().collect()),
    ] {
        if !resources.is_empty() {
            statements.push(statement(sid, &[action], &resources));
        }
    }
    Ok(statements)
}

/// An ARN as it is; a name as that of a resource wherever it is.
fn arn(name: &str, service: &str, before: &str, behind: &str) -> String {
    if name.starts_with("arn:") { name.to_owned() } else { format!("arn:*:{service}:*:*:{before}{name}{behind}") }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
