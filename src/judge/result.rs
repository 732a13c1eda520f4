//! Services and runs, judged.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Blocker, Excerpt, Judged, Standing, Verdicts, day_of};
use crate::model::{
    Inventory, ObservationId, Organisation, Run, RunId, Service, ServiceId, Severity,
};
use crate::policy::Policy;

/// What was found of one service.
#[derive(Clone)]
pub struct ServiceResult {
    /// The service.
    pub service: Arc<Service>,
    /// The stage that it has reached.
    pub standing: Standing,
    /// What keeps it from the next stage (or, where its stage is unknown, what is unknown).
    pub blockers: Vec<Blocker>,
    /// One verdict per check, in the catalogue's order.
    pub verdicts: Verdicts,
}

/// A whole run, judged.
#[derive(Clone)]
pub struct RunResult {
    /// The run.
    pub run: Run,
    /// What it scanned.
    pub inventory: Arc<Inventory>,
    /// Under which policy.
    pub policy: Arc<Policy>,
    /// When it was judged.
    pub as_of: Timestamp,
    /// Whether somebody named that moment, so that it holds whatever our clock showed.
    pub is_day_given: bool,
    /// What the checks say of the vantage point.
    pub vantage: Vec<Judged>,
    /// The services in the inventory's order.
    pub services: Vec<ServiceResult>,
    /// The services that a later run of a part of the inventory looked at again: their results are
    /// that run's.
    pub rescans: BTreeMap<ServiceId, Rescan>,
    /// What is shown, when it is a part of the run alone.
    pub excerpt: Option<Arc<Excerpt>>,
}

/// The run that looked at a service again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rescan {
    /// Which.
    pub run: RunId,
    /// When it ended.
    pub ended_at: Timestamp,
}

impl ServiceResult {
    /// Whether any check fails at least this severely.
    pub fn fails_at(&self, severity: Severity) -> bool {
        self.verdicts.findings().iter().any(|(_, finding)| finding.fails_at(severity))
    }

    /// Every fact that a verdict of this service cites, each once.
    pub fn observations(&self) -> Vec<ObservationId> {
        let verdicts = self.verdicts.unpack().into_iter();
        let mut ids: Vec<_> = verdicts.flat_map(|judged| judged.verdict.observations).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl RunResult {
    /// The day of the judgement in the inventory's time zone; `None` where our clock was wrong and nobody
    /// said which day is meant.
    pub fn today(&self) -> Option<Date> {
        let is_known = self.is_day_given || !self.run.vantage.has_wrong_clock();
        is_known.then(|| day_of(self.as_of, &self.inventory.timezone))
    }

    /// Organisations with the services of this run that are theirs, in the inventory's order;
    /// those without any are left out.
    pub fn by_organisation(&self) -> Vec<(&Organisation, Vec<&ServiceResult>)> {
        let mut services: HashMap<&str, Vec<&ServiceResult>> = HashMap::new();
        for service in &self.services {
            services.entry(&service.service.id.organisation).or_default().push(service);
        }
        let organisations = self.inventory.organisations.iter();
        organisations.filter_map(|one| Some((one, services.remove(&*one.id)?))).collect()
    }
}
