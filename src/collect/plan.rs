//! The plan of an audit: which types are listed and which operations are called, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLLECTORS, Collector};
use crate::inventory::{Field, Operation, RecordType, may_mean};

/// What the selected checks need.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    types: BTreeSet<&'static str>,
    operations: BTreeSet<Operation>,
    focus: BTreeMap<&'static str, Wanted>,
    /// What is called of resources that are only joined.
    joined: BTreeSet<Operation>,
}

/// The resources of a type that are wanted.
#[derive(Debug, Clone)]
struct Wanted {
    names: BTreeSet<String>,
    /// Whether the others are wanted too, as far as joins look at them.
    others_joined: bool,
}

/// How much of a resource is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everything of the plan.
    Full,
    /// What joins look at.
    Joined,
    /// Nothing.
    Nothing,
}

impl Plan {
    /// A plan that lists every type and reads every attribute.
    pub fn everything() -> Plan {
        let mut plan = Plan::default();
        for resource_type in COLLECTORS.iter().flat_map(|collector| collector.types()) {
            plan.need_type(resource_type);
            for field in resource_type.fields() {
                plan.need_attribute(resource_type, field);
            }
        }
        plan
    }

    /// Lists this type.
    pub fn need_type(&mut self, resource_type: &'static RecordType) {
        self.types.insert(resource_type.name);
        self.operations.extend(resource_type.listed_by().iter().map(|operation| **operation));
    }

    /// Reads this attribute of a type, which is listed for it.
    pub fn need_attribute(&mut self, resource_type: &'static RecordType, field: &Field) {
        self.need_type(resource_type);
        self.operations.extend(field.read_by.iter().map(|operation| **operation));
    }

    /// Leaves a type out, whatever needs it.
    pub fn leave_out(&mut self, resource_type: &'static RecordType) {
        self.types.remove(resource_type.name);
    }

    /// Of this type only the resources of these names are wanted; of the others what joins look at, where `others_joined`.
    pub fn want_only(&mut self, resource_type: &'static RecordType, names: BTreeSet<String>, others_joined: bool) {
        self.focus.insert(resource_type.name, Wanted { names, others_joined });
    }

    /// Joins look at this attribute.
    pub fn join_attribute(&mut self, field: &Field) {
        self.joined.extend(field.read_by.iter().map(|operation| **operation));
    }

    /// The names of the resources of a type that are wanted; none where all are.
    pub fn only(&self, type_name: &str) -> Option<&BTreeSet<String>> {
        self.focus.get(type_name).map(|wanted| &wanted.names)
    }

    /// How much of a resource of a type is asked for.
    pub fn extent(&self, type_name: &str, id: &str, arn: &str) -> Extent {
        match self.focus.get(type_name) {
            None => Extent::Full,
            Some(wanted) if wanted.names.iter().any(|name| may_mean(name, id, arn)) => Extent::Full,
            Some(Wanted { others_joined: true, .. }) => Extent::Joined,
            Some(_) => Extent::Nothing,
        }
    }

    /// Whether an operation is called for so much of a resource.
    pub fn calls_for(&self, operation: &Operation, extent: Extent) -> bool {
        self.calls(operation) && (extent == Extent::Full || self.joined.contains(operation))
    }

    /// Whether a type is listed.
    pub fn lists(&self, resource_type: &RecordType) -> bool {
        self.types.contains(resource_type.name)
    }

    /// Whether an operation is called.
    pub fn calls(&self, operation: &Operation) -> bool {
        self.operations.contains(operation)
    }

    /// The operations.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter()
    }

    /// The collectors that have something to do.
    pub fn collectors(&self) -> impl Iterator<Item = &'static Collector> {
        COLLECTORS.iter().copied().filter(|collector| collector.types().iter().any(|t| self.lists(t)))
    }

    /// The IAM actions, by service prefix.
    pub fn actions(&self) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let mut actions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for operation in &self.operations {
            if let Some((prefix, _)) = operation.action.split_once(':') {
                actions.entry(prefix).or_default().insert(operation.action);
            }
        }
        actions
    }
}
