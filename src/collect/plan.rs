//! The plan of an audit: which types are listed and which operations are called, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLLECTORS, Collector};
use crate::inventory::{Field, Operation, RecordType};

/// What the selected checks need.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    types: BTreeSet<&'static str>,
    operations: BTreeSet<Operation>,
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
