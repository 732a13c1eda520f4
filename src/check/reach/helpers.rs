//! Whom a client of a service contacts, or why there is nobody.

use std::net::SocketAddr;

use crate::check::address::helpers::addresses;
use crate::check::unknown::unknown_lookup;
use crate::check::{CheckContext, common};
use crate::evidence::dns::LookupStatus;
use crate::evidence::mail::{self, MailRoute, MailRouteKind};
use crate::evidence::reach::{self, Rounds};
use crate::evidence::service::{self, EndpointContact, EndpointContacts};
use crate::model::{Detail, Family, Outcome, State, Subject, SubjectName, Target, Verdict};

/// What was seen at the main port of a service in use, at each of its addresses of one family; for a
/// mail domain, at port 25 of each of its exchangers. Else the verdict that there is nothing to
/// judge, or why nothing can be said.
pub(in crate::check) fn contacts<'a>(
    case: &CheckContext<'a>,
    family: Family,
) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    met(case, family).map(|contacts| contacts.main)
}

/// As [`contacts`], at every port that the service declares.
pub(in crate::check) fn all_contacts<'a>(
    case: &CheckContext<'a>,
    family: Family,
) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    met(case, family).map(|contacts| contacts.main.into_iter().chain(contacts.further).collect())
}

/// The rounds at each address that [`contacts`] has.
pub(in crate::check) fn rounds(
    case: &CheckContext<'_>,
    family: Family,
) -> Result<Vec<Rounds>, Verdict> {
    // Whether mail can leave our network, only the contacts tell.
    match case.service.target {
        Target::Mail(_) => drop(met(case, family)?),
        _ => drop(may_be_met(case, family)?),
    }
    let first = reach::first_rounds(&case.view, case.service, family);
    Ok(first.iter().map(|first| reach::rounds(&case.view, first)).collect())
}

/// The verdict that there is nobody to be met, or that nothing is known of it; else a mail domain's
/// exchangers.
fn may_be_met(case: &CheckContext<'_>, family: Family) -> Result<Option<MailRoute>, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    if let Target::Mail(_) = &case.service.target {
        return mail_exchangers(case).map(Some);
    }
    if service::declared_ports(&case.view, case.service).is_empty() {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    }
    addresses(case, family)?;
    Ok(None)
}

fn met<'a>(case: &CheckContext<'a>, family: Family) -> Result<EndpointContacts<'a>, Verdict> {
    let mail = may_be_met(case, family)?;
    let met = service::endpoint_contacts(&case.view, case.service, family);
    if let Some(mail) = mail {
        if met.main.is_empty() {
            return Err(without_addresses(&mail, family));
        }
        let other = if family == Family::Ipv6 { Family::Ipv4 } else { Family::Ipv6 };
        let other = service::endpoint_contacts(&case.view, case.service, other);
        let all: Vec<_> = met.all().chain(other.all()).collect();
        if service::is_mail_blocked(&all) {
            let cite = all.iter().flat_map(|contact| contact.talk.observations());
            return Err(
                Verdict::inconclusive(common::MAIL_BLOCKED).citing(cite.collect::<Vec<_>>())
            );
        }
    }
    Ok(met)
}

/// The exchangers of a mail domain in use; else the verdict that there is nothing to judge, or that
/// they are unknown.
pub(in crate::check) fn mail_exchangers(case: &CheckContext<'_>) -> Result<MailRoute, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    let Target::Mail(domain) = &case.service.target else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    let mail = mail::route(&case.view, domain);
    let verdict = match mail.route {
        MailRouteKind::Exchangers => {
            let lookups = || mail.exchangers.iter().flat_map(|e| [&e.aaaa, &e.a]);
            if lookups().all(|lookup| lookup.status != LookupStatus::NotObserved) {
                return Ok(mail);
            }
            Verdict::inconclusive(common::NOT_OBSERVED)
        }
        MailRouteKind::NotObserved => Verdict::inconclusive(common::NOT_OBSERVED),
        MailRouteKind::Unresolved => {
            Verdict::inconclusive(unknown_lookup(&mail.mx).unwrap_or(common::UNRESOLVED))
        }
        MailRouteKind::NullMx
        | MailRouteKind::Implicit
        | MailRouteKind::Nowhere
        | MailRouteKind::NoDomain => Verdict::not_applicable(common::NO_MX),
    };
    Err(verdict.citing(mail.observations()))
}

/// The verdict when no exchanger is known to have an address of a family.
pub(in crate::check) fn without_addresses(mail: &MailRoute, family: Family) -> Verdict {
    let unknown = mail.exchangers.iter().find_map(|mx| unknown_lookup(mx.lookup(family)));
    let none = if family == Family::Ipv6 { common::NO_IPV6 } else { common::NO_IPV4 };
    let verdict = match unknown.or(mail.is_cut.then_some(common::LIMIT)) {
        Some(reason) => Verdict::inconclusive(reason),
        None => Verdict::not_applicable(none),
    };
    verdict.citing(mail.observations())
}

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
pub(in crate::check) fn over_contacts(
    subjects: Vec<Subject>,
    pass: &'static str,
    contacts: &[EndpointContact<'_>],
) -> Verdict {
    Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(contacts.iter().flat_map(|contact| contact.talk.observations()))
}
