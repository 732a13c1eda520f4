//! What a web site shows: redirect chains ([`redirect_chain()`]), the landing page at their end and how
//! both families' compare ([`content_parity`], [`header_parity`]), what it loads ([`subresources()`]),
//! and HTTP/3 ([`http3()`]).
//!
//! Imports [`super::service`], [`super::dns`], [`super::query`] and the model.

mod address_literals;
mod content_parity;
mod cookie_jar;
mod destination;
mod header_parity;
pub mod http3;
pub(in crate::evidence) mod http_date;
mod https_servers;
mod ipv6_access;
mod landing_page;
pub mod page;
mod page_comparison;
mod redirect_chain;
mod subresources;
mod www_alias;

pub use address_literals::{
    Ipv4Literal, Ipv4Literals, LiteralLocation, PageSeen, address_literals,
};
pub use content_parity::{ContentParity, LIKENESS_MIN, SAME_SITE_MIN, content_parity};
pub use destination::{destinations, is_same_destination};
pub use header_parity::{HeaderDifference, HeaderParity, header_parity};
pub use http3::{Http3, QuicAttempts, http3};
pub use https_servers::{HttpsServer, https_servers, https_servers_of};
pub use ipv6_access::Ipv6Access;
pub use landing_page::{landing_page, landing_page_responses, redirect_chains};
pub use page_comparison::PageComparison;
pub use redirect_chain::{
    ChainEnd, Hop, HopAttempt, RedirectChain, redirect_chain, redirect_chains_from,
};
pub use subresources::{HOSTS_MAX, ResourceHost, Subresources, Unread, subresources};
pub use www_alias::{WwwAlias, registrable_domain, www_alias, www_alias_name};
