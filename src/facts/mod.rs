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
mod memory;
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
mod view;
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
pub use memory::{Memory, Topic};
pub use nearby::{Nearby, NearbyTarget, Via, nearby};
pub use origin::{Origin, origin};
pub use pmtu::{
    LargeData, SMALL_PACKET_OCTETS, Silence, came_to_its_end, fell_silent, large_data, page_stalled,
};
pub use resources::{HOSTS_MAX, Resources, Server, Unread, resources};
pub use reverse::{REVERSE_NAMES_MAX, Reverse, reverse};
pub use rounds::{FirstRound, Rounds, first_rounds, is_later_round, rounds};
pub use service::{Addresses, addresses, plain_http_url, wildcard_probe};
pub use talk::{Ending, Missing, Talk, question as conversation_question, talk};
pub use trust::Trust;
pub use view::{Needs, View};
pub use walk::{End, Hop, Visit, Walk, walk, walks_from};
pub use zone::{NameServer, Zone, zone};
