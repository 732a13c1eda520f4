//! The only door to the network: a request goes in, an observation comes out.

mod conversation;
mod dns;
mod live;

pub use live::{Live, LiveError};
