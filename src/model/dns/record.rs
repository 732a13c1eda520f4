//! Resource records.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::Name;

/// A resource record of class IN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub record_type: RecordType,
    /// The time to live, in seconds.
    pub ttl_s: u32,
    /// The data.
    pub data: RecordData,
}

/// The data of a record, as far as the checks read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordData {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// An alias.
    Cname(Name),
    /// A name server.
    Ns(Name),
    /// The start of a zone.
    Soa {
        /// The primary name server.
        mname: Name,
        /// The zone's serial.
        serial: u32,
    },
    /// A name for an address.
    Ptr(Name),
    /// A mail exchanger.
    Mx {
        /// Lower is tried first.
        preference: u16,
        /// The host; the root for a null MX (RFC 7505).
        exchange: Name,
    },
    /// A text: its strings put together, each octet one `char` (Latin-1).
    Txt(String),
    /// A property of certification authority authorisation (RFC 8659 §4).
    Caa {
        /// An authority that doesn't know the tag must not issue.
        critical: bool,
        /// The property's tag, in lower case.
        tag: String,
        /// Its value, each octet one `char` (Latin-1).
        value: String,
    },
    /// A service binding (RFC 9460 §2).
    Binding(Box<ServiceBinding>),
    /// Any other data, in presentation format.
    Other(String),
}

impl RecordData {
    /// The A or AAAA record of an address.
    pub fn of_address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::A(address),
            IpAddr::V6(address) => Self::Aaaa(address),
        }
    }

    /// The address of an A record.
    pub fn ipv4(&self) -> Option<Ipv4Addr> {
        match self {
            Self::A(address) => Some(*address),
            _ => None,
        }
    }

    /// The address of a AAAA record.
    pub fn ipv6(&self) -> Option<Ipv6Addr> {
        match self {
            Self::Aaaa(address) => Some(*address),
            _ => None,
        }
    }
}

/// In presentation format, as far as the checks read it.
impl fmt::Display for RecordData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => address.fmt(f),
            Self::Aaaa(address) => address.fmt(f),
            Self::Cname(name) | Self::Ns(name) | Self::Ptr(name) => name.fmt(f),
            Self::Soa { mname, serial } => write!(f, "{mname} {serial}"),
            Self::Mx { preference, exchange } => write!(f, "{preference} {exchange}"),
            Self::Txt(text) => write!(f, "\"{text}\""),
            Self::Caa { critical, tag, value } => {
                // The flag is the highest bit of its octet (RFC 8659 §4.1).
                write!(f, "{} {tag} \"{value}\"", if *critical { 128 } else { 0 })
            }
            Self::Binding(binding) => binding.fmt(f),
            Self::Other(data) => f.write_str(data),
        }
    }
}

/// What an HTTPS or SVCB record says, as far as the checks read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceBinding {
    /// 0 for an alias; else lower is tried first.
    pub priority: u16,
    /// Another name for the service; the root stands for the owner itself, or in an alias for
    /// "not available".
    pub target: Name,
    /// `ipv6hint`.
    pub ipv6_hints: Vec<Ipv6Addr>,
    /// `ipv4hint`.
    pub ipv4_hints: Vec<Ipv4Addr>,
}

impl fmt::Display for ServiceBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.priority, self.target)?;
        for (key, hints) in [
            ("ipv4hint", self.ipv4_hints.iter().map(ToString::to_string).collect::<Vec<_>>()),
            ("ipv6hint", self.ipv6_hints.iter().map(ToString::to_string).collect()),
        ] {
            if !hints.is_empty() {
                write!(f, " {key}={}", hints.join(","))?;
            }
        }
        Ok(())
    }
}

/// A record type by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordType(pub u16);

impl RecordType {
    /// IPv4 address.
    pub const A: Self = Self(1);
    /// Name server.
    pub const NS: Self = Self(2);
    /// Alias.
    pub const CNAME: Self = Self(5);
    /// Start of authority.
    pub const SOA: Self = Self(6);
    /// Pointer.
    pub const PTR: Self = Self(12);
    /// Mail exchanger.
    pub const MX: Self = Self(15);
    /// Text.
    pub const TXT: Self = Self(16);
    /// IPv6 address.
    pub const AAAA: Self = Self(28);
    /// Delegation signer.
    pub const DS: Self = Self(43);
    /// DNS key.
    pub const DNSKEY: Self = Self(48);
    /// TLSA.
    pub const TLSA: Self = Self(52);
    /// HTTPS binding.
    pub const HTTPS: Self = Self(65);
    /// Certification authority authorisation.
    pub const CAA: Self = Self(257);
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // hickory knows the mnemonics; what it doesn't know is printed as RFC 3597 §5 has it.
        match hickory_proto::rr::RecordType::from(self.0) {
            hickory_proto::rr::RecordType::Unknown(number) => write!(f, "TYPE{number}"),
            known => write!(f, "{known}"),
        }
    }
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for RecordType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

impl<'de> Deserialize<'de> for RecordType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u16::deserialize(deserializer).map(Self)
    }
}
