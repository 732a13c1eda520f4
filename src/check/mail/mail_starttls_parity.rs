//! Is STARTTLS the same over both families?

use super::helpers::verdict_over_exchangers;
use super::refusals::about_us;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::greetings::{Settled, greetings_of, settled};
use crate::check::reach::helpers::{contacts, mail_exchangers, socket};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::model::{
    Family, Greeting, Outcome, Question, Severity, Starttls, State, Subject, TlsFailure,
    TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-starttls-parity",
    sources: &["RFC 3207", "RFC 6540"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("same"),
        Reason::pass("fails-over-both"),
        Reason::fail_as("fails-over-ipv6", Severity::Error),
        Reason::fail_as("not-offered-over-ipv6", Severity::Error),
        Reason::fail("different-offer"),
        Reason::fail("different-certificate"),
        Reason::fail("different-version"),
        Reason::not_applicable("one-family"),
    ],
    doc: Doc::new(
        include_str!("mail_starttls_parity.en.md"),
        include_str!("mail_starttls_parity.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let mail = mail_exchangers(context)?;
    if context.service.state == State::Ipv6Only {
        return Err(Verdict::not_applicable(common::NO_IPV4));
    }
    let ipv6 = contacts(context, Family::Ipv6)?;
    let ipv4 = contacts(context, Family::Ipv4)?;
    let subjects = ipv6.iter().filter_map(|contact| {
        let theirs: Vec<_> = ipv4.iter().filter(|other| is_same_host(contact, other)).collect();
        (!theirs.is_empty()).then(|| subject(contact, &theirs))
    });
    let subjects: Vec<Subject> = subjects.collect();
    let cite = ipv6.iter().chain(&ipv4).flat_map(|contact| contact.conversation.observations());
    Ok(verdict_over_exchangers(
        &mail,
        &[Family::Ipv6, Family::Ipv4],
        subjects,
        "same",
        "one-family",
    )
    .citing(cite.collect::<Vec<_>>()))
}

fn is_same_host(a: &EndpointContact<'_>, b: &EndpointContact<'_>) -> bool {
    match (&a.conversation.question, &b.conversation.question) {
        (Question::Greeting(a), Question::Greeting(b)) => a.host == b.host,
        _ => false,
    }
}

/// How far a sender gets at an address.
#[derive(Clone, Copy)]
enum Protection<'e> {
    /// To a conversation under TLS.
    Tls(&'e TlsSession),
    /// To a conversation without TLS, which isn't offered.
    Plain,
    /// To no TLS, though it is offered, or to no conversation at all.
    Fails,
    /// Now to one of these, now to another.
    Flapping,
}

fn protection<'e>(contact: &EndpointContact<'e>) -> Result<Protection<'e>, &'static str> {
    if let Some(gap) = contact.conversation.gap() {
        return Err(common::reason_of(gap));
    }
    let seen = greetings_of(contact).map(|(ending, greeting)| (ending, outcome(greeting)));
    match settled(seen, |seen| !matches!(seen, Ok(Protection::Fails))) {
        Settled::Nothing => Err(common::NOT_OBSERVED),
        Settled::Flapping { .. } => Ok(Protection::Flapping),
        Settled::As(protection) => protection,
    }
}

fn outcome(greeting: &Greeting) -> Result<Protection<'_>, &'static str> {
    match (&greeting.starttls, &greeting.conversation.tls) {
        (Some(Starttls::NotOffered), _) => Ok(Protection::Plain),
        (Some(Starttls::Begun), Some(Ok(session))) => Ok(Protection::Tls(session)),
        (Some(Starttls::Begun), Some(Err(failed)))
            if failed.failure == TlsFailure::ChainTooLarge =>
        {
            Err(common::LIMIT)
        }
        _ => about_us(greeting).map_or(Ok(Protection::Fails), Err),
    }
}

fn subject(contact: &EndpointContact<'_>, theirs: &[&EndpointContact<'_>]) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    let ours = match protection(contact) {
        Ok(ours) => ours,
        Err(reason) => return unknown(reason),
    };
    let mut different = None;
    let mut unseen = None;
    for other in theirs {
        match protection(other).map(|protection| comparison(ours, protection)) {
            // One IPv4 address that is the same is enough: several servers may share a name.
            Ok((Outcome::Pass, reason)) => {
                return socket(contact.address, Outcome::Pass, reason, Vec::new());
            }
            Ok((_, reason)) => different = Some((reason, other.address)),
            Err(reason) => unseen = unseen.or(Some(reason)),
        }
    }
    // One that is not known may be the one that is the same.
    match (unseen, different) {
        (None, Some((reason, with))) => {
            let detail = vec![("compared-with", with.to_string())];
            socket(contact.address, Outcome::Fail, reason, detail)
        }
        (reason, _) => unknown(reason.unwrap_or(common::NOT_OBSERVED)),
    }
}

