//! ICMP echo, through one socket for each family and run.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use surge_ping::{Config, ICMP, IcmpPacket, PingIdentifier, PingSequence, SurgeError};

use super::random::random_u64;
use super::timing::micros;
use super::{errors, route};
use crate::model::{EchoQuestion, Echoed, Family, IcmpMeaning, NetFailure};

/// Echo replies (RFC 4443 §4.2, RFC 792).
const ECHO_REPLY_V6: u8 = 129;
const ECHO_REPLY_V4: u8 = 0;

/// Sequence numbers that are tried when one is still awaited from the same address.
const SEQUENCES_MAX: usize = 16;

/// The sockets for echo, one for each family: an unprivileged datagram socket where `net.ipv4.ping_group_range` allows
/// one (it holds for IPv6 too), else a raw one. To open them is all that a privilege is needed for.
pub struct EchoSockets {
    ipv6: Result<surge_ping::Client, NetFailure>,
    ipv4: Result<surge_ping::Client, NetFailure>,
}

impl EchoSockets {
    /// Opens them; where neither kind is allowed, that is logged once and every echo fails with it. Must be called
    /// within a tokio runtime, and used within the same.
    pub fn open() -> Self {
        let (ipv6, ipv4) = (open(ICMP::V6), open(ICMP::V4));
        if [&ipv6, &ipv4].into_iter().any(|opened| matches!(opened, Err(NetFailure::NotPermitted)))
        {
            tracing::info!(
                "no permission to send ICMP echo requests: name a group of this user in the sysctl \
                 net.ipv4.ping_group_range, or give the program CAP_NET_RAW"
            );
        }
        Self { ipv6, ipv4 }
    }
}

/// Sends echo requests.
pub(super) struct Client {
    sockets: EchoSockets,
    /// Tells our replies on a raw socket from those to other programs.
    identifier: PingIdentifier,
    sequence: AtomicU16,
    deadline: Duration,
}

impl Client {
    /// A client over these sockets.
    pub(super) fn new(sockets: EchoSockets, deadline: Duration) -> Self {
        let [first, second, ..] = random_u64().unwrap_or_default().to_be_bytes();
        Self {
            sockets,
            identifier: PingIdentifier(u16::from_be_bytes([first, second])),
            sequence: AtomicU16::new(0),
            deadline,
        }
    }

    /// Sends one request and waits for its reply. A packet that is larger than what our own link
    /// carries leaves in fragments.
    ///
    /// # Errors
    /// [`NetFailure::TimedOut`] also stands for ICMP errors, which the kernel keeps from datagram
    /// sockets; [`NetFailure::NotPermitted`] when this process may open no ICMP socket.
    pub(super) async fn exchange(&self, question: &EchoQuestion) -> Result<Echoed, NetFailure> {
        let peer = question.address;
        let client = match Family::of(peer) {
            Family::Ipv6 => &self.sockets.ipv6,
            Family::Ipv4 => &self.sockets.ipv4,
        };
        let client = client.as_ref().map_err(Clone::clone)?;
        // Without a route some kernels take the packet and say nothing.
        route::source_toward(peer)?;
        let mut pinger = client.pinger(peer, self.identifier).await;
        pinger.timeout(self.deadline);
        let payload = vec![0; usize::from(question.payload_octets)];
        for _ in 0..SEQUENCES_MAX {
            let sequence = PingSequence(self.sequence.fetch_add(1, Ordering::Relaxed));
            return match pinger.ping(sequence, &payload).await {
                Ok((packet, elapsed)) => reply(&packet, elapsed, peer),
                Err(SurgeError::IdenticalRequests { .. }) => continue,
                Err(SurgeError::Timeout { .. }) => Err(NetFailure::TimedOut),
                Err(SurgeError::IOError(error)) => Err(errors::io_failure(&error, peer)),
                Err(other) => Err(NetFailure::Other { errno: other.to_string() }),
            };
        }
        Err(NetFailure::Exhausted { errno: "echo sequence numbers".to_owned() })
    }
}

fn open(kind: ICMP) -> Result<surge_ping::Client, NetFailure> {
    let config = Config::builder().kind(kind).build();
    surge_ping::Client::new(&config).map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => NetFailure::NotPermitted,
        _ => errors::io_failure(&error, IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
    })
}

/// On a raw socket an ICMP error comes like a reply.
fn reply(packet: &IcmpPacket, elapsed: Duration, peer: IpAddr) -> Result<Echoed, NetFailure> {
    let (icmp_type, icmp_code, from, is_reply) = match packet {
        IcmpPacket::V6(packet) => {
            let kind = packet.get_icmpv6_type().0;
            (kind, packet.get_icmpv6_code().0, packet.get_source().into(), kind == ECHO_REPLY_V6)
        }
        IcmpPacket::V4(packet) => {
            let kind = packet.get_icmp_type().0;
            (kind, packet.get_icmp_code().0, packet.get_source().into(), kind == ECHO_REPLY_V4)
        }
    };
    if is_reply {
        return Ok(Echoed { elapsed_us: micros(elapsed) });
    }
    let meaning = match Family::of(peer) {
        Family::Ipv6 => IcmpMeaning::from_icmpv6(icmp_type, icmp_code),
        Family::Ipv4 => IcmpMeaning::from_icmpv4(icmp_type, icmp_code),
    };
    Err(NetFailure::Icmp { icmp_type, icmp_code, from: Some(from), meaning })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn our_own_kernel_answers_where_we_may_ask() {
        let client = Client::new(EchoSockets::open(), Duration::from_secs(60));
        for (address, payload_octets) in [("::1", 56), ("::1", 1452), ("127.0.0.1", 56)] {
            let question = EchoQuestion { address: address.parse().unwrap(), payload_octets };
            // A container may lack the right, or a family: both are named as ours.
            match client.exchange(&question).await {
                Ok(_) => {}
                Err(failure) => assert!(failure.is_ours(), "{question}: {failure}"),
            }
        }
    }

    #[tokio::test]
    async fn without_a_socket_it_is_our_fault() {
        let mut client = Client::new(EchoSockets::open(), Duration::from_secs(60));
        client.sockets.ipv6 = Err(NetFailure::NotPermitted);
        let question = EchoQuestion { address: Ipv6Addr::LOCALHOST.into(), payload_octets: 56 };
        assert_eq!(client.exchange(&question).await, Err(NetFailure::NotPermitted));
    }
}
