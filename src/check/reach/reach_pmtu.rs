//! Do large packets arrive over IPv6, or only the small ones of the handshake?

use super::helpers::{contacts, socket, verdict_over_contacts};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = contacts(context, Family::Ipv6)?;
    let mut cite = Vec::new();
    let subjects: Vec<Subject> = contacts
        .iter()
        .map(|contact| {
            let large = reach::large_data(&context.view, contact);
            if let Some(LargeData::FellSilent(silence)) = &large {
                cite.extend(silence.small.observations());
            }
            subject(contact, large)
        })
        .collect();
    let nothing = subjects.first().map_or(common::NO_IPV6, |subject| subject.reason);
    let verdict = verdict_over_contacts(subjects, "large-data-arrives", &contacts).citing(cite);
    Ok(match verdict.outcome {
        Outcome::NotApplicable => Verdict { reason: nothing, ..verdict },
        _ => verdict,
    })
}

fn subject(contact: &EndpointContact<'_>, large: Option<LargeData<'_>>) -> Subject {
    let plain = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    if let Some(gap) = contact.talk.gap() {
        return plain(Outcome::Inconclusive, common::reason_of(gap));
    }
    match large {
        None if contact.talk.best().is_some_and(|best| best.connect.is_ok()) => {
            plain(Outcome::NotApplicable, "nothing-large")
        }
        None => plain(Outcome::Inconclusive, common::LOWER_LAYER),
        Some(LargeData::Arrives) => plain(Outcome::Pass, "large-data-arrives"),
        // The path loses packets of every size.
        Some(LargeData::FellSilent(_)) if contact.talk.is_connect_flaky() => {
            plain(Outcome::Inconclusive, common::FLAKY)
        }
        Some(LargeData::NothingLarge) => plain(Outcome::NotApplicable, "nothing-large"),
        Some(LargeData::Wavers) => plain(Outcome::Inconclusive, common::FLAKY),
        Some(LargeData::FellSilent(silence)) => {
            let (outcome, reason) = outcome_of_silence(&silence);
            let octets = ("small-packet-octets", SMALL_PACKET_OCTETS.to_string());
            let detail = if outcome == Outcome::Fail { vec![octets] } else { Vec::new() };
            socket(contact.address, outcome, reason, detail)
        }
    }
}

/// What it means that the conversation fell silent each time it was held with packets of the usual
/// size.
fn outcome_of_silence(silence: &Silence<'_>) -> (Outcome, &'static str) {
    let small = &silence.small;
    if let Some(gap) = small.gap() {
        return (Outcome::Inconclusive, common::reason_of(gap));
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
