//! The quarterly report: what a review says, as sections that every format draws in its own way.

mod chart;
pub mod html;
pub mod json;
pub mod markdown;
mod sections;
pub(super) mod words;

pub use chart::{Chart, axis_top};
pub use html::particulars;
pub use sections::{Section, sections, title};
pub use words::{caveat, change, progress, quarter_name};

use crate::judge::quarter::Review;
use crate::model::Lang;

/// What the renderers of a quarter are given.
#[derive(Clone, Copy)]
pub struct QuarterContext<'a> {
    /// The review.
    pub review: &'a Review,
    /// The reader's language.
    pub lang: Lang,
}
