//! Scans the lab for the run that the sample reports and the store's dictionary are made from.

use std::fs;

use crate::{at, remove_folder};

/// Writes `reports/demo-run.v6ready`.
pub fn run() -> Result<(), String> {
    let folder = xtask::root().join("target/demo-run");
    remove_folder(&folder)?;
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let out = folder.to_string_lossy();
    let db = folder.join("demo.db");
    let program = |arguments: &[&str]| {
        crate::run(
            "cargo",
            &[&["run", "--quiet", "--package", "v6ready", "--"], arguments].concat(),
        )
    };
    program(&["demo", "--quiet", "--out", &out])?;
    let db = db.to_string_lossy();
    program(&["--db", &db, "runs", "export", "newest", "reports/demo-run.v6ready"])
}
