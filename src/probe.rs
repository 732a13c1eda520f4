//! The only door to the network: a request goes in, an observation comes out.

mod connect;
mod conversation;
mod dns;
mod echo;
mod error_queue;
mod errors;
mod farewell;
mod kernel;
mod legacy_tls;
mod live;
mod ntp;
mod pacing;
mod quic;
mod random;
mod route;
mod timing;
mod trace;
mod validator;
mod verifier;

pub use dns::DroppedAnswers;
pub use live::{Live, LiveError};
