//! Exchangers of a mail domain of whose addresses not everything is known.

use super::subjects::{contacts, mail_exchangers, unknown_lookup};
use super::{Case, common};
use crate::facts::{Contact, Mail};
use crate::model::{Family, Outcome, Subject, SubjectName, Verdict};

/// The verdict when no exchanger is known to have an address of a family.
pub(super) fn without_addresses(mail: &Mail, family: Family) -> Verdict {
    let unknown = mail.exchangers.iter().find_map(|mx| unknown_lookup(mx.lookup(family)));
    let none = if family == Family::Ipv6 { common::NO_IPV6 } else { common::NO_IPV4 };
    let verdict = match unknown.or(mail.is_cut.then_some(common::LIMIT)) {
        Some(reason) => Verdict::inconclusive(reason),
        None => Verdict::not_applicable(none),
    };
    verdict.citing(mail.observations())
}

/// The verdict over what each IPv6 address of a domain's exchangers shows.
pub(super) fn over_ipv6_contacts(
    case: &Case<'_>,
    subject: fn(&Contact<'_>) -> Subject,
    pass: &'static str,
) -> Verdict {
    let mail = match mail_exchangers(case) {
        Ok(mail) => mail,
        Err(verdict) => return verdict,
    };
    let contacts = match contacts(case, Family::Ipv6) {
        Ok(contacts) => contacts,
        Err(verdict) => return verdict,
    };
    let cite = contacts.iter().flat_map(|contact| contact.talk.observations());
    let subjects = contacts.iter().map(subject).collect();
    over_exchangers(&mail, &[Family::Ipv6], subjects, pass, common::NO_IPV6)
        .citing(cite.collect::<Vec<_>>())
}

/// The verdict over the exchangers of a domain: those whose addresses are not known are subjects of
/// their own, and beyond our limits there may be more.
pub(super) fn over_exchangers(
    mail: &Mail,
    families: &[Family],
    mut subjects: Vec<Subject>,
    pass: &'static str,
    empty: &'static str,
) -> Verdict {
    for exchanger in &mail.exchangers {
        let mut lookups = families.iter().map(|family| exchanger.lookup(*family));
        if let Some(reason) = lookups.find_map(unknown_lookup) {
            let name = SubjectName::Host(exchanger.name.clone());
            let outcome = Outcome::Inconclusive;
            subjects.push(Subject { name, outcome, reason, detail: Vec::new() });
        }
    }
    let verdict = Verdict::worst_of(subjects, pass, empty).citing(mail.observations());
    match verdict.outcome {
        Outcome::Pass | Outcome::NotApplicable if mail.is_cut => {
            verdict.made_unknown(common::LIMIT)
        }
        _ => verdict,
    }
}
