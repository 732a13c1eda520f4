//! Links and cables, by netlink.

use std::os::fd::RawFd;

use futures_util::TryStreamExt as _;
use rtnetlink::{Handle, LinkUnspec, LinkVeth};

/// The kernel's table of local addresses.
pub(super) const TABLE_LOCAL: u32 = 255;

/// Brings a link up; its index.
pub(super) async fn bring_up(handle: &Handle, link: &str) -> Result<u32, rtnetlink::Error> {
    let index = index(handle, link).await?;
    handle.link().set(LinkUnspec::new_with_index(index).up().build()).execute().await?;
    Ok(index)
}

/// The index of a link; 0, which no link has, where there is none of this name.
async fn index(handle: &Handle, link: &str) -> Result<u32, rtnetlink::Error> {
    let mut links = handle.link().get().match_name(link.to_owned()).execute();
    Ok(links.try_next().await?.map_or(0, |link| link.header.index))
}

/// Lays a cable whose second end comes out in another namespace.
pub(super) async fn lay_cable(
    handle: &Handle,
    ends: [&str; 2],
    namespace: RawFd,
) -> Result<(), rtnetlink::Error> {
    handle.link().add(LinkVeth::new(ends[0], ends[1]).build()).execute().await?;
    let there = index(handle, ends[1]).await?;
    let there = LinkUnspec::new_with_index(there).setns_by_fd(namespace).build();
    handle.link().set(there).execute().await
}
