//! The kit for the tables of the checks: worlds made by hand, in which a row changes one thing.
//!
//! Each check has its table at the end of its file, or in `tests.rs` in the folder beside it where the
//! table is long:
//!
//! ```ignore
//! #[cfg(test)]
//! pub(in crate::check) mod tests {
//!     use crate::check::common;
//!     use crate::check::testing::world::{SIX, World};
//!     use crate::model::NetFailure;
//!     use crate::model::Outcome::{Fail, Inconclusive, Pass};
//!
//!     pub(in crate::check) const CASES: &[fn()] = &[connections];
//!
//!     #[test]
//!     fn connections() {
//!         let failed = |failure: NetFailure| vec![Err(failure.clone()), Err(failure)];
//!         for (attempts, expected) in [
//!             // What was seen, attempt by attempt; the outcome and its reason.
//!             (vec![Ok(())], (Pass, "open")),
//!             (failed(NetFailure::Refused), (Fail, "refused")),
//!             (failed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
//!         ] {
//!             let world = World::new("active").published();
//!             let world = world.connects("[2001:db8::1]:443", &attempts);
//!             assert_eq!(world.outcome_of("reach-port"), expected, "{attempts:?}");
//!         }
//!     }
//! }
//! ```
//!
//! A [`World`](world::World) is a service as the inventory declares it, and what was seen of it. Begin
//! with one (`World::new`, `World::with_service`; [`mail`], [`tls`] and [`zone_table`] have more), add
//! what was seen (`dns`, `host`, `connects`, `visits`, …; the values come from [`dns`] and [`web`]),
//! and compare `outcome_of` the check with what is expected. What was never seen stays unknown, so
//! that a row for `not-observed` just leaves it out.
//!
//! `CASES` lists the tables of a check. Without it the check doesn't compile in tests, and
//! `tests::reasons` runs all of them to see that every declared reason has a row beside its rule.
//!
//! Made for tests alone, the kit may import every room.

pub(in crate::check) mod certificates;
pub(in crate::check) mod dns;
pub(in crate::check) mod mail;
pub(in crate::check) mod reasons;
pub(in crate::check) mod service;
pub(in crate::check) mod tls;
pub(in crate::check) mod vantage;
pub(in crate::check) mod web;
pub(in crate::check) mod world;
pub(in crate::check) mod zone;
pub(in crate::check) mod zone_table;
