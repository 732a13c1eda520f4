//! What an inventory says, once it has been read and found good.

use std::sync::Arc;

use super::{Digest, Lang, Networks, Organisation, ReportingPeriod, Service, Settings};

/// A valid inventory.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// What it is known by, whatever its file is called.
    pub id: Option<Arc<str>>,
    /// The title of reports.
    pub title: String,
    /// The language of reports.
    pub lang: Lang,
    /// The time zone in which reports print times, an IANA name.
    pub timezone: String,
    /// Which days' runs count for a quarter's report.
    pub reporting: ReportingPeriod,
    /// What is asked of whom, how often and how long.
    pub settings: Settings,
    /// The declared address ranges.
    pub networks: Networks,
    /// The policy: a built-in name or a file name relative to the inventory.
    pub policy: Option<String>,
    /// Organisations in the file's order.
    pub organisations: Vec<Organisation>,
    /// Services in the file's order, grouped by organisation.
    pub services: Vec<Arc<Service>>,
    /// The digest of the file as it was read.
    pub sha256: Digest,
}
