//! `plumbline merge`: makes one store of the audits of a fleet's shards, and tells what changed in one digest.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::exit::{CliError, Exit};
use super::place::{AuditFile, AuditFiles, AuditPlace};
use super::scope::config;
use super::store::{self, StoreArguments};
use super::{Global, block_on, output};
use crate::aws::Fleet;
use crate::config::Config;
use crate::deliver;
use crate::exchange::{self, ExchangeError, Header};
use crate::keep::{Keeper, Recorded};
use crate::store::{Changes, Lease, Store};
use crate::text;

#[derive(Debug, Args)]
pub struct Arguments {
    /// What `plumbline audit --into` wrote: files, folders of them, or `s3://bucket/prefix/`
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<AuditPlace>,
    #[command(flatten)]
    store: StoreArguments,
    /// How many shards there have to be [default: as many as they say themselves]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    expect: Option<u32>,
    /// How long to wait for another audit that uses the same store
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// The profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

/// What became of the files.
#[derive(Debug, Default)]
struct Merged {
    /// Those of runs that the store has now, and did not have before.
    taken: usize,
    known: usize,
    changes: Option<Changes>,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    block_on(merge(arguments, &config))
}

async fn merge(arguments: &Arguments, config: &Config) -> Result<Exit, CliError> {
    let fleet = Fleet::new(config.limits());
    let profile = arguments.profile.as_deref();
    let channels = deliver::channels(&config.notify, &fleet, profile).await;
    let channels = channels.map_err(|error| CliError::Usage(error.to_string()))?;
    let names: Vec<String> = channels.iter().map(|channel| channel.name().to_owned()).collect();
    let gathered = AuditFiles::gather(&arguments.sources, &fleet, profile).await?;
    let mut keeper = Keeper::open(&arguments.store.place(config)?, &fleet, profile).await?;
    keeper.hold(Duration::from_secs(arguments.wait)).await.map_err(store::error)?;
    let (files, refused) = sort_out(&gathered.files, &keeper)?;
    for (file, error) in &refused {
        anstream::eprintln!(
            "error: `{}` cannot be merged\n  cause: {error}\n  effect: what it covers stays as it was\n  help: {}",
            file.name,
            error.help()
        );
    }
    let now = Timestamp::now();
    let recording =
        keeper.record_by(config.retention.before(now), |store, lease| take(store, lease, &files, &names, now));
    let Recorded { changes: merged, maintained, due } = recording.await?;
    deliver::deliver(&mut keeper, &channels, due).await?;
    maintained.map_err(store::error)?;
    let missing = exchange::missing(files.iter().map(|(_, header)| header), arguments.expect);
    let mut said = summary(&merged, refused.len());
    for missing in &missing {
        said.push_str(&absent(missing));
    }
    if gathered.files.is_empty() {
        said.push_str("no source holds an audit: the store is as it was\n");
    }
    output::print(&said)?;
    let is_whole = refused.is_empty() && missing.is_empty() && !gathered.files.is_empty();
    Ok(if is_whole { Exit::Success } else { Exit::Unknown })
}

type Taken<'a> = Vec<(&'a AuditFile, Header)>;
type Refused<'a> = Vec<(&'a AuditFile, ExchangeError)>;

/// The files that can be taken, the oldest first and each run once, and those that cannot. Whatever the store does not have
/// yet is read to its end before anything is recorded.
fn sort_out<'a>(files: &'a [AuditFile], keeper: &Keeper) -> Result<(Taken<'a>, Refused<'a>), CliError> {
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    let mut met = BTreeSet::new();
    for file in files {
        match exchange::header(&file.path) {
            Err(error) => refused.push((file, error)),
            Ok(header) => taken.push((file, header)),
        }
    }
    let known: BTreeSet<String> = keeper.read(|store| {
        let mut known = BTreeSet::new();
        for (_, Header { run, .. }) in &taken {
            if store.has_run(&run.uid)? {
                known.insert(run.uid.clone());
            }
        }
        Ok(known)
    })?;
    taken.retain(|(file, header)| {
        let read = if known.contains(&header.run.uid) { Ok(()) } else { exchange::load(&file.path).map(drop) };
        match read {
            Ok(()) => met.insert(header.run.uid.clone()),
            Err(error) => {
                refused.push((file, error));
                false
            }
        }
    });
    taken.sort_by(|(_, one), (_, other)| (one.run.started, &one.run.uid).cmp(&(other.run.started, &other.run.uid)));
    Ok((taken, refused))
}

/// Records those that the store does not have, all of them or none.
fn take(
    store: &mut Store,
    lease: &Lease,
    files: &[(&AuditFile, Header)],
    channels: &[String],
    now: Timestamp,
) -> Result<Merged, CliError> {
    let mut unknown = Vec::new();
    for (file, header) in files {
        if !store.has_run(&header.run.uid).map_err(store::error)? {
            unknown.push(*file);
        }
    }
    let audits = unknown.iter().map(|file| {
        let loaded = exchange::load(&file.path).map(|(header, report)| (report, header.run));
        loaded.map_err(|error| changed_meanwhile(file, &error))
    });
    let changes = store.record_all(lease, audits, channels, now).map_err(store::error)??;
    Ok(Merged { taken: unknown.len(), known: files.len() - unknown.len(), changes })
}

fn changed_meanwhile(file: &AuditFile, error: &ExchangeError) -> CliError {
    CliError::Failed(format!(
        "`{}` has changed while it was merged\n  cause: {error}\n  effect: nothing was merged\n  help: merge again",
        file.name
    ))
}

fn summary(merged: &Merged, refused: usize) -> String {
    let mut said = format!("{} merged", text::count(merged.taken as u64, "audit"));
    for (number, what) in [(merged.known, "known already"), (refused, "refused")] {
        if number > 0 {
            let _ = write!(said, ", {number} {what}");
        }
    }
    said.push('\n');
    if let Some(changes) = &merged.changes {
        let Changes { contradicted, claims_closed, mended, .. } = changes;
        let [opened, came_back, closed] = changes.numbers();
        let _ = writeln!(said, "{opened} opened, {came_back} came back, {closed} closed");
        let claims = [(contradicted, "contradicted"), (claims_closed, "closed"), (mended, "mended")];
        let claims = claims.into_iter().filter(|(claims, _)| !claims.is_empty());
        let claims: Vec<String> = claims.map(|(claims, what)| format!("{} {what}", claims.len())).collect();
        if !claims.is_empty() {
            let _ = writeln!(said, "claims: {}", claims.join(", "));
        }
    }
    said
}

/// What is said of shards that are not there.
fn absent(missing: &exchange::Missing) -> String {
    const MOST: usize = 20;
    if missing.numbers.len() == missing.of as usize {
        return format!("none of {} shards came: what they cover stays as it was\n", missing.of);
    }
    let numbers: Vec<String> = missing.numbers.iter().take(MOST).map(u32::to_string).collect();
    let more = missing.numbers.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (shards, they) = match missing.numbers.len() {
        1 => ("shard", "it covers"),
        _ => ("shards", "they cover"),
    };
    format!("{shards} {}{more} of {} never came: what {they} stays as it was\n", numbers.join(", "), missing.of)
}
