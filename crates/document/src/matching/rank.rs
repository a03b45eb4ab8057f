//! Ranking: the phrases that explain a statement's words best, until nothing of it is left to explain.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{OWN_IMPLIED, Surroundings, Where};
use crate::knowledge::{Knowledge, Phrase, WordId};

/// The least share of a phrase's weight that has to be found.
const LEAST_COVERAGE: f64 = 0.67;
/// The least share that has to be found in the statement itself.
const LEAST_OWN: f64 = 0.3;
/// The least share of a phrase's aspect that no better phrase has taken already.
const LEAST_FRESH: f64 = 0.5;
/// Phrases nearly as good as the best, on the same words, are meant too.
const NEARLY: f64 = 0.93;
/// The most subjects of one place: who says more than that says nothing exact.
const MOST: usize = 5;
/// A phrase that only names a service is meant where it is at least this share of what its clause says.
const LEAST_OF_CLAUSE: f64 = 0.45;
/// What is left of such a phrase against those that say more.
const ONLY_SERVICE: f64 = 0.3;
/// What a word counts that no phrase has.
const STRANGE: f64 = 2.5;
/// What is left of a phrase whose service is not named anywhere.
const SERVICE_NOT_NAMED: f64 = 0.8;
/// What is left of a phrase whose service is only named around a statement that names another one.
const OTHER_SERVICE_NAMED: f64 = 0.88;
/// What is left for each word of the aspect that stands in another clause: for the first, which may be the head of a list, and
/// for each further one.
const OTHER_CLAUSE: (f64, f64) = (0.94, 0.72);

/// What is left of a phrase whose service stands in another clause: where the clause of its aspect names none, and where it
/// names another.
const SERVICE_IN_OTHER_CLAUSE: (f64, f64) = (0.9, 0.6);

/// A phrase that was found.
#[derive(Debug, Clone)]
pub struct Match {
    /// The subject.
    pub subject: usize,
    /// The phrase.
    pub phrase: usize,
    /// The share of the phrase that was found, from 0 to 1.
    pub coverage: f64,
    /// How good it is against others of the same statement.
    pub score: f64,
    /// Which of the statement's own words it took.
    pub own: Vec<usize>,
    /// The word of its own that tells most.
    pub anchor: usize,
    /// The clause that speaks of it.
    pub clause: usize,
    /// Words that were found around the statement.
    pub around: Vec<(WordId, Where)>,
    /// What is left of it by the clause in which its service stands.
    nearness: f64,
    /// What its words tell and where they stand: those that name the service, and the others.
    service: Vec<(usize, f64)>,
    aspect: Vec<(usize, f64)>,
}

/// The subjects that a statement speaks of, the best first.
pub fn rank(surroundings: &Surroundings, knowledge: &Knowledge) -> Vec<Match> {
    let lookup = Lookup::of(surroundings, knowledge);
    let mut candidates: Vec<Match> = lookup.candidates();
    let mut found: Vec<Match> = Vec::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    loop {
        for candidate in &mut candidates {
            candidate.score = lookup.score(candidate, &taken);
        }
        candidates.retain(|candidate| candidate.score > 0.0);
        let better = |a: &&Match, b: &&Match| a.score.total_cmp(&b.score).then(b.phrase.cmp(&a.phrase));
        let Some(best) = candidates.iter().max_by(better).cloned() else { break };
        let near = |candidate: &&Match| candidate.score >= NEARLY * best.score && candidate.own.contains(&best.anchor);
        let mut near: Vec<&Match> = candidates.iter().filter(near).collect();
        near.sort_by(|a, b| better(b, a));
        let mut meant: Vec<Match> = Vec::new();
        for candidate in near {
            for subject in &knowledge.phrases[candidate.phrase].subjects {
                if !meant.iter().chain(&found).any(|other| other.subject == *subject) && meant.len() < MOST {
                    let clause = lookup.clause_of(candidate, &taken);
                    meant.push(Match { subject: *subject, clause, ..candidate.clone() });
                }
            }
        }
        for one in meant.iter().chain([&best]) {
            taken.extend(&one.own);
        }
        found.extend(meant);
    }
    found
}

/// Where a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Here,
    Around,
}

/// The words at hand, for looking phrases up.
struct Lookup<'a> {
    surroundings: &'a Surroundings,
    knowledge: &'a Knowledge,
    /// Where the statement itself has a word, and how much it counts there.
    own: BTreeMap<WordId, Vec<(usize, f64)>>,
    /// By word whether the statement itself has it, or else what surrounds it.
    present: Vec<Option<Place>>,
    /// Whether the statement itself names a service.
    names_service: bool,
    /// What all words of a clause tell.
    masses: BTreeMap<usize, f64>,
}

