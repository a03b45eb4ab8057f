//! The checks at hand: those built into the binary and those of a user's own folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::compiled::{Check, Overrides};
use super::example;
use super::file;
use crate::collect::Plan;
use crate::finding::Severity;
use crate::source::{Problem, Source};
use crate::suggest::nearest;

pub(super) static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/checks");

/// What the configuration changes about a check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Setting {
    /// Whether it judges at all.
    pub enabled: Option<bool>,
    /// How bad a fail is here.
    pub severity: Option<Severity>,
    /// Its parameters.
    pub params: Overrides,
}

/// Why checks cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// Files with problems.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))]
    Problems(Vec<Problem>),
    /// A file or folder that cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Two files with one id.
    #[error("the check `{id}` is defined twice: in {first} and in {second}")]
    Twice {
        /// The id.
        id: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// A name that nothing has.
    #[error("there is no {what} `{name}`{}", .help.as_ref().map(|help| format!("; {help}")).unwrap_or_default())]
    Unknown {
        /// What was named: a check or a theme.
        what: &'static str,
        /// The name.
        name: String,
        /// What was probably meant.
        help: Option<String>,
    },
}

/// A set of checks, by id.
#[derive(Debug, Default)]
pub struct Library {
    checks: BTreeMap<String, Check>,
    settings: BTreeMap<String, Setting>,
}

/// Which checks of a library are wanted. Empty lists take all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Ids, with `*` for any text.
    pub checks: Vec<String>,
    /// Themes.
    pub themes: Vec<String>,
    /// The least severity.
    pub severity: Option<Severity>,
}

impl Library {
    /// The built-in checks and those of `directories`, whose examples must hold. A check of a directory takes the
    /// place of a built-in one with its id.
    ///
    /// # Errors
    ///
    /// All files that are no checks, with all their problems.
    pub fn load(directories: &[PathBuf], settings: &BTreeMap<String, Setting>) -> Result<Library, LibraryError> {
        let mut library = Library { settings: settings.clone(), ..Library::default() };
        let mut problems = Vec::new();
        for source in built_in() {
            library.add(source, false, &mut problems);
        }
        let mut own: BTreeMap<String, String> = BTreeMap::new();
        for directory in directories {
            for path in files_below(directory)? {
                let text = std::fs::read_to_string(&path)
                    .map_err(|source| LibraryError::Unreadable { path: path.clone(), source })?;
                let shown = path.display().to_string();
                let Some(id) = library.add(Source::new(shown.as_str(), text), true, &mut problems) else { continue };
                if let Some(first) = own.insert(id.clone(), shown.clone()) {
                    return Err(LibraryError::Twice { id, first, second: shown });
                }
            }
        }
        if !problems.is_empty() {
            return Err(LibraryError::Problems(problems));
        }
        let ids = || library.checks.keys().map(String::as_str);
        if let Some(name) = settings.keys().find(|name| !library.checks.contains_key(*name)) {
            return Err(LibraryError::Unknown { what: "check", name: name.clone(), help: nearest(name, ids()) });
        }
        Ok(library)
    }

    fn add(&mut self, source: Source, run_examples: bool, problems: &mut Vec<Problem>) -> Option<String> {
        match self.compile(source, run_examples) {
            Ok(check) => {
                let id = check.id.to_string();
                self.checks.insert(id.clone(), check);
                Some(id)
            }
            Err(found) => {
                problems.extend(found);
                None
            }
        }
    }

