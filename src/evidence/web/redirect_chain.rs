//! Following redirects with the address family pinned.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::cookie_jar::CookieJar;
use crate::evidence::dns::address_type;
use crate::evidence::dns::{Lookup, LookupStatus, published};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::{
    ConversationAttempts, conversation_attempts, conversation_question, refused_port,
};
use crate::model::{Family, Host, HttpResponse, ObservationId};

/// How many redirects browsers follow (Fetch standard §4.4, HTTP-redirect fetch).
const REDIRECTS_OF_BROWSERS: usize = 20;

/// How often a chain that has reached our limit has been at a URL that it leads to, to be called a loop.
const RETURNS_OF_A_LOOP: usize = 3;

/// A redirect chain from one address on.
#[derive(Clone, Debug)]
pub struct RedirectChain<'e> {
    /// Where it started.
    pub start: SocketAddr,
    /// The URLs asked for, in order, each with every address that it was asked of.
    pub hops: Vec<Hop<'e>>,
    /// How it ended.
    pub end: ChainEnd,
    /// Whether more cookies were set than we keep, so that a browser may get further.
    pub lacks_cookies: bool,
}

/// One URL of a chain.
#[derive(Clone, Debug)]
pub struct Hop<'e> {
    /// The URL.
    pub url: Url,
    /// The cookies sent with the request, which the hops before it had set.
    pub cookies: Option<Arc<str>>,
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
    /// Every address of the last hop is private, local, special or in an internal network: not visited.
    NotVisited(IpAddr),
    /// The last URL names a port that browsers refuse.
    RefusedPort(u16),
    /// The chain leads back to a URL of its own, with the same cookies, or again and again.
    Loop,
    /// More redirects than [`crate::model::Limits::redirects`].
    TooMany,
    /// The Location is missing, is no URL, or its scheme is neither http nor https. Hostile text.
    BadLocation(String),
    /// Something is still to be asked before it is known.
    Unknown(Gap),
}

impl RedirectChain<'_> {
    /// Whether something is still to be asked.
    pub fn is_pending(&self) -> bool {
        self.end == ChainEnd::Unknown(Gap::NotObserved)
    }

    /// The last URL that was reached.
    pub fn final_url(&self) -> Option<&Url> {
        self.hops.last().map(|hop| &hop.url)
    }

    /// Whether no browser goes on: at a loop, and after more redirects than any follows.
    pub fn is_endless(&self) -> bool {
        match self.end {
            ChainEnd::Loop => !self.lacks_cookies,
            ChainEnd::TooMany => self.hops.len() > REDIRECTS_OF_BROWSERS && !self.lacks_cookies,
            _ => false,
        }
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
    walk(view, url, address, response_of)
}

/// Walks along redirects; `choose` says which response speaks for a hop.
pub(super) fn walk<'e>(
    view: &View<'e>,
    url: &Url,
    address: SocketAddr,
    mut choose: impl FnMut(&Hop<'e>) -> Option<Look<'e>>,
) -> RedirectChain<'e> {
    let mut chain = RedirectChain {
        start: address,
        hops: Vec::new(),
        end: ChainEnd::Unknown(Gap::NotObserved),
        lacks_cookies: false,
    };
    let own_host = Host::of_url(url);
    let mut jar = CookieJar::default();
    let mut next = Some((url.clone(), None, vec![address]));
    while let Some((url, lookup, sockets)) = next.take() {
        let cookies = jar.header(&url);
        let is_own = Host::of_url(&url) == own_host;
        let view_of_hop = if is_own { *view } else { view.led() };
        let hop = hop_of(&view_of_hop, url, cookies, lookup, sockets);
        let look = choose(&hop);
        if let Some((response, at)) = look {
            jar.note(&hop.url, response, at);
        }
        let target = redirect_target(&hop, look);
        chain.hops.push(hop);
        let target = match target {
            Err(end) => {
                chain.end = end;
                break;
            }
            Ok(target) => target,
        };
        match next_hop(view, &chain, &target, &jar, Family::of(address.ip())) {
            Ok((lookup, sockets)) => next = Some((target, lookup, sockets)),
            Err(end) => {
                chain.end = end;
                let is_known =
                    [ChainEnd::Loop, ChainEnd::TooMany, ChainEnd::Unknown(Gap::NotObserved)];
                if !is_known.contains(&chain.end) {
                    let (cookies, attempts) = (jar.header(&target), Vec::new());
                    chain.hops.push(Hop { url: target, cookies, lookup: None, attempts });
                }
            }
        }
    }
    chain.lacks_cookies = jar.is_full;
    if chain.hops.iter().any(is_unanswered) {
        chain.end = ChainEnd::Unknown(Gap::NotObserved);
    }
    chain
}

