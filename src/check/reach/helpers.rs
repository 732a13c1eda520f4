//! Whom a client of a service contacts, or why there is no one to contact.

use std::net::SocketAddr;

use crate::check::address::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::evidence::dns::LookupStatus;
use crate::evidence::mail::{self, MailRoute, MailRouteKind};
use crate::evidence::query::Gap;
use crate::evidence::reach::{self, Rounds};
use crate::evidence::service::{self, ConversationAttempts, EndpointContact, EndpointContacts};
use crate::model::{Detail, Family, Outcome, Subject, SubjectName, Target, Verdict};

/// What was seen at the main port of a service in use, at each of its addresses of one family; for a
/// mail domain, at port 25 of each of its exchangers. Else the verdict that there is nothing to
/// judge, or why nothing can be concluded.
pub(in crate::check) fn contacts<'a>(
    context: &CheckContext<'a>,
    family: Family,
) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    contacts_or_verdict(context, family).map(|contacts| contacts.main)
}

/// As [`contacts`], at every port that the service declares.
pub(in crate::check) fn all_contacts<'a>(
    context: &CheckContext<'a>,
    family: Family,
) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    let contacts = contacts_or_verdict(context, family)?;
    Ok(contacts.main.into_iter().chain(contacts.further).collect())
}

/// The rounds at each address that [`contacts`] has.
pub(in crate::check) fn rounds(
    context: &CheckContext<'_>,
    family: Family,
) -> Result<Vec<Rounds>, Verdict> {
    // Only the contacts show whether mail can leave our network.
    match context.service.target {
        Target::Mail(_) => drop(contacts_or_verdict(context, family)?),
        _ => drop(require_addresses(context, family)?),
    }
    let first = reach::first_rounds(&context.view, context.service, family);
    Ok(first.iter().map(|first| reach::rounds(&context.view, first)).collect())
}

/// The early verdict that there is no one to contact, or that it isn't known whether there is; else a
/// mail domain's exchangers.
fn require_addresses(
    context: &CheckContext<'_>,
    family: Family,
) -> Result<Option<MailRoute>, Verdict> {
    context.require_in_use()?;
    if let Target::Mail(_) = &context.service.target {
        return mail_exchangers(context).map(Some);
    }
    if service::declared_ports(&context.view, context.service).is_empty() {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    }
    addresses(context, family)?;
    Ok(None)
}

fn contacts_or_verdict<'a>(
    context: &CheckContext<'a>,
    family: Family,
) -> Result<EndpointContacts<'a>, Verdict> {
    let mail = require_addresses(context, family)?;
    let contacts = service::endpoint_contacts(&context.view, context.service, family);
    if let Some(mail) = mail {
        if contacts.main.is_empty() {
            return Err(verdict_without_addresses(&mail, family));
        }
        let other = if family == Family::Ipv6 { Family::Ipv4 } else { Family::Ipv6 };
        let other = service::endpoint_contacts(&context.view, context.service, other);
        let all: Vec<_> = contacts.all().chain(other.all()).collect();
        if service::is_mail_blocked(&all) {
            let cite = all.iter().flat_map(|contact| contact.conversation.observations());
            return Err(
                Verdict::inconclusive(common::MAIL_BLOCKED).citing(cite.collect::<Vec<_>>())
            );
        }
    }
    Ok(contacts)
}

/// The exchangers of a mail domain in use, which may be the domain itself; else the verdict that there is nothing to judge, or that
/// they are unknown.
pub(in crate::check) fn mail_exchangers(context: &CheckContext<'_>) -> Result<MailRoute, Verdict> {
    context.require_in_use()?;
    let Target::Mail(domain) = &context.service.target else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    let mail = mail::route(&context.view, domain);
    let verdict = match mail.route {
        MailRouteKind::Exchangers | MailRouteKind::Implicit => {
            let lookups = || mail.exchangers.iter().flat_map(|e| [&e.aaaa, &e.a]);
            if lookups().all(|lookup| lookup.status != LookupStatus::NotObserved) {
                return Ok(mail);
            }
            Verdict::inconclusive(common::NOT_OBSERVED)
        }
        MailRouteKind::Unknown(gap) => Verdict::inconclusive(common::reason_of(gap)),
        MailRouteKind::NullMx
        | MailRouteKind::Nowhere
        | MailRouteKind::NoDomain
        | MailRouteKind::Unanswered => Verdict::not_applicable(common::NO_MX),
    };
    Err(verdict.citing(mail.observations()))
}

/// The verdict when no exchanger is known to have an address of a family.
pub(in crate::check) fn verdict_without_addresses(mail: &MailRoute, family: Family) -> Verdict {
    let gap = mail.exchangers.iter().find_map(|mx| mx.lookup(family).gap());
    let none = if family == Family::Ipv6 { common::NO_IPV6 } else { common::NO_IPV4 };
    let verdict = match gap.or(mail.is_cut.then_some(Gap::Limit)) {
        Some(gap) => Verdict::inconclusive(common::reason_of(gap)),
        None => Verdict::not_applicable(none),
    };
    verdict.citing(mail.observations())
}

/// Why nothing can be concluded about the connection itself, whatever became of what was tried on it.
pub(in crate::check) fn connection_gap(conversation: &ConversationAttempts<'_>) -> Option<Gap> {
    let is_connected = conversation.attempts.iter().any(|(seen, _)| seen.connect.is_ok());
    if is_connected { None } else { conversation.gap() }
}

/// Attempts from which something can be concluded about how steady an address is.
pub(in crate::check) const ROUNDS_MIN: usize = 3;

/// What one address shows.
pub(in crate::check) fn socket(
    address: SocketAddr,
    outcome: Outcome,
    reason: &'static str,
    detail: Vec<Detail>,
) -> Subject {
    Subject { name: SubjectName::Socket(address), outcome, reason, detail }
}

/// The verdict over all subjects, with the facts that the contacts rest on.
pub(in crate::check) fn verdict_over_contacts(
    subjects: Vec<Subject>,
    pass: &'static str,
    contacts: &[EndpointContact<'_>],
) -> Verdict {
    Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(contacts.iter().flat_map(|contact| contact.conversation.observations()))
}
