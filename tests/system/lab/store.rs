//! The store under a real scan of the lab: killed and resumed, shared by two scans, out of space.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{RunningLab, clock_driven};
use crate::namespace;
use crate::program::{
    LATENCY, conversations, facts, fail, json, start, stderr, succeed, text, v6ready,
    wait_for_conversations,
};

/// TCP connections that this namespace has begun.
fn connections() -> usize {
    let text = std::fs::read_to_string("/proc/net/snmp").unwrap();
    let mut lines = text.lines().filter(|line| line.starts_with("Tcp:"));
    let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
    let at = names.split(' ').position(|name| name == "ActiveOpens").unwrap();
    values.split(' ').nth(at).unwrap().parse().unwrap()
}

/// What fails in a complete run, but for how long connecting took.
fn failures(result: &Value) -> Vec<String> {
    assert_eq!(result["run"]["complete"], true);
    let mut failures = Vec::new();
    for service in result["services"].as_array().unwrap() {
        for verdict in service["verdicts"].as_array().unwrap() {
            if verdict["outcome"] == "fail" && text(&verdict["check"]) != LATENCY {
                failures
                    .push(format!("{} {} {}", service["id"], verdict["check"], verdict["reason"]));
            }
        }
    }
    failures
}

/// An inventory of these services, with only one test of the vantage point before and after the scan, however
/// long that takes: each makes connections too. Its rounds lie so far apart that it is sure to be under way when
/// it is killed.
fn inventory_of(lab: &RunningLab, services: &BTreeSet<String>) -> String {
    let text = std::fs::read_to_string(&lab.inventory).unwrap();
    let (head, organisations) = text.split_once("organisations:\n").unwrap();
    let seldom = head
        .replacen("  attempts: 2\n", "  attempts: 2\n  vantage_interval: 1h\n", 1)
        .replacen("round_interval: 300ms", "round_interval: 3s", 1);
    assert!(seldom.contains("vantage_interval") && seldom.contains("round_interval: 3s"));
    let mut kept = seldom + "organisations:\n";
    for organisation in organisations.split("  - id: ").filter(|part| !part.is_empty()) {
        let (id, _) = organisation.split_once('\n').unwrap();
        let is_kept = |line: &&str| match line.trim_start().strip_prefix("- {id: ") {
            Some(service) => {
                services.contains(&format!("{id}/{}", service.split(',').next().unwrap()))
            }
            None => true,
        };
        if services.iter().any(|service| service.starts_with(&format!("{id}/"))) {
            let lines: Vec<_> = organisation.lines().filter(is_kept).collect();
            kept += &format!("  - id: {}\n", lines.join("\n"));
        }
    }
    let file = lab.path("few.yaml");
    std::fs::write(&file, kept).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_killed_scan_is_resumed_and_asks_only_what_is_missing() {
    if !namespace::enter(module_path!(), "a_killed_scan_is_resumed_and_asks_only_what_is_missing") {
        return;
    }
    let lab = RunningLab::start();
    let clock_driven = clock_driven();
    assert!(!clock_driven.is_empty());
    // Two organisations have every kind of answer. Without the silent hosts, for which each scan would wait for
    // minutes.
    const SILENT: [&str; 2] = ["so-a-vidu/im-lang", "vp-vidu/khong-tra-loi"];
    let compared: BTreeSet<String> = v6ready::lab::sites()
        .iter()
        .filter(|site| ["vp-vidu", "so-a-vidu"].contains(&site.organisation))
        .map(|site| site.full_id())
        .filter(|id| !clock_driven.contains(id) && !SILENT.contains(&&**id))
        .collect();
    assert!(compared.len() >= 15, "{compared:?}");
    let inventory = inventory_of(&lab, &compared);
    let scan = ["scan", "--format", "json", &inventory];
    let before = connections();
    let whole = json(&succeed(&mut v6ready(&lab.path("whole.db"), &scan)));
    let whole_connections = connections() - before;

    let db = lab.path("killed.db");
    let mut killed = start(&mut v6ready(&db, &scan));
    wait_for_conversations(&db, &mut killed, 40);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let kept = facts(&db);
    let kept_conversations = conversations(&kept);

    let before = connections();
    let resumed = json(&succeed(&mut v6ready(&db, &["scan", "--resume", "--format", "json"])));
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
    let (resumed, whole) = (failures(&resumed), failures(&whole));
    let only = |of: &[String], other: &[String]| -> Vec<String> {
        of.iter().filter(|failure| !other.contains(failure)).cloned().collect()
    };
    assert_eq!(only(&resumed, &whole), only(&whole, &resumed));
    let nothing_left = fail(&mut v6ready(&db, &["scan", "--resume"]), 2);
    assert!(nothing_left.contains("no interrupted run"), "{nothing_left}");
}

#[test]
fn a_second_scan_on_the_same_store_is_refused() {
    if !namespace::enter(module_path!(), "a_second_scan_on_the_same_store_is_refused") {
        return;
    }
    let lab = RunningLab::start();
    let db = lab.path("shared.db");
    // A host that answers over IPv4 and is silent over IPv6, so that the first scan goes on for as long
    // as two time-outs.
    let scan = ["scan", lab.inventory(), "--only", "so-a-vidu/im-lang"];
    let mut first = start(&mut v6ready(&db, &scan));
    wait_for_conversations(&db, &mut first, 1);
    let refused = fail(&mut v6ready(&db, &scan), 2);
    assert!(refused.contains("shared.db"), "{refused}");
    // Reading is not refused.
    succeed(&mut v6ready(&db, &["runs"]));
    assert!(first.wait().unwrap().success());
}

#[test]
fn a_full_disk_ends_the_scan_with_a_clear_error() {
    if !namespace::enter(module_path!(), "a_full_disk_ends_the_scan_with_a_clear_error") {
        return;
    }
    let lab = RunningLab::start();
    let small = lab.path("small");
    std::fs::create_dir(&small).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=400k", "tmpfs"])
        .arg(&small)
        .status()
        .unwrap();
    assert!(mounted.success());
    let db = small.join("full.db");
    let scan = v6ready(&db, &["scan", "--format", "json", lab.inventory()]).output().unwrap();
    let error = stderr(&scan);
    assert_eq!(scan.status.code(), Some(2), "{error}");
    assert!(scan.stdout.is_empty(), "a report of half a scan");
    assert!(error.contains("full.db") && error.contains("full"), "{error}");
    // What was committed before is still readable, and says that it isn't the whole.
    succeed(&mut v6ready(&db, &["runs"]));
}

#[test]
fn two_runs_are_compared() {
    if !namespace::enter(module_path!(), "two_runs_are_compared") {
        return;
    }
    let lab = RunningLab::start();
    let inventory = lab.inventory();
    let db = lab.path("compared.db");
    let scan = || succeed(&mut v6ready(&db, &["scan", inventory, "--only", "so-b-vidu/imap*"]));
    scan();
    let text = std::fs::read_to_string(inventory).unwrap();
    let retired = text.replace(
        "imaps: imaps.vidu.example, state: active",
        "imaps: imaps.vidu.example, state: retired",
    );
    assert_ne!(retired, text);
    std::fs::write(inventory, retired).unwrap();
    scan();
    let runs = json(&succeed(&mut v6ready(&db, &["runs", "--format", "json"])));
    let ids: Vec<_> =
        runs.as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap()).collect();
    let [after, before] = ids[..] else { panic!("{ids:?}") };
    let diff = json(&succeed(&mut v6ready(&db, &["diff", before, after, "--format", "json"])));
    assert_eq!(diff["schema"], "v6ready/diff/1");
    assert_eq!(diff["summary"]["gone"], 1, "{diff}");
    assert_eq!(diff["inventory"]["changed"][0]["keys"][0]["after"], "retired");
    // The same from the other end; a retired service that is in use again is new.
    let back = succeed(&mut v6ready(&db, &["diff", after, before]));
    let back = String::from_utf8(back.stdout).unwrap();
    assert!(back.contains("state: retired → active"), "{back}");
    fail(&mut v6ready(&db, &["diff", after, after]), 2);
    fail(&mut v6ready(&db, &["diff", "1999Q1", after]), 2);
    runs_are_moved_copied_and_removed(&lab, &db, before);
}

