//! The lab's name system: a root, top-level domains, zones and their servers, each at addresses of
//! its own, and a recursive resolver that walks down from the root.
//!
//! Nobody here knows another's records: a server knows its zones, the resolver the root hints.

mod answer;
mod hierarchy;
mod published;
mod resolver;
mod server;
mod signing;
mod transport;
mod zone;

pub use signing::Signing;
pub use zone::{Behaviour, Glue, Listed, NameServer, Zone};

pub(super) use hierarchy::{Hierarchy, address_data};
pub(super) use transport::{Answers, over_tcp, over_udp};
pub(super) use zone::name;

use std::io;
use std::sync::Arc;

/// Where the recursive resolver answers.
pub(super) const RESOLVERS: [&str; 2] = ["[2001:db8:53::53]:53", "192.0.2.53:53"];

/// Where the root servers answer over IPv6: the control targets of the vantage test.
pub(super) const ROOT_SERVERS: [&str; 2] = ["[2001:db8:a::1]:53", "[2001:db8:b::1]:53"];

/// Starts every name server and the resolver.
pub(super) fn start(hierarchy: &Hierarchy) -> io::Result<()> {
    for (address, parts) in hierarchy.servers() {
        server::start(address, parts)?;
    }
    let resolver = Arc::new(resolver::Resolver::new(hierarchy.root_addresses()));
    for text in RESOLVERS {
        resolver::start(text.parse().map_err(io::Error::other)?, Arc::clone(&resolver))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
