//! `plumbline inventory`: what an audit would see, and the types that checks can speak of.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json, json};

use super::exit::{CliError, Exit};
use super::progress::Bar;
use super::scope::{ScopeArguments, config, scope_error};
use super::{Global, block_on, output};
use crate::auditor::{self, Progress};
use crate::aws::Fleet;
use crate::collect::{self, Plan};
use crate::inventory::{Inventory, Listing, RecordType, Resource, Type};
use crate::suggest::nearest;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the account and print its resources as JSON, one a line
    Show(ShowArguments),
    /// List the resource types, or the attributes of one
    Types {
        /// A CloudFormation type name
        name: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct ShowArguments {
    #[command(flatten)]
    scope: ScopeArguments,
    /// A resource type; may be repeated [default: all]
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
}

pub fn run(command: &Command, global: &Global) -> Result<Exit, CliError> {
    match command {
        Command::Show(arguments) => show(arguments, global),
        Command::Types { name: None } => {
            let types = collect::resource_types().fold(String::new(), |mut text, t| {
                let _ = writeln!(text, "{:<46} {}", t.name, t.doc.trim());
                text
            });
            output::print(&types)
        }
        Command::Types { name: Some(name) } => output::print(&describe_type(known_type(name)?)),
    }
}

fn known_type(name: &str) -> Result<&'static RecordType, CliError> {
    collect::resource_type(name).ok_or_else(|| {
        let help = nearest(name, collect::resource_types().map(|t| t.name));
        let help = help.map(|help| format!("; {help}")).unwrap_or_default();
        CliError::Usage(format!("there is no resource type `{name}`{help}"))
    })
}

fn describe_type(record: &RecordType) -> String {
    let mut text = format!("{}: {}\n", record.name, record.doc.trim());
    describe_fields(record, 1, &mut text);
    text
}

fn describe_fields(record: &RecordType, depth: usize, text: &mut String) {
    for field in record.fields() {
        let nullable = if field.nullable { ", can be null" } else { "" };
        let actions: Vec<&str> = field.read_by.iter().map(|operation| operation.action).collect();
        let actions = if actions.is_empty() { String::new() } else { format!(" [{}]", actions.join(", ")) };
        let indent = "  ".repeat(depth);
        let _ = writeln!(text, "{indent}{}: {}{nullable}{actions}", field.name, field.value_type);
        let _ = writeln!(text, "{indent}    {}", field.doc.trim());
        let inner = match field.value_type {
            Type::Record(inner) => Some(inner),
            Type::List(Type::Record(inner)) => Some(*inner),
            _ => None,
        };
        if let Some(inner) = inner {
            describe_fields(inner, depth + 1, text);
        }
    }
}

fn show(arguments: &ShowArguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let wanted = arguments.scope.wanted(&config)?;
    let mut plan = Plan::everything();
    if !arguments.types.is_empty() {
        plan = Plan::default();
        for name in &arguments.types {
            let resource_type = known_type(name)?;
            plan.need_type(resource_type);
            for field in resource_type.fields() {
                plan.need_attribute(resource_type, field);
            }
        }
    }
    let (reached, inventory) = block_on(async {
        let fleet = Fleet::new(config.limits());
        let progress = Arc::new(Progress::default());
        let _bar = Bar::start(global, progress.clone(), &fleet);
        let scope = wanted.scope(&fleet).await.map_err(scope_error)?;
        let reached = auditor::reach(&fleet, &scope, &scope.accounts).await;
        let inventory = auditor::collect(&reached, &Arc::new(plan), &progress).await;
        Ok((reached, inventory))
    })?;
    let mut complete = true;
    for error in reached.iter().filter_map(|account| account.outcome.as_ref().err()) {
        anstream::eprintln!("error: {}\n  cause: {}\n  help: {}", error.what, error.cause, error.help);
        complete = false;
    }
    complete &= report_gaps(&inventory);
    let mut text = String::new();
    for resource in inventory.resources() {
        let _ = writeln!(text, "{}", to_json(resource));
    }
    output::write(None, &text)?;
    Ok(if complete { Exit::Success } else { Exit::Unknown })
}

fn report_gaps(inventory: &Inventory) -> bool {
    let mut complete = true;
    for (name, place, listing) in inventory.listings() {
        if let Listing::Incomplete(gap) = listing {
            complete = false;
            anstream::eprintln!("error: cannot list {name} in {} of {}: {gap}", place.region, place.account_id);
        }
    }
    complete
}

fn to_json(resource: &Resource) -> Json {
    let mut attributes = Map::new();
    for (field, value) in resource.resource_type.fields().iter().zip(resource.fields.iter()) {
        attributes.insert(field.name.to_owned(), value.to_json(&field.value_type));
    }
    json!({
        "type": resource.resource_type.name,
        "account_id": &*resource.place.account_id,
        "region": &*resource.place.region,
        "id": &*resource.id,
        "arn": &*resource.arn,
        "attributes": attributes,
    })
}
