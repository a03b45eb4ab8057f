//! What a collector works with: calls, pages, details, and where it puts what it found.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures::StreamExt;

use super::plan::{Extent, Plan};
use crate::aws::{Failure, RegionClient};
use crate::inventory::{Gap, GapKind, Inventory, Listing, Observed, Operation, Place, Record, Resource};

/// The resource vanished between the listing and this call: it is left out, and that is no error.
#[derive(Debug, Clone, Copy)]
pub struct Gone;

/// How a listing ended.
pub type Outcome = Result<(), Arc<Gap>>;

/// A collector's surroundings at one account and Region. A collector of a global service gets the Region
/// that its service answers in.
#[derive(Debug, Clone)]
pub struct Context {
    region: RegionClient,
    regions: Arc<[String]>,
    plan: Arc<Plan>,
    /// How much is asked for of the resource that is being read.
    extent: Extent,
    found: Arc<Mutex<Inventory>>,
}

impl Context {
    /// A context that collects into `found`. `regions` are all Regions of the audit.
    pub fn new(region: RegionClient, regions: Arc<[String]>, plan: Arc<Plan>, found: Arc<Mutex<Inventory>>) -> Context {
        Context { region, regions, plan, extent: Extent::Full, found }
    }

    /// What SDK clients are made from.
    pub fn region(&self) -> &RegionClient {
        &self.region
    }

    /// The account and Region.
    pub fn place(&self) -> &Place {
        self.region.place()
    }

    /// The account's id.
    pub fn account_id(&self) -> &str {
        &self.place().account_id
    }

