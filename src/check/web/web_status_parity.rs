//! Do both families end at the same page with the same status?

use super::helpers::{
    is_guarded, redirect_chains, unknown_end_reason, verdict_over_chains, web_url,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::web::{ChainEnd, RedirectChain, landing_page, landing_page_responses};
use crate::model::{Detail, Family, Outcome, Severity, State, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-status-parity",
    sources: &["internet.nl", "RFC 9110 §15"],
    severity: Severity::Error,
    revision: 2,
    reasons: &[
        Reason::pass("same"),
        Reason::fail("different-status"),
        Reason::fail("different-url"),
        Reason::fail("only-over-ipv4"),
        Reason::inconclusive("challenge"),
        Reason::inconclusive("no-common-ground"),
    ],
    doc: Doc::new(include_str!("web_status_parity.en.md"), include_str!("web_status_parity.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let url = web_url(context)?;
    if context.service.state == State::Ipv6Only {
        return Err(Verdict::not_applicable(common::NO_IPV4));
    }
    let ipv6 = redirect_chains(context, url, Family::Ipv6)?;
    let ipv4 = redirect_chains(context, url, Family::Ipv4)?;
    let cite = ipv4.iter().flat_map(RedirectChain::observations).collect::<Vec<_>>();
    // IPv4 addresses that disagree among themselves are no measure for IPv6.
    let measures: Vec<(u16, &str)> = ipv4.iter().flat_map(endings).collect();
    let Some(measure) = measures.first().copied() else {
        let reason = ipv4.iter().find_map(unknown_end_reason);
        let reason = reason.unwrap_or("no-common-ground");
        return Err(Verdict::inconclusive(reason).citing(cite));
    };
    // A guard over IPv4 is no measure either.
    if ipv4.iter().any(is_guarded) {
        return Err(Verdict::inconclusive("challenge").citing(cite));
    }
    if measures.iter().any(|other| *other != measure) {
        return Err(Verdict::inconclusive("no-common-ground").citing(cite));
    }
    let subjects = ipv6.iter().map(|chain| subject(chain, measure)).collect();
    Ok(verdict_over_chains(subjects, "same", &ipv6).citing(cite))
}

/// The status and URL of a chain's last page, at each look at it.
fn endings<'w>(chain: &'w RedirectChain<'_>) -> Vec<(u16, &'w str)> {
    let Some((url, conversation)) = landing_page(chain) else { return Vec::new() };
    landing_page_responses(conversation).map(|look| (look.status, url.as_str())).collect()
}

fn subject(chain: &RedirectChain<'_>, (status, url): (u16, &str)) -> Subject {
    let unknown = |reason| socket(chain.start, Outcome::Inconclusive, reason, Vec::new());
    let over_ipv4: Detail = ("over-ipv4", format!("{status} {url}"));
    let seen = endings(chain);
    if seen.iter().any(|other| Some(other) != seen.first()) {
        return unknown(common::FLAKY);
    }
    let (reason, over_ipv6) = match seen.first() {
        Some(same) if *same == (status, url) => {
            return socket(chain.start, Outcome::Pass, "same", vec![over_ipv4]);
        }
        // What a browser would get is not known.
        Some(_) if is_guarded(chain) => return unknown("challenge"),
        Some((other, at)) => {
            let reason = if *other == status { "different-url" } else { "different-status" };
            (reason, format!("{other} {at}"))
        }
        None => match (unknown_end_reason(chain), &chain.end) {
            (Some(reason), _) => return unknown(reason),
            // The layers below speak for themselves where not even the first page came.
            (None, ChainEnd::NoResponse) if chain.hops.len() == 1 => {
                return unknown(common::LOWER_LAYER);
            }
            (None, _) => ("only-over-ipv4", "-".to_owned()),
        },
    };
    socket(chain.start, Outcome::Fail, reason, vec![over_ipv4, ("over-ipv6", over_ipv6)])
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{answer, servfail, unasked};
    use crate::check::testing::web::{OTHER, down, elsewhere, page, responds, site, to};
    use crate::check::testing::world::{FOUR, SIX, URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{NetFailure, RecordType};

    pub(in crate::check) const CASES: &[fn()] = &[status_and_url_over_both_families];

    #[test]
    fn status_and_url_over_both_families() {
        let (away, mine) = (down(NetFailure::TimedOut), down(NetFailure::NoRoute));
        let here = |path: &str| to(&format!("{URL}{path}"));
        let moved = |path: &str| {
            let at = format!("{URL}{path}");
            site(&[&here(path)], &here("a")).visit(&at, SIX, &page()).visit(
                &format!("{URL}a"),
                FOUR,
                &page(),
            )
        };
        let rows = [
            (site(&[&page()], &page()), (Pass, "same")),
            (moved("a"), (Pass, "same")),
            (moved("b"), (Fail, "different-url")),
            (site(&[&responds(404, &[], "")], &page()), (Fail, "different-status")),
            (elsewhere(&[&away, &away]), (Fail, "only-over-ipv4")),
            // What our own machine could not ask is unknown, at whatever hop and attempt.
            (elsewhere(&[&mine, &mine]), (Inconclusive, common::OUR_FAULT)),
            (elsewhere(&[&away, &mine]), (Inconclusive, common::OUR_FAULT)),
            (elsewhere(&[&mine, &away]), (Inconclusive, common::OUR_FAULT)),
            (elsewhere(&[&away]), (Inconclusive, common::NOT_OBSERVED)),
            (site(&[&mine, &mine], &page()), (Inconclusive, common::OUR_FAULT)),
            (site(&[&away, &away], &page()), (Inconclusive, common::LOWER_LAYER)),
            (site(&[&page()], &mine), (Inconclusive, common::OUR_FAULT)),
            (site(&[&page()], &away), (Inconclusive, "no-common-ground")),
            (site(&[&responds(429, &[], "")], &page()), (Inconclusive, "challenge")),
            (site(&[&page()], &responds(429, &[], "")), (Inconclusive, "challenge")),
            (site(&[&page(), &responds(503, &[], "")], &page()), (Inconclusive, common::FLAKY)),
        ];
        for (at, (world, expected)) in rows.iter().enumerate() {
            assert_eq!(world.outcome_of("web-status-parity"), *expected, "row {at}");
        }
        let unresolved = site(&[&to(OTHER)], &page());
        for (reply, expected) in [
            (servfail(), (Inconclusive, common::UNRESOLVED)),
            (unasked(), (Inconclusive, common::OUR_FAULT)),
            (answer(&[]), (Fail, "only-over-ipv4")),
        ] {
            let world =
                site(&[&to(OTHER)], &page()).dns("other.example.vn", RecordType::AAAA, &reply);
            assert_eq!(world.outcome_of("web-status-parity"), expected, "{reply:?}");
        }
        assert_eq!(
            unresolved.outcome_of("web-status-parity"),
            (Inconclusive, common::NOT_OBSERVED)
        );
        let only = World::new("ipv6-only").published();
        assert_eq!(only.outcome_of("web-status-parity"), (NotApplicable, common::NO_IPV4));
    }
}
