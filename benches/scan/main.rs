//! A scan of N healthy dual-stack web services, beside a bare loop that makes the same connections,
//! handshakes and GETs, and beside the scan's probers alone: `cargo bench --bench scan -- 1000 10000`.
//!
//! Everything runs in a network namespace of its own (needs `ip` from iproute2, and root or user
//! namespaces). The servers are a process of their own, whose CPU time isn't counted. What is
//! printed: services per second, client CPU per service and per conversation, requests per service,
//! peak memory, and the ratios to the bare loop of the same run.

#![allow(clippy::unwrap_used)]

mod bare;
mod probers;
mod servers;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use serde::Deserialize;

const ROLE: &str = "V6READY_BENCH_ROLE";

/// Connections that a healthy https service costs: 443 and 80 over both families.
const CONVERSATIONS: usize = 4;

/// How often the bare loop and the probers run, by turns: other work on the machine can only make them
/// dearer, so the cheapest run of each counts. Not of sizes beyond this, where a run is long.
const REPEATS: usize = 5;
const REPEATED_MAX: usize = 2000;

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1000] } else { sizes };
    match std::env::var(ROLE).as_deref() {
        Ok("inside") => inside(&sizes),
        Ok("servers") => servers::run(sizes[0], Path::new(&std::env::args().next_back().unwrap())),
        Ok("bare") => {
            let folder = std::env::args().next_back().unwrap();
            bare::run(sizes[0], [sizes[1], sizes[2], sizes[3]], Path::new(&folder));
        }
        Ok("probers") => probers::run(sizes[0], [sizes[1], sizes[2], sizes[3]]),
        _ => outside(&sizes),
    }
}

fn outside(sizes: &[usize]) {
    let mut unshare = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        unshare.arg("--map-root-user");
    }
    let status = unshare
        .args(["--net", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(sizes.iter().map(ToString::to_string))
        .env(ROLE, "inside")
        .status()
        .unwrap();
    assert!(status.success());
}

fn inside(sizes: &[usize]) {
    std::fs::write("/proc/sys/net/ipv6/ip_nonlocal_bind", "1").unwrap();
    for arguments in [
        "link set lo up",
        "-6 route add local 2001:db8::/32 dev lo",
        "-4 route add local 192.0.2.0/24 dev lo",
        "-4 route add local 198.18.0.0/15 dev lo",
    ] {
        assert!(Command::new("ip").args(arguments.split(' ')).status().unwrap().success());
    }
    let folder = tempfile::tempdir().unwrap();
    let largest = sizes.iter().max().unwrap().to_string();
    let mut serving = role("servers", &[largest], folder.path()).spawn().unwrap();
    let began = Instant::now();
    while std::net::TcpStream::connect("[2001:db8:53::53]:53").is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "the servers do not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    for &services in sizes {
        let printed = folder.path().join("result.json");
        let scan = measured(scan(services, folder.path()).stdout(File::create(&printed).unwrap()));
        let asked = Asked::of(&folder.path().join(format!("{services}.db")));
        let same = ["dns udp", "hello", "connect"].map(|kind| asked.number(kind));
        let same = [services, same[0], same[1], same[2]].map(|number| number.to_string());
        let mut loops: [Vec<Measured>; 2] = Default::default();
        for _ in 0..if services > REPEATED_MAX { 1 } else { REPEATS } {
            for (name, of) in ["bare", "probers"].into_iter().zip(&mut loops) {
                of.push(measured(&mut role(name, &same, folder.path())));
            }
        }
        let least = |all: Vec<Measured>| all.into_iter().min_by_key(|one| one.cpu).unwrap();
        let [bare, probers] = loops.map(least);
        let printed = BufReader::new(File::open(&printed).unwrap());
        let printed = serde_json::from_reader(printed).unwrap();
        print(services, [&bare, &probers, &scan], &printed, &asked);
    }
    serving.kill().unwrap();
    serving.wait().unwrap();
}

fn role(role: &str, arguments: &[String], folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments).arg(folder).env(ROLE, role).stdin(Stdio::null());
    command
}

