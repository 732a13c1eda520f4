//! The daemon as an operator runs it: a process of its own, at ports of loopback.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod daemon;
mod dashboard;
mod ending;
mod jobs;
mod kills;
mod notified;
mod patience;
mod postfix;
mod reload;
mod start;
mod switches;
mod tls;
mod walk;
mod webdriver;
