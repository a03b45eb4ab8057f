//! What a message of the queue says: an event of EventBridge about a call that CloudTrail has recorded.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

/// So many values are looked through at most: a message is never as large.
const MOST_VALUES: usize = 100_000;

/// Names longer than this are none.
const LONGEST_NAME: usize = 2048;

/// What changed, as CloudTrail tells it.
#[derive(Debug, Clone)]
pub struct Event {
    /// The account in which it changed.
    pub account_id: String,
    /// The Region of the call.
    pub region: String,
    /// When the call was made.
    pub at: Timestamp,
    /// Who tells: `rds.amazonaws.com`.
    pub source: String,
    /// Whether the call can have changed nothing: it only read, or it failed.
    pub idle: Option<Idle>,
    record: Record,
}

/// Why a call has changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// It only reads.
    ReadOnly,
    /// It was refused or went wrong.
    Failed,
}

/// Why a message is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// It is not JSON.
    Malformed,
    /// It is JSON, but no event about a recorded call.
    NoEvent,
}

/// EventBridge's envelope.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "detail-type")]
    detail_type: String,
    account: String,
    region: String,
    time: Timestamp,
    detail: Record,
}

/// CloudTrail's record, as far as it matters.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_source: String,
    #[serde(default)]
    event_time: Option<Timestamp>,
    #[serde(default)]
    aws_region: Option<String>,
    #[serde(default)]
    read_only: Option<bool>,
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default)]
    request_parameters: Json,
    #[serde(default)]
    response_elements: Json,
    #[serde(default)]
    additional_event_data: Json,
    #[serde(default)]
    service_event_details: Json,
    #[serde(default)]
    resources: Option<Vec<Touched>>,
}

/// An entry of a record's `resources`.
#[derive(Debug, Clone, Deserialize)]
struct Touched {
    #[serde(rename = "ARN", default)]
    arn: Option<String>,
    #[serde(rename = "type", default)]
    resource_type: Option<String>,
}

impl Event {
    /// Reads the body of a message.
    pub fn read(body: &str) -> Result<Event, Unusable> {
        let json: Json = serde_json::from_str(body).map_err(|_| Unusable::Malformed)?;
        let envelope: Envelope = serde_json::from_value(json).map_err(|_| Unusable::NoEvent)?;
        if !matches!(&*envelope.detail_type, "AWS API Call via CloudTrail" | "AWS Service Event via CloudTrail") {
            return Err(Unusable::NoEvent);
        }
        let record = envelope.detail;
        let idle = match (record.read_only, &record.error_code) {
            (Some(true), _) => Some(Idle::ReadOnly),
            (_, Some(_)) => Some(Idle::Failed),
            _ => None,
        };
        Ok(Event {
            account_id: envelope.account,
            region: record.aws_region.clone().unwrap_or(envelope.region),
            at: record.event_time.unwrap_or(envelope.time),
            source: record.event_source.clone(),
            idle,
            record,
        })
    }

    /// The names that members of these keys hold, anywhere in what was asked and answered. The case of keys is left out of
    /// account: CloudTrail writes `dBInstanceIdentifier`, and `VpcEndpointId` in some calls of EC2.
    pub fn names(&self, keys: &[&str]) -> Vec<String> {
        let mut names = Vec::new();
        for (key, value) in members(self.parts()) {
            if keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                texts(value, &mut names);
            }
        }
        names.retain(|name| !name.is_empty() && name.len() <= LONGEST_NAME);
        names.sort();
        names.dedup();
        names
    }

    /// The ARNs of resources of a type that CloudTrail says were touched.
    pub fn touched(&self, resource_type: &str) -> impl Iterator<Item = &str> {
        let touched = self.record.resources.iter().flatten();
        touched.filter(move |t| t.resource_type.as_deref() == Some(resource_type)).filter_map(|t| t.arn.as_deref())
    }

    /// Which of these Regions it is about: that of the call, and those that were asked for or answered. A bucket may be made
    /// from another Region.
    pub fn regions(&self, known: &[String]) -> Vec<String> {
        let mut said = vec![self.region.as_str()];
        said.extend(members(self.parts()).into_iter().filter_map(|(_, value)| value.as_str()));
        known.iter().filter(|region| said.contains(&region.as_str())).cloned().collect()
    }

    fn parts(&self) -> [&Json; 4] {
        let Record { request_parameters, response_elements, additional_event_data, service_event_details, .. } =
            &self.record;
        [request_parameters, response_elements, additional_event_data, service_event_details]
    }
}

