//! Scans of the built-in lab.

mod day;
mod demo;
mod doctor;
mod each_its_own;
mod examples;
mod faults;
mod few;
mod healthy;
mod hostile_texts;
mod killed;
mod kills;
mod one_cause;
mod own_clock;
mod province;
mod sample;
mod store;
mod week;

use std::collections::BTreeSet;
use std::path::PathBuf;

use v6ready::lab::{Deadlines, Lab};

/// The lab, running in this process; ends with it.
pub struct RunningLab {
    folder: tempfile::TempDir,
    inventory: PathBuf,
    _lab: Lab,
    _runtime: tokio::runtime::Runtime,
}

impl RunningLab {
    /// Starts it, with deadlines that a busy machine keeps. Must be called inside a namespace.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let lab = runtime.block_on(Lab::start(folder.path(), Deadlines::Long)).unwrap();
        Self { folder, inventory: lab.inventory.clone(), _lab: lab, _runtime: runtime }
    }

    pub fn inventory(&self) -> &str {
        self.inventory.to_str().unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The sites whose answers depend on time or chance: two scans of them may differ.
fn clock_driven() -> BTreeSet<String> {
    let sites = v6ready::lab::sites();
    sites.iter().filter(|site| site.is_clock_driven()).map(v6ready::lab::Site::full_id).collect()
}
