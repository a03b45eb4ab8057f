//! `plumbline attest`: people vouch for what no API shows.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::{Timestamp, ToSpan};
use plumbline_document::Observable;
use serde::Serialize;

use super::exit::{CliError, Exit};
use super::scope::config;
use super::store::{self, StoreArguments};
use super::{Global, output, time};
use crate::check::{AttestationKind, attestation_kinds};
use crate::claim::{ATTESTATION, Outcome};
use crate::config::Config;
use crate::keep::Place;
use crate::store::{AttestationState, ClaimFilter, Glob, NewAttestation, Store, StoredAttestation, StoredClaim};
use crate::{suggest, text};

/// How many days an attestation holds that says nothing of it, and whose kind does not either.
const DAYS: u32 = 90;

/// Candidates that an error names.
const MOST_NAMED: usize = 5;

#[derive(Debug, Args)]
#[command(subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// A claim, by its id or the beginning of it, or a kind of attestation that claims need, such as `att-dr-plan`
    #[arg(value_name = "CLAIM", required = true)]
    claim: Option<String>,
    /// Who vouches
    #[arg(long, value_name = "NAME", required = true)]
    by: Option<String>,
    /// Where the evidence is, or what it is
    #[arg(long, value_name = "TEXT_OR_URL", required = true)]
    evidence: Option<String>,
    /// Until when: a date, a time, or a number of days [default: as long as this kind holds, else 90 days]
    #[arg(long, value_name = "DATE|DAYS", value_parser = until)]
    until: Option<Timestamp>,
    /// What else there is to say
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The account's id, or `*` for every account [default: the claim's; every account for a kind]
    #[arg(long, value_name = "ID", value_parser = account)]
    account: Option<String>,
    /// The document's name [default: the claim's; every document for a kind]
    #[arg(long, value_name = "NAME")]
    document: Option<String>,
    /// The store: a SQLite file, or `s3://BUCKET/KEY` [default: plumbline/plumbline.db in the user's state folder]
    #[arg(long, global = true, value_name = "STORE", env = "PLUMBLINE_STORE")]
    store: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the attestations that hold
    List {
        /// Those that have expired instead
        #[arg(long)]
        expired: bool,
        /// All that ever were, with those that were withdrawn
        #[arg(long, conflicts_with = "expired")]
        all: bool,
        /// How the list is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
    },
    /// Take an attestation back
    Withdraw {
        /// Its number, from `attest list`
        id: i64,
        /// On whose word
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Ndjson,
}

/// An attestation as a list shows it.
#[derive(Debug, Serialize)]
struct Listed {
    #[serde(flatten)]
    attestation: StoredAttestation,
    state: AttestationState,
}

/// What an attestation is about.
#[derive(Debug)]
struct Subject {
    id: String,
    account_id: Option<String>,
    document: Option<String>,
    /// How many days it holds.
    days: u32,
    /// What is vouched for, in words.
    says: String,
    /// How far it counts, where that is not plain.
    limit: Option<&'static str>,
}

/// A number of days, a time or a date.
fn until(text: &str) -> Result<Timestamp, String> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { time::until(&format!("{text}d")) } else { time::until(text) }
}

fn account(text: &str) -> Result<String, String> {
    let is_account = text == "*" || (text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()));
    let wrong = || format!("`{text}` is no account: write its twelve digits, or `*` for every account");
    is_account.then(|| text.to_owned()).ok_or_else(wrong)
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let store = StoreArguments { store: arguments.store.clone() };
    if arguments.command.is_some() && arguments.has_terms() {
        let problem = "`list` and `withdraw` stand alone: what is vouched for, and by whom, belongs to no list";
        return Err(CliError::Usage(problem.to_owned()));
    }
    match &arguments.command {
        None => attest(arguments, &store, &config),
        Some(Command::List { expired, all, format }) => {
            let state = match (all, expired) {
                (true, _) => None,
                (false, true) => Some(AttestationState::Expired),
                (false, false) => Some(AttestationState::Valid),
            };
            let store = store.read(&config)?;
            list(state, *format, &store)
        }
        Some(Command::Withdraw { id, by, note }) => {
            output::print(&store.change(&config, |store| withdraw(*id, by, note, store))?)
        }
    }
}

