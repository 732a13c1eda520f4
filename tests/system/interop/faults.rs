//! Zones whose name servers have one fault each, and what such servers answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::wire::{self, AUTHORITATIVE, Question, Response, TRUNCATED};

/// Where every zone's host `www` is: its IPv6 and its IPv4 address.
pub const HOST_AT: [IpAddr; 2] = [
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x100, 1, 0, 0, 0, 1)),
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)),
];

const SERVFAIL: u16 = 2;
const FORMERR: u16 = 1;
const NXDOMAIN: u16 = 3;
const NOTIMP: u16 = 4;
const REFUSED: u16 = 5;

/// The IPv6 address that [`Fault::SecondDiffers`] has instead; the same host answers there.
pub const ALSO_AT: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x100, 1, 0, 0, 0, 2);

/// Where nobody outside gets to.
const LOCAL_AT: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1), Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2)];

/// What is wrong with a zone's name servers: with both of them at all their addresses, unless it says
/// otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Nothing; but somebody else's guess, with a wrong id, arrives before each answer.
    ForgedFirst,
    /// No answer to questions for AAAA.
    AaaaDropped,
    /// NXDOMAIN to questions for AAAA of names that have A.
    AaaaNxDomain,
    /// SERVFAIL to questions for AAAA.
    AaaaServfail,
    /// AAAA records of 15 octets.
    AaaaShort,
    /// Another id than the query's.
    WrongId,
    /// Another question than the query's.
    OtherQuestion,
    /// The second server answers everything, but without AA.
    SecondLame,
    /// The second server answers REFUSED.
    SecondRefuses,
    /// No answers over IPv6.
    SilentOverIpv6,
    /// No answers over UDP.
    TcpOnly,
    /// No server listens on TCP.
    UdpOnly,
    /// TC and nothing else over UDP, and no answers over TCP.
    Truncated,
    /// As [`Self::Truncated`], but only where the answer is large.
    LargeTruncated,
    /// FORMERR to queries with EDNS, as from software older than EDNS (RFC 6891 §7).
    NoEdns,
    /// Two names that are each other's aliases.
    AliasLoop,
    /// A referral to the root.
    UpwardReferral,
    /// A referral to the very zone and servers that were asked.
    SelfReferral,
    /// A record whose owner's name is a pointer to itself.
    PointerLoop,
    /// Octets that mean nothing, after an id and a QR bit that do.
    Garbage,
    /// A large answer in one datagram, whatever size was offered.
    Oversized,
    /// The second server publishes another AAAA record.
    SecondDiffers,
    /// Answers come from another port than the one that was asked.
    OtherPort,
    /// Each question's first datagram is lost.
    FirstLost,
    /// No answers over UDP where they are large.
    LargeLost,
    /// Empty answers to questions for AAAA, without an SOA record.
    AaaaEmpty,
    /// The parent zone has no AAAA glue.
    NoGlue,
    /// The first server's name is an alias.
    ServersAlias,
    /// Each name that the host is an alias of is an alias again, without end.
    EndlessAlias,
    /// Every name is delegated to servers whose names are delegated in the same way, without end.
    EndlessReferral,
    /// The zone names another second server than its parent does, and that one has no address.
    OtherServer,
    /// No answers from the second server over IPv4.
    SecondSilentOverIpv4,
    /// The parent zone has no glue at all.
    NoGlueAtAll,
    /// The second server's IPv6 address is a local one.
    SecondLocal,
    /// Both servers' IPv6 addresses are local ones.
    BothLocal,
    /// The second server names itself alone.
    SecondNamesItself,
    /// Parent and zone name a third server, whose name doesn't exist.
    NoSuchServer,
    /// SERVFAIL to every question that isn't for addresses.
    AddressesOnly,
    /// FORMERR to queries with EDNS, with the OPT record that they came with.
    EdnsEchoed,
    /// Each answer has one of two AAAA records, in turn.
    Rotates,
    /// REFUSED to questions for AAAA.
    AaaaRefused,
    /// NOTIMP to questions for AAAA.
    AaaaNotImplemented,
    /// The host is an alias of a name that doesn't exist.
    DanglingAlias,
}

/// A zone: its apex, its fault, and the addresses of `ns1`, then of `ns2`: IPv6 and IPv4.
#[derive(Clone, Copy)]
pub struct Zone {
    pub apex: &'static str,
    pub fault: Fault,
    pub servers: [[IpAddr; 2]; 2],
}

/// Which socket a question came to.
#[derive(Clone, Copy)]
pub struct ServerSocket {
    pub address: IpAddr,
    pub is_second: bool,
    pub is_tcp: bool,
}

