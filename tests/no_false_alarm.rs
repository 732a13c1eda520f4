//! Twenty healthy services, each built in another way, scanned again and again: nothing of theirs
//! may ever fail, and the same network gives the same verdicts.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use v6ready::lab::Lab;

/// Scans of the same network.
const RUNS: usize = 10;

/// The healthy services of the lab whose ids begin like this.
const HEALTHY: &str = "so-b-vidu/tot-";

const TEST: &str = "twenty_healthy_services_never_fail";

const MARK: &str = "V6READY_TEST_INSIDE";

/// By service and check: outcome and reason.
type Verdicts = BTreeMap<(String, String), (String, String)>;

#[test]
fn twenty_healthy_services_never_fail() {
    if std::env::var_os(MARK).is_none() {
        return again_in_a_namespace();
    }
    let folder = tempfile::tempdir().unwrap();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let lab = runtime.block_on(Lab::start(folder.path())).unwrap();
    let inventory = be_patient(&lab.inventory);
    let mut first: Option<Verdicts> = None;
    for run in 1..=RUNS {
        let verdicts = scan(folder.path(), &inventory);
        let unhappy: Vec<_> = verdicts
            .iter()
            .filter(|(_, (outcome, _))| !matches!(outcome.as_str(), "pass" | "not-applicable"))
            .collect();
        assert!(unhappy.is_empty(), "run {run}: {unhappy:#?}");
        match &first {
            None => first = Some(verdicts),
            Some(first) => assert_eq!(*first, verdicts, "run {run} differs from the first"),
        }
    }
}

/// The lab's inventory with time-outs that a busy machine keeps: healthy services need no short ones.
fn be_patient(inventory: &Path) -> PathBuf {
    let text = std::fs::read_to_string(inventory).unwrap();
    let (before, rest) = text.split_once("  timeouts: {").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    let patient = inventory.with_file_name("patient.yaml");
    let timeouts = "  timeouts: {dns: 8s, connect: 8s, tls: 10s, http: 10s, greeting: 8s}";
    std::fs::write(&patient, format!("{before}{timeouts}\n{after}")).unwrap();
    patient
}

/// Runs this test inside a network namespace of its own, with no interface but `lo`.
fn again_in_a_namespace() {
    let mut unshare = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        unshare.arg("--map-root-user");
    }
    let status = unshare
        .args(["--net", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture"])
        .env(MARK, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{TEST} failed in its namespace");
}

fn scan(folder: &Path, inventory: &Path) -> Verdicts {
    let output = Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .arg("--quiet")
        .arg("--db")
        .arg(folder.join("runs.db"))
        .args(["scan", "--format", "json", "--only", &format!("{HEALTHY}*")])
        .arg(inventory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let services = result["services"].as_array().unwrap();
    assert_eq!(services.len(), 20);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    services
        .iter()
        .flat_map(|service| {
            let verdicts = service["verdicts"].as_array().unwrap().iter();
            verdicts.map(move |verdict| {
                (
                    (text(&service["id"]), text(&verdict["check"])),
                    (text(&verdict["outcome"]), text(&verdict["reason"])),
                )
            })
        })
        .collect()
}
