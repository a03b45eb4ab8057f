//! What the account answers: listings, which come in pages, and details of one resource or a few.

mod databases;
mod details;
mod listings;
mod network;
mod services;

use plumbline::inventory::Operation;

use self::details::DETAILS;
use self::listings::LISTINGS;
use super::account::{REGIONS, Sizes};
use super::http::Answer;
use super::request::{Protocol, Request};

/// One resource of a listing.
#[derive(Debug, Clone, Copy)]
struct Item<'a> {
    sizes: &'a Sizes,
    region: &'a str,
    number: usize,
}

/// A listing: how many there are, how many AWS gives a page, and what one looks like.
struct Listing {
    service: &'static str,
    operation: &'static str,
    count: fn(&Sizes) -> usize,
    page: usize,
    paging: &'static Paging,
    /// The member of the answer that holds the items.
    list: &'static str,
    /// The element around each item, where the answer is XML.
    element: &'static str,
    item: fn(Item) -> String,
}

/// How an API calls the parts of a page.
struct Paging {
    size: &'static str,
    token: &'static str,
    next: &'static str,
}

/// A call about one resource or a few.
struct Detail {
    service: &'static str,
    operation: &'static str,
    /// How many calls it takes to read them all, in one Region.
    calls: fn(&Sizes, &str) -> usize,
    /// The answer; none where nothing of that name is there.
    answer: fn(&Request, &Sizes) -> Option<String>,
}

/// The answer to a call.
pub fn answer(request: &Request, sizes: &Sizes) -> Answer {
    let is = |service: &str, operation: &str| request.service == service && request.operation == operation;
    if let Some(listing) = LISTINGS.iter().find(|listing| is(listing.service, listing.operation)) {
        return listing.answer(request, sizes);
    }
    if let Some(detail) = DETAILS.iter().find(|detail| is(detail.service, detail.operation)) {
        let body = (detail.answer)(request, sizes);
        return body.map_or_else(|| request.refuse(404, "NotFound"), |body| request.answer(body));
    }
    nothing(request)
}

/// The answer of a service in which there is nothing.
fn nothing(request: &Request) -> Answer {
    match request.protocol {
        Protocol::Json | Protocol::Rest => request.answer("{}".to_owned()),
        Protocol::Ec2 | Protocol::Query => request.answer(enclose(request, "")),
        Protocol::S3 if request.service == "s3control" => request.refuse(404, "NoSuchPublicAccessBlockConfiguration"),
        Protocol::S3 => request.refuse(404, "NoSuchConfiguration"),
    }
}

/// The least number of calls by which an operation can read the account; none where nothing of it is here.
pub fn least_calls(operation: &Operation, sizes: &Sizes) -> Option<usize> {
    let is = |service: &str, name: &str| operation.service == service && operation.name == name;
    if let Some(listing) = LISTINGS.iter().find(|listing| is(listing.service, listing.operation)) {
        let pages = (listing.count)(sizes).div_ceil(listing.page).max(1);
        return Some(pages * REGIONS.len());
    }
    let detail = DETAILS.iter().find(|detail| is(detail.service, detail.operation))?;
    Some(REGIONS.iter().map(|region| (detail.calls)(sizes, region)).sum())
}

impl Listing {
    fn answer(&self, request: &Request, sizes: &Sizes) -> Answer {
        let start: usize = request.argument(self.paging.token).parse().unwrap_or(0);
        let asked: usize = request.argument(self.paging.size).parse().unwrap_or(self.page);
        let end = (start + asked.min(self.page)).min((self.count)(sizes));
        let region = request.region.as_str();
        let items = (start..end).map(|number| (self.item)(Item { sizes, region, number }));
        let next = (end < (self.count)(sizes)).then_some(end);
        if request.protocol == Protocol::Json {
            let items: Vec<String> = items.collect();
            let next = next.map(|end| format!(r#","{}":"{end}""#, self.paging.next)).unwrap_or_default();
            return request.answer(format!(r#"{{"{}":[{}]{next}}}"#, self.list, items.join(",")));
        }
        let items: String = items.map(|item| tag(self.element, &item)).collect();
        let next = next.map(|end| tag(self.paging.next, &end.to_string())).unwrap_or_default();
        request.answer(enclose(request, &format!("{}{next}", tag(self.list, &items))))
    }
}

/// The outermost elements of an answer in XML.
fn enclose(request: &Request, inner: &str) -> String {
    let operation = &request.operation;
    match request.protocol {
        Protocol::Query => tag(&format!("{operation}Response"), &tag(&format!("{operation}Result"), inner)),
        _ => tag(&format!("{operation}Response"), inner),
    }
}

fn tag(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}
