//! Two runs side by side, as people and programs read it.

pub mod json;
pub mod text;
mod words;

use crate::judge::Comparison;
use crate::model::Lang;

/// What the renderers of a comparison are given.
#[derive(Clone, Copy)]
pub struct DifferenceSheet<'a> {
    /// The comparison.
    pub comparison: &'a Comparison,
    /// The reader's language.
    pub lang: Lang,
}
