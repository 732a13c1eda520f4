//! What the greeting of a server amounts to, for every check that reads one.

use super::helpers::socket;
use crate::check::common;
use crate::evidence::service::EndpointContact;
use crate::model::{Answer, Greeting, GreetingFailure, Meaning, NetFailure, Outcome, Subject};

/// The outcome of one part of an exchange of greetings.
pub(in crate::check) enum GreetingOutcome {
    /// A friendly answer.
    Friendly,
    /// No such answer: `refuses`, `later`, `silent`, `broken-off`, `tarpit`, `too-long` or
    /// `not-protocol`.
    Failed(&'static str),
}

/// The banner's; `None` when the exchange ended before it.
pub(in crate::check) fn banner_outcome(greeting: &Greeting) -> Option<GreetingOutcome> {
    greeting.banner.as_ref().map(part_outcome)
}

/// That of the answer to EHLO, CAPABILITY or CAPA; `None` when the exchange ended before it.
pub(in crate::check) fn hello_outcome(greeting: &Greeting) -> Option<GreetingOutcome> {
    greeting.hello.as_ref().map(part_outcome)
}

fn part_outcome(part: &Result<Answer, GreetingFailure>) -> GreetingOutcome {
    use GreetingOutcome::{Failed, Friendly};
    match part {
        Ok(answer) => match answer.meaning {
            Meaning::Yes => Friendly,
            Meaning::Later => Failed("later"),
            Meaning::No => Failed("refuses"),
        },
        Err(GreetingFailure::Net { failure: NetFailure::TimedOut }) => Failed("silent"),
        Err(GreetingFailure::Net { .. }) => Failed("broken-off"),
        Err(GreetingFailure::Slow { .. }) => Failed("tarpit"),
        Err(GreetingFailure::TooLong) => Failed("too-long"),
        Err(GreetingFailure::NotProtocol { .. }) => Failed("not-protocol"),
    }
}

/// What an address shows, by `judge` of each attempt that got to a greeting and that our own machine
/// didn't end; inconclusive where they disagree.
pub(in crate::check) fn subject_of_greetings(
    contact: &EndpointContact<'_>,
    judge: impl Fn(&Greeting) -> Option<(Outcome, &'static str)>,
) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = contact.conversation.gap() {
        return unknown(common::reason_of(gap));
    }
    let attempts = contact.greetings.iter().filter(|(greeting, _)| !greeting.is_our_fault());
    let seen: Vec<_> = attempts
        .filter_map(|(greeting, _)| judge(greeting).map(|judgement| (judgement, *greeting)))
        .collect();
    let Some(((outcome, reason), greeting)) = seen.last() else {
        return unknown(common::LOWER_LAYER);
    };
    // An exchange that broke off is tried again: an answer then contradicts what was seen first.
    if seen.iter().any(|((other, _), _)| other != outcome) {
        return unknown(common::FLAKY);
    }
    let line = match &greeting.banner {
        Some(Ok(answer)) => answer.lines.first(),
        _ => None,
    };
    let detail = line.map(|line| ("said", line.clone())).into_iter().collect();
    socket(contact.address, *outcome, reason, detail)
}
