//! What a partial audit looks at: what has changed, and what is joined with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Check;
use crate::collect::{COLLECTORS, Plan, Scope};
use crate::inventory::RecordType;

/// With more names than this a type is read whole: asking for each is then no cheaper.
const MOST_NAMES: usize = 200;

/// The resource types of which something has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Focus {
    /// The names of the resources; none where any may have.
    types: BTreeMap<&'static str, Option<BTreeSet<String>>>,
}

impl Focus {
    /// Of this type any resource may have changed.
    pub fn add_all(&mut self, resource_type: &'static RecordType) {
        self.types.insert(resource_type.name, None);
    }

    /// Of this type the resources of these names have changed.
    pub fn add(&mut self, resource_type: &'static RecordType, names: impl IntoIterator<Item = String>) {
        let known = self.types.entry(resource_type.name).or_insert_with(|| Some(BTreeSet::new()));
        if let Some(set) = known {
            set.extend(names);
            if set.len() > MOST_NAMES {
                *known = None;
            }
        }
    }

    /// Takes in what else has changed.
    pub fn unite(&mut self, other: Focus) {
        for (name, names) in other.types {
            let Some(resource_type) = crate::collect::resource_type(name) else { continue };
            match names {
                Some(names) => self.add(resource_type, names),
                None => self.add_all(resource_type),
            }
        }
    }

    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Whether a check may have another verdict now: it judges what has changed, or joins with it.
    pub fn concerns(&self, check: &Check) -> bool {
        check.types().chain(check.joined_types()).any(|t| self.has(t))
    }

    /// Whether what a check says takes more than the Region in which the change was made: its joins reach further, or from or to
    /// what belongs to the account as a whole.
    pub fn takes_all_regions(&self, check: &Check) -> bool {
        check.looks_across_regions()
            || check.types().any(is_account_wide) && check.joined_types().any(|t| !is_account_wide(t))
            || check.joined_types().any(|t| is_account_wide(t) && self.has(t))
    }

    /// Takes away from what these checks need what they do not need now. What is joined with what has changed is judged whole: any
    /// of it may be. Of a type that has changed and is joined with others, resources that have not are read as far as joins look
    /// at them.
    pub(super) fn narrow(&self, checks: &[&Check], plan: &mut Plan) {
        let joined = names(checks.iter().flat_map(|check| check.joined_types()));
        let joining = checks.iter().filter(|check| check.joined_types().any(|t| self.has(t)));
        let whole = names(joining.flat_map(|check| check.types()));
        for field in checks.iter().flat_map(|check| check.joined_fields()) {
            plan.join_attribute(field);
        }
        for resource_type in checks.iter().flat_map(|check| check.types()) {
            let name = resource_type.name;
            match self.types.get(name) {
                _ if whole.contains(name) => {}
                Some(Some(names)) => plan.want_only(resource_type, names.clone(), joined.contains(name)),
                None if !joined.contains(name) => plan.leave_out(resource_type),
                Some(None) | None => {}
            }
        }
    }

    fn has(&self, resource_type: &RecordType) -> bool {
        self.types.contains_key(resource_type.name)
    }
}

fn names(types: impl Iterator<Item = &'static RecordType>) -> BTreeSet<&'static str> {
    types.map(|t| t.name).collect()
}

/// Whether resources of a type are found once for the whole account.
fn is_account_wide(resource_type: &RecordType) -> bool {
    let mut collectors = COLLECTORS.iter().filter(|collector| collector.scope == Scope::Account);
    collectors.any(|collector| collector.types().iter().any(|t| t.name == resource_type.name))
}
