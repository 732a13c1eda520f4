//! What is missing or changed in a store is told, and what a killed scan has lost too.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{dns, id, inputs, opened, page, run, service};
use crate::model::{NetFailure, Observation, Reply, Run, RunId};
use crate::store::*;

fn fact(name: &str) -> Arc<Observation> {
    dns(name, 1, Reply::DnsFailed(NetFailure::TimedOut))
}

/// A store with two finished runs, `a` and `b`, of two services each.
fn two_runs() -> (TempDir, Store) {
    let (folder, mut store) = opened();
    for name in ["a", "b"] {
        let recorder = store.begin(&run(name), &inputs()).unwrap();
        let (first, second) =
            (fact(&format!("{name}.example")), fact(&format!("x.{name}.example")));
        for fact in [&first, &second, &page(&[name.as_bytes()[0]; 5000])] {
            recorder.record(service("one"), fact);
            recorder.share(id("two"), fact.request.key().into());
            // What is there already changes nothing.
            recorder.record(service("one"), fact);
            recorder.share(id("two"), "never asked".into());
        }
        recorder.record(Asker::Vantage, &first);
        recorder.finish(&Run { complete: true, ..run(name) }).unwrap();
        store.note_counts(&RunId::of_tests(name), &Default::default()).unwrap();
    }
    (folder, store)
}

fn by_hand(folder: &TempDir, sql: &str) {
    let hand = Connection::open(folder.path().join("v6ready.db")).unwrap();
    hand.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    hand.execute_batch(sql).unwrap();
}

#[test]
fn a_row_that_is_missing_or_changed_is_told_before_anything_is_read() {
    let a = RunId::of_tests("a");
    for damage in [
        "DELETE FROM use WHERE run = 1 AND asker = 'org/two' AND answer = 1",
        "DELETE FROM use WHERE run = 1",
        "UPDATE use SET asker = 'org/three' WHERE run = 1 AND asker = 'org/two'",
        "UPDATE use SET answer = 2 WHERE run = 1 AND asker = ''",
        "INSERT INTO use (run, asker, answer) VALUES (1, 'org/four', 1)",
        "DELETE FROM answer WHERE number = 2",
        "DELETE FROM answer WHERE number = 2; DELETE FROM use WHERE answer = 2",
        "DELETE FROM answer WHERE run = 1; DELETE FROM use WHERE run = 1",
        "UPDATE answer SET request = 'dns' WHERE number = 1",
        "UPDATE answer SET observation = 3 WHERE number = 1",
        "DELETE FROM observation WHERE number = 2",
        "UPDATE run SET run = json_set(run, '$.complete', json('false')) WHERE id = 'a'",
        "UPDATE run SET inputs = json_set(inputs, '$.inventory', 'x') WHERE id = 'a'",
        "UPDATE run SET started_at = 5 WHERE id = 'a'",
        "UPDATE run SET scope = 'whole' WHERE id = 'a'",
        "UPDATE run SET inventory_id = 'x' WHERE id = 'a'",
        "UPDATE run SET counts = NULL WHERE id = 'a'",
        "DELETE FROM seal WHERE run = 1",
        "UPDATE seal SET answers = zeroblob(32) WHERE run = 1",
    ] {
        let (folder, store) = two_runs();
        store.verify().unwrap();
        by_hand(&folder, damage);
        assert!(matches!(store.run(&a), Err(StoreError::Damaged { .. })), "{damage}");
        assert!(matches!(store.verify(), Err(StoreError::Damaged { .. })), "{damage}");
        // The other run is as it was.
        store.run(&RunId::of_tests("b")).unwrap();
    }
}

