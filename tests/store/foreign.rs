//! Run files of others: ids that are paths, control codes, and who vouches for a file.

use std::path::Path;

use crate::program::{DEMO_RUN, fail, lines, succeed, v6ready, write_run_file};

/// Everything below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

fn id_of_demo_run() -> String {
    let lines = lines(DEMO_RUN);
    let head: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    head["run"]["run"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn no_run_file_chooses_where_a_report_goes() {
    let folder = tempfile::tempdir().unwrap();
    let (db, file) = (folder.path().join("a/b/t.db"), folder.path().join("evil.v6ready"));
    let out = folder.path().join("a/b/reports");
    std::fs::create_dir_all(&out).unwrap();
    let id = id_of_demo_run();
    let escaped = folder.path().join("escaped").display().to_string();
    for evil in ["../../escaped", &escaped] {
        write_run_file(&lines(DEMO_RUN).replace(&id, evil), &file);
        let error = fail(&db, &["runs", "import", file.to_str().unwrap()], 2);
        assert!(error.contains("no run has such an id"), "{error}");
        // As it stands in the store of somebody who imported it with an earlier version.
        succeed(&db, &["runs", "import", DEMO_RUN]);
        let hand = rusqlite::Connection::open(&db).unwrap();
        let changed = "UPDATE run SET id = ?1, run = json_set(run, '$.id', ?1)";
        hand.execute(changed, [evil]).unwrap();
        drop(hand);
        let report = v6ready(&db, &["report", "--out", out.to_str().unwrap()]);
        assert_eq!(report.status.code(), Some(2));
        assert!(files(folder.path()).iter().all(|file| !file.contains("escaped")));
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", db.display()));
        }
        let _ = std::fs::remove_file(format!("{}.lock", db.display()));
    }
}

#[test]
fn no_control_code_of_a_run_file_reaches_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let (db, file) = (folder.path().join("t.db"), folder.path().join("evil.v6ready"));
    let demo = lines(DEMO_RUN);
    let (head, rest) = demo.split_once('\n').unwrap();
    let mut head: serde_json::Value = serde_json::from_str(head).unwrap();
    let evil = "x\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}1m\r\u{8}\u{7f}";
    head["run"]["run"]["vantage"]["name"] = evil.into();
    head["run"]["run"]["vantage"]["resolver"] = evil.into();
    head["run"]["run"]["version"] = evil.into();
    head["run"]["inputs"]["inventory_file"] = evil.into();
    head["run"]["inputs"]["inventory_id"] = evil.into();
    head["run"]["inputs"]["policy_name"] = evil.into();
    write_run_file(&format!("{head}\n{rest}"), &file);
    succeed(&db, &["runs", "import", file.to_str().unwrap()]);
    let service = "so-a-vidu/im-lang";
    for arguments in [
        &["runs"][..],
        &["runs", "--format", "json"],
        &["runs", "prune", "--keep-last", "0", "--dry-run"],
        &["judge"],
        &["judge", "--format", "json"],
        &["show", service],
        &["show", service, "--history"],
        &["diff"],
        &["scan", "--resume"],
        &["scan", "--resume", evil],
        &["report", "--run", evil],
        &["runs", "export", evil, "-"],
        &["runs", "verify"],
        &["inventory", "suggest"],
    ] {
        let output = v6ready(&db, arguments);
        for printed in [output.stdout, output.stderr] {
            let printed = String::from_utf8(printed).unwrap();
            let hostile = printed.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
            assert_eq!(hostile, None, "{arguments:?}: {printed:?}");
        }
    }
}

#[test]
fn a_run_file_is_signed_or_says_that_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (db, other) = (folder.path().join("t.db"), folder.path().join("other.db"));
    let (file, key, public) = (path("run.v6ready"), path("key"), path("key.pub"));
    let unsigned = v6ready(&db, &["runs", "import", DEMO_RUN]);
    let said = String::from_utf8(unsigned.stderr).unwrap();
    let digest = v6ready::model::Digest::of(&std::fs::read(DEMO_RUN).unwrap()).hex();
    assert!(said.contains(&format!("SHA-256 {digest}, unsigned")), "{said}");
    assert!(succeed(&db, &["runs"]).contains("imported, unsigned"));

    succeed(&db, &["runs", "keygen", &key, "--name", "Sở A"]);
    fail(&db, &["runs", "keygen", &key], 2);
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    succeed(&db, &["runs", "keygen", &path("foreign")]);
    let id = id_of_demo_run();
    let export = v6ready(&db, &["runs", "export", &id, &file, "--sign", &key]);
    let said = String::from_utf8(export.stderr).unwrap();
    let digest = v6ready::model::Digest::of(&std::fs::read(&file).unwrap()).hex();
    assert!(said.contains(&format!("SHA-256 {digest}, signed by ed25519 ")), "{said}");
    for (import, code) in [
        (&["runs", "import", DEMO_RUN, "--trusted", &public][..], 2),
        (&["runs", "import", &file, "--trusted", &path("foreign.pub")], 2),
        (&["runs", "import", &file, "--trusted", &key], 2),
        (&["runs", "import", &file, "--trusted", &public], 0),
    ] {
        let output = v6ready(&other, import);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
    let runs: serde_json::Value =
        serde_json::from_str(&succeed(&other, &["runs", "--format", "json"])).unwrap();
    assert_eq!(runs[0]["imported"]["signer"]["name"], "Sở A");
    assert!(runs[0]["imported"]["file"].as_str().unwrap().ends_with(&digest));
}
