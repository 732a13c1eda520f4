//! Following redirects with the address family pinned.

use std::net::{IpAddr, SocketAddr};

use url::Url;

use crate::evidence::dns::address_type;
use crate::evidence::dns::{Lookup, LookupStatus, published};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::{
    ConversationAttempts, conversation_attempts, conversation_question,
};
use crate::model::{Family, Host, ObservationId};

/// A redirect chain from one address on.
#[derive(Clone, Debug)]
pub struct RedirectChain<'e> {
    /// Where it started.
    pub start: SocketAddr,
    /// The URLs asked for, in order, each with every address that it was asked of.
    pub hops: Vec<Hop<'e>>,
    /// How it ended.
    pub end: ChainEnd,
}

/// One URL of a chain.
#[derive(Clone, Debug)]
pub struct Hop<'e> {
    /// The URL.
    pub url: Url,
    /// The look-up of its host, where it is another host than the hop before had.
    pub lookup: Option<Lookup>,
    /// The addresses asked: the pinned one as long as the host stays the same, every address of
    /// the family at any other host.
    pub attempts: Vec<HopAttempt<'e>>,
}

/// A URL asked of one address.
#[derive(Clone, Debug)]
pub struct HopAttempt<'e> {
    /// The address and port.
    pub address: SocketAddr,
    /// What came of it.
    pub conversation: ConversationAttempts<'e>,
}

/// How a chain ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainEnd {
    /// A response that is no redirect.
    Response {
        /// Its status code.
        status: u16,
    },
    /// No address of the last hop gave an HTTP response.
    NoResponse,
    /// The last hop's host has no address in this family, or could not be looked up.
    NoAddress(LookupStatus),
    /// Every address of the last hop is private, local or special: not visited.
    NotVisited(IpAddr),
    /// The chain leads back to a URL of its own.
    Loop,
    /// More hops than [`crate::model::Limits::redirects`].
    TooMany,
    /// The Location is missing, is no URL, or its scheme is neither http nor https. Hostile text.
    BadLocation(String),
    /// Not asked, or something is still to be asked before it is known.
    NotObserved,
}

impl RedirectChain<'_> {
    /// Whether something is still to be asked.
    pub fn is_pending(&self) -> bool {
        self.end == ChainEnd::NotObserved
    }

    /// The last URL that was reached.
    pub fn final_url(&self) -> Option<&Url> {
        self.hops.last().map(|hop| &hop.url)
    }

    /// Whether it leads back to a URL of its own and sets cookies before that: a client that sends
    /// them, as browsers do, may get further.
    pub fn loops_for_cookies(&self) -> bool {
        let conversations =
            self.hops.iter().flat_map(|hop| &hop.attempts).map(|attempt| &attempt.conversation);
        let mut seen = conversations.filter_map(ConversationAttempts::best);
        self.end == ChainEnd::Loop
            && seen.any(|seen| {
                matches!(&seen.http, Some(Ok(response)) if response.header("set-cookie").is_some())
            })
    }

    /// The facts that the chain rests on.
    pub fn observations(&self) -> Vec<ObservationId> {
        let mut ids = Vec::new();
        for hop in &self.hops {
            ids.extend(hop.lookup.iter().flat_map(|lookup| lookup.observations.iter().copied()));
            ids.extend(hop.attempts.iter().flat_map(|attempt| attempt.conversation.observations()));
        }
        ids
    }
}

/// Reads the chains that start with a GET of `url` from each of these addresses.
pub fn redirect_chains_from<'e>(
    view: &View<'e>,
    url: &Url,
    addresses: impl IntoIterator<Item = IpAddr>,
) -> Vec<RedirectChain<'e>> {
    let port = url.port_or_known_default().unwrap_or(443);
    let starts = addresses.into_iter().map(|address| SocketAddr::new(address, port));
    starts.map(|start| redirect_chain(view, url, start)).collect()
}

/// Reads the chain that starts with a GET of `url` from `address`.
pub fn redirect_chain<'e>(view: &View<'e>, url: &Url, address: SocketAddr) -> RedirectChain<'e> {
    let mut chain = RedirectChain { start: address, hops: Vec::new(), end: ChainEnd::NotObserved };
    let mut next = Some((url.clone(), None, vec![address]));
    while let Some((url, lookup, sockets)) = next.take() {
        let hop = hop_of(view, url, lookup, sockets);
        match redirect_target(&hop) {
            Err(end) => {
                chain.hops.push(hop);
                chain.end = end;
            }
            Ok(target) => {
                chain.hops.push(hop);
                match next_hop(view, &chain, &target, Family::of(address.ip())) {
                    Err(end) => {
                        chain.end = end;
                        if !matches!(
                            chain.end,
                            ChainEnd::Loop | ChainEnd::TooMany | ChainEnd::NotObserved
                        ) {
                            chain.hops.push(Hop {
                                url: target,
                                lookup: None,
                                attempts: Vec::new(),
                            });
                        }
                    }
                    Ok((lookup, sockets)) => next = Some((target, lookup, sockets)),
                }
            }
        }
    }
    if chain.hops.iter().any(is_unanswered) {
        chain.end = ChainEnd::NotObserved;
    }
    chain
}

