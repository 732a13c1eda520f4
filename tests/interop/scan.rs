//! The program itself, run as a user would, and its result compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::peers::Peer;

/// Every failure that a service must show, and no other: check and reason.
pub type Expected = &'static [(&'static str, &'static str)];

/// What is true of every service here: the peers serve no reverse zones. Their zones are not signed
/// either, so what `dns-dnssec` says stands on the built-in trust anchors and is left aside.
const EVERYWHERE: Expected = &[("dns-ptr", "no-ptr")];

/// A line of the inventory.
pub struct Service {
    pub id: &'static str,
    /// Such as `web: "https://…"`.
    pub target: String,
}

/// How long an answer from DNS is waited for, if not said otherwise.
const DNS_TIMEOUT: &str = "3s";

/// Scans these services with the resolvers and root servers of the test.
pub fn scan(folder: &Path, services: &[Service]) -> Value {
    scan_with(folder, services, DNS_TIMEOUT)
}

/// As [`scan`], waiting so long for an answer from DNS.
pub fn scan_with(folder: &Path, services: &[Service], dns_timeout: &str) -> Value {
    result(&command(folder, services, "run.db", dns_timeout).output().unwrap())
}

/// As [`scan`], but soon after the scan began, none of these peers says anything for a while.
pub fn scan_through_an_outage(folder: &Path, services: &[Service], peers: &[Peer]) -> Value {
    /// Into the scan, and longer than any time-out that it has.
    const BEFORE: Duration = Duration::from_millis(1500);
    const LASTS: Duration = Duration::from_secs(5);
    let mut command = command(folder, services, "outage.db", DNS_TIMEOUT);
    let scan = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(BEFORE);
    peers.iter().for_each(|peer| peer.freeze(true));
    std::thread::sleep(LASTS);
    peers.iter().for_each(|peer| peer.freeze(false));
    result(&scan.wait_with_output().unwrap())
}

fn result(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The command that scans these services into a store of this name.
fn command(folder: &Path, services: &[Service], db: &str, dns_timeout: &str) -> Command {
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
  round_interval: 300ms
  vantage_interval: 1s
"
    .to_owned();
    text.push_str(&format!("  timeouts: {{dns: {dns_timeout}, connect: 2s, tls: 3s, http: 3s}}\n"));
    if folder.join("root.key").exists() {
        text.push_str("  trust_anchors: root.key\n");
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
    command.arg("--quiet").arg("--db").arg(folder.join(db));
    command.args(["scan", "--format", "json"]).arg(&inventory);
    command
}

/// Whether the service publishes IPv6 addresses.
fn has_ipv6(verdicts: &[Value]) -> bool {
    verdicts.iter().any(|v| v["check"] == "dns-aaaa" && v["outcome"] == "pass")
}

/// Compares every service's failures with what was expected.
pub fn compare(result: &Value, expected: &[(&str, Expected)]) {
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
            for verdict in
                unknown.filter(|v| !["dns-dnssec", "tls-dane"].contains(&&*text(&v["check"])))
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

/// What fails, and why.
pub fn failures(verdicts: &[Value]) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let failing = verdicts.iter().filter(|verdict| verdict["outcome"] == "fail");
    failing.map(|verdict| (text(&verdict["check"]), text(&verdict["reason"]))).collect()
}

/// The result of one service, by its whole id.
pub fn service<'a>(result: &'a Value, id: &str) -> &'a Value {
    let services = result["services"].as_array().unwrap();
    services.iter().find(|service| service["id"] == id).unwrap()
}

/// What one check says of one service.
pub fn verdict<'a>(result: &'a Value, id: &str, check: &str) -> &'a Value {
    let verdicts = service(result, &format!("peers/{id}"))["verdicts"].as_array().unwrap();
    verdicts.iter().find(|verdict| verdict["check"] == check).unwrap()
}
