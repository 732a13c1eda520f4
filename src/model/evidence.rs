//! Everything that was seen, ready to be asked.

use std::hash::BuildHasher as _;
use std::ops::RangeInclusive;
use std::sync::{Arc, LazyLock};

use hashbrown::HashTable;
use smallvec::SmallVec;

use super::{Observation, ObservationId, Question, Request};

/// All observations that were made of a service (or a run), by question and attempt.
///
/// The order in which observations were inserted has no influence on anything that can be asked.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// All facts of one question, by attempt; none of these lists is empty.
    by_question: HashTable<SmallVec<[Fact; 1]>>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Fact {
    observation: Arc<Observation>,
    id: ObservationId,
}

/// A question in eight octets. Equal questions have equal hashes within one process; that different
/// ones have too is rare, and must do no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionHash(u64);

impl QuestionHash {
    /// The hash of a question.
    pub fn of(question: &Question) -> Self {
        static STATE: LazyLock<foldhash::fast::RandomState> = LazyLock::new(Default::default);
        Self(STATE.hash_one(question))
    }
}

impl Fact {
    fn question(&self) -> &Question {
        &self.observation.request.question
    }

    /// Attempt and repeat: the order within a question.
    fn number(&self) -> (u8, u8) {
        (self.observation.request.attempt, self.observation.request.repeat)
    }
}

impl Evidence {
    /// No evidence.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fact, whose id the caller knows already. A second answer to the same request is
    /// ignored: facts are never overwritten.
    pub fn insert(&mut self, id: ObservationId, observation: Arc<Observation>) {
        let new = Fact { observation, id };
        let hash = QuestionHash::of(new.question());
        let is_same = |facts: &SmallVec<[Fact; 1]>| facts[0].question() == new.question();
        match self.by_question.find_mut(hash.0, is_same) {
            Some(facts) => {
                if let Err(at) = facts.binary_search_by_key(&new.number(), Fact::number) {
                    facts.insert(at, new);
                    self.len += 1;
                }
            }
            None => {
                let again = |facts: &SmallVec<[Fact; 1]>| QuestionHash::of(facts[0].question()).0;
                self.by_question.insert_unique(hash.0, SmallVec::from_buf([new]), again);
                self.len += 1;
            }
        }
    }

    fn facts(&self, question: &Question) -> &[Fact] {
        self.facts_of(QuestionHash::of(question), question)
    }

    fn facts_of(&self, hash: QuestionHash, question: &Question) -> &[Fact] {
        let is_same = |facts: &SmallVec<[Fact; 1]>| facts[0].question() == question;
        self.by_question.find(hash.0, is_same).map_or(&[], SmallVec::as_slice)
    }

    /// Whether this very request was answered (or failed).
    pub fn contains(&self, request: &Request) -> bool {
        self.facts(&request.question).iter().any(|fact| fact.observation.request == *request)
    }

    /// The first of these attempts at a question, whose hash is known, that was not made.
    pub fn missing_of(
        &self,
        hash: QuestionHash,
        question: Question,
        attempts: RangeInclusive<u8>,
    ) -> Option<Request> {
        let facts = self.facts_of(hash, &question);
        let made = |attempt: &u8| facts.iter().any(|fact| fact.number().0 == *attempt);
        let attempt = attempts.into_iter().find(|attempt| !made(attempt))?;
        Some(Request::nth(question, attempt))
    }

    /// How often an attempt was made, its repeats counted.
    pub fn times(&self, question: &Question, attempt: u8) -> usize {
        self.facts(question).iter().filter(|fact| fact.number().0 == attempt).count()
    }

    /// All attempts at a question, the first one first; of an attempt that was repeated, the first
    /// time.
    pub fn attempts(
        &self,
        question: &Question,
    ) -> impl DoubleEndedIterator<Item = (&Arc<Observation>, ObservationId)> + use<'_> {
        self.attempts_of(QuestionHash::of(question), question)
    }

    /// As [`Evidence::attempts`], where the question's hash is known.
    pub fn attempts_of(
        &self,
        hash: QuestionHash,
        question: &Question,
    ) -> impl DoubleEndedIterator<Item = (&Arc<Observation>, ObservationId)> + use<'_> {
        let facts = self.facts_of(hash, question);
        let attempt = |at: usize| facts.get(at).map(|fact| fact.number().0);
        facts
            .iter()
            .enumerate()
            .filter(move |(at, _)| *at == 0 || attempt(*at - 1) != attempt(*at))
            .map(|(_, fact)| (&fact.observation, fact.id))
    }

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All facts, in no order.
    pub fn into_facts(self) -> impl Iterator<Item = (ObservationId, Arc<Observation>)> {
        self.by_question.into_iter().flatten().map(|fact| (fact.id, fact.observation))
    }

    /// All facts, ordered by their request's key.
    pub fn all(&self) -> Vec<(&Arc<Observation>, ObservationId)> {
        let mut all: Vec<_> =
            self.by_question.iter().flatten().map(|f| (&f.observation, f.id)).collect();
        all.sort_by_cached_key(|(observation, _)| observation.request.key());
        all
    }
}
