//! `runs restore` under kills, and what `runs verify` and reports say of damage.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use v6ready::store::Store;

use crate::program::{DEMO_RUN, UNREACHABLE, fail, interrupted_run, succeed, v6ready};

/// Tries of the kill.
const KILLS: u32 = 16;

/// Every store that a folder holds under a name like this.
fn stores(db: &Path) -> Vec<PathBuf> {
    let name = db.file_name().unwrap().to_str().unwrap();
    let is_store = |path: &PathBuf| {
        let rest = path.file_name().unwrap().to_str().unwrap().strip_prefix(name);
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(".replaced") && !rest.ends_with("-wal")
        })
    };
    let entries = std::fs::read_dir(db.parent().unwrap()).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(is_store).collect()
}

#[test]
fn a_restore_that_is_killed_leaves_one_store_or_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (db, copy) = (path("t.db"), path("copy.db"));
    succeed(&db, &["runs", "import", DEMO_RUN]);
    succeed(&db, &["runs", "backup", copy.to_str().unwrap()]);
    let began = Instant::now();
    succeed(&path("other.db"), &["runs", "restore", copy.to_str().unwrap()]);
    let lasts = began.elapsed();
    interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    for kill in 0..KILLS {
        let mut restore = Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .arg("--db")
            .arg(&db)
            .args(["runs", "restore", copy.to_str().unwrap(), "--replace"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From its beginning to after its end, and closest together where the stores change places.
        std::thread::sleep(lasts * (KILLS + kill) / (2 * KILLS - 8));
        restore.kill().unwrap();
        restore.wait().unwrap();
        for store in stores(&db) {
            let runs = Store::open_existing(&store).unwrap().verify().unwrap().runs;
            assert!((1..=2).contains(&runs), "{} after {kill}", store.display());
            if runs == 1 && store != db {
                std::fs::remove_file(store).unwrap();
            }
        }
        assert!(db.exists());
    }
    // The run that the copy doesn't have is in one of them still.
    let has_both =
        |store: &PathBuf| Store::open_existing(store).unwrap().runs().unwrap().len() == 2;
    assert!(stores(&db).iter().any(has_both));
    succeed(&db, &["runs", "restore", copy.to_str().unwrap(), "--replace"]);
    assert!(succeed(&db, &["runs", "verify"]).contains("whole; runs: 1"));
}

#[test]
fn a_report_of_a_damaged_run_ends() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("reports").display().to_string();
    for (case, damage) in [
        "DELETE FROM use WHERE rowid_of_use",
        "DELETE FROM answer WHERE number = (SELECT max(number) FROM answer)",
        "UPDATE run SET inputs = replace(inputs, 'example', 'exbmple')",
    ]
    .into_iter()
    .enumerate()
    {
        let db = folder.path().join(format!("{case}.db"));
        succeed(&db, &["runs", "import", DEMO_RUN]);
        let hand = rusqlite::Connection::open(&db).unwrap();
        hand.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        let one = "(run, asker, answer) IN (SELECT run, asker, answer FROM use LIMIT 1 OFFSET 5)";
        hand.execute_batch(&damage.replace("rowid_of_use", one)).unwrap();
        drop(hand);
        for arguments in [
            &["report", "--out", &out, "--format", "html,markdown,json,csv,junit"][..],
            &["judge"],
            &["show", "so-a-vidu/im-lang"],
            &["runs", "verify"],
        ] {
            let said = fail(&db, arguments, 2);
            assert!(said.contains("damaged"), "{damage}: {said}");
        }
        assert!(!Path::new(&out).exists() || std::fs::read_dir(&out).unwrap().next().is_none());
    }
}

/// The pages of a store, and those of one of its trees.
struct Pages {
    octets: Vec<u8>,
    page_octets: usize,
    root: usize,
}

