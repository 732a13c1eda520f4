//! The part of a service's evidence that is kept while it waits for its last answers.

use std::cell::Cell;
use std::sync::Arc;

use crate::model::{Evidence, Observation, ObservationId, QuestionHash};

/// The facts that are still at hand while a service waits. All others were let go of, to save
/// memory; they are in the store.
///
/// It is no [`Evidence`]: a reading that looks for anything else than the questions at hand finds
/// nothing, and [`RestingEvidence::has_missed`] tells that it can't be relied on.
pub struct RestingEvidence {
    /// Everything that was seen of the questions at hand.
    facts: Evidence,
    /// Sorted.
    at_hand: Box<[QuestionHash]>,
    /// How many facts were let go of.
    released: usize,
    has_missed: Cell<bool>,
}

impl RestingEvidence {
    /// Keeps the facts of these questions and lets go of all others.
    pub fn new(evidence: Evidence, mut at_hand: Vec<QuestionHash>) -> Self {
        at_hand.sort_unstable();
        at_hand.dedup();
        let (all, mut facts) = (evidence.len(), Evidence::new());
        for (id, observation) in evidence.into_facts() {
            let question = QuestionHash::of(&observation.request.question);
            if at_hand.binary_search(&question).is_ok() {
                observation.forget_readings();
                facts.insert(id, observation);
            }
        }
        let released = all - facts.len();
        Self { facts, at_hand: at_hand.into(), released, has_missed: Cell::new(false) }
    }

    /// Adds a fact. One that answers none of the questions at hand counts as missed.
    pub fn insert(&mut self, id: ObservationId, observation: Arc<Observation>) {
        self.look_for(QuestionHash::of(&observation.request.question));
        self.facts.insert(id, observation);
    }

    /// Whether anything was looked for that may have been let go of.
    pub fn has_missed(&self) -> bool {
        self.has_missed.get()
    }

    /// How many facts were inserted, those included that were let go of.
    pub(super) fn len(&self) -> usize {
        self.released + self.facts.len()
    }

    /// How many of them are still at hand.
    pub fn facts_at_hand(&self) -> usize {
        self.facts.len()
    }

    pub(super) fn facts(&self) -> &Evidence {
        &self.facts
    }

    /// Notes that answers to this question are looked for.
    pub(super) fn look_for(&self, question: QuestionHash) {
        if self.at_hand.binary_search(&question).is_err() {
            self.has_missed.set(true);
        }
    }
}
