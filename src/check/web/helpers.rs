//! The redirect chains of a web site, what their ends tell, and when they don't.

use url::Url;

use crate::check::address::helpers::{addresses, is_cut};
use crate::check::unknown::{not_seen, unknown_status};
use crate::check::{CheckContext, common};
use crate::evidence::dns::LookupStatus;
use crate::evidence::service::ConversationAttempts;
use crate::evidence::web::{self, ChainEnd, RedirectChain, page};
use crate::model::{Family, Outcome, State, Subject, Target, Verdict};

/// The URL of a web service that is in use; else the verdict that there is nothing to judge.
pub(in crate::check) fn web_url<'a>(case: &CheckContext<'a>) -> Result<&'a Url, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    match &case.service.target {
        Target::Web(url) => Ok(url),
        _ => Err(Verdict::not_applicable(common::OTHER_KIND)),
    }
}

/// The redirect chains of a URL from every address of one family.
pub(in crate::check) fn redirect_chains<'a>(
    case: &CheckContext<'a>,
    url: &Url,
    family: Family,
) -> Result<Vec<RedirectChain<'a>>, Verdict> {
    Ok(web::redirect_chains_from(&case.view, url, addresses(case, family)?))
}

/// The redirect chains of a web service over IPv6 and over IPv4, for checks that compare the two;
/// else the verdict that there is nothing to compare.
pub(in crate::check) fn both_families<'a>(
    case: &CheckContext<'a>,
) -> Result<(Vec<RedirectChain<'a>>, Vec<RedirectChain<'a>>), Verdict> {
    let url = web_url(case)?;
    if case.service.state == State::Ipv6Only {
        return Err(Verdict::not_applicable(common::NO_IPV4));
    }
    Ok((redirect_chains(case, url, Family::Ipv6)?, redirect_chains(case, url, Family::Ipv4)?))
}

/// The conversation with the address where a chain starts.
pub(in crate::check) fn first_talk<'w, 'e>(
    walk: &'w RedirectChain<'e>,
) -> Option<&'w ConversationAttempts<'e>> {
    walk.hops.first()?.visits.first().map(|visit| &visit.talk)
}

/// The verdict over all subjects, with the facts that the chains rest on.
pub(in crate::check) fn over(
    subjects: Vec<Subject>,
    pass: &'static str,
    walks: &[RedirectChain<'_>],
) -> Verdict {
    Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(walks.iter().flat_map(|walk| walk.observations()))
}

/// As [`over`], for checks that look at the first conversation of each chain only.
pub(in crate::check) fn over_first(
    subjects: Vec<Subject>,
    pass: &'static str,
    walks: &[RedirectChain<'_>],
) -> Verdict {
    let talks = walks.iter().filter_map(first_talk);
    Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(talks.flat_map(|talk| talk.observations().collect::<Vec<_>>()))
}

/// Why the end of a chain can't be held against the target, when it can't: at whatever hop.
pub(in crate::check) fn unseen(walk: &RedirectChain<'_>) -> Option<&'static str> {
    if let Some(reason) = not_seen(first_talk(walk)) {
        return Some(reason);
    }
    match &walk.end {
        ChainEnd::NotObserved => Some(common::NOT_OBSERVED),
        ChainEnd::TooMany => Some(common::LIMIT),
        // An alias that leads back to itself gives nobody an address.
        ChainEnd::NoAddress(LookupStatus::ChainLooped) => None,
        ChainEnd::NoAddress(status) => unknown_status(status),
        ChainEnd::NoResponse => {
            let visits = walk.hops.last().into_iter().flat_map(|hop| &hop.visits);
            visits.into_iter().find_map(|visit| not_seen(Some(&visit.talk)))
        }
        // A guard that lets nobody pass who doesn't bring its cookie.
        ChainEnd::Loop => walk.loops_for_cookies().then_some("challenge"),
        ChainEnd::Response { .. } | ChainEnd::NotVisited(_) | ChainEnd::BadLocation(_) => None,
    }
}

/// What holds of all addresses that were looked at, where there are more of the service's than that: for
/// verdicts that name none of them, which [`crate::check::coverage_guard::CoverageGuard`] can't tell.
pub(in crate::check) fn within_limits(case: &CheckContext<'_>, verdict: Verdict) -> Verdict {
    match verdict.outcome {
        Outcome::Pass if is_cut(case) => verdict.made_unknown(common::LIMIT),
        _ => verdict,
    }
}

/// Why the end of a chain can't be compared with those of IPv4, where that is no property of the
/// target.
pub(in crate::check) fn uncompared(
    ipv6: &RedirectChain<'_>,
    ipv4: &[RedirectChain<'_>],
) -> Option<&'static str> {
    unseen(ipv6).or_else(|| ipv4.iter().find_map(unseen))
}

/// Whether a guard in front of the page answers at the end of a chain, and not the page.
pub(in crate::check) fn is_guarded(walk: &RedirectChain<'_>) -> bool {
    web::landing_page(walk).is_some_and(|(url, talk)| {
        web::landing_page_responses(talk).any(|look| page::is_challenge(look, url))
    })
}

/// Whether the attempts at some hop of a chain contradict each other.
pub(in crate::check) fn wavers(walk: &RedirectChain<'_>) -> bool {
    walk.hops.iter().flat_map(|hop| &hop.visits).any(|visit| visit.talk.is_flaky())
}
