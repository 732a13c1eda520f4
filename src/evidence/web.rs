//! What a web site shows: redirect chains ([`redirect_chain()`]), the landing page at their end and how
//! both families' compare ([`content_parity`], [`header_parity`]), what it loads ([`subresources()`]),
//! and HTTP/3 ([`http3()`]).
//!
//! Imports [`super::service`], [`super::dns`], [`super::query`] and the model.

mod address_literals;
pub mod http3;
mod ipv6_access;
mod landing_page;
pub mod page;
mod page_parity;
mod redirect_chain;
mod subresources;
mod www_alias;

pub use address_literals::{
    Ipv4Literal, Ipv4Literals, LiteralLocation, PageSeen, address_literals,
};
pub use http3::{Http3, QuicAttempts, http3};
pub use ipv6_access::Ipv6Access;
pub use landing_page::{landing_page, landing_page_responses, redirect_chains};
pub use page_parity::{
    ContentParity, HeaderDifference, HeaderParity, LIKENESS_MIN, PageComparison, content_parity,
    header_parity,
};
pub use redirect_chain::{
    ChainEnd, Hop, HopAttempt, RedirectChain, redirect_chain, redirect_chains_from,
};
pub use subresources::{HOSTS_MAX, ResourceHost, Subresources, Unread, subresources};
pub use www_alias::{WwwAlias, registrable_domain, www_alias, www_alias_name};
