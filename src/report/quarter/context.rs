//! What the renderers of a quarter are given.

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
