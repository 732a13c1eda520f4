//! v6ready: does a government's internet service work over IPv6, and with only IPv6?
//!
//! The scanner writes down facts; pure rules judge the facts; reports show the judgement. Nothing else
//! is allowed to blur those three.
//!
//! # The rooms, in the order of a scan
//!
//! [`commands`] parses a command line and [`inventory`] reads what is to be scanned. [`scan`], the
//! heart, asks [`plan`] what a service still needs, has [`probe`] ask the network and [`store`] keep each
//! answer, and goes on until nothing is missing. Then [`judge`] puts what was seen through every rule of
//! [`check`], weighs the verdicts by a [`policy`], and [`report`] writes the result. Planner and rules
//! read the observations through [`evidence`], so that both mean the same. [`runs`] carries a run from its
//! beginning to its judgement, for the commands and for [`serve`], the daemon, whose pages read a [`view`]
//! that is derived from the store. [`model`] has the words as
//! types, and [`lab`] is a small internet to try all this in.
//!
//! `docs/architecture.md` has the picture, the walk of one service, and where a new part goes.
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
//! `tests/layers` enforces what can be enforced by reading the sources: which room and which area may
//! import which, that no file imports in a circle, and that pure rooms are pure.

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
pub mod runs;
pub mod scan;
pub mod serve;
pub mod store;
pub mod view;
