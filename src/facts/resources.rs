//! What the front page loads, and whether a client without IPv4 can load it.

use std::net::SocketAddr;

use url::Url;

use super::front::{front, looks};
use super::lookup::{Status, resolve};
use super::page::{self, Reference, Unreadable, Use};
use super::talk::{Missing, Talk, question, talk, url_host};
use super::walk::Walk;
use super::{Needs, View};
use crate::model::{
    Conversation, ConversationQuestion, Family, Host, ObservationId, RecordType, TlsFailed,
    TlsFailure,
};

/// Hosts of one page that are looked at.
pub const HOSTS_MAX: usize = 40;

/// Addresses of one such host that are tried, one after the other, until one works.
const ADDRESSES_MAX: usize = 4;

/// Style sheets of one page that are read for what they load in turn.
const STYLE_SHEETS_MAX: usize = 4;

/// What a page depends on.
#[derive(Clone, Debug)]
pub struct Resources {
    /// Where the page was found; `None` as long as there is none.
    pub page: Option<Url>,
    /// Why the page can't be read.
    pub unreadable: Option<Unreadable>,
    /// The servers that it loads from, beside its own, in the order in which it names them.
    pub servers: Vec<Server>,
    /// Whether it names more than [`HOSTS_MAX`].
    pub is_cut: bool,
    /// What still has to be asked.
    pub needs: Needs,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// A server that a page loads from.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its host.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// Whether over TLS.
    pub is_https: bool,
    /// What for, each once.
    pub uses: Vec<Use>,
    /// Whether it can be reached over IPv6.
    pub access: Access,
    /// Its IPv4 addresses, as far as they were looked up.
    pub ipv4: Vec<std::net::IpAddr>,
    /// The IPv6 address that works.
    pub works_at: Option<SocketAddr>,
}

/// Whether a server can be reached over IPv6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It accepts a connection (and completes a handshake, where it is https).
    Works,
    /// It has no IPv6 address, but works for clients with IPv4 as far as the DNS knows.
    NoIpv6,
    /// No IPv6 address works, and IPv4 does. How the last one failed.
    Unreachable(String),
    /// It works over neither family: a dead link is no matter of IPv6.
    Dead,
    /// Its IPv6 addresses are private or special, and not visited.
    NotVisited,
    /// Its name could not be looked up.
    Unresolved,
    /// Our own machine could not ask.
    OurFault,
    /// Not asked (yet).
    NotObserved,
}

impl Server {
    /// Whether the page is commonly useless without it.
    pub fn is_required(&self) -> bool {
        self.uses.iter().any(|what| what.is_required())
    }
}

/// Reads what the front page over IPv6 depends on: the page that the first address with a readable
/// one shows, and its style sheets.
pub fn resources(view: &View<'_>, ipv6: &[Walk<'_>]) -> Resources {
    let mut resources = Resources {
        page: None,
        unreadable: None,
        servers: Vec::new(),
        is_cut: false,
        needs: Needs::default(),
        observations: Vec::new(),
    };
    for walk in ipv6 {
        let Some((url, talk)) = front(walk) else { continue };
        let Some(response) = looks(talk).next() else { continue };
        resources.observations.extend(talk.observations());
        match page::page(response, url).as_ref() {
            Ok(page) => {
                resources.page = Some(url.clone());
                resources.unreadable = None;
                resources.read(view, url, talk.address, &page.references);
                break;
            }
            Err(why) => resources.unreadable = Some(*why),
        }
    }
    resources
}

impl Resources {
    fn read(&mut self, view: &View<'_>, page: &Url, at: SocketAddr, references: &[Reference]) {
        references.iter().for_each(|reference| self.name(page, reference));
        self.visit(view);
        let sheets = references.iter().filter(|reference| reference.what == Use::Style);
        let mut more = Vec::new();
        for reference in sheets.take(STYLE_SHEETS_MAX) {
            // The page's own server is known to work; any other has to be, first.
            let address = if origin(&reference.url) == origin(page) {
                Some(at)
            } else {
                self.server(&reference.url).and_then(|server| server.works_at)
            };
            let Some(address) = address else { continue };
            let sheet = talk(view, question(&reference.url, address));
            self.observations.extend(sheet.observations());
            self.needs.extend(sheet.needs.clone());
            if let Some(response) = looks(&sheet).next().filter(|r| r.status == 200) {
                more.extend(page::style_sheet(response, &reference.url).iter().cloned());
            }
        }
        more.iter().for_each(|reference| self.name(page, reference));
        self.visit(view);
    }

    fn server(&self, url: &Url) -> Option<&Server> {
        let (host, port, is_https) = origin(url)?;
        self.servers.iter().find(|s| s.host == host && s.port == port && s.is_https == is_https)
    }

    /// Notes the server of a reference, unless it is the page's own.
    fn name(&mut self, page: &Url, reference: &Reference) {
        if !reference.what.is_loaded() || origin(&reference.url) == origin(page) {
            return;
        }
        let Some((host, port, is_https)) = origin(&reference.url) else { return };
        let is_full = self.servers.len() == HOSTS_MAX;
        let known = self
            .servers
            .iter_mut()
            .find(|s| s.host == host && s.port == port && s.is_https == is_https);
        match known {
            Some(server) if server.uses.contains(&reference.what) => {}
            Some(server) => server.uses.push(reference.what),
            None if is_full => self.is_cut = true,
            None => self.servers.push(Server {
                host,
                port,
                is_https,
                uses: vec![reference.what],
                access: Access::NotObserved,
                ipv4: Vec::new(),
                works_at: None,
            }),
        }
    }

