//! Does the certificate chain lead to a trusted authority on every IPv6 address?

use jiff::Timestamp;

use super::helpers::{subject_of_worst_session, tls_contacts, verdict_over_each};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::certificate::Staple;
use crate::evidence::tls::certificate::{self, Path};
use crate::model::{Outcome, Severity, Subject, TlsSession, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-trusted",
    sources: &["RFC 5280 §6", "RFC 8446 §4.4.2", "RFC 6960 §3.2"],
    severity: Severity::Critical,
    revision: 4,
    reasons: &[
        Reason::pass("trusted"),
        Reason::fail("self-signed"),
        Reason::fail("missing-intermediate"),
        Reason::fail("unknown-root"),
        Reason::fail("invalid-chain"),
        Reason::fail("revoked-by-staple"),
        Reason::fail("unreadable"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_trusted.en.md"), include_str!("tls_trusted.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    Ok(verdict_over_each(context, &contacts, "trusted", |contact| {
        subject_of_worst_session(contact, CHECK.reasons, |session, seen_at| {
            subject_of_session(context, contact, session, seen_at)
        })
    }))
}

fn subject_of_session(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    session: &TlsSession,
    seen_at: Timestamp,
) -> Subject {
    let staple = session
        .ocsp
        .as_ref()
        .map_or(Staple::Nothing, |ocsp| certificate::staple(ocsp.bytes(), &session.chain, seen_at));
    let (outcome, reason) = match certificate::path(&session.chain, context.trust) {
        Path::Trusted if matches!(staple, Staple::Revoked(_)) => {
            (Outcome::Fail, "revoked-by-staple")
        }
        Path::Trusted => (Outcome::Pass, "trusted"),
        Path::SelfSigned => (Outcome::Fail, "self-signed"),
        Path::MissingIntermediate => (Outcome::Fail, "missing-intermediate"),
        Path::UnknownRoot => (Outcome::Fail, "unknown-root"),
        // Our library gave up on it.
        Path::TooIntricate => (Outcome::Inconclusive, common::LIMIT),
        Path::Invalid => (Outcome::Fail, "invalid-chain"),
        Path::Unreadable => (Outcome::Fail, "unreadable"),
    };
    let leaf = certificate::leaf(&session.chain);
    let stapled = match staple {
        Staple::Good => Some(("staple", "good".to_owned())),
        Staple::Revoked(at) => Some(("revoked", at.to_string())),
        Staple::Nothing => None,
    };
    let detail = leaf
        .map(|leaf| ("issuer", leaf.issuer))
        .into_iter()
        .chain([("certificates-sent", session.chain.len().to_string())])
        .chain(stapled)
        .collect();
    socket(contact.address, outcome, reason, detail)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::testing::certificates::{
        authority_below, certificate_of, leaf_certificate, leaf_params, root_authority,
        signed_certificate,
    };
    use crate::check::testing::tls::{
        TLS_SIX, assert_unseen_sessions, handshake, outcome_of_chain, tls_service, trusting,
        two_handshakes,
    };
    use crate::check::testing::web::session;
    use crate::model::Outcome::{Fail, Pass};
    use crate::model::{Blob, TlsSession};

    pub(in crate::check) const CASES: &[fn()] = &[chains_and_authorities];

    #[test]
    fn chains_and_authorities() {
        let id = "tls-trusted";
        assert_unseen_sessions(id);
        let (good, other) = (root_authority("good"), root_authority("other"));
        let middle = authority_below("middle", &good);
        let own = leaf_params(&["www.example.vn"]);
        let own = own.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec();
        let mut mail_only = leaf_params(&["www.example.vn"]);
        mail_only.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::EmailProtection];
        let trusted = || vec![leaf_certificate(&middle), certificate_of(&middle)];
        for (chain, expected) in [
            (trusted(), (Pass, "trusted")),
            (vec![Blob::new(own)], (Fail, "self-signed")),
            (vec![leaf_certificate(&middle)], (Fail, "missing-intermediate")),
            (vec![leaf_certificate(&other), certificate_of(&other)], (Fail, "unknown-root")),
            (vec![signed_certificate(&mail_only, &good)], (Fail, "invalid-chain")),
            (vec![Blob::new(vec![1])], (Fail, "unreadable")),
        ] {
            assert_eq!(outcome_of_chain(id, &good, chain), expected);
        }
        let chain = trusted();
        let staple = rustls::pki_types::CertificateDer::from(chain[0].bytes());
        let staple =
            crate::lab::staple::revoked(&staple, &middle, std::time::Duration::ZERO).unwrap();
        let seen = handshake(TlsSession { chain, ocsp: Some(Blob::new(staple)), ..session() });
        let world = trusting(tls_service().shaken(TLS_SIX, &[&seen]), &good);
        assert_eq!(world.outcome_of(id), (Fail, "revoked-by-staple"));
        // Once so and once so: some of the visitors are turned away.
        let wavers = two_handshakes(
            &good,
            [trusted(), vec![leaf_certificate(&other), certificate_of(&other)]],
        );
        assert_eq!(wavers.outcome_of(id), (Fail, "unknown-root"));
        assert_eq!(two_handshakes(&good, [trusted(), trusted()]).outcome_of(id), (Pass, "trusted"));
    }
}
