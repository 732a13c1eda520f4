//! The made-up province: every site, what it publishes, how it behaves, and which checks fail
//! because of it. A file of this folder for each area; numbers are given once over all of them:
//! below 40 what one look sees, then DNS (40), reachability and TLS (80), web (120), mail and other
//! kinds (160), inventory (210 to 223, 228), hostile ones (224 to 239) and HTTP/2 (243 to 249).

mod dns;
mod healthy;
mod hostile;
mod hostile_texts;
mod http2;
mod mail;
mod other_kinds;
mod reach;
mod records;
mod state;
mod tls;
mod web;
mod web_healthy;
mod zones;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hickory_proto::rr::{RData, rdata::CNAME};

use super::authority::Certificate;
use super::dns::{Zone, address_data, name};
use crate::model::{Protocol, Security};

pub use hostile_texts::HOSTILE;
pub(super) use zones::zones;

/// What answers at a port.
#[derive(Clone, Debug)]
pub enum Door {
    /// A page over plain HTTP.
    Http(Page),
    /// A page over TLS.
    Https(Certificate, Page),
    /// A page over TLS that is spoken in an odd way.
    Odd(Oddity, Page),
    /// A page over HTTP/2.
    Http2 {
        /// The page.
        page: Page,
        /// Whether every stream is reset before anything is answered in it.
        breaks_off: bool,
    },
    /// Plain HTTP where TLS is expected.
    NotTls,
    /// The kernel drops every SYN.
    Silent,
    /// It takes one connection and then refuses any for a while, again and again.
    Flaps,
    /// It takes every connection and resets it at its first octet.
    Resets,
    /// The kernel drops the first SYN of every connection.
    Slow,
    /// A page over TLS behind a path that loses large packets.
    Narrow(Page),
    /// A page over TLS behind a path that loses a packet now and then.
    Lossy(Page),
    /// A page on a host behind the router.
    Beyond {
        /// Whether over TLS.
        tls: bool,
        /// The page.
        page: Page,
    },
    /// A server that speaks first, in one of the protocols of mail or in SSH.
    Greets(Greeter),
    /// A time server.
    Time(Clock),
    /// A name server of nothing but the root's SOA, over these transports.
    Names {
        /// Over UDP.
        udp: bool,
        /// Over TCP.
        tcp: bool,
    },
}

/// A server that speaks first.
#[derive(Clone, Copy, Debug)]
pub struct Greeter {
    /// What it speaks.
    pub protocol: Protocol,
    /// When TLS begins.
    pub security: Security,
    /// The host that its certificate is for.
    pub host: &'static str,
    /// That certificate.
    pub certificate: Certificate,
    /// How it behaves.
    pub manner: Manner,
}

/// How a server that speaks first behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As the standards have it.
    Friendly,
    /// A temporary error instead of a greeting.
    Later,
    /// A permanent error instead of a greeting.
    Refuses,
    /// Nothing at all.
    Silent,
    /// A permanent error in words that are made to do harm: see [`HOSTILE`].
    Hostile,
    /// A greeting without end, an octet at a time.
    Tarpit,
    /// It closes the connection.
    HangsUp,
    /// Another protocol.
    Stranger,
    /// A refusal of EHLO.
    NoHello,
    /// STARTTLS is not offered.
    NoTls,
    /// STARTTLS is offered and denied.
    DeniesTls,
    /// STARTTLS is offered and agreed to, and no handshake follows.
    BreaksTls,
}

/// What a time server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The time.
    Right,
    /// That it doesn't have the time.
    NotSynchronised,
    /// A kiss-o'-death.
    KissOfDeath,
    /// Nothing.
    Silent,
}

/// An odd way to speak TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// TLS 1.0 and nothing newer.
    OldOnly,
    /// TLS 1.0 and 1.1 beside the versions of our time.
    OldToo,
    /// TLS 1.2 and nothing newer.
    Tls12,
    /// No post-quantum key exchange.
    Classical,
}

