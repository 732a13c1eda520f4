//! How a service went over the runs.

use crate::judge::{Finding, History, Step};
use crate::model::{Lang, Outcome, Service};
use crate::report::texts;
use crate::serve::pages::blocks::{Moment, Pill};

/// Changes of one check that are shown: the latest.
const STEPS_SHOWN: usize = 12;

/// A service's history.
pub struct HistoryBlock {
    /// How many runs looked at it.
    pub looks: String,
    /// The first of them.
    pub first: Moment,
    /// The last of them.
    pub last: Moment,
    /// The ids that it had, each with the day from which on.
    pub ids: Vec<(Moment, String)>,
    /// Where it stood, each with the day from which on.
    pub standings: Vec<(Moment, Pill)>,
    /// The checks that changed.
    pub changed: Vec<CheckHistory>,
    /// The checks that found the same in every run, by outcome.
    pub unchanged: Vec<(String, String)>,
}

/// A check that changed.
pub struct CheckHistory {
    /// Its id.
    pub check: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it found, each with the day from which on.
    pub steps: Vec<FindingStep>,
    /// How many earlier changes are left out.
    pub left_out: usize,
}

/// What a check found from a day on.
pub struct FindingStep {
    /// The day.
    pub day: Moment,
    /// The outcome's id.
    pub outcome_id: &'static str,
    /// Its sign and word.
    pub outcome: String,
    /// What that means.
    pub message: &'static str,
}

/// The history as the page has it.
pub fn history_block(
    service: &Service,
    history: &History,
    timezone: &str,
    lang: Lang,
) -> HistoryBlock {
    let day = |at| Moment::day(at, timezone, lang);
    let was_renamed = history.ids.iter().any(|step| step.value != service.id);
    let ids = history.ids.iter().filter(|_| was_renamed);
    let standings = history.standings.iter();
    let changed = history.changed_of_themselves().map(|(check, steps)| {
        let left_out = steps.len().saturating_sub(STEPS_SHOWN);
        let step = |step: &&Step<Finding>| {
            let found = &step.value;
            let (sign, word) =
                (texts::sign(found.outcome), texts::outcome(found.outcome).get(lang));
            FindingStep {
                day: day(step.look.at),
                outcome_id: found.outcome.id(),
                outcome: format!("{sign} {word}"),
                message: check.message(found.reason, lang),
            }
        };
        CheckHistory {
            check: check.id,
            title: check.title(lang),
            steps: steps.iter().skip(left_out).map(step).collect(),
            left_out,
        }
    });
    HistoryBlock {
        looks: texts::number(history.looks, lang),
        first: day(history.first.at),
        last: day(history.last.at),
        ids: ids.map(|step| (day(step.look.at), step.value.to_string())).collect(),
        standings: standings.map(|step| (day(step.look.at), Pill::of(step.value, lang))).collect(),
        changed: changed.collect(),
        unchanged: unchanged(history, lang),
    }
}

fn unchanged(history: &History, lang: Lang) -> Vec<(String, String)> {
    let outcomes = [Outcome::Fail, Outcome::Inconclusive, Outcome::Pass, Outcome::NotApplicable];
    let line = |outcome: Outcome| {
        let same = history.checks().filter(|(_, steps)| steps.len() == 1);
        let names: Vec<&str> = same
            .filter(|(_, steps)| steps[0].value.outcome == outcome)
            .map(|(check, _)| check.id)
            .collect();
        let (sign, word) = (texts::sign(outcome), texts::outcome(outcome).get(lang));
        let count = texts::number(names.len(), lang);
        (!names.is_empty()).then(|| (format!("{sign} {word}: {count}"), names.join(", ")))
    };
    outcomes.into_iter().filter_map(line).collect()
}
