//! The program's store as a user meets it: run files of others, resuming, damage, copies, full disks and
//! read-only media. No test here scans anything: what is resumed asks closed ports of `::1`.

#![allow(clippy::unwrap_used)]

mod deliveries;
mod foreign;
mod kills;
mod program;
mod restore;
mod resume;
