//! `/api/v1`: lists of what the store remembers, page by page.
//!
//! A page begins behind a number that every item keeps, so what comes and goes between two pages neither repeats nor hides others.

use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::answer::{Answer, Refusal, json};
use super::query::{PageRequest, Query};
use crate::store::{ClaimFilter, FindingFilter, Page, Store, StoreError};

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
    page: PageRequest,
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
        let PageRequest { after, limit } = self.page;
        Ok(match &self.what {
            What::Findings(filter) => {
                listed("findings", store.findings_page(filter, now, after, limit)?, |finding| finding.id)
            }
            What::Claims(filter) => listed("claims", store.claims_page(filter, after, limit)?, |claim| claim.number),
            What::Audits => listed("audits", store.audits_page(after, limit)?, |audit| audit.id),
        })
    }
}

fn listed<T: Serialize>(name: &str, page: Page<T>, number: impl Fn(&T) -> i64) -> Answer {
    let next = page.items.last().filter(|_| page.more).map(|item| number(item).to_string());
    let items: Result<Vec<Json>, _> = page.items.iter().map(serde_json::to_value).collect();
    let Ok(items) = items else {
        return Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "what is stored makes no JSON").answer();
    };
    let mut body = Map::new();
    body.insert("total".to_owned(), page.total.into());
    body.insert("next".to_owned(), next.into());
    body.insert(name.to_owned(), items.into());
    json(StatusCode::OK, &body)
}
