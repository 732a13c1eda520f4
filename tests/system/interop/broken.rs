//! Zones that are served badly, each in one way: the verdicts on each, and on nothing else.

use serde_json::Value;

use super::expected::{self, ExpectedVerdict, FaultyZone, UNANSWERED};
use super::faults::Zone;
use super::faulty_zones::FAULTY_ZONES;
use super::peers::{Knot, Nginx, Peer, Unbound};
use super::responder::Responder;
use super::scan::{self, Service};
use super::zones::{ROOT_AT, ROOT_ZONE, TLD_AT, tld_zone};
use crate::program::LATENCY;
use crate::{founded, namespace};

/// How often the same faults are scanned: chance must not decide.
const SCANS: usize = 5;

/// The port of the host that all zones have.
const HOST_PORT: u16 = 80;

/// What the addresses of each zone's two servers begin with.
const SERVERS: [[&str; 2]; 2] = [["2001:db8:5::", "198.51.100.1"], ["2001:db8:6::", "192.0.2.1"]];

/// Checks of what these zones don't have: no reverse zone, no signature, no web site; and how long
/// connecting took.
const LEFT_ASIDE: [&str; 5] = ["dns-caa", "dns-dnssec", "dns-https-record", "dns-ptr", LATENCY];

#[test]
fn every_fault_of_a_name_server_is_named() {
    if !namespace::enter_with(
        &["knotd", "unbound", "ip"],
        module_path!(),
        "every_fault_of_a_name_server_is_named",
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // It writes the certificate authority that the inventory names.
    Nginx::new(folder);
    let zones: Vec<Zone> = FAULTY_ZONES
        .iter()
        .zip(10..)
        .map(|(case, number)| {
            Zone::new(&format!("{}.example", case.label), case.fault, SERVERS, number)
        })
        .collect();
    let delegations: String = zones.iter().map(Zone::delegation).collect();
    let peers = [
        Knot::start(folder, "root", &ROOT_AT, &[(".", ROOT_ZONE.to_owned())]),
        Knot::start(folder, "tld", &TLD_AT, &[("example", tld_zone(&delegations))]),
        Unbound::start(folder),
    ];
    let _responder = Responder::start(&zones, HOST_PORT);
    let services: Vec<Service> = FAULTY_ZONES
        .iter()
        .map(|case| Service {
            id: case.label,
            target: format!("tcp: \"www.{}.example:{HOST_PORT}\"", case.label),
        })
        .collect();
    let results = scan::scan_unanswered(folder, &services, SCANS);
    for result in &results {
        assert_eq!(result["run"]["vantage"]["ipv6"], "working");
        founded::stages_are_founded(result);
    }
    let [result, others @ ..] = &results[..] else { panic!("there was no scan") };
    let surprises: Vec<String> =
        FAULTY_ZONES.iter().flat_map(|zone| surprises(result, zone)).collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    for other in others {
        founded::verdicts_are_equal(result, other);
    }
    peers.into_iter().for_each(Peer::stop);
}

/// The verdicts on a zone that were not expected.
fn surprises(result: &Value, zone: &FaultyZone) -> Vec<String> {
    let FaultyZone { label, fault, .. } = zone;
    let service = scan::service(result, &format!("peers/{label}"));
    let mut surprises = Vec::new();
    let stage = service["stage"].as_u64();
    if stage != zone.stage {
        surprises.push(format!("{label} ({fault:?}): stage {stage:?}"));
    }
    let verdicts = service["verdicts"].as_array().unwrap();
    for verdict in verdicts {
        let text = |key: &str| verdict[key].as_str().unwrap();
        let (check, outcome, reason) = (text("check"), text("outcome"), text("reason"));
        let matches =
            |expected: &ExpectedVerdict| expected::matches(expected, check, outcome, reason);
        let unanswered = UNANSWERED.iter().filter(|_| zone.is_unanswered);
        let mut expected =
            zone.verdicts.iter().chain(unanswered).filter(|expected| expected.0 == check);
        let as_expected = match expected.clone().next() {
            Some(_) => expected.any(matches),
            None if LEFT_ASIDE.contains(&check) || outcome == "pass" => true,
            // Further checks rest on the addresses, and don't apply where there are none.
            None if check.starts_with("dns-") => false,
            None => outcome == "not-applicable" || (reason == "unresolved" && stage.is_none()),
        };
        if !as_expected {
            surprises.push(format!("{label} ({fault:?}): {check} {outcome} {reason}"));
        }
    }
    surprises
}
