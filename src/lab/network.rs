//! The network of the lab's namespace. Every documentation address is local ([`addresses`] is the
//! plan), one lies behind a cable that leads nowhere, and some behind a [`router`] in a
//! [`namespace`] of its own. [`enter`] leads into the lab's namespace, and [`listen`] makes the sockets
//! of every server. Of the lab, only its error may be imported here.

pub(super) mod addresses;
pub(super) mod enter;
mod links;
pub(super) mod listen;
mod namespace;
pub(super) mod router;

use std::net::{Ipv4Addr, Ipv6Addr};

use rtnetlink::packet_route::route::{RouteScope, RouteType};
use rtnetlink::{Handle, LinkVeth, RouteMessageBuilder};

use super::error::LabError;
use addresses::{LOCAL_IPV4, LOCAL_IPV6, UNANSWERED};
use links::{TABLE_LOCAL, bring_up};
use router::RoutedHosts;

/// Brings the loopback device up, makes the prefixes local and lays the cables to what is not.
pub(super) async fn set_up() -> Result<RoutedHosts, LabError> {
    for (key, value) in [
        ("ipv6/ip_nonlocal_bind", "1"),
        // Every first SYN asks for ECN, and no repeated one (RFC 3168 §6.1.1.1).
        ("ipv4/tcp_ecn", "1"),
        // An address of a new device can be used at once.
        ("ipv6/conf/default/accept_dad", "0"),
        // Echo requests without privilege, as on most machines; for both families.
        ("ipv4/ping_group_range", "0 0"),
    ] {
        std::fs::write(format!("/proc/sys/net/{key}"), value)
            .map_err(LabError::at_step("sysctl"))?;
    }
    let (connection, handle, _) =
        rtnetlink::new_connection().map_err(LabError::at_step("netlink"))?;
    let netlink = tokio::spawn(connection);
    let routed_hosts = async {
        add_local_routes(&handle).await.map_err(LabError::at_step("routes"))?;
        add_unanswered(&handle).await.map_err(LabError::at_step("routes"))?;
        router::set_up(&handle).await
    };
    let routed_hosts = routed_hosts.await;
    netlink.abort();
    routed_hosts
}

/// Makes the prefixes local.
async fn add_local_routes(handle: &Handle) -> Result<(), rtnetlink::Error> {
    let lo = bring_up(handle, "lo").await?;
    for (prefix, length) in LOCAL_IPV6 {
        let route = RouteMessageBuilder::<Ipv6Addr>::new()
            .destination_prefix(prefix, length)
            .output_interface(lo)
            .table_id(TABLE_LOCAL)
            .kind(RouteType::Local)
            .build();
        handle.route().add(route).execute().await?;
    }
    for (prefix, length) in LOCAL_IPV4 {
        let route = RouteMessageBuilder::<Ipv4Addr>::new()
            .destination_prefix(prefix, length)
            .output_interface(lo)
            .table_id(TABLE_LOCAL)
            .scope(RouteScope::Host)
            .kind(RouteType::Local)
            .build();
        handle.route().add(route).execute().await?;
    }
    Ok(())
}

/// Lays the cable to [`UNANSWERED`].
async fn add_unanswered(handle: &Handle) -> Result<(), rtnetlink::Error> {
    /// The near and the far end.
    const ENDS: [&str; 2] = ["nobody-near", "nobody-far"];
    /// An address of ours, from which to send.
    const OWN: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0x280, 0, 0, 0, 0xffff);
    /// A link-layer address that no device has, so that none need be asked for it.
    const LINK_LAYER: [u8; 6] = [2, 0, 0, 0, 0, 1];
    handle.link().add(LinkVeth::new(ENDS[0], ENDS[1]).build()).execute().await?;
    bring_up(handle, ENDS[1]).await?;
    let near = bring_up(handle, ENDS[0]).await?;
    handle.address().add(near, OWN.into(), 128).execute().await?;
    let neighbour = handle.neighbours().add(near, UNANSWERED.into());
    neighbour.link_layer_address(&LINK_LAYER).execute().await?;
    let route = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(UNANSWERED, 128)
        .output_interface(near)
        .table_id(TABLE_LOCAL)
        .build();
    handle.route().add(route).execute().await
}
