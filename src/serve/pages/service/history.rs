//! How a service went over the runs.

use jiff::Timestamp;

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
    /// The ids that it had, each with the day (or the time of day) from which on.
    pub ids: Vec<(Moment, String)>,
    /// Where it stood, each with the day (or the time of day) from which on.
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
    /// What it found, each with the day (or the time of day) from which on.
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
    let days = |ats: &[Timestamp]| Moment::days(ats, timezone, lang);
    let was_renamed = history.ids.iter().any(|step| step.value != service.id);
    let ids: &[_] = if was_renamed { &history.ids } else { &[] };
    let changed = history.changed_of_themselves().map(|(check, steps)| {
        let left_out = steps.len().saturating_sub(STEPS_SHOWN);
        let steps = &steps[left_out..];
        let ats: Vec<Timestamp> = steps.iter().map(|step| step.look.at).collect();
        let step = |(step, day): (&&Step<Finding>, Moment)| {
            let found = &step.value;
            let (sign, word) =
                (texts::sign(found.outcome), texts::outcome(found.outcome).get(lang));
            FindingStep {
                day,
                outcome_id: found.outcome.id(),
                outcome: format!("{sign} {word}"),
                message: check.message(found.reason, lang),
            }
        };
        CheckHistory {
            check: check.id,
            title: check.title(lang),
            steps: steps.iter().zip(days(&ats)).map(step).collect(),
            left_out,
        }
    });
    let ids_at: Vec<Timestamp> = ids.iter().map(|step| step.look.at).collect();
    let standings = &history.standings;
    let standings_at: Vec<Timestamp> = standings.iter().map(|step| step.look.at).collect();
    let pill = |(day, step): (Moment, &Step<_>)| (day, Pill::of(step.value, lang));
    let first_day = crate::judge::day_of(history.first.at, timezone);
    let is_one_day = first_day == crate::judge::day_of(history.last.at, timezone);
    let bound = if is_one_day && history.looks > 1 { Moment::at } else { Moment::day };
    HistoryBlock {
        looks: texts::number(history.looks, lang),
        first: bound(history.first.at, timezone, lang),
        last: bound(history.last.at, timezone, lang),
        ids: days(&ids_at)
            .into_iter()
            .zip(ids)
            .map(|(day, step)| (day, step.value.to_string()))
            .collect(),
        standings: days(&standings_at).into_iter().zip(standings).map(pill).collect(),
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