fn is_unanswered(hop: &Hop<'_>) -> bool {
    hop.attempts.iter().any(|attempt| attempt.conversation.is_pending)
}

fn hop_of<'e>(
    view: &View<'e>,
    url: Url,
    lookup: Option<Lookup>,
    sockets: Vec<SocketAddr>,
) -> Hop<'e> {
    let attempts = sockets
        .into_iter()
        .map(|address| {
            let conversation = conversation_attempts(view, conversation_question(&url, address));
            HopAttempt { address, conversation }
        })
        .collect();
    Hop { url, lookup, attempts }
}

/// Where a hop sends the client, or how the chain ends at it. The first address that answers
/// speaks for the hop; the checks look at the others.
fn redirect_target(hop: &Hop<'_>) -> Result<Url, ChainEnd> {
    let response = hop
        .attempts
        .iter()
        .filter_map(|attempt| attempt.conversation.best())
        .find_map(|conversation| conversation.http.as_ref()?.as_ref().ok());
    let Some(response) = response else {
        if let Some(attempt) = hop.attempts.first()
            && hop
                .attempts
                .iter()
                .all(|attempt| attempt.conversation.missing == Some(Gap::NotVisited))
        {
            return Err(ChainEnd::NotVisited(attempt.address.ip()));
        }
        let pending = hop.attempts.iter().any(|attempt| attempt.conversation.is_pending);
        return Err(if pending { ChainEnd::NotObserved } else { ChainEnd::NoResponse });
    };
    if !is_redirect(response.status) {
        return Err(ChainEnd::Response { status: response.status });
    }
    let Some(location) = response.header("location") else {
        return Err(ChainEnd::BadLocation(String::new()));
    };
    // Header values are kept as Latin-1; servers that send raw UTF-8 mean UTF-8.
    let octets: Vec<u8> = location.chars().map(|c| c as u8).collect();
    let location = String::from_utf8_lossy(&octets).into_owned();
    match hop.url.join(&location) {
        Ok(mut target) if matches!(target.scheme(), "http" | "https") && target.has_host() => {
            target.set_fragment(None);
            Ok(target)
        }
        _ => Err(ChainEnd::BadLocation(location)),
    }
}

/// Whether browsers follow a response with this status (Fetch standard, redirect status).
pub fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

type NextHop = (Option<Lookup>, Vec<SocketAddr>);

/// The addresses at which a redirect's target is to be asked, or how the chain ends before it.
fn next_hop(
    view: &View<'_>,
    chain: &RedirectChain<'_>,
    target: &Url,
    family: Family,
) -> Result<NextHop, ChainEnd> {
    if chain.hops.iter().any(|hop| hop.url == *target) {
        return Err(ChainEnd::Loop);
    }
    if chain.hops.len() > view.settings.limits.redirects {
        return Err(ChainEnd::TooMany);
    }
    let port = target.port_or_known_default().unwrap_or(443);
    let Some(previous) = chain.hops.last() else { return Err(ChainEnd::NotObserved) };
    if Host::of_url(&previous.url) == Host::of_url(target) {
        let same = previous
            .attempts
            .iter()
            .map(|attempt| SocketAddr::new(attempt.address.ip(), port))
            .collect();
        return Ok((None, same));
    }
    let name = match Host::of_url(target) {
        Some(Host::Address(address)) if Family::of(address) == family => {
            return Ok((None, vec![SocketAddr::new(address, port)]));
        }
        // That the visit rules forbid the address says more than that it is of the other family.
        Some(Host::Address(address)) if !view.networks.may_visit(address) => {
            return Err(ChainEnd::NotVisited(address));
        }
        // A literal of the other family: a client of this family has no address to go to.
        Some(Host::Address(_)) => return Err(ChainEnd::NoAddress(LookupStatus::NoData)),
        None => return Err(ChainEnd::BadLocation(target.to_string())),
        Some(Host::Name(name)) => name,
    };
    let lookup = published(view, &name, address_type(family));
    match lookup.status {
        LookupStatus::Found => {
            let sockets = lookup
                .addresses()
                .into_iter()
                .take(view.settings.limits.addresses)
                .map(|address| SocketAddr::new(address, port))
                .collect();
            Ok((Some(lookup), sockets))
        }
        LookupStatus::NotObserved => Err(ChainEnd::NotObserved),
        status => Err(ChainEnd::NoAddress(status)),
    }
}