fn is_unanswered(hop: &Hop<'_>) -> bool {
    hop.attempts.iter().any(|attempt| attempt.conversation.is_pending)
}

fn hop_of<'e>(
    view: &View<'e>,
    url: Url,
    cookies: Option<Arc<str>>,
    lookup: Option<Lookup>,
    sockets: Vec<SocketAddr>,
) -> Hop<'e> {
    let attempt = |address| {
        let mut question = conversation_question(&url, address);
        question.http.iter_mut().for_each(|http| http.cookies.clone_from(&cookies));
        HopAttempt { address, conversation: conversation_attempts(view, question) }
    };
    let attempts = sockets.into_iter().map(attempt).collect();
    Hop { url, cookies, lookup, attempts }
}

/// A response, and when it was asked for.
pub(super) type Look<'e> = (&'e HttpResponse, Timestamp);

/// The response that speaks for a hop: that of the first address that answers; the checks look at the
/// others.
pub(super) fn response_of<'e>(hop: &Hop<'e>) -> Option<Look<'e>> {
    let mut seen = hop.attempts.iter().filter_map(|attempt| attempt.conversation.best_at());
    seen.find_map(|(seen, at)| Some((seen.http.as_ref()?.as_ref().ok()?, at)))
}

/// Where a hop sends the client, or how the chain ends at it.
fn redirect_target(hop: &Hop<'_>, look: Option<Look<'_>>) -> Result<Url, ChainEnd> {
    let Some((response, _)) = look else {
        if let Some(attempt) = hop.attempts.first()
            && hop
                .attempts
                .iter()
                .all(|attempt| attempt.conversation.missing.is_some_and(Gap::is_forbidden))
        {
            return Err(ChainEnd::NotVisited(attempt.address.ip()));
        }
        let pending = hop.attempts.iter().any(|attempt| attempt.conversation.is_pending);
        return Err(if pending {
            ChainEnd::Unknown(Gap::NotObserved)
        } else {
            ChainEnd::NoResponse
        });
    };
    if !response.is_redirect() {
        return Err(ChainEnd::Response { status: response.status });
    }
    location(response, &hop.url).map_err(ChainEnd::BadLocation)
}

/// Where a redirect from this URL leads; an error is a Location that leads nowhere.
fn location(response: &HttpResponse, from: &Url) -> Result<Url, String> {
    let Some(location) = response.header("location") else { return Err(String::new()) };
    // Header values are kept as Latin-1; servers that send raw UTF-8 mean UTF-8.
    let octets: Vec<u8> = location.chars().map(|c| c as u8).collect();
    let location = String::from_utf8_lossy(&octets).into_owned();
    match from.join(&location) {
        Ok(mut target) if matches!(target.scheme(), "http" | "https") && target.has_host() => {
            target.set_fragment(None);
            Ok(target)
        }
        _ => Err(location),
    }
}

type NextHop = (Option<Lookup>, Vec<SocketAddr>);

/// The addresses at which a redirect's target is to be asked, or how the chain ends before it.
fn next_hop(
    view: &View<'_>,
    chain: &RedirectChain<'_>,
    target: &Url,
    jar: &CookieJar,
    family: Family,
) -> Result<NextHop, ChainEnd> {
    if let Some(port) = refused_port(target) {
        return Err(ChainEnd::RefusedPort(port));
    }
    let cookies = jar.header(target);
    let before = || chain.hops.iter().filter(|hop| hop.url == *target);
    if before().any(|hop| hop.cookies == cookies) {
        return Err(ChainEnd::Loop);
    }
    if chain.hops.len() > view.settings.limits.redirects {
        // Other cookies each time, and no end.
        let is_loop = before().count() >= RETURNS_OF_A_LOOP;
        return Err(if is_loop { ChainEnd::Loop } else { ChainEnd::TooMany });
    }
    let port = target.port_or_known_default().unwrap_or(443);
    let Some(previous) = chain.hops.last() else { return Err(ChainEnd::Unknown(Gap::NotObserved)) };
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
        Some(Host::Address(address)) if view.led().forbids(address).is_some() => {
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
        LookupStatus::NotObserved => Err(ChainEnd::Unknown(Gap::NotObserved)),
        status => Err(ChainEnd::NoAddress(status)),
    }
}
