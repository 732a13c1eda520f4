//! What the DNS says: look-ups, zones and their name servers, the way from the root, DNSSEC.

pub mod authority;
mod caa;
pub mod delegation;
pub mod dnssec;
pub mod exchange;
mod https_record;
pub mod large_response;
mod lookup;
mod reverse;
mod zone;

pub use caa::{Caa, Permission, Property, caa};
pub use https_record::{HttpsEndpoint, HttpsRecord, HttpsRecordEnd, https_record};
pub use lookup::{Lookup, LookupFailure, LookupStatus, dns_question, resolve};
pub(super) use lookup::{address_type, ids};
pub use reverse::{REVERSE_NAMES_MAX, ReverseNames, reverse_names};
pub use zone::{NameServer, Zone, zone};
