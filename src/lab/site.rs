//! The description of a site: a service with its host, its records, what listens at its addresses, and
//! which checks have to fail because of it. Nothing here starts a server: [`crate::lab::servers`] does,
//! and [`crate::lab::dns`] publishes the records. Besides the descriptions of a zone, of a certificate
//! and of the address plan, nothing of the lab may be imported here.

pub(super) mod hostile_texts;
pub(super) mod listener;
pub(super) mod page;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use hickory_proto::rr::{RData, rdata::CNAME};

use super::dns::zone::{Zone, address_data, name};
use super::network::addresses::{ipv4, ipv6};
use listener::{CertificateKind, GreetingBehaviour, Listener, https};
use page::{Page, article};

/// A failure that the lab's scan has to find: check and reason.
pub type Expectation = (&'static str, &'static str);

/// A service of the province.
#[derive(Clone, Debug)]
pub struct Site {
    /// The organisation's id.
    pub organisation: &'static str,
    /// The service's id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its host name.
    pub host: &'static str,
    /// What is probed, as the inventory writes it; `None` for the web site of the host.
    pub target: Option<String>,
    /// The inventory's category.
    pub category: &'static str,
    /// The inventory's state.
    pub state: &'static str,
    /// What else its inventory entry declares, with a comma before it.
    pub declared: &'static str,
    /// Every failure that the scan has to find, and no other.
    pub expected: &'static [Expectation],
    /// What its host name has.
    pub(super) records: Vec<RData>,
    /// What other names have for its sake, in the zones that they lie in.
    pub(super) other_records: Vec<(&'static str, RData)>,
    /// Zones that exist for its sake.
    pub(super) zones: Vec<Zone>,
    /// What answers at its TCP and UDP ports.
    pub(super) listeners: Vec<(SocketAddr, Listener)>,
    /// Where it speaks QUIC.
    pub(super) quic: Vec<SocketAddr>,
}

impl Site {
    /// `organisation/service`, as results name it.
    pub fn full_id(&self) -> String {
        format!("{}/{}", self.organisation, self.id)
    }

    /// Whether its answers depend on when it is asked, or on chance: two scans of it may differ
    /// although nothing has changed, and so may the scan of a busy machine.
    pub fn is_clock_driven(&self) -> bool {
        self.listeners.iter().any(|(_, listener)| listener.is_clock_driven())
    }
}

/// How sites are described: each method adds something to a site or takes something away.
impl Site {
    /// A healthy dual-stack site.
    pub(super) fn new(
        number: u16,
        id: &'static str,
        name: &'static str,
        host: &'static str,
    ) -> Self {
        Self::unpublished(number, id, name, host).address(ipv6(number)).address(ipv4(number))
    }

    /// A site of which nothing is published yet.
    pub(super) fn unpublished(
        number: u16,
        id: &'static str,
        name: &'static str,
        host: &'static str,
    ) -> Self {
        let organisation = match number {
            0..10 => "vp-vidu",
            10..20 => "so-a-vidu",
            _ => "so-b-vidu",
        };
        let category = match number % 3 {
            0 => "portal",
            1 => "public-service",
            _ => "information-system",
        };
        Self {
            organisation,
            id,
            name,
            host,
            target: None,
            category,
            state: "active",
            declared: "",
            expected: &[],
            records: Vec::new(),
            other_records: Vec::new(),
            zones: Vec::new(),
            listeners: Vec::new(),
            quic: Vec::new(),
        }
    }

    /// One more address, with a healthy web server behind it.
    pub(super) fn address(self, address: IpAddr) -> Self {
        self.dead_address(address).listener(address, 443, https(Page::Status(200))).listener(
            address,
            80,
            Listener::Http(Page::ToHttps),
        )
    }

    /// An address in the DNS with nothing behind it.
    pub(super) fn dead_address(self, address: IpAddr) -> Self {
        self.record(address_data(address))
    }

    /// What answers at a port, instead of what did.
    pub(super) fn listener(mut self, address: IpAddr, port: u16, listener: Listener) -> Self {
        let socket = SocketAddr::new(address, port);
        self.listeners.retain(|(known, _)| *known != socket);
        self.listeners.push((socket, listener));
        self
    }

