//! Which key exchange is agreed on every IPv6 address, and does it withstand a quantum computer?

use super::helpers::{subject_of_worst_session, subjects_of_each, tls_contacts};
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::model::{Outcome, Severity, Subject, TlsSession, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-key-exchange",
    sources: &["RFC 8446 §4.2.7", "draft-ietf-tls-ecdhe-mlkem", "RFC 9325 §4.1"],
    severity: Severity::Info,
    revision: 4,
    reasons: &[
        Reason::pass("post-quantum"),
        Reason::pass("classical"),
        Reason::pass("without-forward-secrecy"),
        Reason::inconclusive("unknown-group"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_key_exchange.en.md"), include_str!("tls_key_exchange.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    let subjects = subjects_of_each(context, &contacts, subject);
    // The weakest address speaks for all.
    let is_given = |pass: &&&str| subjects.iter().any(|subject| subject.reason == **pass);
    let pass = PASSES.iter().rev().find(is_given).copied().unwrap_or(PASSES[0]);
    Ok(verdict_over_contacts(subjects, pass, &contacts))
}

/// The ways to pass, from the best on.
const PASSES: [&str; 3] = ["post-quantum", "classical", "without-forward-secrecy"];

fn subject(contact: &EndpointContact<'_>) -> Subject {
    subject_of_worst_session(contact, CHECK.reasons, |session, _| {
        subject_of_session(contact, session)
    })
}

fn subject_of_session(contact: &EndpointContact<'_>, session: &TlsSession) -> Subject {
    let (outcome, reason) = match session.group.as_deref() {
        // The key is encrypted to the certificate's own.
        None if session.cipher_suite.starts_with("TLS_RSA_WITH_") => {
            (Outcome::Pass, "without-forward-secrecy")
        }
        // Finite fields, whose group TLS 1.2 doesn't name.
        None if session.cipher_suite.starts_with("TLS_DHE_") => (Outcome::Pass, "classical"),
        None => (Outcome::Inconclusive, "unknown-group"),
        Some(group) if group.contains("MLKEM") => (Outcome::Pass, "post-quantum"),
        Some(_) => (Outcome::Pass, "classical"),
    };
    let group = session.group.clone().unwrap_or_else(|| session.cipher_suite.clone());
    socket(contact.address, outcome, reason, vec![("group", group)])
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::tls::{TLS_SIX, failed_handshake, handshake, tls_service};
    use crate::check::testing::web::{down, no_tls, session};
    use crate::check::testing::world::{URL, World};
    use crate::model::Outcome::{Inconclusive, NotApplicable, Pass};
    use crate::model::{Conversation, HttpFailure, NetFailure, TlsFailure, TlsSession};

    pub(in crate::check) const CASES: &[fn()] = &[key_exchanges];

    #[test]
    fn key_exchanges() {
        let id = "tls-key-exchange";
        let of = |group: Option<&str>| {
            handshake(TlsSession { group: group.map(str::to_owned), ..session() })
        };
        let suite =
            |name: &str| handshake(TlsSession { cipher_suite: name.to_owned(), ..session() });
        let (to_key, finite) =
            (&suite("TLS_RSA_WITH_AES_128_CBC_SHA"), &suite("TLS_DHE_RSA_WITH_AES_128_CBC_SHA"));
        let (new, old, none) = (&of(Some("X25519MLKEM768")), &of(Some("X25519")), &of(None));
        for (attempts, expected) in [
            (&[new][..], (Pass, "post-quantum")),
            (&[old], (Pass, "classical")),
            (&[to_key], (Pass, "without-forward-secrecy")),
            (&[finite], (Pass, "classical")),
            (&[none], (Inconclusive, "unknown-group")),
            (
                &[&failed_handshake(NetFailure::Reset), &down(NetFailure::NoRoute)],
                (Inconclusive, common::OUR_FAULT),
            ),
            (&[&no_tls(TlsFailure::ChainTooLarge)], (Inconclusive, common::LOWER_LAYER)),
        ] {
            assert_eq!(
                tls_service().shaken(TLS_SIX, attempts).outcome_of(id),
                expected,
                "{attempts:?}"
            );
        }
        // The handshake completed twice, each time with another group: some get the older one.
        let cut = |seen: &Conversation| {
            let failure = HttpFailure::Net { failure: NetFailure::Reset };
            Conversation { http: Some(Err(failure)), ..seen.clone() }
        };
        let world = World::new("active").published();
        let world = world.visits(URL, "2001:db8::1", &[&cut(new), &cut(old)]);
        assert_eq!(world.outcome_of(id), (Pass, "classical"));
        let plain = World::with_service("tcp: \"www.example.vn:389\"").published();
        assert_eq!(plain.outcome_of(id), (NotApplicable, "no-tls"));
    }
}
