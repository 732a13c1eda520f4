//! A scan of N healthy dual-stack web services, beside a bare loop that makes the same connections,
//! handshakes and GETs, beside the scan's probers alone, and beside blackbox_exporter where it is
//! installed: `cargo bench --bench scan -- 1000 10000`. With `zone`, all services lie in one zone; with
//! `days=7`, seven scans follow one another, and then the store is looked after.
//!
//! Everything runs in a network namespace of its own (needs `ip` from iproute2, and root or user
//! namespaces). The servers are a process of their own, whose CPU time isn't counted. What is
//! printed: services per second, client CPU per service and per conversation, requests per service,
//! peak memory, the most questions that a zone's server got in any second, and the ratios to the bare loop
//! of the same run. Of what runs several times, by turns, the median counts.

#![allow(clippy::unwrap_used)]

mod bare;
mod blackbox;
mod probers;
mod servers;
mod upkeep;

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

/// The role of what is measured.
const OF_ROLE: &str = "V6READY_BENCH_OF_ROLE";

/// Connections that a healthy https service costs: 443 and 80 over both families.
const CONVERSATIONS: usize = 4;

/// How often everything runs, by turns; once where there are more services than this, and a run is long.
const REPEATS: usize = 3;
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
        Ok("measure") => measure(),
        _ => outside(&sizes),
    }
}

fn outside(sizes: &[usize]) {
    let mut unshare = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        unshare.arg("--map-root-user");
    }
    let said = |word: &str| std::env::args().any(|argument| argument == word);
    let zone = if said("zone") { *sizes.iter().max().unwrap() + 1 } else { servers::ZONE_SERVICES };
    let status = unshare
        .args(["--net", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(sizes.iter().map(ToString::to_string))
        .args(std::env::args().filter(|argument| days_of(argument).is_some()))
        .env(servers::ZONE, zone.to_string())
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
        if let Some(days) = std::env::args().find_map(|argument| days_of(&argument)) {
            upkeep::run(services, days, folder.path());
            continue;
        }
        let printed = folder.path().join("result.json");
        let repeats = if services > REPEATED_MAX { 1 } else { REPEATS };
        let mut scans = Vec::new();
        for _ in 0..repeats {
            let _ = std::fs::remove_file(folder.path().join(format!("{services}.db")));
            let scan = scan(services, folder.path());
            scans.push(folded(&scan, File::create(&printed).unwrap().into()));
        }
        let asked = Asked::of(&folder.path().join(format!("{services}.db")));
        let same = ["dns udp", "hello", "connect"].map(|kind| asked.number(kind));
        let same = [services, same[0], same[1], same[2]].map(|number| number.to_string());
        let mut loops: [Vec<Measured>; 2] = Default::default();
        let mut exporter = Vec::new();
        for _ in 0..repeats {
            for (name, of) in ["bare", "probers"].into_iter().zip(&mut loops) {
                of.push(folded(&role(name, &same, folder.path()), Stdio::null()));
            }
            exporter.extend(blackbox_exporter(services, folder.path()));
        }
        let [bare, probers] = loops.map(median);
        let scan = median(scans);
        let printed = BufReader::new(File::open(&printed).unwrap());
        let printed = serde_json::from_reader(printed).unwrap();
        print(services, [&bare, &probers, &scan], &printed, &asked);
        if exporter.is_empty() {
            println!("  blackbox_exporter is not installed");
        } else {
            let exporter = median(exporter);
            println!(
                "  blackbox_exporter, {} probes a service: {:.0} services/s, CPU {:.0} µs a service, \
                 {:.2}× that of the probers, {:.2}× that of the whole scan",
                blackbox::PROBES,
                services as f64 / exporter.wall.as_secs_f64(),
                exporter.cpu.as_secs_f64() * 1e6 / services as f64,
                exporter.cpu.as_secs_f64() / probers.cpu.as_secs_f64(),
                exporter.cpu.as_secs_f64() / scan.cpu.as_secs_f64(),
            );
        }
        if let Ok(most) = std::fs::read_to_string(folder.path().join(servers::MOST)) {
            println!("  a zone's server got at most {} questions in a second", most.trim());
        }
    }
    serving.kill().unwrap();
    serving.wait().unwrap();
}

/// The scans that an argument wants to follow one another.
fn days_of(argument: &str) -> Option<usize> {
    argument.strip_prefix("days=")?.parse().ok()
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
  - {prefix: \"198.18.0.0/15\", name: Bench, testbed: true}
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
        .args(["scan", "--timings", "--format", "json"])
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

/// What a command took.
#[derive(Deserialize, serde::Serialize)]
struct Measured {
    wall: Duration,
    cpu: Duration,
    peak_kib: i64,
}

/// The one of which as many are cheaper as dearer.
fn median(mut all: Vec<Measured>) -> Measured {
    all.sort_by_key(|one| one.cpu);
    all.swap_remove(all.len() / 2)
}

/// Runs a command as the only child of a process, whose peak memory is then known apart.
fn folded(command: &Command, stdout: Stdio) -> Measured {
    let result = tempfile::NamedTempFile::new().unwrap();
    let mut measuring = Command::new(std::env::current_exe().unwrap());
    measuring.arg(result.path()).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        let name = if name == ROLE { OF_ROLE } else { name.to_str().unwrap() };
        measuring.env(name, value.unwrap());
    }
    let status = measuring.env(ROLE, "measure").stdin(Stdio::null()).stdout(stdout).status();
    assert!(status.unwrap().success(), "{command:?}");
    serde_json::from_reader(File::open(result.path()).unwrap()).unwrap()
}

/// The other side of [`folded`].
fn measure() {
    let mut words = std::env::args_os().skip(1);
    let result = words.next().unwrap();
    let mut command = Command::new(words.next().unwrap());
    command.args(words).env_remove(ROLE);
    if let Some(role) = std::env::var_os(OF_ROLE) {
        command.env(ROLE, role).env_remove(OF_ROLE);
    }
    let measured = measured(|| assert!(command.status().unwrap().success(), "{command:?}"));
    serde_json::to_writer(File::create(result).unwrap(), &measured).unwrap();
}

/// blackbox_exporter's probes of every service, where it is installed.
fn blackbox_exporter(services: usize, folder: &Path) -> Option<Measured> {
    let mut exporter = blackbox::start(folder)?;
    let mut failed = 0;
    let measured = measured(|| {
        failed = blackbox::probe(services);
        exporter.kill().unwrap();
        exporter.wait().unwrap();
    });
    assert_eq!(failed, 0, "of {} probes", services * blackbox::PROBES);
    Some(measured)
}

/// Says what the children took that end meanwhile.
fn measured(run: impl FnOnce()) -> Measured {
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
    run();
    let wall = began.elapsed();
    Measured {
        wall,
        cpu: cpu() - cpu_before,
        // Of the largest child so far.
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
