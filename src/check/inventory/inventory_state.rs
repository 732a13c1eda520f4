//! Does what was seen agree with what the inventory declares?

mod retired;

use std::net::{IpAddr, SocketAddr};

use url::Url;

use crate::check::doc::Doc;
use crate::check::unknown::unknown_lookup;
use crate::check::web::helpers::{redirect_chains, unseen};
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::{self, Lookup, LookupStatus};
use crate::evidence::mail::{self, MailRouteKind};
use crate::evidence::service::{self, PublishedAddresses};
use crate::evidence::web::{ChainEnd, RedirectChain};
use crate::model::{
    Family, Outcome, RecordType, Severity, State, Subject, SubjectName, Target, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "inventory-state",
    sources: &["the inventory's `state`", "RFC 4592"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("as-declared"),
        Reason::pass("retired-still-in-dns"),
        Reason::fail("active-but-gone"),
        Reason::fail("wildcard"),
        Reason::fail("retired-but-answers"),
        Reason::fail("retired-but-published"),
        Reason::fail("internal-but-public"),
        Reason::fail("not-redirected"),
        Reason::fail("has-ipv4"),
    ],
    doc: Doc::new(include_str!("inventory_state.en.md"), include_str!("inventory_state.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let published = service::published_addresses(&case.view, case.service);
    let (aaaa, a) = match published.as_deref() {
        Some(PublishedAddresses::Looked { aaaa, a }) => (aaaa, a),
        Some(PublishedAddresses::Literal(address)) => return literal(case, *address),
        None => return domain(case),
    };
    let cite = aaaa.observations.iter().chain(&a.observations).copied().collect::<Vec<_>>();
    let verdict = match case.service.state {
        State::Active => active(case, aaaa, a),
        State::Retired => retired::named(case, aaaa, a),
        State::Internal => internal(case, aaaa, a),
        State::Redirected => redirected(case),
        State::Ipv6Only => ipv6_only(aaaa, a),
    };
    verdict.citing(cite)
}

/// An address literal can be neither gone nor covered by a wildcard.
fn literal(case: &CheckContext<'_>, address: IpAddr) -> Verdict {
    match case.service.state {
        State::Active => judged(Outcome::Pass, "as-declared"),
        State::Retired => retired::answers(case, "as-declared"),
        State::Internal if is_public(case, address) => judged(Outcome::Fail, "internal-but-public"),
        State::Internal => judged(Outcome::Pass, "as-declared"),
        State::Redirected => redirected(case),
        State::Ipv6Only if address.is_ipv4() => judged(Outcome::Fail, "has-ipv4"),
        State::Ipv6Only => judged(Outcome::Pass, "as-declared"),
    }
}

/// A mail domain or a zone, which have servers instead of addresses: does the DNS name any?
fn domain(case: &CheckContext<'_>) -> Verdict {
    let (is_named, cite) = match &case.service.target {
        Target::Mail(domain) => {
            let mail = mail::route(&case.view, domain);
            let is_named = match mail.route {
                MailRouteKind::Exchangers | MailRouteKind::Implicit => Ok(true),
                MailRouteKind::NullMx | MailRouteKind::Nowhere | MailRouteKind::NoDomain => {
                    Ok(false)
                }
                MailRouteKind::Unresolved => Err(common::UNRESOLVED),
                MailRouteKind::NotObserved => Err(common::NOT_OBSERVED),
            };
            (is_named, mail.observations())
        }
        Target::Zone(apex) => {
            let zone = dns::zone(&case.view, apex);
            let is_named = match &zone.soa.status {
                LookupStatus::NotObserved => Err(common::NOT_OBSERVED),
                _ if zone.soa.is_unresolved() => Err(common::UNRESOLVED),
                // An alias, or a name of the zone above, is no apex.
                status => Ok(*status == LookupStatus::Found && zone.soa.chain.len() == 1),
            };
            (is_named, zone.soa.observations.clone())
        }
        _ => return Verdict::not_applicable(common::OTHER_KIND),
    };
    let verdict = match (case.service.state, is_named) {
        (State::Active, Ok(true)) | (State::Retired, Ok(false)) => {
            judged(Outcome::Pass, "as-declared")
        }
        (State::Active, Ok(false)) => judged(Outcome::Fail, "active-but-gone"),
        (State::Retired, Ok(true)) => judged(Outcome::Fail, "retired-but-published"),
        (State::Active | State::Retired, Err(reason)) => Verdict::inconclusive(reason),
        // These speak of addresses.
        (State::Internal | State::Redirected | State::Ipv6Only, _) => {
            Verdict::not_applicable(common::OTHER_KIND)
        }
    };
    verdict.citing(cite)
}

fn judged(outcome: Outcome, reason: &'static str) -> Verdict {
    Verdict::plain(outcome, reason)
}

/// Whether a name has records of a type; `None` when that could not be found out.
fn exists(lookup: &Lookup) -> Option<bool> {
    match lookup.status {
        LookupStatus::Found => Some(true),
        LookupStatus::NoData | LookupStatus::NxDomain | LookupStatus::Synthesised => Some(false),
        _ => None,
    }
}

fn unknown(lookups: [&Lookup; 2]) -> Verdict {
    let reasons: Vec<_> = lookups.into_iter().filter_map(unknown_lookup).collect();
    let [first, ..] = reasons[..] else { return Verdict::inconclusive(common::UNRESOLVED) };
    let pending = reasons.contains(&common::NOT_OBSERVED);
    Verdict::inconclusive(if pending { common::NOT_OBSERVED } else { first })
}

fn active(case: &CheckContext<'_>, aaaa: &Lookup, a: &Lookup) -> Verdict {
    match (exists(aaaa), exists(a)) {
        (Some(false), Some(false)) => judged(Outcome::Fail, "active-but-gone"),
        (None, Some(false)) | (Some(false), None) | (None, None) => unknown([aaaa, a]),
        _ => wildcard(case, aaaa, a),
    }
}

/// A wildcard that gives a made-up sibling the same addresses shows that the name itself need not
/// exist.
fn wildcard(case: &CheckContext<'_>, aaaa: &Lookup, a: &Lookup) -> Verdict {
    let Some(probe) = service::wildcard_probe(case.service) else {
        return judged(Outcome::Pass, "as-declared");
    };
    let of = |record_type| dns::resolve(&case.view, &probe, record_type);
    let probed = [of(RecordType::AAAA), of(RecordType::A)];
    let cite: Vec<_> = probed.iter().flat_map(|l| l.observations.iter().copied()).collect();
    let pairs = || [aaaa, a].into_iter().zip(&probed);
    let is_known = |lookup: &Lookup| exists(lookup).is_some();
    let differs = pairs().any(|(lookup, probed)| {
        is_known(lookup) && is_known(probed) && lookup.addresses() != probed.addresses()
    });
    let unresolved = pairs().flat_map(|(lookup, probed)| [lookup, probed]).find(|l| !is_known(l));
    let verdict = if differs || probed.iter().all(|lookup| exists(lookup) == Some(false)) {
        judged(Outcome::Pass, "as-declared")
    } else if let Some(lookup) = unresolved {
        unknown([lookup, lookup])
    } else {
        judged(Outcome::Fail, "wildcard")
    };
    verdict.citing(cite)
}

fn internal(case: &CheckContext<'_>, aaaa: &Lookup, a: &Lookup) -> Verdict {
    if exists(aaaa).is_none() || exists(a).is_none() {
        return unknown([aaaa, a]);
    }
    let mut addresses = aaaa.addresses().into_iter().chain(a.addresses());
    if addresses.any(|address| is_public(case, address)) {
        judged(Outcome::Fail, "internal-but-public")
    } else {
        judged(Outcome::Pass, "as-declared")
    }
}

/// Whether the whole Internet can reach an address, as far as addresses tell.
fn is_public(case: &CheckContext<'_>, address: IpAddr) -> bool {
    let networks = case.view.networks;
    networks.counts_as_global(address)
        && !networks.owner(address).is_some_and(|network| network.internal)
}

fn redirected(case: &CheckContext<'_>) -> Verdict {
    let Target::Web(url) = &case.service.target else {
        return Verdict::not_applicable(common::OTHER_KIND);
    };
    let [ipv6, ipv4] =
        [Family::Ipv6, Family::Ipv4].map(|family| redirect_chains(case, url, family));
    let unknown = [&ipv6, &ipv4].into_iter().filter_map(|walks| walks.as_ref().err());
    let unknown = unknown.filter(|verdict| verdict.outcome == Outcome::Inconclusive);
    let unknown = unknown.map(|verdict| verdict.reason).next();
    let walks: Vec<RedirectChain<'_>> = [ipv6, ipv4].into_iter().flatten().flatten().collect();
    let cite: Vec<_> = walks.iter().flat_map(RedirectChain::observations).collect();
    let leads_elsewhere =
        |walk: &RedirectChain<'_>| walk.final_url().is_some_and(|last| last.host() != url.host());
    let stays = walks
        .iter()
        .any(|walk| matches!(walk.end, ChainEnd::Response { .. }) && !leads_elsewhere(walk));
    let verdict = if stays {
        judged(Outcome::Fail, "not-redirected")
    } else if let Some(reason) = unknown.or_else(|| walks.iter().find_map(unseen)) {
        Verdict::inconclusive(reason)
    } else if walks.iter().any(leads_elsewhere) {
        judged(Outcome::Pass, "as-declared")
    } else {
        Verdict::inconclusive(common::LOWER_LAYER)
    };
    Verdict { subjects: leads_to(&walks, url, &verdict), ..verdict }.citing(cite)
}

/// Where each address sends its visitors in the end.
fn leads_to(walks: &[RedirectChain<'_>], url: &Url, verdict: &Verdict) -> Vec<Subject> {
    let port = url.port_or_known_default().unwrap_or_default();
    let subject = |walk: &RedirectChain<'_>| {
        let last = walk.final_url().filter(|_| matches!(walk.end, ChainEnd::Response { .. }))?;
        let (outcome, reason) = match last.host() != url.host() {
            true => (Outcome::Pass, "as-declared"),
            false => (Outcome::Fail, "not-redirected"),
        };
        let name = SubjectName::Socket(SocketAddr::new(walk.start.ip(), port));
        Some(Subject { name, outcome, reason, detail: vec![("leads-to", last.to_string())] })
    };
    match verdict.outcome {
        Outcome::Inconclusive => Vec::new(),
        _ => walks.iter().filter_map(subject).collect(),
    }
}

fn ipv6_only(aaaa: &Lookup, a: &Lookup) -> Verdict {
    match (exists(aaaa), exists(a)) {
        (_, Some(true)) => judged(Outcome::Fail, "has-ipv4"),
        (Some(true), Some(false)) => judged(Outcome::Pass, "as-declared"),
        (Some(false), Some(false)) => judged(Outcome::Fail, "active-but-gone"),
        _ => unknown([aaaa, a]),
    }
}
