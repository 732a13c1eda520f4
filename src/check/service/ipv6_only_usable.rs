//! Does a client with no IPv4 at all get the whole service? Names the first thing that stops it.
//!
//! The subjects are the steps of such a client, in order.

mod direct;
mod mail;
mod steps;
mod web;

use self::steps::{resolution_step, root_resolution_step};
use crate::check::address::helpers::has_addresses_beyond_limit;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::authority::resolution_path;
use crate::evidence::dns::delegation::Reach;
use crate::evidence::service;
use crate::model::{Family, Host, ObservationId, Outcome, Severity, Subject, Target, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "ipv6-only-usable",
    sources: &["IPv6-only programme 2026-2030", "RFC 6586", "RFC 8925"],
    severity: Severity::Critical,
    revision: 5,
    reasons: &[
        Reason::pass("usable"),
        Reason::pass("resolved"),
        Reason::pass("answers"),
        Reason::pass("resource-over-ipv6"),
        Reason::fail("not-published"),
        Reason::fail("resolution-blocked"),
        Reason::fail("unreachable"),
        Reason::fail("flapping"),
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
    rule: Rule::Composed(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let add_steps = match &context.service.target {
        // Finding it is all that a zone is for, and dns-ipv6-only-resolution judges that.
        Target::Zone(_) => return Err(Verdict::not_applicable(common::OTHER_KIND)),
        Target::Mail(_) => return mail::evaluate(context),
        Target::Web(_) => web::add_steps,
        _ => direct::add_steps,
    };
    let mut cite = Vec::new();
    let mut steps = Vec::from_iter(publication_step(context, &mut cite)?);
    let missing = add_steps(context, &mut steps, &mut cite);
    let verdict = match missing {
        Some(reason) if steps.iter().all(|step| step.outcome != Outcome::Fail) => Verdict {
            outcome: Outcome::Inconclusive,
            reason,
            subjects: steps,
            observations: Vec::new(),
        },
        _ => Verdict::worst_of(steps, "usable", common::NO_IPV6),
    };
    Ok(verdict_within_limits(context, verdict.citing(cite)))
}

/// Where the addresses that were tried lead nowhere, one beyond our limit may lead to the end.
fn verdict_within_limits(context: &CheckContext<'_>, verdict: Verdict) -> Verdict {
    let is_blocked = verdict.outcome == Outcome::Fail && verdict.reason != "resource-blocked";
    if is_blocked && has_addresses_beyond_limit(context) {
        return verdict.made_unknown(common::LIMIT);
    }
    verdict
}

/// The first step: the service's name, where it has one, leads to an IPv6 address, and a resolver without
/// IPv4 finds it.
fn publication_step(
    context: &CheckContext<'_>,
    cite: &mut Vec<ObservationId>,
) -> Result<Option<Subject>, Verdict> {
    let Some(published) = service::published_addresses(&context.view, context.service) else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    match (published.lookup(Family::Ipv6), context.service.target.host()) {
        (Some(lookup), Some(Host::Name(name))) => {
            let published = resolution_step(name.clone(), lookup, cite);
            if published.outcome != Outcome::Pass {
                return Ok(Some(published));
            }
            let path = resolution_path(&context.view, context.service, Reach::Ipv6Only);
            Ok(path.map(|path| root_resolution_step(name, &path, cite)))
        }
        _ if published.of(Family::Ipv6, &context.view).is_empty() => {
            Err(Verdict::plain(Outcome::Fail, "not-published"))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests;
