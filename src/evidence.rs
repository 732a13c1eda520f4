//! What the observations say: pure functions that the planner and the checks share.
//!
//! The planner asks these functions what is still missing; the checks ask them what was found. So
//! both always mean the same requests, and a check can never look for an answer that the planner
//! did not ask for.
//!
//! Everything is read through a [`query::View`]. The areas have the same names as those of
//! [`crate::check`] and [`crate::plan`]; each may import those listed before it: [`query`], [`dns`],
//! [`mail`], [`service`], then [`reach`] and [`tls`], then [`web`].

pub mod discovered_names;
pub mod dns;
pub mod mail;
pub mod query;
pub mod reach;
pub mod service;
pub mod tls;
pub mod vantage;
pub mod web;
