//! Interoperability: the whole program against name servers, a resolver, web and mail servers that other
//! people wrote, and beside a browser that other people wrote.
//!
//! They come from Debian (`.ci/install-peers`). Where one is missing the test says so and
//! passes, except in CI, where it fails.

mod broken;
mod browser;
mod checked;
mod chromium;
mod daemons;
mod dnssec;
mod expected;
mod faults;
mod faulty_zones;
mod makes;
pub mod peers;
mod responder;
mod scan;
mod services;
mod web;
mod wire;
mod zones;

/// Every host has the same last part in both families.
fn ipv6(number: u16) -> String {
    format!("2001:db8:100:{number}::1")
}

fn ipv4(number: u16) -> String {
    format!("198.51.100.{number}")
}
