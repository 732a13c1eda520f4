//! Everything that was seen, ready to be asked.

use std::collections::HashMap;
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
        let attempt = observation.request.attempt;
        if let Err(at) =
            facts.binary_search_by_key(&attempt, |fact| fact.observation.request.attempt)
        {
            facts.insert(at, Fact { observation, id });
            self.len += 1;
        }
    }

    /// Whether this very request was answered (or failed).
    pub fn contains(&self, request: &Request) -> bool {
        self.attempts(&request.question)
            .any(|(observation, _)| observation.request.attempt == request.attempt)
    }

    /// All attempts at a question, the first one first.
    pub fn attempts(
        &self,
        question: &Question,
    ) -> impl DoubleEndedIterator<Item = (&Arc<Observation>, ObservationId)> {
        self.by_question
            .get(question)
            .into_iter()
            .flatten()
            .map(|fact| (&fact.observation, fact.id))
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
