//! Reading phrases from the files that hold them: check files, checks that are planned, attestations, the vocabulary.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::subject::{Parameter, Subject, SubjectKind};
use crate::claim::Observable;
use crate::value::Quantity;
use crate::words::{Vocabulary, VocabularyError};

/// Why files give no knowledge.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// A file that is not what its place says.
    #[error("{path}: {message}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// The vocabulary.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// One id in two files.
    #[error("`{id}` is in {first} and in {second}: once its check is there, it is planned no more")]
    Twice {
        /// The id.
        id: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
}

/// Subjects and words, gathered file by file.
#[derive(Debug, Default)]
pub struct KnowledgeFiles {
    pub(crate) subjects: BTreeMap<String, (Subject, String)>,
    pub(crate) vocabulary: Vocabulary,
}

/// What of a check file concerns the reader.
#[derive(Deserialize)]
struct CheckPart {
    id: String,
    title: String,
    #[serde(default)]
    related: BTreeMap<String, IgnoredAny>,
    #[serde(default)]
    params: BTreeMap<String, ParamPart>,
    #[serde(default)]
    claims: Vec<String>,
}

#[derive(Deserialize)]
struct ParamPart {
    reads: Option<Quantity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    title: String,
    #[serde(rename = "resource")]
    _resource: Option<String>,
    observable: Observable,
    #[serde(default)]
    params: BTreeMap<String, Quantity>,
    claims: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attestation {
    title: String,
    evidence: String,
    days: u32,
    claims: Vec<String>,
}

impl KnowledgeFiles {
    /// Takes in a file of a folder of checks; its place below the folder tells what it is: `reader/vocabulary.yaml`,
    /// `reader/attestations.yaml`, `reader/planned/*.yaml`, `claims/*.yaml` (which hold no phrases), or a check.
    ///
    /// # Errors
    ///
    /// A file that is not what its place says; an id that is there already. A check takes the place of a check with its id.
    pub fn add(&mut self, path: &str, text: &str) -> Result<(), KnowledgeError> {
        let parts: Vec<&str> = path.split(['/', '\\']).collect();
        match parts.as_slice() {
            [.., "claims", _] => Ok(()),
            [.., "reader", "vocabulary.yaml"] => {
                self.vocabulary = Vocabulary::parse(path, text)?;
                Ok(())
            }
            [.., "reader", "attestations.yaml"] => self.add_attestations(path, text),
            [.., "reader", "planned", _] => self.add_planned(path, text),
            _ => self.add_check(path, text),
        }
    }

    /// Takes in a check in place of whatever has its id, also of one that was only planned.
    ///
    /// # Errors
    ///
    /// A file that is no check.
    pub fn put(&mut self, path: &str, id: &str, text: &str) -> Result<(), KnowledgeError> {
        self.subjects.remove(id);
        self.add_check(path, text)
    }

    fn add_check(&mut self, path: &str, text: &str) -> Result<(), KnowledgeError> {
        let check: CheckPart = parse(path, text)?;
        let params = check.params.into_iter();
        let params = params.filter_map(|(name, param)| param.reads.map(|reads| Parameter { name, reads })).collect();
        let subject = Subject {
            id: check.id,
            title: check.title,
            kind: SubjectKind::Check,
            observable: if check.related.is_empty() { Observable::Api } else { Observable::Derived },
            phrases: check.claims,
            params,
        };
        // A check of a user's folder stands in for a built-in one.
        if self.subjects.get(&subject.id).is_some_and(|(known, _)| known.kind == SubjectKind::Check) {
            self.subjects.remove(&subject.id);
        }
        self.insert(path, subject)
    }

    fn add_planned(&mut self, path: &str, text: &str) -> Result<(), KnowledgeError> {
        let planned: BTreeMap<String, Planned> = parse(path, text)?;
        for (id, check) in planned {
            let params = check.params.into_iter().map(|(name, reads)| Parameter { name, reads }).collect();
            self.insert(
                path,
                Subject {
                    id,
                    title: check.title,
                    kind: SubjectKind::Planned,
                    observable: check.observable,
                    phrases: check.claims,
                    params,
                },
            )?;
        }
        Ok(())
    }

    fn add_attestations(&mut self, path: &str, text: &str) -> Result<(), KnowledgeError> {
        let attestations: BTreeMap<String, Attestation> = parse(path, text)?;
        for (id, attestation) in attestations {
            self.insert(
                path,
                Subject {
                    id,
                    title: attestation.title,
                    kind: SubjectKind::Attestation { evidence: attestation.evidence, days: attestation.days },
                    observable: Observable::Attest,
                    phrases: attestation.claims,
                    params: Vec::new(),
                },
            )?;
        }
        Ok(())
    }

    fn insert(&mut self, path: &str, subject: Subject) -> Result<(), KnowledgeError> {
        let id = subject.id.clone();
        if let Some((_, first)) = self.subjects.get(&id) {
            return Err(KnowledgeError::Twice { id, first: first.clone(), second: path.to_owned() });
        }
        self.subjects.insert(id, (subject, path.to_owned()));
        Ok(())
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, KnowledgeError> {
    serde_saphyr::from_str(text)
        .map_err(|error| KnowledgeError::File { path: path.to_owned(), message: error.to_string() })
}
