//! CloudTrail trails: one listing a Region, then the status and the event selectors of each trail, once.
//!
//! A trail of all Regions shows up in every Region's listing as a shadow. It is filed under its home
//! Region, by the run for that Region; if that is not audited, by the run for the audit's first Region.

use aws_sdk_cloudtrail::types as sdk;
use jiff::Timestamp;

use super::convert::{part, timestamp};
use super::{Collector, Context, Gone, Scope};
use crate::inventory::Observed;
use crate::{client, operation, record, resource};

operation!(DESCRIBE_TRAILS, "cloudtrail", "DescribeTrails", "cloudtrail:DescribeTrails");
operation!(GET_TRAIL_STATUS, "cloudtrail", "GetTrailStatus", "cloudtrail:GetTrailStatus",
           gone: ["TrailNotFoundException"]);
operation!(GET_EVENT_SELECTORS, "cloudtrail", "GetEventSelectors", "cloudtrail:GetEventSelectors",
           gone: ["TrailNotFoundException"]);

resource! {
    /// A CloudTrail trail that records this account.
    pub struct Trail: "AWS::CloudTrail::Trail" listed by [DESCRIBE_TRAILS] named by ["name", "trailName", "trailARN"] {
        /// The name.
        name: String,
        /// The ARN.
        trail_arn: String,
        /// Computed: the account in the ARN. Another one than this account for a trail of the organization.
        owner_account_id: String,
        /// The Region that it was made in.
        home_region: String,
        /// Whether it records all Regions.
        is_multi_region_trail: Option<bool>,
        /// Whether it records all accounts of the organization.
        is_organization_trail: Option<bool>,
        /// Whether it records the events of global services such as IAM.
        include_global_service_events: Option<bool>,
        /// Whether signed digests are written, by which a changed log file is found out.
        log_file_validation_enabled: Option<bool>,
        /// The bucket that the log files go to.
        s3_bucket_name: Option<String>,
        /// The ARN of the KMS key that encrypts the log files; null for S3's own encryption. It lies in the bucket's Region.
        kms_key_id: Option<String>,
        /// Whether it is recording now.
        is_logging: Observed<Option<bool>> = [GET_TRAIL_STATUS],
        /// The error of the last delivery to the bucket; null if it went well.
        latest_delivery_error: Observed<Option<String>> = [GET_TRAIL_STATUS],
        /// When log files were last delivered to the bucket.
        latest_delivery_time: Observed<Option<Timestamp>> = [GET_TRAIL_STATUS],
        /// Which events it records. Empty if it has advanced selectors.
        event_selectors: Observed<Vec<EventSelector>> = [GET_EVENT_SELECTORS],
        /// Which events it records. Empty if it has the simple selectors.
        advanced_event_selectors: Observed<Vec<AdvancedEventSelector>> = [GET_EVENT_SELECTORS],
    }
}

record! {
    /// One choice of events.
    pub struct EventSelector {
        /// `All`, which is the default, `ReadOnly` or `WriteOnly`.
        read_write_type: String,
        /// Whether it takes management events, which is the default.
        include_management_events: bool,
        /// The services whose management events are left out.
        exclude_management_event_sources: Vec<String>,
    }
}

record! {
    /// One choice of events, by conditions that an event has to meet all.
    pub struct AdvancedEventSelector {
        /// What it is called.
        name: Option<String>,
        /// The conditions.
        field_selectors: Vec<AdvancedFieldSelector>,
    }
}

record! {
    /// A condition on one field of an event.
    pub struct AdvancedFieldSelector {
        /// The field: `eventCategory`, `readOnly`, `eventSource` and so on.
        field: String,
        /// The values that the field may have.
        equals: Vec<String>,
        /// The values that it may not have.
        not_equals: Vec<String>,
    }
}

/// Trails read at once: an account has five a Region at most, and those of its organization.
const TRAILS_AT_ONCE: usize = 8;