    fn compile(&self, source: Source, run_examples: bool) -> Result<Check, Vec<Problem>> {
        let file = file::parse(&source).map_err(|problem| vec![problem])?;
        let stem = Path::new(&*source.path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if stem != file.id.value {
            let message = format!("the id is `{}`, and the file is called `{stem}`", file.id.value);
            return Err(vec![source.problem(file.id.referenced, message, None)]);
        }
        let setting = self.settings.get(&file.id.value).cloned().unwrap_or_default();
        let mut check = Check::compile(source, file, &setting.params)?;
        if let Some(severity) = setting.severity {
            check.severity = severity;
        }
        if run_examples {
            example::run(&check, &Overrides::default())?;
        }
        Ok(check)
    }

    /// A check with other values for some of its parameters than the configuration's; none if there is no such check.
    ///
    /// # Errors
    ///
    /// Values that it does not take.
    pub fn with_params(&self, id: &str, params: &Overrides) -> Option<Result<Check, Vec<Problem>>> {
        let source = self.checks.get(id)?.source.clone();
        let setting = self.settings.get(id).cloned().unwrap_or_default();
        let mut overrides = setting.params;
        overrides.extend(params.clone());
        Some(file::parse(&source).map_err(|problem| vec![problem]).and_then(|file| {
            let mut check = Check::compile(source, file, &overrides)?;
            if let Some(severity) = setting.severity {
                check.severity = severity;
            }
            Ok(check)
        }))
    }

    /// All checks, by id.
    pub fn all(&self) -> impl Iterator<Item = &Check> {
        self.checks.values()
    }

    /// A check.
    ///
    /// # Errors
    ///
    /// There is none of that id.
    pub fn get(&self, id: &str) -> Result<&Check, LibraryError> {
        let help = || nearest(id, self.checks.keys().map(String::as_str));
        self.checks.get(id).ok_or_else(|| LibraryError::Unknown { what: "check", name: id.to_owned(), help: help() })
    }

    /// The checks that a selection wants and the configuration does not switch off.
    ///
    /// # Errors
    ///
    /// An id or theme that nothing has.
    pub fn select(&self, selection: &Selection) -> Result<Vec<&Check>, LibraryError> {
        for pattern in &selection.checks {
            if !self.checks.keys().any(|id| matches_pattern(pattern, id)) {
                let help = nearest(pattern, self.checks.keys().map(String::as_str));
                return Err(LibraryError::Unknown { what: "check", name: pattern.clone(), help });
            }
        }
        for theme in &selection.themes {
            if !super::THEMES.contains(&theme.as_str()) {
                let help = nearest(theme, super::THEMES.iter().copied());
                return Err(LibraryError::Unknown { what: "theme", name: theme.clone(), help });
            }
        }
        Ok(self.checks.values().filter(|check| self.wants(selection, check)).collect())
    }

    fn wants(&self, selection: &Selection, check: &Check) -> bool {
        let enabled = self.settings.get(&*check.id).and_then(|setting| setting.enabled).unwrap_or(true);
        let named = selection.checks.iter().any(|pattern| matches_pattern(pattern, &check.id));
        let themed = check.file.themes.iter().any(|theme| selection.themes.contains(&theme.value));
        enabled
            && (selection.checks.is_empty() || named)
            && (selection.themes.is_empty() || themed)
            && selection.severity.is_none_or(|least| check.severity >= least)
    }
}

/// The plan of an audit with these checks.
pub fn plan<'c>(checks: impl IntoIterator<Item = &'c Check>) -> Plan {
    let mut plan = Plan::default();
    for check in checks {
        check.plan(&mut plan);
    }
    plan
}

/// Reads one check file and runs its examples; gives how many there are.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn test_file(path: &Path) -> Result<usize, LibraryError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| LibraryError::Unreadable { path: path.to_owned(), source })?;
    test_source(Source::new(path.display().to_string(), text)).map_err(LibraryError::Problems)
}

/// Runs the examples of every built-in check; gives how many there are.
///
/// # Errors
///
/// Everything that is wrong with them.
pub fn test_built_in() -> Result<usize, LibraryError> {
    let mut count = 0;
    let mut problems = Vec::new();
    for source in built_in() {
        match test_source(source) {
            Ok(examples) => count += examples,
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(count) } else { Err(LibraryError::Problems(problems)) }
}

fn test_source(source: Source) -> Result<usize, Vec<Problem>> {
    let check = Library::default().compile(source, false)?;
    example::run(&check, &Overrides::default())
}

/// The check files below a folder, in order.
///
/// # Errors
///
/// A folder that cannot be read.
pub fn files_below(directory: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let unreadable = |source| LibraryError::Unreadable { path: directory.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| !is_beside(name)) {
                files.extend(files_below(&path)?);
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a folder among the checks holds something else: claims of audit documents, or the words that claims are read by.
fn is_beside(folder: &std::ffi::OsStr) -> bool {
    folder == "claims" || folder == "reader"
}

fn built_in() -> Vec<Source> {
    let mut sources = Vec::new();
    add_sources(&BUILT_IN, &mut sources);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn add_sources(directory: &Dir<'static>, sources: &mut Vec<Source>) {
    for file in directory.files() {
        if file.path().extension().is_some_and(|extension| extension == "yaml")
            && let Some(text) = file.contents_utf8()
        {
            sources.push(Source::new(format!("checks/{}", file.path().display()), text));
        }
    }
    for directory in
        directory.dirs().filter(|directory| directory.path().file_name().is_none_or(|name| !is_beside(name)))
    {
        add_sources(directory, sources);
    }
}

/// Whether a pattern with `*` for any text matches a name. The first and the last piece are fixed, those between are found from
/// the left, so that no pattern takes long.
pub fn matches_pattern(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        let Some((_, after)) = name.split_once(piece) else { return false };
        name = after;
    }
    name.ends_with(last)
}
