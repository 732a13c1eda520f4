//! The whole program in networks of its own: the built-in lab ([`lab`]), and servers that other people
//! wrote ([`interop`]), stores on disks of its own ([`media`]), and what a running scan may do ([`power`]). Each test runs itself again in a namespace ([`namespace`]), one at a time, so
//! that `cargo test` is as safe as nextest.
//!
//! A busy machine must not fail these tests. Deadlines are those of
//! [`Deadlines::Long`](v6ready::lab::Deadlines::Long) or longer; what has to happen first is waited for,
//! and no test measures how long anything took. Where two runs are compared, the lab's clock-driven
//! sites, which the lab itself names, are left out.

#![allow(clippy::unwrap_used)]

mod clock;
mod founded;
mod interop;
mod lab;
mod media;
mod namespace;
mod own_machine;
mod power;
mod program;
#[path = "../serve/switches.rs"]
mod switches;