#[test]
fn a_run_that_is_missing_is_told() {
    for damage in [
        "DELETE FROM use WHERE run = 1; DELETE FROM answer WHERE run = 1; DELETE FROM run WHERE id = 'a'; \
         DELETE FROM seal WHERE run = 1",
        "DELETE FROM use; DELETE FROM answer; DELETE FROM run; DELETE FROM seal; DELETE FROM observation; \
         DELETE FROM blob",
        "UPDATE run SET id = 'c', run = json_set(run, '$.id', 'c') WHERE id = 'a'",
        "DELETE FROM state",
    ] {
        let (folder, store) = two_runs();
        by_hand(&folder, damage);
        let damaged =
            |done: Result<(), StoreError>| matches!(done, Err(StoreError::Damaged { .. }));
        assert!(damaged(store.runs().map(drop)), "{damage}");
        assert!(damaged(store.listed_runs().map(drop)), "{damage}");
        assert!(damaged(store.verify().map(drop)), "{damage}");
        if !damage.contains("state") {
            assert!(damaged(store.run(&RunId::of_tests("a")).map(drop)), "{damage}");
        }
    }
}

#[test]
fn seals_hold_through_all_that_a_store_goes_through() {
    let (folder, mut store) = two_runs();
    let recorder = store.begin(&run("c"), &inputs()).unwrap();
    recorder.record(service("one"), &fact("c.example"));
    recorder.flush().unwrap();
    // A reader under a scan.
    Store::open_existing(store.path()).unwrap().verify().unwrap();
    drop(recorder);
    let recorder = store.resume(&RunId::of_tests("c")).unwrap();
    recorder.record(service("two"), &fact("d.example"));
    recorder.finish(&run("c")).unwrap();
    store.verify().unwrap();
    let mut file = Vec::new();
    store.export(&RunId::of_tests("c"), &mut file, None).unwrap();
    store.prune(&[RunId::of_tests("b"), RunId::of_tests("c")]).unwrap();
    store.verify().unwrap();
    store.import(&file[..], None).unwrap();
    assert_eq!(store.verify().unwrap().runs, 2);
    let copy = folder.path().join("copy.db");
    store.copy_to(&copy).unwrap();
    Store::open_existing(&copy).unwrap().verify().unwrap();
}

#[test]
fn a_store_of_format_4_is_sealed_as_it_is() {
    let (folder, store) = two_runs();
    drop(store);
    by_hand(&folder, super::BEFORE_FORMAT_6);
    by_hand(&folder, super::BEFORE_FORMAT_5);
    by_hand(&folder, "PRAGMA user_version = 4");
    let store = Store::open(&folder.path().join("v6ready.db")).unwrap();
    assert_eq!(store.verify().unwrap().runs, 2);
    by_hand(&folder, "DELETE FROM use WHERE run = 1");
    assert!(store.verify().is_err());
}

/// What is on the disk when a scan is killed, in a folder of its own.
struct Killed {
    folder: TempDir,
}

