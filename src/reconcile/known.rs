//! What the names in a claims file are.

use crate::check::Library;
use crate::claim::{ATTESTATION, Known};
use crate::suggest::nearest;

/// What a name in a claim's `checks` is: for [`ClaimsFile::validate`](crate::claim::ClaimsFile::validate). `planned` gives the
/// title of a check that does not exist yet, `attestations` are the ids that there are.
pub fn known<'a>(
    library: &'a Library,
    planned: &'a dyn Fn(&str) -> Option<String>,
    attestations: &'a [String],
) -> impl Fn(&str) -> Known + 'a {
    move |id| {
        if id.starts_with(ATTESTATION) {
            if attestations.iter().any(|known| known == id) {
                return Known::Attestation;
            }
            return Known::Nothing(nearest(id, attestations.iter().map(String::as_str)));
        }
        if let Ok(check) = library.get(id) {
            let defaults = check.params.iter().map(|(name, param)| (name.clone(), param.default.clone()));
            return Known::Check(defaults.collect());
        }
        match planned(id) {
            Some(title) => Known::Planned(title),
            None => Known::Nothing(nearest(id, library.all().map(|check| &*check.id))),
        }
    }
}
