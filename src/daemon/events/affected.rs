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
