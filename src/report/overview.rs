//! The head of a report: where, when and by which rules the services were tested, and what weakens
//! the result.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::describe::clean;
use super::{ReportContext, texts};
use crate::judge::RunResult;
use crate::model::{Lang, RunId, VantageIpv6};

/// What a report is about: the organisation that it is written to, or all that the inventory is about.
pub fn subject(result: &RunResult) -> String {
    let name = result.organisation().map(|organisation| &organisation.name);
    clean(name.unwrap_or(&result.inventory.title))
}

/// Whom an excerpt is written to and what it shows; nothing for a whole run.
pub fn excerpt_particulars(result: &RunResult, lang: Lang) -> Vec<(&'static str, String)> {
    let Some(excerpt) = &result.excerpt else { return Vec::new() };
    let mut particulars = Vec::new();
    if let Some(organisation) = excerpt.organisation() {
        let contact = organisation.contact.as_deref().map(clean);
        let contact = contact.unwrap_or_else(|| texts::NO_CONTACT.get(lang).to_owned());
        particulars.extend([
            (texts::ORGANISATION.get(lang), clean(&organisation.name)),
            (texts::CONTACT.get(lang), contact),
            (texts::INVENTORY.get(lang), clean(&result.inventory.title)),
        ]);
    }
    if !excerpt.selection().is_everything() {
        particulars.push((texts::SCOPE.get(lang), clean(&excerpt.selection().to_string())));
    }
    particulars
}

/// Labels and values, in words of the reader's language. Nothing in them is hostile any more, but
/// they still need the format's own escapes.
pub fn particulars(context: &ReportContext<'_>) -> Vec<(&'static str, String)> {
    let (lang, result) = (context.lang, context.result);
    let run = &result.run;
    let moment = |at| texts::moment(at, &result.inventory.timezone, lang);
    let resolver = run.vantage.resolver.as_deref().unwrap_or("-");
    let (policy, source) = (result.policy.title(lang), result.policy.source(lang));
    let mut particulars = excerpt_particulars(result, lang);
    particulars.extend([
        (texts::RUN.get(lang), format!("{} · {}", run.id, moment(run.started_at))),
        (texts::JUDGED_AT.get(lang), moment(result.as_of)),
        (texts::VANTAGE.get(lang), format!("{} · {resolver}", clean(&run.vantage.name))),
        (texts::POLICY.get(lang), format!("{} – {}", clean(policy), clean(source))),
    ]);
    particulars
}

/// Rescanned services that a sentence names; the JSON document has all.
const RESCANNED_NAMED_MAX: usize = 12;

/// What weakens the result, or makes it younger than its run, one sentence each.
pub fn warnings(context: &ReportContext<'_>) -> Vec<String> {
    let run = &context.result.run;
    let vantage = match run.vantage.ipv6 {
        VantageIpv6::Absent => Some(texts::NO_IPV6),
        VantageIpv6::Lost => Some(texts::IPV6_LOST),
        VantageIpv6::Working => None,
    };
    let clock = run.vantage.has_wrong_clock().then_some(texts::WRONG_CLOCK);
    let incomplete = (!run.complete).then_some(texts::INCOMPLETE);
    let empty = is_empty_for_its_organisation(context.result).then(|| {
        match context.result.inventory.services.is_empty() {
            true => texts::NO_SERVICES,
            false => texts::NONE_SCANNED,
        }
    });
    let fixed = vantage
        .into_iter()
        .chain(clock)
        .chain(incomplete)
        .chain(empty)
        .map(|text| text.get(context.lang).to_owned());
    fixed.chain(rescans(context.result, context.lang)).collect()
}

fn is_empty_for_its_organisation(result: &RunResult) -> bool {
    result.organisation().is_some() && result.services.is_empty()
}

/// Which services a later run looked at again, and when.
pub fn rescans(result: &RunResult, lang: Lang) -> Vec<String> {
    let mut runs: BTreeMap<(Timestamp, &RunId), Vec<String>> = BTreeMap::new();
    for (service, rescan) in &result.rescans {
        runs.entry((rescan.ended_at, &rescan.run)).or_default().push(service.to_string());
    }
    let sentence = |((at, run), services): ((Timestamp, &RunId), Vec<String>)| {
        let at = texts::moment(at, &result.inventory.timezone, lang);
        let more = match services.len().saturating_sub(RESCANNED_NAMED_MAX) {
            0 => String::new(),
            more => format!(" … {} {}", texts::MORE.get(lang), texts::number(more, lang)),
        };
        let named = services[..services.len().min(RESCANNED_NAMED_MAX)].join(", ");
        match lang {
            Lang::Vi => {
                format!("Kết quả tại thời điểm {at} (đã đo lại, đợt {run}): {named}{more}.")
            }
            Lang::En => format!("As of {at}, rescanned by run {run}: {named}{more}."),
        }
    };
    runs.into_iter().map(sentence).collect()
}