/// Moves a run to another store, copies that, and removes the run.
fn runs_are_moved_copied_and_removed(lab: &RunningLab, db: &Path, run: &str) {
    let stdout = |db: &Path, arguments: &[&str]| {
        String::from_utf8(succeed(&mut v6ready(db, arguments)).stdout).unwrap()
    };
    let (file, copy) = (lab.path("run.v6ready"), lab.path("copy.db"));
    let (file, copy) = (file.to_str().unwrap(), copy.to_str().unwrap());
    let other = lab.path("other.db");
    stdout(db, &["runs", "export", run, file]);
    assert!(stdout(&other, &["runs", "import", file]).contains(run));
    assert!(stdout(&other, &["runs", "import", file]).contains("known already"));
    // The evidence is judged the same in every store.
    let judge = ["judge", "--run", run, "--format", "json", "--as-of", "2026-11-26T00:00:00Z"];
    assert_eq!(stdout(&other, &judge), stdout(db, &judge));
    stdout(&other, &["runs", "backup", copy]);
    fail(&mut v6ready(&other, &["runs", "backup", copy]), 2);
    stdout(&other, &["runs", "backup", copy, "--replace"]);
    copies_are_kept_in_turn(lab, &other, copy);
    let prune = ["runs", "prune", "--keep-last", "0"];
    assert!(stdout(&other, &[&prune[..], &["--dry-run"]].concat()).contains(run));
    assert!(stdout(&other, &["runs"]).contains(run));
    stdout(&other, &prune);
    assert!(!stdout(&other, &["runs"]).contains(run));
    fail(&mut v6ready(&other, &["runs", "restore", copy]), 2);
    stdout(&other, &["runs", "restore", copy, "--replace"]);
    assert!(stdout(&other, &["runs", "verify"]).contains("runs: 1"));
    assert_eq!(stdout(&other, &judge), stdout(db, &judge));
    std::fs::write(file, "nothing of the kind").unwrap();
    fail(&mut v6ready(&other, &["runs", "import", file]), 2);
    fail(&mut v6ready(&other, &["runs", "prune"]), 2);
}

