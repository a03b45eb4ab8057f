//! The inventory itself: resources by type, and the completeness of every listing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::gap::Gap;
use super::schema::RecordType;
use super::value::Value;

/// An account and a Region, as everything in an inventory is placed. Resources that belong to no
/// Region have the Region [`Place::GLOBAL`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The twelve-digit account id.
    pub account_id: Arc<str>,
    /// The Region's code.
    pub region: Arc<str>,
}

impl Place {
    /// The Region of resources that have none, as the IAM and Organizations APIs spell it in their own ARNs'
    /// stead: AWS Config uses the same word.
    pub const GLOBAL: &'static str = "global";

    /// A place.
    pub fn new(account_id: impl Into<Arc<str>>, region: impl Into<Arc<str>>) -> Place {
        Place { account_id: account_id.into(), region: region.into() }
    }

    /// The account-wide place of the same account.
    pub fn global(&self) -> Place {
        Place { account_id: self.account_id.clone(), region: Place::GLOBAL.into() }
    }
}

/// One resource: where it is, what it is called, and its attributes in the order of its type.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its type.
    pub resource_type: &'static RecordType,
    /// Where it is.
    pub place: Place,
    /// The id by which AWS's console and CLI know it.
    pub id: Arc<str>,
    /// The ARN.
    pub arn: Arc<str>,
    /// The attributes.
    pub fields: Arc<[Value]>,
}

/// Whether a listing showed everything that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// All pages came.
    Complete,
    /// Some did not, for this reason.
    Incomplete(Arc<Gap>),
}

/// Everything that one audit found.
#[derive(Debug, Default, Clone)]
pub struct Inventory {
    resources: BTreeMap<&'static str, Vec<Resource>>,
    listings: BTreeMap<(&'static str, Place), Listing>,
}

impl Inventory {
    /// Adds a resource.
    pub fn add(&mut self, resource: Resource) {
        self.resources.entry(resource.resource_type.name).or_default().push(resource);
    }

    /// Records how complete the listing of a type at a place was. A gap is never replaced by
    /// "complete": one missing page is enough.
    pub fn record_listing(&mut self, resource_type: &'static RecordType, place: Place, listing: Listing) {
        let entry = self.listings.entry((resource_type.name, place));
        match (entry, listing) {
            (std::collections::btree_map::Entry::Vacant(entry), listing) => {
                entry.insert(listing);
            }
            (std::collections::btree_map::Entry::Occupied(mut entry), listing @ Listing::Incomplete(_)) => {
                if *entry.get() == Listing::Complete {
                    entry.insert(listing);
                }
            }
            (std::collections::btree_map::Entry::Occupied(_), Listing::Complete) => {}
        }
    }

    /// Puts resources into a fixed order and removes repeats of one ARN (some listings repeat theirs
    /// in every Region).
    pub fn finish(&mut self) {
        for resources in self.resources.values_mut() {
            resources.sort_by(|a, b| (&a.place, &a.id, &a.arn).cmp(&(&b.place, &b.id, &b.arn)));
            resources.dedup_by(|a, b| a.place == b.place && a.id == b.id && a.arn == b.arn);
        }
    }

    /// Moves everything of `other` into this inventory.
    pub fn merge(&mut self, other: Inventory) {
        for (name, resources) in other.resources {
            self.resources.entry(name).or_default().extend(resources);
        }
        self.listings.extend(other.listings);
    }

    /// The resources of a type.
    pub fn of_type(&self, name: &str) -> &[Resource] {
        self.resources.get(name).map_or(&[], Vec::as_slice)
    }

    /// All resources, by type.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.values().flatten()
    }

    /// All resources, for changing them.
    pub fn resources_mut(&mut self) -> impl Iterator<Item = &mut Resource> {
        self.resources.values_mut().flatten()
    }

    /// How many resources there are.
    pub fn len(&self) -> usize {
        self.resources.values().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.resources.values().all(Vec::is_empty)
    }

    /// The listings that were tried, each with its type, place and outcome.
    pub fn listings(&self) -> impl Iterator<Item = (&'static str, &Place, &Listing)> {
        self.listings.iter().map(|((name, place), listing)| (*name, place, listing))
    }

    /// The listings of one type.
    pub fn listings_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a Place, &'a Listing)> {
        self.listings.iter().filter(move |((n, _), _)| *n == name).map(|((_, place), listing)| (place, listing))
    }
}
