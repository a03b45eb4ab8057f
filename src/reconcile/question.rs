//! From documents to the questions that their claims ask, and from what was found to the answers.
//!
//! Each check is compiled once for each set of values that claims state, and judges each resource once for all who ask.

use std::collections::HashMap;

use jiff::Timestamp;
use plumbline_document::Selector;
use serde_json::Value as Json;

use super::answer::Answer;
use super::conflict;
use super::decide::{self, Vouched};
use super::document::BoundDocument;
use super::select::{in_regions, is_called, is_name, is_one_of_a_kind, takes};
use crate::check::{Check, Judge, Library, Overrides, matches_pattern};
use crate::claim::{ATTESTATION, Attestation, ClaimEntry, ClaimsFile, DocumentOutcome, Params};
use crate::collect::Plan;
use crate::inventory::{Inventory, Listing, Place, RecordType, Resource};

/// Holds documents against an inventory.
pub fn reconcile(
    documents: &[BoundDocument],
    library: &Library,
    inventory: &Inventory,
    planned: &dyn Fn(&str) -> Option<String>,
    attestations: &[Attestation],
    as_of: Timestamp,
) -> Vec<DocumentOutcome> {
    let of = documents.iter().map(|document| (&*document.file, &document.params));
    let numbered: Vec<(usize, BoundDocument)> = documents.iter().cloned().enumerate().collect();
    Questions::of(of, library, planned).answer(&numbered, inventory, attestations, as_of)
}

/// What the claims of some documents ask.
#[derive(Debug)]
pub struct Questions {
    documents: Vec<Asked>,
    checks: Vec<Check>,
}

/// What one document asks.
#[derive(Debug)]
pub(super) struct Asked {
    /// The file with its names replaced.
    pub file: ClaimsFile,
    pub claims: Vec<AskedClaim>,
}

/// What one claim asks.
#[derive(Debug)]
pub(super) struct AskedClaim {
    pub id: String,
    pub entry: ClaimEntry,
    pub parts: Vec<Part>,
    /// Values that it states and no check of it compares.
    pub uncompared: Vec<String>,
}

/// One check of a claim, or what stands in its place.
#[derive(Debug)]
pub(super) enum Part {
    Check { check: usize, selector: Selector },
    Attestation(String),
    Unanswerable { id: String, reason: String, selector: Selector },
}

