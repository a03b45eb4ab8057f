//! A burst: messages that came soon after each other, and what has to be audited because of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::accounts::{Accounts, Found, Known};
use super::affected::affected;
use super::message::{Event, Idle, Unusable};
use super::queue::Message;
use super::tally::Fate;
use crate::auditor::{AuditScope, Focus};
use crate::check::Check;
use crate::daemon::job::Part;
use crate::daemon::loaded::Loaded;

/// So many messages are held at most.
const MOST_MESSAGES: usize = 1000;

/// So many bytes of messages are held at most.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Messages as they came.
#[derive(Debug, Default)]
pub struct Burst {
    messages: Vec<(Message, Result<Event, Unusable>)>,
    bytes: usize,
}

/// An audit that is to be made, and for whom.
#[derive(Debug)]
pub struct Errand {
    /// What is audited.
    pub part: Part,
    /// The account.
    pub account_id: String,
    /// The messages that asked for it: their handles, and when the changes were made.
    pub asked: Vec<(String, Timestamp)>,
}

/// What is to be done with the messages of a burst.
#[derive(Debug, Default)]
pub struct Sorted {
    /// What is audited.
    pub errands: Vec<Errand>,
    /// What needs nothing.
    pub needless: Vec<(Message, Fate)>,
    /// What cannot be used.
    pub dead: Vec<(Message, Fate)>,
    /// What cannot be worked on now.
    pub later: Vec<Message>,
}

/// An account's id and some of its Regions.
type Place = (String, Vec<String>);

impl Burst {
    /// Adds a message.
    pub fn add(&mut self, message: Message) {
        self.bytes += message.body.len();
        let event = Event::read(&message.body);
        self.messages.push((message, event));
    }

    /// Whether no more is to be received.
    pub fn is_full(&self) -> bool {
        self.messages.len() >= MOST_MESSAGES || self.bytes >= MOST_BYTES
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// The accounts in which something changed.
    pub fn account_ids(&self) -> impl Iterator<Item = &str> {
        let events = self.messages.iter().filter_map(|(_, event)| event.as_ref().ok());
        events.filter(|event| event.idle.is_none()).map(|event| event.account_id.as_str())
    }

    /// Sorts the messages: one audit for all changes in the same Regions of an account.
    pub fn sort(self, accounts: &Accounts, loaded: &Arc<Loaded>) -> Sorted {
        let selected = loaded.library.select(&loaded.selection).unwrap_or_default();
        let mut sorted = Sorted::default();
        let mut places: BTreeMap<Place, (Focus, Vec<(Message, Timestamp)>)> = BTreeMap::new();
        for (message, event) in self.messages {
            let event = match event {
                Ok(event) => event,
                Err(Unusable::Malformed) => {
                    sorted.dead.push((message, Fate::Malformed));
                    continue;
                }
                Err(Unusable::NoEvent) => {
                    sorted.dead.push((message, Fate::NoEvent));
                    continue;
                }
            };
            let idle = event.idle.map(|idle| match idle {
                Idle::ReadOnly => Fate::ReadOnly,
                Idle::Failed => Fate::FailedCall,
            });
            let focus = affected(&event);
            let needless = idle.or_else(|| focus.is_empty().then_some(Fate::OtherService));
            if let Some(fate) = needless {
                sorted.needless.push((message, fate));
                continue;
            }
            let known = match accounts.find(&event.account_id) {
                Found::Known(known) => known,
                Found::Unknown => {
                    sorted.dead.push((message, Fate::UnknownAccount));
                    continue;
                }
                Found::Unreached => {
                    sorted.later.push(message);
                    continue;
                }
            };
            if !selected.iter().any(|check| focus.concerns(check)) {
                sorted.needless.push((message, Fate::NotChecked));
                continue;
            }
            let regions = event.regions(&known.regions);
            if regions.is_empty() {
                sorted.needless.push((message, Fate::OtherRegion));
                continue;
            }
            let (all, messages) = places.entry((event.account_id, regions)).or_default();
            all.unite(focus);
            messages.push((message, event.at));
        }
        for ((account_id, regions), (focus, messages)) in places {
            let Found::Known(known) = accounts.find(&account_id) else { continue };
            let part = part(&selected, known, loaded, regions, focus);
            let asked = messages.into_iter().map(|(message, at)| (message.handle, at)).collect();
            sorted.errands.push(Errand { part, account_id, asked });
        }
        sorted
    }
}

/// What is audited because of changes.
fn part(selected: &[&Check], known: &Known, loaded: &Loaded, regions: Vec<String>, focus: Focus) -> Part {
    let concerned: Vec<&&Check> = selected.iter().filter(|check| focus.concerns(check)).collect();
    let everywhere = concerned.iter().any(|check| focus.takes_all_regions(check));
    Part {
        checks: concerned.iter().map(|check| check.id.to_string()).collect(),
        scope: AuditScope {
            accounts: vec![known.config.clone()],
            profile: loaded.wanted.profile.clone(),
            regions: if everywhere { known.regions.clone() } else { regions },
            accounts_at_once: 1,
            focus: Some(focus),
            ..AuditScope::default()
        },
    }
}
