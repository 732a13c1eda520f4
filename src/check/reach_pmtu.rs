//! Do large packets arrive over IPv6, or only the small ones of the handshake?

use super::subjects::{contacts, not_seen, over_contacts, socket};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::{self, Contact, LargeData, SMALL_PACKET_OCTETS};
use crate::model::{Conversation, Family, Outcome, Severity, Subject, Verdict};

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

fn evaluate(case: &Case<'_>) -> Verdict {
    let contacts = match contacts(case, Family::Ipv6) {
        Ok(contacts) => contacts,
        Err(verdict) => return verdict,
    };
    let mut cite = Vec::new();
    let subjects: Vec<Subject> = contacts
        .iter()
        .map(|contact| {
            let large = facts::large_data(&case.view, contact);
            if let Some(LargeData::FellSilent(small)) = &large {
                cite.extend(small.observations());
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

fn subject(contact: &Contact<'_>, large: Option<LargeData<'_>>) -> Subject {
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
        Some(LargeData::NothingLarge) => said(Outcome::NotApplicable, "nothing-large"),
        Some(LargeData::FellSilent(small)) => {
            if let Some(reason) = not_seen(Some(&small)) {
                return said(Outcome::Inconclusive, reason);
            }
            let Some(best) = small.best() else {
                return said(Outcome::Inconclusive, common::NOT_OBSERVED);
            };
            let is_ours = |(seen, _): &(&Conversation, _)| seen.our_fault().is_some();
            if came_further(best) && contact.talk.attempts.iter().any(is_ours) {
                // It may have been our own side, and not large packets, that fell silent.
                return said(Outcome::Inconclusive, common::OUR_FAULT);
            }
            if came_further(best) {
                let detail = vec![("small-packet-octets", SMALL_PACKET_OCTETS.to_string())];
                return socket(contact.address, Outcome::Fail, "black-hole", detail);
            }
            match facts::fell_silent(best) || facts::page_stalled(best) {
                true => said(Outcome::NotApplicable, "silent-with-small-packets-too"),
                false => said(Outcome::Inconclusive, common::LOWER_LAYER),
            }
        }
    }
}

/// Whether a conversation with small packets was answered to its end.
fn came_further(seen: &Conversation) -> bool {
    match (&seen.tls, &seen.http) {
        (_, Some(http)) => http.is_ok() && !facts::page_stalled(seen),
        (Some(tls), None) => tls.is_ok(),
        (None, None) => false,
    }
}
