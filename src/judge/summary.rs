//! The figures of a run.

use super::{ServiceResult, Standing};
use crate::model::{Category, Severity, Stage};

/// Counts of services by standing: each service is counted in one field beside `services`. A share
/// always names its denominator: services of which it is known whether they reached the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All services.
    pub services: usize,
    /// Services at each stage, 0 to 4. Those at stage 0 are there over IPv4 alone; services whose
    /// name doesn't exist are counted apart.
    pub stages: [usize; 5],
    /// Services whose name doesn't exist: known not to be reached.
    pub absent: usize,
    /// Services whose stage is unknown.
    pub unknown: usize,
    /// The same by the highest stage that they are known to have reached.
    pub unknown_from: [usize; 5],
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
    /// Services whose stage is known. A name that doesn't exist is known too.
    pub fn known(&self) -> usize {
        self.stages.iter().sum::<usize>() + self.absent
    }

    /// Services of which it is known whether they reached this stage: the denominator of its share.
    /// One whose stage is unknown may be known to have reached this one all the same.
    pub fn decided(&self, stage: Stage) -> usize {
        self.known() + self.unknown_above(stage)
    }

    /// Services of which it isn't known whether they reached this stage.
    pub fn undecided(&self, stage: Stage) -> usize {
        self.counted() - self.decided(stage)
    }

    fn unknown_above(&self, stage: Stage) -> usize {
        self.unknown_from[usize::from(stage.number())..].iter().sum()
    }

    /// Services that are counted at all: those that aren't retired.
    pub fn counted(&self) -> usize {
        self.known() + self.unknown
    }

    /// Services with this stage's number ([`Standing::stage`]): 0 is also that of those whose name
    /// doesn't exist.
    pub fn numbered(&self, stage: Stage) -> usize {
        let absent = if stage == Stage::Ipv4Only { self.absent } else { 0 };
        self.stages[usize::from(stage.number())] + absent
    }

    /// Services that are known to have reached at least this stage.
    pub fn at_least(&self, stage: Stage) -> usize {
        let known = Stage::ALL.into_iter().filter(|at| *at >= stage).map(|at| self.numbered(at));
        known.sum::<usize>() + self.unknown_above(stage)
    }

    /// Services that are known not to have reached this stage.
    pub fn below(&self, stage: Stage) -> usize {
        self.decided(stage) - self.at_least(stage)
    }

    /// The share of services, in percent, that reached at least this stage, among those of which
    /// that is known; `None` when it is known of none.
    pub fn percent_at_least(&self, stage: Stage) -> Option<f64> {
        let decided = self.decided(stage);
        (decided > 0).then(|| self.at_least(stage) as f64 * 100.0 / decided as f64)
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
            Standing::Absent => self.absent += 1,
            Standing::Unknown { at_least } => {
                self.unknown += 1;
                self.unknown_from[usize::from(at_least.number())] += 1;
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_is_counted_once() {
        let mut counts = Counts::default();
        let standings = Stage::ALL.into_iter().map(Standing::At).chain([
            Standing::Absent,
            Standing::Absent,
            Standing::Unknown { at_least: Stage::Addressed },
            Standing::NotCounted,
        ]);
        standings.for_each(|standing| counts.add(standing));
        let Counts { services, stages, absent, unknown, unknown_from, retired } = counts;
        assert_eq!((services, stages, absent, unknown, retired), (9, [1; 5], 2, 1, 1));
        assert_eq!(unknown_from, [0, 1, 0, 0, 0]);
        assert_eq!(stages.iter().sum::<usize>() + absent + unknown + retired, services);
        assert_eq!((counts.known(), counts.counted()), (7, 8));
        // By number, those whose name doesn't exist are at 0.
        assert_eq!(Stage::ALL.map(|stage| counts.numbered(stage)), [3, 1, 1, 1, 1]);
        assert_eq!(Stage::ALL.map(|stage| counts.at_least(stage)), [8, 5, 3, 2, 1]);
        assert_eq!(Stage::ALL.map(|stage| counts.decided(stage)), [8, 8, 7, 7, 7]);
        assert_eq!(Stage::ALL.map(|stage| counts.undecided(stage)), [0, 0, 1, 1, 1]);
        // They improve no share.
        assert_eq!(counts.percent_at_least(Stage::Addressed), Some(5.0 * 100.0 / 8.0));
    }
}
