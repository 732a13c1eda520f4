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
pub use https_record::{HttpsRecord, HttpsRecordEnd, HttpsEndpoint, https_record};
pub use lookup::{Failure, Lookup, Status, dns_question, resolve};
pub(super) use lookup::{address_type, ids};
pub use reverse::{REVERSE_NAMES_MAX, Reverse, reverse};
pub use zone::{NameServer, Zone, zone};
