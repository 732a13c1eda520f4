//! Exchangers of a mail domain of whose addresses not everything is known.

use crate::check::reach::helpers::{contacts, mail_exchangers};
use crate::check::unknown::unknown_lookup;
use crate::check::{CheckContext, common};
use crate::evidence::mail::MailRoute;
use crate::evidence::service::EndpointContact;
use crate::model::{Family, Outcome, Subject, SubjectName, Verdict};

/// The verdict over what each IPv6 address of a domain's exchangers shows.
pub(in crate::check) fn over_ipv6_contacts(
    case: &CheckContext<'_>,
    subject: fn(&EndpointContact<'_>) -> Subject,
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
pub(in crate::check) fn over_exchangers(
    mail: &MailRoute,
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
