//! The phrases by which documents speak of checks and attestations, and the reader's vocabulary.

use include_dir::Dir;
use plumbline_document::{Knowledge, KnowledgeError, KnowledgeFiles, SubjectKind};

use super::library::{BUILT_IN, Library};

/// What documents can speak of: the checks of a library, those that are planned, and what only people can vouch for.
///
/// # Errors
///
/// A file whose phrases cannot be read.
pub fn knowledge(library: &Library) -> Result<Knowledge, KnowledgeError> {
    let mut files = built_in()?;
    for check in library.all() {
        files.put(&check.source.path, &check.id, &check.source.text)?;
    }
    Ok(Knowledge::new(files))
}

/// A kind of attestation: what only people can vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationKind {
    /// Its id: `att-...`.
    pub id: String,
    /// What is vouched for.
    pub title: String,
    /// What to hand in.
    pub evidence: String,
    /// How many days it holds.
    pub days: u32,
}

/// All kinds of attestation that claims may need, by id.
///
/// # Errors
///
/// A file whose phrases cannot be read.
pub fn attestation_kinds() -> Result<Vec<AttestationKind>, KnowledgeError> {
    let knowledge = Knowledge::new(built_in()?);
    let kinds = knowledge.subjects().iter().filter_map(|subject| match &subject.kind {
        SubjectKind::Attestation { evidence, days } => Some(AttestationKind {
            id: subject.id.clone(),
            title: subject.title.clone(),
            evidence: evidence.clone(),
            days: *days,
        }),
        _ => None,
    });
    Ok(kinds.collect())
}

/// What is known beside the checks.
fn built_in() -> Result<KnowledgeFiles, KnowledgeError> {
    let mut files = KnowledgeFiles::default();
    if let Some(reader) = BUILT_IN.get_dir("reader") {
        add(reader, &mut files)?;
    }
    Ok(files)
}

fn add(folder: &Dir<'static>, files: &mut KnowledgeFiles) -> Result<(), KnowledgeError> {
    for file in folder.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "yaml")) {
        if let Some(text) = file.contents_utf8() {
            files.add(&file.path().to_string_lossy(), text)?;
        }
    }
    folder.dirs().try_for_each(|below| add(below, files))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn checks_plans_and_attestations_are_known() {
        let library = Library::load(&[], &BTreeMap::new()).unwrap();
        let knowledge = knowledge(&library).unwrap();
        let kind = |id: &str| knowledge.subject(id).map(|subject| subject.kind.clone());
        assert_eq!(kind("rds-instance-multi-az"), Some(SubjectKind::Check));
        assert_eq!(kind("account-alias-expected"), Some(SubjectKind::Planned));
        assert!(matches!(kind("att-dr-plan"), Some(SubjectKind::Attestation { .. })));
    }

    #[test]
    fn every_kind_of_attestation_has_a_term() {
        let kinds = attestation_kinds().unwrap();
        assert!(kinds.iter().all(|kind| kind.id.starts_with("att-") && kind.days > 0));
        assert_eq!(kinds.iter().find(|kind| kind.id == "att-dr-plan").map(|kind| kind.days), Some(365));
    }
}
