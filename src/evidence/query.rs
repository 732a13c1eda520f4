//! The view of the evidence that everything is read through, and its memory.
//!
//! Imports the model alone.

mod gap;
mod memory;
mod view;

pub use gap::Gap;
pub use memory::{Memory, Topic};
pub use view::View;
