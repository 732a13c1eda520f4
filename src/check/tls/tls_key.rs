//! Are the keys and signatures of every certificate strong enough, on every IPv6 address?

use jiff::Timestamp;

use super::helpers::{naming_leaf, subject_of_worst_attempt, tls_contacts, verdict_over_each};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::certificate::{KeyAcceptance, Strength};
use crate::evidence::tls::{Clients, certificate, is_key_refused};
use crate::model::{Blob, Detail, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-key",
    sources: &["CA/Browser Forum Baseline Requirements §6.1.5", "RFC 9325 §4.5", "RFC 9155"],
    severity: Severity::Error,
    revision: 4,
    reasons: &[
        Reason::pass("strong"),
        Reason::fail_as("refused-key", Severity::Critical),
        Reason::fail("refused-by-some"),
        Reason::fail("weak-key"),
        Reason::fail("weak-signature"),
        Reason::fail("unreadable"),
        Reason::inconclusive("unknown-algorithm"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_key.en.md"), include_str!("tls_key.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    Ok(verdict_over_each(context, &contacts, "strong", |contact| subject(context, contact)))
}

fn subject(context: &CheckContext<'_>, contact: &EndpointContact<'_>) -> Subject {
    match sent_chains(contact) {
        Ok(chains) => subject_of_worst_attempt(
            contact,
            CHECK.reasons,
            chains.into_iter().map(|(chain, at)| subject_of_chain(context, contact, chain, at)),
        ),
        Err(reason) => socket(contact.address, Outcome::Inconclusive, reason, Vec::new()),
    }
}

fn subject_of_chain(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    chain: &[Blob],
    seen_at: Timestamp,
) -> Subject {
    // No client looks at what is sent beside the certificates that lead to a trusted authority.
    let all = certificate::strengths(&certificate::needed(chain, context.trust, seen_at));
    let clients = Clients::of(context.service);
    let is_taken_by_some = clients == Clients::Browsers
        && certificate::key_acceptance(chain) == KeyAcceptance::SomeBrowsers;
    let mut detail: Vec<Detail> = Vec::new();
    for one in all.iter().flatten() {
        detail.push(("key", one.key.clone()));
        detail.push(("signature", one.signature.clone()));
    }
    let any =
        |found: fn(&certificate::CertificateStrength) -> bool| all.iter().flatten().any(found);
    let (outcome, reason) = if is_key_refused(chain, clients) {
        (Outcome::Fail, "refused-key")
    } else if is_taken_by_some {
        (Outcome::Fail, "refused-by-some")
    } else if any(|one| one.key_strength == Strength::Weak) {
        (Outcome::Fail, "weak-key")
    } else if any(|one| one.signature_strength == Strength::Weak) {
        (Outcome::Fail, "weak-signature")
    } else if all.iter().any(Option::is_none) {
        (Outcome::Fail, "unreadable")
    } else if any(|one| one.key_strength.max(one.signature_strength) == Strength::Unknown) {
        (Outcome::Inconclusive, "unknown-algorithm")
    } else {
        (Outcome::Pass, "strong")
    };
    naming_leaf(socket(contact.address, outcome, reason, detail), chain)
}

/// The chains that were sent, be it in a handshake that did not complete: our own library breaks off
/// at the weakest keys.
fn sent_chains<'e>(
    contact: &EndpointContact<'e>,
) -> Result<Vec<(&'e [Blob], Timestamp)>, &'static str> {
    let attempts = contact.conversation.attempts.iter().zip(&contact.conversation.seen_at);
    let sent = attempts.filter_map(|((seen, _), at)| {
        let chain: &[Blob] = match seen.tls.as_ref()? {
            Ok(session) => &session.chain,
            Err(failed) => &failed.chain,
        };
        (!chain.is_empty()).then_some((chain, *at))
    });
    let sent: Vec<_> = sent.collect();
    match contact.conversation.gap() {
        _ if !sent.is_empty() => Ok(sent),
        Some(gap) => Err(common::reason_of(gap)),
        None => Err(common::LOWER_LAYER),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use rcgen::{PKCS_ECDSA_P521_SHA512, PKCS_ED25519};

    use crate::check::testing::certificates::{leaf_certificate, leaf_params, root_authority};
    use crate::check::testing::tls::{
        TLS_SIX, assert_unseen_sessions, broken_handshake, handshake_with_chain, outcome_of_chain,
        tls_service, trusting, two_handshakes,
    };
    use crate::check::testing::web::page_with_chain;
    use crate::check::testing::world::{SIX, URL, World};
    use crate::evidence::tls::TrustedRoots;
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{Blob, TlsFailure};

    pub(in crate::check) const CASES: &[fn()] = &[keys_and_signatures];

    #[test]
    fn keys_and_signatures() {
        let id = "tls-key";
        assert_unseen_sessions(id);
        let good = root_authority("good");
        let der = |octets: &[u8]| Blob::new(octets.to_vec());
        let root = include_bytes!("../../lab/certificates/old-root.der");
        let middle = der(include_bytes!("../../lab/certificates/rsa1024-intermediate.der"));
        let below = der(include_bytes!("../../lab/certificates/below-rsa1024.der"));
        let weak = vec![below, middle];
        let sha1 = vec![der(include_bytes!("../../lab/certificates/sha1-leaf.der"))];
        let tiny = vec![der(include_bytes!("../../lab/certificates/rsa512-leaf.der"))];
        let with = |octets: &[u8]| vec![leaf_certificate(&good), der(octets)];
        // Nobody needs what stands beside the leaf.
        let beside = [
            with(include_bytes!("../../lab/certificates/weak-key.der")),
            with(include_bytes!("../../lab/certificates/sha1.der")),
            with(&[1]),
        ];
        for chain in beside {
            assert_eq!(outcome_of_chain(id, &good, chain), (Pass, "strong"));
        }
        let of_key = |algorithm| {
            let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
            let leaf = leaf_params(&["www.example.vn"]).signed_by(&key, &good).unwrap();
            vec![der(leaf.der())]
        };
        let (p521, ed25519) = (of_key(&PKCS_ECDSA_P521_SHA512), of_key(&PKCS_ED25519));
        for (chain, as_site, as_other) in [
            (&p521, (Fail, "refused-by-some"), (Pass, "strong")),
            (&ed25519, (Fail, "refused-key"), (Pass, "strong")),
            (&tiny, (Fail, "refused-key"), (Fail, "refused-key")),
        ] {
            let site = World::new("active").published();
            let site = trusting(site.visit(URL, SIX, &page_with_chain(chain.clone())), &good);
            assert_eq!(site.outcome_of(id), as_site);
            let usable = site.outcome_of("ipv6-only-usable");
            assert_eq!(usable.0 == Fail, as_site.1 == "refused-key", "{usable:?}");
            assert_eq!(outcome_of_chain(id, &good, chain.clone()), as_other);
        }
        // The handshake broke off at it.
        let broken = broken_handshake(TlsFailure::Ours { detail: String::new() }, tiny);
        let broken = tls_service().shaken(TLS_SIX, &[&broken]);
        assert_eq!(broken.outcome_of(id), (Fail, "refused-key"));
        assert_eq!(broken.outcome_of("ipv6-only-usable"), (Fail, "certificate-invalid"));
        // ecPublicKey, made into an unknown algorithm.
        let mut strange = leaf_certificate(&good).bytes().to_vec();
        let key = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
        let at = strange.windows(key.len()).position(|octets| octets == key).unwrap();
        strange[at + key.len() - 1] = 0x7f;
        for (chain, expected) in [
            (vec![leaf_certificate(&good)], (Pass, "strong")),
            (weak.clone(), (Fail, "weak-key")),
            (sha1, (Fail, "weak-signature")),
            (vec![der(&[1])], (Fail, "unreadable")),
            (vec![Blob::new(strange)], (Inconclusive, "unknown-algorithm")),
        ] {
            let mut world = tls_service().shaken(TLS_SIX, &[&handshake_with_chain(chain)]);
            world.trust = TrustedRoots::new(&[good.der().to_vec(), root.to_vec()]).unwrap();
            assert_eq!(world.outcome_of(id), expected);
        }
        let wavers = two_handshakes(&good, [weak, vec![leaf_certificate(&good)]]);
        assert_eq!(wavers.outcome_of(id), (Fail, "weak-key"));
    }
}
