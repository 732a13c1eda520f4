//! Time servers: the packet that came, and its reading (RFC 5905 §7.3).

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::{Blob, NetFailure};

/// A client's packet to a time server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NtpQuestion {
    /// The time server.
    pub server: SocketAddr,
}

impl fmt::Display for NtpQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ntp {}", self.server)
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NtpExchange {
    /// The datagram, as far as [`NTP_OCTETS_MAX`], or why there is none.
    pub answer: Result<Blob, NetFailure>,
    /// Whether it repeats the timestamp that we sent; one that doesn't answers another client.
    pub is_ours: bool,
}

/// Octets of a datagram that are kept.
pub const NTP_OCTETS_MAX: usize = 1024;

/// The header of an NTP packet, as far as the checks read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NtpPacket {
    /// The leap indicator; 3 is "not synchronised".
    pub leap: u8,
    /// The version, 1 to 4.
    pub version: u8,
    /// The association mode; 4 is a server's answer.
    pub mode: u8,
    /// 0 a kiss-o'-death or not synchronised, 1 a primary server, 2 to 15 a secondary one, 16 not
    /// synchronised.
    pub stratum: u8,
    /// The kiss code or the reference, four octets. Hostile text.
    pub reference: [u8; 4],
    /// When it says that it answered: seconds since 1900 (or since 2036) in the upper 32 bits.
    pub transmitted: u64,
}

/// The octets of a packet's header.
pub const NTP_HEADER_OCTETS: usize = 48;

impl NtpPacket {
    /// Reads a datagram; `None` when it is too short.
    pub fn decode(octets: &[u8]) -> Option<Self> {
        let header: &[u8; NTP_HEADER_OCTETS] = octets.first_chunk()?;
        Some(Self {
            leap: header[0] >> 6,
            version: (header[0] >> 3) & 7,
            mode: header[0] & 7,
            stratum: header[1],
            reference: [header[12], header[13], header[14], header[15]],
            transmitted: u64::from_be_bytes(*header.last_chunk()?),
        })
    }

    /// Whether this is a kiss-o'-death: a stratum of 0 with a code of letters, other than those with
    /// which a server says that it has no time yet (RFC 5905 §7.4).
    pub fn sends_away(&self) -> bool {
        let is_code = self.reference.iter().all(u8::is_ascii_alphabetic);
        self.stratum == 0 && is_code && !matches!(&self.reference, b"INIT" | b"STEP")
    }

    /// The reference as text: what is no letter or digit becomes a dot.
    pub fn reference_text(&self) -> String {
        let shown = |octet: &u8| if octet.is_ascii_graphic() { char::from(*octet) } else { '.' };
        self.reference.iter().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_and_nothing_shorter() {
        let mut octets = [0; NTP_HEADER_OCTETS];
        octets[0] = 0b11_100_100;
        octets[12..16].copy_from_slice(b"RATE");
        octets[47] = 7;
        let read = NtpPacket::decode(&octets).unwrap();
        assert_eq!((read.leap, read.version, read.mode, read.stratum), (3, 4, 4, 0));
        assert_eq!((read.reference_text().as_str(), read.transmitted), ("RATE", 7));
        assert_eq!(NtpPacket::decode(&octets[..47]), None);
    }
}
