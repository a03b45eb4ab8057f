//! Ranking: the phrases that explain a statement's words best, until nothing of it is left to explain.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{OWN_IMPLIED, Surroundings, Where};
use crate::knowledge::{Knowledge, Phrase, WordId};

/// The least share of a phrase's weight that has to be found.
const LEAST_COVERAGE: f64 = 0.74;
/// The least share that has to be found in the statement itself.
const LEAST_OWN: f64 = 0.3;
/// The least share that no better phrase has taken already.
const LEAST_FRESH: f64 = 0.3;
/// A phrase that only names a service is meant where it is at least this share of what the statement says.
const LEAST_OF_STATEMENT: f64 = 0.45;
/// What a word counts that no phrase has.
const STRANGE: f64 = 2.5;
/// Phrases nearly as good as the best, on the same words, are meant too.
const NEARLY: f64 = 0.93;
/// The most subjects of one place: who says more than that says nothing exact.
const MOST: usize = 5;

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
    /// Words that were found around the statement.
    pub around: Vec<(WordId, Where)>,
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
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.phrase.cmp(&b.phrase)));
        let Some(best) = candidates.first().cloned() else { break };
        let mut meant: Vec<Match> = Vec::new();
        for candidate in &candidates {
            let near = candidate.score >= NEARLY * best.score && candidate.own.iter().any(|own| best.own.contains(own));
            if !near {
                continue;
            }
            for subject in &knowledge.phrases[candidate.phrase].subjects {
                if !meant.iter().chain(&found).any(|other| other.subject == *subject) && meant.len() < MOST {
                    meant.push(Match { subject: *subject, ..candidate.clone() });
                }
            }
        }
        for one in &meant {
            taken.extend(one.own.iter().copied());
        }
        taken.extend(best.own.iter().copied());
        found.extend(meant);
    }
    found
}

/// The words at hand, for looking phrases up.
struct Lookup<'a> {
    surroundings: &'a Surroundings,
    knowledge: &'a Knowledge,
    /// The statement's own words: how much each counts, and where it stands.
    own: BTreeMap<WordId, Vec<(usize, f64)>>,
    /// Whether the statement itself names a service.
    names_service: bool,
    /// What all its words tell.
    mass: f64,
}

impl<'a> Lookup<'a> {
    fn of(surroundings: &'a Surroundings, knowledge: &'a Knowledge) -> Lookup<'a> {
        let mut own: BTreeMap<WordId, Vec<(usize, f64)>> = BTreeMap::new();
        let mut names_service = false;
        let mut mass = 0.0;
        for (at, word) in surroundings.own.iter().enumerate() {
            if word.weight > 0.8 {
                mass += word.word.map_or(STRANGE, |id| knowledge.weight(id));
            }
            if let Some(id) = word.word {
                own.entry(id).or_default().push((at, word.weight));
                names_service |= knowledge.names_service(id) && word.weight > 0.8;
            }
            for id in &word.implied {
                own.entry(*id).or_default().push((at, word.weight * OWN_IMPLIED));
            }
        }
        Lookup { surroundings, knowledge, own, names_service, mass }
    }

    fn candidates(&self) -> Vec<Match> {
        let phrases: BTreeSet<usize> =
            self.own.keys().flat_map(|word| self.knowledge.with_word(*word).iter().copied()).collect();
        phrases.into_iter().filter_map(|at| self.look_up(at)).collect()
    }

    /// How much of a phrase is there.
    fn look_up(&self, at: usize) -> Option<Match> {
        let phrase: &Phrase = self.knowledge.phrases.get(at)?;
        let (mut found, mut found_here) = (0.0, 0.0);
        let (mut own, mut around) = (Vec::new(), Vec::new());
        let mut service_from_afar = false;
        for word in &phrase.words {
            let weight = self.knowledge.weight(*word);
            let here = self.own.get(word);
            let there = self.surroundings.around.get(word);
            let best_here = here.map(|places| places.iter().map(|(_, weight)| *weight).fold(0.0, f64::max));
            match (best_here, there) {
                (Some(factor), _) if there.is_none_or(|(other, _)| *other <= factor + 0.3) => {
                    found += weight * factor;
                    found_here += weight * factor;
                    own.extend(here.into_iter().flatten().map(|(at, _)| *at));
                }
                (_, Some((factor, place))) => {
                    found += weight * factor;
                    around.push((*word, *place));
                    service_from_afar |= self.knowledge.names_service(*word);
                }
                _ => {}
            }
        }
        own.sort_unstable();
        own.dedup();
        let mut coverage = found / phrase.weight;
        if service_from_afar && self.names_service && !self.has_service_word(phrase) {
            coverage *= 0.9;
        }
        let enough = coverage >= LEAST_COVERAGE && found_here >= LEAST_OWN * phrase.weight && !own.is_empty();
        enough.then_some(Match { subject: 0, phrase: at, coverage, score: 0.0, own, around })
    }

    fn has_service_word(&self, phrase: &Phrase) -> bool {
        phrase.words.iter().any(|word| self.knowledge.names_service(*word) && self.own.contains_key(word))
    }

    /// How good a match is once some of the statement's words are taken; 0 where it adds nothing.
    fn score(&self, candidate: &Match, taken: &BTreeSet<usize>) -> f64 {
        let phrase = &self.knowledge.phrases[candidate.phrase];
        let (mut fresh, mut stale, mut fresh_aspect) = (0.0, 0.0, false);
        for word in &phrase.words {
            let Some(places) = self.own.get(word) else { continue };
            let weight = self.knowledge.weight(*word);
            match places.iter().find(|(at, _)| !taken.contains(at)) {
                Some((_, factor)) => {
                    fresh += weight * factor;
                    fresh_aspect |= !self.knowledge.names_service(*word);
                }
                None => stale += weight,
            }
        }
        let only_service = phrase.words.iter().all(|word| self.knowledge.names_service(*word));
        let is_all_it_says = fresh >= LEAST_OF_STATEMENT * self.mass;
        if fresh < LEAST_FRESH * phrase.weight || !(fresh_aspect || only_service && is_all_it_says) {
            return 0.0;
        }
        (fresh + 0.4 * stale) * candidate.coverage.powi(3) * self.closeness(candidate)
    }

    /// From 0.7 to 1: words that stand together are more likely meant together.
    fn closeness(&self, candidate: &Match) -> f64 {
        let (Some(first), Some(last)) = (candidate.own.first(), candidate.own.last()) else { return 1.0 };
        let distinct = candidate.own.len();
        let gaps = (last - first + 1).saturating_sub(distinct);
        (1.0 - 0.03 * gaps as f64).max(0.7)
    }
}
