//! How every Chromium of the tests is started.

/// What it may not do by itself, and what it can't do as root or without a screen. No check of certificates is
/// switched off.
pub const SWITCHES: [&str; 9] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
];
