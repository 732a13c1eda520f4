//! What the look-ups of a service's name show of its existence.

use crate::check::common;
use crate::evidence::dns::{Lookup, LookupStatus};
use crate::evidence::query::Gap;
use crate::model::Verdict;

/// Whether a name has records of a type; `None` when that could not be found out.
pub(in crate::check) fn exists(lookup: &Lookup) -> Option<bool> {
    match &lookup.status {
        LookupStatus::Found => Some(true),
        // Nobody gets an answer, and so nothing is known of what there would be.
        LookupStatus::Unserved(_) => None,
        empty if empty.is_known_empty() => Some(false),
        _ => None,
    }
}

/// The verdict when look-ups that matter failed: that one is still to be made comes first.
pub(in crate::check) fn unknown_verdict(lookups: [&Lookup; 2]) -> Verdict {
    let gaps: Vec<_> = lookups.into_iter().filter_map(Lookup::gap).collect();
    let pending = gaps.iter().find(|gap| **gap == Gap::NotObserved);
    let gap = pending.or(gaps.first()).copied();
    Verdict::inconclusive(gap.map_or(common::UNRESOLVED, common::reason_of))
}
