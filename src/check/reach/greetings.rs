//! What the greeting of a server amounts to, for every check that reads one.

use std::net::SocketAddr;

use super::helpers::socket;
use crate::check::common;
use crate::evidence::service::{Ending, EndpointContact};
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

/// That of the answer to EHLO, CAPABILITY or CAPA; `None` when the exchange ended before it, and where a
/// POP3 server doesn't know CAPA: an extension (RFC 2449 §5), without which clients log in as well.
pub(in crate::check) fn hello_outcome(greeting: &Greeting) -> Option<GreetingOutcome> {
    let hello = greeting.hello.as_ref()?;
    let is_error = hello.as_ref().is_ok_and(|answer| answer.meaning == Meaning::No);
    (!is_error || !is_pop3(greeting)).then(|| part_outcome(hello))
}

/// Whether the banner is a POP3 server's (RFC 1939 §4); no other of the protocols has the like.
fn is_pop3(greeting: &Greeting) -> bool {
    let Some(Ok(banner)) = &greeting.banner else { return false };
    banner.lines.first().is_some_and(|line| line.to_ascii_uppercase().starts_with("+OK"))
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

/// What a client ends up with after several attempts.
pub(in crate::check) enum Settled<T> {
    /// No attempt got that far.
    Nothing,
    /// This.
    As(T),
    /// Some attempts succeed, and two or more are lost: trying once more doesn't help.
    Flapping {
        /// So many were lost.
        lost: usize,
        /// Of so many attempts.
        of: usize,
    },
}

/// What attempts at the same thing amount to, each with how it ended. A client whose attempt is lost
/// tries once more, and what it gets then counts.
pub(in crate::check) fn settled<T>(
    attempts: impl IntoIterator<Item = (Ending, T)>,
    succeeds: impl Fn(&T) -> bool,
) -> Settled<T> {
    // Who asks to come back later doesn't lose anything.
    let (deferred, attempts): (Vec<_>, Vec<_>) =
        attempts.into_iter().partition(|(ending, _)| *ending == Ending::Deferred);
    let (lost, kept): (Vec<_>, Vec<_>) = attempts
        .into_iter()
        .partition(|(ending, seen)| *ending == Ending::Broken && !succeeds(seen));
    let (lost_count, of) = (lost.len(), lost.len() + kept.len());
    let kept = if kept.is_empty() { deferred } else { kept };
    let last = |attempts: Vec<(Ending, T)>| attempts.into_iter().next_back().map(|(_, seen)| seen);
    match last(kept) {
        Some(_) if lost_count > 1 => Settled::Flapping { lost: lost_count, of },
        Some(seen) => Settled::As(seen),
        None => last(lost).map_or(Settled::Nothing, Settled::As),
    }
}

/// An address that answers now and then.
pub(in crate::check) fn flapping(address: SocketAddr, lost: usize, of: usize) -> Subject {
    socket(address, Outcome::Fail, "flapping", vec![("lost", format!("{lost}/{of}"))])
}

/// The greetings of a contact that our own machine didn't end, each with how it ended.
pub(in crate::check) fn greetings_of<'e>(
    contact: &EndpointContact<'e>,
) -> impl Iterator<Item = (Ending, &'e Greeting)> {
    let endings = contact.conversation.endings.iter().copied();
    let greetings = contact.greetings.iter().map(|(greeting, _)| *greeting);
    endings.zip(greetings).filter(|(_, greeting)| !greeting.is_our_fault())
}

/// What an address shows, by `judge` of each attempt that got to a greeting.
pub(in crate::check) fn subject_of_greetings(
    contact: &EndpointContact<'_>,
    judge: impl Fn(&Greeting) -> Option<(Outcome, &'static str)>,
) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = contact.conversation.gap() {
        return unknown(common::reason_of(gap));
    }
    let seen = greetings_of(contact)
        .filter_map(|(ending, greeting)| Some((ending, (judge(greeting)?, greeting))));
    match settled(seen, |((outcome, _), _)| *outcome == Outcome::Pass) {
        Settled::Nothing => unknown(common::LOWER_LAYER),
        Settled::Flapping { lost, of } => flapping(contact.address, lost, of),
        Settled::As(((outcome, reason), greeting)) => {
            let line = match &greeting.banner {
                Some(Ok(answer)) => answer.lines.first(),
                _ => None,
            };
            let detail = line.map(|line| ("said", line.clone())).into_iter().collect();
            socket(contact.address, outcome, reason, detail)
        }
    }
}
