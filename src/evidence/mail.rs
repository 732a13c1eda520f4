//! Where mail for a domain goes, and who may send in its name.

mod route;
pub mod spf;

pub use route::{Exchanger, MailRoute, MailRouteKind, route};
