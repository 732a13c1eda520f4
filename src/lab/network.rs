//! The namespace's own network: every documentation address is local.

use std::net::{Ipv4Addr, Ipv6Addr};

use futures_util::TryStreamExt as _;
use rtnetlink::packet_route::route::{RouteScope, RouteType};
use rtnetlink::{Handle, LinkUnspec, RouteMessageBuilder};

use super::LabError;

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

/// An address where nobody answers, whatever comes: for this kernel an anycast address, at which it
/// drops SYNs and, told so, echo requests, without an ICMPv6 error.
pub(super) const NOBODY: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0x280, 0, 0, 0, 1);

/// The kernel's table of local addresses.
const TABLE_LOCAL: u32 = 255;

/// Brings the loopback device up and makes the prefixes local.
pub(super) async fn set_up() -> Result<(), LabError> {
    std::fs::write("/proc/sys/net/ipv6/ip_nonlocal_bind", "1").map_err(set_up_step("sysctl"))?;
    std::fs::write("/proc/sys/net/ipv6/icmp/echo_ignore_anycast", "1")
        .map_err(set_up_step("sysctl"))?;
    // Echo requests without privilege, as on most machines; for both families.
    std::fs::write("/proc/sys/net/ipv4/ping_group_range", "0 0").map_err(set_up_step("sysctl"))?;
    let (connection, handle, _) = rtnetlink::new_connection().map_err(set_up_step("netlink"))?;
    let netlink = tokio::spawn(connection);
    let done = routes(&handle).await;
    netlink.abort();
    done.map_err(set_up_step("routes"))
}

fn set_up_step<E: std::fmt::Display>(step: &'static str) -> impl Fn(E) -> LabError {
    super::set_up(step)
}

async fn routes(handle: &Handle) -> Result<(), rtnetlink::Error> {
    let mut links = handle.link().get().match_name("lo".to_owned()).execute();
    let lo = links.try_next().await?.map_or(1, |link| link.header.index);
    handle.link().set(LinkUnspec::new_with_index(lo).up().build()).execute().await?;
    for (prefix, length) in IPV6 {
        let route = RouteMessageBuilder::<Ipv6Addr>::new()
            .destination_prefix(prefix, length)
            .output_interface(lo)
            .table_id(TABLE_LOCAL)
            .kind(RouteType::Local)
            .build();
        handle.route().add(route).execute().await?;
    }
    let nobody = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(NOBODY, 128)
        .output_interface(lo)
        .table_id(TABLE_LOCAL)
        .kind(RouteType::Anycast)
        .build();
    handle.route().add(nobody).execute().await?;
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
    Ok(())
}
