//! Whether engines refuse plain connections: one parameter of each parameter group in use, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{DbCluster, DbInstance, Filter};
use futures::StreamExt;

use super::cluster::DESCRIBE_DB_CLUSTERS;
use super::{Context, Listed};
use crate::aws::Failure;
use crate::collect::not_collected;
use crate::inventory::{Gap, Observed};
use crate::operation;

operation!(DESCRIBE_DB_PARAMETERS, "rds", "DescribeDBParameters", "rds:DescribeDBParameters");
operation!(DESCRIBE_DB_CLUSTER_PARAMETERS, "rds", "DescribeDBClusterParameters", "rds:DescribeDBClusterParameters");

/// Parameter groups read at once: bounds memory, not the rate.
const GROUPS_AT_ONCE: usize = 16;

/// The parameter by which an engine refuses plain connections. Oracle and Db2 have none; Neptune has none
/// since it refuses them always.
pub fn parameter(engine: &str) -> Option<&'static str> {
    match engine {
        "postgres" | "aurora-postgresql" => Some("rds.force_ssl"),
        "mysql" | "mariadb" | "aurora-mysql" => Some("require_secure_transport"),
        "docdb" => Some("tls"),
        _ if engine.starts_with("sqlserver-") => Some("rds.force_ssl"),
        _ => None,
    }
}

/// Whether an engine with this value of its parameter refuses plain connections. Without a value the
/// documented default counts; null for engines without the parameter.
pub fn required(engine: &str, engine_version: &str, value: Option<&str>) -> Option<bool> {
    parameter(engine)?;
    Some(match value {
        // DocumentDB's other values name TLS versions.
        Some(value) if engine == "docdb" => value != "disabled",
        // Instances show 1 and 0, clusters ON and OFF.
        Some(value) => matches!(value.to_ascii_lowercase().as_str(), "1" | "on" | "true"),
        None => required_by_default(engine, version(engine_version)),
    })
}

/// What AWS documents for the engines' default parameter groups.
fn required_by_default(engine: &str, version: (u32, u32)) -> bool {
    match engine {
        "postgres" => version >= (15, 0),
        "aurora-postgresql" => version >= (17, 0),
        "mariadb" => version >= (11, 8),
        "docdb" => true,
        _ => false,
    }
}

/// Major and minor version; what is no number counts as 0.
fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// A parameter group in use. Members of a cluster take the parameter from their cluster's group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ParameterGroup {
    OfInstances(String),
    OfClusters(String),
}

/// The parameter to read of one group.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    group: ParameterGroup,
    parameter: &'static str,
}

/// The values of the parameter in every parameter group in use.
pub struct TlsParameters {
    group_of_cluster: BTreeMap<String, Observed<String>>,
    values: BTreeMap<ParameterGroup, Observed<Option<String>>>,
    clusters_not_listed: Option<Arc<Gap>>,
}

impl TlsParameters {
    /// Reads the groups of all instances, each once.
    pub async fn read(
        cx: &Context,
        rds: &Client,
        instances: &[DbInstance],
        (clusters, listed): &Listed<DbCluster>,
    ) -> TlsParameters {
        let group_of_cluster = clusters.iter().filter_map(|cluster| {
            let group = cluster.db_cluster_parameter_group.clone();
            let group = group.ok_or_else(|| broken("the cluster has no parameter group"));
            Some((cluster.db_cluster_identifier.clone()?, group))
        });
        let mut parameters = TlsParameters {
            group_of_cluster: group_of_cluster.collect(),
            values: BTreeMap::new(),
            clusters_not_listed: listed.as_ref().err().cloned(),
        };
        let in_use: BTreeSet<Wanted> = instances.iter().filter_map(|instance| parameters.wanted(instance)).collect();
        let reads = in_use.into_iter().map(|wanted| async move {
            let value = read(cx, rds, &wanted).await;
            (wanted.group, value)
        });
        parameters.values = futures::stream::iter(reads).buffer_unordered(GROUPS_AT_ONCE).collect().await;
        parameters
    }

    /// The value that counts for an instance; null where its engine has no such parameter.
    pub fn value_for(&self, instance: &DbInstance) -> Observed<Option<String>> {
        if instance.engine().and_then(parameter).is_none() {
            return Ok(None);
        }
        let group = self.group_of(instance)?;
        self.values.get(&group).cloned().unwrap_or_else(|| Err(not_collected(&DESCRIBE_DB_PARAMETERS)))
    }