impl Questions {
    /// What documents ask, each a file with what the configuration sets of its parameters.
    pub fn of<'f>(
        documents: impl IntoIterator<Item = (&'f ClaimsFile, &'f Params)>,
        library: &Library,
        planned: &dyn Fn(&str) -> Option<String>,
    ) -> Questions {
        let mut asking = Asking { library, planned, checks: Vec::new(), known: HashMap::new() };
        let documents = documents.into_iter().map(|(file, params)| asking.document(file, params)).collect();
        Questions { documents, checks: asking.checks }
    }

    /// Adds to a plan what it takes to answer.
    pub fn plan(&self, plan: &mut Plan) {
        for check in &self.checks {
            check.plan(plan);
        }
        // Resources are also found by their names and tags, which no check may look at.
        let parts = self.documents.iter().flat_map(|document| &document.claims).flat_map(|claim| &claim.parts);
        for part in parts {
            let Part::Check { check, selector } = part else { continue };
            if selector.resources.is_empty() {
                continue;
            }
            for resource_type in self.types(*check) {
                if let Some((_, tags)) = resource_type.field("tags") {
                    plan.need_attribute(resource_type, tags);
                }
            }
        }
    }

    fn types(&self, check: usize) -> impl Iterator<Item = &'static RecordType> + '_ {
        self.checks[check].subjects.iter().map(|subject| subject.resource_type)
    }

    /// The checks that are asked, by their ids, in the order of the documents.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Answers for some of the documents that the questions were made of: all of an account, each with its number among them.
    pub fn answer(
        &self,
        documents: &[(usize, BoundDocument)],
        inventory: &Inventory,
        attestations: &[Attestation],
        as_of: Timestamp,
    ) -> Vec<DocumentOutcome> {
        let documents: Vec<(&BoundDocument, &Asked)> =
            documents.iter().filter_map(|(number, document)| Some((document, self.documents.get(*number)?))).collect();
        let mut answers = self.ask(&documents, inventory, as_of);
        let mut outcomes = Vec::new();
        for (at, (document, asked)) in documents.iter().enumerate() {
            let mut claims = Vec::new();
            for (number, claim) in asked.claims.iter().enumerate() {
                let account = &*document.account_id;
                let vouched =
                    Vouched { attestations, account, document: &asked.file.document, claim: &claim.id, as_of };
                let given = std::mem::take(&mut answers[at][number]);
                let derived = claim.parts.iter().any(|part| match part {
                    Part::Check { check, .. } => self.checks[*check].subjects.iter().any(|s| !s.related.is_empty()),
                    _ => false,
                });
                claims.push(decide::decide(claim, given, derived, &vouched));
            }
            outcomes.push(DocumentOutcome {
                document: asked.file.document.as_str().into(),
                title: asked.file.title.clone(),
                account_id: document.account_id.clone(),
                claims,
                conflicts: Vec::new(),
            });
        }
        let asked: Vec<&Asked> = documents.iter().map(|(_, asked)| *asked).collect();
        conflict::add_conflicts(&asked, &self.checks, &mut outcomes);
        outcomes
    }

    /// The answer to every part of every claim; those of attestations stay empty.
    fn ask(
        &self,
        documents: &[(&BoundDocument, &Asked)],
        inventory: &Inventory,
        as_of: Timestamp,
    ) -> Vec<Vec<Vec<Answer>>> {
        let mut answers: Vec<Vec<Vec<Answer>>> = Vec::new();
        let mut by_check: Vec<Vec<Asker<'_>>> = self.checks.iter().map(|_| Vec::new()).collect();
        for (at, (document, asked)) in documents.iter().enumerate() {
            let mut of_document = Vec::new();
            for (number, claim) in asked.claims.iter().enumerate() {
                let mut of_claim = Vec::new();
                for (part, what) in claim.parts.iter().enumerate() {
                    of_claim.push(match what {
                        Part::Attestation(id) => Answer::new(id, id),
                        Part::Unanswerable { id, reason, .. } => Answer::unknown(id, reason.as_str()),
                        Part::Check { check, selector } => {
                            let asked = &self.checks[*check];
                            match &document.unread {
                                Some(reason) => Answer::unknown(&asked.id, reason.as_str()),
                                None => {
                                    let place = (at, number, part);
                                    let account = &*document.account_id;
                                    by_check[*check].push(Asker { place, account, selector, claim });
                                    Answer::new(&asked.id, &asked.title)
                                }
                            }
                        }
                    });
                }
                of_document.push(of_claim);
            }
            answers.push(of_document);
        }
        let mut judge = Judge::new(inventory, as_of);
        for (check, askers) in self.checks.iter().zip(&by_check).filter(|(_, askers)| !askers.is_empty()) {
            for subject in &check.subjects {
                for resource in inventory.of_type(subject.resource_type.name) {
                    let mut finding = None;
                    for asker in askers.iter().filter(|asker| asker.asks_of(resource)) {
                        let said = finding.get_or_insert_with(|| judge.resource(check, subject, resource));
                        asker.answer(&mut answers).add(said.clone());
                    }
                }
            }
            for asker in askers {
                self.missing(check, asker, inventory, asker.answer(&mut answers));
            }
        }
        answers
    }

    /// Adds to an answer what was not seen: names that nothing has, and listings that are not whole.
    fn missing(&self, check: &Check, asker: &Asker<'_>, inventory: &Inventory, answer: &mut Answer) {
        let Asker { account, selector, .. } = asker;
        let types: Vec<&'static RecordType> = check.subjects.iter().map(|subject| subject.resource_type).collect();
        let gaps: Vec<String> = types.iter().flat_map(|t| unlisted(t, account, selector, inventory)).collect();
        let kinds = types.iter().map(|resource_type| resource_type.name).collect::<Vec<_>>().join(" or ");
        let named = !types.iter().all(|resource_type| is_one_of_a_kind(resource_type.name));
        let names: &[String] = if named { &selector.resources } else { &[] };
        let seen = |pattern: &str, of: &[&'static RecordType]| {
            of.iter().any(|resource_type| {
                let mut resources = inventory.of_type(resource_type.name).iter();
                resources.any(|r| {
                    &*r.place.account_id == *account && in_regions(selector, &r.place) && is_called(r, pattern)
                })
            })
        };
        let (names, patterns): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| is_name(name));
        for name in names.iter().copied().filter(|name| !seen(name, &types)) {
            let others: Vec<&'static RecordType> = self.other_types(check, asker.claim);
            if seen(name, &others) {
                // It is there: what else the claim asks speaks of it.
                answer.set_nothing(format!("`{name}` is none of what this judges: {kinds}"));
            } else if gaps.is_empty() {
                let message = format!("`{name}` does not exist: {account} has no {kinds} of that name, id or ARN");
                answer.add_absent(message);
            } else {
                for gap in &gaps {
                    answer.add_unread(format!("cannot tell whether `{name}` exists: {gap}"));
                }
            }
        }
        // What is named needs no whole list: it was seen, or is missed above.
        if names.is_empty() || !patterns.is_empty() {
            for gap in gaps {
                answer.add_unread(gap);
            }
        }
        if answer.nothing().is_empty() {
            let called: Vec<String> = names.iter().chain(&patterns).map(|name| format!("`{name}`")).collect();
            let which = if called.is_empty() { String::new() } else { format!(" called {}", called.join(" or ")) };
            answer.set_nothing(format!("there is no {kinds}{which} that this applies to"));
        }
    }

    /// The types that the claim's other checks judge, and those that this one joins.
    fn other_types(&self, check: &Check, claim: &AskedClaim) -> Vec<&'static RecordType> {
        let own = check.subjects.iter().flat_map(|subject| &subject.related).map(|related| related.resource_type);
        let others = claim.parts.iter().filter_map(|part| match part {
            Part::Check { check, .. } => Some(self.types(*check)),
            _ => None,
        });
        own.chain(others.flatten()).collect()
    }
}

