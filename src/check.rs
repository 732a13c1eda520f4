//! What is judged, and how: each check is a static value with a pure, total rule.
//!
//! A [`Check`] has its rule, its two pages and its table of cases in the folder of its
//! area. Each area may import the helpers of those before it, in this order: `address`, `reach`,
//! `tls`, `web`, `dns`, `mail`, `service`, `inventory`; `vantage` imports none. Checks don't call
//! checks: what two of them need is a helper of their area. All import the types below the areas:
//! `rule` (what a [`Check`] is), `context` (what it may know: [`CheckContext`]), `doc` (its pages:
//! [`Doc`]) and [`common`] (the reasons that all share). [`CATALOGUE`] lists the checks, and a
//! [`CoverageGuard`] keeps what was seen of a part of the addresses from counting for all.
//!
//! To add a check, write its file and its two pages and add one `mod` line to its area.
//!
//! The room imports [`crate::model`] and [`crate::evidence`]. Its own files import each other where
//! they are, not through this one.

#[macro_use]
mod catalogue;
mod address;
pub mod common;
mod context;
mod coverage_guard;
mod dns;
mod doc;
mod inventory;
mod mail;
mod reach;
mod rule;
mod service;
mod tls;
mod vantage;
mod web;

pub use catalogue::{CATALOGUE, find};
pub use common::{COMMON_REASONS, CommonReason};
pub use context::{CheckContext, StageContext, VantageContext};
pub use coverage_guard::CoverageGuard;
pub use doc::{Doc, Page};
pub use rule::{Check, Reason, Rule, verdict_of};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
