//! What a store takes of so many services over days in which nothing changes, and what its upkeep
//! takes: time and memory of `runs verify`, `diff`, `report` and `runs prune`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Measured, folded, scan};

/// Scans on so many days and prints what the store takes, then looks after it.
pub fn run(services: usize, days: usize, folder: &Path) {
    let db = folder.join(format!("{services}.db"));
    let size = || std::fs::metadata(&db).unwrap().len() as f64;
    println!("{services} services, {days} runs one after another");
    let mut before = 0.0;
    for run in 1..=days {
        let measured = folded(&scan(services, folder), Stdio::null());
        let grown = (size() - before) / services as f64;
        before = size();
        println!("  run {run}: {}, {grown:.0} octets a service more in the store", told(&measured));
    }
    let runs = ids(&db);
    let quarter = "2026Q4";
    let (first, last) = (&runs[0], &runs[runs.len() - 1]);
    let commands: [&[&str]; 7] = [
        &["runs", "verify"],
        &["diff", last, first],
        &["report", "--format", "html"],
        &["report", "--format", "ndjson"],
        &["report", "--format", "csv"],
        &["report", "--quarter", quarter, "--format", "csv"],
        &["runs", "prune", "--keep-last", "3"],
    ];
    for words in commands {
        if words[0] == "diff" && runs.len() < 2 {
            continue;
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
        command.arg("--quiet").arg("--db").arg(&db).args(words);
        if words[0] == "report" {
            command.arg("--out").arg(folder.join(words.join("-")));
        }
        println!("  {}: {}", words.join(" "), told(&folded(&command, Stdio::null())));
    }
    println!("  store: {:.0} octets a service", size() / services as f64);
}

fn told(measured: &Measured) -> String {
    format!(
        "{:.1} s, {:.1} s of CPU, {:.0} MiB",
        measured.wall.as_secs_f64(),
        measured.cpu.as_secs_f64(),
        measured.peak_kib as f64 / 1024.0
    )
}

/// The store's runs, the newest first.
fn ids(db: &Path) -> Vec<String> {
    let store = rusqlite::Connection::open(db).unwrap();
    let mut ids = store.prepare("SELECT id FROM run ORDER BY started_at DESC").unwrap();
    ids.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
