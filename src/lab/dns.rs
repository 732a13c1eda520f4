//! The lab's name system: a root, top-level domains, zones and their servers, each at addresses of
//! its own, and a recursive resolver that walks down from the root.
//!
//! A [`zone`] is described by the sites; [`hierarchy`] joins zones, publishes and signs them; a
//! [`server`] knows its own zones only, and the [`resolver`] only the root hints. Nothing else of the
//! lab may be imported here.

mod answer;
pub(super) mod hierarchy;
mod published;
mod resolver;
mod server;
mod signing;
pub(super) mod transport;
pub(super) mod zone;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hierarchy::Hierarchy;

/// Where the recursive resolver answers.
pub(super) const RESOLVERS: [&str; 2] = ["[2001:db8:53::53]:53", "192.0.2.53:53"];

/// Where the root servers answer over IPv6: the control targets of the vantage test.
pub(super) const ROOT_SERVERS: [&str; 2] = ["[2001:db8:a::1]:53", "[2001:db8:b::1]:53"];

/// Starts every name server and the resolver, which waits so long for one of them.
pub(super) fn start(hierarchy: &Hierarchy, patience: Duration) -> io::Result<()> {
    for (address, zones) in hierarchy.served_zones() {
        server::start(address, zones)?;
    }
    let resolver = Arc::new(resolver::Resolver::new(hierarchy.root_addresses(), patience));
    for text in RESOLVERS {
        resolver::start(text.parse().map_err(io::Error::other)?, Arc::clone(&resolver))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
