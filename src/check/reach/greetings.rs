//! What the first words of a server come to, for every check that listens to them.

use super::helpers::socket;
use crate::check::common;
use crate::check::unknown::not_seen;
use crate::evidence::service::EndpointContact;
use crate::model::{Answer, Greeting, GreetingFailure, Meaning, NetFailure, Outcome, Subject};

/// What one part of an exchange of greetings came to.
pub(in crate::check) enum Said {
    /// A friendly answer.
    Well,
    /// No such answer: `refuses`, `later`, `silent`, `broken-off`, `tarpit`, `too-long` or
    /// `not-protocol`.
    Badly(&'static str),
}

/// The banner; `None` when it was not come to.
pub(in crate::check) fn banner(greeting: &Greeting) -> Option<Said> {
    greeting.banner.as_ref().map(said)
}

/// The answer to EHLO, CAPABILITY or CAPA; `None` when it was not come to.
pub(in crate::check) fn hello(greeting: &Greeting) -> Option<Said> {
    greeting.hello.as_ref().map(said)
}

fn said(part: &Result<Answer, GreetingFailure>) -> Said {
    match part {
        Ok(answer) => match answer.meaning {
            Meaning::Yes => Said::Well,
            Meaning::Later => Said::Badly("later"),
            Meaning::No => Said::Badly("refuses"),
        },
        Err(GreetingFailure::Net { failure: NetFailure::TimedOut }) => Said::Badly("silent"),
        Err(GreetingFailure::Net { .. }) => Said::Badly("broken-off"),
        Err(GreetingFailure::Slow { .. }) => Said::Badly("tarpit"),
        Err(GreetingFailure::TooLong) => Said::Badly("too-long"),
        Err(GreetingFailure::NotProtocol { .. }) => Said::Badly("not-protocol"),
    }
}

/// Judges each attempt at a contact that came to greetings and was not ended by our own machine,
/// and speaks of the address when they agree; else the outcome and reason that nothing can be said.
pub(in crate::check) fn judged(
    contact: &EndpointContact<'_>,
    judge: impl Fn(&Greeting) -> Option<(Outcome, &'static str)>,
) -> Result<Subject, (Outcome, &'static str)> {
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return Err((Outcome::Inconclusive, reason));
    }
    let attempts = contact.greetings.iter().filter(|(greeting, _)| !greeting.is_our_fault());
    let seen: Vec<_> = attempts
        .filter_map(|(greeting, _)| judge(greeting).map(|judgement| (judgement, *greeting)))
        .collect();
    let Some(((outcome, reason), greeting)) = seen.last() else {
        return Err((Outcome::Inconclusive, common::LOWER_LAYER));
    };
    // An exchange that broke off is tried again: an answer then contradicts what was seen first.
    if seen.iter().any(|((other, _), _)| other != outcome) {
        return Err((Outcome::Inconclusive, common::FLAKY));
    }
    let lines = match (&greeting.banner, *outcome) {
        (Some(Ok(answer)), _) => answer.lines.first(),
        _ => None,
    };
    let detail = lines.map(|line| ("said", line.clone())).into_iter().collect();
    Ok(socket(contact.address, *outcome, reason, detail))
}
