//! `v6ready check`, which has no inventory: the system's resolver, the built-in root hints, and no
//! address but global ones. So the root servers' own addresses are local here, and those of the
//! AS112 project (RFC 7534, RFC 7535), which are global and belong to no operator in particular.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use v6ready::evidence::dns::delegation::hints;

use super::faults::{Fault, Zone};
use super::peers::{Knot, Peer, Unbound};
use super::responder::Responder;
use super::scan::{self, ExpectedFailures};
use super::zones::{ROOT_AT, ROOT_ZONE, TLD_AT, tld_zone};
use crate::namespace;

/// The port of the host that all zones have.
const HOST_PORT: u16 = 80;

/// Where the TLD's servers are.
const TLD_MOVED_TO: [&str; 4] =
    ["2620:4f:8000::1", "2001:4:112::1", "192.175.48.1", "192.31.196.1"];

/// What the addresses of each zone's two servers begin with.
const SERVERS: [[&str; 2]; 2] =
    [["2620:4f:8000::", "192.175.48."], ["2001:4:112::", "192.31.196."]];

/// Each zone's label, its fault, its stage, and what fails.
const ZONES: [(&str, Fault, Option<u64>, ExpectedFailures); 3] = [
    ("lanh", Fault::None, Some(4), &[]),
    ("tuchoi", Fault::SecondRefuses, Some(1), &[("dns-ns-ipv6-answers", "refuses")]),
    (
        "nguoc",
        Fault::UpwardReferral,
        Some(1),
        &[
            ("dns-ipv6-only-resolution", "servers-unusable"),
            ("dns-ns-ipv4-answers", "lame"),
            ("dns-ns-ipv6-answers", "lame"),
        ],
    ),
];

/// The built-in root servers: name, record type and address.
fn root_servers() -> Vec<[&'static str; 3]> {
    let lines = hints::BUILT_IN.lines().filter(|line| !line.starts_with(';'));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            [fields[0], fields[2], fields[3]]
        })
        .collect()
}