impl Arguments {
    /// Whether anything is said of an attestation to be made.
    fn has_terms(&self) -> bool {
        let texts = [&self.claim, &self.by, &self.evidence, &self.note, &self.account, &self.document];
        self.until.is_some() || texts.into_iter().any(Option::is_some)
    }
}

fn attest(arguments: &Arguments, at: &StoreArguments, config: &Config) -> Result<Exit, CliError> {
    let kinds =
        attestation_kinds().map_err(|error| CliError::failed("cannot read the kinds of attestation", &error))?;
    let named = arguments.claim.clone().unwrap_or_default();
    let is_kind = kinds.iter().any(|kind| kind.id == named);
    // A name that means nothing creates no store.
    if named.trim().is_empty() || (!is_kind && !may_exist(at, config)?) {
        return Err(unknown(&named, &kinds, &[], arguments));
    }
    let text = at.change(config, |store| record(arguments, &named, &kinds, store))?;
    output::print(&text)
}

/// Whether there may be a store; one that is not in a file has to be fetched to know.
fn may_exist(at: &StoreArguments, config: &Config) -> Result<bool, CliError> {
    Ok(match at.place(config)? {
        Place::File(path) => path.exists(),
        Place::S3(_) => true,
    })
}

/// Records an attestation, and says so.
fn record(
    arguments: &Arguments,
    named: &str,
    kinds: &[AttestationKind],
    store: &mut Store,
) -> Result<String, CliError> {
    let now = Timestamp::now();
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let subject = subject(arguments, named, kinds, store)?;
    let default = || now.checked_add((i64::from(subject.days) * 24).hours());
    let until = match arguments.until {
        Some(until) => until,
        None => default().map_err(|error| CliError::failed("cannot tell the end of the attestation", &error))?,
    };
    let terms = NewAttestation {
        subject: subject.id,
        account_id: subject.account_id,
        document: subject.document,
        by: given(&arguments.by),
        evidence: given(&arguments.evidence),
        until,
        note: arguments.note.clone(),
    };
    let attestation = store.attest(terms, now).map_err(store::error)?;
    let mut text = format!(
        "attestation {}: {} vouches until {:.0} for {} ({})\n  {}\n",
        attestation.id,
        text::line(&attestation.terms.by),
        attestation.terms.until,
        text::line(&attestation.terms.subject),
        scope(&attestation),
        subject.says,
    );
    if let Some(limit) = subject.limit {
        let _ = writeln!(text, "  {limit}");
    }
    text.push_str("The next audit counts on it.\n");
    Ok(text)
}

