//! What a run found otherwise than the last whole run before it.

use jiff::Timestamp;

use super::{Change, Judged, RootedFindings, ServiceChange, ServiceResult, direction};
use crate::model::{RunId, Severity};

/// A run beside the last whole run of the same inventory before it, judged by the same rules.
#[derive(Clone)]
pub struct SinceLast {
    /// That run.
    pub run: RunId,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Whether only a part of the inventory was scanned now: then each of its services is listed,
    /// else those that changed.
    pub is_rescan: bool,
    /// The services in the order of the run, then those that are gone. Those that were renamed or moved
    /// are among them though nothing else changed.
    pub services: Vec<ServiceSince>,
}

/// A service since the last whole run.
#[derive(Clone)]
pub struct ServiceSince {
    /// What changed of it.
    pub change: ServiceChange,
    /// The checks that fail now with an error or worse, in the catalogue's order, without those that only
    /// follow from another one.
    pub failing: Vec<&'static str>,
}

impl ServiceSince {
    /// A service as it is now, with what changed of it.
    pub fn of(change: ServiceChange, now: Option<&ServiceResult>) -> Self {
        let fails = |judged: &Judged| judged.fails_at(Severity::Error);
        let failing = now.filter(|now| now.fails_at(Severity::Error)).map(|now| {
            let roots = RootedFindings::of(now.verdicts.unpack()).roots.into_iter();
            let failing = roots.filter(|one| fails(&one.root) || one.beneath.iter().any(fails));
            failing.map(|one| one.root.check.id).collect()
        });
        Self { change, failing: failing.unwrap_or_default() }
    }

    /// Whether it got better and nothing of it fails any more.
    pub fn is_fixed(&self) -> bool {
        direction(&self.change) == Change::Better && self.failing.is_empty()
    }
}

impl SinceLast {
    /// The services that are listed under a direction.
    pub fn moved(&self, change: Change) -> impl Iterator<Item = &ServiceSince> {
        self.services.iter().filter(move |service| direction(&service.change) == change)
    }

    /// How many services are worse than they were in anything, or no longer known.
    pub fn worse_count(&self) -> usize {
        self.services.iter().filter(|service| service.change.is_worse()).count()
    }
}
