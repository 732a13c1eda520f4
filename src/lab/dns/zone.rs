//! A zone as a site declares it: its records, its name servers, and how each of them behaves.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_proto::rr::rdata::{A, AAAA};
use hickory_proto::rr::{Name, RData, RecordType};

/// How a name server behaves at one of its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// As the standards have it.
    Healthy,
    /// It takes packets and answers none, over UDP as over TCP.
    Silent,
    /// Nothing listens: the kernel refuses.
    Closed,
    /// RCODE 5 to every question.
    Refused,
    /// It doesn't know the zone: a referral upward, not authoritative.
    Lame,
    /// RCODE 2 to every question.
    ServFail,
    /// TCP is refused.
    UdpOnly,
    /// Nothing answers over UDP.
    TcpOnly,
    /// Questions for AAAA get no answer (RFC 4074 §4.1).
    DropsAaaa,
    /// Questions for AAAA get NXDOMAIN (RFC 4074 §4.2).
    NxDomainForAaaa,
    /// Questions for AAAA are refused.
    RefusesAaaa,
    /// It knows nothing but addresses, as some load balancers do: RCODE 2 to every other question.
    AddressesOnly,
    /// Of several addresses it gives one, by chance, as balancers do that spread visitors over sites.
    OneAddress,
    /// RCODE 1 to questions with EDNS, and the OPT record is sent back.
    RefusesEdns,
    /// Its copy of the zone has other A and AAAA records than the zone has.
    Outdated,
    /// Answers above 512 octets are lost on their way, and TCP is refused.
    LosesLarge,
}

/// The glue that the parent has for a name server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glue {
    /// Its addresses.
    Right,
    /// No IPv6 glue, though the server has IPv6.
    WithoutIpv6,
    /// No glue at all.
    Missing,
}

/// How a zone is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// Not at all, and its parent has no DS for it.
    Unsigned,
    /// As the standards have it.
    Signed,
    /// Its signatures ended yesterday.
    Expired,
    /// The parent's DS names a key that the zone doesn't have.
    WrongDs,
    /// Its AAAA records have no signatures.
    Incomplete,
}

/// Who lists a name server in an NS record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedBy {
    /// Parent and child alike.
    Both,
    /// The parent only.
    Parent,
    /// The zone itself only.
    Child,
}

/// One name server of a zone.
#[derive(Clone, Debug)]
pub struct NameServer {
    /// Its name, without a trailing dot.
    pub name: String,
    /// Where it answers, and how. Empty for a server of another zone: what that zone says of it
    /// holds.
    pub addresses: Vec<(IpAddr, Behaviour)>,
    /// The parent's glue for it.
    pub glue: Glue,
    /// Who lists it.
    pub listed: ListedBy,
}

/// A zone with its servers. Names are relative to nothing: always whole, without a trailing dot.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Its apex; empty for the root.
    pub apex: String,
    /// Its name servers.
    pub servers: Vec<NameServer>,
    /// Its records beside SOA, NS and its servers' addresses. An owner may begin with `*.`.
    pub records: Vec<(String, RData)>,
    /// How it is signed.
    pub signing: Signing,
    /// Records in presentation format that can't be read; the lab doesn't start with any.
    pub unreadable: Vec<String>,
}

impl Zone {
    /// A zone with two healthy name servers, `ns1` and `ns2`, each dual-stack and in a prefix of its
    /// own. The number must be no other zone's, from 1 to 250, and not 53.
    pub fn new(number: u8, apex: &str) -> Self {
        let server = |which: u8| NameServer {
            name: format!("ns{which}.{apex}").trim_end_matches('.').to_owned(),
            addresses: server_addresses(number, which)
                .map(|address| (address, Behaviour::Healthy))
                .to_vec(),
            glue: Glue::Right,
            listed: ListedBy::Both,
        };
        Self {
            apex: apex.to_owned(),
            servers: vec![server(1), server(2)],
            records: Vec::new(),
            signing: Signing::Signed,
            unreadable: Vec::new(),
        }
    }

    /// Every server behaves so, over both families.
    #[must_use]
    pub fn all(self, behaviour: Behaviour) -> Self {
        (1..=self.servers.len()).fold(self, |zone, which| zone.server(which, behaviour))
    }

