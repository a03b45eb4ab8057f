//! Collectors: one file per AWS service, each with the resource types that it finds, the operations
//! that it calls and how answers become resources. They know neither checks nor the store.

mod context;
mod convert;
mod credential;
mod plan;
mod policy;

use std::future::Future;
use std::pin::Pin;

pub use context::{Context, Gone, Outcome, not_collected};
pub use plan::{Extent, Plan};
pub use policy::{PolicyDocument, PolicyStatement};

use crate::inventory::{Operation, RecordType};

mod account;
mod acm;
mod applicationautoscaling;
mod cloudtrail;
mod codedeploy;
mod ec2;
mod ecs;
mod efs;
mod eks;
mod elasticache;
mod elasticloadbalancingv2;
mod kms;
mod logs;
mod rds;
mod s3;
mod s3control;
mod secretsmanager;
mod ssm;
mod wafv2;

/// Every collector. Adding a service is its file and its line here.
pub const COLLECTORS: &[&Collector] = &[
    &account::COLLECTOR,
    &acm::COLLECTOR,
    &applicationautoscaling::COLLECTOR,
    &cloudtrail::COLLECTOR,
    &codedeploy::COLLECTOR,
    &ec2::COLLECTOR,
    &ecs::COLLECTOR,
    &efs::COLLECTOR,
    &eks::COLLECTOR,
    &elasticache::COLLECTOR,
    &elasticloadbalancingv2::COLLECTOR,
    &kms::COLLECTOR,
    &logs::COLLECTOR,
    &rds::COLLECTOR,
    &s3::COLLECTOR,
    &s3control::COLLECTOR,
    &secretsmanager::COLLECTOR,
    &ssm::COLLECTOR,
    &wafv2::COLLECTOR,
];

/// Where a collector runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Once in every Region.
    Region,
    /// Once for the account, in the partition's main Region.
    Account,
}

/// One service's collector.
#[derive(Debug)]
pub struct Collector {
    /// The service, for logs and progress.
    pub service: &'static str,
    /// Where it runs.
    pub scope: Scope,
    /// Who CloudTrail's events of the service are from.
    pub event_sources: &'static [&'static str],
    /// The types that it finds.
    pub types: fn() -> Vec<&'static RecordType>,
    /// Finds them.
    pub collect: fn(Context) -> Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Collector {
    /// The types that it finds.
    pub fn types(&self) -> Vec<&'static RecordType> {
        (self.types)()
    }

    /// Every operation that it may call.
    pub fn operations(&self) -> Vec<&'static Operation> {
        let mut operations: Vec<&'static Operation> = self
            .types()
            .into_iter()
            .flat_map(|t| {
                t.listed_by().iter().copied().chain(t.fields().iter().flat_map(|f| f.read_by.iter().copied()))
            })
            .collect();
        operations.sort();
        operations.dedup();
        operations
    }
}

/// A resource type by its name.
pub fn resource_type(name: &str) -> Option<&'static RecordType> {
    resource_types().find(|t| t.name == name)
}

/// All resource types.
pub fn resource_types() -> impl Iterator<Item = &'static RecordType> {
    COLLECTORS.iter().flat_map(|collector| collector.types())
}