impl Zone {
    /// A zone whose servers have addresses of their own, which begin with these prefixes and end in
    /// a number.
    pub fn new(apex: &str, fault: Fault, prefixes: [[&str; 2]; 2], number: u8) -> Self {
        let address = |prefix| format!("{prefix}{number}").parse().unwrap();
        Self {
            apex: apex.to_owned().leak(),
            fault,
            servers: prefixes.map(|pair| pair.map(address)),
        }
    }

    /// What the parent zone holds of it.
    pub fn delegation(&self) -> String {
        let apex = self.apex;
        let mut text = String::new();
        for (server, addresses) in ["ns1", "ns2"].iter().zip(self.servers) {
            let [ipv6, ipv4] = addresses;
            let name = format!("{server}.{apex}.");
            text.push_str(&format!("{apex}. 300 NS {name}\n"));
            if self.fault != Fault::NoGlueAtAll {
                text.push_str(&format!("{name} 300 A {ipv4}\n"));
            }
            if !matches!(self.fault, Fault::NoGlue | Fault::NoGlueAtAll) {
                let ipv6 = self.published_ipv6(ipv6, *server == "ns2");
                text.push_str(&format!("{name} 300 AAAA {ipv6}\n"));
            }
        }
        if self.fault == Fault::NoSuchServer {
            text.push_str(&format!("{apex}. 300 NS ns9.{apex}.\n"));
        }
        text
    }

    /// What is published in the place of a server's IPv6 address.
    fn published_ipv6(self, address: IpAddr, is_second: bool) -> IpAddr {
        match self.fault {
            Fault::SecondLocal if is_second => LOCAL_AT[1].into(),
            Fault::BothLocal => LOCAL_AT[usize::from(is_second)].into(),
            _ => address,
        }
    }

    /// The records of a name and type, or `None` where the name doesn't exist.
    fn records(self, name: &str, record_type: u16, is_second: bool) -> Option<Vec<Vec<u8>>> {
        let apex = self.apex;
        let label = name.strip_suffix(apex)?.trim_end_matches('.');
        let [ns1, ns2] = self.servers;
        let addresses = match label {
            "" => {
                let ns = |server: &str| {
                    wire::record(apex, wire::NS, &wire::name(&format!("{server}.{apex}")))
                };
                let letters = if self.fault == Fault::Oversized { 3000 } else { 700 };
                let second = if self.fault == Fault::OtherServer { "ns3" } else { "ns2" };
                return Some(match record_type {
                    wire::SOA => vec![wire::soa(apex)],
                    wire::NS if self.fault == Fault::SecondNamesItself && is_second => {
                        vec![ns("ns2")]
                    }
                    wire::NS if self.fault == Fault::NoSuchServer => {
                        vec![ns("ns1"), ns("ns2"), ns("ns9")]
                    }
                    wire::NS => vec![ns("ns1"), ns(second)],
                    wire::TXT => vec![wire::text(apex, letters)],
                    _ => Vec::new(),
                });
            }
            "www" if self.fault == Fault::DanglingAlias => {
                let target = wire::name(&format!("khongco.{apex}"));
                return Some(vec![wire::record(name, wire::CNAME, &target)]);
            }
            "www" | "khac" if self.fault == Fault::AliasLoop => {
                let other = if label == "www" { "khac" } else { "www" };
                let target = wire::name(&format!("{other}.{apex}"));
                return Some(vec![wire::record(name, wire::CNAME, &target)]);
            }
            _ if self.fault == Fault::EndlessAlias && !label.starts_with("ns") => {
                let target = wire::name(&format!("{label}a.{apex}"));
                return Some(vec![wire::record(name, wire::CNAME, &target)]);
            }
            "ns1" if self.fault == Fault::ServersAlias => {
                let target = wire::name(&format!("khac.{apex}"));
                return Some(vec![wire::record(name, wire::CNAME, &target)]);
            }
            "www" => HOST_AT,
            "ns1" => [self.published_ipv6(ns1[0], false), ns1[1]],
            "khac" => ns1,
            "ns2" => [self.published_ipv6(ns2[0], true), ns2[1]],
            "ns3" => return Some(Vec::new()),
            _ => return None,
        };
        let mut data = match (addresses, record_type) {
            ([_, IpAddr::V4(address)], wire::A) => address.octets().to_vec(),
            ([IpAddr::V6(address), _], wire::AAAA) => address.octets().to_vec(),
            _ => return Some(Vec::new()),
        };
        match self.fault {
            Fault::AaaaShort if record_type == wire::AAAA && label == "www" => data.truncate(15),
            Fault::SecondDiffers if is_second && record_type == wire::AAAA && label == "www" => {
                data = ALSO_AT.octets().to_vec();
            }
            Fault::Rotates if record_type == wire::AAAA && label == "www" => {
                static TURNS: AtomicUsize = AtomicUsize::new(0);
                if TURNS.fetch_add(1, Ordering::Relaxed) % 2 == 1 {
                    data = ALSO_AT.octets().to_vec();
                }
            }
            _ => {}
        }
        Some(vec![wire::record(name, record_type, &data)])
    }

