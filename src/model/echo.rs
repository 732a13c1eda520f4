//! An ICMP echo: what `ping` sends, once.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// One echo request (RFC 4443 §4.1, RFC 792).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EchoQuestion {
    /// Whom.
    pub address: IpAddr,
    /// Octets after the eight of the ICMP header; over IPv6 the packet is 48 octets longer.
    pub payload_octets: u16,
}

/// An echo reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echoed {
    /// From the request to its reply, in microseconds.
    pub elapsed_us: u64,
}

impl fmt::Display for EchoQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "echo {} {}", self.address, self.payload_octets)
    }
}
