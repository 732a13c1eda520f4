//! What an office sends to an organisation: a subject, whom it goes to, and a plain text that says what
//! is to be done. As a message that mail programs open as a draft, and as text to copy from.

mod address;
mod letter;
mod message;
mod text;

use letter::Letter;
pub use message::{Beside, Mail, recipients};

use super::quarter::{QuarterContext, quarter_name};
use super::{ReportContext, organisation, overview, texts};
use crate::judge::{Change, ServiceChange, SinceLast};
use crate::model::Lang;

impl Mail {
    /// The mail about a run.
    pub fn of_run(
        context: &ReportContext<'_>,
        since: Option<&SinceLast>,
        beside: &Beside<'_>,
    ) -> Self {
        let (lang, result) = (context.lang, context.result);
        let at = result.run.finished_at.unwrap_or(result.run.started_at);
        let day = texts::day(crate::judge::day_of(at, &result.inventory.timezone), lang);
        let occasion = match lang {
            Lang::Vi => format!("ngày {day}"),
            Lang::En => day,
        };
        let mut changes: Vec<&ServiceChange> =
            since.iter().flat_map(|since| &since.services).map(|one| &one.change).collect();
        changes.retain(|change| change.is_change());
        Letter {
            context: *context,
            occasion,
            weaknesses: overview::warnings(context),
            compared: organisation::change_sentences(context, since),
            changes,
            beside: *beside,
        }
        .mail()
    }

    /// The mail about a quarter.
    pub fn of_quarter(context: &QuarterContext<'_>, beside: &Beside<'_>) -> Self {
        let (review, lang) = (context.review, context.lang);
        let run = ReportContext { result: &review.closing, lang, find_observation: &|_| None };
        let caveats = review.caveats.iter();
        Letter {
            context: run,
            occasion: quarter_name(review.quarter, lang),
            weaknesses: caveats.map(|caveat| super::quarter::caveat(caveat, lang)).collect(),
            compared: compared_quarters(context),
            changes: review.changes.iter().filter(|change| change.is_change()).collect(),
            beside: *beside,
        }
        .mail()
    }
}

/// What a quarter is compared with, and how many services moved.
fn compared_quarters(context: &QuarterContext<'_>) -> Vec<String> {
    let (review, lang) = (context.review, context.lang);
    // That there is none is among the caveats.
    let Some(previous) = &review.previous else { return Vec::new() };
    let quarter = quarter_name(previous.quarter, lang);
    let of = |change| texts::number(review.changed(change).count(), lang);
    let (better, worse, unknown) = (of(Change::Better), of(Change::Worse), of(Change::Unknown));
    vec![match lang {
        Lang::Vi => format!(
            "So với {quarter}: {better} dịch vụ cải thiện, {worse} suy giảm, {unknown} không còn xác định được."
        ),
        Lang::En => format!(
            "Services since {quarter}: {better} better, {worse} worse, {unknown} no longer known."
        ),
    }]
}

#[cfg(test)]
mod tests;
