//! `plumbline preflight`: who is calling, and what can this identity not read.
//!
//! It makes the audit's own calls, since nothing else tells truly what is allowed: service control
//! policies, permission boundaries and key policies do not show in a policy simulation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use clap::Args;

use super::exit::{CliError, Exit};
use super::progress::Bar;
use super::scope::{CheckArguments, ScopeArguments, config, scope_error};
use super::{Global, block_on, output};
use crate::audit::SkippedAccount;
use crate::auditor::{self, Progress, Reached};
use crate::aws::Fleet;
use crate::check;
use crate::inventory::{Gap, GapKind, Inventory, Listing, Value};
use crate::text::account;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scope: ScopeArguments,
    #[command(flatten)]
    checks: CheckArguments,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let wanted = arguments.scope.wanted(&config)?;
    let library = arguments.checks.library(&config)?;
    let checks = library.select(&arguments.checks.selection())?;
    let plan = Arc::new(check::plan(checks));
    let (scope, reached, inventory) = block_on(async {
        let fleet = Fleet::new(config.limits());
        let scope = wanted.scope(&fleet).await.map_err(scope_error)?;
        let progress = Arc::new(Progress::default());
        let _bar = Bar::start(global, progress.clone(), &fleet);
        let reached = auditor::reach(&fleet, &scope, &scope.accounts).await;
        let inventory = auditor::collect(&reached, &plan, &progress).await;
        Ok((scope, reached, inventory))
    })?;
    let gaps = gaps(&inventory);
    let mut text = String::new();
    for account in &reached {
        identity(&mut text, account);
    }
    for SkippedAccount { account_id, name, reason } in &scope.skipped {
        let _ = writeln!(text, "{} is not audited: {reason}", account(account_id, name.as_deref()));
    }
    if gaps.is_empty() && reached.iter().all(|account| account.outcome.is_ok()) {
        let _ = writeln!(text, "everything that the selected checks need can be read");
    }
    for (gap, places) in &gaps {
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        let _ = writeln!(text, "cannot: {gap}\n  where: {}", places.join(", "));
        if let Some(help) = gap.help() {
            let _ = writeln!(text, "  help: {help}");
        }
    }
    output::write(None, &text)?;
    let complete = gaps.is_empty() && reached.iter().all(|account| account.outcome.is_ok());
    Ok(if complete { Exit::Success } else { Exit::Unknown })
}

fn identity(text: &mut String, reached: &Reached) {
    let name = reached.config.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let _ = match &reached.outcome {
        Ok((account, regions)) => {
            writeln!(text, "{}{name} as {}\n  Regions: {}", account.account_id, account.caller_arn, regions.join(", "))
        }
        Err(error) => writeln!(text, "error: {}{name}\n  cause: {}\n  help: {}", error.what, error.cause, error.help),
    };
}

/// What could not be read, each with the places where; messages are left out of the comparison, since AWS
/// writes the resource's name into them.
fn gaps(inventory: &Inventory) -> BTreeMap<Gap, BTreeSet<String>> {
    let mut gaps: BTreeMap<Gap, BTreeSet<String>> = BTreeMap::new();
    let mut note = |gap: &Arc<Gap>, place: &crate::inventory::Place| {
        if gap.kind == GapKind::NotCollected {
            return;
        }
        let mut gap = gap.as_ref().clone();
        if gap.kind == GapKind::Denied {
            gap.message.clear();
        }
        gaps.entry(gap).or_default().insert(format!("{} of {}", place.region, place.account_id));
    };
    for (_, place, listing) in inventory.listings() {
        if let Listing::Incomplete(gap) = listing {
            note(gap, place);
        }
    }
    for resource in inventory.resources() {
        for value in resource.fields.iter() {
            if let Value::Unobserved(gap) = value {
                note(gap, &resource.place);
            }
        }
    }
    gaps
}
