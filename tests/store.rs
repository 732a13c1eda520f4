//! The store under a real scan of the lab: killed and resumed, shared by two scans, out of space.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "interop/net.rs"]
mod net;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use v6ready::lab::Lab;

/// The lab, running in this process; ends with it.
struct Running {
    folder: tempfile::TempDir,
    inventory: PathBuf,
    _runtime: tokio::runtime::Runtime,
}

fn lab() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let inventory = runtime.block_on(Lab::start(folder.path())).unwrap().inventory;
    Running { folder, inventory, _runtime: runtime }
}

fn program(db: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
    command.arg("--quiet").arg("--db").arg(db).args(arguments).stdin(Stdio::null());
    command
}

fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Every fact of the store: its request, and the digest of what was seen.
fn facts(db: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(store) = Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return BTreeMap::new();
    };
    store
        .prepare(
            "SELECT answer.request, observation.digest FROM answer \
             JOIN observation ON observation.number = answer.observation",
        )
        .and_then(|mut rows| rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .unwrap_or_default()
}

fn conversations(facts: &BTreeMap<String, Vec<u8>>) -> usize {
    facts.keys().filter(|request| request.starts_with("tcp ")).count()
}

fn wait_for_conversations(db: &Path, least: usize) {
    let began = Instant::now();
    while conversations(&facts(db)) < least {
        assert!(began.elapsed() < Duration::from_secs(20), "the scan asks nothing");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// TCP connections that this namespace has begun.
fn connections() -> usize {
    let text = std::fs::read_to_string("/proc/net/snmp").unwrap();
    let mut lines = text.lines().filter(|line| line.starts_with("Tcp:"));
    let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
    let at = names.split(' ').position(|name| name == "ActiveOpens").unwrap();
    values.split(' ').nth(at).unwrap().parse().unwrap()
}

fn failures(json: &[u8]) -> Vec<String> {
    let result: Value = serde_json::from_slice(json).unwrap();
    assert_eq!(result["run"]["complete"], true);
    let mut failures = Vec::new();
    for service in result["services"].as_array().unwrap() {
        for verdict in service["verdicts"].as_array().unwrap() {
            if verdict["outcome"] == "fail" {
                failures
                    .push(format!("{} {} {}", service["id"], verdict["check"], verdict["reason"]));
            }
        }
    }
    failures
}

#[test]
fn a_killed_scan_is_resumed_and_asks_only_what_is_missing() {
    if !net::enter("a_killed_scan_is_resumed_and_asks_only_what_is_missing") {
        return;
    }
    let lab = lab();
    let inventory = lab.inventory.to_str().unwrap();
    let whole_db = lab.folder.path().join("whole.db");
    let before = connections();
    let whole = program(&whole_db, &["scan", "--format", "json", inventory]).output().unwrap();
    assert!(whole.status.success(), "{}", said(&whole));
    let whole_connections = connections() - before;

    let db = lab.folder.path().join("killed.db");
    let mut scan = start(&mut program(&db, &["scan", inventory]));
    wait_for_conversations(&db, 40);
    scan.kill().unwrap();
    scan.wait().unwrap();
    let kept = facts(&db);
    let kept_conversations = conversations(&kept);

    let before = connections();
    let resumed = program(&db, &["scan", "--resume", "--format", "json"]).output().unwrap();
    assert!(resumed.status.success(), "{}", said(&resumed));
    let resumed_connections = connections() - before;
    let all = facts(&db);
    for (key, digest) in &kept {
        assert_eq!(all.get(key), Some(digest), "{key} was asked again");
    }
    // The tests of the vantage point are made anew, with a handful of connections.
    assert!(
        resumed_connections + kept_conversations <= whole_connections + 8,
        "{resumed_connections} connections after {kept_conversations} of {whole_connections}"
    );
    let (resumed, whole) = (failures(&resumed.stdout), failures(&whole.stdout));
    let only = |of: &[String], other: &[String]| -> Vec<String> {
        of.iter().filter(|failure| !other.contains(failure)).cloned().collect()
    };
    assert_eq!(only(&resumed, &whole), only(&whole, &resumed));
    let nothing_left = program(&db, &["scan", "--resume"]).output().unwrap();
    assert_eq!(nothing_left.status.code(), Some(2));
    assert!(said(&nothing_left).contains("no interrupted run"), "{}", said(&nothing_left));
}

#[test]
fn a_second_scan_on_the_same_store_is_refused() {
    if !net::enter("a_second_scan_on_the_same_store_is_refused") {
        return;
    }
    let lab = lab();
    let inventory = lab.inventory.to_str().unwrap();
    let db = lab.folder.path().join("shared.db");
    let mut first = start(&mut program(&db, &["scan", inventory]));
    wait_for_conversations(&db, 1);
    let second = program(&db, &["scan", inventory]).output().unwrap();
    assert_eq!(second.status.code(), Some(2), "{}", said(&second));
    assert!(said(&second).contains("shared.db"), "{}", said(&second));
    // Reading is not refused.
    let runs = program(&db, &["runs"]).output().unwrap();
    assert!(runs.status.success(), "{}", said(&runs));
    assert!(first.wait().unwrap().success());
}

#[test]
fn a_full_disk_ends_the_scan_with_a_clear_error() {
    if !net::enter("a_full_disk_ends_the_scan_with_a_clear_error") {
        return;
    }
    let lab = lab();
    let small = lab.folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=400k", "tmpfs"])
        .arg(&small)
        .status()
        .unwrap();
    assert!(mounted.success());
    let db = small.join("full.db");
    let scan = program(&db, &["scan", "--format", "json", lab.inventory.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(scan.status.code(), Some(2), "{}", said(&scan));
    assert!(scan.stdout.is_empty(), "a report of half a scan");
    let said = said(&scan);
    assert!(said.contains("full.db") && said.contains("full"), "{said}");
    // What was committed before is still readable, and says that it isn't the whole.
    let runs = program(&db, &["runs"]).output().unwrap();
    assert!(runs.status.success(), "{}", String::from_utf8_lossy(&runs.stderr));
}

#[test]
fn two_runs_are_compared() {
    if !net::enter("two_runs_are_compared") {
        return;
    }
    let lab = lab();
    let inventory = lab.inventory.to_str().unwrap();
    let db = lab.folder.path().join("compared.db");
    let only = ["--only", "so-b-vidu/imap*"];
    let scan = |inventory: &str| {
        let whole = program(&db, &["scan", inventory, only[0], only[1]]).output().unwrap();
        assert!(whole.status.success(), "{}", said(&whole));
    };
    scan(inventory);
    let text = std::fs::read_to_string(inventory).unwrap();
    let retired = text.replace(
        "imaps: imaps.vidu.example, state: active",
        "imaps: imaps.vidu.example, state: retired",
    );
    assert_ne!(retired, text);
    std::fs::write(inventory, retired).unwrap();
    scan(inventory);
    let runs = program(&db, &["runs", "--format", "json"]).output().unwrap();
    let runs: Value = serde_json::from_slice(&runs.stdout).unwrap();
    let ids: Vec<_> =
        runs.as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap()).collect();
    let [after, before] = ids[..] else { panic!("{ids:?}") };
    let json = program(&db, &["diff", before, after, "--format", "json"]).output().unwrap();
    assert!(json.status.success(), "{}", said(&json));
    let diff: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(diff["schema"], "v6ready/diff/1");
    assert_eq!(diff["summary"]["gone"], 1, "{diff}");
    assert_eq!(diff["inventory"]["changed"][0]["keys"][0]["after"], "retired");
    // The same from the other end; a retired service that is in use again is new.
    let back = program(&db, &["diff", after, before]).output().unwrap();
    assert!(back.status.success());
    let back = String::from_utf8(back.stdout).unwrap();
    assert!(back.contains("state: retired → active"), "{back}");
    let same = program(&db, &["diff", after, after]).output().unwrap();
    assert_eq!(same.status.code(), Some(2));
    let none = program(&db, &["diff", "1999Q1", after]).output().unwrap();
    assert_eq!(none.status.code(), Some(2), "{}", said(&none));
    history(&lab, &db, before);
}

/// Moves a run to another store, copies that, and removes the run.
fn history(lab: &Running, db: &Path, run: &str) {
    let done = |db: &Path, arguments: &[&str]| {
        let output = program(db, arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let path = |name: &str| lab.folder.path().join(name);
    let (file, copy) = (path("run.v6ready"), path("copy.db"));
    let (file, copy) = (file.to_str().unwrap(), copy.to_str().unwrap());
    let other = path("other.db");
    done(db, &["runs", "export", run, file]);
    assert!(done(&other, &["runs", "import", file]).contains(run));
    assert!(done(&other, &["runs", "import", file]).contains("known already"));
    // The evidence says the same wherever it lies.
    let judge = ["judge", "--run", run, "--format", "json", "--as-of", "2026-11-26T00:00:00Z"];
    assert_eq!(done(&other, &judge), done(db, &judge));
    done(&other, &["runs", "backup", copy]);
    let again = program(&other, &["runs", "backup", copy]).output().unwrap();
    assert_eq!(again.status.code(), Some(2));
    let prune = ["runs", "prune", "--keep-last", "0"];
    assert!(done(&other, &[&prune[..], &["--dry-run"]].concat()).contains(run));
    assert!(done(&other, &["runs"]).contains(run));
    done(&other, &prune);
    assert!(!done(&other, &["runs"]).contains(run));
    let refused = program(&other, &["runs", "restore", copy]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    done(&other, &["runs", "restore", copy, "--replace"]);
    assert!(done(&other, &["runs", "verify"]).contains("runs: 1"));
    assert_eq!(done(&other, &judge), done(db, &judge));
    std::fs::write(file, "nothing of the kind").unwrap();
    let damaged = program(&other, &["runs", "import", file]).output().unwrap();
    assert_eq!(damaged.status.code(), Some(2), "{}", said(&damaged));
    let nothing_kept = program(&other, &["runs", "prune"]).output().unwrap();
    assert_eq!(nothing_kept.status.code(), Some(2));
}
