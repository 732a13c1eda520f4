//! Who may what: users, sessions, tokens, roles, and what is public.
//!
//! [`protect`] stands around every route. It finds out who asks ([`Visitor`]), refuses what a page of another
//! site sends in somebody's name, and gives every answer its headers. A handler takes the `Visitor` as an
//! argument and [requires](Visitor::require) what it is about to show or do:
//!
//! ```ignore
//! async fn start(visitor: Visitor) -> Result<Html<String>, Refusal> {
//!     visitor.require(Permission::Operate(Some("vp-ubnd")))?;
//! ```
//!
//! Nothing in here knows of [`app`](super::app): the state is [`Access`], which routes find as an
//! `Extension`, so that all this is tested by itself. Every form that a page shows carries
//! [`Visitor::csrf`] in a field named `csrf` (the first one, in a form that uploads a file), and a script sends
//! it as the header `X-CSRF-Token`; [`guard`] looks at it, and handlers need not.

mod account;
pub mod cookie;
pub mod csrf;
mod frame_of;
mod frames;
pub mod guard;
pub mod headers;
mod log_in;
mod log_out;
pub mod next;
pub mod oidc;
pub mod origin;
pub mod password;
pub mod proof;
pub mod proxy;
pub mod public_page;
pub mod refusal;
pub mod role;
mod routes;
pub mod rules;
pub mod secret;
pub mod session;
mod single_sign_on;
pub mod state;
pub mod table;
pub mod throttle;
pub mod token;
pub mod visitor;
pub mod wanted;
mod words;

#[cfg(test)]
pub(in crate::serve) mod testing;
#[cfg(test)]
mod tests;

pub use csrf::CsrfToken;
pub use guard::protect;
pub use public_page::PublicPage;
pub use refusal::Refusal;
pub use role::{Permission, Role};
pub use routes::routes;
pub use state::{Access, AccessError};
pub use visitor::{Identity, Visitor};
