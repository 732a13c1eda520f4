//! What people are told: what changed for the worse, came back, or is no longer known.
//!
//! After each run [`detect`] reads from it which alerts begin, last and end; [`announce`] decides who is told
//! what now, by what each alert notes of what was told; both are pure. What they decide is written in one
//! transaction with the messages, which [`delivery`] sends. So nothing is lost by a kill, and nothing is told
//! again by a restart.

pub mod after_run;
pub mod alert;
pub mod announce;
pub mod compose;
pub mod decide;
pub mod delivery;
pub mod detect;
mod http;
pub mod listener;
pub mod mail;
pub mod message;
mod routes;
pub mod sender;
pub mod sending;
pub mod texts;
pub mod unsubscribe;
pub mod webhook;

pub use routes::routes;
