//! Does the certificate chain lead to a trusted authority on every IPv6 address?

use super::helpers::{
    accepted, naming_leaf, subject_of_worst_session, subjects_of_each, tls_contacts,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::certificate::{Path, Staple, timestamps};
use crate::evidence::tls::{Acceptance, Completion, TrustedRoots, certificate};
use crate::model::{
    Detail, ObservationId, Outcome, Severity, Subject, TlsSession, Verdict, shown_url,
};

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
            let seen = accepted(context, session, seen_at);
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
        // What a staple says counts for a time.
        (Path::Trusted, Completion::Whole | Completion::Fetched { .. })
            if let Some(gap) = seen.gap_of_dates
                && seen.has_staple =>
        {
            (Outcome::Inconclusive, common::reason_of(gap))
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
    detail.extend(seen.addresses.iter().map(|address| ("issuer-at", shown_url(address.as_str()))));
    detail.extend(transparency(session, seen));
    naming_leaf(socket(contact.address, outcome, reason, detail), &session.chain)
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
    use crate::check::common;
    use crate::check::testing::certificates::{
        authority_below, certificate_of, cross_signed, leaf_certificate, leaf_params,
        public_leaf_certificate, root_authority, signed_certificate,
    };
    use crate::check::testing::tls::{
        TLS_SIX, assert_unseen_sessions, handshake, outcome_of_chain, tls_service, trusting,
        two_handshakes,
    };
    use crate::check::testing::web::{file, ours, page_with_chain, responds, session, silent};
    use crate::check::testing::world::{SIX, URL, World};
    use crate::evidence::tls::TrustedRoots;
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{Blob, Conversation, TlsSession};

    pub(in crate::check) const CASES: &[fn()] =
        &[chains_and_authorities, issuers_that_browsers_fetch, old_signatures];

    /// Where the certificate of the authority in the middle is to be had.
    const ISSUER: &str = "http://ca.example.vn/middle.cer";
    const CA_SIX: &str = "2001:db8::ca";
    const CA_FOUR: &str = "192.0.2.99";

    #[test]
    fn old_signatures() {
        let root = include_bytes!("../../lab/certificates/old-root.der").to_vec();
        let leaf = include_bytes!("../../lab/certificates/sha1-leaf.der").to_vec();
        let seen = handshake(TlsSession { chain: vec![Blob::new(leaf)], ..session() });
        let mut world = tls_service().shaken(TLS_SIX, &[&seen]);
        world.trust = TrustedRoots::new(&[root]).unwrap();
        assert_eq!(world.outcome_of("tls-trusted"), (Fail, "weak-signature"));
    }

    #[test]
    fn issuers_that_browsers_fetch() {
        let (good, other) = (root_authority("good"), root_authority("other"));
        let middle = authority_below("middle", &good);
        let stale = cross_signed(&middle, "middle", &good);
        let leaf = public_leaf_certificate(&middle, ISSUER);
        let right = file(certificate_of(&middle).bytes());
        let wrong = file(certificate_of(&other).bytes());
        let site = |chain: &[Blob]| {
            let world = World::new("active").published();
            trusting(world.visit(URL, SIX, &page_with_chain(chain.to_vec())), &good)
        };
        let alone = || site(std::slice::from_ref(&leaf));
        let at = |world: World, six: &Conversation, four: &Conversation| {
            world
                .host("ca.example.vn", &[CA_SIX, CA_FOUR])
                .visit(ISSUER, CA_SIX, six)
                .visit(ISSUER, CA_FOUR, four)
        };
        let only_four =
            |world: World| world.host("ca.example.vn", &[CA_FOUR]).visit(ISSUER, CA_FOUR, &right);
        let moved = responds(302, &[("location", "/new.cer")], "");
        let followed =
            at(alone(), &moved, &silent()).visit("http://ca.example.vn/new.cer", CA_SIX, &right);
        let fetched = (Fail, "intermediate-fetched");
        let over_ipv4 = (Fail, "intermediate-over-ipv4-only");
        let missing = (Fail, "missing-intermediate");
        for (at, (world, trusted, valid, usable)) in [
            (at(alone(), &right, &silent()), fetched, (Pass, "valid"), (Pass, "usable")),
            (followed, fetched, (Pass, "valid"), (Pass, "usable")),
            (
                at(alone(), &silent(), &right),
                over_ipv4,
                (Pass, "valid"),
                (Fail, "certificate-invalid"),
            ),
            (only_four(alone()), over_ipv4, (Pass, "valid"), (Fail, "certificate-invalid")),
            (
                at(alone(), &wrong, &silent()),
                missing,
                (Pass, "valid"),
                (Fail, "certificate-invalid"),
            ),
            (
                at(alone(), &ours(), &right),
                (Inconclusive, common::OUR_FAULT),
                (Pass, "valid"),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                alone(),
                (Inconclusive, common::NOT_OBSERVED),
                (Pass, "valid"),
                (Inconclusive, common::NOT_OBSERVED),
            ),
            // One that has ended is sent in the place of the one that is to be had.
            (
                at(site(&[leaf.clone(), stale.clone()]), &right, &silent()),
                fetched,
                (Pass, "valid"),
                (Pass, "usable"),
            ),
            (
                at(site(&[leaf.clone(), stale.clone()]), &silent(), &silent()),
                (Pass, "trusted"),
                (Fail, "expired"),
                (Fail, "certificate-invalid"),
            ),
            (
                site(&[leaf.clone(), stale.clone()]),
                (Inconclusive, common::NOT_OBSERVED),
                (Inconclusive, common::NOT_OBSERVED),
                (Inconclusive, common::NOT_OBSERVED),
            ),
            // Beside the one that leads on, nobody needs it.
            (
                site(&[leaf.clone(), certificate_of(&middle), stale.clone()]),
                (Pass, "trusted"),
                (Pass, "valid"),
                (Pass, "usable"),
            ),
        ]
        .iter()
        .enumerate()
        {
            assert_eq!(world.outcome_of("tls-trusted"), *trusted, "row {at}");
            assert_eq!(world.outcome_of("tls-validity"), *valid, "row {at}");
            assert_eq!(world.outcome_of("ipv6-only-usable"), *usable, "row {at}");
        }
    }

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
            (vec![leaf_certificate(&middle)], (Fail, "unknown-root")),
            (vec![public_leaf_certificate(&middle, ISSUER)], (Fail, "missing-intermediate")),
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
        assert_eq!(world.outcome_of("ipv6-only-usable"), (Fail, "certificate-invalid"));
        // Once so and once so: some of the visitors are turned away.
        let wavers = two_handshakes(
            &good,
            [trusted(), vec![leaf_certificate(&other), certificate_of(&other)]],
        );
        assert_eq!(wavers.outcome_of(id), (Fail, "unknown-root"));
        assert_eq!(two_handshakes(&good, [trusted(), trusted()]).outcome_of(id), (Pass, "trusted"));
    }
}
