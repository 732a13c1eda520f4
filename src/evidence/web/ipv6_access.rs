//! Whether a client without IPv4 can reach a server that a page loads from.

use std::net::{IpAddr, SocketAddr};

use url::Url;

use crate::evidence::dns::{Lookup, LookupStatus, published};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::{ConversationAttempts, Steadiness, conversation_attempts};
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
    /// It is not known. [`Gap::Limit`]: it has more addresses than we try, and none of those works.
    Unknown(Gap),
}

/// A server as a URL names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) is_https: bool,
}

impl Origin {
    pub(super) fn of(url: &Url) -> Option<Self> {
        let (host, port) = (Host::of_url(url)?, url.port_or_known_default()?);
        Some(Self { host, port, is_https: url.scheme() == "https" })
    }
}

/// Reads whether one server can be reached over IPv6, and collects what that rests on.
pub(super) struct AccessReader<'v, 'e> {
    view: &'v View<'e>,
    server: &'v Origin,
    /// The server's IPv4 addresses, as far as they were looked up.
    pub(super) ipv4: Vec<IpAddr>,
    /// The IPv6 address that works.
    pub(super) works_at: Option<SocketAddr>,
    /// Whether something is still to be asked.
    pub(super) is_pending: bool,
    pub(super) observations: Vec<ObservationId>,
}

impl<'v, 'e> AccessReader<'v, 'e> {
    pub(super) fn new(view: &'v View<'e>, server: &'v Origin) -> Self {
        Self {
            view,
            server,
            ipv4: Vec::new(),
            works_at: None,
            is_pending: false,
            observations: Vec::new(),
        }
    }

    pub(super) fn access(&mut self) -> Ipv6Access {
        match self.access_or_gap() {
            Ok(access) => access,
            Err(gap) => Ipv6Access::Unknown(gap),
        }
    }

    fn access_or_gap(&mut self) -> Result<Ipv6Access, Gap> {
        let addresses = match &self.server.host {
            Host::Address(address) if Family::of(*address) == Family::Ipv4 => {
                self.ipv4 = vec![*address];
                return Ok(Ipv6Access::NoIpv6);
            }
            Host::Address(address) => vec![*address],
            Host::Name(name) => {
                let lookup = self.lookup(name, RecordType::AAAA)?;
                if lookup.status != LookupStatus::Found {
                    self.look_up_ipv4()?;
                    // Also where the name is said not to exist for AAAA alone (RFC 4074 §4.2).
                    let is_dead = self.ipv4.is_empty();
                    return Ok(if is_dead { Ipv6Access::Dead } else { Ipv6Access::NoIpv6 });
                }
                lookup.addresses()
            }
        };
        match self.first_that_works(&addresses, false)? {
            Ok(address) => {
                self.works_at = Some(address);
                Ok(Ipv6Access::Works)
            }
            Err(failure) => self.access_beside_ipv4(failure),
        }
    }

    /// A server that fails over IPv6 is a fault of IPv6 only if it works over IPv4, be it now and then.
    fn access_beside_ipv4(&mut self, failure: String) -> Result<Ipv6Access, Gap> {
        self.look_up_ipv4()?;
        match self.first_that_works(&self.ipv4.clone(), true) {
            Ok(Ok(_)) => Ok(Ipv6Access::Unreachable(failure)),
            Ok(Err(_)) => Ok(Ipv6Access::Dead),
            Err(gap) => Err(gap),
        }
    }

    /// The first address that works, or how the last one failed; an error is why it is not known
    /// whether one works. One that works now and then counts
    /// as one that works only where that is enough.
    fn first_that_works(
        &mut self,
        addresses: &[IpAddr],
        now_and_then_is_enough: bool,
    ) -> Result<Result<SocketAddr, String>, Gap> {
        let (mut gap, mut last_failure) = (None, String::new());
        for address in addresses.iter().take(ADDRESSES_MAX) {
            let address = SocketAddr::new(*address, self.server.port);
            let conversation = self.conversation(address);
            let (working, lost) = working_and_lost(&conversation);
            let works = working > 0;
            let is_flapping = Steadiness::of(working, lost).is_flapping();
            match conversation.missing {
                Some(forbidden) if forbidden.is_forbidden() => gap = gap.or(Some(forbidden)),
                _ if works && (now_and_then_is_enough || !is_flapping) => return Ok(Ok(address)),
                _ if works => last_failure = "flapping".to_owned(),
                _ if conversation.is_pending => return Err(Gap::NotObserved),
                _ if conversation.is_our_fault() => gap = Some(Gap::OurFault),
                _ => match conversation.gap() {
                    Some(known @ (Gap::ClientCertificate | Gap::TurnedAway)) => gap = Some(known),
                    _ => last_failure = failure(&conversation),
                },
            }
        }
        if addresses.len() > ADDRESSES_MAX {
            gap = gap.or(Some(Gap::Limit));
        }
        gap.map_or(Ok(Err(last_failure)), Err)
    }

    fn look_up_ipv4(&mut self) -> Result<(), Gap> {
        let Host::Name(name) = &self.server.host else { return Ok(()) };
        self.ipv4 = self.lookup(name, RecordType::A)?.addresses();
        Ok(())
    }

    fn lookup(&mut self, name: &Name, record_type: RecordType) -> Result<Lookup, Gap> {
        let lookup = published(self.view, name, record_type);
        self.observations.extend(&lookup.observations);
        self.is_pending |= lookup.is_pending();
        lookup.gap().map_or(Ok(lookup), Err)
    }

    fn conversation(&mut self, address: SocketAddr) -> ConversationAttempts<'e> {
        let tls = self.server.is_https.then(|| self.server.host.clone());
        let question = ConversationQuestion { address, tls, http: None, mss: None };
        let conversation = conversation_attempts(&self.view.led(), question);
        self.observations.extend(conversation.observations());
        self.is_pending |= conversation.is_pending;
        conversation
    }
}

/// How many attempts worked, and how many failed by the other side's doing.
fn working_and_lost(conversation: &ConversationAttempts<'_>) -> (usize, usize) {
    let attempts = || conversation.attempts.iter().map(|(seen, _)| *seen);
    let lost = attempts().filter(|seen| !works(seen) && !seen.is_our_fault());
    (attempts().filter(|seen| works(seen)).count(), lost.count())
}

fn works(seen: &Conversation) -> bool {
    seen.connect.is_ok() && !matches!(seen.tls, Some(Err(_)))
}

/// How the last attempt failed, in the words of results.
fn failure(conversation: &ConversationAttempts<'_>) -> String {
    let failed = |(seen, _): &(&Conversation, ObservationId)| match (&seen.connect, &seen.tls) {
        (Err(failure), _) => Some(failure.reason().to_owned()),
        (_, Some(Err(TlsFailed { failure: TlsFailure::Net { failure }, .. }))) => {
            Some(format!("tls: {}", failure.reason()))
        }
        (_, Some(Err(_))) => Some("tls".to_owned()),
        _ => None,
    };
    conversation.attempts.iter().rev().find_map(failed).unwrap_or_default()
}
