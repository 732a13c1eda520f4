//! The program itself, run as a user would, and its result compared.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::peers::Peer;
use crate::program::{LATENCY, json, succeed, v6ready, wait_for_conversations};

/// Every failure that a service must show, and no other: check and reason.
pub type ExpectedFailures = &'static [(&'static str, &'static str)];

/// What is true of every service here: the peers serve no reverse zones. Their zones are not signed
/// either, so `dns-dnssec` depends on the built-in trust anchors and is left aside.
const EVERYWHERE: ExpectedFailures = &[("dns-ptr", "no-ptr")];

/// A line of the inventory.
pub struct Service {
    pub id: &'static str,
    /// Such as `web: "https://…"`.
    pub target: String,
}

/// Where the operator's RPKI validator answers, in tests that have a `routes.txt`.
pub const VALIDATOR_AT: &str = "2001:db8:f::1";

/// Time-outs that a busy machine keeps.
const LONG: &str = "dns: 8s, connect: 8s, tls: 8s, http: 8s, greeting: 8s";

/// The same, but less patience with DNS: for tests in which most questions are never answered.
const SHORTER_DNS: &str = "dns: 5s, connect: 8s, tls: 8s, http: 8s, greeting: 8s";

/// Between two connections to the same address, and between two tests of the vantage point.
const INTERVALS: &str = "round_interval: 300ms, vantage_interval: 2s";

/// The same, so far apart that a scan goes on long after its first connection.
const LONG_INTERVALS: &str = "round_interval: 10s, vantage_interval: 2s";

/// Scans these services with the resolvers and root servers of the test.
pub fn scan(folder: &Path, services: &[Service]) -> Value {
    let inventory = write_inventory(folder, services, LONG, INTERVALS);
    json(&succeed(&mut command(&folder.join("run.db"), &inventory)))
}

/// As [`scan`], where most questions to DNS are never answered, so many times at once.
pub fn scan_unanswered(folder: &Path, services: &[Service], times: usize) -> Vec<Value> {
    let inventory = write_inventory(folder, services, SHORTER_DNS, INTERVALS);
    let scans: Vec<_> = (0..times)
        .map(|number| {
            let (db, inventory) = (folder.join(format!("run{number}.db")), inventory.clone());
            std::thread::spawn(move || json(&succeed(&mut command(&db, &inventory))))
        })
        .collect();
    scans.into_iter().map(|scan| scan.join().unwrap()).collect()
}

/// As [`scan`], but once the scan has connected to something, none of these peers answers until the
/// program reports that the vantage point was cut off.
pub fn scan_through_an_outage(folder: &Path, services: &[Service], peers: &[Peer]) -> Value {
    /// How the program reports it.
    const CUT_OFF: &str = "stopped answering";
    let inventory = write_inventory(folder, services, LONG, LONG_INTERVALS);
    let db = folder.join("outage.db");
    let mut command = command(&db, &inventory);
    let mut scan = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_conversations(&db, &mut scan, 1);
    peers.iter().for_each(|peer| peer.freeze(true));
    let mut stderr = BufReader::new(scan.stderr.take().unwrap()).lines();
    let is_cut_off = stderr.by_ref().any(|line| line.unwrap().contains(CUT_OFF));
    peers.iter().for_each(|peer| peer.freeze(false));
    assert!(is_cut_off, "the outage was not noticed");
    // What else is printed is of no interest, and must not fill the pipe.
    let rest = std::thread::spawn(move || stderr.for_each(drop));
    let output = scan.wait_with_output().unwrap();
    rest.join().unwrap();
    assert!(output.status.success());
    json(&output)
}

/// The command that scans an inventory into a store.
fn command(db: &Path, inventory: &Path) -> Command {
    v6ready(db, &["scan", "--format", "json", inventory.to_str().unwrap()])
}

