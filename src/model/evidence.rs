//! Everything that was seen, ready to be asked.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{Observation, ObservationId, Question, Request};

/// The observations that concern a service (or a run), by question and attempt.
///
/// The order in which observations were inserted has no influence on anything that can be asked.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    by_question: HashMap<Question, Vec<Fact>, foldhash::fast::RandomState>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Fact {
    observation: Arc<Observation>,
    id: ObservationId,
}

impl Evidence {
    /// No evidence.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fact, whose id the caller knows already. A second answer to the same request is
    /// ignored: facts are never overwritten.
    pub fn insert(&mut self, id: ObservationId, observation: Arc<Observation>) {
        let facts = self.by_question.entry(observation.request.question.clone()).or_default();
        let number =
            |observation: &Observation| (observation.request.attempt, observation.request.repeat);
        let new = number(&observation);
        if let Err(at) = facts.binary_search_by_key(&new, |fact| number(&fact.observation)) {
            facts.insert(at, Fact { observation, id });
            self.len += 1;
        }
    }

    /// Whether this very request was answered (or failed).
    pub fn contains(&self, request: &Request) -> bool {
        let facts = self.by_question.get(&request.question);
        facts.into_iter().flatten().any(|fact| fact.observation.request == *request)
    }

    /// The first of these attempts at a question that was not made.
    pub fn missing(&self, question: Question, attempts: RangeInclusive<u8>) -> Option<Request> {
        let made = |attempt: &u8| {
            self.attempts(&question).any(|(fact, _)| fact.request.attempt == *attempt)
        };
        let attempt = attempts.into_iter().find(|attempt| !made(attempt))?;
        Some(Request::nth(question, attempt))
    }

    /// How often an attempt was made, its repeats counted.
    pub fn times(&self, question: &Question, attempt: u8) -> usize {
        let facts = self.by_question.get(question);
        let is_that = |fact: &&Fact| fact.observation.request.attempt == attempt;
        facts.into_iter().flatten().filter(is_that).count()
    }

    /// All attempts at a question, the first one first; of an attempt that was repeated, the first
    /// time.
    pub fn attempts(
        &self,
        question: &Question,
    ) -> impl DoubleEndedIterator<Item = (&Arc<Observation>, ObservationId)> {
        let facts = self.by_question.get(question).map_or(&[][..], Vec::as_slice);
        let attempt = |at: usize| facts.get(at).map(|fact| fact.observation.request.attempt);
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

    /// All facts, ordered by their request's key.
    pub fn all(&self) -> Vec<(&Arc<Observation>, ObservationId)> {
        let mut all: Vec<_> =
            self.by_question.values().flatten().map(|f| (&f.observation, f.id)).collect();
        all.sort_by_cached_key(|(observation, _)| observation.request.key());
        all
    }
}
