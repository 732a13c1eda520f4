//! Why nothing can be said of a target, where that is not the target's doing.

use super::common;
use crate::evidence::dns::{Lookup, LookupStatus};
use crate::evidence::query::Gap;
use crate::evidence::service::ConversationAttempts;

/// Why nothing can be said from a conversation, when that is our side's doing.
pub(in crate::check) fn not_seen(talk: Option<&ConversationAttempts<'_>>) -> Option<&'static str> {
    let gap = talk.map_or(Some(Gap::NotObserved), ConversationAttempts::gap);
    gap.map(common::reason_of)
}

/// Why a look-up tells nothing, when it doesn't.
pub(in crate::check) fn unknown_lookup(lookup: &Lookup) -> Option<&'static str> {
    lookup.gap().map(common::reason_of)
}

/// Why nothing follows from what came of a look-up, when nothing does.
pub(in crate::check) fn unknown_status(status: &LookupStatus) -> Option<&'static str> {
    status.gap().map(common::reason_of)
}
