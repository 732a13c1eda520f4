//! Do both families end at the same page with the same status?

use super::helpers::{is_guarded, over, redirect_chains, unseen, web_url};
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::{Check, CheckContext, Reason, Rule, common};
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

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let url = match web_url(case) {
        Ok(url) => url,
        Err(verdict) => return verdict,
    };
    if case.service.state == State::Ipv6Only {
        return Verdict::not_applicable(common::NO_IPV4);
    }
    let ipv6 = redirect_chains(case, url, Family::Ipv6);
    let ipv4 = redirect_chains(case, url, Family::Ipv4);
    let (ipv6, ipv4) = match (ipv6, ipv4) {
        (Ok(ipv6), Ok(ipv4)) => (ipv6, ipv4),
        (Err(verdict), _) | (_, Err(verdict)) => return verdict,
    };
    let cite = ipv4.iter().flat_map(RedirectChain::observations).collect::<Vec<_>>();
    // IPv4 addresses that disagree among themselves are no measure for IPv6.
    let measures: Vec<(u16, &str)> = ipv4.iter().flat_map(endings).collect();
    let Some(measure) = measures.first().copied() else {
        let reason = ipv4.iter().find_map(unseen);
        let reason = reason.unwrap_or("no-common-ground");
        return Verdict::inconclusive(reason).citing(cite);
    };
    // A guard over IPv4 is no measure either.
    if ipv4.iter().any(is_guarded) {
        return Verdict::inconclusive("challenge").citing(cite);
    }
    if measures.iter().any(|other| *other != measure) {
        return Verdict::inconclusive("no-common-ground").citing(cite);
    }
    let subjects = ipv6.iter().map(|walk| subject(walk, measure)).collect();
    over(subjects, "same", &ipv6).citing(cite)
}

/// The status and URL of a chain's last page, at each look at it.
fn endings<'w>(walk: &'w RedirectChain<'_>) -> Vec<(u16, &'w str)> {
    let Some((url, talk)) = landing_page(walk) else { return Vec::new() };
    landing_page_responses(talk).map(|look| (look.status, url.as_str())).collect()
}

fn subject(walk: &RedirectChain<'_>, (status, url): (u16, &str)) -> Subject {
    let unknown = |reason| socket(walk.start, Outcome::Inconclusive, reason, Vec::new());
    let over_ipv4: Detail = ("over-ipv4", format!("{status} {url}"));
    let seen = endings(walk);
    if seen.iter().any(|other| Some(other) != seen.first()) {
        return unknown(common::FLAKY);
    }
    let (reason, over_ipv6) = match seen.first() {
        Some(same) if *same == (status, url) => {
            return socket(walk.start, Outcome::Pass, "same", vec![over_ipv4]);
        }
        // What a browser would get is not known.
        Some(_) if is_guarded(walk) => return unknown("challenge"),
        Some((other, at)) => {
            let reason = if *other == status { "different-url" } else { "different-status" };
            (reason, format!("{other} {at}"))
        }
        None => match (unseen(walk), &walk.end) {
            (Some(reason), _) => return unknown(reason),
            // The layers below speak for themselves where not even the first page came.
            (None, ChainEnd::NoResponse) if walk.hops.len() == 1 => {
                return unknown(common::LOWER_LAYER);
            }
            (None, _) => ("only-over-ipv4", "-".to_owned()),
        },
    };
    socket(walk.start, Outcome::Fail, reason, vec![over_ipv4, ("over-ipv6", over_ipv6)])
}
