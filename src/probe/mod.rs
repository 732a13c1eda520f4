//! The only door to the network: a request goes in, an observation comes out.

mod connect;
mod conversation;
mod dns;
mod errors;
mod live;
mod route;

pub use live::{Live, LiveError};
