//! Why nothing can be said of a target, where that is not the target's doing.

use super::common;
use crate::evidence::dns::{Lookup, LookupFailure, LookupStatus};
use crate::evidence::service::{ConversationAttempts, Missing};

/// Why nothing can be said from a conversation, when that is our side's doing.
pub(in crate::check) fn not_seen(talk: Option<&ConversationAttempts<'_>>) -> Option<&'static str> {
    let Some(talk) = talk else { return Some(common::NOT_OBSERVED) };
    match talk.missing {
        Some(Missing::NotObserved) => return Some(common::NOT_OBSERVED),
        Some(Missing::NotVisited) => return Some(common::NOT_VISITED),
        None => {}
    }
    if talk.is_our_fault() {
        return Some(common::OUR_FAULT);
    }
    // A failure that was to be tried again is not yet a failure.
    (!talk.needs.is_empty()).then_some(common::NOT_OBSERVED)
}

/// Why a look-up tells nothing, when it doesn't.
pub(in crate::check) fn unknown_lookup(lookup: &Lookup) -> Option<&'static str> {
    unknown_status(&lookup.status)
}

/// Why nothing follows from what came of a look-up, when nothing does.
pub(in crate::check) fn unknown_status(status: &LookupStatus) -> Option<&'static str> {
    match status {
        LookupStatus::NotObserved => Some(common::NOT_OBSERVED),
        LookupStatus::Failed(LookupFailure::Net(failure)) if failure.is_ours() => {
            Some(common::OUR_FAULT)
        }
        LookupStatus::ChainTooLong => Some(common::LIMIT),
        LookupStatus::Failed(_) | LookupStatus::ChainLooped => Some(common::UNRESOLVED),
        LookupStatus::Found
        | LookupStatus::NoData
        | LookupStatus::NxDomain
        | LookupStatus::Synthesised => None,
    }
}
