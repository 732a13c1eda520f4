//! One service of a run: makes the planner's requests until it names no more, then judges.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::dispatcher::{Dispatcher, RecordedObservation};
use super::error::ScanError;
use super::stop::StopSignal;
use crate::evidence::query::{Memory, View};
use crate::evidence::reach::is_later_round;
use crate::evidence::tls::TrustedRoots;
use crate::evidence::vantage;
use crate::judge::{JudgeContext, ProvisionalResult, ServiceResult};
use crate::model::{Evidence, Inventory, Request, Service, Vantage};
use crate::policy::Policy;
use crate::{judge, plan};

/// What the scans of all services have in common.
#[derive(Clone)]
pub(super) struct ScanContext {
    pub dispatcher: Arc<Dispatcher>,
    pub inventory: Arc<Inventory>,
    pub policy: Arc<Policy>,
    pub trust: Arc<TrustedRoots>,
    /// The vantage point, as far as its tests have shown it.
    pub vantage: Arc<Vantage>,
    /// The moment of the judgement.
    pub as_of: Timestamp,
    pub stop: StopSignal,
    /// Limits the services that are asked at once. Those that only wait for later rounds don't count.
    pub slots: Arc<Semaphore>,
    /// Whether the store may already hold evidence of the services.
    pub has_stored_evidence: bool,
}

/// How long the planner waits for further answers after one arrived, so that it reads answers that
/// arrive close together at once.
const GATHERING: Duration = Duration::from_millis(100);

/// Makes the requests that the planner names until it names no more, and judges the service. `None`
/// when the scan was stopped.
///
/// # Errors
/// A store that can't be read or written.
pub(super) async fn scan_service(
    context: ScanContext,
    service: Arc<Service>,
) -> Result<Option<ServiceResult>, ScanError> {
    // Given back when only later rounds are left. The semaphore is never closed.
    let mut slot = Arc::clone(&context.slots).acquire_owned().await.ok();
    let (dispatcher, stop) = (Arc::clone(&context.dispatcher), context.stop.clone());
    let mut state = ServiceState::load(context, Arc::clone(&service))?;
    let mut in_flight = FuturesUnordered::new();
    let mut requested: HashSet<Request, foldhash::fast::RandomState> = HashSet::default();
    loop {
        if stop.is_raised() {
            return Ok(None);
        }
        let next = state.next_requests()?;
        if in_flight.is_empty() && !next.is_empty() && next.iter().all(is_later_round) {
            tracing::debug!(requests = next.len(), "waiting for later rounds");
            slot = None;
            state.rest(&next);
            // All of these have been answered, so the planner names none of them again.
            requested = HashSet::default();
        }
        for request in next {
            if requested.insert(request.clone()) {
                let (dispatcher, service) = (&dispatcher, &service);
                in_flight.push(async move { dispatcher.answer(&service.id, &request).await });
            }
        }
        let first = tokio::select! {
            answer = in_flight.next() => answer,
            () = stop.raised() => return Ok(None),
        };
        let Some(first) = first else { break };
        let mut answers = vec![first];
        let gathered = tokio::time::sleep(GATHERING);
        tokio::pin!(gathered);
        while !in_flight.is_empty() {
            tokio::select! {
                Some(answer) = in_flight.next() => answers.push(answer),
                () = &mut gathered => break,
            }
        }
        for answer in answers {
            state.take_answer(answer?);
        }
        dispatcher.check_recorder()?;
    }
    drop(slot);
    state.into_result().map(Some)
}

/// What is known of a service that is under way.
struct ServiceState {
    context: ScanContext,
    service: Arc<Service>,
    evidence: Evidence,
    memory: Memory,
    /// What could be said while the last answers were still to come; then `evidence` is only what the
    /// rest takes.
    early: Option<ProvisionalResult>,
}

impl ServiceState {
    fn load(context: ScanContext, service: Arc<Service>) -> Result<Self, ScanError> {
        let evidence = if context.has_stored_evidence {
            context.dispatcher.stored_evidence(&service.id)?
        } else {
            Evidence::new()
        };
        Ok(Self { context, service, evidence, memory: Memory::default(), early: None })
    }

    fn take_answer(&mut self, (id, observation): RecordedObservation) {
        self.memory.invalidate(&observation.request.question);
        self.evidence.insert(id, observation);
    }

    /// The requests that were not named before, and perhaps some that were.
    fn next_requests(&mut self) -> Result<Vec<Request>, ScanError> {
        let next = self.plan();
        let is_foreseen = self.early.as_ref().is_none_or(|early| {
            !self.memory.has_missed() && next.iter().all(|request| early.foresaw(request))
        });
        if is_foreseen {
            return Ok(next);
        }
        self.read_again()?;
        Ok(self.plan())
    }

    fn plan(&self) -> Vec<Request> {
        let ScanContext { inventory, vantage, .. } = &self.context;
        let trusted = vantage::trusted(&self.evidence, vantage);
        let (settings, networks) = (&inventory.settings, &inventory.networks);
        let view = View::new(&trusted, settings, networks, &vantage.dns64);
        let next = plan::next(&view.remembering(&self.memory), &self.service);
        next.into_iter().filter_map(|next| vantage::repeated(next, &self.evidence)).collect()
    }

    /// Only these requests are still to be answered, and that takes its time.
    fn rest(&mut self, pending: &[Request]) {
        if self.early.is_none() {
            let Self { context, service, evidence, memory, .. } = self;
            let context = context.judge_context();
            self.early = ProvisionalResult::judge(&context, service, evidence, memory, pending);
        }
    }

    /// Brings back the evidence that was let go.
    fn read_again(&mut self) -> Result<(), ScanError> {
        let dispatcher = &self.context.dispatcher;
        dispatcher.flush()?;
        self.evidence = dispatcher.stored_evidence(&self.service.id)?;
        self.memory = Memory::default();
        self.early = None;
        Ok(())
    }

    fn into_result(mut self) -> Result<ServiceResult, ScanError> {
        if let Some(early) = self.early.take() {
            let context = self.context.judge_context();
            if let Some(result) = early.finish(&context, &self.evidence, &self.memory) {
                return Ok(result);
            }
            self.read_again()?;
        }
        let Self { context, service, evidence, memory, .. } = &self;
        Ok(judge::judge_remembered(&context.judge_context(), service, evidence, memory))
    }
}

impl ScanContext {
    fn judge_context(&self) -> JudgeContext<'_> {
        let Self { inventory, vantage, policy, trust, as_of, .. } = self;
        JudgeContext { inventory, vantage, policy, trust, as_of: *as_of }
    }
}

#[cfg(test)]
mod tests;
