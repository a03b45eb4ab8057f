//! Audit documents and claims files, as the command line names them.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use plumbline_document::annotation::strip_bytes;
use plumbline_document::{Encoding, Knowledge, Reading, SubjectKind, Text, read};
use serde_json::Value as Json;

use super::exit::CliError;
use crate::check::{self, Library};
use crate::claim::{ClaimsFile, Params, Problems};
use crate::config::Config;
use crate::reconcile::known;
use crate::source::{Problem, Source};
use crate::text;

/// The name of what is read from standard input.
const STDIN: &str = "stdin";

/// What a file that is named as one of claims is.
#[derive(Debug)]
pub enum Input {
    /// A claims file, with its text.
    Claims(Source),
    /// An audit document, with its name and its bytes.
    Document(String, Vec<u8>),
}

/// What is known of checks, planned checks and attestations.
#[derive(Debug)]
pub struct Known {
    /// The phrases by which documents speak of them.
    pub knowledge: Knowledge,
    attestations: Vec<String>,
    /// The parameters that are lists, by check.
    lists: BTreeSet<(String, String)>,
}

impl Known {
    /// What goes with a library.
    pub fn of(library: &Library) -> Result<Known, CliError> {
        let knowledge =
            check::knowledge(library).map_err(|error| CliError::failed("cannot read the phrases of checks", &error))?;
        let of_people =
            knowledge.subjects().iter().filter(|subject| matches!(subject.kind, SubjectKind::Attestation { .. }));
        let attestations = of_people.map(|subject| subject.id.clone()).collect();
        let params = library.all().flat_map(|check| check.params.iter().map(move |(name, param)| (check, name, param)));
        let lists = params.filter(|(_, _, param)| param.default.is_array());
        let lists = lists.map(|(check, name, _)| (check.id.to_string(), name.clone())).collect();
        Ok(Known { knowledge, attestations, lists })
    }

    /// The title of a check that does not exist yet.
    pub fn planned(&self, id: &str) -> Option<String> {
        let subject = self.knowledge.subject(id)?;
        (subject.kind == SubjectKind::Planned).then(|| subject.title.clone())
    }

    /// The problems of a claims file.
    pub fn problems(&self, file: &ClaimsFile, library: &Library) -> Problems {
        file.validate(known(library, &|id| self.planned(id), &self.attestations))
    }
}

/// Reads a file, or standard input for `-`.
pub fn input(path: &Path) -> Result<Input, CliError> {
    let bytes = bytes(path)?;
    let name = if path == Path::new("-") { STDIN.to_owned() } else { file_name(path) };
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    let is_claims = match extension.as_str() {
        "yaml" | "yml" => true,
        "md" | "markdown" | "mdown" | "txt" => false,
        _ => looks_like_claims(&String::from_utf8_lossy(&bytes)),
    };
    if !is_claims {
        return Ok(Input::Document(name, bytes));
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| wrong(path, &format!("is no UTF-8: {}", error.utf8_error()), "save it as UTF-8"))?;
    Ok(Input::Claims(Source::new(shown(path), text)))
}

/// The bytes of a file, or of standard input for `-`.
pub fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    // One byte more than is read tells that there are too many; nobody waits for the end of an endless file.
    let most = Text::LIMIT as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
        return read.map(|_| bytes).map_err(|error| CliError::failed("cannot read standard input", &error));
    }
    if path.is_dir() {
        return Err(CliError::Usage(format!("`{}` is a folder: name a file in it", path.display())));
    }
    let read = std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(CliError::Usage(format!("cannot read `{}`: {error}", path.display()))),
    }
}

