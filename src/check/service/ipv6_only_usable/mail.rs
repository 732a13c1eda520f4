//! The steps of a sender: the domain's exchangers, each found with IPv6 alone, then spoken to.
//!
//! TLS between mail servers is opportunistic (RFC 7435): no certificate keeps a sender away.

use super::steps::{best_path, require_connection, resolution_step, root_resolution_step};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::mail::helpers::greeting_subject;
use crate::check::reach::helpers::{contacts, mail_exchangers};
use crate::evidence::dns::authority::exchanger_resolution_path;
use crate::evidence::mail::{self, Exchanger, MailRouteKind};
use crate::evidence::service::EndpointContact;
use crate::model::{Family, ObservationId, Outcome, Subject, SubjectName, Target, Verdict};

pub(in crate::check) fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let mail = mail_exchangers(context).map_err(|early| verdict_on_nothing(context, early))?;
    let mut cite = mail.observations();
    let contacts = match contacts(context, Family::Ipv6) {
        Ok(contacts) => contacts,
        // Our own network lets no mail out, or the look-ups are not known.
        Err(early) if early.outcome == Outcome::Inconclusive => return Err(early.citing(cite)),
        Err(_) => Vec::new(),
    };
    let mut paths = Vec::new();
    for exchanger in &mail.exchangers {
        let start =
            resolution_step(exchanger.name.clone(), exchanger.lookup(Family::Ipv6), &mut cite);
        paths.extend(paths_to_exchanger(context, exchanger, start, &contacts, &mut cite));
    }
    let verdict = Verdict::worst_of(best_path(paths), "usable", common::NO_MX).citing(cite);
    Ok(match verdict.outcome {
        // Beyond our limit there may be an exchanger that takes it.
        Outcome::Fail if mail.is_cut => verdict.made_unknown(common::LIMIT),
        _ => verdict,
    })
}

/// A domain without exchangers: no sender gets anywhere, unless the domain says that it takes no mail.
fn verdict_on_nothing(context: &CheckContext<'_>, early: Verdict) -> Verdict {
    let Target::Mail(domain) = &context.service.target else { return early };
    match mail::route(&context.view, domain).route {
        MailRouteKind::Nowhere | MailRouteKind::NoDomain | MailRouteKind::Unanswered
            if early.reason == common::NO_MX =>
        {
            let name = SubjectName::Host(domain.clone());
            let (outcome, reason) = (Outcome::Fail, "not-published");
            let subject = Subject { name, outcome, reason, detail: Vec::new() };
            Verdict { outcome, reason, subjects: vec![subject], ..early }
        }
        _ => early,
    }
}

/// The paths to one exchanger, by each of its addresses.
fn paths_to_exchanger(
    context: &CheckContext<'_>,
    exchanger: &Exchanger,
    start: Subject,
    contacts: &[EndpointContact<'_>],
    cite: &mut Vec<ObservationId>,
) -> Vec<Vec<Subject>> {
    if start.outcome != Outcome::Pass {
        return vec![vec![start]];
    }
    let path = exchanger_resolution_path(&context.view, &exchanger.name);
    let found = root_resolution_step(exchanger.name.clone(), &path, cite);
    if found.outcome != Outcome::Pass {
        return vec![vec![found]];
    }
    let addresses = exchanger.addresses(Family::Ipv6, &context.view);
    let own = contacts.iter().filter(|contact| addresses.contains(&contact.address.ip()));
    own.map(|contact| {
        cite.extend(contact.conversation.observations());
        vec![found.clone(), greeting_step(context, contact)]
    })
    .collect()
}

/// Whether an exchanger takes a conversation up at one address.
fn greeting_step(context: &CheckContext<'_>, contact: &EndpointContact<'_>) -> Subject {
    let greeting = greeting_subject(contact);
    let (outcome, reason) =
        match (require_connection(context, &contact.conversation, None), greeting.outcome) {
            (Err(unusable), _) => unusable,
            (Ok(()), Outcome::Pass) => (Outcome::Pass, "answers"),
            (Ok(()), Outcome::Fail) => (Outcome::Fail, "no-answer"),
            (Ok(()), outcome) => (outcome, greeting.reason),
        };
    Subject { outcome, reason, ..greeting }
}
