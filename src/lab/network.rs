//! The namespace's own network: every documentation address is local.

use std::net::{Ipv4Addr, Ipv6Addr};

use futures_util::TryStreamExt as _;
use rtnetlink::packet_route::route::{RouteScope, RouteType};
use rtnetlink::{Handle, LinkUnspec, LinkVeth, RouteMessageBuilder};

use super::LabError;
use super::router::{self, Beyond};

/// The prefixes that are local here, so that any address in them can be bound and reached.
const IPV6: [(Ipv6Addr, u8); 2] = [
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];
const IPV4: [(Ipv4Addr, u8); 3] = [
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
];

/// An address where nobody answers, whatever comes: it lies behind a cable whose other end forwards
/// nothing.
pub(super) const NOBODY: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0x280, 0, 0, 0, 1);

/// The kernel's table of local addresses.
pub(super) const TABLE_LOCAL: u32 = 255;

/// Brings the loopback device up, makes the prefixes local and lays the cables to what lies beyond.
pub(super) async fn set_up() -> Result<Beyond, LabError> {
    std::fs::write("/proc/sys/net/ipv6/ip_nonlocal_bind", "1").map_err(set_up_step("sysctl"))?;
    // Every first SYN asks for ECN, and no repeated one (RFC 3168 §6.1.1.1).
    std::fs::write("/proc/sys/net/ipv4/tcp_ecn", "1").map_err(set_up_step("sysctl"))?;
    // An address of a new device can be used at once.
    std::fs::write("/proc/sys/net/ipv6/conf/default/accept_dad", "0")
        .map_err(set_up_step("sysctl"))?;
    // Echo requests without privilege, as on most machines; for both families.
    std::fs::write("/proc/sys/net/ipv4/ping_group_range", "0 0").map_err(set_up_step("sysctl"))?;
    let (connection, handle, _) = rtnetlink::new_connection().map_err(set_up_step("netlink"))?;
    let netlink = tokio::spawn(connection);
    let beyond = async {
        routes(&handle).await.map_err(set_up_step("routes"))?;
        router::set_up(&handle).await
    };
    let beyond = beyond.await;
    netlink.abort();
    beyond
}

fn set_up_step<E: std::fmt::Display>(step: &'static str) -> impl Fn(E) -> LabError {
    super::set_up(step)
}

async fn routes(handle: &Handle) -> Result<(), rtnetlink::Error> {
    let lo = up(handle, "lo").await?;
    for (prefix, length) in IPV6 {
        let route = RouteMessageBuilder::<Ipv6Addr>::new()
            .destination_prefix(prefix, length)
            .output_interface(lo)
            .table_id(TABLE_LOCAL)
            .kind(RouteType::Local)
            .build();
        handle.route().add(route).execute().await?;
    }
    for (prefix, length) in IPV4 {
        let route = RouteMessageBuilder::<Ipv4Addr>::new()
            .destination_prefix(prefix, length)
            .output_interface(lo)
            .table_id(TABLE_LOCAL)
            .scope(RouteScope::Host)
            .kind(RouteType::Local)
            .build();
        handle.route().add(route).execute().await?;
    }
    nobody(handle).await
}

/// Brings a link up, and says its index.
pub(super) async fn up(handle: &Handle, link: &str) -> Result<u32, rtnetlink::Error> {
    let index = index(handle, link).await?;
    handle.link().set(LinkUnspec::new_with_index(index).up().build()).execute().await?;
    Ok(index)
}

/// The index of a link; 0, which no link has, where there is none of this name.
pub(super) async fn index(handle: &Handle, link: &str) -> Result<u32, rtnetlink::Error> {
    let mut links = handle.link().get().match_name(link.to_owned()).execute();
    Ok(links.try_next().await?.map_or(0, |link| link.header.index))
}

/// Lays the cable to [`NOBODY`].
async fn nobody(handle: &Handle) -> Result<(), rtnetlink::Error> {
    /// The near and the far end.
    const ENDS: [&str; 2] = ["nobody-near", "nobody-far"];
    /// An address of ours, from which to send.
    const OURS: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0x280, 0, 0, 0, 0xffff);
    /// A link-layer address of nobody's, so that nobody need be asked for it.
    const LINK_LAYER: [u8; 6] = [2, 0, 0, 0, 0, 1];
    handle.link().add(LinkVeth::new(ENDS[0], ENDS[1]).build()).execute().await?;
    up(handle, ENDS[1]).await?;
    let near = up(handle, ENDS[0]).await?;
    handle.address().add(near, OURS.into(), 128).execute().await?;
    let neighbour = handle.neighbours().add(near, NOBODY.into());
    neighbour.link_layer_address(&LINK_LAYER).execute().await?;
    let route = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(NOBODY, 128)
        .output_interface(near)
        .table_id(TABLE_LOCAL)
        .build();
    handle.route().add(route).execute().await
}