    /// What the first IPv6 address does on port 443, instead of being healthy.
    pub(super) fn ipv6_listener(self, listener: Listener) -> Self {
        match self.first_ipv6() {
            Some(address) => self.listener(address, 443, listener),
            None => self,
        }
    }

    /// What every address does on port 443.
    pub(super) fn every_listener(mut self, listener: Listener) -> Self {
        for (socket, known) in &mut self.listeners {
            if socket.port() == 443 {
                *known = listener.clone();
            }
        }
        self
    }

    /// A healthy server on a host behind the router, with a page that takes several packets.
    pub(super) fn routed_host(self, address: Ipv6Addr) -> Self {
        let address = address.into();
        let long =
            Page::Html(article("Giới thiệu", &"<p>Văn bản mới.</p>".repeat(200)), Vec::new());
        let listener = |tls, page| Listener::Routed { tls, page };
        self.every_listener(https(long.clone()))
            .dead_address(address)
            .listener(address, 443, listener(true, long))
            .listener(address, 80, listener(false, Page::ToHttps))
    }

    /// QUIC on UDP port 443.
    pub(super) fn quic(mut self, address: IpAddr) -> Self {
        self.quic.push(SocketAddr::new(address, 443));
        self
    }

    /// Nothing answers at a port any more.
    pub(super) fn closed_port(mut self, address: IpAddr, port: u16) -> Self {
        self.listeners.retain(|(socket, _)| *socket != SocketAddr::new(address, port));
        self
    }

    /// The first of its IPv6 addresses.
    pub(super) fn first_ipv6(&self) -> Option<IpAddr> {
        self.records.iter().filter_map(RData::ip_addr).find(IpAddr::is_ipv6)
    }

    /// Without any IPv6.
    pub(super) fn ipv4_only(mut self) -> Self {
        self.records.retain(|data| !matches!(data, RData::AAAA(_)));
        self.listeners.retain(|(socket, _)| !socket.is_ipv6());
        self
    }

    /// One more record of the host name.
    pub(super) fn record(mut self, data: RData) -> Self {
        self.records.push(data);
        self
    }

    /// One more record of another name.
    pub(super) fn other_record(mut self, owner: &'static str, data: RData) -> Self {
        self.other_records.push((owner, data));
        self
    }

    /// A zone that exists for this site's sake: its own, or one that it depends on. The host's
    /// records go into the closest zone above it, whichever site declares that.
    pub(super) fn zone(mut self, zone: Zone) -> Self {
        self.zones.push(zone);
        self
    }

    /// Published under another name; the servers stay where they are.
    pub(super) fn cname(self, target: &str) -> Self {
        Self { records: vec![RData::CNAME(CNAME(name(target)))], ..self }
    }

    /// With neither records nor servers.
    pub(super) fn removed(mut self) -> Self {
        self.records.clear();
        self.listeners.clear();
        self
    }

    /// Probed as this, in the inventory's words, instead of as a web site.
    pub(super) fn target(self, target: impl Into<String>) -> Self {
        Self { target: Some(target.into()), ..self }
    }

    /// The state that the inventory declares.
    pub(super) fn state(self, state: &'static str) -> Self {
        Self { state, ..self }
    }

    /// What else the inventory declares of it, with a comma before it.
    pub(super) fn declaration(self, declared: &'static str) -> Self {
        Self { declared, ..self }
    }

    /// Every failure that the scan has to find.
    pub(super) fn failing(self, expected: &'static [Expectation]) -> Self {
        Self { expected, ..self }
    }

    /// Its servers that speak first behave differently over IPv6.
    pub(super) fn ipv6_greeting(mut self, behaviour: GreetingBehaviour) -> Self {
        for (socket, listener) in &mut self.listeners {
            if let (true, Listener::Greeting(server)) = (socket.is_ipv6(), listener) {
                server.behaviour = behaviour;
            }
        }
        self
    }

    /// The certificate of its servers that speak first, over IPv6.
    pub(super) fn ipv6_greeting_certificate(mut self, certificate: CertificateKind) -> Self {
        for (socket, listener) in &mut self.listeners {
            if let (true, Listener::Greeting(server)) = (socket.is_ipv6(), listener) {
                server.certificate = certificate;
            }
        }
        self
    }
}
