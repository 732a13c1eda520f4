//! What the DNS says: look-ups through the resolvers ([`resolve`]), zones and how each of their
//! servers answers ([`authority`]), the path from the root ([`delegation`]), DNSSEC ([`dnssec`]), and
//! the records beside addresses.
//!
//! Imports [`super::query`] and the model.

mod address_type;
pub mod authenticity;
pub mod authority;
mod caa;
pub mod consistency;
pub mod delegation;
pub mod dnssec;
pub mod exchange;
mod https_record;
pub mod large_response;
mod lookup;
mod ns_names;
mod published;
mod reverse;
mod zone;

pub(super) use address_type::address_type;
pub use caa::{Caa, Permission, Property, caa};
pub use https_record::{HttpsEndpoint, HttpsRecord, HttpsRecordEnd, https_record};
pub(super) use lookup::ids;
pub use lookup::{Lookup, LookupFailure, LookupStatus, dns_question, resolve};
pub use published::{published, published_pair};
pub use reverse::{REVERSE_NAMES_MAX, ReverseNames, reverse_names};
pub use zone::{NameServer, Zone, zone};
