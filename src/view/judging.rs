//! Runs of the store, judged service by service as they were when they ended.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

use super::error::ViewError;
use super::facts::Facts;
use crate::evidence::tls::TrustedRoots;
use crate::judge::{JudgeContext, Judged, Lineage, ServiceResult, judge_service, judge_vantage};
use crate::model::{Inventory, Run, RunId, Selection, Service, ServiceId};
use crate::policy::Policy;
use crate::runs::load::{LoadedInventory, restored_inventory};
use crate::store::{RunInputs, Store, StoredRun};

/// Services that are judged and wait to be written at the most, so that they don't fill the memory.
const WAITING_MAX: usize = 64;

/// A run with everything that it takes to judge it.
pub(super) struct RunToJudge {
    pub run: Run,
    pub inputs: RunInputs,
    pub inventory: Arc<Inventory>,
    pub policy: Arc<Policy>,
    trust: Arc<TrustedRoots>,
    pub services: Vec<Arc<Service>>,
}

/// A service to be judged: as its run knows it, and the id under which it is kept.
pub(super) struct ServiceToJudge {
    known: Arc<Service>,
    kept_as: ServiceId,
}

impl RunToJudge {
    /// Reads a run from the store.
    pub fn load(store: &Store, id: &RunId) -> Result<Self, ViewError> {
        let StoredRun { run, inputs } = store.run(id)?;
        let unusable = |detail: String| ViewError::Run { run: id.clone(), detail };
        let LoadedInventory { inventory, policy, trust, .. } =
            restored_inventory(&inputs).map_err(|error| unusable(error.to_string()))?;
        let selection =
            Selection::parse(&inputs.only).map_err(|error| unusable(error.to_string()))?;
        let services = inventory.services.iter().filter(|service| selection.matches(service));
        let services = services.cloned().collect();
        Ok(Self { run, inputs, inventory, policy, trust, services })
    }

    /// All its services, under their own ids.
    pub fn all(&self) -> Vec<ServiceToJudge> {
        let own = |service: &Arc<Service>| ServiceToJudge {
            known: Arc::clone(service),
            kept_as: service.id.clone(),
        };
        self.services.iter().map(own).collect()
    }

    /// The services that a whole run before it knows, under the ids that they have there.
    pub fn known_to(
        &self,
        whole: &[Arc<Service>],
        its_inventory: &Inventory,
    ) -> Vec<ServiceToJudge> {
        let own: HashMap<&ServiceId, &Arc<Service>> =
            self.services.iter().map(|service| (&service.id, service)).collect();
        let lineage = Lineage::of(&self.inventory, its_inventory);
        let again = whole.iter().filter_map(|service| {
            let known = own.get(lineage.now(&service.id)?)?;
            Some(ServiceToJudge { known: Arc::clone(known), kept_as: service.id.clone() })
        });
        again.collect()
    }

    /// What is said of its vantage point.
    pub fn judge_vantage(&self, store: &Store, policy: &Policy) -> Result<Vec<Judged>, ViewError> {
        let tests = store.vantage_evidence(&self.run.id)?;
        Ok(judge_vantage(&self.context(policy), &tests))
    }

    fn context<'a>(&'a self, policy: &'a Policy) -> JudgeContext<'a> {
        JudgeContext {
            inventory: &self.inventory,
            vantage: &self.run.vantage,
            policy,
            trust: &self.trust,
            as_of: self.run.finished_at.unwrap_or(self.run.started_at),
            is_day_given: false,
        }
    }

    /// One of its services under its own id.
    pub fn one(&self, id: &ServiceId) -> Option<ServiceToJudge> {
        let known = self.services.iter().find(|service| service.id == *id)?;
        Some(ServiceToJudge { known: Arc::clone(known), kept_as: id.clone() })
    }

    /// Judges one service from the evidence in the store.
    pub fn judge(
        &self,
        store: &Store,
        policy: &Policy,
        service: &ServiceToJudge,
    ) -> Result<ServiceResult, ViewError> {
        let ServiceToJudge { known, kept_as } = service;
        let evidence = store.evidence_of(&self.run.id, &known.id)?;
        // Under a new id, too, it is in the place of the service that the whole run knows.
        let service = match known.id == *kept_as {
            true => Arc::clone(known),
            false => Arc::new(Service { id: kept_as.clone(), ..Service::clone(known) }),
        };
        Ok(judge_service(&self.context(policy), &service, &evidence))
    }

    /// Judges services on half of the processors, so that pages stay fast, and hands each to `take`: one
    /// after the other, in whatever order they are finished.
    pub fn judge_each(
        &self,
        db: &Path,
        policy: &Policy,
        services: &[ServiceToJudge],
        is_latest: bool,
        mut take: impl FnMut(&ServiceResult, Facts) -> Result<(), ViewError>,
    ) -> Result<(), ViewError> {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let share = services.len().div_ceil((processors / 2).max(1)).max(1);
        thread::scope(|scope| {
            let (sender, judged) = mpsc::sync_channel(WAITING_MAX);
            for share in services.chunks(share) {
                let sender = sender.clone();
                scope.spawn(move || {
                    let store = match Store::open_existing(db) {
                        Ok(store) => store,
                        Err(error) => {
                            let _ = sender.send(Err(error.into()));
                            return;
                        }
                    };
                    for service in share {
                        let result = self.judge(&store, policy, service).map(|result| {
                            let facts = Facts::of(&result, is_latest);
                            (result, facts)
                        });
                        let is_last = result.is_err();
                        // Nobody listens any more after the first failure.
                        if sender.send(result).is_err() || is_last {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            for one in judged {
                let (result, facts) = one?;
                take(&result, facts)?;
            }
            Ok(())
        })
    }
}
