//! One service over many runs: what each check found, and when that changed.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Finding, ServiceResult, Standing};
use crate::check::{CATALOGUE, Check};
use crate::model::{RunId, Service};

/// A service in one run.
#[derive(Clone)]
pub struct Look {
    /// The run.
    pub run: RunId,
    /// When it ended.
    pub at: Timestamp,
    /// Where the service stood.
    pub standing: Standing,
    findings: Vec<(&'static Check, Finding)>,
}

/// A service over the runs that looked at it, all judged by the same rules.
#[derive(Clone)]
pub struct History {
    /// The service, as the last run knew it.
    pub service: Arc<Service>,
    /// The runs, the earliest first.
    pub looks: Vec<Look>,
}

/// A value from one look on, until the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<T> {
    /// The number of the look in [`History::looks`].
    pub look: usize,
    /// What it was from then on.
    pub value: T,
}

impl Look {
    /// What a run that ended at this moment found.
    pub fn of(run: RunId, at: Timestamp, result: &ServiceResult) -> Self {
        Self { run, at, standing: result.standing, findings: result.verdicts.findings() }
    }
}

impl History {
    /// The stage that the service had, and each later one.
    pub fn standings(&self) -> Vec<Step<Standing>> {
        let all = self.looks.iter().enumerate().map(|(look, it)| (look, it.standing));
        steps(all, PartialEq::eq)
    }

    /// What each check found at first, and whenever it found something else; in the catalogue's order,
    /// without checks that no run asked.
    pub fn checks(&self) -> Vec<(&'static Check, Vec<Step<Finding>>)> {
        let of = |check: &'static Check| {
            let all = self.looks.iter().enumerate().filter_map(move |(look, it)| {
                let found = it.findings.iter().find(|(known, _)| known.id == check.id)?;
                Some((look, found.1))
            });
            (check, steps(all, |a, b| (a.outcome, a.reason) == (b.outcome, b.reason)))
        };
        CATALOGUE.iter().map(|check| of(check)).filter(|(_, steps)| !steps.is_empty()).collect()
    }
}

fn steps<T: Copy>(
    all: impl Iterator<Item = (usize, T)>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Vec<Step<T>> {
    let mut steps: Vec<Step<T>> = Vec::new();
    for (look, value) in all {
        if !steps.last().is_some_and(|last| is_same(&last.value, &value)) {
            steps.push(Step { look, value });
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_begins_where_something_changes() {
        let of = |values: &[u8]| {
            let steps = steps(values.iter().copied().enumerate(), PartialEq::eq);
            steps.into_iter().map(|step| (step.look, step.value)).collect::<Vec<_>>()
        };
        assert_eq!(of(&[1, 1, 2, 2, 1]), [(0, 1), (2, 2), (4, 1)]);
        assert_eq!(of(&[]), []);
    }
}
