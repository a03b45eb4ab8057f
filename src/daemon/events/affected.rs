//! Which resources an event is about. Nothing here knows single services: collectors say whose events theirs are, and resource
//! types by which members they are named.

use super::message::Event;
use crate::auditor::Focus;
use crate::collect::COLLECTORS;

/// What has changed by an event; nothing where no collector reads the service.
pub fn affected(event: &Event) -> Focus {
    let collectors = COLLECTORS.iter().filter(|collector| collector.event_sources.contains(&event.source.as_str()));
    let types: Vec<_> = collectors.flat_map(|collector| collector.types()).collect();
    let mut focus = Focus::default();
    for resource_type in &types {
        let mut names = event.names(resource_type.named_by());
        names.extend(event.touched(resource_type.name).map(str::to_owned));
        if !names.is_empty() {
            focus.add(resource_type, names);
        }
    }
    if focus.is_empty() {
        // It may be about any of them: a parameter group belongs to databases that it does not name.
        types.into_iter().for_each(|resource_type| focus.add_all(resource_type));
    }
    focus
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::{Value as Json, json};

    use super::*;
    use crate::collect::{resource_type, resource_types};

    /// Calls as CloudTrail records them, and whose names they hold; null where any resource of the service may be meant.
    fn calls() -> Vec<Json> {
        serde_json::from_str(include_str!("affected/calls.json")).unwrap()
    }

    fn event(call: &Json) -> Event {
        let detail = json!({
            "eventSource": format!("{}.amazonaws.com", call["source"].as_str().unwrap()), "eventName": call["name"],
            "requestParameters": call["request"], "responseElements": call["response"], "resources": call["resources"],
        });
        let envelope = json!({
            "detail-type": "AWS API Call via CloudTrail", "account": "111122223333", "time": "2026-03-01T00:00:00Z",
            "region": "eu-west-1", "detail": detail,
        });
        Event::read(&envelope.to_string()).unwrap()
    }

    #[test]
    fn a_call_changes_what_it_names_else_anything_of_its_service() {
        for call in calls() {
            let mut expected = Focus::default();
            match call["names"].as_object() {
                Some(names) => {
                    for (name, names) in names {
                        let names: Vec<String> = serde_json::from_value(names.clone()).unwrap();
                        expected.add(resource_type(name).unwrap(), names);
                    }
                }
                None => {
                    let source = event(&call).source;
                    let collectors = COLLECTORS.iter().filter(|c| c.event_sources.contains(&source.as_str()));
                    collectors.flat_map(|c| c.types()).for_each(|t| expected.add_all(t));
                }
            }
            assert_eq!(affected(&event(&call)), expected, "{call}");
        }
    }

    #[test]
    fn every_name_and_every_source_that_is_declared_is_used_by_a_call() {
        let calls = calls();
        let mut unused = BTreeSet::new();
        let mut sources: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for event in calls.iter().map(event) {
            sources.entry(event.source.clone()).or_default().push(event);
        }
        for collector in COLLECTORS {
            for source in collector.event_sources {
                let events = sources.get(*source).map_or(&[][..], Vec::as_slice);
                if events.is_empty() {
                    unused.insert(*source);
                }
                for member in collector.types().iter().flat_map(|t| t.named_by()) {
                    if events.iter().all(|event| event.names(&[member]).is_empty()) {
                        unused.insert(*member);
                    }
                }
            }
        }
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn every_type_can_be_named_but_what_there_is_one_of() {
        let unnamed: Vec<&str> = resource_types().filter(|t| t.named_by().is_empty()).map(|t| t.name).collect();
        assert_eq!(unnamed, ["AWS::::Account", "AWS::S3::AccountPublicAccessBlock"]);
    }

    #[test]
    fn a_service_that_no_collector_reads_changes_nothing() {
        assert!(affected(&event(&json!({ "source": "iam", "request": { "userName": "jo" } }))).is_empty());
    }
}
