//! A DNS message as it came, decoded when its content is asked for.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Blob, DecodeError, Message};

/// A DNS message that came in answer to a question.
#[derive(Clone)]
pub struct DnsMessage {
    raw: Blob,
    decoded: OnceLock<Result<Arc<Message>, DecodeError>>,
}

impl DnsMessage {
    /// Keeps the octets of a message as they came.
    pub fn new(raw: Blob) -> Self {
        Self { raw, decoded: OnceLock::new() }
    }

    /// The octets.
    pub fn raw(&self) -> &Blob {
        &self.raw
    }

    pub(super) fn raw_mut(&mut self) -> &mut Blob {
        self.decoded = OnceLock::new();
        &mut self.raw
    }

    /// The size of the message in octets.
    pub fn size_octets(&self) -> usize {
        self.raw.bytes().len()
    }

    /// The reading of the message.
    ///
    /// # Errors
    /// When it is malformed in any section.
    pub fn decoded(&self) -> Result<&Arc<Message>, &DecodeError> {
        self.decoded.get_or_init(|| Message::decode(self.raw.bytes()).map(Arc::new)).as_ref()
    }
}

impl fmt::Debug for DnsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decoded() {
            Ok(message) => message.fmt(f),
            Err(error) => write!(f, "malformed message ({error})"),
        }
    }
}

impl PartialEq for DnsMessage {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for DnsMessage {}

impl Serialize for DnsMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DnsMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Blob::deserialize(deserializer).map(Self::new)
    }
}
