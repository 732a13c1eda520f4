//! Whether what the DNS says of a service's name is authentic: by what the resolver passes on, and by what
//! each of the zone's own servers says.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::authority::{authority, secured, subject};
use super::dnssec::{Citations, Dnssec, Security, dnssec, security_by_server};
use super::exchange::DNS_PORT;
use crate::evidence::query::{Topic, View};
use crate::model::{Name, ObservationId, RecordType, Service};

/// What DNSSEC says of the records that matter most to a service's clients: of its first type
/// ([`secured`]).
#[derive(Clone, Debug)]
pub struct Authenticity {
    /// What the resolver's answers show.
    pub dnssec: Arc<Dnssec>,
    /// What each address of the zone's servers shows, in their order; none for a zone that isn't signed.
    pub servers: Vec<ServerSecurity>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
    /// Whether something is still to be asked.
    pub is_pending: bool,
}

/// What the answers of one address show.
#[derive(Clone, Debug)]
pub struct ServerSecurity {
    /// The name server.
    pub server: Name,
    /// Its address.
    pub address: IpAddr,
    /// What its keys and its answer show.
    pub security: Security,
}

impl Authenticity {
    /// Whether no client that validates gets the records. It asks one server after the other until an
    /// answer is authentic.
    pub fn is_bogus(&self) -> bool {
        !self.is_pending && matches!(self.security(), Security::Bogus(_))
    }

    /// Whether it is known what a client that validates makes of the records.
    pub fn is_known(&self) -> bool {
        !self.is_pending && !matches!(self.dnssec.security(), Security::Unknown(_))
    }

    /// What a client finds that validates, and asks one server after the other.
    pub fn security(&self) -> &Security {
        let of_chain = self.dnssec.security();
        let first = self.dnssec.links.first().map(|link| &link.security);
        let secure = self.servers.iter().find(|at| at.security == Security::Secure);
        match (of_chain, secure) {
            // The fault is of the name's own zone, and one of its servers is without it.
            (Security::Bogus(_), Some(secure)) if first == Some(of_chain) => &secure.security,
            _ => of_chain,
        }
    }
}

/// What DNSSEC says of a service's name.
#[derive(PartialEq, Eq)]
struct AuthenticityOf(Name, RecordType);

impl Topic for AuthenticityOf {
    type Reading = Authenticity;
}

/// Reads whether what the DNS says of a service's name is authentic; `None` for address literals.
pub fn authenticity(view: &View<'_>, service: &Service) -> Option<Arc<Authenticity>> {
    let (name, _) = subject(service)?;
    let record_type = *secured(service).first()?;
    Some(view.remembered(AuthenticityOf(name.clone(), record_type), || {
        find(view, service, &name, record_type)
    }))
}

fn find(view: &View<'_>, service: &Service, name: &Name, record_type: RecordType) -> Authenticity {
    let dnssec = dnssec(view, name, record_type);
    let mut found = Authenticity {
        observations: dnssec.observations.clone(),
        is_pending: dnssec.is_pending,
        servers: Vec::new(),
        dnssec,
    };
    let Some(zone) = &found.dnssec.signed_zone else { return found };
    let Some(authority) = authority(view, service) else { return found };
    let Some(apex) = authority.apex.as_ref().filter(|apex| zone.is(apex)) else { return found };
    found.is_pending |= !authority.is_settled;
    let talking: Vec<_> = authority
        .addresses
        .iter()
        .filter_map(|at| Some((at, (SocketAddr::new(at.address, DNS_PORT), at.usable(apex)?))))
        .collect();
    let places: Vec<_> = talking.iter().map(|(_, place)| *place).collect();
    let mut citations = Citations::default();
    let securities = security_by_server(view, zone, name, record_type, &places, &mut citations);
    for ((at, _), security) in talking.into_iter().zip(securities) {
        let (server, address) = (at.server.clone(), at.address);
        found.servers.push(ServerSecurity { server, address, security });
    }
    found.observations.extend(citations.observations);
    found.is_pending |= citations.is_pending;
    found
}
