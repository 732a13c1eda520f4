//! One service of a run: asks what the planner names until nothing is missing, then judges.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};

use super::asking::{Asking, Fact};
use super::stop::Stop;
use crate::facts::{Memory, Trust, View, is_later_round, vantage};
use crate::judge::{self, Bench, Early, ServiceResult};
use crate::model::{Evidence, Inventory, Request, Service, Vantage};
use crate::plan;
use crate::policy::Policy;

/// What the visits to all services have in common.
#[derive(Clone)]
pub(super) struct Scene {
    pub asking: Arc<Asking>,
    pub inventory: Arc<Inventory>,
    pub policy: Arc<Policy>,
    pub trust: Arc<Trust>,
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
pub(super) async fn visit(
    scene: Scene,
    service: Arc<Service>,
) -> Result<Option<ServiceResult>, Stop> {
    // Given back when nothing is left but later rounds. Nobody closes the semaphore.
    let mut place = Arc::clone(&scene.places).acquire_owned().await.ok();
    let (asking, mut stop) = (Arc::clone(&scene.asking), scene.stop.clone());
    let mut known = Known::of(scene, Arc::clone(&service))?;
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
            known.learn(fact.map_err(Stop::of_error)?);
        }
        if let Some(failure) = asking.recorder().failure() {
            return Err(Stop::mend(failure));
        }
    }
    drop(place);
    known.result().map(Some)
}

/// What is known of a service that is under way.
struct Known {
    scene: Scene,
    service: Arc<Service>,
    evidence: Evidence,
    memory: Memory,
    /// What could be said while the last answers were still to come; then `evidence` is only what the
    /// rest takes.
    early: Option<Early>,
}

impl Known {
    fn of(scene: Scene, service: Arc<Service>) -> Result<Self, Stop> {
        let evidence = if scene.goes_on {
            scene.asking.recorded(&service.id).map_err(Stop::of_error)?
        } else {
            Evidence::new()
        };
        Ok(Self { scene, service, evidence, memory: Memory::default(), early: None })
    }

    fn learn(&mut self, (id, observation): Fact) {
        self.memory.learn(&observation.request.question);
        self.evidence.insert(id, observation);
    }

    /// The requests that were not named before, and perhaps some that were.
    fn next(&mut self) -> Result<Vec<Request>, Stop> {
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
        let Scene { inventory, vantage, .. } = &self.scene;
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
            self.early = Early::judge(&scene.bench(), service, evidence, memory, pending);
        }
    }

    /// Brings back the evidence that was let go.
    fn read_again(&mut self) -> Result<(), Stop> {
        let asking = &self.scene.asking;
        asking.recorder().flush().map_err(Stop::of_error)?;
        self.evidence = asking.recorded(&self.service.id).map_err(Stop::of_error)?;
        self.memory = Memory::default();
        self.early = None;
        Ok(())
    }

    fn result(mut self) -> Result<ServiceResult, Stop> {
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

impl Scene {
    fn bench(&self) -> Bench<'_> {
        let Self { inventory, vantage, policy, trust, as_of, .. } = self;
        Bench { inventory, vantage, policy, trust, as_of: *as_of }
    }
}

#[cfg(test)]
#[path = "visit_tests.rs"]
mod tests;
