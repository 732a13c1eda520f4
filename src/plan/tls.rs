//! What TLS and HTTP/3 need beside the conversations: old versions, and QUIC where it is promised.

use std::net::SocketAddr;

use crate::facts::{self, Needs, View};
use crate::model::{Family, Service, State, Target};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    let Target::Web(url) = &service.target else { return };
    if url.scheme() != "https" || service.state == State::Retired {
        return;
    }
    let (Some(addresses), Some(host)) =
        (facts::addresses(view, service), service.target.host())
    else {
        return;
    };
    let port = url.port_or_known_default().unwrap_or(443);
    for family in [Family::Ipv6, Family::Ipv4] {
        for address in addresses.of(family, view) {
            let question = facts::conversation_question(url, SocketAddr::new(address, port));
            let talk = facts::talk(view, question);
            if family == Family::Ipv6 {
                needs.extend(facts::legacy(view, &talk, &host).needs);
            }
            needs.extend(facts::http3(view, &talk, &host).needs);
        }
    }
}
