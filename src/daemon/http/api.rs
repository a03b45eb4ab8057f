//! `/api/v1`: lists of what the store remembers, page by page.
//!
//! A page begins behind a number that every item keeps, so what comes and goes between two pages neither repeats nor hides others.

use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::answer::{Answer, Refusal, json};
use super::query::{Page, Query};
use crate::store::{ClaimFilter, FindingFilter, Store, StoreError};

/// A list that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Findings, by number.
    Findings,
    /// Claims, by number.
    Claims,
    /// Audits, the newest first.
    Audits,
}

/// What is asked for, understood.
#[derive(Debug)]
pub struct Asked {
    page: Page,
    what: What,
}

#[derive(Debug)]
enum What {
    Findings(Box<FindingFilter>),
    Claims(Box<ClaimFilter>),
    Audits,
}

impl List {
    /// Where it is.
    pub fn path(self) -> &'static str {
        match self {
            List::Findings => "/api/v1/findings",
            List::Claims => "/api/v1/claims",
            List::Audits => "/api/v1/audits",
        }
    }

    /// The parameters that it knows.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            List::Findings => &[
                "limit", "after", "verdict", "severity", "open", "muted", "gone", "check", "account", "region",
                "resource",
            ],
            List::Claims => &["limit", "after", "account", "document", "outcome", "gone"],
            List::Audits => &["limit", "after"],
        }
    }

    /// Understands a request.
    pub fn asked(self, query: &str) -> Result<Asked, Refusal> {
        let query = Query::read(query, self.parameters())?;
        let what = match self {
            List::Findings => What::Findings(Box::new(FindingFilter {
                verdict: query.value("verdict")?,
                open: query.flag("open")?.unwrap_or(false),
                at_least: query.value("severity")?,
                check: query.glob("check")?,
                account_id: query.glob("account")?,
                region: query.glob("region")?,
                resource_id: query.glob("resource")?,
                suppressed: query.flag("muted")?,
                gone: query.flag("gone")?.unwrap_or(false),
            })),
            List::Claims => What::Claims(Box::new(ClaimFilter {
                account_id: query.glob("account")?,
                document: query.glob("document")?,
                id: String::new(),
                outcomes: query.value("outcome")?.into_iter().collect(),
                gone: query.flag("gone")?.unwrap_or(false),
            })),
            List::Audits => What::Audits,
        };
        Ok(Asked { page: query.page()?, what })
    }
}

impl Asked {
    /// Reads the page from the store.
    pub fn answer(&self, store: &Store, now: Timestamp) -> Result<Answer, StoreError> {
        let page = self.page;
        Ok(match &self.what {
            What::Findings(filter) => {
                let mut found = store.findings(filter, now)?;
                found.sort_by_key(|finding| finding.id);
                listed("findings", found, page, |finding| finding.id, |number, after| number > after)
            }
            What::Claims(filter) => {
                let mut found = store.claims(filter)?;
                found.sort_by_key(|claim| claim.number);
                listed("claims", found, page, |claim| claim.number, |number, after| number > after)
            }
            What::Audits => {
                let audits = store.audits(u32::MAX)?;
                listed("audits", audits, page, |audit| audit.id, |number, after| number < after)
            }
        })
    }
}

fn listed<T: Serialize>(
    name: &str,
    all: Vec<T>,
    page: Page,
    number: impl Fn(&T) -> i64,
    behind: impl Fn(i64, i64) -> bool,
) -> Answer {
    let total = all.len();
    let mut rest: Vec<T> = match page.after {
        Some(after) => all.into_iter().filter(|item| behind(number(item), after)).collect(),
        None => all,
    };
    let more = rest.len() > page.limit;
    rest.truncate(page.limit);
    let next = rest.last().filter(|_| more).map(|item| number(item).to_string());
    let items: Result<Vec<Json>, _> = rest.iter().map(serde_json::to_value).collect();
    let Ok(items) = items else {
        return Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "what is stored makes no JSON").answer();
    };
    let mut body = Map::new();
    body.insert("total".to_owned(), total.into());
    body.insert("next".to_owned(), next.into());
    body.insert(name.to_owned(), items.into());
    json(StatusCode::OK, &body)
}
