//! The head of a report: where, when and by which rules the services were tested, and what weakens
//! the result.

use super::describe::clean;
use super::{ReportContext, texts};
use crate::model::VantageIpv6;

/// Labels and values, in words of the reader's language. Nothing in them is hostile any more, but
/// they still need the format's own escapes.
pub fn particulars(context: &ReportContext<'_>) -> Vec<(&'static str, String)> {
    let (lang, result) = (context.lang, context.result);
    let run = &result.run;
    let moment = |at| texts::moment(at, &result.inventory.timezone, lang);
    let resolver = run.vantage.resolver.as_deref().unwrap_or("-");
    let (policy, source) = (result.policy.title(lang), result.policy.source(lang));
    vec![
        (texts::RUN.get(lang), format!("{} · {}", run.id, moment(run.started_at))),
        (texts::JUDGED_AT.get(lang), moment(result.as_of)),
        (texts::VANTAGE.get(lang), format!("{} · {resolver}", clean(&run.vantage.name))),
        (texts::POLICY.get(lang), format!("{} – {}", clean(policy), clean(source))),
    ]
}

/// What weakens the result, one sentence each.
pub fn warnings(context: &ReportContext<'_>) -> Vec<&'static str> {
    let run = &context.result.run;
    let vantage = match run.vantage.ipv6 {
        VantageIpv6::Absent => Some(texts::NO_IPV6),
        VantageIpv6::Lost => Some(texts::IPV6_LOST),
        VantageIpv6::Working => None,
    };
    let incomplete = (!run.complete).then_some(texts::INCOMPLETE);
    vantage.into_iter().chain(incomplete).map(|text| text.get(context.lang)).collect()
}