    fn visit(&mut self, view: &View<'_>) {
        let mut asked = Asked { view, needs: Needs::default(), observations: Vec::new() };
        for server in self.servers.iter_mut().filter(|s| s.access == Access::NotObserved) {
            server.access = asked.access(server);
        }
        self.needs.extend(asked.needs);
        for id in asked.observations {
            if !self.observations.contains(&id) {
                self.observations.push(id);
            }
        }
    }
}

type Origin = (Host, u16, bool);

fn origin(url: &Url) -> Option<Origin> {
    Some((url_host(url)?, url.port_or_known_default()?, url.scheme() == "https"))
}

struct Asked<'v, 'e> {
    view: &'v View<'e>,
    needs: Needs,
    observations: Vec<ObservationId>,
}

impl<'e> Asked<'_, 'e> {
    fn access(&mut self, server: &mut Server) -> Access {
        let addresses = match &server.host {
            Host::Address(address) if Family::of(*address) == Family::Ipv4 => {
                server.ipv4 = vec![*address];
                return Access::NoIpv6;
            }
            Host::Address(address) => vec![*address],
            Host::Name(name) => {
                let lookup = resolve(self.view, name, RecordType::AAAA);
                self.observations.extend(&lookup.observations);
                self.needs.extend(lookup.needs.clone());
                match lookup.status {
                    Status::Found => lookup.addresses(),
                    Status::NotObserved => return Access::NotObserved,
                    Status::NoData | Status::Synthesised => {
                        return match self.ipv4(server) {
                            None => Access::NotObserved,
                            Some(()) if server.ipv4.is_empty() => Access::Dead,
                            Some(()) => Access::NoIpv6,
                        };
                    }
                    Status::NxDomain => return Access::Dead,
                    _ => return Access::Unresolved,
                }
            }
        };
        let mut worst = Access::NotVisited;
        for address in addresses.into_iter().take(ADDRESSES_MAX) {
            let at = SocketAddr::new(address, server.port);
            let talk = self.talk(server, at);
            if talk.attempts.iter().any(|(seen, _)| works(seen)) {
                server.works_at = Some(at);
                return Access::Works;
            }
            match talk.missing {
                Some(Missing::NotVisited) => continue,
                _ if !talk.needs.is_empty() => return Access::NotObserved,
                _ if talk.is_our_fault() => worst = Access::OurFault,
                _ if worst == Access::OurFault => {}
                _ => worst = Access::Unreachable(failure(&talk)),
            }
        }
        match worst {
            Access::Unreachable(why) => self.beside_ipv4(server, why),
            other => other,
        }
    }

    /// A server that fails over IPv6 is IPv6's affair only if it works over IPv4.
    fn beside_ipv4(&mut self, server: &mut Server, why: String) -> Access {
        if self.ipv4(server).is_none() {
            return Access::NotObserved;
        }
        let Some(address) = server.ipv4.first().copied() else { return Access::Dead };
        let talk = self.talk(server, SocketAddr::new(address, server.port));
        if talk.attempts.iter().any(|(seen, _)| works(seen)) {
            return Access::Unreachable(why);
        }
        if !talk.needs.is_empty() {
            return Access::NotObserved;
        }
        let unknown = talk.missing.is_some() || talk.is_our_fault();
        if unknown { Access::Unreachable(why) } else { Access::Dead }
    }

    /// Looks the IPv4 addresses up; `None` as long as that takes.
    fn ipv4(&mut self, server: &mut Server) -> Option<()> {
        let Host::Name(name) = &server.host else { return Some(()) };
        let lookup = resolve(self.view, name, RecordType::A);
        self.observations.extend(&lookup.observations);
        self.needs.extend(lookup.needs.clone());
        server.ipv4 = lookup.addresses();
        (lookup.status != Status::NotObserved).then_some(())
    }

    fn talk(&mut self, server: &Server, address: SocketAddr) -> Talk<'e> {
        let tls = server.is_https.then(|| server.host.clone());
        let talk = talk(self.view, ConversationQuestion { address, tls, http: None, mss: None });
        self.observations.extend(talk.observations());
        self.needs.extend(talk.needs.clone());
        talk
    }
}

fn works(seen: &Conversation) -> bool {
    seen.connect.is_ok() && !matches!(seen.tls, Some(Err(_)))
}

/// How the last attempt failed, in the words of results.
fn failure(talk: &Talk<'_>) -> String {
    let failed = |(seen, _): &(&Conversation, ObservationId)| match (&seen.connect, &seen.tls) {
        (Err(failure), _) => Some(failure.reason().to_owned()),
        (_, Some(Err(TlsFailed { failure: TlsFailure::Net { failure }, .. }))) => {
            Some(format!("tls: {}", failure.reason()))
        }
        (_, Some(Err(_))) => Some("tls".to_owned()),
        _ => None,
    };
    talk.attempts.iter().rev().find_map(failed).unwrap_or_default()
}
