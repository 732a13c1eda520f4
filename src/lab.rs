//! A private little internet in a network namespace of this process's own: what `v6ready demo` scans,
//! so that a newcomer without IPv6 sees a true scan, and what the tests scan.
//!
//! [`Lab::start`] builds it from the bottom up, full of faults; [`SampleGround`] a province as one finds
//! them, at one moment of a year after another. Either has: the [`network`] with its router; the name system
//! ([`dns`]); the certification authority ([`authority`]); and [`servers`] for every [`Site`], the
//! description of one service, its faults included. [`province`] lists the sites, and [`inventory`]
//! writes them down for the scanner. A site says what is to be found of it ([`Site::expected`]), and
//! whether that depends on time ([`Site::is_clock_driven`]). Every address is one of the documentation
//! prefixes and exists only inside the namespace; the faults are those that a kernel really produces.
//!
//! The lab imports nothing of this crate but [`crate::model`], and within it no file imports one that
//! imports it back: `site` knows only how zones and certificates are described, servers know sites, and
//! `province` knows sites and addresses. The other rooms take [`Lab`], [`enter`] and [`sites`] from
//! here; only `commands` and the tests do.

mod authority;
mod deadlines;
mod dns;
mod error;
pub(crate) mod extensions;
mod inventory;
mod network;
mod province;
mod servers;
mod site;
pub(crate) mod staple;

pub use deadlines::Deadlines;
pub use error::LabError;
pub use network::enter::{Entered, enter, enter_with_socket};
pub use province::sites;
pub use site::{Expectation, Site};

use std::path::{Path, PathBuf};

use authority::Authority;
use dns::hierarchy::Hierarchy;
use dns::zone::Zone;
use inventory::Heading;
use network::router::RoutedHosts;

/// The running lab; its servers end with the runtime that started them.
pub struct Lab {
    /// The inventory of the made-up province.
    pub inventory: PathBuf,
    _routed_hosts: Option<RoutedHosts>,
}

impl Lab {
    /// Sets the namespace up, starts every server and writes `inventory.yaml`, `root.hints`, `root.key` and
    /// `ca.pem` into a folder. Must be called inside the namespace (see [`enter`]) and within a tokio runtime.
    ///
    /// # Errors
    /// When this is no namespace of its own, or a step fails.
    pub async fn start(folder: &Path, deadlines: Deadlines) -> Result<Self, LabError> {
        network::enter::require_own_namespace()?;
        let routed_hosts = network::set_up().await?;
        let authority = Authority::new().map_err(LabError::at_step("certificates"))?;
        let sites = province::sites();
        let zones = province::zones(&sites, &authority.key_sha256());
        let heading = inventory::PROVINCE;
        let province = Province { sites, zones, heading };
        let inventory = province.start(folder, deadlines, &authority, Some(&routed_hosts))?;
        Ok(Self { inventory, _routed_hosts: Some(routed_hosts) })
    }
}

/// The ground on which the sample province stands, at one moment after another.
pub struct SampleGround {
    authority: Authority,
    _routed_hosts: RoutedHosts,
}

impl SampleGround {
    /// How many moments the sample province has.
    pub const MOMENTS: usize = province::sample::MOMENTS;

    /// Sets the namespace up. Must be called inside it (see [`enter`]), once, and within a tokio runtime.
    ///
    /// # Errors
    /// When this is no namespace of its own, or a step fails.
    pub async fn set_up() -> Result<Self, LabError> {
        network::enter::require_own_namespace()?;
        let routed_hosts = network::set_up().await?;
        let authority = Authority::new().map_err(LabError::at_step("certificates"))?;
        Ok(Self { authority, _routed_hosts: routed_hosts })
    }

    /// Starts every server of the sample province as it is at a moment, from 0, and writes what
    /// [`Lab::start`] does. Servers end with the runtime that this is called in; those of an earlier moment must
    /// have ended.
    ///
    /// # Errors
    /// When a step fails.
    pub fn start(
        &self,
        folder: &Path,
        deadlines: Deadlines,
        moment: usize,
    ) -> Result<Lab, LabError> {
        let sites = province::sample::sites(moment);
        let mut zones = province::common_zones();
        zones.extend(province::sample::zones(moment));
        let zones = province::joined(zones, &sites);
        let province = Province { sites, zones, heading: province::sample::HEADING };
        let inventory = province.start(folder, deadlines, &self.authority, None)?;
        Ok(Lab { inventory, _routed_hosts: None })
    }
}

/// A province before its servers start.
struct Province {
    sites: Vec<Site>,
    zones: Vec<Zone>,
    heading: Heading<'static>,
}

impl Province {
    /// Starts every server, writes the files, and returns the inventory's.
    fn start(
        self,
        folder: &Path,
        deadlines: Deadlines,
        authority: &Authority,
        routed_hosts: Option<&RoutedHosts>,
    ) -> Result<PathBuf, LabError> {
        let hierarchy = Hierarchy::new(self.zones).map_err(LabError::at_step("zones"))?;
        dns::start(&hierarchy, deadlines.resolver()).map_err(LabError::at_step("name servers"))?;
        for site in &self.sites {
            servers::start(site, authority, routed_hosts).map_err(LabError::at_step("servers"))?;
        }
        let inventory = inventory::text(&self.heading, &self.sites, deadlines);
        for (name, text) in [
            ("root.hints", hierarchy.root_hints().as_str()),
            ("root.key", &hierarchy.trust_anchors),
            ("routes.txt", inventory::ROUTES),
            ("vrps.json", inventory::VRPS),
            ("ca.pem", &authority.root_pem()),
            ("inventory.yaml", &inventory),
        ] {
            std::fs::write(folder.join(name), text).map_err(LabError::at_step(name))?;
        }
        Ok(folder.join("inventory.yaml"))
    }
}
