//! What the report of a quarter rests on.

use super::context::QuarterContext;
use super::terms;
use crate::model::Text;
use crate::report::describe::clean;
use crate::report::{overview, texts};

/// What the report rests on: labels and values.
pub fn particulars(context: &QuarterContext<'_>) -> Vec<(&'static str, String)> {
    const CLOSING: Text = Text { vi: "Đợt đo chốt số liệu quý", en: "Closing run" };
    const COMPARED: Text = Text { vi: "So sánh với", en: "Compared with" };
    let (review, lang) = (context.review, context.lang);
    let closing = &review.closing;
    let run = &closing.run;
    let moment = |at| texts::moment(at, &closing.inventory.timezone, lang);
    let ended = moment(run.finished_at.unwrap_or(run.started_at));
    let (policy, source) = (closing.policy.title(lang), closing.policy.source(lang));
    let mut particulars = overview::excerpt_particulars(closing, lang);
    particulars.extend([
        (CLOSING.get(lang), format!("{} · {ended}", run.id)),
        (texts::JUDGED_AT.get(lang), moment(review.as_of())),
        (texts::VANTAGE.get(lang), clean(&run.vantage.name)),
        (texts::POLICY.get(lang), format!("{} – {}", clean(policy), clean(source))),
    ]);
    if let Some(previous) = &review.previous {
        let quarter = terms::quarter_name(previous.quarter, lang);
        particulars.push((COMPARED.get(lang), format!("{quarter} · {}", previous.result.run.id)));
    }
    particulars
}
