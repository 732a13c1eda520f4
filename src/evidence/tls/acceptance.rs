//! Whether clients accept the certificates that a server shows: the one place where that is decided.
//!
//! [`acceptance`] reads each side of it (the path, the dates, the staple, what has to be fetched), which
//! the checks of TLS judge one by one; [`Acceptance::refusal`] puts them together.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::certificate::{
    self, KeyAcceptance, Leaf, Path, Staple, Validity, key_acceptance, leaf, needed, path, validity,
};
use super::{TrustedRoots, fetched_issuers};
use crate::evidence::query::{Gap, Topic, View};
use crate::model::{Blob, Host, ObservationId, Service, Target, TlsSession};

/// Who has to accept them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Browsers: they fetch what is missing, and take some keys that others don't, and the reverse.
    Browsers,
    /// Clients of other protocols, most of which use OpenSSL: they fetch nothing.
    Others,
}

impl Clients {
    /// The clients of a service.
    pub fn of(service: &Service) -> Self {
        match service.target {
            Target::Web(_) => Self::Browsers,
            _ => Self::Others,
        }
    }
}

/// What clients make of the certificates of one session, seen at one moment.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// When it was seen.
    pub at: Timestamp,
    /// Why dates can't be compared, where they can't.
    pub gap_of_dates: Option<Gap>,
    /// Whether there is a staple.
    pub has_staple: bool,
    /// The leaf; `None` where it can't be read.
    pub leaf: Option<Leaf>,
    /// Where the chain leads, with what browsers fetch.
    pub path: Path,
    /// The certificates without which it would not lead there.
    pub needed: Vec<Blob>,
    /// When all of those are valid.
    pub validity: Option<Validity>,
    /// What the staple says.
    pub staple: Staple,
    /// Whether no client takes the leaf's key.
    pub is_key_refused: bool,
    /// What of it had to be fetched.
    pub completion: Completion,
    /// The addresses that certificates name for those of their issuers that were wanted.
    pub addresses: Vec<Url>,
    /// The facts beside the session that this rests on.
    pub observations: Vec<ObservationId>,
}

/// Whether a chain holds by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// Nothing was fetched: it holds without, or there is nothing to fetch.
    Whole,
    /// It holds with what browsers fetch.
    Fetched {
        /// Whether a client without IPv4 can fetch that.
        over_ipv6: bool,
    },
    /// It doesn't hold by itself, and whether something can be fetched isn't known.
    Unknown(Gap),
}

/// Why clients refuse a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is for other names.
    Name,
    /// It leads to no trusted authority.
    Untrusted,
    /// It, or one that it needs, is out of its dates.
    Dates,
    /// It was revoked.
    Revoked,
    /// Its key is of a kind that none of them takes.
    Key,
    /// It needs another certificate, which is to be had over IPv4 alone.
    FetchedOverIpv4,
    /// It is not known whether they do.
    Unknown(Gap),
}

/// The certificates of a session that was seen at a moment, for these clients.
#[derive(PartialEq, Eq)]
struct AcceptanceOf {
    chain: Vec<Blob>,
    staple: Option<Blob>,
    clients: Clients,
    at: Timestamp,
}

impl Topic for AcceptanceOf {
    type Reading = Acceptance;
}

/// Reads what these clients make of the certificates of a session. Trusted are the roots that the settings
/// declare.
pub fn acceptance(
    view: &View<'_>,
    session: &TlsSession,
    trust: &TrustedRoots,
    clients: Clients,
    at: Timestamp,
) -> Arc<Acceptance> {
    let (chain, staple) = (session.chain.clone(), session.ocsp.clone());
    let topic = AcceptanceOf { chain, staple, clients, at };
    view.remembered(topic, || accept(view, session, trust, clients, at))
}

fn accept(
    view: &View<'_>,
    session: &TlsSession,
    trust: &TrustedRoots,
    clients: Clients,
    at: Timestamp,
) -> Acceptance {
    let fetched = match clients {
        Clients::Browsers => fetched_issuers(view, &session.chain, trust, at),
        Clients::Others => Arc::default(),
    };
    let whole = [session.chain.as_slice(), &fetched.certificates].concat();
    let needed = needed(&whole, trust, at);
    let has_fetched = fetched.certificates.iter().any(|fetched| needed.contains(fetched));
    let path = path(&whole, trust);
    let completion = match fetched.gap {
        Some(gap) => Completion::Unknown(gap),
        None if has_fetched && path == Path::Trusted => {
            Completion::Fetched { over_ipv6: fetched.over_ipv6 }
        }
        None => Completion::Whole,
    };
    let gap_of_dates = view.moment(at).is_none().then_some(Gap::OurClock);
    let has_staple = session.ocsp.is_some();
    // By a wrong clock it may be one of long ago.
    let staple = session.ocsp.as_ref().filter(|_| gap_of_dates.is_none());
    let staple = staple.map(|ocsp| certificate::staple(ocsp.bytes(), &whole, at));
    Acceptance {
        at,
        gap_of_dates,
        has_staple,
        leaf: leaf(&session.chain),
        path,
        validity: validity(&needed),
        needed,
        staple: staple.unwrap_or(Staple::Nothing),
        is_key_refused: is_key_refused(&session.chain, clients),
        completion,
        addresses: fetched.addresses.clone(),
        observations: fetched.observations.clone(),
    }
}

/// Whether none of these clients takes the key of the leaf.
pub fn is_key_refused(chain: &[Blob], clients: Clients) -> bool {
    match key_acceptance(chain) {
        KeyAcceptance::All | KeyAcceptance::SomeBrowsers => false,
        KeyAcceptance::NoBrowser => clients == Clients::Browsers,
        KeyAcceptance::Nobody => true,
    }
}

impl Acceptance {
    /// Why clients without IPv4 refuse the certificate for a host, if they do.
    pub fn refusal(&self, host: &Host) -> Option<Refusal> {
        let is_for = self.leaf.as_ref().is_some_and(|leaf| leaf.is_for(host));
        let is_valid = self.validity.is_some_and(|span| span.contains(self.at));
        match self.completion {
            _ if !is_for => Some(Refusal::Name),
            _ if self.is_key_refused => Some(Refusal::Key),
            Completion::Unknown(gap) => Some(Refusal::Unknown(gap)),
            _ if self.path != Path::Trusted => Some(Refusal::Untrusted),
            _ if self.gap_of_dates.is_some() => self.gap_of_dates.map(Refusal::Unknown),
            _ if !is_valid => Some(Refusal::Dates),
            _ if matches!(self.staple, Staple::Revoked(_)) => Some(Refusal::Revoked),
            Completion::Fetched { over_ipv6: false } => Some(Refusal::FetchedOverIpv4),
            Completion::Whole | Completion::Fetched { .. } => None,
        }
    }

    /// The subject of a certificate that is needed, counted from the leaf. Hostile text.
    pub fn subject(&self, at: usize) -> Option<String> {
        self.needed.get(at).and_then(certificate::subject)
    }
}
