//! The certificates that browsers fetch where a server doesn't send them: Chromium and Safari ask at the
//! address that a certificate names for its issuer's (RFC 5280 §4.2.2.1), over whichever family they
//! have. What they find is verified like what was sent, and never trusted for where it came from.

use std::net::SocketAddr;
use std::sync::Arc;

use url::Url;

use super::TrustedRoots;
use super::certificate::{certificates_in, is_issuer_of, issuers_wanted, issuing_addresses};
use crate::evidence::dns::{LookupStatus, address_type, published};
use crate::evidence::query::{Gap, Topic, View};
use crate::evidence::service::{conversation_attempts, conversation_question, refused_port};
use crate::model::{Blob, BodyEnd, Family, Host, HttpResponse, ObservationId};

/// What was fetched to complete a chain.
#[derive(Clone, Debug, Default)]
pub struct FetchedIssuers {
    /// The certificates, each the issuer of one before it.
    pub certificates: Vec<Blob>,
    /// The addresses that certificates name for their issuer's.
    pub addresses: Vec<Url>,
    /// Whether all that were needed came over IPv6.
    pub over_ipv6: bool,
    /// Why it is not known whether there is more to fetch.
    pub gap: Option<Gap>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// What is fetched for a chain that was seen at a moment.
#[derive(PartialEq, Eq)]
struct FetchedFor {
    chain: Vec<Blob>,
    at: jiff::Timestamp,
}

impl Topic for FetchedFor {
    type Reading = FetchedIssuers;
}

/// Certificates that are fetched one after the other for one chain.
const FETCHED_MAX: usize = 4;

/// Addresses of one family that are asked for a certificate, one after the other.
const SERVERS_MAX: usize = 4;

/// Redirects that are followed on the way to one certificate.
const REDIRECTS_MAX: usize = 3;

/// Reads what a client fetches to complete a chain that was seen at this moment: nothing, where the chain
/// holds by itself. Trusted are the roots that the settings declare.
pub fn fetched_issuers(
    view: &View<'_>,
    chain: &[Blob],
    trust: &TrustedRoots,
    at: jiff::Timestamp,
) -> Arc<FetchedIssuers> {
    let topic = FetchedFor { chain: chain.to_vec(), at };
    view.remembered(topic, || find(view, chain, trust, at))
}

fn find(
    view: &View<'_>,
    chain: &[Blob],
    trust: &TrustedRoots,
    at: jiff::Timestamp,
) -> FetchedIssuers {
    let mut fetched = FetchedIssuers { over_ipv6: true, ..FetchedIssuers::default() };
    let mut all = chain.to_vec();
    for _ in 0..FETCHED_MAX {
        let before = fetched.certificates.len();
        for certificate in issuers_wanted(&all, trust, at) {
            let issuer = fetched.issuer_of(view, &certificate);
            all.extend(
                issuer.iter().filter(|issuer| !all.contains(issuer)).cloned().collect::<Vec<_>>(),
            );
        }
        if fetched.certificates.len() == before {
            break;
        }
    }
    fetched
}

impl FetchedIssuers {
    /// Fetches the issuers of a certificate from the first address that has one.
    fn issuer_of(&mut self, view: &View<'_>, certificate: &Blob) -> Vec<Blob> {
        for address in issuing_addresses(certificate) {
            if !self.addresses.contains(&address) {
                self.addresses.push(address.clone());
            }
            for family in [Family::Ipv6, Family::Ipv4] {
                match self.answer(view, &address, family, REDIRECTS_MAX) {
                    Answer::Octets(octets) => {
                        let found = certificates_in(octets).into_iter();
                        let found: Vec<_> =
                            found.filter(|issuer| is_issuer_of(issuer, certificate)).collect();
                        if !found.is_empty() {
                            self.over_ipv6 &= family == Family::Ipv6;
                            self.certificates.extend(found.iter().cloned());
                            return found;
                        }
                    }
                    Answer::Nothing => {}
                    // Over which family it comes counts: the other one is asked when this is known.
                    Answer::Unknown(gap) => {
                        self.gap = self.gap.or(Some(gap));
                        return Vec::new();
                    }
                }
            }
        }
        Vec::new()
    }

    fn answer<'e>(
        &mut self,
        view: &View<'e>,
        url: &Url,
        family: Family,
        redirects: usize,
    ) -> Answer<'e> {
        let addresses = match Host::of_url(url) {
            None => return Answer::Nothing,
            Some(_) if refused_port(url).is_some() => return Answer::Nothing,
            Some(Host::Address(address)) if Family::of(address) == family => vec![address],
            Some(Host::Address(_)) => return Answer::Nothing,
            Some(Host::Name(name)) => {
                let lookup = published(view, &name, address_type(family));
                self.observations.extend(&lookup.observations);
                match (&lookup.status, lookup.gap()) {
                    (LookupStatus::Found, _) => lookup.addresses(),
                    (_, Some(gap)) => return Answer::Unknown(gap),
                    (_, None) => return Answer::Nothing,
                }
            }
        };
        let port = url.port_or_known_default().unwrap_or(80);
        let mut gap = None;
        for address in addresses.into_iter().take(SERVERS_MAX) {
            let question = conversation_question(url, SocketAddr::new(address, port));
            let seen = conversation_attempts(&view.led(), question);
            self.observations.extend(seen.observations());
            let response = seen.best().and_then(|best| best.http.as_ref()?.as_ref().ok());
            match (response, seen.gap()) {
                (Some(response), _) => return self.follow(view, url, family, redirects, response),
                // Where nobody outside may go, nobody outside gets anything.
                (None, Some(Gap::NotVisited | Gap::InternalNetwork) | None) => {}
                (None, Some(unknown)) => gap = gap.or(Some(unknown)),
            }
        }
        gap.map_or(Answer::Nothing, Answer::Unknown)
    }

    fn follow<'e>(
        &mut self,
        view: &View<'e>,
        url: &Url,
        family: Family,
        redirects: usize,
        response: &'e HttpResponse,
    ) -> Answer<'e> {
        if response.status == 200 && response.body_end == BodyEnd::Complete {
            return Answer::Octets(response.body.bytes());
        }
        if !response.is_redirect() || redirects == 0 {
            return Answer::Nothing;
        }
        let target = response.header("location").and_then(|to| url.join(to).ok());
        match target.filter(|target| target.scheme() == "http") {
            Some(target) => self.answer(view, &target, family, redirects - 1),
            None => Answer::Nothing,
        }
    }
}

/// What an address for an issuer's certificate gives.
enum Answer<'e> {
    /// These octets.
    Octets(&'e [u8]),
    /// Nothing to any client.
    Nothing,
    /// It is not known.
    Unknown(Gap),
}