/// A claim that asks a check.
struct Asker<'q> {
    place: (usize, usize, usize),
    account: &'q str,
    selector: &'q Selector,
    claim: &'q AskedClaim,
}

impl Asker<'_> {
    fn asks_of(&self, resource: &Resource) -> bool {
        &*resource.place.account_id == self.account && takes(self.selector, resource)
    }

    fn answer<'a>(&self, answers: &'a mut [Vec<Vec<Answer>>]) -> &'a mut Answer {
        let (document, claim, part) = self.place;
        &mut answers[document][claim][part]
    }
}

/// Why the list of a type's resources may lack some of those that a selector takes.
fn unlisted(resource_type: &RecordType, account: &str, selector: &Selector, inventory: &Inventory) -> Vec<String> {
    let name = resource_type.name;
    // Whatever there is one of is listed where the call happened to be made.
    let anywhere = Selector::default();
    let selector = if is_one_of_a_kind(name) { &anywhere } else { selector };
    let of_account = inventory.listings_of(name).filter(|(place, _)| &*place.account_id == account);
    let listings: Vec<_> = of_account.filter(|(place, _)| in_regions(selector, place)).collect();
    let mut reasons: Vec<String> = Vec::new();
    for (_, listing) in &listings {
        if let Listing::Incomplete(gap) = listing {
            reasons.push(gap.to_string());
        }
    }
    let global = listings.iter().any(|(place, _)| &*place.region == Place::GLOBAL);
    for region in selector.regions.iter().filter(|region| is_name(region) && !global) {
        if !listings.iter().any(|(place, _)| *place.region == **region) {
            reasons.push(format!("{name} was not listed in {region}, which was not audited"));
        }
    }
    if listings.is_empty() && reasons.is_empty() {
        reasons.push(format!("{name} was not listed in {account}"));
    }
    reasons.sort();
    reasons.dedup();
    reasons
}

/// Makes questions.
struct Asking<'l> {
    library: &'l Library,
    planned: &'l dyn Fn(&str) -> Option<String>,
    checks: Vec<Check>,
    /// The compiled check of an id and its parameters, or why there is none.
    known: HashMap<(String, String), Result<usize, String>>,
}