    /// The partition (`aws`, `aws-cn`, `aws-us-gov`) of this Region, for ARNs that an API does not give.
    pub fn partition(&self) -> &'static str {
        match &*self.place().region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// An ARN in this account and Region: `arn("rds", "subgrp:default")`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition(), self.place().region, self.account_id())
    }

    /// All Regions of the audit: what a collector of a global service files its resources under.
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// The same in another Region of the account.
    pub fn in_region(&self, region: &str) -> Context {
        Context { region: self.region.in_region(region), ..self.clone() }
    }

    /// Whether resources of this type are asked for.
    pub fn lists<R: Record>(&self) -> bool {
        self.plan.lists(R::record_type())
    }

    /// What a resource of this type is read in: with the operations that it is worth; none where it is not asked for.
    pub fn of<R: Record>(&self, id: &str, arn: &str) -> Option<Context> {
        let extent = self.plan.extent(R::record_type().name, id, arn);
        (extent != Extent::Nothing).then(|| Context { extent, ..self.clone() })
    }

    /// Whether an operation is asked for.
    pub fn needs(&self, operation: &Operation) -> bool {
        self.plan.calls_for(operation, self.extent)
    }

    /// Makes a call whose failure is the caller's to judge.
    ///
    /// # Errors
    ///
    /// See [`RegionClient::call`].
    pub async fn call<T, E, F>(&self, operation: &'static Operation, send: impl FnOnce() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.region.call(operation, send).await
    }

    /// Reads all pages of a listing: `send` makes the request for a page token, `page` takes an answer
    /// apart into its items and the next token. What came before a failed page is kept, and the
    /// outcome says that there is more. Where the operation's `gone` codes say that what the listing is
    /// about has vanished, the list is empty and complete.
    pub async fn pages<T, E, F, I, P>(
        &self,
        operation: &'static Operation,
        send: impl FnMut(Option<String>) -> F,
        page: impl FnMut(T) -> (P, Option<String>),
    ) -> (Vec<I>, Outcome)
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
        P: IntoIterator<Item = I>,
    {
        match self.region.pages(operation, send, page).await {
            (items, Ok(())) => (items, Ok(())),
            (_, Err(failure)) if failure.is(operation.gone) => (Vec::new(), Ok(())),
            (items, Err(failure)) => (items, Err(Arc::new(failure.gap(operation)))),
        }
    }

    /// Reads a detail of one resource that comes in pages, if the plan asks for it: the whole list, or
    /// the gap that a failed page leaves.
    ///
    /// # Errors
    ///
    /// [`Gone`] where the operation's `gone` codes say that the resource has vanished.
    pub async fn detail_pages<T, E, F, I, P>(
        &self,
        operation: &'static Operation,
        send: impl FnMut(Option<String>) -> F,
        page: impl FnMut(T) -> (P, Option<String>),
    ) -> Result<Observed<Vec<I>>, Gone>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
        P: IntoIterator<Item = I>,
    {
        if !self.needs(operation) {
            return Ok(Err(not_collected(operation)));
        }
        match self.region.pages(operation, send, page).await {
            (items, Ok(())) => Ok(Ok(items)),
            (_, Err(failure)) if failure.is(operation.gone) => Err(Gone),
            (_, Err(failure)) => Ok(Err(Arc::new(failure.gap(operation)))),
        }
    }

    /// Reads a detail of one resource, if the plan asks for it: a value, null where the operation's `absent` codes
    /// say that it is not configured, or the gap that the failed call leaves.
    ///
    /// # Errors
    ///
    /// [`Gone`] where the operation's `gone` codes say that the resource has vanished.
    pub async fn detail<T, V, E, F>(
        &self,
        operation: &'static Operation,
        send: impl FnOnce() -> F,
        read: impl FnOnce(T) -> Option<V>,
    ) -> Result<Observed<Option<V>>, Gone>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if !self.needs(operation) {
            return Ok(Err(not_collected(operation)));
        }
        match self.region.call(operation, send).await {
            Ok(answer) => Ok(Ok(read(answer))),
            Err(failure) if failure.is(operation.gone) => Err(Gone),
            Err(failure) if failure.is(operation.absent) => Ok(Ok(None)),
            Err(failure) => Ok(Err(Arc::new(failure.gap(operation)))),
        }
    }

    /// Works on all items, at most `at_once` at a time. The limiter paces the calls; this only bounds
    /// the memory that half-read resources take.
    pub async fn for_each<I, F>(&self, items: impl IntoIterator<Item = I>, at_once: usize, work: impl Fn(I) -> F)
    where
        F: Future<Output = ()>,
    {
        futures::stream::iter(items).for_each_concurrent(at_once, work).await;
    }

    /// Works on all items like [`Context::for_each`] and returns what comes of each, in no particular order.
    pub async fn gather<I, T, F>(
        &self,
        items: impl IntoIterator<Item = I>,
        at_once: usize,
        work: impl Fn(I) -> F,
    ) -> Vec<T>
    where
        F: Future<Output = T>,
    {
        futures::stream::iter(items).map(work).buffer_unordered(at_once).collect().await
    }

    /// Files a resource of this account and Region, if it is asked for.
    pub fn add<R: Record>(&self, id: impl Into<Arc<str>>, arn: impl Into<Arc<str>>, record: R) {
        self.add_at(self.place().clone(), id, arn, record);
    }

    /// Files a resource at another place: a global one, or one that another Region's listing showed.
    pub fn add_at<R: Record>(&self, place: Place, id: impl Into<Arc<str>>, arn: impl Into<Arc<str>>, record: R) {
        let (id, arn) = (id.into(), arn.into());
        if self.plan.extent(R::record_type().name, &id, &arn) == Extent::Nothing {
            return;
        }
        let fields = record.into_fields().into();
        let resource = Resource { resource_type: R::record_type(), place, id, arn, fields };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).add(resource);
    }

    /// Records how the listing of a type ended, once all of its resources are filed.
    pub fn listed<R: Record>(&self, outcome: Outcome) {
        self.listed_at::<R>(self.place().clone(), outcome);
    }

    /// The same for another place.
    pub fn listed_at<R: Record>(&self, place: Place, outcome: Outcome) {
        let listing = match outcome {
            Ok(()) => Listing::Complete,
            Err(gap) => Listing::Incomplete(gap),
        };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).record_listing(R::record_type(), place, listing);
    }
}

/// What stands for an attribute that the plan does not ask for.
pub fn not_collected(operation: &Operation) -> Arc<Gap> {
    Arc::new(Gap::new(GapKind::NotCollected, operation, ""))
}
