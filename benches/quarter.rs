//! A quarter's report out of a year of daily runs.
//!
//! `cargo bench --bench quarter` takes the run of `tests/data/lab-run.v6ready`, makes 365 of it, one for each day
//! of 2026, and prints how long the report takes in each form. All runs show the same, which makes judging
//! no cheaper: nothing is remembered from one run to the next.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rusqlite::{Connection, params};

/// Runs of the year.
const RUNS: i64 = 365;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("year.db");
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/lab-run.v6ready");
    let program = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
        command.arg("--db").arg(&db).args(arguments);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    program(&["runs", "import", run.to_str().unwrap()]);
    let services = a_year(&db);
    println!("{RUNS} runs of {services} services");
    for format in ["html", "markdown", "json", "xlsx", "pdf"] {
        let began = Instant::now();
        let out = folder.path().join(format);
        program(&[
            "report",
            "--quarter",
            "2026Q4",
            "--as-of",
            "2026-12-31",
            "--format",
            format,
            "--out",
            out.to_str().unwrap(),
        ]);
        println!("{format}: {:.2} s", began.elapsed().as_secs_f64());
    }
}

/// Copies the one run to each day of the year before its own last moment; returns its services.
fn a_year(db: &Path) -> i64 {
    let mut store = Connection::open(db).unwrap();
    let (number, run, inputs): (i64, String, String) = store
        .query_row("SELECT number, run, inputs FROM run", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    // The copied run's rows are named by nobody when they go, and looking for that takes long.
    store.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let transaction = store.transaction().unwrap();
    for day in 1..=RUNS {
        // The first of January at 19:15 UTC, and so many days later.
        let started = format!("date('2026-01-01', '+{} days')", day - 1);
        let copy = format!(
            "INSERT INTO run (id, started_at, run, inputs)
             SELECT strftime('%Y%m%d', {started}) || 'T191500Z-year',
                    unixepoch({started}, '+19 hours', '+15 minutes') * 1000000,
                    json_set(?1, '$.id', strftime('%Y%m%d', {started}) || 'T191500Z-year',
                             '$.started_at', {started} || 'T19:15:00Z',
                             '$.finished_at', {started} || 'T19:25:00Z'), ?2"
        );
        transaction.execute(&copy, params![run, inputs]).unwrap();
        let its = transaction.last_insert_rowid();
        transaction
            .execute(
                "INSERT INTO answer (run, request, observation)
                 SELECT ?1, request, observation FROM answer WHERE run = ?2",
                params![its, number],
            )
            .unwrap();
        transaction
            .execute(
                "INSERT INTO use (run, asker, answer)
                 SELECT ?1, use.asker, copy.number FROM use
                 JOIN answer ON answer.number = use.answer
                 JOIN answer copy ON copy.run = ?1 AND copy.request = answer.request
                 WHERE use.run = ?2",
                params![its, number],
            )
            .unwrap();
    }
    // The run that was copied has an end of its own; only the copies are to be in the year.
    for sql in [
        "DELETE FROM use WHERE run = ?1",
        "DELETE FROM answer WHERE run = ?1",
        "DELETE FROM run WHERE number = ?1",
    ] {
        transaction.execute(sql, [number]).unwrap();
    }
    let services = transaction
        .query_row("SELECT count(DISTINCT asker) FROM use WHERE asker != ''", [], |row| row.get(0))
        .unwrap();
    transaction.commit().unwrap();
    services
}
