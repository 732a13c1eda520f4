//! What a store takes of so many services over a week in which nothing changes, and what its upkeep
//! takes: time and memory of `runs verify`, `diff`, `report --quarter` and `runs prune`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Measured, folded, scan};

/// Runs until a store is looked after.
pub struct Week {
    pub runs: usize,
}

/// Scans so often and prints what the store takes, then looks after it.
pub fn run(services: usize, week: &Week, folder: &Path) {
    let db = folder.join(format!("{services}.db"));
    let size = || std::fs::metadata(&db).unwrap().len() as f64;
    println!("{services} services, {} runs one after another", week.runs);
    let mut before = 0.0;
    for run in 1..=week.runs {
        let measured = folded(&scan(services, folder), Stdio::null());
        let grown = (size() - before) / services as f64;
        before = size();
        println!("  run {run}: {}, {grown:.0} octets a service more in the store", told(&measured));
    }
    let runs = ids(&db);
    let quarter = "2026Q4";
    let out = folder.join("report");
    let (first, last) = (&runs[0], &runs[runs.len() - 1]);
    let out = out.to_str().unwrap();
    let commands: [&[&str]; 5] = [
        &["runs", "verify"],
        &["diff", last, first],
        &["report", "--format", "csv", "--out", out],
        &["report", "--quarter", quarter, "--format", "csv", "--out", out],
        &["runs", "prune", "--keep-last", "3"],
    ];
    for words in commands {
        let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
        command.arg("--quiet").arg("--db").arg(&db).args(words);
        let words: Vec<&str> = words.iter().take_while(|word| **word != "--out").copied().collect();
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
