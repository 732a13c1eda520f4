//! The way of a sender: the domain's exchangers, each found with IPv6 alone, then spoken to.
//!
//! TLS between mail servers is opportunistic (RFC 7435): no certificate keeps a sender away.

use super::{choose, resolved, secured};
use crate::check::mail::mail_banner;
use crate::check::reach::helpers::{contacts, mail_exchangers};
use crate::check::{CheckContext, common};
use crate::evidence::dns::authority::exchanger_resolution_path;
use crate::evidence::dns::delegation::{DelegationFailure, End};
use crate::evidence::mail::Exchanger;
use crate::evidence::service::EndpointContact;
use crate::model::{Family, Name, ObservationId, Outcome, Subject, SubjectName, Verdict};

pub(in crate::check) fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let mail = match mail_exchangers(case) {
        Ok(mail) => mail,
        Err(verdict) => return verdict,
    };
    let mut cite = mail.observations();
    let met = match contacts(case, Family::Ipv6) {
        Ok(met) => met,
        // Our own network lets no mail out, or the look-ups are not known.
        Err(verdict) if verdict.outcome == Outcome::Inconclusive => return verdict.citing(cite),
        Err(_) => Vec::new(),
    };
    let mut ways = Vec::new();
    for exchanger in &mail.exchangers {
        let start = resolved(exchanger.name.clone(), exchanger.lookup(Family::Ipv6), &mut cite);
        ways.extend(to_exchanger(case, exchanger, start, &met, &mut cite));
    }
    let verdict = Verdict::worst_of(choose(ways), "usable", common::NO_MX).citing(cite);
    match verdict.outcome {
        // Beyond our limit there may be an exchanger that takes it.
        Outcome::Fail if mail.is_cut => verdict.made_unknown(common::LIMIT),
        _ => verdict,
    }
}

/// The ways to one exchanger, by each of its addresses.
fn to_exchanger(
    case: &CheckContext<'_>,
    exchanger: &Exchanger,
    start: Subject,
    met: &[EndpointContact<'_>],
    cite: &mut Vec<ObservationId>,
) -> Vec<Vec<Subject>> {
    if start.outcome != Outcome::Pass {
        return vec![vec![start]];
    }
    let found = found(case, &exchanger.name, cite);
    if found.outcome != Outcome::Pass {
        return vec![vec![found]];
    }
    let addresses = exchanger.addresses(Family::Ipv6, &case.view);
    let contacts = met.iter().filter(|contact| addresses.contains(&contact.address.ip()));
    contacts
        .map(|contact| {
            cite.extend(contact.talk.observations());
            vec![found.clone(), delivery(case, contact)]
        })
        .collect()
}

/// Whether a resolver without IPv4 finds the exchanger's address, from the root on.
fn found(case: &CheckContext<'_>, name: &Name, cite: &mut Vec<ObservationId>) -> Subject {
    let way = exchanger_resolution_path(&case.view, name);
    cite.extend(&way.observations);
    let (outcome, reason) = match &way.end {
        End::Found(_) => (Outcome::Pass, "resolved"),
        End::Pending => (Outcome::Inconclusive, common::NOT_OBSERVED),
        End::Stopped(DelegationFailure::Ours) => (Outcome::Inconclusive, common::OUR_FAULT),
        End::Stopped(DelegationFailure::Limit) => (Outcome::Inconclusive, common::LIMIT),
        _ => (Outcome::Fail, "resolution-blocked"),
    };
    let zone = way.last_cut().filter(|_| outcome == Outcome::Fail);
    let detail = zone.map(|cut| ("zone", cut.zone.to_string())).into_iter().collect();
    Subject { name: SubjectName::Host(name.clone()), outcome, reason, detail }
}

/// Whether an exchanger takes a conversation up at one address.
fn delivery(case: &CheckContext<'_>, contact: &EndpointContact<'_>) -> Subject {
    let said = mail_banner::subject(contact);
    let (outcome, reason) = match (secured(case, &contact.talk, None), said.outcome) {
        (Err(judged), _) => judged,
        (Ok(()), Outcome::Pass) => (Outcome::Pass, "answers"),
        (Ok(()), Outcome::Fail) => (Outcome::Fail, "no-answer"),
        (Ok(()), outcome) => (outcome, said.reason),
    };
    Subject { outcome, reason, ..said }
}
