//! The path from the root down to a name, as a resolver goes that asks servers of some families
//! only: with IPv6 alone, or with IPv4 where IPv6 leads no further. [`resolution`] reads it from the
//! evidence, and what is still missing is requested. Imports [`super::exchange`].
//!
//! At each zone
//! cut the parent's servers are asked for the NS records of the next name (RFC 9156), so that every
//! name below a zone leads to the same question there.

pub mod hints;
mod iterative_resolver;
mod path;
mod referral;

#[cfg(test)]
mod tests;

pub use path::{
    AddressOutcome, Cut, DelegationFailure, Path, Reach, Resolution, ResolutionEnd, Server, Source,
    Unaddressed, Unserved,
};
pub use referral::{Referred, referred};

use std::sync::Arc;

use crate::evidence::query::{Topic, View};
use crate::model::{Name, RecordType};
use iterative_resolver::IterativeResolver;

/// The path from the root to a name's records.
#[derive(PartialEq, Eq)]
struct ResolutionOf(Name, RecordType, Reach);

impl Topic for ResolutionOf {
    type Reading = Resolution;
}

/// Reads the path from the root to a name's records.
///
/// At most [`crate::model::Limits::walk_questions`] questions are looked up in the evidence, and
/// so at most as many asked, each [`crate::model::Settings::attempts`] times.
pub fn resolution(
    view: &View<'_>,
    name: &Name,
    record_type: RecordType,
    reach: Reach,
) -> Arc<Resolution> {
    view.remembered(ResolutionOf(name.clone(), record_type, reach), || {
        IterativeResolver::new(view, reach).resolution(name, record_type)
    })
}
