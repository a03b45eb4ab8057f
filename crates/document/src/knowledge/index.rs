//! Phrases by their words, each word with its weight.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::files::KnowledgeFiles;
use super::subject::Subject;
use crate::value::Quantity;
use crate::words::Vocabulary;

/// A word of some phrase, by number.
pub type WordId = u32;

/// What documents can speak of, ready to be matched.
#[derive(Debug, Default)]
pub struct Knowledge {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) phrases: Vec<Phrase>,
    words: HashMap<String, WordId>,
    /// How much a word tells, by word: the rarer among the subjects, the more.
    weights: Vec<f64>,
    /// The services that a word names: those of which most phrases have it.
    names_services: Vec<BTreeSet<String>>,
    /// The phrases that hold a word, by word.
    with_word: Vec<Vec<usize>>,
    ids: HashMap<String, usize>,
}

/// One phrase.
#[derive(Debug)]
pub struct Phrase {
    /// As it is written in its file.
    pub text: String,
    /// Its words, each once.
    pub words: Vec<WordId>,
    /// The weight of all its words.
    pub weight: f64,
    /// The subjects that documents mean by it.
    pub subjects: Vec<usize>,
    /// Its words that name the service of one of them.
    service: Vec<WordId>,
}

/// From which share of a service's checks a word is one that names the service.
const NAMES_SERVICE: f64 = 0.45;

impl Knowledge {
    /// Makes phrases out of files.
    pub fn new(files: KnowledgeFiles) -> Knowledge {
        let mut knowledge = Knowledge { vocabulary: files.vocabulary, ..Knowledge::default() };
        for (subject, _) in files.subjects.values() {
            subject.phrases.iter().for_each(|phrase| knowledge.vocabulary.learn(phrase));
        }
        let mut phrases: BTreeMap<Vec<WordId>, (String, BTreeSet<usize>)> = BTreeMap::new();
        let mut spoken: Vec<BTreeSet<WordId>> = Vec::new();
        for (subject, _) in files.subjects.into_values() {
            let at = knowledge.subjects.len();
            let mut words_of_subject = BTreeSet::new();
            for phrase in &subject.phrases {
                let mut words: Vec<WordId> =
                    knowledge.vocabulary.words(phrase).into_iter().map(|word| knowledge.intern(&word.text)).collect();
                words.sort_unstable();
                words.dedup();
                if words.is_empty() {
                    continue;
                }
                words_of_subject.extend(words.iter().copied());
                phrases.entry(words).or_insert_with(|| (phrase.clone(), BTreeSet::new())).1.insert(at);
            }
            spoken.push(words_of_subject);
            knowledge.ids.insert(subject.id.clone(), at);
            knowledge.subjects.push(subject);
        }
        knowledge.weigh(&spoken);
        for (words, (text, subjects)) in phrases {
            let at = knowledge.phrases.len();
            let weight = words.iter().map(|word| knowledge.weight(*word)).sum();
            for word in &words {
                if let Some(with_word) = knowledge.with_word.get_mut(*word as usize) {
                    with_word.push(at);
                }
            }
            let subjects: Vec<usize> = subjects.into_iter().collect();
            let service = knowledge.service_words(&words, &subjects);
            knowledge.phrases.push(Phrase { text, words, weight, subjects, service });
        }
        knowledge
    }

    fn intern(&mut self, word: &str) -> WordId {
        let next = WordId::try_from(self.words.len()).unwrap_or(WordId::MAX);
        *self.words.entry(word.to_owned()).or_insert(next)
    }

    fn weigh(&mut self, spoken: &[BTreeSet<WordId>]) {
        let count = self.words.len();
        let mut subjects_with = vec![0_usize; count];
        let mut by_service: BTreeMap<String, (usize, BTreeMap<WordId, usize>)> = BTreeMap::new();
        for (subject, words) in self.subjects.iter().zip(spoken) {
            let service = service(&subject.id);
            let (size, frequencies) = by_service.entry(service.to_owned()).or_default();
            *size += 1;
            for word in words {
                subjects_with[*word as usize] += 1;
                *frequencies.entry(*word).or_default() += 1;
            }
        }
        let total = self.subjects.len() as f64;
        self.weights = subjects_with.iter().map(|with| (1.0 + total / (*with).max(1) as f64).ln()).collect();
        self.names_services = vec![BTreeSet::new(); count];
        for (service, (size, frequencies)) in &by_service {
            for (word, with) in frequencies {
                // Attestations have no service, and two or three checks show no habit.
                if service != "att" && *size >= 3 && *with as f64 >= NAMES_SERVICE * *size as f64 {
                    self.names_services[*word as usize].insert(service.clone());
                }
            }
        }
        for quantity in Quantity::ALL {
            if let Some(word) = quantity.word().and_then(|word| self.words.get(word)) {
                self.names_services[*word as usize].clear();
            }
        }
        self.with_word = vec![Vec::new(); count];
    }

    /// The number of a word that some phrase has.
    pub fn word(&self, text: &str) -> Option<WordId> {
        self.words.get(text).copied()
    }

    /// How many words phrases have: their numbers are below.
    pub(crate) fn count_words(&self) -> usize {
        self.words.len()
    }

    /// How much a word tells.
    pub fn weight(&self, word: WordId) -> f64 {
        self.weights.get(word as usize).copied().unwrap_or_default()
    }

    /// Whether a word names a service or a kind of resource, and not what is asserted of it.
    pub fn names_service(&self, word: WordId) -> bool {
        self.names_services.get(word as usize).is_some_and(|services| !services.is_empty())
    }

    /// Whether a word of a phrase names the service of what the phrase speaks of: in `vpc endpoint sqs` the one word does, and the
    /// other says which endpoint.
    pub fn names_its_service(&self, word: WordId, phrase: &Phrase) -> bool {
        phrase.service.contains(&word)
    }

    fn service_words(&self, words: &[WordId], subjects: &[usize]) -> Vec<WordId> {
        let of_subject = |subject: &usize| self.subjects.get(*subject).map_or("", |subject| service(&subject.id));
        let names = |word: &&WordId| {
            let services = self.names_services.get(**word as usize);
            services.is_some_and(|services| subjects.iter().any(|subject| services.contains(of_subject(subject))))
        };
        words.iter().filter(names).copied().collect()
    }

    /// The positions of the phrases that hold a word.
    pub fn with_word(&self, word: WordId) -> &[usize] {
        self.with_word.get(word as usize).map_or(&[], Vec::as_slice)
    }

    /// All subjects, by id.
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// All phrases.
    pub fn phrases(&self) -> &[Phrase] {
        &self.phrases
    }

    /// A subject.
    pub fn subject(&self, id: &str) -> Option<&Subject> {
        self.ids.get(id).and_then(|at| self.subjects.get(*at))
    }
}

/// The service of a check, which its id begins with.
fn service(id: &str) -> &str {
    id.split('-').next().unwrap_or_default()
}
