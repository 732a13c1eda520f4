//! Every command that writes, killed at many moments: what was committed is there, and whole.
//!
//! `V6READY_KILLS=1000 cargo test --test store kills` tries each of them more often.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use v6ready::store::{Contents, Store};

use crate::program::{DEMO_RUN, UNREACHABLE, interrupted_run, succeed};

/// How often each command is killed.
pub fn kills() -> u64 {
    std::env::var("V6READY_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8)
}

/// Starts a command and kills it after a time that is another one for each number. However busy the machine
/// is, it is killed somewhere between its first instruction and its end.
fn kill(db: &Path, arguments: &[&str], number: u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .arg("--db")
        .arg(db)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(number * 397 % 2500));
    command.kill().unwrap();
    command.wait().unwrap();
}

fn verified(db: &Path) -> Contents {
    Store::open_existing(db).and_then(|store| store.verify()).unwrap()
}

#[test]
fn an_import_is_there_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    for number in 0..kills() {
        kill(&db, &["runs", "import", DEMO_RUN], number);
        let runs = verified(&db).runs;
        assert!((1..=2).contains(&runs), "{number}");
        if runs == 2 {
            succeed(&db, &["runs", "prune", "--keep-last", "0"]);
            interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
        }
    }
}

#[test]
fn what_is_pruned_is_gone_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let (db, copy) = (folder.path().join("t.db"), folder.path().join("copy.db"));
    succeed(&copy, &["runs", "import", DEMO_RUN]);
    let whole = verified(&copy);
    for number in 0..kills() {
        if number == 0 || verified(&db).runs == 0 {
            let restore = ["runs", "restore", copy.to_str().unwrap(), "--replace"];
            succeed(&db, &restore);
        }
        kill(&db, &["runs", "prune", "--keep-last", "0"], number);
        let left = verified(&db);
        assert!(left == whole || left == Contents::default(), "{number}: {left:?}");
    }
}

#[test]
fn a_backup_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let (db, copy) = (folder.path().join("t.db"), folder.path().join("copy.db"));
    succeed(&db, &["runs", "import", DEMO_RUN]);
    let whole = verified(&db);
    for number in 0..kills() {
        kill(&db, &["runs", "backup", copy.to_str().unwrap()], number);
        assert_eq!(verified(&db), whole, "{number}");
        if copy.exists() {
            assert_eq!(verified(&copy), whole, "{number}");
            std::fs::remove_file(&copy).unwrap();
        }
    }
    succeed(&db, &["runs", "backup", copy.to_str().unwrap()]);
}

#[test]
fn a_resumed_scan_loses_nothing_that_it_committed() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    let mut before = 0;
    for number in 0..kills() {
        kill(&db, &["scan", "--resume"], number);
        let observations = verified(&db).observations;
        assert!(observations >= before, "{number}");
        before = observations;
    }
    assert!(succeed(&db, &["runs"]).contains("interrupted or under way"));
}
