//! What the ends of redirect chains tell, and when they don't.

use super::subjects::{first_talk, is_cut, not_seen, unknown_status};
use super::{Case, common};
use crate::facts::{self, End, Status, Walk};
use crate::model::{Outcome, Verdict};

/// Why the end of a chain can't be held against the target, when it can't: at whatever hop.
pub(super) fn unseen(walk: &Walk<'_>) -> Option<&'static str> {
    if let Some(reason) = not_seen(first_talk(walk)) {
        return Some(reason);
    }
    match &walk.end {
        End::NotObserved => Some(common::NOT_OBSERVED),
        End::TooMany => Some(common::LIMIT),
        // An alias that leads back to itself gives nobody an address.
        End::NoAddress(Status::ChainLooped) => None,
        End::NoAddress(status) => unknown_status(status),
        End::NoResponse => {
            let visits = walk.hops.last().into_iter().flat_map(|hop| &hop.visits);
            visits.into_iter().find_map(|visit| not_seen(Some(&visit.talk)))
        }
        // A guard that lets nobody pass who doesn't bring its cookie.
        End::Loop => walk.loops_for_cookies().then_some("challenge"),
        End::Response { .. } | End::NotVisited(_) | End::BadLocation(_) => None,
    }
}

/// What holds of all addresses that were looked at, where there are more of the service's than that: for
/// verdicts that name none of them, which [`super::Whole`] can't tell.
pub(super) fn within_limits(case: &Case<'_>, verdict: Verdict) -> Verdict {
    match verdict.outcome {
        Outcome::Pass if is_cut(case) => verdict.made_unknown(common::LIMIT),
        _ => verdict,
    }
}

/// Why the end of a chain can't be compared with those of IPv4, where that is no property of the
/// target.
pub(super) fn uncompared(ipv6: &Walk<'_>, ipv4: &[Walk<'_>]) -> Option<&'static str> {
    unseen(ipv6).or_else(|| ipv4.iter().find_map(unseen))
}

/// Whether a guard in front of the page answers at the end of a chain, and not the page.
pub(super) fn is_guarded(walk: &Walk<'_>) -> bool {
    facts::front(walk).is_some_and(|(url, talk)| {
        facts::looks(talk).any(|look| facts::page::is_challenge(look, url))
    })
}

/// Whether the attempts at some hop of a chain contradict each other.
pub(super) fn wavers(walk: &Walk<'_>) -> bool {
    walk.hops.iter().flat_map(|hop| &hop.visits).any(|visit| visit.talk.is_flaky())
}
