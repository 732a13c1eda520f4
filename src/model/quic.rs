//! A QUIC handshake with one address.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::{Blob, Host, NetFailure};

/// A QUIC handshake for HTTP/3 (RFC 9114 §3.1): ALPN `h3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuicQuestion {
    /// Where the datagrams go.
    pub address: SocketAddr,
    /// For whom; sent as SNI when it is a name.
    pub host: Host,
}

/// A completed QUIC handshake. Whatever the certificate says, it is completed; the chain is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuicSession {
    /// From the first datagram to the end of the handshake, in microseconds.
    pub elapsed_us: u64,
    /// The protocol chosen by ALPN.
    pub alpn: Option<String>,
    /// The certificates as sent, leaf first, DER.
    pub chain: Vec<Blob>,
}

/// Why a QUIC handshake did not complete.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum QuicFailure {
    /// Silence, or an error of the network. A closed UDP port may be either.
    Net {
        /// How.
        failure: NetFailure,
    },
    /// The server speaks no version of QUIC that we do (RFC 9000 §6).
    VersionMismatch,
    /// The server ended the handshake with an error, such as a TLS alert (RFC 9001 §4.8).
    Refused {
        /// The transport error code (RFC 9000 §20.1); a TLS alert is 0x100 and its number.
        code: u64,
        /// The reason that it gave. Hostile text.
        detail: String,
    },
    /// What came breaks the rules of QUIC or TLS.
    NotQuic {
        /// The library's message.
        detail: String,
    },
    /// Ours: the library or its configuration failed.
    Ours {
        /// The library's message.
        detail: String,
    },
}

impl QuicFailure {
    /// Whether the cause lies on our own machine.
    pub fn is_ours(&self) -> bool {
        match self {
            Self::Net { failure } => failure.is_ours(),
            Self::Ours { .. } => true,
            Self::VersionMismatch | Self::Refused { .. } | Self::NotQuic { .. } => false,
        }
    }
}

impl fmt::Display for QuicFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net { failure } => failure.fmt(f),
            Self::VersionMismatch => f.write_str("no version of QUIC in common"),
            Self::Refused { code, detail } => write!(f, "refused (0x{code:x}): {detail}"),
            Self::NotQuic { detail } => write!(f, "not QUIC: {detail}"),
            Self::Ours { detail } => write!(f, "our own fault: {detail}"),
        }
    }
}

impl fmt::Display for QuicQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quic {} for {}", self.address, self.host)
    }
}
