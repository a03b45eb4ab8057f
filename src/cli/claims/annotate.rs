//! `plumbline claims annotate`: a document with what became of its claims.

use std::path::{Path, PathBuf};

use clap::Args;
use plumbline_document::Lines;
use plumbline_document::annotation::Page;

use super::outcomes::OutcomeArguments;
use crate::claim::{annotate, patch, tick};
use crate::cli::document::{self, file_name};
use crate::cli::exit::{CliError, Exit};
use crate::cli::scope::config;
use crate::cli::{Global, output};
use crate::config::Config;
use crate::report::DocumentReport;
use crate::text;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The document
    #[arg(value_name = "AUDIT.md")]
    file: PathBuf,
    /// The name under which it was audited [default: that of its file]
    #[arg(long, value_name = "NAME")]
    document: Option<String>,
    /// The account that it was held against, where there are several: its id
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    account: String,
    #[command(flatten)]
    from: OutcomeArguments,
    /// A file for the result, instead of stdout
    #[arg(long, short, value_name = "FILE", conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Change the document itself
    #[arg(long)]
    in_place: bool,
    /// A patch for `git apply` that ticks what is there now, and unticks what is not; nothing else changes
    #[arg(long, conflicts_with = "in_place")]
    diff: bool,
    /// Take the marks out of the document again
    #[arg(long, conflicts_with_all = ["diff", "audit", "account", "document"])]
    remove: bool,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let path = &arguments.file;
    let name = file_name(path);
    let before = document::bytes(path)?;
    let after = if arguments.remove {
        document::without_marks(&name, &before)?
    } else {
        changed(arguments, &config, &before, global)?
    };
    let file = if arguments.in_place { Some(path.as_path()) } else { arguments.output.as_deref() };
    if arguments.in_place && after == before {
        return Ok(Exit::Success);
    }
    match file {
        Some(file) => output::stream(Some(file), |out| out.write_all(&after))?,
        None => output::raw(&after)?,
    }
    Ok(Exit::Success)
}

fn changed(arguments: &Arguments, config: &Config, before: &[u8], global: &Global) -> Result<Vec<u8>, CliError> {
    let path = &arguments.file;
    let name = file_name(path);
    let text = document::text(&name, before)?;
    let page = Page::new(before).map_err(|error| CliError::Usage(format!("cannot read `{name}`: {error}")))?;
    let report = outcome(arguments, config, &name)?;
    if !arguments.diff {
        let annotated = annotate(&page, &report.outcome, &report.since);
        note_lost(&name, &annotated.lost, global);
        return Ok(annotated.bytes);
    }
    if document::is_wide(&text) {
        let help = "save it as UTF-8";
        return Err(CliError::Usage(format!("`{name}` is UTF-16, in which git sees no lines\n  help: {help}")));
    }
    // The marks stay: the patch is to fit the file as it is.
    let with_marks = annotated_as(before, &page, &report);
    note_lost(&name, &with_marks.1, global);
    let patch = patch(&path_in_repository(path), before, &with_marks.0);
    if patch.is_empty() && !global.quiet {
        anstream::eprintln!("every box of `{name}` is as it should be");
    }
    Ok(patch)
}

/// The document as it is, with its boxes ticked.
fn annotated_as(before: &[u8], page: &Page<'_>, report: &DocumentReport) -> (Vec<u8>, Vec<Lines>) {
    let ticked = tick(page, &report.outcome);
    // A tick changes a byte of a line and marks stand behind them, so lines with marks take theirs over from those without.
    let (plain, new): (Vec<&[u8]>, Vec<&[u8]>) = (lines(page.bytes()), lines(&ticked.bytes));
    let mut out = Vec::with_capacity(before.len());
    for (at, line) in lines(before).into_iter().enumerate() {
        let start = out.len();
        out.extend_from_slice(line);
        if let (Some(plain), Some(new)) = (plain.get(at), new.get(at)) {
            for (offset, (_, byte)) in plain.iter().zip(*new).enumerate().filter(|(_, (one, other))| one != other) {
                if let Some(place) = out.get_mut(start + offset) {
                    *place = *byte;
                }
            }
        }
    }
    (out, ticked.lost)
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// What the last audit made of the document; of one account.
fn outcome(arguments: &Arguments, config: &Config, name: &str) -> Result<DocumentReport, CliError> {
    let name = arguments.document.as_deref().unwrap_or(name);
    let mut found = arguments.from.documents(config, name, &arguments.account)?;
    match (found.pop(), found.last()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => {
            let (one, other) = (&one.outcome.account_id, &other.outcome.account_id);
            let help = format!("choose one with --account {other}");
            Err(CliError::Usage(format!("`{name}` was held against {other} and {one}\n  help: {help}")))
        }
        (None, _) => Err(CliError::Usage(format!("no document `{name}` was audited"))),
    }
}

/// Says that the document was edited since, where that shows.
fn note_lost(name: &str, lost: &[Lines], global: &Global) {
    if lost.is_empty() || global.quiet {
        return;
    }
    let places = lost.iter().take(8).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let claims = text::count(lost.len() as u64, "claim");
    anstream::eprintln!(
        "warning: {claims} of `{name}` found no place (lines {places})\n  help: if it was edited since the last audit, audit it again"
    );
}

/// The path as git has it: from the top of the repository that the file is in, else from here.
fn path_in_repository(path: &Path) -> PathBuf {
    let Ok(whole) = path.canonicalize() else { return path.to_owned() };
    let top = whole.ancestors().skip(1).find(|folder| folder.join(".git").exists());
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).ok();
    let relative = [top.map(Path::to_owned), here].into_iter().flatten();
    let relative = relative.filter_map(|folder| whole.strip_prefix(folder).ok().map(Path::to_owned)).next();
    relative.unwrap_or_else(|| PathBuf::from(file_name(path)))
}