/// The addresses of the first two root servers, as [`ROOT_AT`] has them.
fn root_moved_to(root_servers: &[[&'static str; 3]]) -> [&'static str; 4] {
    let [a4, a6, b4, b6] = [0, 1, 2, 3].map(|at| root_servers[at][2]);
    [a6, b6, a4, b4]
}

/// A zone's text with every address of some servers replaced.
fn moved(text: &str, pairs: &[([&str; 4], [&str; 4])]) -> String {
    let mut text = text.to_owned();
    for (from, to) in pairs {
        for (from, to) in from.iter().zip(to) {
            text = text.replace(&format!(" {from}\n"), &format!(" {to}\n"));
        }
    }
    text
}

/// Makes further addresses local, and this the system's resolver.
fn set_up(folder: &Path, root_servers: &[[&'static str; 3]]) {
    let of_as112 = ["2620:4f:8000::/48", "2001:4:112::/48", "192.175.48.0/24", "192.31.196.0/24"];
    let of_root = root_servers.iter().map(|server| server[2]);
    for prefix in of_as112.into_iter().chain(of_root) {
        namespace::run_ip(&format!("route add local {prefix} dev lo"));
    }
    let resolvers = folder.join("resolv.conf");
    fs::write(&resolvers, "nameserver 2001:db8:53::53\nnameserver 192.0.2.53\n").unwrap();
    let mount = Command::new(namespace::program_path("mount").unwrap())
        .args(["--bind", &resolvers.display().to_string(), "/etc/resolv.conf"])
        .status();
    assert!(mount.unwrap().success(), "the system's resolver can't be replaced");
}

/// Runs `v6ready check`; its exit code and what it printed.
fn check(folder: &Path, arguments: &[&str]) -> (i32, Output) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
    command.arg("--quiet").arg("--db").arg(folder.join("run.db")).arg("check").args(arguments);
    let output = command.output().unwrap();
    (output.status.code().unwrap(), output)
}

#[test]
fn a_zone_is_checked_from_the_built_in_root_servers_down() {
    if !namespace::enter_with(
        &["knotd", "unbound", "ip", "mount"],
        module_path!(),
        "a_zone_is_checked_from_the_built_in_root_servers_down",
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let root_servers = root_servers();
    assert_eq!(root_servers.len(), 26);
    set_up(folder, &root_servers);
    // Nothing may leave: there is no other interface to leave by.
    assert_eq!(namespace::run_ip("-o link").lines().count(), 1, "{}", namespace::run_ip("-o link"));

    let (code, output) = check(folder, &["zone:-lanh..example"]);
    assert_eq!(code, 2, "{output:?}");
    let (code, output) = check(folder, &["zone:lanh.example", "--policy", "khongco"]);
    assert_eq!(code, 2, "{output:?}");
    // No root server and no resolver answers yet.
    inconclusive(folder);

    let zones: Vec<Zone> = ZONES
        .iter()
        .zip(11..)
        .map(|((label, fault, ..), number)| {
            Zone::new(&format!("{label}.example"), *fault, SERVERS, number)
        })
        .collect();
    let delegations: String = zones.iter().map(Zone::delegation).collect();
    let pairs = [(ROOT_AT, root_moved_to(&root_servers)), (TLD_AT, TLD_MOVED_TO)];
    let root_at: Vec<&str> = root_servers.iter().map(|server| server[2]).rev().collect();
    let root_zone = moved(ROOT_ZONE, &pairs);
    let tld = moved(&tld_zone(&delegations), &pairs);
    let mut peers = vec![
        Knot::start(folder, "root", &root_at, &[(".", root_zone)]),
        Knot::start(folder, "tld", &TLD_MOVED_TO, &[("example", tld)]),
    ];
    let _responder = Responder::start(&zones, HOST_PORT);
    // IPv6 works, and there still is no resolver.
    inconclusive(folder);

    let mut root = String::new();
    for [name, record_type, address] in &root_servers {
        root.push_str(&format!(". 300 NS {name}\n{name} 300 {record_type} {address}\n"));
    }
    peers.push(Unbound::start_from(folder, &root, "iterator", ""));
    let targets = ZONES.map(|(label, ..)| format!("zone:{label}.example"));
    let [healthy, refusing, lame] = targets.each_ref().map(String::as_str);
    // A scan that found faults is a scan that succeeded: only a gate makes a fault an exit code, and
    // this command has none.
    let (code, output) = check(folder, &["--format", "json", healthy, refusing, lame]);
    assert_eq!(code, 0, "{output:?}");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["run"]["vantage"]["ipv6"], "working");
    for (label, _, stage, fails) in &ZONES {
        let service = scan::service(&result, &format!("check/zone-{label}-example"));
        assert_eq!(service["stage"].as_u64(), *stage, "{label}");
        let failures = scan::failures(service["verdicts"].as_array().unwrap());
        let fails = fails.iter().map(|(check, reason)| ((*check).to_owned(), (*reason).to_owned()));
        assert_eq!(failures, fails.collect(), "{label}");
    }
    // As a reader sees it: from the first of the root servers down.
    let (code, output) = check(folder, &[healthy]);
    assert_eq!(code, 0, "{output:?}");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    for line in ["Stage: 4", "✓ . passed by=2001:503:ba3e::2:30", "✓ lanh.example passed"] {
        assert!(stdout.contains(line), "{line}: {stdout}");
    }
    assert!(!stdout.contains('✗'), "{stdout}");
    peers.into_iter().for_each(Peer::stop);
}

/// Without IPv6 or without a resolver, no service is judged.
fn inconclusive(folder: &Path) {
    let (code, output) = check(folder, &["zone:lanh.example"]);
    assert_eq!(code, 3, "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(stderr.contains("no working IPv6 or no resolver"), "{stderr}");
}