/// Keeps some copies beside a copy, the newest without a number.
fn copies_are_kept_in_turn(lab: &RunningLab, db: &Path, copy: &str) {
    let back_up = |keep: &str| {
        succeed(&mut v6ready(db, &["runs", "backup", copy, "--keep", keep]));
        let entries = std::fs::read_dir(lab.path("")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut copies: Vec<_> = names.filter(|name| name.starts_with("copy.db")).collect();
        copies.sort();
        copies
    };
    let first = std::fs::read(copy).unwrap();
    assert_eq!(back_up("3"), ["copy.db", "copy.db.1"]);
    assert_eq!(back_up("3"), ["copy.db", "copy.db.1", "copy.db.2"]);
    assert!(std::fs::read(format!("{copy}.2")).unwrap() == first);
    // What SQLite left beside a copy goes with it: a new one would take it for its own.
    std::fs::write(format!("{copy}-wal"), "the rest of another store").unwrap();
    assert_eq!(back_up("3"), ["copy.db", "copy.db.1", "copy.db.1-wal", "copy.db.2"]);
    assert_eq!(back_up("2"), ["copy.db", "copy.db.1"]);
    assert_eq!(back_up("1"), ["copy.db"]);
    succeed(&mut v6ready(Path::new(copy), &["runs", "verify"]));
    let own = db.to_str().unwrap();
    let refused = fail(&mut v6ready(db, &["runs", "backup", own, "--replace"]), 2);
    assert!(refused.contains("is the store itself"), "{refused}");
    let folder = lab.path("");
    let folder = folder.to_str().unwrap();
    let refused = fail(&mut v6ready(db, &["runs", "backup", folder, "--keep", "2"]), 2);
    assert!(refused.contains("is no regular file"), "{refused}");
    let file = lab.path("quarter");
    let file = file.to_str().unwrap();
    // Runs of parts make no quarter.
    let refused = fail(&mut v6ready(db, &["runs", "export", "--quarter", "1999Q1", file]), 2);
    assert!(refused.contains("no complete run of a whole inventory"), "{refused}");
    fail(&mut v6ready(db, &["runs", "export", file]), 2);
    fail(&mut v6ready(db, &["runs", "export", "newest", file, "--quarter", "1999Q1"]), 2);
}
