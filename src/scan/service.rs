//! One service of a run: asks what the planner names until nothing is missing, then judges.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};

use super::dispatcher::{Dispatcher, Fact};
use crate::commands::error::CliError;
use crate::evidence::query::Memory;
use crate::evidence::reach::is_later_round;
use crate::evidence::tls::TrustedRoots;
use crate::evidence::vantage;
use crate::judge::{JudgeContext, RestingService, ServiceResult};
use crate::model::{Evidence, Inventory, Request, Service, Vantage};
use crate::policy::Policy;
use crate::{judge, plan};

/// What the visits to all services have in common.
#[derive(Clone)]
pub(crate) struct ScanContext {
    pub asking: Arc<Dispatcher>,
    pub inventory: Arc<Inventory>,
    pub policy: Arc<Policy>,
    pub trust: Arc<TrustedRoots>,
    /// What is known of the vantage point.
    pub vantage: Arc<Vantage>,
    /// The moment of the judgement.
    pub as_of: Timestamp,
    /// Turns true when somebody wants the run to stop.
    pub stop: watch::Receiver<bool>,
    /// For services under way, those left aside of which nothing but later rounds is missing.
    pub places: Arc<Semaphore>,
    /// Whether the store may hold something of the services already.
    pub goes_on: bool,
}

/// How long the planner waits for further answers after one came, so that those that come close
/// together are read together.
const GATHERING: Duration = Duration::from_millis(100);

/// Asks everything that the planner names, and judges the service. `None` when it was stopped.
///
/// # Errors
/// A store that can't be read or written.
pub(crate) async fn visit(
    scene: ScanContext,
    service: Arc<Service>,
) -> Result<Option<ServiceResult>, CliError> {
    // Given back when nothing is left but later rounds. The semaphore is never closed.
    let mut place = Arc::clone(&scene.places).acquire_owned().await.ok();
    let (asking, mut stop) = (Arc::clone(&scene.asking), scene.stop.clone());
    let mut state = ServiceState::of(scene, Arc::clone(&service))?;
    let mut under_way = FuturesUnordered::new();
    let mut named: HashSet<Request, foldhash::fast::RandomState> = HashSet::default();
    loop {
        if *stop.borrow() {
            return Ok(None);
        }
        let next = state.next_requests()?;
        if under_way.is_empty() && !next.is_empty() && next.iter().all(is_later_round) {
            place = None;
            state.rest(&next);
            // All of them have been answered, so the planner names none of them again.
            named = HashSet::default();
        }
        for request in next {
            if named.insert(request.clone()) {
                let (asking, service) = (&asking, &service);
                under_way.push(async move { asking.ask(&service.id, &request).await });
            }
        }
        let fact = tokio::select! {
            fact = under_way.next() => fact,
            _ = stop.wait_for(|stopped| *stopped) => return Ok(None),
        };
        let Some(fact) = fact else { break };
        let mut facts = vec![fact];
        let gathered = tokio::time::sleep(GATHERING);
        tokio::pin!(gathered);
        while !under_way.is_empty() {
            tokio::select! {
                Some(fact) = under_way.next() => facts.push(fact),
                () = &mut gathered => break,
            }
        }
        for fact in facts {
            state.insert(fact.map_err(CliError::of_error)?);
        }
        if let Some(failure) = asking.recorder().failure() {
            return Err(CliError::mend(failure));
        }
    }
    drop(place);
    state.result().map(Some)
}

/// A service that is under way, with what is known of it.
struct ServiceState {
    scene: ScanContext,
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
    fn of(scene: ScanContext, service: Arc<Service>) -> Result<Self, CliError> {
        let evidence = if scene.goes_on {
            scene.asking.recorded(&service.id).map_err(CliError::of_error)?
        } else {
            Evidence::new()
        };
        Ok(Self { scene, service, known: Known::All(evidence, Memory::default()) })
    }

    fn insert(&mut self, (id, observation): Fact) {
        match &mut self.known {
            Known::All(evidence, memory) => {
                memory.invalidate(&observation.request.question);
                evidence.insert(id, observation);
            }
            Known::Resting(resting) => resting.insert(id, observation),
        }
    }

    /// The requests that were not named before, and perhaps some that were.
    fn next_requests(&mut self) -> Result<Vec<Request>, CliError> {
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
        let context = self.scene.judge_context();
        match &self.known {
            Known::All(evidence, memory) => {
                let trusted = vantage::trusted(evidence, context.vantage);
                let view = context.view(&trusted).remembering(memory);
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
                let context = self.scene.judge_context();
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
    fn read_again(&mut self) -> Result<(), CliError> {
        let evidence = self.scene.read_evidence(&self.service)?;
        self.known = Known::All(evidence, Memory::default());
        Ok(())
    }

    fn result(self) -> Result<ServiceResult, CliError> {
        let Self { scene, service, known } = self;
        let context = scene.judge_context();
        let (evidence, memory) = match known {
            Known::All(evidence, memory) => (evidence, memory),
            Known::Resting(resting) => match resting.finish(&context) {
                Some(result) => return Ok(result),
                None => (scene.read_evidence(&service)?, Memory::default()),
            },
        };
        Ok(judge::judge_with_memory(&context, &service, &evidence, &memory))
    }
}

impl ScanContext {
    /// Everything that was recorded for a service, once it is committed.
    fn read_evidence(&self, service: &Service) -> Result<Evidence, CliError> {
        self.asking.recorder().flush().map_err(CliError::of_error)?;
        self.asking.recorded(&service.id).map_err(CliError::of_error)
    }

    fn judge_context(&self) -> JudgeContext<'_> {
        let Self { inventory, vantage, policy, trust, as_of, .. } = self;
        JudgeContext { inventory, vantage, policy, trust, as_of: *as_of }
    }
}

#[cfg(test)]
mod tests;
