//! Figures of a picture, and what is kept of them.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;

use crate::judge::quarter::Plan;
use crate::judge::{Counts, Progress, Summary, TargetStanding};
use crate::model::Organisation;

/// The first look at an inventory.
pub struct Overview {
    /// How many services have which stage.
    pub summary: Summary,
    /// What the policy asks of all services together.
    pub plan: Option<Plan>,
    /// How far the services are with their targets.
    pub targets: TargetFigures,
}

/// How far services are with their targets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetFigures {
    /// How many services are how far, in the order of [`Progress::ALL`].
    pub counts: [usize; Progress::ALL.len()],
    /// Days to the nearest deadline that is still to come for a service that hasn't reached its stage.
    pub days_to_next: Option<i32>,
}

/// An organisation with the figures of its services.
pub struct OrganisationRow<'p> {
    /// Which.
    pub organisation: &'p Organisation,
    /// How many of its services have which stage.
    pub counts: Counts,
    /// How many of its services fail a check critically.
    pub critical: usize,
    /// How far they are with their targets.
    pub targets: TargetFigures,
}

/// What no date changes of an organisation's figures.
#[derive(Clone, Copy)]
pub(super) struct OrganisationFigures {
    /// Its place in the inventory.
    pub place: usize,
    pub counts: Counts,
    pub critical: usize,
}

/// What was last worked out for a day.
pub(super) struct OfDay<T>(Mutex<Option<(Date, Arc<T>)>>);

impl<T> Default for OfDay<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> OfDay<T> {
    /// What is known for the day, or else is worked out now; who asks meanwhile waits for it.
    pub(super) fn of(&self, day: Date, make: impl FnOnce() -> T) -> Arc<T> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((of, made)) if *of == day => Arc::clone(made),
            _ => {
                let made = Arc::new(make());
                *known = Some((day, Arc::clone(&made)));
                made
            }
        }
    }
}

impl TargetFigures {
    pub(super) fn of<'t>(targets: impl IntoIterator<Item = &'t TargetStanding>) -> Self {
        let mut figures = Self::default();
        for target in targets {
            if let Some(at) = Progress::ALL.iter().position(|one| *one == target.progress) {
                figures.counts[at] += 1;
            }
            if target.progress == Progress::Due {
                let nearest = figures.days_to_next.unwrap_or(i32::MAX);
                figures.days_to_next = Some(nearest.min(target.days_left));
            }
        }
        figures
    }

    /// How many services are this far.
    pub fn count(&self, progress: Progress) -> usize {
        let at = Progress::ALL.iter().position(|one| *one == progress);
        at.map_or(0, |at| self.counts[at])
    }
}
