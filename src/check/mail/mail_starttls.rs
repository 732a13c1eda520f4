//! Does STARTTLS work at each IPv6 address of each mail exchanger?

use super::helpers::verdict_over_ipv6_contacts;
use super::refusals::about_us;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::greetings::{Settled, flapping, greetings_of, settled};
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::model::{Detail, Greeting, Outcome, Severity, Starttls, Subject, TlsFailure, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-starttls",
    sources: &["RFC 3207", "RFC 8314", "RFC 7435"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("completes"),
        Reason::pass(common::SOME_KNOWN),
        Reason::fail("not-offered"),
        Reason::fail("denied"),
        Reason::fail("unanswered"),
        Reason::fail("injected"),
        Reason::fail("no-handshake"),
        Reason::fail("flapping"),
        Reason::fail_as(common::SOME_FAIL, Severity::Warning),
    ],
    doc: Doc::new(include_str!("mail_starttls.en.md"), include_str!("mail_starttls.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    verdict_over_ipv6_contacts(context, subject, "completes")
}

fn subject(contact: &EndpointContact<'_>) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = contact.conversation.gap() {
        return unknown(common::reason_of(gap));
    }
    let seen = greetings_of(contact)
        .filter_map(|(ending, greeting)| Some((ending, outcome_of_starttls(greeting)?)));
    match settled(seen, |(outcome, _, _)| *outcome == Outcome::Pass) {
        Settled::Nothing => {
            let about_us = greetings_of(contact).filter_map(|(_, greeting)| about_us(greeting));
            unknown(about_us.last().unwrap_or(common::LOWER_LAYER))
        }
        Settled::Flapping { lost, of } => flapping(contact.address, lost, of),
        Settled::As((outcome, reason, detail)) => socket(contact.address, outcome, reason, detail),
    }
}

fn outcome_of_starttls(greeting: &Greeting) -> Option<(Outcome, &'static str, Vec<Detail>)> {
    Some(match (greeting.starttls.as_ref()?, &greeting.conversation.tls) {
        (Starttls::NotOffered, _) => (Outcome::Fail, "not-offered", Vec::new()),
        (Starttls::Denied { answer }, _) => {
            let lines = answer.lines.iter().take(1).map(|line| ("said", line.clone()));
            (Outcome::Fail, "denied", lines.collect())
        }
        (Starttls::Unanswered { .. }, _) => (Outcome::Fail, "unanswered", Vec::new()),
        (Starttls::Injected, _) => (Outcome::Fail, "injected", Vec::new()),
        (Starttls::Begun, Some(Ok(session))) => {
            (Outcome::Pass, "completes", vec![("version", session.version.clone())])
        }
        (Starttls::Begun, Some(Err(failed))) if failed.failure == TlsFailure::ChainTooLarge => {
            (Outcome::Inconclusive, common::LIMIT, Vec::new())
        }
        (Starttls::Begun, Some(Err(_))) => (Outcome::Fail, "no-handshake", Vec::new()),
        (Starttls::Begun, None) => return None,
    })
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::mail::{
        MX_IPV4, MX_IPV6, exchangers_that_greet, friendly, mail_published, no_connection,
    };
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{
        Answer, Conversation, Greeting, GreetingFailure, Meaning, NetFailure, Starttls, TlsFailed,
        TlsFailure,
    };

    pub(in crate::check) const CASES: &[fn()] =
        &[starttls_at_one_address, starttls_at_several_addresses_and_attempts];

    #[test]
    fn starttls_at_several_addresses_and_attempts() {
        let none = Greeting { starttls: Some(Starttls::NotOffered), ..friendly() };
        let failure = TlsFailure::Net { failure: NetFailure::Reset };
        let reset = TlsFailed::new(failure, Vec::new());
        let conversation = Conversation { tls: Some(Err(reset)), ..friendly().conversation };
        let reset = Greeting { conversation, ..friendly() };
        let refused = no_connection(NetFailure::Refused);
        let well = friendly();
        for (first, second, expected) in [
            (&well, &well, (Pass, "completes")),
            (&none, &well, (Fail, common::SOME_FAIL)),
            (&none, &none, (Fail, "not-offered")),
            (&refused, &well, (Pass, common::SOME_KNOWN)),
            (&refused, &none, (Fail, "not-offered")),
        ] {
            let world = exchangers_that_greet(first, second);
            assert_eq!(world.outcome_of("mail-starttls"), expected, "{first:?} {second:?}");
        }
        for (attempts, expected) in [
            ([&reset, &well, &well], (Pass, "completes")),
            ([&reset, &reset, &well], (Fail, "flapping")),
            ([&reset, &reset, &reset], (Fail, "no-handshake")),
        ] {
            let world = mail_published().greets(MX_IPV4, &well).greets_in_turn(MX_IPV6, attempts);
            assert_eq!(world.outcome_of("mail-starttls"), expected, "{attempts:?}");
        }
    }

    #[test]
    fn starttls_at_one_address() {
        let with = |starttls, tls| {
            let conversation = Conversation { tls, ..friendly().conversation };
            Greeting { starttls: Some(starttls), conversation, ..friendly() }
        };
        let broken = TlsFailed::new(TlsFailure::Net { failure: NetFailure::Reset }, Vec::new());
        let denied = Starttls::Denied {
            answer: Answer { elapsed_us: 1, meaning: Meaning::Later, lines: Vec::new() },
        };
        let unanswered = Starttls::Unanswered { failure: GreetingFailure::TooLong };
        for (greeting, expected) in [
            (friendly(), (Pass, "completes")),
            (with(Starttls::NotOffered, None), (Fail, "not-offered")),
            (with(denied, None), (Fail, "denied")),
            (with(unanswered, None), (Fail, "unanswered")),
            (with(Starttls::Injected, None), (Fail, "injected")),
            (with(Starttls::Begun, Some(Err(broken))), (Fail, "no-handshake")),
            (no_connection(NetFailure::Refused), (Inconclusive, common::LOWER_LAYER)),
        ] {
            let world = mail_published().greets(MX_IPV6, &greeting).greets(MX_IPV4, &friendly());
            assert_eq!(world.outcome_of("mail-starttls"), expected, "{greeting:?}");
        }
    }
}