/// The text of a document. What is something else than Markdown is refused.
pub fn text(name: &str, bytes: &[u8]) -> Result<Text, CliError> {
    let path = Path::new(name);
    if bytes.len() > Text::LIMIT {
        return Err(CliError::Usage(format!("`{name}` is larger than the {} MiB that are read", Text::LIMIT >> 20)));
    }
    if bytes.starts_with(b"%PDF-") {
        return Err(wrong(path, "is a PDF, and no Markdown", "convert it, or export it as Markdown"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(wrong(path, "is a ZIP archive or an office document, and no Markdown", "export it as Markdown"));
    }
    let text = Text::decode(bytes).map_err(|error| CliError::Usage(format!("cannot read `{name}`: {error}")))?;
    let start: String = text.as_str().trim_start().chars().take(64).collect::<String>().to_lowercase();
    if ["<!doctype html", "<html", "<?xml"].iter().any(|head| start.starts_with(head)) {
        return Err(wrong(path, "is HTML or XML, and no Markdown", "convert it, or export it as Markdown"));
    }
    let is_json = start.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text.as_str()).is_ok();
    if is_json {
        return Err(wrong(path, "is JSON, and no Markdown", "name the document that it was made of"));
    }
    Ok(text)
}

/// What the reader makes of a document, and the document's text.
pub fn reading(name: &str, bytes: &[u8], known: &Known) -> Result<(Reading, Text), CliError> {
    let text = text(name, bytes)?;
    let mut reading = read(name, &text, &known.knowledge);
    for claim in &mut reading.claims {
        let checks = &claim.checks;
        for (name, value) in claim.params.iter_mut().filter(|(_, value)| !value.is_array()) {
            // A document that states one value states a list of one.
            if checks.iter().any(|check| known.lists.contains(&(check.clone(), name.clone()))) {
                *value = Json::Array(vec![value.take()]);
            }
        }
    }
    Ok((reading, text))
}

/// The claims of a document as a file.
pub fn claims_of(reading: &Reading) -> ClaimsFile {
    let title = reading.title.as_deref().unwrap_or_default();
    ClaimsFile::from_reading(&reading.document, title, &reading.digest, &reading.claims)
}

/// The claims of a file of either kind, without problems that keep it from being used. That there are warnings goes to stderr.
pub fn claims(
    path: &Path,
    params: &Params,
    library: &Library,
    known: &Known,
    quiet: bool,
) -> Result<ClaimsFile, CliError> {
    let source = match input(path)? {
        Input::Document(name, bytes) => return Ok(claims_of(&reading(&name, &bytes, known)?.0)),
        Input::Claims(source) => source,
    };
    let file = parse(&source)?;
    let mut filled = file.clone();
    filled.params.extend(params.clone());
    let problems = known.problems(&filled, library);
    if !problems.errors.is_empty() {
        return Err(CliError::Usage(rendered(&problems.errors)));
    }
    if !quiet && !problems.warnings.is_empty() {
        let warnings = text::count(problems.warnings.len() as u64, "warning");
        let path = path.display();
        anstream::eprintln!("note: `{path}` has {warnings}: `plumbline claims check {path}` shows what");
    }
    Ok(file)
}

/// A claims file.
pub fn parse(source: &Source) -> Result<ClaimsFile, CliError> {
    ClaimsFile::parse(source).map_err(|problems| CliError::Usage(rendered(&problems)))
}

/// Problems as stderr shows them.
pub fn rendered(problems: &[Problem]) -> String {
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    problems.iter().map(|problem| problem.render(colour)).collect::<Vec<_>>().join("\n\n")
}

/// What the configuration sets of a claims file's parameters, whichever account it is bound to.
pub fn params_of(path: &Path, config: &Config) -> Params {
    let bound = config.accounts.iter().filter(|account| account.claims.iter().any(|other| is_same(other, path)));
    bound.flat_map(|account| account.claims_params.clone()).collect()
}

/// Whether two paths are of one file.
pub fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A document's name: that of its file.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown(path), |name| name.to_string_lossy().into_owned())
}

/// The document without marks, where its encoding allows to change it.
pub fn without_marks(name: &str, bytes: &[u8]) -> Result<Vec<u8>, CliError> {
    let stripped = strip_bytes(bytes).map_err(|error| CliError::Usage(format!("cannot read `{name}`: {error}")))?;
    Ok(stripped.into_owned())
}

/// Whether a text is in an encoding in which `git` sees no lines.
pub fn is_wide(text: &Text) -> bool {
    matches!(text.encoding(), Encoding::Utf16Le | Encoding::Utf16Be)
}

fn shown(path: &Path) -> String {
    if path == Path::new("-") { STDIN.to_owned() } else { path.display().to_string() }
}

fn wrong(path: &Path, what: &str, help: &str) -> CliError {
    CliError::Usage(format!("`{}` {what}\n  help: {help}", path.display()))
}

/// Whether a text begins with a key of a claims file.
fn looks_like_claims(text: &str) -> bool {
    let keys = ["document:", "title:", "digest:", "account:", "params:", "scope:", "claims:"];
    let first = text.lines().map(str::trim_end).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| keys.iter().any(|key| line.starts_with(key)))
}
