//! Where a service says that it speaks HTTP/3, and what a QUIC handshake there showed.

use std::net::SocketAddr;

use crate::evidence::dns::{Lookup, LookupStatus, resolve};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::ConversationAttempts;
use crate::model::{
    Host, HttpResponse, Name, ObservationId, Question, QuicFailure, QuicQuestion, QuicSession,
    RecordType, Reply,
};

/// An alternative service for `h3` (RFC 7838 §3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alternative {
    /// Another host, where one is named.
    pub host: Option<Name>,
    /// The UDP port.
    pub port: u16,
}

/// Alternatives of one response that are tried.
const ALTERNATIVES_MAX: usize = 2;

/// The `h3` alternatives that a response advertises in `Alt-Svc`. What can't be read is left out;
/// `clear` withdraws everything.
pub fn advertised(response: &HttpResponse) -> Vec<Alternative> {
    let mut found: Vec<Alternative> = Vec::new();
    let fields = response.headers.iter().filter(|(name, _)| name == "alt-svc");
    for entry in fields.flat_map(|(_, value)| value.split(',')) {
        let first = entry.split(';').next().unwrap_or_default().trim();
        if first == "clear" {
            return Vec::new();
        }
        let alternative = first
            .strip_prefix("h3=\"")
            .and_then(|rest| rest.strip_suffix('"'))
            .and_then(alternative_of);
        found.extend(alternative.filter(|alternative| !found.contains(alternative)));
    }
    found
}

fn alternative_of(text: &str) -> Option<Alternative> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let host = match host {
        "" => None,
        // An address literal or anything odd is no host that could be looked up.
        _ if host.len() > 253
            || !host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
            || host.chars().all(|c| c.is_ascii_digit() || c == '.') =>
        {
            return None;
        }
        _ => Some(Name::from_presentation(host)),
    };
    Some(Alternative { host, port })
}

/// Every attempt at a QUIC handshake.
#[derive(Clone, Debug)]
pub struct QuicAttempts<'e> {
    /// Where.
    pub address: SocketAddr,
    /// The attempts in order.
    pub attempts: Vec<(&'e Result<QuicSession, QuicFailure>, ObservationId)>,
    /// Why nothing was asked, when nothing was.
    pub missing: Option<Gap>,
    /// Whether another attempt is still to be made.
    pub is_pending: bool,
}

impl QuicAttempts<'_> {
    /// Why nothing can be said of the address, when that is not its doing: a handshake that is still
    /// to be tried again has not failed yet.
    pub fn gap(&self) -> Option<Gap> {
        self.missing.or(self.is_pending.then_some(Gap::NotObserved))
    }
}

/// Reads every attempt at a QUIC handshake. A handshake that ended in silence is tried again, up to
/// the number of attempts.
pub fn quic_attempts<'e>(view: &View<'e>, address: SocketAddr, host: &Host) -> QuicAttempts<'e> {
    let mut handshake =
        QuicAttempts { address, attempts: Vec::new(), missing: None, is_pending: false };
    if let Some(gap) = view.forbids(address.ip()) {
        handshake.missing = Some(gap);
        return handshake;
    }
    let question = Question::Quic(QuicQuestion { address, host: host.clone() });
    for (observation, id) in view.attempts(&question) {
        if let Reply::Quic(seen) = &observation.reply {
            handshake.attempts.push((seen, id));
        }
    }
    let is_settled =
        handshake.attempts.iter().any(|(seen, _)| !matches!(seen, Err(QuicFailure::Net { .. })));
    if !is_settled {
        handshake.is_pending = view.request_next_attempt(question);
    }
    if handshake.attempts.is_empty() {
        handshake.missing = Some(Gap::NotObserved);
    }
    handshake
}

/// What a page's address says of HTTP/3.
#[derive(Clone, Debug, Default)]
pub struct Http3<'e> {
    /// Whether the first response was seen at all.
    pub answered: bool,
    /// The handshakes, one per alternative and address.
    pub handshakes: Vec<QuicAttempts<'e>>,
    /// Whether there are more alternatives, or addresses of one, than are tried.
    pub is_cut: bool,
    /// Alternatives on other hosts that have no address there, or none that is known.
    pub unresolved: Vec<(Name, LookupStatus)>,
    /// The look-ups that this rests on.
    pub lookups: Vec<ObservationId>,
}

/// Follows what the address's own first response advertises. Another host is looked up for AAAA
/// records (or A records, for an IPv4 address).
pub fn http3<'e>(
    view: &View<'e>,
    conversation: &ConversationAttempts<'_>,
    host: &Host,
) -> Http3<'e> {
    let mut http3 = Http3::default();
    let address = conversation.address;
    let response = conversation.best().and_then(|seen| seen.http.as_ref()?.as_ref().ok());
    let Some(response) = response else { return http3 };
    http3.answered = true;
    let advertised = advertised(response);
    http3.is_cut = advertised.len() > ALTERNATIVES_MAX;
    for alternative in advertised.into_iter().take(ALTERNATIVES_MAX) {
        let addresses = match &alternative.host {
            Some(name) if Some(name) != host.name() => {
                let kind = if address.is_ipv6() { RecordType::AAAA } else { RecordType::A };
                let lookup: Lookup = resolve(view, name, kind);
                http3.lookups.extend(lookup.observations.iter().copied());
                if lookup.status != LookupStatus::Found {
                    http3.unresolved.push((name.clone(), lookup.status.clone()));
                }
                let mut found = lookup.addresses();
                http3.is_cut |= found.len() > view.settings.limits.addresses;
                found.truncate(view.settings.limits.addresses);
                found
            }
            _ => vec![address.ip()],
        };
        for ip in addresses {
            // The certificate has to be the origin's, whichever host serves it (RFC 7838 §2.1).
            let quic = quic_attempts(view, SocketAddr::new(ip, alternative.port), host);
            http3.handshakes.push(quic);
        }
    }
    http3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Blob, BodyEnd};

    fn found(values: &[&str]) -> Vec<(Option<String>, u16)> {
        let response = HttpResponse {
            elapsed_us: 1,
            version: "h2".to_owned(),
            status: 200,
            headers: values
                .iter()
                .map(|value| ("alt-svc".to_owned(), (*value).to_owned()))
                .collect(),
            body: Blob::new(Vec::new()),
            body_end: BodyEnd::Complete,
            readings: crate::model::Readings::default(),
        };
        let found = advertised(&response).into_iter();
        found.map(|a| (a.host.map(|name| name.to_string()), a.port)).collect()
    }

    #[test]
    fn what_alt_svc_advertises() {
        assert_eq!(found(&["h3=\":443\"; ma=86400"]), [(None, 443)]);
        assert_eq!(found(&["h2=\":443\", h3=\":8443\"", "h3=\":8443\""]), [(None, 8443)]);
        assert_eq!(found(&["h3-29=\":443\", h2=\"a.example:443\""]), []);
        assert_eq!(found(&["h3=\":443\"", "clear"]), []);
        assert_eq!(found(&["h3=\"a.example:443\""]).len(), 1);
        for odd in
            ["h3=\":0\"", "h3=\":x\"", "h3=443", "h3=\"192.0.2.1:443\"", "h3=\"[::1]:443\"", ""]
        {
            assert_eq!(found(&[odd]), [], "{odd}");
        }
    }
}
