//! Does the certificate chain lead to a trusted authority on every IPv6 address?

use super::helpers::{subject_of_worst_session, subjects_of_each, tls_contacts};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::certificate::{Path, Staple, timestamps};
use crate::evidence::tls::{Acceptance, Completion, TrustedRoots, acceptance, certificate};
use crate::model::{Detail, ObservationId, Outcome, Severity, Subject, TlsSession, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-trusted",
    sources: &["RFC 5280 §4.2.2.1, §6", "RFC 8446 §4.4.2", "RFC 6960 §3.2", "RFC 6962 §3.3"],
    severity: Severity::Critical,
    revision: 5,
    reasons: &[
        Reason::pass("trusted"),
        Reason::fail("self-signed"),
        Reason::fail("missing-intermediate"),
        Reason::fail("unknown-root"),
        Reason::fail("weak-signature"),
        Reason::fail("invalid-chain"),
        Reason::fail("revoked-by-staple"),
        Reason::fail("unreadable"),
        Reason::fail_as("intermediate-over-ipv4-only", Severity::Warning),
        Reason::fail_as("intermediate-fetched", Severity::Warning),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_trusted.en.md"), include_str!("tls_trusted.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    let cite = std::cell::RefCell::new(Vec::new());
    let mut subjects = subjects_of_each(context, &contacts, |contact| {
        subject_of_worst_session(contact, CHECK.reasons, |session, seen_at| {
            let seen = acceptance(&context.view, session, context.trust, seen_at);
            cite.borrow_mut().extend(&seen.observations);
            subject_of_session(contact, session, &seen)
        })
    });
    // The gravest failure gives the reason.
    subjects.sort_by_key(rank_of_failure);
    let cite: Vec<ObservationId> = cite.into_inner();
    Ok(verdict_over_contacts(subjects, "trusted", &contacts).citing(cite))
}

fn rank_of_failure(subject: &Subject) -> usize {
    if subject.outcome != Outcome::Fail {
        return usize::MAX;
    }
    CHECK.reasons.iter().position(|reason| reason.id == subject.reason).unwrap_or(usize::MAX)
}

fn subject_of_session(
    contact: &EndpointContact<'_>,
    session: &TlsSession,
    seen: &Acceptance,
) -> Subject {
    let (outcome, reason) = match (seen.path, seen.completion) {
        // Our library gave up on it.
        (Path::TooIntricate, _) => (Outcome::Inconclusive, common::LIMIT),
        (Path::Trusted, _) if matches!(seen.staple, Staple::Revoked(_)) => {
            (Outcome::Fail, "revoked-by-staple")
        }
        // A certificate that is to be had may be all that is missing.
        (_, Completion::Unknown(gap)) => (Outcome::Inconclusive, common::reason_of(gap)),
        (Path::Trusted, Completion::Fetched { over_ipv6: true }) => {
            (Outcome::Fail, "intermediate-fetched")
        }
        (Path::Trusted, Completion::Fetched { over_ipv6: false }) => {
            (Outcome::Fail, "intermediate-over-ipv4-only")
        }
        (Path::Trusted, Completion::Whole) => (Outcome::Pass, "trusted"),
        (Path::SelfSigned, _) => (Outcome::Fail, "self-signed"),
        (Path::MissingIntermediate, _) => (Outcome::Fail, "missing-intermediate"),
        (Path::UnknownRoot, _) => (Outcome::Fail, "unknown-root"),
        (Path::WeakSignature, _) => (Outcome::Fail, "weak-signature"),
        (Path::Invalid, _) => (Outcome::Fail, "invalid-chain"),
        (Path::Unreadable, _) => (Outcome::Fail, "unreadable"),
    };
    let mut detail: Vec<Detail> = Vec::new();
    detail.extend(seen.leaf.as_ref().map(|leaf| ("issuer", leaf.issuer.clone())));
    detail.push(("certificates-sent", session.chain.len().to_string()));
    detail.extend(match seen.staple {
        Staple::Good => Some(("staple", "good".to_owned())),
        Staple::Revoked(at) => Some(("revoked", at.to_string())),
        Staple::Nothing => None,
    });
    detail.extend(seen.addresses.iter().map(|address| ("issuer-at", address.to_string())));
    detail.extend(transparency(session, seen));
    socket(contact.address, outcome, reason, detail)
}

/// Whether there are as many signed timestamps as the policies of browsers want, for certificates of the
/// public authorities, of which alone they want any.
fn transparency(session: &TlsSession, seen: &Acceptance) -> Option<Detail> {
    if certificate::path(&seen.needed, TrustedRoots::public()) != Path::Trusted {
        return None;
    }
    let found = timestamps(&session.chain, session.ocsp.as_ref(), seen.at)?;
    let judged = if found.could_suffice() { "enough" } else { "too-few-seen" };
    let number = found.embedded.max(found.stapled);
    Some(("transparency", format!("{judged} ({number}/{})", found.wanted)))
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
