//! What a web site shows: redirect chains, the landing page, what it loads, and HTTP/3.

mod address_literals;
pub mod http3;
mod ipv6_access;
mod landing_page;
pub mod page;
mod redirect_chain;
mod subresources;
mod www_alias;

pub use address_literals::{Literal, Literals, PageSeen, Place, address_literals};
pub use http3::{Http3, QuicAttempts, http3};
pub use ipv6_access::Ipv6Access;
pub use landing_page::{
    Comparison, Difference, LIKENESS_MIN, Likeness, Protection, content, landing_page, looks,
    protection, walks,
};
pub use redirect_chain::{End, Hop, HopAttempt, RedirectChain, redirect_chain, redirect_chains_from};
pub use subresources::{HOSTS_MAX, Resources, Server, Unread, subresources};
pub use www_alias::{WwwAlias, other_name, registrable, www_alias};