/// What the argument names: a kind of attestation, or one claim that the store knows.
fn subject(arguments: &Arguments, named: &str, kinds: &[AttestationKind], store: &Store) -> Result<Subject, CliError> {
    if let Some(kind) = kinds.iter().find(|kind| kind.id == named) {
        return Ok(Subject {
            id: kind.id.clone(),
            account_id: arguments.account.clone().filter(|account| account != "*"),
            document: arguments.document.clone(),
            days: kind.days,
            says: format!("{}; evidence is {}", kind.title, kind.evidence),
            limit: None,
        });
    }
    let claims = claims(arguments, named, store)?;
    let ids: BTreeSet<&str> = claims.iter().map(|claim| &*claim.claim.id).collect();
    if ids.len() > 1 {
        let some: Vec<&str> = ids.iter().copied().take(MOST_NAMED).collect();
        let more = if ids.len() > MOST_NAMED { format!(" and {} more", ids.len() - MOST_NAMED) } else { String::new() };
        return Err(CliError::Usage(format!(
            "`{named}` is the beginning of {} claims: {}{more}\n  help: write more of the id",
            ids.len(),
            some.join(", ")
        )));
    }
    let accounts: BTreeSet<&str> = claims.iter().map(|claim| claim.account_id.as_str()).collect();
    let account_id = match (arguments.account.as_deref(), accounts.len()) {
        (Some("*"), _) => None,
        (Some(account), _) => Some(account.to_owned()),
        (None, 0 | 1) => accounts.first().map(|account| (*account).to_owned()),
        (None, _) => {
            let accounts: Vec<&str> = accounts.into_iter().collect();
            return Err(CliError::Usage(format!(
                "the claim `{named}` is held against {} accounts: {}\n  help: name one with --account, or all of them \
                 with --account '*'",
                accounts.len(),
                accounts.join(", ")
            )));
        }
    };
    let Some(claim) = claims.iter().find(|claim| may_be_attested(claim)).or(claims.first()) else {
        let all = store.claims(&ClaimFilter { gone: true, ..ClaimFilter::default() }).map_err(store::error)?;
        return Err(unknown(named, kinds, &all, arguments));
    };
    if !may_be_attested(claim) {
        return Err(decided_by_checks(claim));
    }
    let days = claim.claim.checks.iter().find_map(|check| kinds.iter().find(|kind| kind.id == *check));
    Ok(Subject {
        id: claim.claim.id.to_string(),
        account_id,
        document: Some(claim.document.clone()),
        days: days.map_or(DAYS, |kind| kind.days),
        says: format!("{}: {}", place(claim), text::line(&claim.claim.text)),
        limit: match claim.claim.observable {
            Some(Observable::Api | Observable::Derived) => {
                Some("It counts as far as no check refutes the claim: what the API shows comes first.")
            }
            _ => None,
        },
    })
}

/// The claims that an argument names and that their documents still make.
fn claims(arguments: &Arguments, named: &str, store: &Store) -> Result<Vec<StoredClaim>, CliError> {
    let glob = |text: &Option<String>| text.as_deref().map_or(Ok(Glob::any()), str::parse::<Glob>);
    let empty = |_| CliError::Usage("the document's name is empty".to_owned());
    let filter = ClaimFilter {
        account_id: glob(&arguments.account).map_err(empty)?,
        document: glob(&arguments.document).map_err(empty)?,
        id: named.to_owned(),
        ..ClaimFilter::default()
    };
    store.claims(&filter).map_err(store::error)
}

/// Whether anything of a claim is left to people: what no check judges, or could judge so far.
fn may_be_attested(claim: &StoredClaim) -> bool {
    let is_seen = matches!(claim.claim.observable, Some(Observable::Api | Observable::Derived));
    let is_open = matches!(claim.claim.outcome, Outcome::Unknown | Outcome::Attested | Outcome::Unattested);
    !is_seen || is_open || claim.claim.checks.iter().any(|check| check.starts_with(ATTESTATION))
}

fn decided_by_checks(claim: &StoredClaim) -> CliError {
    CliError::Usage(format!(
        "no attestation decides `{}`: the API shows whether it holds ({}), and an audit found it {}\n  {}: {}\n  \
         cause: {}\n  help: correct the document, or mend the account; nobody can vouch against what is seen",
        claim.claim.id,
        claim.claim.checks.join(", "),
        claim.claim.outcome,
        place(claim),
        text::line(&claim.claim.text),
        text::line(&claim.claim.reason),
    ))
}

