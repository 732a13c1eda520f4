//! Are the keys and signatures of every certificate strong enough, on every IPv6 address?

use super::helpers::{subject_of_worst_attempt, tls_contacts, verdict_over_each};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::certificate;
use crate::evidence::tls::certificate::Strength;
use crate::model::{Blob, Detail, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-key",
    sources: &["CA/Browser Forum Baseline Requirements §6.1.5", "RFC 9325 §4.5", "RFC 9155"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("strong"),
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
    Ok(verdict_over_each(context, &contacts, "strong", subject))
}

fn subject(contact: &EndpointContact<'_>) -> Subject {
    match sent_chains(contact) {
        Ok(chains) => subject_of_worst_attempt(
            contact,
            CHECK.reasons,
            chains.into_iter().map(|chain| subject_of_chain(contact, chain)),
        ),
        Err(reason) => socket(contact.address, Outcome::Inconclusive, reason, Vec::new()),
    }
}

fn subject_of_chain(contact: &EndpointContact<'_>, chain: &[Blob]) -> Subject {
    let all = certificate::strengths(chain);
    let mut detail: Vec<Detail> = Vec::new();
    for one in all.iter().flatten() {
        detail.push(("key", one.key.clone()));
        detail.push(("signature", one.signature.clone()));
    }
    let any =
        |found: fn(&certificate::CertificateStrength) -> bool| all.iter().flatten().any(found);
    let (outcome, reason) = if any(|one| one.key_strength == Strength::Weak) {
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
    socket(contact.address, outcome, reason, detail)
}

/// The chains that were sent, be it in a handshake that did not complete: our own library breaks off
/// at the weakest keys.
fn sent_chains<'e>(contact: &EndpointContact<'e>) -> Result<Vec<&'e [Blob]>, &'static str> {
    let sent = contact.conversation.attempts.iter().filter_map(|(seen, _)| {
        let chain: &[Blob] = match seen.tls.as_ref()? {
            Ok(session) => &session.chain,
            Err(failed) => &failed.chain,
        };
        (!chain.is_empty()).then_some(chain)
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
    use crate::check::testing::certificates::{leaf_certificate, root_authority};
    use crate::check::testing::tls::{
        TLS_SIX, assert_unseen_sessions, broken_handshake, outcome_of_chain, tls_service,
        two_handshakes,
    };
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{Blob, TlsFailure};

    pub(in crate::check) const CASES: &[fn()] = &[keys_and_signatures];

    #[test]
    fn keys_and_signatures() {
        let id = "tls-key";
        assert_unseen_sessions(id);
        let good = root_authority("good");
        let with = |octets: &[u8]| vec![leaf_certificate(&good), Blob::new(octets.to_vec())];
        let (weak, sha1) = (
            with(include_bytes!("../../lab/certificates/weak-key.der")),
            with(include_bytes!("../../lab/certificates/sha1.der")),
        );
        // ecPublicKey, made into an unknown algorithm.
        let mut strange = leaf_certificate(&good).bytes().to_vec();
        let key = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
        let at = strange.windows(key.len()).position(|octets| octets == key).unwrap();
        strange[at + key.len() - 1] = 0x7f;
        for (chain, expected) in [
            (vec![leaf_certificate(&good)], (Pass, "strong")),
            (weak.clone(), (Fail, "weak-key")),
            (sha1, (Fail, "weak-signature")),
            (with(&[1]), (Fail, "unreadable")),
            (vec![Blob::new(strange)], (Inconclusive, "unknown-algorithm")),
        ] {
            assert_eq!(outcome_of_chain(id, &good, chain), expected);
        }
        // The handshake broke off at it.
        let broken = broken_handshake(TlsFailure::Ours { detail: String::new() }, weak.clone());
        assert_eq!(tls_service().shaken(TLS_SIX, &[&broken]).outcome_of(id), (Fail, "weak-key"));
        let wavers = two_handshakes(&good, [weak, vec![leaf_certificate(&good)]]);
        assert_eq!(wavers.outcome_of(id), (Fail, "weak-key"));
    }
}
