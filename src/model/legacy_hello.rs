//! Whether a server still accepts a version of TLS that RFC 7568 and RFC 8996 put out of use.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::{Host, NetFailure};

/// A ClientHello that offers one old version and nothing newer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LegacyHelloQuestion {
    /// Where to connect.
    pub address: SocketAddr,
    /// For whom; sent as SNI when it is a name (SSL 3.0 has no SNI).
    pub host: Host,
    /// The version offered.
    pub version: LegacyVersion,
}

/// A version that must not be negotiated any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegacyVersion {
    /// SSL 3.0 (RFC 7568).
    Ssl3,
    /// TLS 1.0 (RFC 8996).
    Tls10,
    /// TLS 1.1 (RFC 8996).
    Tls11,
}

/// What came in answer to an old ClientHello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LegacyAnswer {
    /// A ServerHello that goes on in this version: an old version is accepted.
    Accepted {
        /// The version that the server chose; not newer than the one offered.
        version: LegacyVersion,
    },
    /// A fatal alert.
    Alert {
        /// Its description octet (RFC 8446 §6.2).
        code: u8,
    },
    /// The server hung up on the hello, by FIN or RST.
    HungUp,
    /// Something that is no answer to such a hello. The server did not go on in an old version.
    OtherAnswer {
        /// How it began.
        detail: String,
    },
    /// No connection, or silence: nothing is known of the version.
    Net {
        /// Why.
        failure: NetFailure,
    },
}

impl LegacyVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 3] = [Self::Ssl3, Self::Tls10, Self::Tls11];

    /// The two octets on the wire.
    pub fn octets(self) -> [u8; 2] {
        match self {
            Self::Ssl3 => [3, 0],
            Self::Tls10 => [3, 1],
            Self::Tls11 => [3, 2],
        }
    }

    /// The version of these octets, if it is an old one.
    pub fn from_octets(octets: [u8; 2]) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.octets() == octets)
    }
}

impl fmt::Display for LegacyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ssl3 => "SSLv3",
            Self::Tls10 => "TLSv1.0",
            Self::Tls11 => "TLSv1.1",
        })
    }
}

impl fmt::Display for LegacyHelloQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hello {} {} for {}", self.version, self.address, self.host)
    }
}