    /// Server number `which` (from 1) behaves so, over both families.
    #[must_use]
    pub fn server(self, which: usize, behaviour: Behaviour) -> Self {
        self.change(which, |server| {
            server.addresses.iter_mut().for_each(|(_, known)| *known = behaviour);
        })
    }

    /// Server number `which` (from 1) behaves so over IPv6.
    #[must_use]
    pub fn over_ipv6(self, which: usize, behaviour: Behaviour) -> Self {
        self.change(which, |server| {
            let ipv6 = server.addresses.iter_mut().filter(|(address, _)| address.is_ipv6());
            ipv6.for_each(|(_, known)| *known = behaviour);
        })
    }

    /// Only the first so many servers have IPv6.
    #[must_use]
    pub fn ipv6_at(mut self, servers: usize) -> Self {
        for server in self.servers.iter_mut().skip(servers) {
            server.addresses.retain(|(address, _)| address.is_ipv4());
        }
        self
    }

    /// No server has IPv4.
    #[must_use]
    pub fn ipv6_only(mut self) -> Self {
        for server in &mut self.servers {
            server.addresses.retain(|(address, _)| address.is_ipv6());
        }
        self
    }

    /// The parent's glue for server number `which` (from 1).
    #[must_use]
    pub fn glue(self, which: usize, glue: Glue) -> Self {
        self.change(which, |server| server.glue = glue)
    }

    /// Who lists server number `which` (from 1).
    #[must_use]
    pub fn listed(self, which: usize, listed: ListedBy) -> Self {
        self.change(which, |server| server.listed = listed)
    }

    /// The servers are these, which another zone declares, or none.
    #[must_use]
    pub fn served_by(mut self, names: &[&str]) -> Self {
        self.servers = names
            .iter()
            .map(|name| NameServer {
                name: (*name).to_owned(),
                addresses: Vec::new(),
                glue: Glue::Right,
                listed: ListedBy::Both,
            })
            .collect();
        self
    }

    /// One change to a server, by its number from 1; for what has no word of its own.
    #[must_use]
    pub fn change(mut self, which: usize, change: impl FnOnce(&mut NameServer)) -> Self {
        if let Some(server) = which.checked_sub(1).and_then(|at| self.servers.get_mut(at)) {
            change(server);
        }
        self
    }

    /// It is signed so.
    #[must_use]
    pub fn signed(self, signing: Signing) -> Self {
        Self { signing, ..self }
    }

    /// One more record.
    #[must_use]
    pub fn record(mut self, owner: &str, data: RData) -> Self {
        self.records.push((owner.to_owned(), data));
        self
    }

    /// One more record in presentation format: `("mail.x.example", MX, "10 mx.x.example.")`.
    #[must_use]
    pub fn text(mut self, owner: &str, record_type: RecordType, text: &str) -> Self {
        match RData::try_from_str(record_type, text) {
            Ok(data) => return self.record(owner, data),
            Err(error) => self.unreadable.push(format!("{owner} {record_type} {text}: {error}")),
        }
        self
    }
}

/// The addresses of server number `which` of zone number `zone`: each server in a prefix of its own.
fn server_addresses(zone: u8, which: u8) -> [IpAddr; 2] {
    let ipv4 = match which {
        1 => Ipv4Addr::new(203, 0, 113, zone),
        _ => Ipv4Addr::new(192, 0, 2, zone),
    };
    let prefix = 0xd000 + u16::from(which);
    [Ipv6Addr::new(0x2001, 0xdb8, prefix, zone.into(), 0, 0, 0, 0x53).into(), ipv4.into()]
}

/// A name from text without a trailing dot; empty for the root. Underscores and `*` are allowed;
/// what is no name at all becomes the root.
pub(in crate::lab) fn name(text: &str) -> Name {
    Name::from_ascii(format!("{text}.")).unwrap_or_else(|_| Name::root()).to_lowercase()
}

/// The record data of an address.
pub(in crate::lab) fn address_data(address: IpAddr) -> RData {
    match address {
        IpAddr::V4(address) => RData::A(A(address)),
        IpAddr::V6(address) => RData::AAAA(AAAA(address)),
    }
}