pub const COLLECTOR: Collector = Collector {
    service: "cloudtrail",
    scope: Scope::Region,
    event_sources: &["cloudtrail.amazonaws.com"],
    types: || vec![Trail::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let cloudtrail = client!(cx.region(), aws_sdk_cloudtrail);
    let (trails, listed) = cx
        .pages(
            &DESCRIBE_TRAILS,
            |_| cloudtrail.describe_trails().include_shadow_trails(true).send(),
            |answer| (answer.trail_list.unwrap_or_default(), None),
        )
        .await;
    cx.for_each(trails, TRAILS_AT_ONCE, |trail| async {
        let (Some(name), Some(arn)) = (trail.name.clone(), trail.trail_arn.clone()) else { return };
        let home = trail.home_region.clone().unwrap_or_else(|| cx.place().region.to_string());
        if !is_read_here(cx, &home) {
            return;
        }
        let cx = cx.in_region(&home);
        let owner = arn.split(':').nth(4).unwrap_or_default().to_owned();
        // The CLI knows a trail of another account by its ARN only.
        let id = if owner == cx.account_id() { name.clone() } else { arn.clone() };
        let Some(cx) = &cx.of::<Trail>(&id, &arn) else { return };
        if let Ok(trail) = describe(cx, trail, name, arn.clone(), owner, home).await {
            cx.add(id, arn, trail);
        }
    })
    .await;
    cx.listed::<Trail>(listed);
}

/// Whether this Region's run reads the trails of that home Region.
fn is_read_here(cx: &Context, home: &str) -> bool {
    let here = &*cx.place().region;
    if cx.regions().iter().any(|region| region == home) {
        return here == home;
    }
    cx.regions().first().is_none_or(|first| first == here)
}

async fn describe(
    cx: &Context,
    trail: sdk::Trail,
    name: String,
    arn: String,
    owner_account_id: String,
    home_region: String,
) -> Result<Trail, Gone> {
    let cloudtrail = client!(cx.region(), aws_sdk_cloudtrail);
    let (status, selectors) = tokio::try_join!(
        cx.detail(&GET_TRAIL_STATUS, || cloudtrail.get_trail_status().name(&arn).send(), Some),
        cx.detail(&GET_EVENT_SELECTORS, || cloudtrail.get_event_selectors().trail_name(&arn).send(), Some),
    )?;
    let event_selectors = part(&selectors, |answer| answer.event_selectors.clone());
    let advanced_event_selectors = part(&selectors, |answer| answer.advanced_event_selectors.clone());
    Ok(Trail {
        name,
        trail_arn: arn,
        owner_account_id,
        home_region,
        is_multi_region_trail: trail.is_multi_region_trail,
        is_organization_trail: trail.is_organization_trail,
        include_global_service_events: trail.include_global_service_events,
        log_file_validation_enabled: trail.log_file_validation_enabled,
        s3_bucket_name: trail.s3_bucket_name,
        kms_key_id: trail.kms_key_id,
        is_logging: part(&status, |status| status.is_logging),
        latest_delivery_error: part(&status, |status| status.latest_delivery_error.clone().filter(|e| !e.is_empty())),
        latest_delivery_time: part(&status, |status| timestamp(status.latest_delivery_time)),
        event_selectors: event_selectors.map(|selectors| convert_all(selectors, event_selector)),
        advanced_event_selectors: advanced_event_selectors
            .map(|selectors| convert_all(selectors, advanced_event_selector)),
    })
}

fn convert_all<T, U>(items: Option<Vec<T>>, convert: fn(T) -> U) -> Vec<U> {
    items.unwrap_or_default().into_iter().map(convert).collect()
}

fn event_selector(selector: sdk::EventSelector) -> EventSelector {
    EventSelector {
        read_write_type: selector.read_write_type.map_or("All".to_owned(), |kind| kind.as_str().to_owned()),
        include_management_events: selector.include_management_events.unwrap_or(true),
        exclude_management_event_sources: selector.exclude_management_event_sources.unwrap_or_default(),
    }
}

fn advanced_event_selector(selector: sdk::AdvancedEventSelector) -> AdvancedEventSelector {
    let field_selectors = selector.field_selectors.into_iter().map(|field| AdvancedFieldSelector {
        field: field.field,
        equals: field.equals.unwrap_or_default(),
        not_equals: field.not_equals.unwrap_or_default(),
    });
    AdvancedEventSelector { name: selector.name, field_selectors: field_selectors.collect() }
}
