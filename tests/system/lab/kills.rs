//! Scans, begun and resumed, that are killed at many moments while they ask: every answer that was committed stays.
//!
//! `V6READY_KILLS=1000 cargo test --test system lab::kills -- --nocapture` tries more often (see
//! `tests/store/kills.rs`).

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, OpenFlags};
use v6ready::store::Store;

use super::{RunningLab, few};
use crate::namespace;
use crate::program::{start, succeed, v6ready};

/// The commands that are killed, here and in `tests/store`.
const COMMANDS: u32 = 6;

/// How often each command is killed.
fn kills() -> u32 {
    let all = std::env::var("V6READY_KILLS").ok().and_then(|kills| kills.parse::<u32>().ok());
    all.map_or(4, |all| all.div_ceil(COMMANDS))
}

/// Every answer that is committed: its run, its request, and the digest of what was seen.
fn committed(db: &Path) -> BTreeSet<(i64, String, Vec<u8>)> {
    let read = |store: Connection| {
        let mut rows = store.prepare(
            "SELECT answer.run, answer.request, observation.digest FROM answer \
             JOIN observation ON observation.number = answer.observation",
        )?;
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect::<rusqlite::Result<_>>()
    };
    Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(read)
        .unwrap_or_default()
}

#[test]
fn scans_that_are_killed_lose_nothing_that_they_committed() {
    if !namespace::enter(module_path!(), "scans_that_are_killed_lose_nothing_that_they_committed") {
        return;
    }
    let lab = RunningLab::start();
    let inventory = few::write_inventory(&lab);
    let db = lab.path("killed.db");
    let scan = ["scan", inventory.to_str().unwrap(), "--quick"];
    let began = Instant::now();
    succeed(&mut v6ready(&db, &scan));
    let lasts = began.elapsed();
    let (mut begun, mut resumed, mut under_way, mut answers) = (0, 0, 0, 0);
    while begun < kills() || resumed < kills() {
        // A run that was killed before it was there can't be resumed.
        let runs = Store::open_existing(&db).unwrap().runs().unwrap();
        let is_interrupted = runs.iter().any(|run| run.finished_at.is_none());
        let resumes = is_interrupted && resumed < kills();
        let before_start = committed(&db);
        let mut killed = match resumes {
            true => start(&mut v6ready(&db, &["scan", "--resume"])),
            false => start(&mut v6ready(&db, &scan)),
        };
        let number = begun + resumed;
        std::thread::sleep(lasts.mul_f64(1.1 * (f64::from(number) * 0.618_034 % 1.0)));
        let before_kill = committed(&db);
        under_way += u32::from(killed.try_wait().unwrap().is_none());
        killed.kill().unwrap();
        killed.wait().unwrap();

        Store::open_existing(&db).unwrap().verify().unwrap();
        let after = committed(&db);
        assert!(after.is_superset(&before_kill), "kill {number} lost answers");
        assert!(before_kill.is_superset(&before_start), "kill {number} lost answers");
        answers += before_kill.difference(&before_start).count();
        match resumes {
            true => resumed += 1,
            false => begun += 1,
        }
        if number % 40 == 39 {
            // A store of ever more runs would take ever longer to verify.
            succeed(&mut v6ready(&db, &["runs", "prune", "--keep-last", "1"]));
        }
    }
    eprintln!(
        "scan: {begun} kills, resume: {resumed} kills, {under_way} of them while it was under way; \
         {answers} answers had been committed just before"
    );
    assert!(answers > 0, "no kill came while answers were being committed");
}