/// The real program on an inventory of N services.
fn scan(services: usize, folder: &Path) -> Command {
    let mut text = "version: 1
title: Bench
lang: en
settings:
  resolvers: [\"[2001:db8:53::53]:53\"]
  control_targets: [\"[2001:db8:53::53]:53\", \"[2001:db8:53::54]:53\"]
  root_hints: root.hints
  extra_ca: [ca.pem]
networks:
  - {prefix: \"2001:db8::/32\", name: Bench, testbed: true}
  - {prefix: \"198.18.0.0/15\", name: Bench, internal: true}
organisations:
  - id: o
    services:
"
    .to_owned();
    for number in 1..=services {
        let host = servers::host(number);
        writeln!(text, "      - {{id: s{number}, category: portal, web: \"https://{host}/\"}}")
            .unwrap();
    }
    let inventory = folder.join(format!("{services}.yaml"));
    std::fs::write(&inventory, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
    command
        .arg("--quiet")
        .arg("--db")
        .arg(folder.join(format!("{services}.db")))
        .args(["scan", "--format", "json"])
        .arg(inventory);
    command
}

/// What the printed result says of the whole run. The rest isn't kept: a child's peak memory is never
/// less than what its parent had when it began.
#[derive(Deserialize)]
struct Printed {
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    services: usize,
    stages: BTreeMap<String, usize>,
}

struct Measured {
    wall: Duration,
    cpu: Duration,
    peak_kib: i64,
}

/// Runs a child and says what it alone took.
fn measured(command: &mut Command) -> Measured {
    let cpu = || {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
        let part = |time: nix::sys::time::TimeVal| {
            Duration::from_micros(
                u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).unwrap(),
            )
        };
        part(usage.user_time()) + part(usage.system_time())
    };
    let (cpu_before, began) = (cpu(), Instant::now());
    let status = command.status().unwrap();
    let wall = began.elapsed();
    assert!(status.success(), "{command:?}");
    Measured {
        wall,
        cpu: cpu() - cpu_before,
        // Of the largest child so far; the scan is the largest.
        peak_kib: getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss(),
    }
}

/// How many requests of each kind a scan made.
#[derive(Default)]
struct Asked(BTreeMap<&'static str, usize>);

impl Asked {
    fn of(store: &Path) -> Self {
        let store = rusqlite::Connection::open(store).unwrap();
        let mut all = store.prepare("SELECT request FROM answer").unwrap();
        let mut asked = Self::default();
        for key in all.query_map([], |row| row.get::<_, String>(0)).unwrap() {
            *asked.0.entry(kind(&key.unwrap())).or_default() += 1;
        }
        asked
    }

    fn number(&self, kind: &str) -> usize {
        self.0.get(kind).copied().unwrap_or_default()
    }

    fn all(&self) -> usize {
        self.0.values().sum()
    }
}

/// The kind of a request, by its key.
fn kind(key: &str) -> &'static str {
    let known = ["dns udp", "dns tcp", "echo", "route", "hello", "quic", "origin"];
    match known.into_iter().find(|kind| key.starts_with(kind)) {
        Some(kind) => kind,
        None if key.contains(" GET ") => "get",
        None if key.starts_with("tcp ") => "connect",
        None => "other",
    }
}

fn print(services: usize, [bare, probers, scan]: [&Measured; 3], printed: &Printed, asked: &Asked) {
    let summary = &printed.summary;
    assert_eq!(summary.services, services);
    let per = |time: Duration, parts: usize| time.as_secs_f64() * 1e6 / parts as f64;
    let conversations = services * CONVERSATIONS;
    println!("{services} services, by stage: {:?}", summary.stages);
    println!(
        "  scan: {:.0} services/s, client CPU {:.0} µs a service, {:.0} µs a conversation, \
         {:.1} requests a service, peak memory {:.0} MiB",
        services as f64 / scan.wall.as_secs_f64(),
        per(scan.cpu, services),
        per(scan.cpu, conversations),
        asked.all() as f64 / services as f64,
        scan.peak_kib as f64 / 1024.0,
    );
    let kinds = asked
        .0
        .iter()
        .map(|(kind, number)| format!("{kind} {:.1}", *number as f64 / services as f64));
    println!("  requests a service: {}", kinds.collect::<Vec<_>>().join(", "));
    for (name, measured) in [("bare", bare), ("probers", probers)] {
        println!(
            "  {name}: {:.0} services/s, client CPU {:.0} µs a service, {:.0} µs a conversation",
            services as f64 / measured.wall.as_secs_f64(),
            per(measured.cpu, services),
            per(measured.cpu, conversations),
        );
    }
    println!(
        "  ratio: {:.2}× the bare loop's CPU, of which the probers {:.2}×",
        scan.cpu.as_secs_f64() / bare.cpu.as_secs_f64(),
        probers.cpu.as_secs_f64() / bare.cpu.as_secs_f64(),
    );
}
