//! Do large packets arrive over IPv6, or only the small ones of the handshake?

use super::helpers::{contacts, over_contacts, socket};
use crate::check::doc::Doc;
use crate::check::unknown::not_seen;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::reach::{self, LargeData, SMALL_PACKET_OCTETS, Silence};
use crate::evidence::service::EndpointContact;
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-pmtu",
    sources: &["RFC 8201", "RFC 4890 §4.3.1", "RFC 2923 §2.1"],
    severity: Severity::Error,
    revision: 2,
    reasons: &[
        Reason::pass("large-data-arrives"),
        Reason::fail("black-hole"),
        Reason::not_applicable("nothing-large"),
        Reason::not_applicable("silent-with-small-packets-too"),
    ],
    doc: Doc::new(include_str!("reach_pmtu.en.md"), include_str!("reach_pmtu.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let contacts = match contacts(case, Family::Ipv6) {
        Ok(contacts) => contacts,
        Err(verdict) => return verdict,
    };
    let mut cite = Vec::new();
    let subjects: Vec<Subject> = contacts
        .iter()
        .map(|contact| {
            let large = reach::large_data(&case.view, contact);
            if let Some(LargeData::FellSilent(silence)) = &large {
                cite.extend(silence.small.observations());
            }
            subject(contact, large)
        })
        .collect();
    let nothing = subjects.first().map_or(common::NO_IPV6, |subject| subject.reason);
    let verdict = over_contacts(subjects, "large-data-arrives", &contacts).citing(cite);
    match verdict.outcome {
        Outcome::NotApplicable => Verdict { reason: nothing, ..verdict },
        _ => verdict,
    }
}

fn subject(contact: &EndpointContact<'_>, large: Option<LargeData<'_>>) -> Subject {
    let said = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return said(Outcome::Inconclusive, reason);
    }
    match large {
        None if contact.talk.best().is_some_and(|best| best.connect.is_ok()) => {
            said(Outcome::NotApplicable, "nothing-large")
        }
        None => said(Outcome::Inconclusive, common::LOWER_LAYER),
        Some(LargeData::Arrives) => said(Outcome::Pass, "large-data-arrives"),
        // The path loses packets of every size.
        Some(LargeData::FellSilent(_)) if contact.talk.is_connect_flaky() => {
            said(Outcome::Inconclusive, common::FLAKY)
        }
        Some(LargeData::NothingLarge) => said(Outcome::NotApplicable, "nothing-large"),
        Some(LargeData::Wavers) => said(Outcome::Inconclusive, common::FLAKY),
        Some(LargeData::FellSilent(silence)) => {
            let (outcome, reason) = silent(&silence);
            let octets = ("small-packet-octets", SMALL_PACKET_OCTETS.to_string());
            let detail = if outcome == Outcome::Fail { vec![octets] } else { Vec::new() };
            socket(contact.address, outcome, reason, detail)
        }
    }
}

/// What it means that the conversation fell silent each time it was held with packets of the usual
/// size.
fn silent(silence: &Silence<'_>) -> (Outcome, &'static str) {
    let small = &silence.small;
    if let Some(reason) = not_seen(Some(small)) {
        return (Outcome::Inconclusive, reason);
    }
    if small.is_flaky() || small.is_connect_flaky() {
        return (Outcome::Inconclusive, common::FLAKY);
    }
    match (small.best(), silence.again) {
        (Some(seen), None) if reach::came_to_its_end(seen) => {
            (Outcome::Inconclusive, common::NOT_OBSERVED)
        }
        (Some(seen), Some((again, _))) if reach::came_to_its_end(seen) => match again {
            again if again.is_our_fault() => (Outcome::Inconclusive, common::OUR_FAULT),
            _ => (Outcome::Fail, "black-hole"),
        },
        (Some(seen), _) if reach::fell_silent(seen) || reach::page_stalled(seen) => {
            (Outcome::NotApplicable, "silent-with-small-packets-too")
        }
        // Refused or turned down where it was accepted before.
        _ => (Outcome::Inconclusive, common::FLAKY),
    }
}
