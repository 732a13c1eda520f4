//! Why bytes did not arrive, as the kernel reports it, and whose fault that is.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Why an exchange with an address failed below the application.
///
/// The distinction that matters most is [`NetFailure::is_ours`]: what our own machine could not do
/// says nothing about the target.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NetFailure {
    /// A TCP RST in answer to the SYN, or an ICMP port unreachable on UDP.
    Refused,
    /// The connection was established and then reset.
    Reset,
    /// Nothing came within the deadline.
    TimedOut,
    /// The peer closed the connection before it sent what the protocol demands.
    Closed,
    /// A router or the target sent an ICMP or ICMPv6 error.
    Icmp {
        /// The type field (RFC 4443 for IPv6, RFC 792 for IPv4).
        icmp_type: u8,
        /// The code field.
        icmp_code: u8,
        /// Who sent it, where the kernel tells.
        from: Option<IpAddr>,
        /// What it means, whichever family it came from.
        meaning: IcmpMeaning,
    },
    /// Ours: our own kernel has no route to the address.
    NoRoute,
    /// Ours: our own kernel or firewall forbids it.
    NotPermitted,
    /// Ours: we ran out of file descriptors, ports, buffers or memory.
    Exhausted {
        /// The errno's name.
        errno: String,
    },
    /// Any other error of the operating system; not counted against the target.
    Other {
        /// The errno's name or the error's text.
        errno: String,
    },
}

/// The meaning of an ICMP error, the same for both families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IcmpMeaning {
    /// A router has no route to the destination (ICMPv6 1/0).
    NoRoute,
    /// Administratively prohibited (1/1).
    Prohibited,
    /// Beyond the scope of the source address (1/2).
    BeyondScope,
    /// The last router can't reach the address: no neighbour answers (1/3).
    AddressUnreachable,
    /// No listener (1/4).
    PortUnreachable,
    /// The source address failed an ingress or egress policy (1/5).
    PolicyFailed,
    /// The route rejects (1/6).
    RejectRoute,
    /// Too big for a link on the path (2/0).
    PacketTooBig,
    /// The hop limit was exceeded: most often a routing loop (3/0).
    HopLimitExceeded,
    /// Anything else.
    Other,
}

impl NetFailure {
    /// Whether the cause lies on our own machine, so that it must never count against the target.
    pub fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::NoRoute | Self::NotPermitted | Self::Exhausted { .. } | Self::Other { .. }
        )
    }

    /// The stable word for this failure, used as a verdict's reason.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::TimedOut => "timed-out",
            Self::Closed => "closed",
            Self::Icmp { meaning, .. } => meaning.reason(),
            Self::NoRoute => "our-no-route",
            Self::NotPermitted => "our-not-permitted",
            Self::Exhausted { .. } => "our-exhausted",
            Self::Other { .. } => "our-other",
        }
    }
}

impl IcmpMeaning {
    /// The stable word, used as a verdict's reason.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoRoute => "icmp-no-route",
            Self::Prohibited => "icmp-prohibited",
            Self::BeyondScope => "icmp-beyond-scope",
            Self::AddressUnreachable => "icmp-address-unreachable",
            Self::PortUnreachable => "icmp-port-unreachable",
            Self::PolicyFailed => "icmp-policy-failed",
            Self::RejectRoute => "icmp-reject-route",
            Self::PacketTooBig => "icmp-packet-too-big",
            Self::HopLimitExceeded => "icmp-hop-limit-exceeded",
            Self::Other => "icmp-other",
        }
    }

    /// Reads type and code of an ICMPv6 error (RFC 4443 §3).
    pub fn from_icmpv6(icmp_type: u8, icmp_code: u8) -> Self {
        match (icmp_type, icmp_code) {
            (1, 0) => Self::NoRoute,
            (1, 1) => Self::Prohibited,
            (1, 2) => Self::BeyondScope,
            (1, 3) => Self::AddressUnreachable,
            (1, 4) => Self::PortUnreachable,
            (1, 5) => Self::PolicyFailed,
            (1, 6) => Self::RejectRoute,
            (2, _) => Self::PacketTooBig,
            (3, _) => Self::HopLimitExceeded,
            _ => Self::Other,
        }
    }

    /// Reads type and code of an ICMPv4 error (RFC 792, RFC 1812 §5.2.7.1).
    pub fn from_icmpv4(icmp_type: u8, icmp_code: u8) -> Self {
        match (icmp_type, icmp_code) {
            (3, 0 | 5 | 6 | 8 | 11) => Self::NoRoute,
            (3, 9 | 10 | 13) => Self::Prohibited,
            (3, 1 | 7 | 12) => Self::AddressUnreachable,
            (3, 2 | 3) => Self::PortUnreachable,
            (3, 4) => Self::PacketTooBig,
            (3, 14 | 15) => Self::PolicyFailed,
            (11, _) => Self::HopLimitExceeded,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for NetFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Icmp { icmp_type, icmp_code, from, meaning } => {
                write!(f, "{} (type {icmp_type}, code {icmp_code}", meaning.reason())?;
                match from {
                    Some(from) => write!(f, ", from {from})"),
                    None => f.write_str(")"),
                }
            }
            Self::Exhausted { errno } | Self::Other { errno } => {
                write!(f, "{} ({errno})", self.reason())
            }
            _ => f.write_str(self.reason()),
        }
    }
}
