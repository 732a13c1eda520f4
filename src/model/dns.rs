//! The content of DNS messages, decoded: a [`Message`], and the [`Record`]s in its sections. The raw
//! octets, which are the fact, are in [`DnsMessage`](super::DnsMessage).

mod decode;
mod message;
mod record;

pub use message::{DecodeError, Edns, Message, Rcode};
pub use record::{Record, RecordData, RecordType, ServiceBinding};