impl Asking<'_> {
    fn document(&mut self, file: &ClaimsFile, params: &Params) -> Asked {
        let mut ids: HashMap<String, u32> = HashMap::new();
        let mut claims = Vec::new();
        let filled = file.filled(params);
        for (raw, entry) in file.claims.iter().zip(&filled.claims).filter(|(raw, _)| !raw.gone) {
            // The id is made of what the file says, so that it is the same in every account.
            let id = raw.id(&file.document);
            let id = match ids.entry(id.clone()).and_modify(|count| *count += 1).or_insert(0) {
                0 => id,
                // Of the same thing, said otherwise.
                _ => unused(&mut ids, &format!("{id}-{}", &raw.digest()[..4])),
            };
            claims.push(self.claim(&filled, id, entry));
        }
        Asked { file: filled, claims }
    }

    fn claim(&mut self, file: &ClaimsFile, id: String, entry: &ClaimEntry) -> AskedClaim {
        let mut entry = entry.clone();
        let mut parts = Vec::new();
        let mut uncompared: Vec<String> = entry.params.keys().cloned().collect();
        let mut scopes: Vec<Selector> = Vec::new();
        for check in &entry.checks {
            if check.starts_with(ATTESTATION) {
                uncompared.clear();
                parts.push(Part::Attestation(check.clone()));
                continue;
            }
            let selector = selector(file, &entry, check);
            match self.check(check, &entry.params) {
                Ok(at) => {
                    uncompared.retain(|name| !self.checks[at].params.contains_key(name));
                    if !scopes.contains(&selector) {
                        scopes.push(selector.clone());
                    }
                    parts.push(Part::Check { check: at, selector });
                }
                Err(reason) => {
                    uncompared.clear();
                    parts.push(Part::Unanswerable { id: check.clone(), reason, selector });
                }
            }
        }
        if entry.selector.is_everything() {
            entry.selector = union(scopes);
        }
        AskedClaim { id, entry, parts, uncompared }
    }

    /// The position of a check that is compiled with those of `params` that it takes.
    fn check(&mut self, id: &str, params: &Params) -> Result<usize, String> {
        let Ok(check) = self.library.get(id) else {
            return Err(match (self.planned)(id) {
                Some(title) => format!("no check yet: {id} ({title})"),
                None => format!("there is no check `{id}`"),
            });
        };
        let own = params.iter().filter_map(|(name, value)| Some((name, value, check.params.get(name)?)));
        let overrides: Overrides = own
            .map(|(name, value, param)| {
                // A single value is a list of one.
                let wraps = param.default.is_array() && !value.is_array();
                (name.clone(), if wraps { Json::Array(vec![value.clone()]) } else { value.clone() })
            })
            .collect();
        let key = (id.to_owned(), Json::from_iter(overrides.clone()).to_string());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let compiled = match self.library.with_params(id, &overrides) {
            Some(Ok(check)) => {
                self.checks.push(check);
                Ok(self.checks.len() - 1)
            }
            Some(Err(problems)) => {
                Err(problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; "))
            }
            None => Err(format!("there is no check `{id}`")),
        };
        self.known.insert(key, compiled.clone());
        compiled
    }
}

/// An id that no other claim has.
fn unused(ids: &mut HashMap<String, u32>, id: &str) -> String {
    let count = ids.entry(id.to_owned()).and_modify(|count| *count += 1).or_insert(1);
    if *count == 1 { id.to_owned() } else { format!("{id}-{count}") }
}

/// The resources that a claim's check judges: the claim's own, else those of the first scope that the check falls under.
fn selector(file: &ClaimsFile, entry: &ClaimEntry, check: &str) -> Selector {
    if !entry.selector.is_everything() {
        return entry.selector.clone();
    }
    let scope = file.scope.iter().find(|scope| matches_pattern(&scope.checks, check));
    scope.map(|scope| scope.selector.clone()).unwrap_or_default()
}

/// All that any of some selectors takes, for showing.
fn union(selectors: Vec<Selector>) -> Selector {
    let mut all = Selector::default();
    if selectors.iter().any(Selector::is_everything) {
        return all;
    }
    for selector in selectors {
        for (into, from) in [(&mut all.resources, selector.resources), (&mut all.regions, selector.regions)] {
            from.into_iter().for_each(|text| {
                if !into.contains(&text) {
                    into.push(text);
                }
            });
        }
    }
    all
}
