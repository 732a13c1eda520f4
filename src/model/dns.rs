//! DNS messages as seen: the raw octets are the fact, their decoding is a reading of it.
//!
//! A [`DnsMessage`] keeps the octets and decodes them when a [`Message`] is asked for; what is in its
//! sections are [`Record`]s.

mod decode;
mod message;
mod raw;
mod record;

pub use message::{DecodeError, Edns, Message, Rcode};
pub use raw::DnsMessage;
pub use record::{Record, RecordData, RecordType, ServiceBinding};
