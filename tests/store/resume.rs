//! Which run a scan goes on with, and that it can be gone on with later when IPv6 is away.

use crate::program::{UNREACHABLE, fail, interrupted_run, succeed};

#[test]
fn a_run_stays_resumable_while_ipv6_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    for _ in 0..2 {
        let said = fail(&db, &["scan", "--resume"], 3);
        assert!(said.contains("20261124T000000Z-aaaa stays as it was"), "{said}");
        assert!(succeed(&db, &["runs"]).contains("interrupted or under way"));
    }
}

#[test]
fn a_run_is_resumed_for_the_inventory_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let db = folder.path().join("t.db");
    interrupted_run(&db, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    std::fs::write(path("a.yaml"), UNREACHABLE).unwrap();
    std::fs::write(path("b.yaml"), UNREACHABLE).unwrap();
    let said = fail(&db, &["scan", &path("b.yaml"), "--resume"], 2);
    assert!(said.contains("20261124T000000Z-aaaa, is of `a.yaml`"), "{said}");
    let said = fail(&db, &["scan", &path("b.yaml"), "--resume", "20261124"], 2);
    assert!(said.contains("is of `a.yaml`, not of"), "{said}");
    let said = fail(&db, &["scan", "--resume", "b.yaml"], 2);
    assert!(said.contains("v6ready scan b.yaml --resume"), "{said}");
    // Its own goes on, and ends because there is no IPv6 here.
    fail(&db, &["scan", &path("a.yaml"), "--resume"], 3);
    fail(&db, &["scan", "--resume", "20261124"], 3);
}

#[test]
fn an_imported_run_is_resumed_only_where_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (from, db) = (folder.path().join("from.db"), folder.path().join("t.db"));
    let file = folder.path().join("run.v6ready").display().to_string();
    interrupted_run(&from, "20261124T000000Z-aaaa", "a.yaml", UNREACHABLE);
    succeed(&from, &["runs", "export", "20261124", &file]);
    succeed(&db, &["runs", "import", &file]);
    let said = fail(&db, &["scan", "--resume"], 2);
    assert!(said.contains("20261124T000000Z-aaaa was imported"), "{said}");
    let said = fail(&db, &["scan", "--resume", "20261124"], 3);
    assert!(said.contains("was imported; it goes on by"), "{said}");
}
