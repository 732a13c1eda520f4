//! The made-up province: every site, what it publishes, how it behaves, and which checks fail because of
//! it, in words of [`Site`]. A file for each area; the tests of `tests/` and [`super::inventory`] read
//! the whole list. Only [`super::site`] and what a site is described with may be imported here, never a
//! server.
//!
//! Numbers are given once over all files: below 40 what one look sees, then DNS (40), reachability and
//! TLS (80), web (114), mail and other kinds (160), inventory (210 to 223, 228), hostile ones (224 to
//! 239) and HTTP/2 (243 to 249). What was free between them is mail's and other kinds' again: 65 to 67, 195
//! to 209, 215 to 219 and 250 to 254. Whatever joins them has the next number from 256 on, below 512.

mod certificates;
mod dns;
mod healthy;
mod hostile;
mod hostile_texts;
mod http2;
mod mail;
mod mail_routes;
mod other_kinds;
mod reach;
mod records;
pub(super) mod sample;
mod state;
mod tls;
mod web;
mod web_healthy;
mod zones;

pub(super) use zones::{common_zones, joined, zones};

use super::site::Site;

/// Every site of the province.
pub fn sites() -> Vec<Site> {
    [
        healthy::sites(),
        certificates::sites(),
        hostile::sites(),
        hostile_texts::sites(),
        http2::sites(),
        mail::sites(),
        mail_routes::sites(),
        other_kinds::sites(),
        other_kinds::broken_boxes(),
        state::sites(),
        dns::sites(),
        reach::sites(),
        records::sites(),
        tls::sites(),
        web::sites(),
        web::plain_sites(),
        web_healthy::sites(),
    ]
    .concat()
}
