//! Whether a client without IPv4 can reach a server that a page loads from.

use std::net::{IpAddr, SocketAddr};

use super::ResourceHost;
use crate::evidence::dns::{Lookup, LookupFailure, LookupStatus, resolve};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::{ConversationAttempts, conversation_attempts};
use crate::model::{
    Conversation, ConversationQuestion, Family, Host, Name, ObservationId, RecordType, TlsFailed,
    TlsFailure,
};

/// Addresses of one host that are tried, one after the other, until one works.
const ADDRESSES_MAX: usize = 4;

/// Whether a server can be reached over IPv6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ipv6Access {
    /// It accepts a connection (and completes a handshake, where it is https).
    Works,
    /// It has no IPv6 address, but works for clients with IPv4 as far as the DNS knows.
    NoIpv6,
    /// No IPv6 address works, and IPv4 does. How the last one failed.
    Unreachable(String),
    /// It works over neither family: a dead link is no matter of IPv6.
    Dead,
    /// The attempts contradict each other.
    Flaky,
    /// It has more addresses than we try, and none of those works.
    Limit,
    /// Its IPv6 addresses are private or special, and not visited.
    NotVisited,
    /// Its name could not be looked up.
    Unresolved,
    /// Our own machine could not ask.
    OurFault,
    /// Not asked (yet).
    NotObserved,
}

/// What was asked of servers, and whether something is still to be asked.
pub(super) struct Asked<'v, 'e> {
    pub(super) view: &'v View<'e>,
    pub(super) is_pending: bool,
    pub(super) observations: Vec<ObservationId>,
}

impl<'e> Asked<'_, 'e> {
    pub(super) fn access(&mut self, server: &mut ResourceHost) -> Ipv6Access {
        match self.over_ipv6(server) {
            Ok(access) | Err(access) => access,
        }
    }

    /// What is known of a server; an error is why that isn't enough to say more.
    fn over_ipv6(&mut self, server: &mut ResourceHost) -> Result<Ipv6Access, Ipv6Access> {
        let addresses = match &server.host {
            Host::Address(address) if Family::of(*address) == Family::Ipv4 => {
                server.ipv4 = vec![*address];
                return Ok(Ipv6Access::NoIpv6);
            }
            Host::Address(address) => vec![*address],
            Host::Name(name) => {
                let lookup = self.look(&name.clone(), RecordType::AAAA)?;
                if lookup.status != LookupStatus::Found {
                    self.ipv4(server)?;
                    return match lookup.status {
                        _ if server.ipv4.is_empty() => Ok(Ipv6Access::Dead),
                        // The name does not exist, and yet it has an address.
                        LookupStatus::NxDomain => Err(Ipv6Access::Flaky),
                        _ => Ok(Ipv6Access::NoIpv6),
                    };
                }
                lookup.addresses()
            }
        };
        match self.first_that_works(server, &addresses)? {
            Ok(at) => {
                server.works_at = Some(at);
                Ok(Ipv6Access::Works)
            }
            Err(why) => self.beside_ipv4(server, why),
        }
    }

    /// A server that fails over IPv6 is IPv6's affair only if it works over IPv4.
    fn beside_ipv4(
        &mut self,
        server: &mut ResourceHost,
        why: String,
    ) -> Result<Ipv6Access, Ipv6Access> {
        self.ipv4(server)?;
        match self.first_that_works(server, &server.ipv4.clone()) {
            Ok(Ok(_)) | Err(Ipv6Access::Flaky) => Ok(Ipv6Access::Unreachable(why)),
            Ok(Err(_)) => Ok(Ipv6Access::Dead),
            Err(unknown) => Err(unknown),
        }
    }

    /// The first address that works, or how the last one failed; an error is why it is not known
    /// whether one works.
    fn first_that_works(
        &mut self,
        server: &ResourceHost,
        addresses: &[IpAddr],
    ) -> Result<Result<SocketAddr, String>, Ipv6Access> {
        let (mut unknown, mut why) = (None, String::new());
        for address in addresses.iter().take(ADDRESSES_MAX) {
            let at = SocketAddr::new(*address, server.port);
            let talk = self.talk(server, at);
            let works = talk.attempts.iter().any(|(seen, _)| works(seen));
            match talk.missing {
                Some(Gap::NotVisited) => unknown = unknown.or(Some(Ipv6Access::NotVisited)),
                _ if works && !talk.is_flaky() => return Ok(Ok(at)),
                _ if works => unknown = unknown.or(Some(Ipv6Access::Flaky)),
                _ if talk.is_pending => return Err(Ipv6Access::NotObserved),
                _ if talk.is_our_fault() => unknown = Some(Ipv6Access::OurFault),
                _ => why = failure(&talk),
            }
        }
        if addresses.len() > ADDRESSES_MAX {
            unknown = unknown.or(Some(Ipv6Access::Limit));
        }
        unknown.map_or(Ok(Err(why)), Err)
    }

    /// Looks the IPv4 addresses up; an error is why they are not known.
    fn ipv4(&mut self, server: &mut ResourceHost) -> Result<(), Ipv6Access> {
        let Host::Name(name) = &server.host else { return Ok(()) };
        server.ipv4 = self.look(&name.clone(), RecordType::A)?.addresses();
        Ok(())
    }

    fn look(&mut self, name: &Name, record_type: RecordType) -> Result<Lookup, Ipv6Access> {
        let lookup = resolve(self.view, name, record_type);
        self.observations.extend(&lookup.observations);
        self.is_pending |= lookup.is_pending();
        match &lookup.status {
            LookupStatus::NotObserved => Err(Ipv6Access::NotObserved),
            LookupStatus::Failed(LookupFailure::Net(failure)) if failure.is_ours() => {
                Err(Ipv6Access::OurFault)
            }
            LookupStatus::ChainTooLong => Err(Ipv6Access::Limit),
            LookupStatus::Failed(_) | LookupStatus::ChainLooped => Err(Ipv6Access::Unresolved),
            LookupStatus::Found
            | LookupStatus::NoData
            | LookupStatus::NxDomain
            | LookupStatus::Synthesised => Ok(lookup),
        }
    }

    fn talk(&mut self, server: &ResourceHost, address: SocketAddr) -> ConversationAttempts<'e> {
        let tls = server.is_https.then(|| server.host.clone());
        let talk = conversation_attempts(
            self.view,
            ConversationQuestion { address, tls, http: None, mss: None },
        );
        self.observations.extend(talk.observations());
        self.is_pending |= talk.is_pending;
        talk
    }
}

fn works(seen: &Conversation) -> bool {
    seen.connect.is_ok() && !matches!(seen.tls, Some(Err(_)))
}

/// How the last attempt failed, in the words of results.
fn failure(talk: &ConversationAttempts<'_>) -> String {
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
