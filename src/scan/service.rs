//! One service of a run: makes the planner's requests until it names no more, then judges.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::dispatcher::{Dispatcher, RecordedObservation};
use super::error::ScanError;
use super::load::{Load, Share};
use super::stop::StopSignal;
use crate::evidence::query::Memory;
use crate::evidence::reach::is_later_round;
use crate::evidence::tls::TrustedRoots;
use crate::evidence::vantage;
use crate::judge::{JudgeContext, RestingService, ServiceResult};
use crate::model::{Evidence, Inventory, Request, Service, ServiceId, Vantage, Work};
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
    /// What the services that are being asked take of this machine.
    pub load: Arc<Load>,
    /// Whether the store may already hold evidence of the services.
    pub has_stored_evidence: bool,
    /// Takes the services that rest.
    pub resting: UnboundedSender<ServiceId>,
}

/// Makes the requests that the planner names until it names no more, and judges the service. `None`
/// when the scan was stopped.
///
/// # Errors
/// A store that can't be read or written.
pub(super) async fn scan_service(
    context: ScanContext,
    service: Arc<Service>,
    share: Share,
) -> Result<Option<ServiceResult>, ScanError> {
    // Given back when only later rounds are left.
    let mut share = Some(share);
    let (dispatcher, stop) = (Arc::clone(&context.dispatcher), context.stop.clone());
    let (resting, load) = (context.resting.clone(), Arc::clone(&context.load));
    let mut state = ServiceState::load(context, Arc::clone(&service))?;
    let mut in_flight = FuturesUnordered::new();
    let mut requested: HashSet<Request, foldhash::fast::RandomState> = HashSet::default();
    loop {
        if stop.is_raised() {
            return Ok(None);
        }
        let began = Instant::now();
        let next = state.next_requests()?;
        dispatcher.tally().work(Work::Planning, began.elapsed());
        if in_flight.is_empty() && !next.is_empty() && next.iter().all(is_later_round) {
            tracing::debug!(requests = next.len(), "waiting for later rounds");
            let began = Instant::now();
            state.rest(&next);
            dispatcher.tally().work(Work::Judging, began.elapsed());
            // All of these have been answered, so the planner names none of them again.
            requested = HashSet::default();
            if share.take().is_some() {
                // Nobody listens any more when the scan is being stopped.
                let _ = resting.send(service.id.clone());
            }
        }
        for request in next {
            if requested.insert(request.clone()) {
                let (dispatcher, service) = (&dispatcher, &service);
                in_flight.push(async move { dispatcher.answer(&service.id, &request).await });
            }
        }
        if in_flight.is_empty() {
            break;
        }
        let first = tokio::select! {
            answer = in_flight.next() => answer,
            () = stop.raised() => return Ok(None),
        };
        for answer in gather(first, &mut in_flight, load.gathering()).await {
            let answer = answer?;
            if let Some(share) = &mut share {
                share.add(&answer.1);
            }
            state.take_answer(answer);
        }
        dispatcher.check_recorder()?;
    }
    drop(share);
    let began = Instant::now();
    let result = state.into_result().map(Some);
    dispatcher.tally().work(Work::Judging, began.elapsed());
    result
}

/// The first answer, and those that arrive soon after it.
async fn gather<T>(
    first: Option<T>,
    in_flight: &mut FuturesUnordered<impl Future<Output = T>>,
    gathering: Duration,
) -> Vec<T> {
    let mut answers: Vec<T> = first.into_iter().collect();
    let timer = tokio::time::sleep(gathering);
    tokio::pin!(timer);
    while !in_flight.is_empty() {
        tokio::select! {
            Some(answer) = in_flight.next() => answers.push(answer),
            () = &mut timer => break,
        }
    }
    answers
}

/// A service that is under way, with what is known of it.
struct ServiceState {
    context: ScanContext,
    service: Arc<Service>,
    known: Known,
}

enum Known {
    /// Everything that was seen, and what was read of it.
    All(Evidence, Memory),
    /// What the last answers need; everything else is in the store.
    Resting(Box<RestingService>),
}

impl ServiceState {
    fn load(context: ScanContext, service: Arc<Service>) -> Result<Self, ScanError> {
        let evidence = if context.has_stored_evidence {
            context.dispatcher.stored_evidence(&service.id)?
        } else {
            Evidence::new()
        };
        Ok(Self { context, service, known: Known::All(evidence, Memory::default()) })
    }

    fn take_answer(&mut self, (id, observation): RecordedObservation) {
        match &mut self.known {
            Known::All(evidence, memory) => {
                memory.invalidate(&observation.request.question);
                evidence.insert(id, observation);
            }
            Known::Resting(resting) => resting.insert(id, observation),
        }
    }

    /// The requests that were not named before, and perhaps some that were.
    fn next_requests(&mut self) -> Result<Vec<Request>, ScanError> {
        let next = self.plan();
        match &self.known {
            Known::Resting(resting) if resting.is_exhausted(&next) => {
                self.read_again()?;
                Ok(self.plan())
            }
            _ => Ok(next),
        }
    }

    fn plan(&self) -> Vec<Request> {
        let context = self.context.judge_context();
        match &self.known {
            Known::All(evidence, memory) => {
                let trusted = vantage::trusted(evidence, context.vantage);
                let view = context.view(&self.service, &trusted).remembering(memory);
                let next = plan::next(&view, &self.service).into_iter();
                next.filter_map(|next| vantage::repeated(next, evidence)).collect()
            }
            // All of its evidence is trusted, so none is asked for again.
            Known::Resting(resting) => plan::next(&resting.view(&context), &self.service),
        }
    }

    /// Nothing but these requests is still to be answered, and that takes its time: lets go of what
    /// their answers don't need.
    fn rest(&mut self, pending: &[Request]) {
        let nothing = Known::All(Evidence::new(), Memory::default());
        self.known = match std::mem::replace(&mut self.known, nothing) {
            Known::All(evidence, memory) => {
                let context = self.context.judge_context();
                let known = (evidence, memory);
                match RestingService::new(&context, &self.service, known, pending) {
                    Ok(resting) => Known::Resting(Box::new(resting)),
                    Err((evidence, memory)) => Known::All(evidence, memory),
                }
            }
            resting => resting,
        };
    }

    /// Brings back the evidence that was let go of.
    fn read_again(&mut self) -> Result<(), ScanError> {
        let evidence = self.context.read_evidence(&self.service)?;
        self.known = Known::All(evidence, Memory::default());
        Ok(())
    }

    fn into_result(self) -> Result<ServiceResult, ScanError> {
        let Self { context: scan, service, known } = self;
        let context = scan.judge_context();
        let (evidence, memory) = match known {
            Known::All(evidence, memory) => (evidence, memory),
            Known::Resting(resting) => match resting.finish(&context) {
                Some(result) => return Ok(result),
                None => (scan.read_evidence(&service)?, Memory::default()),
            },
        };
        Ok(judge::judge_with_memory(&context, &service, &evidence, &memory))
    }
}

impl ScanContext {
    /// Everything that was recorded for a service, once it is committed.
    fn read_evidence(&self, service: &Service) -> Result<Evidence, ScanError> {
        self.dispatcher.flush()?;
        Ok(self.dispatcher.stored_evidence(&service.id)?)
    }

    fn judge_context(&self) -> JudgeContext<'_> {
        let Self { inventory, vantage, policy, trust, as_of, .. } = self;
        JudgeContext { inventory, vantage, policy, trust, as_of: *as_of, is_day_given: false }
    }
}

#[cfg(test)]
mod tests;
