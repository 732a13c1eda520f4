//! Does a client with no IPv4 at all get the whole service? Names the first thing that stops it.
//!
//! The subjects are the way that such a client walks, step by step, in order.

mod direct;
mod mail;
mod web;

use jiff::Timestamp;

use crate::check::address::helpers::is_cut;
use crate::check::doc::Doc;
use crate::check::unknown::{not_seen, unknown_status};
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::{Lookup, LookupStatus};
use crate::evidence::service::{self, ConversationAttempts};
use crate::evidence::tls::certificate::{self, Path};
use crate::model::{
    Family, Host, Name, ObservationId, Outcome, Severity, State, Subject, SubjectName, Target,
    TlsFailure, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "ipv6-only-usable",
    sources: &["IPv6-only programme 2026-2030", "RFC 6586", "RFC 8925"],
    severity: Severity::Critical,
    revision: 3,
    reasons: &[
        Reason::pass("usable"),
        Reason::pass("resolved"),
        Reason::pass("answers"),
        Reason::pass("resource-over-ipv6"),
        Reason::fail("not-published"),
        Reason::fail("resolution-blocked"),
        Reason::fail("unreachable"),
        Reason::fail("handshake-failed"),
        Reason::fail("certificate-invalid"),
        Reason::fail("no-page"),
        Reason::fail("no-answer"),
        Reason::fail("error-status"),
        Reason::fail("redirect-blocked"),
        Reason::fail("resource-blocked"),
        Reason::inconclusive("challenge"),
        Reason::inconclusive("page-unreadable"),
        Reason::not_applicable("third-party"),
        Reason::not_applicable("dead-link"),
    ],
    doc: Doc::new(include_str!("ipv6_only_usable.en.md"), include_str!("ipv6_only_usable.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if case.service.state == State::Retired {
        return Verdict::not_applicable(common::RETIRED);
    }
    match &case.service.target {
        // A zone is the way to it and nothing more: dns-ipv6-only-resolution judges that.
        Target::Zone(_) => Verdict::not_applicable(common::OTHER_KIND),
        Target::Mail(_) => mail::evaluate(case),
        target => {
            let mut cite = Vec::new();
            let mut steps = match published(case, &mut cite) {
                Ok(step) => Vec::from_iter(step),
                Err(verdict) => return verdict.citing(cite),
            };
            let walk = match target {
                Target::Web(_) => web::walk,
                _ => direct::walk,
            };
            let missing = walk(case, &mut steps, &mut cite);
            let verdict = match missing {
                Some(reason) if steps.iter().all(|step| step.outcome != Outcome::Fail) => Verdict {
                    outcome: Outcome::Inconclusive,
                    reason,
                    subjects: steps,
                    observations: Vec::new(),
                },
                _ => Verdict::worst_of(steps, "usable", common::NO_IPV6),
            };
            or_beyond(case, verdict.citing(cite))
        }
    }
}

/// Where the addresses that were tried lead nowhere, one beyond our limit may lead to the end.
fn or_beyond(case: &CheckContext<'_>, verdict: Verdict) -> Verdict {
    match verdict.outcome {
        Outcome::Fail if verdict.reason != "resource-blocked" && is_cut(case) => {
            verdict.made_unknown(common::LIMIT)
        }
        _ => verdict,
    }
}

/// The first step: the service's name, where it has one, leads to an IPv6 address.
fn published(
    case: &CheckContext<'_>,
    cite: &mut Vec<ObservationId>,
) -> Result<Option<Subject>, Verdict> {
    let Some(published) = service::published_addresses(&case.view, case.service) else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    match (published.lookup(Family::Ipv6), case.service.target.host()) {
        (Some(lookup), Some(Host::Name(name))) => Ok(Some(resolved(name, lookup, cite))),
        _ if published.of(Family::Ipv6, &case.view).is_empty() => {
            Err(Verdict::plain(Outcome::Fail, "not-published"))
        }
        _ => Ok(None),
    }
}

/// Whether a name leads to an IPv6 address.
fn resolved(name: Name, lookup: &Lookup, cite: &mut Vec<ObservationId>) -> Subject {
    cite.extend(lookup.observations.iter().copied());
    let (outcome, reason) = match &lookup.status {
        LookupStatus::Found => (Outcome::Pass, "resolved"),
        LookupStatus::NoData | LookupStatus::NxDomain | LookupStatus::Synthesised => {
            (Outcome::Fail, "not-published")
        }
        status => (Outcome::Inconclusive, unknown_status(status).unwrap_or(common::UNRESOLVED)),
    };
    let end = lookup.chain.last().cloned();
    let detail = end.map(|name| ("name", name.to_string())).into_iter().collect();
    Subject { name: SubjectName::Host(name), outcome, reason, detail }
}

/// Whether a way leads to the end.
fn holds(way: &[Subject]) -> bool {
    way.iter().all(|step| step.outcome == Outcome::Pass)
}

/// A client tries the ways in turn: one that leads to the end is enough. Where none is known to, it
/// is only known that it gets nothing when none of them is unknown.
fn choose(mut ways: Vec<Vec<Subject>>) -> Vec<Subject> {
    let unknown = |way: &Vec<Subject>| {
        let mut outcomes = way.iter().map(|step| step.outcome);
        outcomes.all(|outcome| outcome != Outcome::Fail) && !holds(way)
    };
    let best = ways.iter().position(|way| holds(way));
    match best.or_else(|| ways.iter().position(unknown)) {
        Some(best) => ways.swap_remove(best),
        None => ways.into_iter().next().unwrap_or_default(),
    }
}

/// Whether an address lets a client connect, with a certificate for the host that the client
/// accepts where TLS is spoken; else what is to be said instead. Without a host any certificate
/// will do.
fn secured(
    case: &CheckContext<'_>,
    talk: &ConversationAttempts<'_>,
    host: Option<&Host>,
) -> Result<(), (Outcome, &'static str)> {
    if let Some(reason) = not_seen(Some(talk)) {
        return Err((Outcome::Inconclusive, reason));
    }
    let Some((best, seen_at)) = talk.best_at() else {
        return Err((Outcome::Inconclusive, common::NOT_OBSERVED));
    };
    if best.connect.is_err() {
        return Err((Outcome::Fail, "unreachable"));
    }
    match (host, &best.tls) {
        (Some(_), Some(Err(failed))) if failed.failure == TlsFailure::ChainTooLarge => {
            return Err((Outcome::Inconclusive, common::LIMIT));
        }
        (Some(_), Some(Err(_))) => return Err((Outcome::Fail, "handshake-failed")),
        (Some(host), Some(Ok(session))) if !is_accepted(case, session, host, seen_at) => {
            return Err((Outcome::Fail, "certificate-invalid"));
        }
        _ => {}
    }
    // What works now and then is not known to work.
    if talk.is_flaky() { Err((Outcome::Inconclusive, common::FLAKY)) } else { Ok(()) }
}

fn is_accepted(case: &CheckContext<'_>, session: &TlsSession, host: &Host, at: Timestamp) -> bool {
    certificate::leaf(&session.chain).is_some_and(|leaf| leaf.is_for(host))
        && certificate::path(&session.chain, case.trust) == Path::Trusted
        && certificate::validity(&session.chain)
            .is_some_and(|span| span.not_before <= at && at <= span.not_after)
}
