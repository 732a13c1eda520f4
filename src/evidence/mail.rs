//! Where mail for a domain goes ([`route()`]) and who may send in its name ([`spf`]).
//!
//! Imports [`super::dns`], [`super::query`] and the model.

mod route;
pub mod spf;

pub use route::{Exchanger, MailRoute, MailRouteKind, route};