impl Killed {
    /// After some transactions.
    fn new() -> Self {
        let (live, mut store) = opened();
        let recorder = store.begin(&run("a"), &inputs()).unwrap();
        for name in ["a.example", "b.example", "c.example", "d.example"] {
            recorder.record(service("one"), &fact(name));
            recorder.flush().unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        for ending in ["", "-wal", ".lock"] {
            let name = format!("v6ready.db{ending}");
            fs::copy(live.path().join(&name), folder.path().join(&name)).unwrap();
        }
        drop(recorder);
        Self { folder }
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder.path().join(format!("v6ready.db{ending}"))
    }

    fn open(&self) -> Store {
        Store::open_existing(&self.file("")).unwrap()
    }

    fn answers(&self) -> usize {
        self.open().evidence_of(&RunId::of_tests("a"), &id("one")).unwrap().len()
    }

    /// What is lost is told until the run is resumed, and then no more.
    fn is_told(&self, words: &str) {
        let a = RunId::of_tests("a");
        for _ in 0..2 {
            let told = self.open().run(&a).unwrap_err().to_string();
            assert!(told.contains(words) && told.contains("--resume a"), "{told}");
            assert!(matches!(self.open().verify(), Err(StoreError::Lost { .. })));
        }
        assert!(self.answers() < 4);
        let mut store = self.open();
        assert!(store.run_to_resume(&a).unwrap().1.unwrap().contains(words));
        let recorder = store.resume(&a).unwrap();
        recorder.record(service("one"), &fact("z.example"));
        recorder.finish(&run("a")).unwrap();
        self.open().verify().unwrap();
    }

    fn is_whole(&self) {
        for _ in 0..2 {
            assert_eq!(self.open().verify().unwrap().runs, 1);
            assert_eq!(self.answers(), 4);
        }
    }
}

#[test]
fn what_a_killed_scan_committed_is_there() {
    Killed::new().is_whole();
    // Without the lock's file, as when only the store and its log were copied.
    let copied = Killed::new();
    fs::remove_file(copied.file(".lock")).unwrap();
    copied.is_whole();
    // Another program has taken in the log.
    let killed = Killed::new();
    let other = Connection::open(killed.file("")).unwrap();
    other.query_row("SELECT count(*) FROM run", [], |row| row.get::<_, i64>(0)).unwrap();
    drop(other);
    assert!(!killed.file("-wal").exists());
    killed.is_whole();
    // The lock's file is another store's.
    let killed = Killed::new();
    fs::write(killed.file(".lock"), "0123456789abcdef 1 99\n").unwrap();
    killed.is_whole();
}

#[test]
fn a_log_that_is_missing_or_damaged_is_told() {
    let killed = Killed::new();
    fs::remove_file(killed.file("-wal")).unwrap();
    killed.is_told("the log of the store");
    let change = |change: &dyn Fn(&mut Vec<u8>)| {
        let killed = Killed::new();
        let mut log = fs::read(killed.file("-wal")).unwrap();
        change(&mut log);
        fs::write(killed.file("-wal"), log).unwrap();
        killed.is_told("the log of the store");
    };
    change(&|log| log.truncate(0));
    change(&|log| log.truncate(log.len() / 2));
    change(&|log| log[20] ^= 1);
    change(&|log| {
        let middle = log.len() / 2;
        log[middle] ^= 0x10;
    });
}

#[test]
fn a_store_that_is_copied_under_a_scan_without_its_log_says_so() {
    let killed = Killed::new();
    for ending in ["-wal", ".lock"] {
        fs::remove_file(killed.file(ending)).unwrap();
    }
    killed.is_told("copied without its log");
}

#[test]
fn another_scan_keeps_what_was_lost_in_mind() {
    let killed = Killed::new();
    fs::remove_file(killed.file("-wal")).unwrap();
    let mut store = Store::open(&killed.file("")).unwrap();
    store.begin(&run("b"), &inputs()).unwrap().finish(&run("b")).unwrap();
    assert!(matches!(store.run(&RunId::of_tests("a")), Err(StoreError::Lost { .. })));
    store.run(&RunId::of_tests("b")).unwrap();
}

#[test]
fn an_emptied_file_is_no_new_store() {
    let emptied = |done: Result<Store, StoreError>| matches!(done, Err(StoreError::Emptied { .. }));
    let (folder, mut store) = opened();
    let path = folder.path().join("v6ready.db");
    drop(store.begin(&run("a"), &inputs()).unwrap());
    drop(store);
    fs::write(&path, "").unwrap();
    assert!(emptied(Store::open_existing(&path)) && emptied(Store::open(&path)));
    // Only the first page, which SQLite writes before the log has anything.
    let path = folder.path().join("first-page.db");
    Connection::open(&path).unwrap().execute_batch("PRAGMA journal_mode = WAL").unwrap();
    assert!(fs::metadata(&path).unwrap().len() > 0);
    assert!(emptied(Store::open_existing(&path)) && emptied(Store::open(&path)));
    // An empty file that never was one, as `mktemp` makes it.
    let path = folder.path().join("new.db");
    fs::write(&path, "").unwrap();
    drop(Store::open(&path).unwrap());
}

#[test]
fn a_new_store_can_be_copied_at_once() {
    let (folder, mut store) = opened();
    let copy = |name: &str| {
        let to = folder.path().join(name);
        fs::copy(folder.path().join("v6ready.db"), &to).unwrap();
        Store::open_existing(&to)
    };
    assert_eq!(copy("1.db").unwrap().verify().unwrap().runs, 0);
    let recorder = store.begin(&run("a"), &inputs()).unwrap();
    recorder.record(service("one"), &fact("a.example"));
    recorder.flush().unwrap();
    // It names the run, and says that it is not whole.
    let copied = copy("2.db").unwrap();
    assert_eq!(copied.runs().unwrap().len(), 1);
    assert!(matches!(copied.run(&RunId::of_tests("a")), Err(StoreError::Lost { .. })));
    recorder.finish(&run("a")).unwrap();
    // What has ended is in the file itself.
    assert_eq!(copy("3.db").unwrap().verify().unwrap().observations, 1);
}

#[test]
fn the_log_stays_small() {
    let (folder, mut store) = opened();
    let log = folder.path().join("v6ready.db-wal");
    let octets = |log: &Path| fs::metadata(log).map_or(0, |log| log.len());
    let recorder = store.begin(&run("a"), &inputs()).unwrap();
    let body = |number: u32| {
        let mut octets = Vec::new();
        for part in 0..1500 {
            octets.extend(crate::model::Digest::of(format!("{number} {part}").as_bytes()).0);
        }
        octets
    };
    let mut most = 0;
    let mut write = |numbers: std::ops::Range<u32>| {
        for number in numbers {
            recorder.record_as(service("one"), &format!("{number}").into(), &page(&body(number)));
            if number % 10 == 0 {
                recorder.flush().unwrap();
                most = most.max(octets(&log));
            }
        }
        recorder.flush().unwrap();
        std::mem::take(&mut most)
    };
    // 29 MB.
    assert!(write(0..600) < 12 * 1024 * 1024);
    // Under a reader it can't be emptied; when he is gone, it is.
    let reader = Connection::open(folder.path().join("v6ready.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM answer").unwrap();
    assert!(write(600..1000) > 12 * 1024 * 1024);
    reader.execute_batch("COMMIT").unwrap();
    recorder.finish(&run("a")).unwrap();
    assert_eq!(octets(&log), 0);
    store.verify().unwrap();
}

#[test]
fn a_store_is_replaced_and_nothing_is_written_over() {
    let (folder, store) = two_runs();
    let path = |name: &str| folder.path().join(name);
    let (backup, db) = (path("backup.db"), path("other.db"));
    store.copy_to(&backup).unwrap();
    let backup = Store::open_existing(&backup).unwrap();
    assert_eq!(backup.restore_to(&db).unwrap(), None);
    let mut other = Store::open(&db).unwrap();
    other.prune(&[RunId::of_tests("a")]).unwrap();
    drop(other);
    fs::write(path("other.db.replaced"), "an older one").unwrap();
    fs::write(path("other.db.part"), "of a restore that was killed").unwrap();
    assert_eq!(backup.restore_to(&db).unwrap(), Some(path("other.db.replaced-2")));
    assert_eq!(fs::read(path("other.db.replaced")).unwrap(), b"an older one");
    assert_eq!(Store::open_existing(&db).unwrap().verify().unwrap().runs, 2);
    let aside = Store::open_existing(&path("other.db.replaced-2")).unwrap();
    assert_eq!(aside.verify().unwrap().runs, 1);
    assert!(!path("other.db.part").exists());
    // What is no store any more is put aside too; under a scan nothing is.
    fs::write(&db, "damaged").unwrap();
    assert_eq!(backup.restore_to(&db).unwrap(), Some(path("other.db.replaced-3")));
    assert_eq!(fs::read(path("other.db.replaced-3")).unwrap(), b"damaged");
    let mut other = Store::open(&db).unwrap();
    let _scan = other.begin(&run("c"), &inputs()).unwrap();
    assert!(matches!(backup.restore_to(&db), Err(StoreError::Busy { .. })));
}
