//! Every command that writes, killed at many moments: what was committed is there, and whole. Scans that ask are
//! killed in the lab (`tests/system/lab/kills.rs`).
//!
//! `V6READY_KILLS=1000 cargo test --test store kills -- --nocapture` tries more often: a thousand kills over all six
//! commands, those of `tests/system` included.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use v6ready::store::{Contents, Store};

use crate::program::{DEMO_RUN, UNREACHABLE, interrupted_run, succeed};

/// The commands that are killed, here and in the lab.
const COMMANDS: u32 = 6;

/// How often each command is killed.
pub fn kills() -> u32 {
    let all = std::env::var("V6READY_KILLS").ok().and_then(|kills| kills.parse::<u32>().ok());
    all.map_or(8, |all| all.div_ceil(COMMANDS))
}

/// Kills a command again and again.
struct Killer<'a> {
    db: &'a Path,
    arguments: &'a [&'a str],
    /// How long it lasts when nobody kills it.
    lasts: Duration,
    tries: u32,
    /// How often it had not ended by itself.
    under_way: u32,
}

impl<'a> Killer<'a> {
    fn new(db: &'a Path, arguments: &'a [&'a str], lasts: Duration) -> Self {
        Self { db, arguments, lasts, tries: 0, under_way: 0 }
    }

    /// Starts the command and kills it at another moment each time: they lie evenly between its beginning and a
    /// little after its end, in whatever number they are.
    fn kill(&mut self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .arg("--db")
            .arg(self.db)
            .args(self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let part = f64::from(self.tries) * 0.618_034 % 1.0;
        std::thread::sleep(self.lasts.mul_f64(1.1 * part));
        self.tries += 1;
        self.under_way += u32::from(command.try_wait().unwrap().is_none());
        command.kill().unwrap();
        command.wait().unwrap();
    }
}

impl Drop for Killer<'_> {
    fn drop(&mut self) {
        let (what, tries, under_way) = (self.arguments[1], self.tries, self.under_way);
        eprintln!("{what}: {tries} kills, {under_way} of them while it was under way");
    }
}

/// How long something lasts.
fn lasts(what: impl FnOnce()) -> Duration {
    let began = Instant::now();
    what();
    began.elapsed()
}

fn verified(db: &Path) -> Contents {
    Store::open_existing(db).and_then(|store| store.verify()).unwrap()
}

#[test]
fn an_import_is_there_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    let import = ["runs", "import", DEMO_RUN];
    let lasts = lasts(|| drop(succeed(&folder.path().join("other.db"), &import)));
    interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    let mut killer = Killer::new(&db, &import, lasts);
    for number in 0..kills() {
        killer.kill();
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
    let restore = ["runs", "restore", copy.to_str().unwrap(), "--replace"];
    let prune = ["runs", "prune", "--keep-last", "0"];
    succeed(&db, &restore);
    let lasts = lasts(|| drop(succeed(&db, &prune)));
    let mut killer = Killer::new(&db, &prune, lasts);
    for number in 0..kills() {
        if verified(&db).runs == 0 {
            succeed(&db, &restore);
        }
        killer.kill();
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
    let backup = ["runs", "backup", copy.to_str().unwrap()];
    let lasts = lasts(|| drop(succeed(&db, &backup)));
    std::fs::remove_file(&copy).unwrap();
    let mut killer = Killer::new(&db, &backup, lasts);
    for number in 0..kills() {
        killer.kill();
        assert_eq!(verified(&db), whole, "{number}");
        if copy.exists() {
            assert_eq!(verified(&copy), whole, "{number}");
            std::fs::remove_file(&copy).unwrap();
        }
    }
    succeed(&db, &backup);
}

#[test]
fn a_restore_leaves_one_store_or_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let (db, copy) = (folder.path().join("t.db"), folder.path().join("copy.db"));
    succeed(&copy, &["runs", "import", DEMO_RUN]);
    let whole = verified(&copy);
    let restore = ["runs", "restore", copy.to_str().unwrap(), "--replace"];
    let mut killer;
    {
        let other = folder.path().join("other.db");
        let lasts = lasts(|| drop(succeed(&other, &restore)));
        killer = Killer::new(&db, &restore, lasts);
    }
    interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    let old = verified(&db);
    let mut replaced = 0;
    for number in 0..kills() {
        killer.kill();
        let held = verified(&db);
        assert!(held == old || held == whole, "{number}: {held:?}");
        if held == old {
            continue;
        }
        // What was replaced is kept under another name, whole.
        let kept = stores_replaced(folder.path());
        assert!(kept.iter().any(|kept| verified(kept) == old), "{number}: {kept:?}");
        for kept in kept {
            remove_store(&kept);
        }
        replaced += 1;
        remove_store(&db);
        interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    }
    eprintln!("restore: {replaced} of these had put the copy in its place");
}

/// The stores that a restore has put aside.
fn stores_replaced(folder: &Path) -> Vec<std::path::PathBuf> {
    let is_one = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("t.db.replaced") && !name.ends_with("-wal") && !name.ends_with("-shm")
    };
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(is_one).collect()
}

/// Removes a store with all that lies beside it.
fn remove_store(store: &Path) {
    for ending in ["", "-wal", "-shm", ".lock", "-lock"] {
        let mut beside = store.as_os_str().to_owned();
        beside.push(ending);
        let _ = std::fs::remove_file(beside);
    }
}

#[test]
fn a_resumed_scan_loses_nothing_that_it_committed() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    let resume = ["scan", "--resume"];
    let lasts = lasts(|| {
        crate::program::fail(&db, &resume, 3);
    });
    let mut killer = Killer::new(&db, &resume, lasts);
    let mut before = 0;
    for number in 0..kills().min(8) {
        killer.kill();
        let observations = verified(&db).observations;
        assert!(observations >= before, "{number}");
        before = observations;
    }
    assert!(succeed(&db, &["runs"]).contains("interrupted or under way"));
}
