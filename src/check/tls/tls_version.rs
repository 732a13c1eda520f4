//! Is TLS 1.2 or 1.3 offered, and nothing older accepted, on every IPv6 address?

use super::helpers::{host_of, naming_host, tls_contacts};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::{self, EndpointContact};
use crate::evidence::tls;
use crate::model::{
    Conversation, Detail, LegacyAnswer, NetFailure, Outcome, Severity, Subject, Target, TlsFailed,
    TlsFailure, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-version",
    sources: &["RFC 8996", "RFC 7568", "RFC 9325 §3.1.1"],
    severity: Severity::Error,
    revision: 4,
    reasons: &[
        Reason::pass("modern-only"),
        Reason::fail("only-old-versions"),
        Reason::fail("old-version-accepted"),
        Reason::inconclusive("old-hello-unanswered"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_version.en.md"), include_str!("tls_version.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    let ports = service::declared_ports(&context.view, context.service);
    let is_web = matches!(context.service.target, Target::Web(_));
    if !is_web && !ports.first().is_some_and(|port| port.starts_with_tls()) {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    }
    let mut cited = Vec::new();
    let subjects = contacts.iter().map(|contact| {
        naming_host(context.service, contact, subject(context, contact, &mut cited))
    });
    let subjects = subjects.collect();
    Ok(verdict_over_contacts(subjects, "modern-only", &contacts).citing(cited))
}

fn subject(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    cited: &mut Vec<crate::model::ObservationId>,
) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = contact.conversation.handshake_gap() {
        return unknown(common::reason_of(gap));
    }
    let conversation = &contact.conversation;
    let Some(host) = host_of(contact) else {
        return unknown(common::NOT_OBSERVED);
    };
    let offered = conversation.attempts.iter().any(|(seen, _)| has_agreed_on_version(seen));
    let session = conversation.attempts.iter().find_map(|(seen, _)| current_session(seen));
    let legacy = tls::legacy_versions(&context.view, conversation, &host);
    cited.extend(legacy.answers.iter().map(|(_, _, id)| *id));

    let mut detail: Vec<Detail> = Vec::new();
    detail.extend(session.map(|session| ("version", session.version.clone())));
    let mut accepted = Vec::new();
    let oldest = conversation.attempts.iter().find_map(|(seen, _)| old_version(seen));
    detail.extend(oldest.map(|version| ("version", version.to_owned())));
    for (_, answer, _) in &legacy.answers {
        if let LegacyAnswer::Accepted { version } = answer
            && !accepted.contains(version)
        {
            accepted.push(*version);
            detail.push(("accepted", version.to_string()));
        }
    }
    let unanswered = || {
        legacy.answers.iter().filter_map(|(_, answer, _)| match answer {
            LegacyAnswer::Net { failure } => Some(failure),
            _ => None,
        })
    };
    let (outcome, reason) = match (session, accepted.is_empty() && oldest.is_none()) {
        (_, false) if offered => (Outcome::Fail, "old-version-accepted"),
        (_, false) => (Outcome::Fail, "only-old-versions"),
        // The handshake itself failed, and that is another check's concern.
        (None, true) => (Outcome::Inconclusive, common::LOWER_LAYER),
        (Some(_), true) if legacy.is_pending => (Outcome::Inconclusive, common::NOT_OBSERVED),
        (Some(_), true) if unanswered().any(NetFailure::is_ours) => {
            (Outcome::Inconclusive, common::OUR_FAULT)
        }
        (Some(_), true) if unanswered().next().is_some() => {
            (Outcome::Inconclusive, "old-hello-unanswered")
        }
        (Some(_), true) => (Outcome::Pass, "modern-only"),
    };
    socket(contact.address, outcome, reason, detail)
}

/// A session of a current version, be it one that nobody's suites lead to or that wants a certificate of
/// the client: only old suites are not only old versions.
fn current_session(seen: &Conversation) -> Option<&TlsSession> {
    match seen.tls.as_ref()? {
        Ok(session) => Some(session),
        Err(TlsFailed { failure: TlsFailure::OldVersions { .. }, .. }) => None,
        Err(failed) => failed.session(),
    }
}

/// The old version that is the newest of this server.
fn old_version(seen: &Conversation) -> Option<&str> {
    match seen.tls.as_ref()? {
        Err(TlsFailed { failure: TlsFailure::OldVersions { version }, .. }) => Some(version),
        _ => None,
    }
}

/// Whether the peers agreed on a current version, whatever stopped the handshake later: our own
/// limit, or a signature.
fn has_agreed_on_version(seen: &Conversation) -> bool {
    match &seen.tls {
        None => false,
        Some(Ok(_)) => true,
        Some(Err(TlsFailed { failure, chain, .. })) => match failure {
            TlsFailure::OldVersions { .. } => false,
            TlsFailure::OldSuites { .. }
            | TlsFailure::ClientCertificate { .. }
            | TlsFailure::BadSignature { .. }
            | TlsFailure::ChainTooLarge => true,
            _ => !chain.is_empty(),
        },
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::tls::{
        TLS_SIX, broken_handshake, failed_before, failed_handshake, handshake, tls_service,
        www_host,
    };
    use crate::check::testing::web::{down, no_tls, session};
    use crate::check::testing::world::World;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{
        Blob, LegacyAnswer, LegacyHelloQuestion, LegacyVersion, NetFailure, Question, Reply,
        TlsFailure, TlsSession,
    };

    pub(in crate::check) const CASES: &[fn()] = &[old_versions_beside_the_handshake_of_our_time];

    #[test]
    fn old_versions_beside_the_handshake_of_our_time() {
        use LegacyAnswer::{Accepted, Alert, HungUp, Net};
        let old = &Accepted { version: LegacyVersion::Tls10 };
        let (no, hangs) = (&Alert { code: 70 }, &HungUp);
        let silent = &Net { failure: NetFailure::TimedOut };
        let unsent = &Net { failure: NetFailure::NoRoute };
        let up = &handshake(session());
        let (reset, late) =
            (&failed_handshake(NetFailure::Reset), &failed_handshake(NetFailure::TimedOut));
        let (ours, gone) = (&down(NetFailure::NoRoute), &down(NetFailure::TimedOut));
        let midway = &failed_handshake(NetFailure::NoRoute);
        let detail = String::new;
        let refuses = &no_tls(TlsFailure::Alert { code: 70, name: detail() });
        let nothing = &no_tls(TlsFailure::NothingInCommon { detail: detail() });
        let library = &no_tls(TlsFailure::Ours { detail: detail() });
        let forged = &no_tls(TlsFailure::BadSignature { detail: detail() });
        let large = &no_tls(TlsFailure::ChainTooLarge);
        let alert = TlsFailure::Alert { code: 40, name: detail() };
        let later = &broken_handshake(alert, vec![Blob::new(vec![0])]);
        let strange = &no_tls(TlsFailure::NotTls { detail: detail() });
        let version = |name: &str| TlsSession { version: name.to_owned(), ..session() };
        let oldest = TlsFailure::OldVersions { version: "TLSv1.0".to_owned() };
        let oldest = &failed_before(oldest, version("TLSv1.0"));
        let unseen = &no_tls(TlsFailure::OldVersions { version: "TLSv1.0".to_owned() });
        let suites = TlsFailure::OldSuites { cipher_suite: "TLS_DHE_…".to_owned() };
        let suites = &failed_before(suites, version("TLSv1.2"));
        let certificate = TlsFailure::ClientCertificate { alert: None };
        let certificate = &failed_before(certificate, version("TLSv1.3"));
        let our_fault = (Inconclusive, common::OUR_FAULT);
        let lower = (Inconclusive, common::LOWER_LAYER);
        for (talk, answers, expected) in [
            (&[up][..], &[no, hangs, no][..], (Pass, "modern-only")),
            (&[up], &[no, no, old], (Fail, "old-version-accepted")),
            (&[up], &[unsent, silent, old], (Fail, "old-version-accepted")),
            (&[up], &[no, silent, no], (Inconclusive, "old-hello-unanswered")),
            (&[up], &[no, unsent, no], our_fault),
            (&[up], &[silent, unsent, no], our_fault),
            (&[up], &[unsent, silent, no], our_fault),
            (&[up], &[no, no], (Inconclusive, common::NOT_OBSERVED)),
            (&[refuses], &[no, old, old], (Fail, "only-old-versions")),
            (&[nothing], &[no, old, old], (Fail, "only-old-versions")),
            (&[reset, reset], &[no, old, old], (Fail, "only-old-versions")),
            (&[ours, refuses], &[no, old, old], (Fail, "only-old-versions")),
            // What stopped the handshake came after a version was agreed on.
            (&[forged], &[no, no, old], (Fail, "old-version-accepted")),
            (&[later], &[no, no, old], (Fail, "old-version-accepted")),
            (&[oldest], &[no, old, no], (Fail, "only-old-versions")),
            (&[oldest], &[no, no, no], (Fail, "only-old-versions")),
            (&[unseen], &[no, no, no], (Fail, "only-old-versions")),
            // Only old suites are not only old versions.
            (&[suites], &[no, no, no], (Pass, "modern-only")),
            (&[suites], &[no, old, no], (Fail, "old-version-accepted")),
            (&[certificate], &[no, no, no], (Pass, "modern-only")),
            (&[certificate], &[no, no, old], (Fail, "old-version-accepted")),
            (&[large], &[no, no, old], (Fail, "old-version-accepted")),
            // What our own side broke off shows nothing of the versions offered.
            (&[library], &[no, old, old], our_fault),
            (&[midway, midway], &[no, old, old], our_fault),
            (&[reset, midway], &[no, old, old], our_fault),
            (&[midway, reset], &[no, old, old], our_fault),
            (&[reset, ours], &[no, old, old], our_fault),
            (&[ours, reset], &[no, old, old], our_fault),
            (&[refuses], &[no, no, no], lower),
            (&[strange], &[no, old, old], lower),
            (&[late, late], &[no, old, old], lower),
            (&[gone, gone], &[], lower),
            (&[reset], &[no, old, old], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            let mut world = tls_service().shaken(TLS_SIX, talk);
            for (version, answer) in LegacyVersion::ALL.into_iter().zip(answers) {
                let question = LegacyHelloQuestion {
                    address: TLS_SIX.parse().unwrap(),
                    host: www_host(),
                    version,
                };
                let reply = Reply::LegacyHello((*answer).clone());
                world.observe(Question::LegacyHello(question), 1, reply);
            }
            assert_eq!(world.outcome_of("tls-version"), expected, "{talk:?} {answers:?}");
        }
        let plain = World::with_service("tcp: \"www.example.vn:389\"").published();
        assert_eq!(plain.outcome_of("tls-version"), (NotApplicable, "no-tls"));
    }
}
