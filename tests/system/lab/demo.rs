//! `v6ready demo`, as a newcomer runs it.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::namespace;
use crate::program::stderr;

/// The demo's deadlines are short. Where the machine is so busy that even the test of the vantage point
/// misses them, the demo says so, and a newcomer would try again.
const TRIES: usize = 5;

/// Its exit code then.
const NO_VANTAGE_POINT: i32 = 3;

#[test]
fn the_demo_scans_its_lab_and_writes_reports() {
    let _turn = namespace::turn();
    for tries_left in (0..TRIES).rev() {
        let folder = tempfile::tempdir().unwrap();
        let demo = Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .args(["demo", "--quiet", "--out"])
            .arg(folder.path())
            .output()
            .unwrap();
        if demo.status.code() == Some(NO_VANTAGE_POINT) && tries_left > 0 {
            continue;
        }
        assert!(demo.status.success(), "{}", stderr(&demo));
        let stdout = String::from_utf8(demo.stdout).unwrap();
        let reports: Vec<&str> = stdout
            .lines()
            .filter(|line| line.starts_with(folder.path().to_str().unwrap()))
            .collect();
        let formats: BTreeSet<&str> =
            reports.iter().map(|path| path.rsplit_once('.').unwrap().1).collect();
        assert_eq!(formats, BTreeSet::from(["html", "json", "md", "pdf"]), "{stdout}");
        let json = reports.iter().find(|path| path.ends_with(".json")).unwrap();
        let result: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
        assert_eq!(result["run"]["complete"], true);
        let services = result["services"].as_array().unwrap();
        assert_eq!(services.len(), v6ready::lab::sites().len());
        return;
    }
}
