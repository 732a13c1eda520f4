//! The verdict over a domain's exchangers, of whose addresses not everything may be known.

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::reach::greetings::{
    GreetingOutcome, banner_outcome, hello_outcome, subject_of_greetings,
};
use crate::check::reach::helpers::{contacts, mail_exchangers};
use crate::evidence::dns::Lookup;
use crate::evidence::mail::MailRoute;
use crate::evidence::service::EndpointContact;
use crate::model::{Family, Outcome, Subject, SubjectName, Verdict};

/// The verdict over what each IPv6 address of a domain's exchangers shows.
pub(in crate::check) fn verdict_over_ipv6_contacts(
    context: &CheckContext<'_>,
    subject: fn(&EndpointContact<'_>) -> Subject,
    pass: &'static str,
) -> Result<Verdict, Verdict> {
    let mail = mail_exchangers(context)?;
    let contacts = contacts(context, Family::Ipv6)?;
    let cite = contacts.iter().flat_map(|contact| contact.conversation.observations());
    let subjects = contacts.iter().map(subject).collect();
    Ok(verdict_over_exchangers(&mail, &[Family::Ipv6], subjects, pass, common::NO_IPV6)
        .citing(cite.collect::<Vec<_>>()))
}

/// The verdict over the exchangers of a domain: those whose addresses are not known are subjects of
/// their own, and beyond our limits there may be more.
pub(in crate::check) fn verdict_over_exchangers(
    mail: &MailRoute,
    families: &[Family],
    mut subjects: Vec<Subject>,
    pass: &'static str,
    empty: &'static str,
) -> Verdict {
    for exchanger in &mail.exchangers {
        let mut lookups = families.iter().map(|family| exchanger.lookup(*family));
        if let Some(gap) = lookups.find_map(Lookup::gap) {
            let name = SubjectName::Host(exchanger.name.clone());
            let (outcome, reason) = (Outcome::Inconclusive, common::reason_of(gap));
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

/// How an exchanger greets at one address.
pub(in crate::check) fn greeting_subject(contact: &EndpointContact<'_>) -> Subject {
    subject_of_greetings(contact, |greeting| {
        match banner_outcome(greeting)? {
            GreetingOutcome::Friendly => {}
            // Another protocol has a word of its own here.
            GreetingOutcome::Failed("not-protocol") => return Some((Outcome::Fail, "not-smtp")),
            GreetingOutcome::Failed(reason) => return Some((Outcome::Fail, reason)),
        }
        match hello_outcome(greeting)? {
            GreetingOutcome::Friendly => Some((Outcome::Pass, "greets")),
            GreetingOutcome::Failed("refuses") => Some((Outcome::Fail, "hello-refused")),
            GreetingOutcome::Failed("later") => Some((Outcome::Fail, "hello-later")),
            GreetingOutcome::Failed(_) => Some((Outcome::Fail, "hello-unanswered")),
        }
    })
}