/// All members of all objects within, however deep.
fn members(parts: [&Json; 4]) -> Vec<(&str, &Json)> {
    let mut open: Vec<&Json> = parts.to_vec();
    let mut found = Vec::new();
    while let Some(value) = open.pop() {
        if found.len() > MOST_VALUES {
            break;
        }
        match value {
            Json::Object(object) => {
                found.extend(object.iter().map(|(key, value)| (key.as_str(), value)));
                open.extend(object.values());
            }
            Json::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}

/// The texts of a member: itself, those of a list, and those that EC2 wraps (`{"content": "fl-1", "tag": 1}`).
fn texts(value: &Json, texts_of: &mut Vec<String>) {
    match value {
        Json::String(text) => texts_of.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| texts(item, texts_of)),
        Json::Object(object) => {
            for wrapper in ["content", "item", "items"] {
                if let Some(value) = object.get(wrapper) {
                    texts(value, texts_of);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(detail: Json) -> Result<Event, Unusable> {
        let envelope = json!({
            "version": "0", "id": "e", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2",
            "account": "111122223333", "time": "2026-03-01T00:00:00Z", "region": "eu-west-1", "resources": [], "detail": detail,
        });
        Event::read(&envelope.to_string())
    }

    #[test]
    fn names_are_found_however_deep_and_however_spelt() {
        let event = event(json!({
            "eventSource": "ec2.amazonaws.com",
            "requestParameters": {
                "DeleteFlowLogsRequest": { "FlowLogId": { "content": "fl-1", "tag": 1 } },
                "groupSet": { "items": [{ "groupId": "sg-1" }, { "groupId": "sg-2" }] },
            },
            "responseElements": { "flowLogIdSet": { "item": "fl-2" }, "networkInterface": { "groupId": null } },
        }))
        .unwrap();
        assert_eq!(event.names(&["flowLogId", "flowLogIdSet"]), ["fl-1", "fl-2"]);
        assert_eq!(event.names(&["groupId"]), ["sg-1", "sg-2"]);
        assert!(event.names(&["vpcId"]).is_empty());
    }

    #[test]
    fn what_only_reads_or_failed_changes_nothing() {
        let idle = |detail| event(detail).unwrap().idle;
        assert_eq!(idle(json!({ "eventSource": "s", "readOnly": true })), Some(Idle::ReadOnly));
        assert_eq!(idle(json!({ "eventSource": "s", "readOnly": false, "errorCode": "X" })), Some(Idle::Failed));
        assert_eq!(idle(json!({ "eventSource": "s", "requestParameters": null, "resources": null })), None);
    }

    #[test]
    fn the_region_is_that_of_the_call_and_those_that_it_names() {
        let event = event(json!({
            "eventSource": "s3.amazonaws.com", "awsRegion": "us-east-1",
            "requestParameters": { "CreateBucketConfiguration": { "LocationConstraint": "eu-west-1" } },
        }))
        .unwrap();
        let known = ["eu-west-1", "eu-west-2", "us-east-1"].map(str::to_owned);
        assert_eq!(event.regions(&known), ["eu-west-1", "us-east-1"]);
        assert!(event.regions(&known[1..2]).is_empty());
    }

    #[test]
    fn what_is_no_event_is_told_from_what_is_no_json() {
        assert_eq!(Event::read("{\"detail\":").unwrap_err(), Unusable::Malformed);
        assert_eq!(Event::read(&"[".repeat(100_000)).unwrap_err(), Unusable::Malformed);
        for body in ["[]", "{}", "null", "\"x\"", "{\"detail-type\":\"Scheduled Event\",\"detail\":{}}"] {
            assert_eq!(Event::read(body).unwrap_err(), Unusable::NoEvent, "{body}");
        }
        assert_eq!(event(json!({ "eventSource": 7 })).unwrap_err(), Unusable::NoEvent);
    }
}