    fn wanted(&self, instance: &DbInstance) -> Option<Wanted> {
        let parameter = parameter(instance.engine()?)?;
        let group = self.group_of(instance).ok()?;
        Some(Wanted { group, parameter })
    }

    fn group_of(&self, instance: &DbInstance) -> Observed<ParameterGroup> {
        if let Some(cluster) = instance.db_cluster_identifier() {
            let group = match (self.group_of_cluster.get(cluster), &self.clusters_not_listed) {
                (Some(group), _) => group.clone()?,
                (None, Some(gap)) => return Err(gap.clone()),
                (None, None) => return Err(broken("the instance's cluster is not among the clusters")),
            };
            return Ok(ParameterGroup::OfClusters(group));
        }
        let group = instance.db_parameter_groups().first().and_then(|group| group.db_parameter_group_name());
        match group {
            Some(name) => Ok(ParameterGroup::OfInstances(name.to_owned())),
            None => Err(Arc::new(Failure::broken("the instance has no parameter group").gap(&DESCRIBE_DB_PARAMETERS))),
        }
    }
}

fn broken(message: &str) -> Arc<Gap> {
    Arc::new(Failure::broken(message).gap(&DESCRIBE_DB_CLUSTERS))
}

/// Reads one parameter of one group; null where the group has no value for it.
async fn read(cx: &Context, rds: &Client, wanted: &Wanted) -> Observed<Option<String>> {
    let operation = match wanted.group {
        ParameterGroup::OfInstances(_) => &DESCRIBE_DB_PARAMETERS,
        ParameterGroup::OfClusters(_) => &DESCRIBE_DB_CLUSTER_PARAMETERS,
    };
    if !cx.needs(operation) {
        return Err(not_collected(operation));
    }
    let only = Filter::builder().name("parameter-name").values(wanted.parameter).build();
    let (parameters, outcome) = match &wanted.group {
        ParameterGroup::OfInstances(group) => {
            let request = rds.describe_db_parameters().db_parameter_group_name(group).filters(only).max_records(100);
            cx.pages(
                operation,
                |token| request.clone().set_marker(token).send(),
                |page| (page.parameters.unwrap_or_default(), page.marker),
            )
            .await
        }
        ParameterGroup::OfClusters(group) => {
            let request = rds.describe_db_cluster_parameters().db_cluster_parameter_group_name(group);
            let request = request.filters(only).max_records(100);
            cx.pages(
                operation,
                |token| request.clone().set_marker(token).send(),
                |page| (page.parameters.unwrap_or_default(), page.marker),
            )
            .await
        }
    };
    match parameters.into_iter().find(|parameter| parameter.parameter_name.as_deref() == Some(wanted.parameter)) {
        Some(parameter) => Ok(parameter.parameter_value),
        None => outcome.map(|()| None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_value_decides_in_both_spellings() {
        assert_eq!(required("postgres", "16.4", Some("0")), Some(false));
        assert_eq!(required("postgres", "13.9", Some("1")), Some(true));
        assert_eq!(required("aurora-mysql", "8.0.mysql_aurora.3.08.0", Some("ON")), Some(true));
        assert_eq!(required("mysql", "8.0.39", Some("OFF")), Some(false));
        assert_eq!(required("docdb", "5.0.0", Some("tls1.2+")), Some(true));
        assert_eq!(required("docdb", "5.0.0", Some("disabled")), Some(false));
    }

    #[test]
    fn without_a_value_the_documented_default_counts() {
        assert_eq!(required("postgres", "14.12", None), Some(false));
        assert_eq!(required("postgres", "15.2", None), Some(true));
        assert_eq!(required("aurora-postgresql", "16.4", None), Some(false));
        assert_eq!(required("aurora-postgresql", "17.4", None), Some(true));
        assert_eq!(required("mariadb", "11.4.5", None), Some(false));
        assert_eq!(required("mariadb", "11.8.2", None), Some(true));
        assert_eq!(required("mysql", "8.4.3", None), Some(false));
        assert_eq!(required("sqlserver-se", "15.00.4410.1.v1", None), Some(false));
        assert_eq!(required("docdb", "5.0.0", None), Some(true));
    }

    #[test]
    fn engines_without_such_a_parameter_are_not_judged() {
        for engine in ["oracle-se2", "db2-se", "neptune", "custom-sqlserver-ee", ""] {
            assert_eq!(required(engine, "1.0", Some("1")), None, "{engine}");
        }
    }
}
