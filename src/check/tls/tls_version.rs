//! Is TLS 1.2 or 1.3 offered, and nothing older accepted, on every IPv6 address?

use super::helpers::tls_contacts;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{over_contacts, socket};
use crate::check::unknown::not_seen;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::service::{self, EndpointContact};
use crate::evidence::tls;
use crate::model::{
    Conversation, Detail, LegacyAnswer, NetFailure, Outcome, Severity, Subject, TlsFailed,
    TlsFailure, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-version",
    sources: &["RFC 8996", "RFC 7568", "RFC 9325 §3.1.1"],
    severity: Severity::Error,
    revision: 2,
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

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let contacts = match tls_contacts(case) {
        Ok(contacts) => contacts,
        Err(verdict) => return verdict,
    };
    if !service::declared_ports(&case.view, case.service)
        .first()
        .is_some_and(|port| port.starts_with_tls())
    {
        return Verdict::not_applicable(common::OTHER_KIND);
    }
    let mut cited = Vec::new();
    let subjects = contacts.iter().map(|contact| subject(case, contact, &mut cited)).collect();
    over_contacts(subjects, "modern-only", &contacts).citing(cited)
}

fn subject(
    case: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    cited: &mut Vec<crate::model::ObservationId>,
) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return unknown(reason);
    }
    let talk = &contact.talk;
    let Some(host) = service::tls_host(case.service) else {
        return unknown(common::NOT_OBSERVED);
    };
    let offered = talk.attempts.iter().any(|(seen, _)| agreed(seen));
    let session = talk.attempts.iter().find_map(|(seen, _)| seen.tls.as_ref()?.as_ref().ok());
    let legacy = tls::legacy_versions(&case.view, talk, &host);
    cited.extend(legacy.answers.iter().map(|(_, _, id)| *id));

    let mut detail: Vec<Detail> = Vec::new();
    detail.extend(session.map(|session| ("version", session.version.clone())));
    let mut accepted = Vec::new();
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
    let (outcome, reason) = match (session, accepted.is_empty()) {
        (_, false) if offered => (Outcome::Fail, "old-version-accepted"),
        (_, false) => (Outcome::Fail, "only-old-versions"),
        // The handshake itself failed, and that is another check's affair.
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

/// Whether the peers agreed on a version of our time, whatever stopped the handshake later: our own
/// limit, or a signature.
fn agreed(seen: &Conversation) -> bool {
    match &seen.tls {
        None => false,
        Some(Ok(_)) => true,
        Some(Err(TlsFailed { failure, chain })) => {
            !chain.is_empty()
                || matches!(failure, TlsFailure::BadSignature { .. } | TlsFailure::ChainTooLarge)
        }
    }
}
