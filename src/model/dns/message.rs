//! What a message says.

use std::fmt;

use super::record::{Record, RecordType};
use crate::model::Name;

/// Why octets are not a DNS message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub String);

/// The reading of a DNS message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message id.
    pub id: u16,
    /// The RCODE, with its EDNS extension.
    pub rcode: Rcode,
    /// AA.
    pub authoritative: bool,
    /// TC.
    pub truncated: bool,
    /// RA.
    pub recursion_available: bool,
    /// AD.
    pub authentic_data: bool,
    /// The question that the message repeats.
    pub question: Option<(Name, RecordType)>,
    /// The answer section.
    pub answers: Vec<Record>,
    /// The authority section.
    pub authorities: Vec<Record>,
    /// The additional section without the OPT record.
    pub additionals: Vec<Record>,
    /// EDNS (RFC 6891), if the server speaks it.
    pub edns: Option<Edns>,
}

/// What an OPT record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edns {
    /// The requestor's UDP payload size, in octets.
    pub udp_payload_octets: u16,
    /// The INFO-CODEs of Extended DNS Errors (RFC 8914).
    pub extended_errors: Vec<u16>,
}

/// A response code (RFC 1035 §4.1.1, RFC 6895 §2.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rcode(pub u16);

impl Rcode {
    /// No error: an answer, a referral or NODATA.
    pub const NOERROR: Self = Self(0);
    /// The server could not read the question.
    pub const FORMERR: Self = Self(1);
    /// The server failed.
    pub const SERVFAIL: Self = Self(2);
    /// The name does not exist.
    pub const NXDOMAIN: Self = Self(3);
    /// Not implemented.
    pub const NOTIMP: Self = Self(4);
    /// The server refuses.
    pub const REFUSED: Self = Self(5);
}

impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NOERROR => f.write_str("NOERROR"),
            Self::FORMERR => f.write_str("FORMERR"),
            Self::SERVFAIL => f.write_str("SERVFAIL"),
            Self::NXDOMAIN => f.write_str("NXDOMAIN"),
            Self::NOTIMP => f.write_str("NOTIMP"),
            Self::REFUSED => f.write_str("REFUSED"),
            Self(number) => write!(f, "RCODE{number}"),
        }
    }
}

impl fmt::Debug for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
