//! Does every mail exchanger greet at each of its IPv6 addresses?

use super::helpers::{greeting_subject, verdict_over_ipv6_contacts};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::model::{Severity, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-banner",
    sources: &["RFC 5321 §3.1", "RFC 5321 §4.2.1", "RFC 5321 §4.3.2"],
    severity: Severity::Error,
    revision: 4,
    reasons: &[
        Reason::pass("greets"),
        Reason::pass(common::SOME_KNOWN),
        Reason::fail("refuses"),
        Reason::fail("later"),
        Reason::fail("silent"),
        Reason::fail("broken-off"),
        Reason::fail("tarpit"),
        Reason::fail("too-long"),
        Reason::fail("not-smtp"),
        Reason::fail("hello-refused"),
        Reason::fail("hello-later"),
        Reason::fail("hello-unanswered"),
        Reason::fail("flapping"),
        Reason::fail_as(common::SOME_FAIL, Severity::Warning),
    ],
    doc: Doc::new(include_str!("mail_banner.en.md"), include_str!("mail_banner.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    verdict_over_ipv6_contacts(context, greeting_subject, "greets")
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::mail::{
        MX_IPV4, MX_IPV6, answered, exchangers_that_greet, friendly, mail_published, no_connection,
        unanswered,
    };
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{Greeting, GreetingFailure, Meaning, NetFailure};

    pub(in crate::check) const CASES: &[fn()] = &[
        banners_and_hellos,
        attempts_that_contradict_each_other,
        one_exchanger_that_works_is_enough,
    ];

    #[test]
    fn banners_and_hellos() {
        let banner = |banner| Greeting { banner, hello: None, starttls: None, ..friendly() };
        let hello = |hello| Greeting { hello, starttls: None, ..friendly() };
        let stranger = GreetingFailure::NotProtocol { detail: "HTTP/1.1 400".to_owned() };
        for (greeting, expected) in [
            (friendly(), (Pass, "greets")),
            (banner(answered(Meaning::No)), (Fail, "refuses")),
            (banner(answered(Meaning::Later)), (Fail, "later")),
            (banner(unanswered(NetFailure::TimedOut)), (Fail, "silent")),
            (banner(unanswered(NetFailure::Reset)), (Fail, "broken-off")),
            (banner(Some(Err(GreetingFailure::Slow { octets: 9 }))), (Fail, "tarpit")),
            (banner(Some(Err(GreetingFailure::TooLong))), (Fail, "too-long")),
            (banner(Some(Err(stranger))), (Fail, "not-smtp")),
            (hello(answered(Meaning::No)), (Fail, "hello-refused")),
            (hello(answered(Meaning::Later)), (Fail, "hello-later")),
            (hello(unanswered(NetFailure::TimedOut)), (Fail, "hello-unanswered")),
            (banner(None), (Inconclusive, common::LOWER_LAYER)),
            (no_connection(NetFailure::Refused), (Inconclusive, common::LOWER_LAYER)),
        ] {
            let world = mail_published().greets(MX_IPV6, &greeting).greets(MX_IPV4, &friendly());
            assert_eq!(world.outcome_of("mail-banner"), expected, "{greeting:?}");
        }
    }

    #[test]
    fn attempts_that_contradict_each_other() {
        let silent = Greeting {
            banner: unanswered(NetFailure::TimedOut),
            hello: None,
            starttls: None,
            ..friendly()
        };
        let (well, ours) = (friendly(), no_connection(NetFailure::NoRoute));
        for (attempts, expected) in [
            ([&silent, &silent, &silent], (Fail, "silent")),
            ([&silent, &silent, &well], (Fail, "flapping")),
            // A sender tries again.
            ([&silent, &well, &well], (Pass, "greets")),
            ([&silent, &ours, &well], (Pass, "greets")),
        ] {
            let world = mail_published().greets(MX_IPV4, &friendly());
            let world = world.greets_in_turn(MX_IPV6, attempts);
            assert_eq!(world.outcome_of("mail-banner"), expected, "{attempts:?}");
        }
    }

    #[test]
    fn one_exchanger_that_works_is_enough() {
        let refuses =
            Greeting { banner: answered(Meaning::No), hello: None, starttls: None, ..friendly() };
        let refused = no_connection(NetFailure::Refused);
        let ours = no_connection(NetFailure::NoRoute);
        let well = friendly();
        for (first, second, expected) in [
            (&well, &well, (Pass, "greets")),
            (&refuses, &well, (Fail, common::SOME_FAIL)),
            (&well, &refuses, (Fail, common::SOME_FAIL)),
            (&refuses, &refuses, (Fail, "refuses")),
            // What keeps a sender from a connection is reach-port's to say.
            (&refused, &well, (Pass, common::SOME_KNOWN)),
            (&refused, &refuses, (Fail, "refuses")),
            (&ours, &well, (Pass, common::SOME_KNOWN)),
            (&ours, &refuses, (Inconclusive, common::OUR_FAULT)),
        ] {
            let world = exchangers_that_greet(first, second);
            assert_eq!(world.outcome_of("mail-banner"), expected, "{first:?} {second:?}");
        }
    }
}
