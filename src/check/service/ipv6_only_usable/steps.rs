//! Steps that the clients have in common, and the choice between their paths.

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::tls::helpers::accepted;
use crate::evidence::dns::delegation::{Resolution, ResolutionEnd};
use crate::evidence::dns::{Lookup, LookupStatus};
use crate::evidence::service::ConversationAttempts;
use crate::evidence::tls::{Clients, Refusal, is_key_refused};
use crate::model::{Host, Name, ObservationId, Outcome, Subject, SubjectName, TlsFailure};

/// Whether a name leads to an IPv6 address.
pub(in crate::check) fn resolution_step(
    name: Name,
    lookup: &Lookup,
    cite: &mut Vec<ObservationId>,
) -> Subject {
    cite.extend(lookup.observations.iter().copied());
    let (outcome, reason) = match &lookup.status {
        LookupStatus::Found => (Outcome::Pass, "resolved"),
        empty if empty.is_known_empty() => (Outcome::Fail, "not-published"),
        status => {
            (Outcome::Inconclusive, status.gap().map_or(common::UNRESOLVED, common::reason_of))
        }
    };
    let end = lookup.chain.last().cloned();
    let detail = end.map(|name| ("name", name.to_string())).into_iter().collect();
    Subject { name: SubjectName::Host(name), outcome, reason, detail }
}

/// Whether a resolver without IPv4 finds a name, from the root on.
pub(in crate::check) fn root_resolution_step(
    name: Name,
    path: &Resolution,
    cite: &mut Vec<ObservationId>,
) -> Subject {
    cite.extend(&path.observations);
    let (outcome, reason) = match &path.end {
        // That the name has an address is known by now: here it counts whether the path leads to it.
        ResolutionEnd::Found(_) | ResolutionEnd::NoData | ResolutionEnd::NxDomain => {
            (Outcome::Pass, "resolved")
        }
        ResolutionEnd::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(*gap)),
        ResolutionEnd::Alias(_)
        | ResolutionEnd::AliasLoop
        | ResolutionEnd::AliasTooLong
        | ResolutionEnd::Stopped(_) => (Outcome::Fail, "resolution-blocked"),
    };
    let zone = path.last_cut().filter(|_| outcome == Outcome::Fail);
    let detail = zone.map(|cut| ("zone", cut.zone.to_string())).into_iter().collect();
    Subject { name: SubjectName::Host(name), outcome, reason, detail }
}

/// Whether a path leads to the end.
pub(in crate::check) fn is_passable(path: &[Subject]) -> bool {
    path.iter().all(|step| step.outcome == Outcome::Pass)
}

/// A client tries the paths in turn: one that leads to the end is enough. Where none is known to, it
/// is only known that it gets nothing when none of them is unknown.
pub(in crate::check) fn best_path(mut paths: Vec<Vec<Subject>>) -> Vec<Subject> {
    let is_unknown = |path: &Vec<Subject>| {
        let mut outcomes = path.iter().map(|step| step.outcome);
        outcomes.all(|outcome| outcome != Outcome::Fail) && !is_passable(path)
    };
    let best = paths.iter().position(|path| is_passable(path));
    match best.or_else(|| paths.iter().position(is_unknown)) {
        Some(best) => paths.swap_remove(best),
        None => paths.into_iter().next().unwrap_or_default(),
    }
}

/// Whether an address lets a client connect, with a certificate for the host that the client
/// accepts where TLS is spoken; else the outcome instead. Without a host any certificate will do.
pub(in crate::check) fn require_connection(
    context: &CheckContext<'_>,
    conversation: &ConversationAttempts<'_>,
    host: Option<&Host>,
) -> Result<(), (Outcome, &'static str)> {
    // Be it our library that breaks off at it: with a key that no client takes, none gets further.
    if host.is_some() && shows_refused_key(context, conversation) {
        return Err((Outcome::Fail, "certificate-invalid"));
    }
    if let Some(gap) = conversation.gap() {
        return Err((Outcome::Inconclusive, common::reason_of(gap)));
    }
    let Some((best, seen_at)) = conversation.best_at() else {
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
        (Some(host), Some(Ok(session))) => {
            let seen = accepted(context, session, seen_at);
            match seen.refusal(host) {
                None => {}
                Some(Refusal::Unknown(gap)) => {
                    return Err((Outcome::Inconclusive, common::reason_of(gap)));
                }
                Some(_) => return Err((Outcome::Fail, "certificate-invalid")),
            }
        }
        _ => {}
    }
    // What works now and then is of no use to a client that has no other way.
    if conversation.steadiness().is_flapping() { Err((Outcome::Fail, "flapping")) } else { Ok(()) }
}

/// Whether every certificate that an address showed, in whatever handshake, has a key that no client
/// takes.
fn shows_refused_key(context: &CheckContext<'_>, conversation: &ConversationAttempts<'_>) -> bool {
    let chains = conversation.attempts.iter().filter_map(|(seen, _)| match seen.tls.as_ref()? {
        Ok(session) => Some(&session.chain),
        Err(failed) => Some(&failed.chain).filter(|chain| !chain.is_empty()),
    });
    let clients = Clients::of(context.service);
    let mut refused = chains.map(|chain| is_key_refused(chain, clients)).peekable();
    refused.peek().is_some() && refused.all(|is_refused| is_refused)
}
