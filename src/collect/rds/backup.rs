//! How far back an instance or a cluster can be restored: automated backups and the newest snapshots.

use std::collections::BTreeMap;

use aws_sdk_rds::Client;
use jiff::Timestamp;

use super::snapshot::Snapshot;
use super::{Context, Listed, if_complete};
use crate::collect::convert::timestamp;
use crate::collect::{Outcome, not_collected};
use crate::inventory::Observed;
use crate::operation;

operation!(
    DESCRIBE_DB_INSTANCE_AUTOMATED_BACKUPS,
    "rds",
    "DescribeDBInstanceAutomatedBackups",
    "rds:DescribeDBInstanceAutomatedBackups"
);

/// The start of one instance's restore window.
pub struct RestoreWindow {
    instance_arn: String,
    earliest_time: Option<Timestamp>,
}

/// Lists the automated backups of instances that still exist.
pub async fn restore_windows(cx: &Context, rds: &Client) -> Listed<RestoreWindow> {
    if !cx.needs(&DESCRIBE_DB_INSTANCE_AUTOMATED_BACKUPS) {
        return (Vec::new(), Err(not_collected(&DESCRIBE_DB_INSTANCE_AUTOMATED_BACKUPS)));
    }
    cx.pages(
        &DESCRIBE_DB_INSTANCE_AUTOMATED_BACKUPS,
        |token| rds.describe_db_instance_automated_backups().max_records(100).set_marker(token).send(),
        |page| {
            let backups = page.db_instance_automated_backups.unwrap_or_default().into_iter();
            // A retained backup is of a deleted instance, whose name a later one may bear.
            let current = backups.filter(|backup| backup.status.as_deref() != Some("retained"));
            let windows = current.filter_map(|backup| {
                let earliest_time = timestamp(backup.restore_window.and_then(|window| window.earliest_time));
                Some(RestoreWindow { instance_arn: backup.db_instance_arn?, earliest_time })
            });
            (windows.collect::<Vec<_>>(), page.marker)
        },
    )
    .await
}

/// The newest snapshots of one instance or cluster.
#[derive(Default, Clone, Copy)]
struct Newest {
    any: Option<Timestamp>,
    manual: Option<Timestamp>,
}

/// The backups of all instances, or of all clusters, of a Region.
pub struct Backups {
    restore_windows: BTreeMap<String, Option<Timestamp>>,
    restore_windows_listed: Outcome,
    newest: BTreeMap<String, Newest>,
    snapshots_listed: Outcome,
}

impl Backups {
    /// The backups of instances.
    pub fn new((windows, listed): Listed<RestoreWindow>, snapshots: &Listed<Snapshot>) -> Backups {
        let windows = windows.into_iter().map(|window| (window.instance_arn, window.earliest_time));
        Backups {
            restore_windows: windows.collect(),
            restore_windows_listed: listed,
            ..Backups::of_clusters(snapshots)
        }
    }

    /// The backups of clusters, whose own listing tells their restore window.
    pub fn of_clusters((snapshots, listed): &Listed<Snapshot>) -> Backups {
        let mut newest: BTreeMap<String, Newest> = BTreeMap::new();
        for snapshot in snapshots.iter().filter(|snapshot| snapshot.status == "available") {
            let newest = newest.entry(snapshot.source.clone()).or_default();
            newest.any = newest.any.max(snapshot.snapshot_create_time);
            if snapshot.is_manual() {
                newest.manual = newest.manual.max(snapshot.snapshot_create_time);
            }
        }
        Backups {
            restore_windows: BTreeMap::new(),
            restore_windows_listed: Ok(()),
            newest,
            snapshots_listed: listed.clone(),
        }
    }

    /// The earliest time that an instance can be restored to; null without automated backups.
    pub fn earliest_restorable_time(&self, instance_arn: &str) -> Observed<Option<Timestamp>> {
        match self.restore_windows.get(instance_arn) {
            Some(earliest_time) => Ok(*earliest_time),
            None => if_complete(&self.restore_windows_listed, || None),
        }
    }

    /// When the newest snapshot was made, of any kind.
    pub fn latest_snapshot(&self, source: &str) -> Observed<Option<Timestamp>> {
        if_complete(&self.snapshots_listed, || self.newest_of(source).any)
    }

    /// When the newest manual snapshot was made.
    pub fn latest_manual_snapshot(&self, source: &str) -> Observed<Option<Timestamp>> {
        if_complete(&self.snapshots_listed, || self.newest_of(source).manual)
    }

    fn newest_of(&self, source: &str) -> Newest {
        self.newest.get(source).copied().unwrap_or_default()
    }
}
