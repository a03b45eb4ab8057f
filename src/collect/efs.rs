//! EFS file systems and their mount targets: one call a file system, then one a mount target for its security groups.

use std::collections::BTreeMap;

use aws_sdk_efs::Client;
use aws_sdk_efs::types::{FileSystemDescription, MountTargetDescription, Tag};

use super::convert::{always_sent, text};
use super::{Collector, Context, Gone, Scope};
use crate::inventory::Observed;
use crate::{client, operation, resource};

operation!(DESCRIBE_FILE_SYSTEMS, "elasticfilesystem", "DescribeFileSystems", "elasticfilesystem:DescribeFileSystems");
operation!(DESCRIBE_MOUNT_TARGETS, "elasticfilesystem", "DescribeMountTargets",
           "elasticfilesystem:DescribeMountTargets", gone: ["FileSystemNotFound"]);
operation!(DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS, "elasticfilesystem", "DescribeMountTargetSecurityGroups",
           "elasticfilesystem:DescribeMountTargetSecurityGroups", gone: ["MountTargetNotFound"]);
// EFS makes this one itself, in the caller's name, to answer DescribeMountTargetSecurityGroups.
operation!(
    DESCRIBE_NETWORK_INTERFACE_ATTRIBUTE,
    "ec2",
    "DescribeNetworkInterfaceAttribute",
    "ec2:DescribeNetworkInterfaceAttribute"
);

resource! {
    /// An EFS file system.
    pub struct FileSystem: "AWS::EFS::FileSystem" listed by [DESCRIBE_FILE_SYSTEMS] named by ["fileSystemId"] {
        /// The file system's id.
        file_system_id: String,
        /// The value of its `Name` tag.
        name: Option<String>,
        /// `available`, `creating`, `updating`, `deleting` and so on.
        life_cycle_state: String,
        /// Whether what it stores is encrypted.
        encrypted: Observed<bool>,
        /// The ARN of the KMS key that it is encrypted with; null if it is not encrypted.
        kms_key_id: Option<String>,
        /// The one Availability Zone that it is kept in; null for one that is kept in several.
        availability_zone_name: Option<String>,
        /// `bursting`, `elastic` or `provisioned`.
        throughput_mode: Option<String>,
        /// How many mount targets it has.
        number_of_mount_targets: i32,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A mount target: the network interface by which a VPC's Availability Zone reaches a file system.
    pub struct MountTarget: "AWS::EFS::MountTarget" listed by [DESCRIBE_FILE_SYSTEMS, DESCRIBE_MOUNT_TARGETS] named by ["mountTargetId"] {
        /// The mount target's id.
        mount_target_id: String,
        /// The file system that it leads to.
        file_system_id: String,
        /// `available`, `creating`, `updating`, `deleting` and so on.
        life_cycle_state: String,
        /// The VPC that it is in.
        vpc_id: Observed<String>,
        /// The subnet that it is in.
        subnet_id: String,
        /// The id of its Availability Zone.
        availability_zone_id: Observed<String>,
        /// Its security groups.
        security_group_ids: Observed<Vec<String>> =
            [DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS, DESCRIBE_NETWORK_INTERFACE_ATTRIBUTE],
    }
}

/// The most file systems and mount targets that EFS gives a page.
const PAGE: i32 = 100;

/// File systems read at once: bounds memory, not the rate.
const FILE_SYSTEMS_AT_ONCE: usize = 32;

/// Mount targets of one file system read at once.
const MOUNT_TARGETS_AT_ONCE: usize = 8;

pub const COLLECTOR: Collector = Collector {
    service: "elasticfilesystem",
    scope: Scope::Region,
    event_sources: &["elasticfilesystem.amazonaws.com"],
    types: || vec![FileSystem::resource_type(), MountTarget::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let efs = client!(cx.region(), aws_sdk_efs);
    let (file_systems, outcome) = cx
        .pages(
            &DESCRIBE_FILE_SYSTEMS,
            |token| efs.describe_file_systems().max_items(PAGE).set_marker(token).send(),
            |page| (page.file_systems.unwrap_or_default(), page.next_marker),
        )
        .await;
    if cx.lists::<MountTarget>() {
        cx.for_each(&file_systems, FILE_SYSTEMS_AT_ONCE, |file_system| {
            mount_targets(cx, &efs, &file_system.file_system_id)
        })
        .await;
        cx.listed::<MountTarget>(outcome.clone());
    }
    if cx.lists::<FileSystem>() {
        for file_system in file_systems {
            add_file_system(cx, file_system);
        }
        cx.listed::<FileSystem>(outcome);
    }
}

fn add_file_system(cx: &Context, file_system: FileSystemDescription) {
    let id = file_system.file_system_id;
    let arn = file_system.file_system_arn.unwrap_or_else(|| cx.arn("elasticfilesystem", &format!("file-system/{id}")));
    let record = FileSystem {
        file_system_id: id.clone(),
        name: file_system.name,
        life_cycle_state: file_system.life_cycle_state.as_str().to_owned(),
        encrypted: always_sent(file_system.encrypted, "Encrypted", &DESCRIBE_FILE_SYSTEMS),
        kms_key_id: file_system.kms_key_id,
        availability_zone_name: file_system.availability_zone_name,
        throughput_mode: text(file_system.throughput_mode),
        number_of_mount_targets: file_system.number_of_mount_targets,
        tags: file_system.tags.into_iter().map(|Tag { key, value, .. }| (key, value)).collect(),
    };
    cx.add(id, arn, record);
}

/// Files the mount targets of one file system. Whether all of them came says something about the type as a whole, so
/// only a failure is recorded here.
async fn mount_targets(cx: &Context, efs: &Client, file_system_id: &str) {
    let (targets, outcome) = cx
        .pages(
            &DESCRIBE_MOUNT_TARGETS,
            |token| {
                efs.describe_mount_targets().file_system_id(file_system_id).max_items(PAGE).set_marker(token).send()
            },
            |page| (page.mount_targets.unwrap_or_default(), page.next_marker),
        )
        .await;
    cx.for_each(targets, MOUNT_TARGETS_AT_ONCE, |target| async {
        let id = target.mount_target_id.clone();
        let arn = cx.arn("elasticfilesystem", &format!("mount-target/{id}"));
        let Some(cx) = &cx.of::<MountTarget>(&id, &arn) else { return };
        if let Ok(target) = describe_mount_target(cx, efs, target).await {
            cx.add(id, arn, target);
        }
    })
    .await;
    if outcome.is_err() {
        cx.listed::<MountTarget>(outcome);
    }
}

async fn describe_mount_target(
    cx: &Context,
    efs: &Client,
    target: MountTargetDescription,
) -> Result<MountTarget, Gone> {
    let id = &target.mount_target_id;
    let security_groups = cx
        .detail(
            &DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS,
            || efs.describe_mount_target_security_groups().mount_target_id(id).send(),
            |answer| Some(answer.security_groups),
        )
        .await?;
    Ok(MountTarget {
        mount_target_id: target.mount_target_id,
        file_system_id: target.file_system_id,
        life_cycle_state: target.life_cycle_state.as_str().to_owned(),
        vpc_id: always_sent(target.vpc_id, "VpcId", &DESCRIBE_MOUNT_TARGETS),
        subnet_id: target.subnet_id,
        availability_zone_id: always_sent(target.availability_zone_id, "AvailabilityZoneId", &DESCRIBE_MOUNT_TARGETS),
        security_group_ids: security_groups.map(Option::unwrap_or_default),
    })
}
