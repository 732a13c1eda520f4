//! Two runs side by side, as people and programs read it.

mod collapse;
mod context;
pub mod json;
pub mod since;
mod terms;
pub mod text;

pub use collapse::lines;
pub use context::DifferenceContext;
