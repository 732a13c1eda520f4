//! A router in a network namespace of its own, with hosts in theirs behind it: what only real routers
//! do to packets.
//!
//! Behind it there is a net that it has no route to, one that it must not forward to, one
//! without a host, and two hosts at the end of a path of small packets. It tells one of them so
//! (Packet Too Big, RFC 4443 §3.2), and what it tells the other is lost: a path-MTU black hole
//! (RFC 2923 §2.1).

use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::os::fd::RawFd;

use rtnetlink::packet_route::route::{RouteAttribute, RouteMessage, RouteMetric, RouteType};
use rtnetlink::packet_route::rule::RuleAction;
use rtnetlink::{Handle, LinkVeth, RouteMessageBuilder};
use socket2::Socket;

use super::addresses::{BLACK_HOLE, PROHIBITED, SMALL_PACKETS, UNREACHABLE, routed};
use super::links::{TABLE_LOCAL, bring_up, lay_cable};
use super::listen::{BACKLOG, listen};
use super::namespace::{Error, Namespace, set_ipv6_sysctl};
use crate::lab::error::LabError;

/// Our own address on the link to the router, and the router's.
const OWN: Ipv6Addr = routed(0, 0xffff);
const ROUTER: Ipv6Addr = routed(0, 1);

/// The hosts behind the router, each with the names of its cable's ends. A host that learns of a
/// small path remembers it for everything that it sends there, so each is a machine of its own.
const HOSTS: [(Ipv6Addr, [&str; 2]); 2] =
    [(SMALL_PACKETS, ["to-small", "small"]), (BLACK_HOLE, ["to-hole", "hole"])];

/// The prefix length of one net, and of all of them together.
const NET: u8 = 64;
const ALL_NETS: u8 = 61;

/// The largest packet that the router forwards to us: the least that IPv6 allows (RFC 8200 §5).
const MTU: u32 = 1280;

/// The cable to the net without a host. It is a link of its own: a router that sends a packet back over the
/// link on which it came also tells the sender to go there directly (Redirect, RFC 4861 §8.2), and our own
/// kernel would then look for the host itself, where it takes the advice.
const NOBODY: [&str; 2] = ["to-nobody", "nobody"];

/// The metric that is locked, in the kernel's numbering: a router only heeds a locked one.
const RTAX_MTU: u32 = 2;

/// The link-local address of one end of a cable.
const fn link_local(end: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, end)
}

/// The hosts behind the router. The namespaces last as long as this.
pub(in crate::lab) struct RoutedHosts {
    hosts: Vec<(Ipv6Addr, Namespace)>,
    _router: Namespace,
}

impl RoutedHosts {
    /// A listener of the host that has the address. It can be served from anywhere: a socket stays
    /// where it was made.
    ///
    /// # Errors
    /// When no host has it, or the port can't be had.
    pub(in crate::lab) fn listen(&self, address: SocketAddr) -> io::Result<Socket> {
        let host = self.hosts.iter().find(|(host, _)| address.ip() == *host);
        let (_, host) = host.ok_or_else(|| io::Error::from(io::ErrorKind::AddrNotAvailable))?;
        host.within(|| listen(address, BACKLOG))
    }
}

/// Lays the cables, from us to the router and from there to the hosts.
///
/// # Errors
/// When the kernel refuses a step.
pub(super) async fn set_up(handle: &Handle) -> Result<RoutedHosts, LabError> {
    let step = LabError::at_step("router");
    let router = Namespace::new().map_err(&step)?;
    attach_router(handle, router.fd()).await.map_err(LabError::at_step("router: near link"))?;
    router.configure(configure_forwarding).map_err(LabError::at_step("router: forwarding"))?;
    let mut hosts = Vec::new();
    for (address, cable) in HOSTS {
        let host = Namespace::new().map_err(&step)?;
        let there = host.fd();
        router
            .configure(|handle| attach_host(handle, address, cable, there))
            .map_err(LabError::at_step("router: far link"))?;
        host.configure(|handle| configure_host(handle, address, cable[1]))
            .map_err(LabError::at_step("router: host"))?;
        hosts.push((address, host));
    }
    Ok(RoutedHosts { hosts, _router: router })
}