/// Writes the inventory of these services.
fn write_inventory(
    folder: &Path,
    services: &[Service],
    timeouts: &str,
    intervals: &str,
) -> PathBuf {
    let mut text = "version: 1
title: Interoperability
lang: en
timezone: Asia/Ho_Chi_Minh
settings:
  resolvers: [\"[2001:db8:53::53]:53\", \"192.0.2.53:53\"]
  control_targets: [\"[2001:db8:a::1]:53\", \"[2001:db8:b::1]:53\"]
  root_hints: root.hints
  extra_ca: [ca.pem]
  caa_issuers: [{issuer: interop, domain: ca.nic.example}]
  attempts: 2
"
    .to_owned();
    text.push_str(&format!("  timeouts: {{{timeouts}}}\n"));
    for interval in intervals.split(", ") {
        text.push_str(&format!("  {interval}\n"));
    }
    if folder.join("root.key").exists() {
        text.push_str("  trust_anchors: root.key\n");
    }
    if folder.join("routes.txt").exists() {
        text.push_str(&format!(
            "  origin_data: {{routes: routes.txt, validator: \"[{VALIDATOR_AT}]:80\"}}\n"
        ));
    }
    text.push_str(
        "networks:
  - {prefix: \"2001:db8::/32\", name: Test, testbed: true}
  - {prefix: \"198.51.100.0/24\", name: Test, testbed: true}
  - {prefix: \"192.0.2.0/24\", name: Test, testbed: true}
organisations:
  - id: peers
    name: Peers
    services:
",
    );
    for service in services {
        text.push_str(&format!(
            "      - {{id: {}, category: portal, {}}}\n",
            service.id, service.target
        ));
    }
    let inventory = folder.join("inventory.yaml");
    fs::write(&inventory, text).unwrap();
    inventory
}

/// Whether the service publishes IPv6 addresses.
fn has_ipv6(verdicts: &[Value]) -> bool {
    verdicts.iter().any(|v| v["check"] == "dns-aaaa" && v["outcome"] == "pass")
}

/// Compares every service's failures with what was expected.
pub fn compare(result: &Value, expected: &[(&str, ExpectedFailures)]) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut surprises = Vec::new();
    for (id, expected) in expected {
        let id = format!("peers/{id}");
        let verdicts = service(result, &id)["verdicts"].as_array().unwrap();
        let seen = failures(verdicts);
        let wanted: BTreeSet<(String, String)> = expected
            .iter()
            .chain(EVERYWHERE.iter().filter(|_| has_ipv6(verdicts)))
            .map(|(check, reason)| ((*check).to_owned(), (*reason).to_owned()))
            .collect();
        if seen != wanted {
            surprises.push(format!("{id}: {seen:?} instead of {wanted:?}"));
        }
        // What is not wrong must be known to be right, not merely unknown.
        if expected.is_empty() {
            let unknown = verdicts.iter().filter(|v| text(&v["outcome"]) == "inconclusive");
            for verdict in unknown
                .filter(|v| !["dns-dnssec", "tls-dane", LATENCY].contains(&&*text(&v["check"])))
            {
                surprises.push(format!(
                    "{id}: {} is inconclusive: {}",
                    text(&verdict["check"]),
                    text(&verdict["reason"])
                ));
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// What fails, and why, but for how long connecting took.
pub fn failures(verdicts: &[Value]) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let failing = verdicts
        .iter()
        .filter(|verdict| verdict["outcome"] == "fail" && verdict["check"] != LATENCY);
    failing.map(|verdict| (text(&verdict["check"]), text(&verdict["reason"]))).collect()
}

/// The result of one service, by its whole id.
pub fn service<'a>(result: &'a Value, id: &str) -> &'a Value {
    let services = result["services"].as_array().unwrap();
    services.iter().find(|service| service["id"] == id).unwrap()
}

/// The verdict of one check on one service.
pub fn verdict<'a>(result: &'a Value, id: &str, check: &str) -> &'a Value {
    let verdicts = service(result, &format!("peers/{id}"))["verdicts"].as_array().unwrap();
    verdicts.iter().find(|verdict| verdict["check"] == check).unwrap()
}
