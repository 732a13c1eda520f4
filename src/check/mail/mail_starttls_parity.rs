//! Is STARTTLS the same over both families?

use super::helpers::verdict_over_exchangers;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{contacts, mail_exchangers, socket};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::model::{
    Family, Greeting, Outcome, Question, Severity, Starttls, State, Subject, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-starttls-parity",
    sources: &["RFC 3207", "RFC 6540"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("same"),
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

/// What an address offers: nothing, or TLS with the session where there is one.
#[derive(Clone, Copy)]
enum Offer<'e> {
    Nothing,
    Tls(Option<&'e TlsSession>),
}

fn offer<'e>(contact: &EndpointContact<'e>) -> Result<Offer<'e>, &'static str> {
    if let Some(gap) = contact.conversation.gap() {
        return Err(common::reason_of(gap));
    }
    let offer_of = |greeting: &'e Greeting| {
        Some(match greeting.starttls.as_ref()? {
            Starttls::NotOffered => Offer::Nothing,
            _ => Offer::Tls(greeting.conversation.tls.as_ref().and_then(|tls| tls.as_ref().ok())),
        })
    };
    let attempts = contact.greetings.iter().filter(|(greeting, _)| !greeting.is_our_fault());
    let mut seen: Vec<_> = attempts.filter_map(|(greeting, _)| offer_of(greeting)).collect();
    let offer = seen.pop().ok_or(common::LOWER_LAYER)?;
    let kind = |offer: &Offer<'_>| match offer {
        Offer::Nothing => 0,
        Offer::Tls(None) => 1,
        Offer::Tls(Some(_)) => 2,
    };
    match seen.iter().any(|other| kind(other) != kind(&offer)) {
        true => Err(common::FLAKY),
        false => Ok(offer),
    }
}

fn subject(contact: &EndpointContact<'_>, theirs: &[&EndpointContact<'_>]) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    let ours = match offer(contact) {
        Ok(ours) => ours,
        Err(reason) => return unknown(reason),
    };
    let mut different = None;
    let mut unseen = None;
    for other in theirs {
        match offer(other).map(|offer| comparison(ours, offer)) {
            // One IPv4 address that is the same is enough: several servers may share a name.
            Ok(Comparison::Same) => {
                return socket(contact.address, Outcome::Pass, "same", Vec::new());
            }
            Ok(Comparison::Different(reason)) => different = Some((reason, other.address)),
            Ok(Comparison::NoHandshake) => unseen = unseen.or(Some(common::LOWER_LAYER)),
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

/// How two offers compare.
enum Comparison {
    Same,
    Different(&'static str),
    /// A handshake that failed is another check's concern.
    NoHandshake,
}

fn comparison(a: Offer<'_>, b: Offer<'_>) -> Comparison {
    match (a, b) {
        (Offer::Nothing, Offer::Nothing) => Comparison::Same,
        (Offer::Nothing, Offer::Tls(_)) | (Offer::Tls(_), Offer::Nothing) => {
            Comparison::Different("different-offer")
        }
        (Offer::Tls(Some(a)), Offer::Tls(Some(b))) => {
            if a.chain.first() != b.chain.first() {
                Comparison::Different("different-certificate")
            } else if a.version != b.version {
                Comparison::Different("different-version")
            } else {
                Comparison::Same
            }
        }
        (Offer::Tls(_), Offer::Tls(_)) => Comparison::NoHandshake,
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::answer;
    use crate::check::testing::mail::{
        MX_HOST, MX_HOST_2, MX_IPV4, MX_IPV6, address_of, friendly, mail_domain, mail_published,
        mx, no_connection, tls_session, two_exchangers,
    };
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{Conversation, Greeting, NetFailure, RecordType, Starttls};

    pub(in crate::check) const CASES: &[fn()] =
        &[starttls_over_both_families, offers_that_are_not_known, families_at_different_exchangers];

    #[test]
    fn starttls_over_both_families() {
        let tls = |session| {
            let conversation = Conversation { tls: Some(Ok(session)), ..friendly().conversation };
            Greeting { conversation, ..friendly() }
        };
        let none = Greeting { starttls: Some(Starttls::NotOffered), ..friendly() };
        for (four, expected) in [
            (friendly(), (Pass, "same")),
            (none.clone(), (Fail, "different-offer")),
            (tls(tls_session(2, "TLSv1.3")), (Fail, "different-certificate")),
            (tls(tls_session(1, "TLSv1.2")), (Fail, "different-version")),
            (no_connection(NetFailure::Refused), (Inconclusive, common::LOWER_LAYER)),
        ] {
            let world = mail_published().greets(MX_IPV6, &friendly()).greets(MX_IPV4, &four);
            assert_eq!(world.outcome_of("mail-starttls-parity"), expected, "{four:?}");
        }
        let world = mail_published().greets(MX_IPV6, &none).greets(MX_IPV4, &none);
        assert_eq!(world.outcome_of("mail-starttls-parity"), (Pass, "same"));
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
        assert_eq!(two(&none, &refused).outcome_of(id), (Inconclusive, common::LOWER_LAYER));
    }

    #[test]
    fn families_at_different_exchangers() {
        let apart = two_exchangers().host(MX_HOST, &[MX_IPV6]).host(MX_HOST_2, &["192.0.2.26"]);
        assert_eq!(apart.outcome_of("mail-starttls-parity"), (NotApplicable, "one-family"));
    }
}
