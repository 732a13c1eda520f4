//! Does a client with no IPv4 at all get the whole service? Names the first thing that stops it.
//!
//! The subjects are the way that such a client walks, step by step, in order.

use jiff::Timestamp;

use super::subjects::not_seen;
use super::web_subresources::owner;
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::certificate::{self, Path};
use crate::facts::{self, Access, End, Hop, Status, Talk, Walk};
use crate::model::{
    Family, Host, Outcome, Severity, State, Subject, SubjectName, Target, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "ipv6-only-usable",
    sources: &["IPv6-only programme 2026-2030", "RFC 6586", "RFC 8925"],
    severity: Severity::Critical,
    revision: 1,
    reasons: &[
        Reason::pass("usable"),
        Reason::pass("resolved"),
        Reason::pass("answers"),
        Reason::pass("resource-over-ipv6"),
        Reason::fail("not-published"),
        Reason::fail("unreachable"),
        Reason::fail("handshake-failed"),
        Reason::fail("certificate-invalid"),
        Reason::fail("no-page"),
        Reason::fail("error-status"),
        Reason::fail("redirect-blocked"),
        Reason::fail("resource-blocked"),
        Reason::inconclusive("not-composed"),
        Reason::not_applicable("third-party"),
        Reason::not_applicable("dead-link"),
    ],
    doc: Doc::new(include_str!("ipv6_only_usable.en.md"), include_str!("ipv6_only_usable.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    if case.service.state == State::Retired {
        return Verdict::not_applicable(common::RETIRED);
    }
    if matches!(case.service.target, Target::Zone(_)) {
        // A zone is the way to it and nothing more: dns-ipv6-only-resolution judges that.
        return Verdict::not_applicable(common::OTHER_KIND);
    }
    if !matches!(case.service.target, Target::Web(_)) {
        // "Not applicable" would open the gate of stage 4 unseen.
        return Verdict::inconclusive("not-composed");
    }
    let Some(published) = facts::addresses(&case.view, case.service) else {
        return Verdict::inconclusive("not-composed");
    };
    let mut cite = Vec::new();
    let mut steps = Vec::new();
    if let Some(lookup) = published.lookup(Family::Ipv6) {
        cite.extend(lookup.observations.iter().copied());
        let (outcome, reason) = match &lookup.status {
            Status::Found => (Outcome::Pass, "resolved"),
            Status::NoData | Status::NxDomain | Status::Synthesised => {
                (Outcome::Fail, "not-published")
            }
            Status::NotObserved => (Outcome::Inconclusive, common::NOT_OBSERVED),
            _ => (Outcome::Inconclusive, common::UNRESOLVED),
        };
        let end = lookup.chain.last().cloned();
        let detail = end.map(|name| ("name", name.to_string())).into_iter().collect();
        if let Some(Host::Name(name)) = case.service.target.host() {
            steps.push(Subject { name: SubjectName::Host(name), outcome, reason, detail });
        }
    } else if published.of(Family::Ipv6, &case.view).is_empty() {
        return Verdict::plain(Outcome::Fail, "not-published");
    }
    let walks = facts::walks(&case.view, case.service, Family::Ipv6);
    cite.extend(walks.iter().flat_map(Walk::observations));
    // A client tries the addresses in turn: one that leads to the end is enough.
    let mut ways: Vec<Vec<Subject>> = walks.iter().map(|walk| pages(case, walk)).collect();
    let holds = |way: &Vec<Subject>| way.iter().all(|step| step.outcome == Outcome::Pass);
    let best = ways.iter().position(holds).unwrap_or(0);
    if best < ways.len() {
        steps.extend(ways.swap_remove(best));
    }
    if steps.iter().all(|step| step.outcome == Outcome::Pass) && !walks.is_empty() {
        let resources = facts::resources(&case.view, &walks);
        steps.extend(
            resources.servers.iter().filter(|s| s.is_required()).map(|s| resource(case, s)),
        );
        let missing = !resources.needs.is_empty();
        cite.extend(resources.observations);
        if missing && steps.iter().all(|step| step.outcome != Outcome::Fail) {
            return Verdict {
                outcome: Outcome::Inconclusive,
                reason: common::NOT_OBSERVED,
                subjects: steps,
                observations: Vec::new(),
            }
            .citing(cite);
        }
    }
    Verdict::worst_of(steps, "usable", common::NO_IPV6).citing(cite)
}

/// The pages that the client comes by, from one address on.
fn pages(case: &Case<'_>, walk: &Walk<'_>) -> Vec<Subject> {
    let last = walk.hops.len().saturating_sub(1);
    let mut steps = Vec::new();
    for (at, hop) in walk.hops.iter().enumerate() {
        let (outcome, reason) = page(case, walk, hop, at == last);
        let address = hop.visits.first().map(|visit| ("address", visit.address.to_string()));
        steps.push(Subject {
            name: SubjectName::Url(hop.url.to_string()),
            outcome,
            reason,
            detail: address.into_iter().collect(),
        });
        if outcome != Outcome::Pass {
            break;
        }
    }
    steps
}

fn page(case: &Case<'_>, walk: &Walk<'_>, hop: &Hop<'_>, is_last: bool) -> (Outcome, &'static str) {
    let mut worst = (Outcome::Inconclusive, common::NOT_OBSERVED);
    for visit in &hop.visits {
        let host = match hop.url.host() {
            Some(url::Host::Domain(name)) => {
                Host::Name(crate::model::Name::from_presentation(name))
            }
            _ => Host::Address(visit.address.ip()),
        };
        worst = answer(case, &visit.talk, &host);
        if worst.0 == Outcome::Pass {
            break;
        }
    }
    let blocked = (Outcome::Fail, "redirect-blocked");
    match &walk.end {
        // The last hop of a chain that could not go on is the one that was never visited.
        End::NoAddress(Status::Failed(_)) if is_last => (Outcome::Inconclusive, common::UNRESOLVED),
        // The service's own address: what address-global says of it is said there.
        End::NotVisited(_) if is_last && walk.hops.len() == 1 => {
            (Outcome::Inconclusive, common::NOT_VISITED)
        }
        End::NoAddress(_) | End::NotVisited(_) | End::BadLocation(_) if is_last => blocked,
        End::Loop | End::TooMany if is_last && worst.0 == Outcome::Pass => blocked,
        End::NotObserved if is_last => (Outcome::Inconclusive, common::NOT_OBSERVED),
        End::Response { status } if is_last && worst.0 == Outcome::Pass => {
            match case.service.expect_status {
                Some(expected) if expected == *status => worst,
                None if *status < 400 => worst,
                _ => (Outcome::Fail, "error-status"),
            }
        }
        _ => worst,
    }
}

/// Whether one address gives an answer that a browser accepts.
fn answer(case: &Case<'_>, talk: &Talk<'_>, host: &Host) -> (Outcome, &'static str) {
    if let Some(reason) = not_seen(Some(talk)) {
        return (Outcome::Inconclusive, reason);
    }
    let Some(best) = talk.best() else { return (Outcome::Inconclusive, common::NOT_OBSERVED) };
    if best.connect.is_err() {
        return (Outcome::Fail, "unreachable");
    }
    match &best.tls {
        Some(Err(_)) => return (Outcome::Fail, "handshake-failed"),
        Some(Ok(session)) => {
            let seen_at = talk.seen_at.last().copied().unwrap_or(case.as_of);
            if !is_accepted(case, session, host, seen_at) {
                return (Outcome::Fail, "certificate-invalid");
            }
        }
        None => {}
    }
    match &best.http {
        Some(Ok(_)) => (Outcome::Pass, "answers"),
        _ => (Outcome::Fail, "no-page"),
    }
}

fn is_accepted(case: &Case<'_>, session: &TlsSession, host: &Host, at: Timestamp) -> bool {
    certificate::leaf(&session.chain).is_some_and(|leaf| leaf.is_for(host))
        && certificate::path(&session.chain, case.trust) == Path::Trusted
        && certificate::validity(&session.chain)
            .is_some_and(|span| span.not_before <= at && at <= span.not_after)
}

fn resource(case: &Case<'_>, server: &facts::Server) -> Subject {
    let (outcome, reason) = match &server.access {
        Access::Works => (Outcome::Pass, "resource-over-ipv6"),
        Access::NoIpv6 | Access::Unreachable(_) if owner(case, server).is_none() => {
            (Outcome::NotApplicable, "third-party")
        }
        Access::NoIpv6 | Access::Unreachable(_) => (Outcome::Fail, "resource-blocked"),
        // Dead over both families: no client gets it, so it can't be what the service needs.
        Access::Dead => (Outcome::NotApplicable, "dead-link"),
        Access::NotVisited => (Outcome::Inconclusive, common::NOT_VISITED),
        Access::Unresolved => (Outcome::Inconclusive, common::UNRESOLVED),
        Access::OurFault => (Outcome::Inconclusive, common::OUR_FAULT),
        Access::NotObserved => (Outcome::Inconclusive, common::NOT_OBSERVED),
    };
    let uses: Vec<_> = server.uses.iter().map(|what| what.id()).collect();
    let name = match &server.host {
        Host::Name(name) => SubjectName::Host(name.clone()),
        Host::Address(address) => SubjectName::Address(*address),
    };
    Subject { name, outcome, reason, detail: vec![("as", uses.join(","))] }
}
