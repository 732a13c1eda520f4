//! v6ready: does a government's internet service work over IPv6, and with only IPv6?
//!
//! The scanner writes down facts; pure rules judge the facts; reports show the judgement. Nothing
//! else is allowed to blur those three.
//!
//! # Invariants
//!
//! 1. Rules never touch the network, the disk or the clock. [`plan`], [`evidence`], [`check`],
//!    [`policy`], [`judge`] and [`report`] contain no tokio, no `std::fs`, no `now()`.
//! 2. A probe returns an [`model::Observation`], not a `Result`: a time-out, a reset, an alert and
//!    an RCODE are results of measuring, each with its own name.
//! 3. Our fault is never the target's fault: what our own side could not do is *inconclusive*.
//! 4. One request = one address family, one address, one attempt.
//! 5. Evidence outlives rules: a stored run can be judged again without a packet being sent.
//! 6. The store is written as facts arrive; a killed scan resumes from what was committed.
//! 7. Every limit is a named value ([`model::Limits`]); reaching one is itself an observation.
//! 8. What a target says is hostile text: escaped at each output, and never trusted as an address
//!    to visit unless it passes the visit rules ([`model::Networks::may_visit`]).
//!
//! `tests/layers.rs` enforces what can be enforced by reading the sources.

pub mod check;
pub mod commands;
pub mod evidence;
pub mod inventory;
pub mod judge;
pub mod lab;
pub mod model;
pub mod plan;
pub mod policy;
pub mod probe;
pub mod report;
pub mod scan;
pub mod store;
