//! Stores on media that can't be written, or that are nearly full.

use std::path::Path;
use std::process::Command;

use v6ready::model::{Digest, Observation, Run, RunId};
use v6ready::store::{Asker, RunInputs, Store};

use crate::namespace;
use crate::program::{fail, succeed, v6ready};

/// A run of the lab, with all its evidence.
const DEMO_RUN: &str = "tests/data/lab-run.v6ready";

fn mount(arguments: &[&str], on: &Path) {
    let mounted = Command::new("mount").args(arguments).arg(on).status().unwrap();
    assert!(mounted.success());
}

fn run() -> Run {
    serde_json::from_value(serde_json::json!({
        "id": "20261124T000000Z-aaaa", "started_at": "2026-11-24T00:00:00Z", "finished_at": null,
        "version": "0", "vantage": {"name": "v", "ipv6": "working", "resolver": null},
        "complete": false,
    }))
    .unwrap()
}

fn inputs() -> RunInputs {
    RunInputs {
        inventory_file: "inventory.yaml".into(),
        inventory_id: None,
        inventory: "version: 1\norganisations: []\n".into(),
        only: Vec::new(),
        settings: Default::default(),
        policy_name: "ipv6-only".into(),
        policy_yaml: v6ready::policy::built_in("ipv6-only").unwrap().into(),
    }
}

/// An observation that takes about this many octets in a store.
fn large(number: usize, octets: usize) -> Observation {
    let mut text = String::new();
    while text.len() < octets {
        text.push_str(&Digest::of(format!("{number} {}", text.len()).as_bytes()).hex());
    }
    serde_json::from_value(serde_json::json!({
        "request": {"question": {"route": "2001:db8::1"}, "attempt": 1},
        "observed_at": "2026-11-24T00:00:00Z", "elapsed_us": number,
        "reply": {"route": {"Err": {"kind": "other", "errno": text}}},
    }))
    .unwrap()
}

/// Records so many of them; each is an answer of its own.
fn record(db: &Path, count: usize, octets: usize) -> Result<(), v6ready::store::StoreError> {
    let mut store = Store::open(db)?;
    let recorder = store.begin(&run(), &inputs())?;
    for number in 0..count {
        let key = format!("route 2001:db8::1 #{number}");
        let observation = large(number, octets).into();
        recorder.record_as(Asker::Vantage, &key.into(), &observation);
        if number % 100 == 0 {
            recorder.flush()?;
        }
    }
    recorder.finish(&run())
}

