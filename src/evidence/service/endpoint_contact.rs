//! What a client of a service does first at one of its ports, and what came of it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::conversation_attempts::{self};
use super::{ConversationAttempts, plain_http_url, published_addresses};
use crate::evidence::mail;
use crate::evidence::query::{Topic, View};
use crate::model::{
    ConversationQuestion, Endpoint, Family, Greeting, GreetingQuestion, Host, HttpGet, NetFailure,
    ObservationId, Protocol, Question, Reply, Security, Service, Target,
};

/// A port that a service declares, over TCP.
#[derive(Clone, Debug)]
pub struct DeclaredPort {
    /// Its number.
    pub number: u16,
    approach: Approach,
}

#[derive(Clone, Debug)]
enum Approach {
    /// A connection, a TLS handshake for the host where one is named, and a GET where a page is.
    Converse(Option<Host>, Option<HttpGet>),
    /// The protocol's greetings.
    Greet(Protocol, Security, Host),
}

/// What was seen at one address and port.
#[derive(Clone, Debug)]
pub struct EndpointContact<'e> {
    /// The address and port.
    pub address: SocketAddr,
    /// The attempts at connecting, and at TLS.
    pub conversation: ConversationAttempts<'e>,
    /// The greetings of the same attempts, where the service's protocol has any.
    pub greetings: Vec<(&'e Greeting, ObservationId)>,
}

impl DeclaredPort {
    /// Whether TLS is spoken at this port, from the start or later.
    pub fn has_tls(&self) -> bool {
        match &self.approach {
            Approach::Converse(host, _) => host.is_some(),
            Approach::Greet(_, security, _) => *security != Security::None,
        }
    }

    /// Whether TLS begins with the first octet at this port.
    pub fn starts_with_tls(&self) -> bool {
        match &self.approach {
            Approach::Greet(_, security, _) => *security == Security::Implicit,
            _ => self.has_tls(),
        }
    }

    /// Whether the server speaks first here.
    pub fn greets(&self) -> bool {
        matches!(self.approach, Approach::Greet(..))
    }

    /// Mail for a host, at its port 25.
    pub fn smtp(host: Host) -> Self {
        /// RFC 5321 §4.5.4.2.
        const SMTP: u16 = 25;
        Self { number: SMTP, approach: Approach::Greet(Protocol::Smtp, Security::Starttls, host) }
    }

    fn question(&self, address: SocketAddr) -> Question {
        match &self.approach {
            Approach::Converse(host, page) => Question::Conversation(ConversationQuestion {
                address,
                tls: host.clone(),
                http: page.clone(),
                mss: None,
            }),
            Approach::Greet(protocol, security, host) => Question::Greeting(GreetingQuestion {
                address,
                protocol: *protocol,
                security: *security,
                host: host.clone(),
            }),
        }
    }
}

/// The TCP ports that the service declares.
#[derive(PartialEq, Eq)]
struct DeclaredPorts;

impl Topic for DeclaredPorts {
    type Reading = Vec<DeclaredPort>;
}

/// The TCP ports of a service at its own addresses, the one that it is declared on first. None for
/// zones, name servers and time servers, and none for mail domains, whose exchangers are hosts of
/// their own: see [`crate::evidence::mail::route`].
pub fn declared_ports(view: &View<'_>, service: &Service) -> Arc<Vec<DeclaredPort>> {
    view.remembered(DeclaredPorts, || declared(service))
}

