//! `v6ready serve`: runs the scans on their schedule, shows what is known, tells people what changed, and
//! gives other programs the same facts.
//!
//! [`app::App`] is the state that all parts share. Each part has a `routes()`, and [`server`] puts them
//! together: [`pages`] at `/`, [`api`] at `/api/v1`, [`metrics`], [`badges`], [`health`], and the log-in of
//! [`access`]. [`jobs`] scans, [`alerts`] tells. The type that a part keeps its state in lives in a file of its
//! own that doesn't know of `app`, so that no file imports in a circle.
//!
//! A library: it prints nothing, and knows no exit codes. `commands/serve.rs` calls [`run::run`].

pub mod access;
pub mod alerts;
pub mod api;
pub mod app;
pub mod badges;
pub mod config;
pub mod connections;
pub mod error;
pub mod health;
pub mod http_client;
pub mod jobs;
pub mod listener;
pub mod metrics;
mod notify;
pub mod pages;
pub mod problem_document;
pub mod readers;
mod reload;
pub mod request_id;
pub mod run;
pub mod server;
mod sole;
pub mod tls;
pub mod trust;

pub use error::ServeError;
