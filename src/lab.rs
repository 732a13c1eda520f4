//! A private little internet in a network namespace of this process's own: what `v6ready demo`
//! scans, so that a newcomer without IPv6 sees a true scan.
//!
//! Every address is one of the documentation prefixes and exists only inside the namespace; the
//! faults are those that a kernel really produces.

mod authority;
mod datagram_server;
mod dns;
mod enter;
mod greeting_server;
mod http2_server;
mod inventory;
mod network;
mod page;
mod province;
mod router;
pub(crate) mod staple;
mod tls_server;
mod unsteady_server;
mod web_server;

pub use dns::{Behaviour, Glue, Listed, NameServer, Zone};
pub use enter::{Entered, enter};
pub use province::{Expectation, HOSTILE, Site, sites};

use std::io;
use std::path::{Path, PathBuf};

/// Why the lab can't be built, and what would allow it.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The kernel refuses a namespace.
    #[error(
        "the lab needs a network namespace of its own, and this system refuses one ({0}). Allow \
         user namespaces (`sysctl kernel.unprivileged_userns_clone=1`, and on Ubuntu \
         `sysctl kernel.apparmor_restrict_unprivileged_userns=0`), or run the demo as root"
    )]
    Refused(io::Error),
    /// This process can reach a network, so nothing may be set up here.
    #[error("the lab is only built in a network namespace of its own, with no interface but `lo`")]
    NotAlone,
    /// A step of the set-up failed.
    #[error("the lab can't be set up: {0}: {1}")]
    SetUp(&'static str, String),
}

/// The running lab; its servers end with the runtime that started them.
pub struct Lab {
    /// The inventory of the made-up province.
    pub inventory: PathBuf,
    _beyond: router::Beyond,
}

impl Lab {
    /// Sets the namespace up, starts every server and writes `inventory.yaml`, `root.hints`, `root.key` and
    /// `ca.pem` into a folder. Must be called inside the namespace (see [`enter`]) and within a tokio runtime.
    ///
    /// # Errors
    /// When this is no namespace of its own, or a step fails.
    pub async fn start(folder: &Path) -> Result<Self, LabError> {
        enter::must_be_alone()?;
        let beyond = network::set_up().await?;
        let sites = province::sites();
        let authority = authority::Authority::new().map_err(set_up("certificates"))?;
        let hierarchy = dns::Hierarchy::new(province::zones(&sites, &authority.key_sha256()))
            .map_err(set_up("zones"))?;
        dns::start(&hierarchy).map_err(set_up("name servers"))?;
        for site in &sites {
            web_server::start(site, &authority, &beyond).await.map_err(set_up("web servers"))?;
            tls_server::start(site, &authority).map_err(set_up("QUIC servers"))?;
        }
        let inventory = folder.join("inventory.yaml");
        std::fs::write(folder.join("root.hints"), hierarchy.root_hints())
            .map_err(set_up("root.hints"))?;
        for (name, text) in [("routes.txt", inventory::ROUTES), ("vrps.json", inventory::VRPS)] {
            std::fs::write(folder.join(name), text).map_err(set_up(name))?;
        }
        std::fs::write(folder.join("root.key"), &hierarchy.trust_anchors)
            .map_err(set_up("root.key"))?;
        std::fs::write(folder.join("ca.pem"), authority.root_pem()).map_err(set_up("ca.pem"))?;
        std::fs::write(&inventory, inventory::text(&sites)).map_err(set_up("inventory.yaml"))?;
        Ok(Self { inventory, _beyond: beyond })
    }
}

/// Names the step that an error belongs to.
fn set_up<E: std::fmt::Display>(step: &'static str) -> impl Fn(E) -> LabError {
    move |error| LabError::SetUp(step, error.to_string())
}
