//! Pure readings of the evidence that the planner and the checks share.
//!
//! The planner asks these functions what is still missing; the checks ask them what was found. So
//! both always mean the same requests, and a check can never look for an answer that the planner
//! did not ask for.

mod access;
pub mod authority;
mod binding;
mod caa;
pub mod certificate;
mod contact;
mod counterpart;
mod dane;
mod datagram;
pub mod delegation;
pub mod dnssec;
mod echo;
pub mod exchange;
mod front;
pub mod http3;
pub mod large;
mod legacy;
mod literals;
mod lookup;
mod mail;
mod nearby;
mod origin;
pub mod page;
mod pmtu;
mod resources;
mod reverse;
mod rounds;
mod service;
pub mod spf;
mod talk;
mod trust;
pub mod vantage;
mod walk;
mod zone;

pub use access::Access;
pub use binding::{Binding, BindingEnd, BoundEndpoint, binding};
pub use caa::{Caa, Permission, Property, caa};
pub use contact::{Contact, Contacts, Port, contact, contacts, ports, tls_host};
pub use counterpart::{Counterpart, counterpart, other_name, registrable};
pub use dane::{Tlsa, dane_host, tlsa};
pub use datagram::{Asked, Heard, name_server, name_server_question, time_server};
pub use echo::{Echo, LARGE_OCTETS, SMALL_OCTETS, echoes};
pub use front::{
    Comparison, Difference, LIKENESS_MIN, Likeness, Protection, content, front, looks, protection,
    walks,
};
pub use http3::{Http3, QuicTalk, http3};
pub use legacy::{Legacy, legacy, question as legacy_question};
pub use literals::{Literal, Literals, PageSeen, Place, literals};
pub use lookup::{Failure, Lookup, Status, question as dns_question, resolve};
pub use mail::{Exchanger, Mail, Route, is_mail_blocked, mail};
pub use nearby::{Nearby, NearbyTarget, Via, nearby};
pub use origin::{Origin, origin};
pub use pmtu::{
    LargeData, SMALL_PACKET_OCTETS, Silence, came_to_its_end, fell_silent, large_data, page_stalled,
};
pub use resources::{HOSTS_MAX, Resources, Server, Unread, resources};
pub use reverse::{REVERSE_NAMES_MAX, Reverse, reverse};
pub use rounds::{Rounds, is_later_round, rounds};
pub use service::{Addresses, addresses, plain_http_url, wildcard_probe};
pub use talk::{Ending, Missing, Talk, question as conversation_question, talk};
pub use trust::Trust;
pub use walk::{End, Hop, Visit, Walk, walk, walks_from};
pub use zone::{NameServer, Zone, zone};

use ipnet::Ipv6Net;

use crate::model::{Evidence, Networks, Question, Request, Settings};

/// What was seen, with what is needed to read it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The facts.
    pub evidence: &'a Evidence,
    /// Whom they were asked of, and where asking stops.
    pub settings: &'a Settings,
    /// The declared address ranges.
    pub networks: &'a Networks,
    /// The prefixes in which the resolver synthesises AAAA records (RFC 7050).
    pub dns64: &'a [Ipv6Net],
}

impl View<'_> {
    /// The next attempt at a question, while the settings allow one.
    fn next_attempt(&self, question: Question) -> Option<Request> {
        self.evidence.missing(question, 1..=self.settings.attempts.max(1))
    }
}

/// Requests that still have to be asked before a reading is complete, without repetition.
#[derive(Clone, Debug, Default)]
pub struct Needs(Vec<Request>);

impl Needs {
    /// Adds a request, if there is one.
    pub fn add(&mut self, request: impl Into<Option<Request>>) {
        if let Some(request) = request.into()
            && !self.0.contains(&request)
        {
            self.0.push(request);
        }
    }

    /// Adds all requests of another list.
    pub fn extend(&mut self, other: Needs) {
        for request in other.0 {
            self.add(request);
        }
    }

    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The requests, in the order in which they were found missing.
    pub fn into_vec(self) -> Vec<Request> {
        self.0
    }
}
