//! The run loop: asks what the planner names until every service is known, and judges each.

mod coalescer;
mod dispatcher;
pub(crate) mod engine;
mod service;
