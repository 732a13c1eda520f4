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
use crate::evidence::query::{Memory, View};
use crate::evidence::reach::is_later_round;
use crate::evidence::tls::TrustedRoots;
use crate::evidence::vantage;
use crate::judge::{JudgeContext, ProvisionalResult, ServiceResult};
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
    // Given back when nothing is left but later rounds. Nobody closes the semaphore.
    let mut place = Arc::clone(&scene.places).acquire_owned().await.ok();
    let (asking, mut stop) = (Arc::clone(&scene.asking), scene.stop.clone());
    let mut known = ServiceState::of(scene, Arc::clone(&service))?;
    let mut under_way = FuturesUnordered::new();
    let mut named: HashSet<Request, foldhash::fast::RandomState> = HashSet::default();
    loop {
        if *stop.borrow() {
            return Ok(None);
        }
        let next = known.next()?;
        if under_way.is_empty() && !next.is_empty() && next.iter().all(is_later_round) {
            place = None;
            known.rest(&next);
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
            known.learn(fact.map_err(CliError::of_error)?);
        }
        if let Some(failure) = asking.recorder().failure() {
            return Err(CliError::mend(failure));
        }
    }
    drop(place);
    known.result().map(Some)
}

/// What is known of a service that is under way.
struct ServiceState {
    scene: ScanContext,
    service: Arc<Service>,
    evidence: Evidence,
    memory: Memory,
    /// What could be said while the last answers were still to come; then `evidence` is only what the
    /// rest takes.
    early: Option<ProvisionalResult>,
}

impl ServiceState {
    fn of(scene: ScanContext, service: Arc<Service>) -> Result<Self, CliError> {
        let evidence = if scene.goes_on {
            scene.asking.recorded(&service.id).map_err(CliError::of_error)?
        } else {
            Evidence::new()
        };
        Ok(Self { scene, service, evidence, memory: Memory::default(), early: None })
    }

    fn learn(&mut self, (id, observation): Fact) {
        self.memory.invalidate(&observation.request.question);
        self.evidence.insert(id, observation);
    }

    /// The requests that were not named before, and perhaps some that were.
    fn next(&mut self) -> Result<Vec<Request>, CliError> {
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
        let ScanContext { inventory, vantage, .. } = &self.scene;
        let trusted = vantage::trusted(&self.evidence, vantage);
        let (settings, networks) = (&inventory.settings, &inventory.networks);
        let view = View::new(&trusted, settings, networks, &vantage.dns64);
        let next = plan::next(&view.remembering(&self.memory), &self.service);
        next.into_iter().filter_map(|next| vantage::repeated(next, &self.evidence)).collect()
    }

    /// Nothing but these requests is to be answered still, and that takes its time.
    fn rest(&mut self, pending: &[Request]) {
        if self.early.is_none() {
            let Self { scene, service, evidence, memory, .. } = self;
            self.early =
                ProvisionalResult::judge(&scene.bench(), service, evidence, memory, pending);
        }
    }

    /// Brings back the evidence that was let go.
    fn read_again(&mut self) -> Result<(), CliError> {
        let asking = &self.scene.asking;
        asking.recorder().flush().map_err(CliError::of_error)?;
        self.evidence = asking.recorded(&self.service.id).map_err(CliError::of_error)?;
        self.memory = Memory::default();
        self.early = None;
        Ok(())
    }

    fn result(mut self) -> Result<ServiceResult, CliError> {
        if let Some(early) = self.early.take() {
            if let Some(result) = early.finish(&self.scene.bench(), &self.evidence, &self.memory) {
                return Ok(result);
            }
            self.read_again()?;
        }
        let Self { scene, service, evidence, memory, .. } = &self;
        Ok(judge::judge_remembered(&scene.bench(), service, evidence, memory))
    }
}

impl ScanContext {
    fn bench(&self) -> JudgeContext<'_> {
        let Self { inventory, vantage, policy, trust, as_of, .. } = self;
        JudgeContext { inventory, vantage, policy, trust, as_of: *as_of }
    }
}

#[cfg(test)]
mod tests;