async fn attach_router(handle: &Handle, router: RawFd) -> Result<(), rtnetlink::Error> {
    lay_cable(handle, ["near", "near-router"], router).await?;
    let near = bring_up(handle, "near").await?;
    handle.address().add(near, link_local(1).into(), NET).execute().await?;
    handle.address().add(near, OWN.into(), 128).execute().await?;
    let route = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(routed(0, 0), ALL_NETS)
        .gateway(link_local(2))
        .output_interface(near)
        .table_id(TABLE_LOCAL)
        .build();
    handle.route().add(route).execute().await
}

async fn configure_forwarding(handle: Handle) -> Result<(), Error> {
    set_ipv6_sysctl("conf/all/forwarding", "1")?;
    // Every error is reported.
    set_ipv6_sysctl("icmp/ratelimit", "0")?;
    let near = bring_up(&handle, "near-router").await?;
    handle.address().add(near, link_local(2).into(), NET).execute().await?;
    handle.address().add(near, ROUTER.into(), NET).execute().await?;
    let mut narrow = route_to(OWN, 128, near);
    let limit = vec![RouteMetric::Lock(1 << RTAX_MTU), RouteMetric::Mtu(MTU)];
    narrow.attributes.push(RouteAttribute::Metrics(limit));
    handle.route().add(narrow).execute().await?;
    attach_nobody(&handle).await?;
    let prohibited = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(PROHIBITED, NET)
        .kind(RouteType::Prohibit)
        .build();
    handle.route().add(prohibited).execute().await?;
    // What the router itself has to say to this host, it keeps to itself.
    let silence = handle.rule().add().v6().destination_prefix(BLACK_HOLE, 128);
    let silence = silence.input_interface("lo").priority(1).action(RuleAction::Blackhole);
    Ok(silence.execute().await?)
}

/// Lays the cable to [`UNREACHABLE`], both of whose ends are the router's.
async fn attach_nobody(handle: &Handle) -> Result<(), Error> {
    handle.link().add(LinkVeth::new(NOBODY[0], NOBODY[1]).build()).execute().await?;
    // A neighbour that doesn't answer is given up soon. Us, the router asks as patiently as others do.
    set_ipv6_sysctl(&format!("neigh/{}/mcast_solicit", NOBODY[0]), "1")?;
    set_ipv6_sysctl(&format!("neigh/{}/retrans_time_ms", NOBODY[0]), "100")?;
    bring_up(handle, NOBODY[1]).await?;
    let near = bring_up(handle, NOBODY[0]).await?;
    Ok(handle.route().add(route_to(UNREACHABLE, NET, near)).execute().await?)
}

/// The router's side of the cable to a host.
async fn attach_host(
    handle: Handle,
    host: Ipv6Addr,
    cable: [&str; 2],
    there: RawFd,
) -> Result<(), Error> {
    lay_cable(&handle, cable, there).await?;
    let far = bring_up(&handle, cable[0]).await?;
    handle.address().add(far, link_local(1).into(), NET).execute().await?;
    Ok(handle.route().add(route_to(host, 128, far)).execute().await?)
}

/// The host's side of it.
async fn configure_host(handle: Handle, host: Ipv6Addr, end: &str) -> Result<(), Error> {
    let far = bring_up(&handle, end).await?;
    handle.address().add(far, link_local(2).into(), NET).execute().await?;
    handle.address().add(far, host.into(), 128).execute().await?;
    let route = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(Ipv6Addr::UNSPECIFIED, 0)
        .gateway(link_local(1))
        .output_interface(far)
        .build();
    Ok(handle.route().add(route).execute().await?)
}

/// A route to what is on a link.
fn route_to(prefix: Ipv6Addr, length: u8, link: u32) -> RouteMessage {
    RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(prefix, length)
        .output_interface(link)
        .build()
}