/// How what senders get over IPv6 compares with what they get over IPv4.
fn comparison(ipv6: Protection<'_>, ipv4: Protection<'_>) -> (Outcome, &'static str) {
    use Protection::{Fails, Flapping, Plain, Tls};
    match (ipv6, ipv4) {
        (Plain, Plain) => (Outcome::Pass, "same"),
        (Fails, Fails) | (Flapping, Fails | Flapping) => (Outcome::Pass, "fails-over-both"),
        (Fails | Flapping, _) => (Outcome::Fail, "fails-over-ipv6"),
        (Plain, Tls(_)) => (Outcome::Fail, "not-offered-over-ipv6"),
        // With less over IPv4, IPv6 has nothing to make up for.
        (Tls(_), Plain) | (Tls(_) | Plain, Fails | Flapping) => (Outcome::Fail, "different-offer"),
        (Tls(a), Tls(b)) if a.chain.first() != b.chain.first() => {
            (Outcome::Fail, "different-certificate")
        }
        (Tls(a), Tls(b)) if a.version != b.version => (Outcome::Fail, "different-version"),
        (Tls(_), Tls(_)) => (Outcome::Pass, "same"),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::answer;
    use crate::check::testing::mail::{
        MX_HOST, MX_HOST_2, MX_IPV4, MX_IPV6, address_of, answered, exchangers_that_greet,
        friendly, mail_domain, mail_published, mx, no_connection, tls_session, two_exchangers,
    };
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{
        Conversation, Greeting, Meaning, NetFailure, RecordType, Starttls, TlsFailed, TlsFailure,
    };

    pub(in crate::check) const CASES: &[fn()] =
        &[starttls_over_both_families, offers_that_are_not_known, families_at_different_exchangers];

    #[test]
    fn starttls_over_both_families() {
        let tls = |session| {
            let conversation = Conversation { tls: Some(Ok(session)), ..friendly().conversation };
            Greeting { conversation, ..friendly() }
        };
        let none = Greeting { starttls: Some(Starttls::NotOffered), ..friendly() };
        let failed = |failure| {
            let failed = TlsFailed::new(failure, Vec::new());
            let conversation = Conversation { tls: Some(Err(failed)), ..friendly().conversation };
            Greeting { conversation, ..friendly() }
        };
        let broken = failed(TlsFailure::NotTls { detail: String::new() });
        let large = failed(TlsFailure::ChainTooLarge);
        let refuses =
            Greeting { banner: answered(Meaning::No), hello: None, starttls: None, ..friendly() };
        let refused = no_connection(NetFailure::Refused);
        let (other, older) = (tls(tls_session(2, "TLSv1.3")), tls(tls_session(1, "TLSv1.2")));
        let well = friendly();
        for (six, four, expected) in [
            (&well, &well, (Pass, "same")),
            (&well, &none, (Fail, "different-offer")),
            (&well, &broken, (Fail, "different-offer")),
            (&well, &refused, (Fail, "different-offer")),
            (&none, &refused, (Fail, "different-offer")),
            (&well, &other, (Fail, "different-certificate")),
            (&well, &older, (Fail, "different-version")),
            (&none, &none, (Pass, "same")),
            (&none, &well, (Fail, "not-offered-over-ipv6")),
            (&broken, &well, (Fail, "fails-over-ipv6")),
            (&broken, &none, (Fail, "fails-over-ipv6")),
            (&refuses, &well, (Fail, "fails-over-ipv6")),
            (&refuses, &none, (Fail, "fails-over-ipv6")),
            (&refused, &well, (Fail, "fails-over-ipv6")),
            (&broken, &broken, (Pass, "fails-over-both")),
            (&refused, &refuses, (Pass, "fails-over-both")),
            (&large, &well, (Inconclusive, common::LIMIT)),
            (&well, &large, (Inconclusive, common::LIMIT)),
        ] {
            let world = mail_published().greets(MX_IPV6, six).greets(MX_IPV4, four);
            let verdict = world.verdict("mail-starttls-parity");
            let subject = &verdict.subjects[0];
            assert_eq!((subject.outcome, subject.reason), expected, "{six:?} {four:?}");
        }
        // Now and then is less than always.
        let reset = failed(TlsFailure::Net { failure: NetFailure::Reset });
        for (attempts, expected) in [
            ([&reset, &well, &well], (Pass, "same")),
            ([&reset, &reset, &well], (Fail, "fails-over-ipv6")),
        ] {
            let world = mail_published().greets(MX_IPV4, &well).greets_in_turn(MX_IPV6, attempts);
            assert_eq!(world.outcome_of("mail-starttls-parity"), expected, "{attempts:?}");
        }
        let world = mail_domain(&[mx(10, "mx.example.vn.")])
            .dns(MX_HOST, RecordType::AAAA, &answer(&[address_of("mx.example.vn.", MX_IPV6)]))
            .dns(MX_HOST, RecordType::A, &answer(&[]))
            .greets(MX_IPV6, &friendly());
        assert_eq!(world.outcome_of("mail-starttls-parity"), (NotApplicable, common::NO_IPV4));
    }

    #[test]
    fn offers_that_are_not_known() {
        let none = Greeting { starttls: Some(Starttls::NotOffered), ..friendly() };
        let ours = no_connection(NetFailure::NoRoute);
        let second = "192.0.2.26";
        let two = |first: &Greeting, other: &Greeting| {
            let world =
                mail_domain(&[mx(10, "mx.example.vn.")]).host(MX_HOST, &[MX_IPV6, MX_IPV4, second]);
            world.greets(MX_IPV6, &friendly()).greets(MX_IPV4, first).greets(second, other)
        };
        let id = "mail-starttls-parity";
        assert_eq!(two(&none, &none).outcome_of(id), (Fail, "different-offer"));
        assert_eq!(two(&none, &friendly()).outcome_of(id), (Pass, "same"));
        // The one that is not known may be the one that is the same.
        assert_eq!(two(&none, &ours).outcome_of(id), (Inconclusive, common::OUR_FAULT));
        assert_eq!(two(&ours, &none).outcome_of(id), (Inconclusive, common::OUR_FAULT));
        let refused = no_connection(NetFailure::Refused);
        assert_eq!(two(&none, &refused).outcome_of(id), (Fail, "different-offer"));
    }

    #[test]
    fn families_at_different_exchangers() {
        let apart = two_exchangers().host(MX_HOST, &[MX_IPV6]).host(MX_HOST_2, &["192.0.2.26"]);
        assert_eq!(apart.outcome_of("mail-starttls-parity"), (NotApplicable, "one-family"));
        // Another exchanger makes up for nothing: over IPv4 mail gets through at this one.
        let refused = no_connection(NetFailure::Refused);
        let world = exchangers_that_greet(&refused, &friendly());
        assert_eq!(world.outcome_of("mail-starttls-parity"), (Fail, "fails-over-ipv6"));
    }
}