/// What a web server says.
#[derive(Clone, Debug)]
pub enum Page {
    /// A page with this status.
    Status(u16),
    /// A redirect to this URL; every `{n}` in it is another number at each visit.
    Redirect(String),
    /// A redirect to the host's own https page.
    ToHttps,
    /// This HTML with these header fields; every `{n}` in them is another number at each visit.
    Html(String, Vec<(&'static str, String)>),
    /// A page that promises HTTP/3 on UDP port 443.
    Http3,
    /// A page whose header fields have no end, a field at a time.
    EndlessHead,
    /// A page whose body comes an octet at a time, slower than anybody waits.
    SlowBody,
    /// A page whose body has no end.
    EndlessBody,
    /// This HTML with very much more after it, all of it compressed to little.
    Bomb(String),
    /// These octets instead of HTTP.
    Raw(&'static [u8]),
}

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
    pub(super) others: Vec<(&'static str, RData)>,
    /// Zones that exist for its sake.
    pub(super) zones: Vec<Zone>,
    pub(super) doors: Vec<(SocketAddr, Door)>,
    pub(super) quic: Vec<SocketAddr>,
}

fn ipv6(number: u16) -> IpAddr {
    Ipv6Addr::new(0x2001, 0xdb8, 0x100, number, 0, 0, 0, 1).into()
}

fn ipv4(number: u8) -> IpAddr {
    Ipv4Addr::new(198, 51, 100, number).into()
}

impl Site {
    /// A healthy dual-stack site.
    fn new(number: u8, id: &'static str, name: &'static str, host: &'static str) -> Self {
        Self::bare(number, id, name, host).at(ipv6(number.into())).at(ipv4(number))
    }

    /// A site of which nothing is published yet.
    fn bare(number: u8, id: &'static str, name: &'static str, host: &'static str) -> Self {
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
            zones: Vec::new(),
            doors: Vec::new(),
            quic: Vec::new(),
            others: Vec::new(),
        }
    }

    /// One more record of another name.
    fn other(mut self, owner: &'static str, data: RData) -> Self {
        self.others.push((owner, data));
        self
    }

    /// One more address, with a healthy server behind it.
    fn at(self, address: IpAddr) -> Self {
        let good = Door::Https(Certificate::Good, Page::Status(200));
        self.published(address).door(address, 443, good).door(
            address,
            80,
            Door::Http(Page::ToHttps),
        )
    }

    /// An address in the DNS with nothing behind it.
    fn published(self, address: IpAddr) -> Self {
        self.record(address_data(address))
    }

    fn door(mut self, address: IpAddr, port: u16, door: Door) -> Self {
        let socket = SocketAddr::new(address, port);
        self.doors.retain(|(known, _)| *known != socket);
        self.doors.push((socket, door));
        self
    }

    /// What the first IPv6 address does on port 443, instead of being healthy.
    fn over_ipv6(self, door: Door) -> Self {
        match self.first_ipv6() {
            Some(address) => self.door(address, 443, door),
            None => self,
        }
    }

    /// What both families do on port 443.
    fn everywhere(mut self, door: Door) -> Self {
        for (socket, known) in &mut self.doors {
            if socket.port() == 443 {
                *known = door.clone();
            }
        }
        self
    }

    /// A healthy server on a host behind the router, with a page that takes several packets.
    fn beyond(self, address: Ipv6Addr) -> Self {
        let address = address.into();
        let long =
            Page::Html(article("Giới thiệu", &"<p>Văn bản mới.</p>".repeat(200)), Vec::new());
        let door = |tls, page| Door::Beyond { tls, page };
        self.everywhere(good(long.clone()))
            .published(address)
            .door(address, 443, door(true, long))
            .door(address, 80, door(false, Page::ToHttps))
    }

    /// QUIC on UDP port 443.
    fn quic(mut self, address: IpAddr) -> Self {
        self.quic.push(SocketAddr::new(address, 443));
        self
    }

    fn closed(mut self, address: IpAddr, port: u16) -> Self {
        self.doors.retain(|(socket, _)| *socket != SocketAddr::new(address, port));
        self
    }

    fn first_ipv6(&self) -> Option<IpAddr> {
        self.records.iter().filter_map(RData::ip_addr).find(IpAddr::is_ipv6)
    }

    /// Without any IPv6.
    fn ipv4_only(mut self) -> Self {
        self.records.retain(|data| !matches!(data, RData::AAAA(_)));
        self.doors.retain(|(socket, _)| !socket.is_ipv6());
        self
    }

    /// One more record of the host name.
    fn record(mut self, data: RData) -> Self {
        self.records.push(data);
        self
    }

    /// A zone that exists for this site's sake: its own, or one that it depends on. The host's
    /// records go into the closest zone above it, whoever declares that.
    fn zone(mut self, zone: Zone) -> Self {
        self.zones.push(zone);
        self
    }

    /// Published under another name; the servers stay where they are.
    fn alias(self, target: &str) -> Self {
        Self { records: vec![RData::CNAME(CNAME(name(target)))], ..self }
    }

    fn gone(mut self) -> Self {
        self.records.clear();
        self.doors.clear();
        self
    }

    /// Probed as this, in the inventory's words, instead of as a web site.
    fn target(self, target: impl Into<String>) -> Self {
        Self { target: Some(target.into()), ..self }
    }

    fn state(self, state: &'static str) -> Self {
        Self { state, ..self }
    }

    /// What else the inventory declares of it, with a comma before it.
    fn declares(self, declared: &'static str) -> Self {
        Self { declared, ..self }
    }

    fn fails(self, expected: &'static [Expectation]) -> Self {
        Self { expected, ..self }
    }
}

/// Every site of the province.
pub fn sites() -> Vec<Site> {
    [
        healthy::sites(),
        hostile::sites(),
        hostile_texts::sites(),
        http2::sites(),
        mail::sites(),
        other_kinds::sites(),
        state::sites(),
        dns::sites(),
        reach::sites(),
        records::sites(),
        tls::sites(),
        web::sites(),
        web_healthy::sites(),
    ]
    .concat()
}

/// A door with a trusted certificate.
fn good(page: Page) -> Door {
    Door::Https(Certificate::Good, page)
}

/// A door with a whole page and header fields.
fn html(html: String, fields: &[(&'static str, &str)]) -> Door {
    let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    good(Page::Html(html, fields))
}

/// A page about something, with enough words to be compared.
fn article(about: &str, more: &str) -> String {
    format!(
        "<!doctype html><html lang=\"vi\"><head><title>{about}</title></head><body><h1>{about}</h1>\
         <p>Trang này giới thiệu chức năng, nhiệm vụ, cơ cấu tổ chức và thông tin liên hệ của đơn vị, \
         cùng các văn bản chỉ đạo điều hành, lịch làm việc và kết quả giải quyết thủ tục hành chính.</p>\
         {more}</body></html>\n"
    )
}

/// A door with a bad certificate and a good page.
fn bad(certificate: Certificate) -> Door {
    Door::Https(certificate, Page::Status(200))
}

/// A door that sends its visitors elsewhere.
fn redirect(to: &str) -> Door {
    good(Page::Redirect(to.to_owned()))
}