/// Nothing that `all` holds has this name: says what has one like it.
fn unknown(named: &str, kinds: &[AttestationKind], all: &[StoredClaim], arguments: &Arguments) -> CliError {
    if named.trim().is_empty() {
        return CliError::Usage("name the claim, or the kind of attestation, that is vouched for".to_owned());
    }
    let standing = || all.iter().filter(|claim| claim.gone_at.is_none());
    if let Some(claim) = standing().find(|claim| claim.claim.id.starts_with(named)) {
        let asked = if arguments.document.is_some() { "--document" } else { "--account" };
        return CliError::Usage(format!(
            "the claim `{}` is one of `{}`, held against {}; {asked} names another",
            claim.claim.id,
            text::line(&claim.document),
            claim.account_id
        ));
    }
    if let Some(gone) = all.iter().find(|claim| *claim.claim.id == *named) {
        let document = text::line(&gone.document);
        return CliError::Usage(format!("the document `{document}` no longer makes the claim `{named}`"));
    }
    let names = standing().map(|claim| &*claim.claim.id).chain(kinds.iter().map(|kind| kind.id.as_str()));
    let help = suggest::nearest(named, names).unwrap_or_else(|| {
        "claims are known once `plumbline audit --claims` has held their document against an account".to_owned()
    });
    CliError::Usage(format!("there is no claim and no kind of attestation `{named}`\n  help: {help}"))
}

fn list(state: Option<AttestationState>, format: Format, store: &Store) -> Result<Exit, CliError> {
    let now = Timestamp::now();
    let attestations = store.all_attestations().map_err(store::error)?.into_iter();
    let listed = attestations.map(|attestation| Listed { state: attestation.state(now), attestation });
    let listed: Vec<Listed> = listed.filter(|listed| state.is_none_or(|state| listed.state == state)).collect();
    let failed = |error| CliError::failed("cannot write the attestations", &error);
    let text = match format {
        Format::Json => serde_json::to_string_pretty(&listed).map_err(failed)? + "\n",
        Format::Ndjson => {
            let lines = listed.iter().map(|listed| serde_json::to_string(listed).map(|line| line + "\n"));
            lines.collect::<Result<String, _>>().map_err(failed)?
        }
        Format::Table => table(&listed),
    };
    output::print(&text)
}

fn table(listed: &[Listed]) -> String {
    let mut text = String::new();
    for Listed { attestation, state } in listed {
        let terms = &attestation.terms;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>5}  {:<9}  until {}  {}  ({})\n       {}: {}{}",
            attestation.id,
            state.as_str(),
            terms.until.strftime("%Y-%m-%d"),
            text::line(&terms.subject),
            scope(attestation),
            text::line(&terms.by),
            text::line(&terms.evidence),
            terms.note.as_ref().map(|note| format!(" ({})", text::line(note))).unwrap_or_default(),
        );
        if let (Some(at), Some(by)) = (attestation.withdrawn_at, &attestation.withdrawn_by) {
            let why = attestation.withdrawn_note.as_deref().map(text::line).unwrap_or_default();
            let _ = writeln!(text, "       withdrawn {} by {}: {why}", at.strftime("%Y-%m-%d"), text::line(by));
        }
    }
    text + &text::count(listed.len() as u64, "attestation") + "\n"
}

fn withdraw(id: i64, by: &str, note: &str, store: &mut Store) -> Result<String, CliError> {
    let now = Timestamp::now();
    let withdrawn = store.withdraw(id, by, note, now).map_err(store::error)?;
    let others = store.all_attestations().map_err(store::error)?;
    let mut others =
        others.iter().filter(|other| other.state(now) == AttestationState::Valid && other.includes(&withdrawn));
    let text = match others.next_back() {
        Some(other) => format!("; attestation {} still holds for the same until {:.0}", other.id, other.terms.until),
        None => "; the next audit no longer counts on it".to_owned(),
    };
    Ok(format!("attestation {id} is withdrawn{text}\n"))
}

/// Where an attestation counts.
fn scope(attestation: &StoredAttestation) -> String {
    let document = attestation.terms.document.as_deref().map_or("every document".into(), text::line);
    let account = attestation.terms.account_id.as_deref().map_or("every account".into(), text::line);
    format!("{document}, {account}")
}

fn place(claim: &StoredClaim) -> String {
    let line = claim.claim.lines.first().map(|lines| format!(":{lines}")).unwrap_or_default();
    format!("{}{line}", text::line(&claim.document))
}
