//! How everything else asks the evidence: through a [`View`], which names what it finds missing
//! ([`Needs`]) or can't know ([`Gap`]), and which may have a [`Memory`] of what was read before. A
//! service that waits for its last answers keeps only [`RestingEvidence`].
//!
//! Imports the model alone: what can be remembered is a [`Topic`] of the area that reads it.

mod gap;
mod memory;
mod resting;
mod topic;
mod view;

pub use gap::Gap;
pub use memory::Memory;
pub use resting::RestingEvidence;
pub use topic::{Retention, Topic};
pub use view::{Needs, View};