    /// As a healthy server would answer.
    fn properly(self, question: &Question, is_second: bool) -> Response {
        let found = self.records(&question.name, question.record_type, is_second);
        let rcode = if found.is_none() { NXDOMAIN } else { 0 };
        let mut response = question.response(AUTHORITATIVE, rcode);
        response.answers = found.unwrap_or_default();
        if response.answers.is_empty() {
            response.authorities.push(wire::soa(self.apex));
        }
        response
    }

    /// The messages that are sent in answer to a query, in order.
    pub fn answer(self, query: &[u8], place: ServerSocket) -> Vec<Vec<u8>> {
        let Some(question) = Question::read(query) else { return Vec::new() };
        let mut response = self.properly(&question, place.is_second);
        let is_host = question.name == format!("www.{}", self.apex);
        let is_hosts_aaaa = is_host && question.record_type == wire::AAAA;
        let is_large = question.record_type == wire::TXT;
        let fails = |rcode| vec![question.response(0, rcode).octets()];
        let refers = |owner: &str, servers: &[String]| {
            let mut response = question.response(0, 0);
            let ns = |server: &String| wire::record(owner, wire::NS, &wire::name(server));
            response.authorities.extend(servers.iter().map(ns));
            vec![response.octets()]
        };
        let first = [format!("ns1.{}", self.apex)];
        match self.fault {
            Fault::AaaaDropped if is_hosts_aaaa => return Vec::new(),
            Fault::AaaaEmpty if is_hosts_aaaa => response.answers.clear(),
            Fault::LargeLost if is_large && !place.is_tcp => return Vec::new(),
            Fault::AaaaServfail if is_hosts_aaaa => return fails(SERVFAIL),
            Fault::AaaaRefused if is_hosts_aaaa => return fails(REFUSED),
            Fault::AaaaNotImplemented if is_hosts_aaaa => return fails(NOTIMP),
            Fault::AddressesOnly if ![wire::A, wire::AAAA].contains(&question.record_type) => {
                return fails(SERVFAIL);
            }
            Fault::SecondSilentOverIpv4 if place.is_second && place.address.is_ipv4() => {
                return Vec::new();
            }
            Fault::EdnsEchoed if question.has_edns => return fails(FORMERR),
            Fault::AaaaNxDomain if is_hosts_aaaa => {
                response = question.response(AUTHORITATIVE, NXDOMAIN);
                response.authorities.push(wire::soa(self.apex));
            }
            Fault::ForgedFirst => {
                let right = response.octets();
                response.id ^= 1;
                return vec![response.octets(), right];
            }
            Fault::WrongId => response.id ^= 1,
            Fault::OtherQuestion => {
                response.question = [wire::name("la.example"), vec![0, 1, 0, 1]].concat();
            }
            Fault::SecondLame if place.is_second => response.flags &= !AUTHORITATIVE,
            Fault::SecondRefuses if place.is_second => return fails(REFUSED),
            Fault::SilentOverIpv6 if place.address.is_ipv6() => return Vec::new(),
            Fault::TcpOnly if !place.is_tcp => return Vec::new(),
            Fault::Truncated if place.is_tcp => return Vec::new(),
            Fault::LargeTruncated if is_large && place.is_tcp => return Vec::new(),
            Fault::Truncated => return vec![question.response(TRUNCATED, 0).octets()],
            Fault::LargeTruncated if is_large => {
                return vec![question.response(AUTHORITATIVE | TRUNCATED, 0).octets()];
            }
            Fault::NoEdns if question.has_edns => {
                response = question.response(0, FORMERR);
                response.has_edns = false;
            }
            Fault::UpwardReferral => return refers(".", &first),
            Fault::SelfReferral => return refers(self.apex, &first),
            Fault::EndlessReferral if response.flags & NXDOMAIN != 0 || is_host => {
                // The name below the apex, and servers below others like it.
                let below = question.name.strip_suffix(self.apex).unwrap_or_default();
                let child = below.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
                let server = |number| format!("ns.{child}{number}.{}", self.apex);
                let servers: Vec<String> = (1..6).map(server).collect();
                return refers(&format!("{child}.{}", self.apex), &servers);
            }
            Fault::PointerLoop => {
                response.has_edns = false;
                response.authorities.clear();
                let at = u16::try_from(12 + question.section.len()).unwrap();
                let pointer = (0xc000 | at).to_be_bytes().to_vec();
                response.answers = vec![[pointer, vec![0, 1, 0, 1, 0, 0, 1, 44, 0, 0]].concat()];
            }
            Fault::Garbage => {
                let [high, low] = question.id.to_be_bytes();
                return vec![[&[high, low, 0xff][..], &[0xa7; 61]].concat()];
            }
            _ => {}
        }
        vec![response.octets()]
    }
}