#[test]
fn a_store_on_a_read_only_medium_is_read() {
    if !namespace::enter(module_path!(), "a_store_on_a_read_only_medium_is_read") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let medium = folder.path().join("a medium?#%");
    std::fs::create_dir(&medium).unwrap();
    let db = |name: &str| medium.join(name);
    succeed(&mut v6ready(&db("closed.db"), &["runs", "import", DEMO_RUN]));
    succeed(&mut v6ready(&db("closed.db"), &["runs", "backup", db("copy.db").to_str().unwrap()]));
    // As a killed scan leaves it, with its log; and as an older version wrote it.
    let live = folder.path().join("live.db");
    let mut store = Store::open(&live).unwrap();
    let recorder = store.begin(&run(), &inputs()).unwrap();
    recorder.record_as(Asker::Vantage, &"route 2001:db8::1 #1".into(), &large(1, 100).into());
    recorder.flush().unwrap();
    for ending in ["", "-wal", ".lock"] {
        let from = format!("{}{ending}", live.display());
        std::fs::copy(from, db(&format!("killed.db{ending}"))).unwrap();
    }
    std::fs::copy(&live, db("without-log.db")).unwrap();
    drop(recorder);
    std::fs::copy(db("copy.db"), db("older.db")).unwrap();
    let older = rusqlite::Connection::open(db("older.db")).unwrap();
    for table in [
        "session",
        "alert",
        "acknowledgement",
        "alert_mark",
        "outbox",
        "schedule_mark",
        "requested_scan",
        "maintenance",
        "unsubscription",
        "secret",
        "daemon_seal",
    ] {
        older.execute_batch(&format!("DROP TABLE {table}")).unwrap();
    }
    older.execute_batch("DROP TABLE seal; DROP TABLE state; PRAGMA user_version = 4").unwrap();
    drop(older);
    mount(&["--bind", medium.to_str().unwrap()], &medium);
    mount(&["-o", "remount,ro,bind"], &medium);
    let files = || std::fs::read_dir(&medium).unwrap().count();
    let before = files();
    let out = folder.path().join("reports").display().to_string();
    let restored = folder.path().join("restored.db");
    for name in ["closed.db", "copy.db", "older.db"] {
        let db = db(name);
        succeed(&mut v6ready(&db, &["runs"]));
        succeed(&mut v6ready(&db, &["runs", "verify"]));
        succeed(&mut v6ready(&db, &["report", "--out", &out]));
        let file = folder.path().join("run.v6ready").display().to_string();
        succeed(&mut v6ready(&db, &["runs", "export", "newest", &file]));
        let restore = ["runs", "restore", db.to_str().unwrap(), "--replace"];
        succeed(&mut v6ready(&restored, &restore));
        let said = fail(&mut v6ready(&db, &["runs", "prune", "--keep-last", "0"]), 2);
        assert!(said.contains("can only be read here"), "{name}: {said}");
        let said = fail(&mut v6ready(&db, &["runs", "import", DEMO_RUN]), 2);
        assert!(said.contains("can only be read here"), "{name}: {said}");
    }
    let killed = Store::open_existing(&db("killed.db")).unwrap();
    assert_eq!(killed.verify().unwrap().observations, 1);
    let copy = folder.path().join("copy-of-killed.db");
    killed.copy_to(&copy).unwrap();
    assert_eq!(Store::open_existing(&copy).unwrap().verify().unwrap().observations, 1);
    let said = fail(&mut v6ready(&db("without-log.db"), &["runs", "verify"]), 2);
    assert!(said.contains("copied without its log"), "{said}");
    assert_eq!(files(), before);
}

#[test]
fn a_store_that_fits_the_disk_does_not_fail_for_its_log() {
    if !namespace::enter(module_path!(), "a_store_that_fits_the_disk_does_not_fail_for_its_log") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let free = folder.path().join("free.db");
    record(&free, 2000, 10_000).unwrap();
    let octets = std::fs::metadata(&free).unwrap().len();
    let small = folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    mount(&["-t", "tmpfs", "-o", &format!("size={}k", octets / 1024 + 1500), "tmpfs"], &small);
    let db = small.join("t.db");
    record(&db, 2000, 10_000).unwrap();
    let held = Store::open_existing(&db).unwrap().verify().unwrap();
    assert_eq!(held.observations, 2000);
    // One that doesn't fit ends with an error, and what was committed stays.
    let other = small.join("other.db");
    assert!(record(&other, 2000, 10_000).is_err());
    Store::open_existing(&db).unwrap().verify().unwrap();
}

#[test]
fn a_restore_onto_a_full_disk_leaves_the_store_as_it_was() {
    if !namespace::enter(module_path!(), "a_restore_onto_a_full_disk_leaves_the_store_as_it_was") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (small, backup) = (folder.path().join("small"), folder.path().join("backup.db"));
    std::fs::create_dir(&small).unwrap();
    record(&backup, 500, 10_000).unwrap();
    mount(&["-t", "tmpfs", "-o", "size=2m", "tmpfs"], &small);
    let db = small.join("t.db");
    record(&db, 10, 1000).unwrap();
    let restore = ["runs", "restore", backup.to_str().unwrap(), "--replace"];
    let said = fail(&mut v6ready(&db, &restore), 2);
    assert!(said.contains("full"), "{said}");
    let store = Store::open_existing(&db).unwrap();
    assert_eq!(store.verify().unwrap().observations, 10);
    store.run(&RunId::parse("20261124").unwrap()).unwrap();
    drop(store);
    let names: Vec<_> = std::fs::read_dir(&small)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("part") || name.contains("replaced"))
        .collect();
    assert_eq!(names, Vec::<String>::new());
}
