//! What a list is read by, beside its text.

use jiff::Timestamp;

use crate::inventory::import::words::Words;
use crate::model::Name;

/// What a list is read by, beside its text.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// The domain under which the names of a list of subdomains lie.
    pub origin: Option<Name>,
    /// Headings by which the labels of targets are known.
    pub words: Words,
    /// Now: certificates that ended before are passed over. All are taken where it isn't said.
    pub now: Option<Timestamp>,
}
