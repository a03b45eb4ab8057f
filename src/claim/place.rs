//! Where the parts of a claims file stand.

use std::collections::BTreeMap;

use serde_saphyr::Location;

use crate::source::{Problem, Source};

/// Where the parts of a file or an entry stand, by name: `verdict`, `checks.0`, `params.days`. Two are always equal: a place is
/// no part of what an entry says.
#[derive(Debug, Clone, Default)]
pub struct Places {
    source: Option<Source>,
    at: BTreeMap<String, Location>,
}

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Places {
    /// The places of something that begins at `whole`.
    pub fn new(source: &Source, whole: Location) -> Places {
        Places { source: Some(source.clone()), at: BTreeMap::from([(String::new(), whole)]) }
    }

    /// Records a part.
    pub fn put(&mut self, part: impl Into<String>, at: Location) {
        self.at.insert(part.into(), at);
    }

    /// The line of a part in its file; none if it was not read from one.
    pub fn line(&self, part: &str) -> Option<u64> {
        self.source.as_ref()?;
        Some(self.location(part).line())
    }

    fn location(&self, part: &str) -> Location {
        self.at.get(part).or_else(|| self.at.get("")).copied().unwrap_or(Location::UNKNOWN)
    }

    /// A problem with a part. What was not read from a file is shown without its text.
    pub fn problem(&self, part: &str, message: impl Into<String>, help: Option<String>) -> Problem {
        match &self.source {
            Some(source) => source.problem(self.location(part), message, help),
            None => Source::new("claims", "").problem(Location::UNKNOWN, message, help),
        }
    }
}
