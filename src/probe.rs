//! The only door to the network: a [`Request`](crate::model::Request) goes in, an
//! [`Observation`](crate::model::Observation) comes out.
//!
//! [`Live`] waits until pacing lets a request go, hands it to the prober of its kind and dates what
//! came of it. Each protocol has its file or folder: DNS, conversations (TCP, TLS, HTTP and
//! greetings), QUIC, NTP, ICMP echo, old versions of TLS, routes, and the operator's RPKI validator.
//! A prober moves bytes once, to one address; it never retries or follows, and every failure is a
//! named result ([`NetFailure`](crate::model::NetFailure)), ours told apart from theirs. What may have
//! come of our own pace is no result: such a DNS question is asked again more slowly. One thing
//! takes more than one connection: a handshake that our first TLS library can't hold and browsers
//! can is held by a second one, and both are in the observation.
//!
//! Whatever a peer does, a conversation costs no more than its budget of packets and octets.
//!
//! Imports [`model`](crate::model) and nothing else of this crate.

mod budget;
mod client_hello;
mod connect;
mod connection;
mod conversation;
#[doc(hidden)]
pub mod decoders;
mod dns;
mod echo;
mod error_queue;
mod errors;
mod farewell;
mod kernel;
mod legacy_tls;
mod live;
mod network;
mod ntp;
mod own_drops;
mod pacing;
mod quic;
mod random;
mod recheck;
mod route;
mod tally;
mod timing;
mod trace;
mod validator;
mod verifier;

pub use dns::DroppedAnswers;
pub use echo::EchoSockets;
pub use live::{Live, LiveError};
pub use network::{Network, NetworkError, runtime, workers};
pub use tally::Tally;
