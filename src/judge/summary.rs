//! The figures of a run.

use super::{ServiceResult, Standing};
use crate::model::{Category, Severity, Stage};

/// Counts of services by standing. A share always names its denominator: services whose stage is
/// known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All services.
    pub services: usize,
    /// Services at each stage, 0 to 4.
    pub stages: [usize; 5],
    /// Services whose stage is unknown.
    pub unknown: usize,
    /// Retired services, which are not counted anywhere else.
    pub retired: usize,
}

/// The figures of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Over all services.
    pub all: Counts,
    /// By category, in the order of [`Category::ALL`], without empty ones.
    pub categories: Vec<(Category, Counts)>,
    /// Services with at least one critical failure. No share hides them.
    pub critical: usize,
}

impl Counts {
    /// Services whose stage is known: the denominator.
    pub fn known(&self) -> usize {
        self.stages.iter().sum()
    }

    /// Services that reached at least this stage.
    pub fn at_least(&self, stage: Stage) -> usize {
        self.stages[usize::from(stage.number())..].iter().sum()
    }

    /// The share of services, in percent, that reached at least this stage, among those whose
    /// stage is known; `None` when none is.
    pub fn percent_at_least(&self, stage: Stage) -> Option<f64> {
        (self.known() > 0).then(|| self.at_least(stage) as f64 * 100.0 / self.known() as f64)
    }

    /// Counts services by their stages.
    pub fn of<'a>(services: impl IntoIterator<Item = &'a ServiceResult>) -> Self {
        let mut counts = Self::default();
        for result in services {
            counts.add(result.standing);
        }
        counts
    }

    /// Counts one more service.
    pub fn add(&mut self, standing: Standing) {
        self.services += 1;
        match standing {
            Standing::At(stage) => self.stages[usize::from(stage.number())] += 1,
            Standing::Unknown { .. } => self.unknown += 1,
            Standing::NotCounted => self.retired += 1,
        }
    }
}

impl Summary {
    /// Counts services.
    pub fn of(services: &[ServiceResult]) -> Self {
        let mut all = Counts::default();
        let mut by_category = [Counts::default(); Category::ALL.len()];
        for result in services {
            all.add(result.standing);
            if let Some(at) = Category::ALL.iter().position(|c| *c == result.service.category) {
                by_category[at].add(result.standing);
            }
        }
        let critical = services.iter().filter(|result| result.fails_at(Severity::Critical)).count();
        let categories = Category::ALL
            .into_iter()
            .zip(by_category)
            .filter(|(_, counts)| counts.services > 0)
            .collect();
        Self { all, categories, critical }
    }
}
