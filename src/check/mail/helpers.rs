//! The verdict over a domain's exchangers, of whose addresses not everything may be known.

use super::refusals::about_us;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::reach::greetings::{
    GreetingOutcome, banner_outcome, hello_outcome, subject_of_greetings,
};
use crate::check::reach::helpers::{contacts, mail_exchangers};
use crate::check::reach::senders::{unknown_exchangers, verdict_of_senders};
use crate::evidence::mail::MailRoute;
use crate::evidence::service::EndpointContact;
use crate::model::{Family, Outcome, Subject, Verdict};

/// What senders get over IPv6, by what each address of a domain's exchangers shows.
pub(in crate::check) fn verdict_over_ipv6_contacts(
    context: &CheckContext<'_>,
    subject: fn(&EndpointContact<'_>) -> Subject,
    pass: &'static str,
) -> Result<Verdict, Verdict> {
    let mail = mail_exchangers(context)?;
    let contacts = contacts(context, Family::Ipv6)?;
    let cite = contacts.iter().flat_map(|contact| contact.conversation.observations());
    Ok(verdict_of_senders(&mail, contacts.iter().map(subject).collect(), pass)
        .citing(cite.collect::<Vec<_>>()))
}

/// The verdict over every exchanger of a domain, of which none may fail: those whose addresses are not
/// known are subjects of their own, and beyond our limits there may be more.
pub(in crate::check) fn verdict_over_exchangers(
    mail: &MailRoute,
    families: &[Family],
    mut subjects: Vec<Subject>,
    pass: &'static str,
    empty: &'static str,
) -> Verdict {
    for subject in families.iter().flat_map(|family| unknown_exchangers(mail, *family)) {
        if subjects.iter().all(|known| known.name != subject.name) {
            subjects.push(subject);
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
        if let Some(reason) = about_us(greeting) {
            return Some((Outcome::Inconclusive, reason));
        }
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
