//! Reading, refusing and adding to large inventories: `cargo bench --bench inventory -- 100000`.
//!
//! The real program runs on made-up inventories of N services, each time below a process of its own,
//! so that its peak memory is its own too. The aim is 100,000 services read in 2 s and 300 MiB.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

const ROLE: &str = "V6READY_BENCH_ROLE";

/// Services of one organisation.
const SERVICES_EACH: usize = 100;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if std::env::var(ROLE).is_ok() {
        return measure(&arguments);
    }
    let sizes = arguments.iter().filter_map(|argument| argument.parse().ok());
    let mut sizes: Vec<usize> = sizes.collect();
    if sizes.is_empty() {
        sizes.push(100_000);
    }
    let folder = tempfile::tempdir().unwrap();
    for services in sizes {
        println!("{services} services");
        let good = folder.path().join("good.yaml");
        let bad = folder.path().join("bad.yaml");
        let small = folder.path().join("small.yaml");
        let table = folder.path().join("table.csv");
        let offices = folder.path().join("offices.csv");
        std::fs::write(&good, inventory(services, good_service)).unwrap();
        std::fs::write(&bad, inventory(services, bad_service)).unwrap();
        std::fs::write(&small, inventory(1, good_service)).unwrap();
        std::fs::write(&table, rows(services, SERVICES_EACH)).unwrap();
        std::fs::write(&offices, rows(services / 5, 1)).unwrap();
        run("a good inventory", "0", &["validate"], &[&good]);
        run("faults in each service", "2", &["validate"], &[&bad]);
        run("a table into a small inventory", "0", &["import", "--into"], &[&small, &table]);
        run("a table into the large one", "0", &["import", "--into"], &[&good, &table]);
        run("the same table again", "0", &["import", "--into"], &[&good, &table]);
        run("an organisation in each row", "0", &["import", "--into"], &[&good, &offices]);
    }
}

fn inventory(services: usize, service: fn(usize) -> String) -> String {
    let mut text = "version: 1\norganisations:\n".to_owned();
    for number in 0..services {
        if number % SERVICES_EACH == 0 {
            let organisation = number / SERVICES_EACH;
            writeln!(text, "  - id: o{organisation}\n    name: Cơ quan {organisation}").unwrap();
            text.push_str("    services:\n");
        }
        writeln!(text, "      - {}", service(number)).unwrap();
    }
    text
}

fn good_service(number: usize) -> String {
    format!(
        "{{id: s{number}, name: \"Cổng thông tin {number}\", category: portal, \
         web: \"https://s{number}.example/\", security_level: 3, target: {{stage: 3, by: 2026-12-31}}}}"
    )
}

fn bad_service(number: usize) -> String {
    format!("{{id: S {number}, nmae: x, category: portl, web: \"s{number} .example/\"}}")
}

fn rows(rows: usize, services_each: usize) -> String {
    let mut text = "organisation,name,web\n".to_owned();
    for number in 0..rows {
        let organisation = number / services_each;
        // Those of the inventory are `o0`, `o1` …; names alone are new organisations.
        let (name, host) = if services_each == 1 { ("Sở mới ", "m") } else { ("o", "n") };
        writeln!(text, "{name}{organisation},Cổng,{host}{number}.example").unwrap();
    }
    text
}

/// Has a fresh process measure the program.
fn run(what: &str, code: &str, words: &[&str], files: &[&Path]) {
    print!("  {what}: ");
    std::io::Write::flush(&mut std::io::stdout()).unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .arg(code)
        .arg("inventory")
        .args(words)
        .args(files)
        .env(ROLE, "measure")
        .status()
        .unwrap();
    assert!(status.success());
}

/// Runs the program with all arguments but the first, which is the exit code that it should have.
fn measure(arguments: &[String]) {
    let began = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .args(&arguments[1..])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let wall = began.elapsed();
    assert_eq!(status.code(), arguments[0].parse().ok());
    let peak_kib = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    println!("{:.2} s, {:.0} MiB at most", wall.as_secs_f64(), peak_kib as f64 / 1024.0);
}