impl<'a> Lookup<'a> {
    fn of(surroundings: &'a Surroundings, knowledge: &'a Knowledge) -> Lookup<'a> {
        let mut own: BTreeMap<WordId, Vec<(usize, f64)>> = BTreeMap::new();
        let mut names_service = false;
        let mut masses: BTreeMap<usize, f64> = BTreeMap::new();
        for (at, word) in surroundings.own.iter().enumerate() {
            if word.weight > 0.8 {
                *masses.entry(word.clause).or_default() += word.word.map_or(STRANGE, |id| knowledge.weight(id));
            }
            if let Some(id) = word.word {
                own.entry(id).or_default().push((at, word.weight));
                names_service |= knowledge.names_service(id) && word.weight > 0.8;
            }
            for id in &word.implied {
                own.entry(*id).or_default().push((at, word.weight * OWN_IMPLIED));
            }
        }
        let mut present = vec![None; knowledge.count_words()];
        let places = surroundings.around.keys().map(|word| (word, Place::Around));
        for (word, place) in places.chain(own.keys().map(|word| (word, Place::Here))) {
            if let Some(present) = present.get_mut(*word as usize) {
                *present = Some(place);
            }
        }
        Lookup { surroundings, knowledge, own, present, names_service, masses }
    }

    fn candidates(&self) -> Vec<Match> {
        let mut phrases: Vec<usize> =
            self.own.keys().flat_map(|word| self.knowledge.with_word(*word).iter().copied()).collect();
        phrases.sort_unstable();
        phrases.dedup();
        phrases.into_iter().filter(|at| self.may_be_there(*at)).filter_map(|at| self.look_up(at)).collect()
    }

    /// Whether enough of a phrase would be there if each of its words counted in full: few phrases come so far.
    fn may_be_there(&self, at: usize) -> bool {
        let Some(phrase) = self.knowledge.phrases.get(at) else { return false };
        let (mut most, mut most_here) = (0.0, 0.0);
        for word in &phrase.words {
            let Some(place) = self.present.get(*word as usize).copied().flatten() else { continue };
            let weight = self.knowledge.weight(*word);
            most += weight;
            most_here += if place == Place::Here { weight } else { 0.0 };
        }
        // Sums in another order may differ in their last digits.
        most * 1.000_001 >= LEAST_COVERAGE * phrase.weight && most_here * 1.000_001 >= LEAST_OWN * phrase.weight
    }

    /// The word of a phrase that tells most of those that the statement itself has, and where it stands.
    fn anchor(&self, phrase: &Phrase) -> Option<usize> {
        let own = phrase.words.iter().filter_map(|word| self.own.get(word).map(|places| (*word, places)));
        let telling = |word: WordId| {
            self.knowledge.weight(word) * if self.knowledge.names_its_service(word, phrase) { 0.5 } else { 1.0 }
        };
        let best = own.max_by(|a, b| telling(a.0).total_cmp(&telling(b.0)))?;
        best.1.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(at, _)| *at)
    }

    /// How much of a phrase is there.
    fn look_up(&self, at: usize) -> Option<Match> {
        let phrase: &Phrase = self.knowledge.phrases.get(at)?;
        let anchor = self.anchor(phrase)?;
        let only_service = phrase.words.iter().all(|word| self.knowledge.names_its_service(*word, phrase));
        let clause_of = |at: usize| self.surroundings.own.get(at).map_or(0, |word| word.clause);
        let (mut found, mut found_here) = (0.0, 0.0);
        let (mut own, mut around, mut service, mut aspect) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut service_afar, mut service_here, mut service_nowhere) = (false, false, false);
        for word in &phrase.words {
            let weight = self.knowledge.weight(*word);
            let names_service = self.knowledge.names_its_service(*word, phrase);
            let here = self.own.get(word).and_then(|places| nearest(places, anchor));
            let there = self.surroundings.around.get(word);
            match (here, there) {
                (Some((place, factor)), _) if there.is_none_or(|(other, _)| *other <= factor + 0.3) => {
                    found += weight * factor;
                    found_here += weight * factor;
                    own.push(place);
                    service_here |= names_service;
                    if names_service && !only_service {
                        service.push((place, weight * factor));
                    } else {
                        aspect.push((place, weight * factor));
                    }
                }
                (_, Some((factor, place))) => {
                    found += weight * factor;
                    around.push((*word, *place));
                    service_afar |= names_service;
                }
                _ => service_nowhere |= names_service,
            }
        }
        let mut coverage = found / phrase.weight;
        let nearness =
            if service_here && !only_service { self.nearness_of_service(&own, phrase, clause_of(anchor)) } else { 1.0 };
        if service_nowhere {
            coverage *= SERVICE_NOT_NAMED;
        } else if service_afar && !service_here && self.names_service {
            coverage *= OTHER_SERVICE_NAMED;
        }
        let elsewhere = aspect.iter().filter(|(at, _)| clause_of(*at) != clause_of(anchor)).count();
        if elsewhere > 0 {
            coverage *= OTHER_CLAUSE.0 * OTHER_CLAUSE.1.powi(i32::try_from(elsewhere - 1).unwrap_or(i32::MAX));
        }
        own.sort_unstable();
        own.dedup();
        let enough = coverage >= LEAST_COVERAGE && found_here >= LEAST_OWN * phrase.weight && !aspect.is_empty();
        enough.then(|| Match {
            subject: 0,
            phrase: at,
            coverage,
            score: 0.0,
            own,
            anchor,
            clause: clause_of(anchor),
            nearness,
            around,
            service,
            aspect,
        })
    }

    /// What is left of a phrase by the clause in which its service stands.
    fn nearness_of_service(&self, own: &[usize], phrase: &Phrase, clause: usize) -> f64 {
        let words = &self.surroundings.own;
        let names = |at: usize, word: WordId| {
            words.get(at).is_some_and(|own| own.word == Some(word) || own.implied.contains(&word))
        };
        let services: Vec<WordId> =
            phrase.words.iter().copied().filter(|word| self.knowledge.names_its_service(*word, phrase)).collect();
        let in_clause = |at: &usize| words.get(*at).is_some_and(|word| word.clause == clause);
        if own.iter().filter(|at| in_clause(at)).any(|at| services.iter().any(|word| names(*at, *word))) {
            return 1.0;
        }
        let names_other = words.iter().filter(|word| word.clause == clause && word.weight > 0.8);
        let names_other = names_other.filter_map(|word| word.word).any(|word| self.knowledge.names_service(word));
        if names_other { SERVICE_IN_OTHER_CLAUSE.1 } else { SERVICE_IN_OTHER_CLAUSE.0 }
    }

    /// How good a match is once some of the statement's words are taken; 0 where it adds nothing.
    fn score(&self, candidate: &Match, taken: &BTreeSet<usize>) -> f64 {
        let fresh_of = |words: &[(usize, f64)]| -> f64 {
            words.iter().filter(|(at, _)| !taken.contains(at)).map(|(_, weight)| weight).sum()
        };
        let all_of = |words: &[(usize, f64)]| -> f64 { words.iter().map(|(_, weight)| weight).sum() };
        let (fresh, aspect) = (fresh_of(&candidate.aspect), all_of(&candidate.aspect));
        // `RDS and Redis are Multi-AZ`: the aspect is said once, for services that are each named once.
        let fresh_service =
            candidate.service.iter().any(|(at, _)| !taken.contains(at) && self.names_service_itself(*at));
        let phrase = &self.knowledge.phrases[candidate.phrase];
        let only_service = phrase.words.iter().all(|word| self.knowledge.names_its_service(*word, phrase));
        let adds = fresh > 0.0 && fresh >= LEAST_FRESH * aspect || fresh_service;
        if !adds || only_service && fresh < LEAST_OF_CLAUSE * self.mass(candidate.clause) {
            return 0.0;
        }
        let telling = fresh + 0.2 * (aspect - fresh) + 0.5 * all_of(&candidate.service);
        let exactness = if only_service { ONLY_SERVICE } else { 1.0 };
        telling * candidate.coverage.powi(3) * closeness(candidate) * candidate.nearness * exactness
    }

    /// The clause that speaks of a match: that of its service where the aspect was said before, for another one.
    fn clause_of(&self, candidate: &Match, taken: &BTreeSet<usize>) -> usize {
        let aspect_is_taken = candidate.aspect.iter().all(|(at, _)| taken.contains(at));
        let service = candidate.service.iter().find(|(at, _)| !taken.contains(at) && self.names_service_itself(*at));
        let place = service.filter(|_| aspect_is_taken).and_then(|(at, _)| self.surroundings.own.get(*at));
        place.map_or(candidate.clause, |word| word.clause)
    }

    fn mass(&self, clause: usize) -> f64 {
        self.masses.get(&clause).copied().unwrap_or_default()
    }

    fn names_service_itself(&self, at: usize) -> bool {
        let word = self.surroundings.own.get(at).filter(|word| word.weight > 0.8).and_then(|word| word.word);
        word.is_some_and(|word| self.knowledge.names_service(word))
    }
}

/// The place of a word that stands nearest to another; where the word itself stands goes before where it is implied.
fn nearest(places: &[(usize, f64)], anchor: usize) -> Option<(usize, f64)> {
    let best = places.iter().map(|(_, factor)| *factor).fold(0.0, f64::max);
    let good = places.iter().filter(|(_, factor)| *factor >= best - 1e-9);
    good.min_by_key(|(at, _)| at.abs_diff(anchor)).copied()
}

/// From 0.7 to 1: words that stand together are more likely meant together.
fn closeness(candidate: &Match) -> f64 {
    let (Some(first), Some(last)) = (candidate.own.first(), candidate.own.last()) else { return 1.0 };
    let gaps = (last - first + 1).saturating_sub(candidate.own.len());
    (1.0 - 0.03 * gaps as f64).max(0.7)
}
