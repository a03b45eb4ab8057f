//! The kinds of attestation that claims may need: `checks/reader/attestations.yaml`.

use plumbline_document::{Knowledge, KnowledgeFiles, SubjectKind};

use super::exit::CliError;

const FILE: &str = "checks/reader/attestations.yaml";
const TEXT: &str = include_str!("../../checks/reader/attestations.yaml");

/// A kind of attestation.
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

/// All kinds of attestation, by id.
pub fn attestation_kinds() -> Result<Vec<AttestationKind>, CliError> {
    let mut files = KnowledgeFiles::default();
    files.add(FILE, TEXT).map_err(|error| CliError::failed("cannot read the kinds of attestation", &error))?;
    let knowledge = Knowledge::new(files);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_term() {
        let kinds = attestation_kinds().unwrap();
        assert!(kinds.iter().all(|kind| kind.id.starts_with("att-") && kind.days > 0));
        assert_eq!(kinds.iter().find(|kind| kind.id == "att-dr-plan").map(|kind| kind.days), Some(365));
    }
}
