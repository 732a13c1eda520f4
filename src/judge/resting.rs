//! A service that waits for its last answers, judged as far as they leave it as it is.
//!
//! Rounds of connections are spread over a time in which nothing else is asked of a service. All that
//! the verdicts can say without them is judged before, so that a service that waits for them takes
//! little memory.

use std::collections::HashSet;
use std::sync::Arc;

use super::service::{RuleRun, VerdictOf, service_result};
use super::{JudgeContext, ServiceResult, Verdicts};
use crate::check::Check;
use crate::evidence::query::{Memory, RestingEvidence, View};
use crate::model::{Evidence, Observation, ObservationId, QuestionHash, Request, Service};

/// A service of which nothing but a few foreseen requests is still to be answered.
///
/// It goes on with answers to those requests alone. Where anything else is needed,
/// [`RestingService::is_exhausted`] says so or [`RestingService::finish`] gives nothing, and all of the
/// evidence has to be read again from the store.
pub struct RestingService {
    service: Arc<Service>,
    provisional: ProvisionalResult,
    /// The questions that are still to be answered.
    pending: HashSet<QuestionHash>,
    evidence: RestingEvidence,
    memory: Memory,
}

/// What was judged before the last answers.
struct ProvisionalResult {
    /// The verdicts that those answers leave as they are.
    settled: Verdicts,
    /// The checks that those answers can still change.
    open: Vec<&'static str>,
}

impl RestingService {
    /// Judges a service of which nothing but these requests is still to be answered, and lets go of the
    /// evidence that their answers leave as it is. The memory is that of reading this evidence.
    ///
    /// # Errors
    /// Gives back what is known, as it was, where not all evidence is trusted.
    pub fn new(
        context: &JudgeContext<'_>,
        service: &Arc<Service>,
        (evidence, memory): (Evidence, Memory),
        pending: &[Request],
    ) -> Result<Self, (Evidence, Memory)> {
        if !context.vantage.lost.is_empty() {
            return Err((evidence, memory));
        }
        let view = context.view(service, &evidence).remembering(&memory);
        let verdicts = RuleRun { context, service, view, set_aside: false }.recorded_verdicts();
        let pending: HashSet<QuestionHash> =
            pending.iter().map(|request| QuestionHash::of(&request.question)).collect();
        let open = memory.topics_invalidated_by(&pending);
        let open: Vec<&'static str> = open.into_iter().map(|VerdictOf(check)| check).collect();
        let evidence = RestingEvidence::new(evidence, memory.retain_for(&pending));
        let settled = verdicts.into_iter().filter(|judged| !open.contains(&judged.check.id));
        let provisional = ProvisionalResult { settled: settled.collect(), open };
        Ok(Self { service: Arc::clone(service), provisional, pending, evidence, memory })
    }

    /// What is still at hand of the service, to be planned from.
    pub fn view<'a>(&'a self, context: &JudgeContext<'a>) -> View<'a> {
        let (settings, networks) = (&context.inventory.settings, &context.inventory.networks);
        let view = View::of_resting(&self.evidence, settings, networks, &context.vantage.dns64);
        let view = view.by_clock(context.vantage.has_wrong_clock());
        view.of_service(&self.service).remembering(&self.memory)
    }

    /// Adds the answer to a request.
    pub fn insert(&mut self, id: ObservationId, observation: Arc<Observation>) {
        self.memory.invalidate(&observation.request.question);
        self.evidence.insert(id, observation);
    }

    /// Whether it can't go on: evidence was looked for that was let go of, or one of the requests that
    /// the planner names next is neither one of those that were to come nor a further attempt at one.
    pub fn is_exhausted(&self, next: &[Request]) -> bool {
        let is_foreseen =
            |request: &Request| self.pending.contains(&QuestionHash::of(&request.question));
        self.evidence.has_missed() || !next.iter().all(is_foreseen)
    }

    /// Judges again what the answers may have changed. `None` when that takes evidence that was let go
    /// of.
    pub fn finish(self, context: &JudgeContext<'_>) -> Option<ServiceResult> {
        let ProvisionalResult { settled, open } = &self.provisional;
        let is_open = |check: &Check| open.contains(&check.id);
        let view = self.view(context);
        let rules = RuleRun { context, service: &self.service, view, set_aside: false };
        let later = rules.verdicts_of(is_open);
        if self.evidence.has_missed() {
            return None;
        }
        let settled = Some(settled.clone());
        Some(service_result(&self.service, settled, later, context.policy, context.today()))
    }

    /// How many facts are still at hand.
    #[cfg(test)]
    pub fn facts_at_hand(&self) -> usize {
        self.evidence.facts_at_hand()
    }
}
