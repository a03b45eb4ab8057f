//! The phrases by which documents speak of checks and attestations, and the reader's vocabulary.

use include_dir::Dir;
use plumbline_document::{Knowledge, KnowledgeError, KnowledgeFiles};

use super::library::{BUILT_IN, Library};

/// What documents can speak of: the checks of a library, those that are planned, and what only people can vouch for.
///
/// # Errors
///
/// A file whose phrases cannot be read.
pub fn knowledge(library: &Library) -> Result<Knowledge, KnowledgeError> {
    let mut files = KnowledgeFiles::default();
    if let Some(reader) = BUILT_IN.get_dir("reader") {
        add(reader, &mut files)?;
    }
    for check in library.all() {
        files.put(&check.source.path, &check.id, &check.source.text)?;
    }
    Ok(Knowledge::new(files))
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

    use plumbline_document::SubjectKind;

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
}
