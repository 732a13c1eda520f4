//! What the renderers of a comparison are given.

use crate::judge::Comparison;
use crate::model::Lang;

/// What the renderers of a comparison are given.
#[derive(Clone, Copy)]
pub struct DifferenceContext<'a> {
    /// The comparison.
    pub comparison: &'a Comparison,
    /// The reader's language.
    pub lang: Lang,
}