fn declared(service: &Service) -> Vec<DeclaredPort> {
    let connect = |endpoint: &Endpoint, host: Option<Host>| {
        vec![DeclaredPort { number: endpoint.port, approach: Approach::Converse(host, None) }]
    };
    let greet = |endpoint: &Endpoint, protocol, security| {
        let approach = Approach::Greet(protocol, security, endpoint.host.clone());
        vec![DeclaredPort { number: endpoint.port, approach }]
    };
    match &service.target {
        Target::Web(url) => {
            let plain = plain_http_url(service).filter(|plain| plain != url);
            std::iter::once(url)
                .chain(&plain)
                .map(|url| DeclaredPort {
                    number: url.port_or_known_default().unwrap_or(443),
                    approach: Approach::Converse(
                        conversation_attempts::tls_of(url),
                        Some(conversation_attempts::page_of(url)),
                    ),
                })
                .collect()
        }
        Target::Tls(endpoint) => connect(endpoint, Some(endpoint.host.clone())),
        Target::Tcp(endpoint) => connect(endpoint, None),
        Target::Imap(endpoint) => greet(endpoint, Protocol::Imap, Security::Starttls),
        Target::Imaps(endpoint) => greet(endpoint, Protocol::Imap, Security::Implicit),
        Target::Pop3s(endpoint) => greet(endpoint, Protocol::Pop3, Security::Implicit),
        Target::Submission(endpoint) => {
            // RFC 8314 §7.3: 465 is TLS from the first octet on.
            const SUBMISSIONS: u16 = 465;
            let implicit = endpoint.port == SUBMISSIONS;
            let security = if implicit { Security::Implicit } else { Security::Starttls };
            greet(endpoint, Protocol::Smtp, security)
        }
        Target::Ssh(endpoint) => greet(endpoint, Protocol::Ssh, Security::None),
        Target::Mail(_) | Target::Zone(_) | Target::Dns(_) | Target::Ntp(_) => Vec::new(),
    }
}

/// The first contact with one address at one port.
pub fn endpoint_contact<'e>(
    view: &View<'e>,
    port: &DeclaredPort,
    address: IpAddr,
) -> EndpointContact<'e> {
    let address = SocketAddr::new(address, port.number);
    let question = port.question(address);
    let greetings = view
        .attempts(&question)
        .filter_map(|(observation, id)| match &observation.reply {
            Reply::Greeting(greeting) => Some((&**greeting, id)),
            _ => None,
        })
        .collect();
    EndpointContact {
        address,
        conversation: conversation_attempts::attempts(view, question, address),
        greetings,
    }
}

/// The contacts with a service over one family.
#[derive(Clone, Debug, Default)]
pub struct EndpointContacts<'e> {
    /// The contacts at the main port, by address.
    pub main: Vec<EndpointContact<'e>>,
    /// The contacts at further ports.
    pub further: Vec<EndpointContact<'e>>,
}

/// Reads the contacts with a service at every address of one family that is known by now.
pub fn endpoint_contacts<'e>(
    view: &View<'e>,
    service: &Service,
    family: Family,
) -> EndpointContacts<'e> {
    let mut found = EndpointContacts::default();
    if let Target::Mail(domain) = &service.target {
        for exchanger in mail::route(view, domain).exchangers {
            let port = DeclaredPort::smtp(Host::Name(exchanger.name.clone()));
            for address in exchanger.addresses(family, view) {
                found.main.push(endpoint_contact(view, &port, address));
            }
        }
        found.main.sort_by_key(|contact| contact.address);
        found.main.dedup_by_key(|contact| contact.conversation.question.clone());
        return found;
    }
    let published =
        published_addresses(view, service).map(|all| all.of(family, view)).unwrap_or_default();
    for (at, port) in declared_ports(view, service).iter().enumerate() {
        let contacts = published.iter().map(|address| endpoint_contact(view, port, *address));
        if at == 0 { found.main.extend(contacts) } else { found.further.extend(contacts) }
    }
    found
}

impl<'e> EndpointContacts<'e> {
    /// Every contact, those at the main port first.
    pub fn all(&self) -> impl Iterator<Item = &EndpointContact<'e>> {
        self.main.iter().chain(&self.further)
    }
}

/// The host that certificates of a service are for.
pub fn tls_host(service: &Service) -> Option<Host> {
    match &service.target {
        Target::Web(url) => Host::of_url(url),
        other => other.host(),
    }
}

/// Whether not one exchanger could be reached at port 25 over either family, and none of them refused
/// itself: then it is more likely that the network around *us* keeps strangers' mail back, as
/// most access networks do.
pub fn is_mail_blocked(contacts: &[&EndpointContact<'_>]) -> bool {
    let attempts = || contacts.iter().flat_map(|contact| &contact.conversation.attempts);
    let kept_back = |failure: &NetFailure| {
        matches!(failure, NetFailure::TimedOut | NetFailure::Icmp { .. }) || failure.is_ours()
    };
    attempts().next().is_some()
        && attempts().all(|(seen, _)| seen.connect.as_ref().err().is_some_and(kept_back))
}
