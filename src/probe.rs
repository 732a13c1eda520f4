//! The only door to the network: a request goes in, an observation comes out.

mod connect;
mod conversation;
mod dns;
mod echo;
mod errors;
mod legacy_tls;
mod live;
mod ntp;
mod pacing;
mod quic;
mod route;
mod validator;

pub use dns::DroppedAnswers;
pub use live::{Live, LiveError};