impl Pages {
    fn of(db: &Path, tree: &str) -> Self {
        let octets = std::fs::read(db).unwrap();
        let hand = rusqlite::Connection::open(db).unwrap();
        let page_octets: i64 =
            hand.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
        let root: i64 = hand.query_row(sql, [tree], |row| row.get(0)).unwrap();
        let [page_octets, root] =
            [page_octets, root].map(|number| usize::try_from(number).unwrap());
        Self { octets, page_octets, root }
    }

    fn page(&mut self, number: usize) -> &mut [u8] {
        &mut self.octets[(number - 1) * self.page_octets..number * self.page_octets]
    }

    /// Where the numbers of the pages below the root stand in it, and those numbers.
    fn children(&mut self) -> Vec<(usize, usize)> {
        let root = self.page(self.root);
        assert!(root[0] == 2, "the tree has one page");
        let number = |at: usize| usize::from(u16::from_be_bytes([root[at], root[at + 1]]));
        let child = |at: usize| u32::from_be_bytes(root[at..at + 4].try_into().unwrap()) as usize;
        let cells = (0..number(3)).map(|cell| number(12 + cell * 2));
        cells.map(|cell| (cell, child(cell))).collect()
    }
}

#[test]
fn a_tree_that_leads_astray_ends_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    let out = folder.path().join("reports").display().to_string();
    succeed(&db, &["runs", "import", DEMO_RUN]);
    // Two pages of the table of uses are found in each other's place: all rows are there, and those of a
    // service are not found.
    let mut pages = Pages::of(&db, "use");
    let children = pages.children();
    let [(one_place, one), .., (other_place, other)] = children[..] else { panic!("one page") };
    let root = pages.page(pages.root);
    root[one_place..one_place + 4].copy_from_slice(&u32::try_from(other).unwrap().to_be_bytes());
    root[other_place..other_place + 4].copy_from_slice(&u32::try_from(one).unwrap().to_be_bytes());
    std::fs::write(&db, pages.octets).unwrap();
    let said = fail(&db, &["report", "--out", &out, "--format", "html"], 2);
    assert!(said.contains("damaged") && said.contains("are found"), "{said}");
    let files = std::fs::read_dir(&out).map_or(0, Iterator::count);
    assert_eq!(files, 0, "half a report");
    fail(&db, &["runs", "verify"], 2);
}

#[test]
fn an_index_that_misses_an_observation_ends_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    let out = folder.path().join("reports").display().to_string();
    succeed(&db, &["runs", "import", DEMO_RUN]);
    // Every page below the root of the index of digests is emptied, as pages are whose sectors a disk gave
    // back as zeros; nothing else is touched.
    let mut pages = Pages::of(&db, "sqlite_autoindex_observation_1");
    for (_, child) in pages.children() {
        let (octets, page) = (pages.page_octets, pages.page(child));
        page[1..5].fill(0);
        page[5..7].copy_from_slice(&u16::try_from(octets).unwrap().to_be_bytes());
        page[7] = 0;
    }
    std::fs::write(&db, pages.octets).unwrap();
    let said = fail(&db, &["report", "--out", &out, "--format", "html"], 2);
    assert!(said.contains("damaged"), "{said}");
    let files = std::fs::read_dir(&out).map_or(0, Iterator::count);
    assert_eq!(files, 0, "half a report");
    fail(&db, &["runs", "verify"], 2);
}

#[test]
fn an_empty_store_is_not_called_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (db, copy) = (folder.path().join("t.db"), folder.path().join("empty.db"));
    drop(Store::open(&copy).unwrap());
    let said = succeed(&copy, &["runs", "verify"]);
    assert!(said.contains("no run is in it") && !said.contains("whole"), "{said}");
    succeed(&db, &["runs", "import", DEMO_RUN]);
    fail(&db, &["runs", "restore", copy.to_str().unwrap(), "--replace"], 2);
    std::fs::write(&copy, "").unwrap();
    for arguments in [&["runs"][..], &["runs", "verify"], &["report"]] {
        assert!(fail(&copy, arguments, 2).contains("empty"));
    }
    assert_eq!(v6ready(&db, &["runs", "verify"]).status.code(), Some(0));
}
