//! Zones that are served badly, each in one way: what is said of each, and of nothing else.

use serde_json::Value;

use crate::cases::CASES;
use crate::faults::Zone;
use crate::net;
use crate::peers::{Knot, Nginx, Peer, Unbound};
use crate::responder::Responder;
use crate::says::{self, Case, Says, UNHEARD};
use crate::scan::{self, Service};
use crate::zones::{ROOT_AT, ROOT_ZONE, TLD_AT, tld_zone};

/// The port of the host that all zones have.
const HOST_PORT: u16 = 80;

/// What the addresses of each zone's two servers begin with.
const SERVERS: [[&str; 2]; 2] = [["2001:db8:5::", "198.51.100.1"], ["2001:db8:6::", "192.0.2.1"]];

/// Waiting for answers that don't come is what takes long here.
const DNS_TIMEOUT: &str = "1500ms";

/// Checks of what these zones don't have: no reverse zone, no signature, no web site.
const LEFT_ASIDE: [&str; 4] = ["dns-caa", "dns-dnssec", "dns-https-record", "dns-ptr"];

#[test]
fn every_fault_of_a_name_server_is_named() {
    let test = "broken::every_fault_of_a_name_server_is_named";
    if !net::inside(test, &["knotd", "unbound", "ip"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // It writes the certificate authority that the inventory names.
    Nginx::new(folder);
    let zones: Vec<Zone> = CASES
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
    let services: Vec<Service> = CASES
        .iter()
        .map(|case| Service {
            id: case.label,
            target: format!("tcp: \"www.{}.example:{HOST_PORT}\"", case.label),
        })
        .collect();
    let result = scan::scan_with(folder, &services, DNS_TIMEOUT);
    assert_eq!(result["run"]["vantage"]["ipv6"], "working");
    let surprises: Vec<String> = CASES.iter().flat_map(|case| surprises(&result, case)).collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    peers.into_iter().for_each(Peer::stop);
}

/// What is said of a zone and was not expected.
fn surprises(result: &Value, case: &Case) -> Vec<String> {
    let Case { label, fault, .. } = case;
    let service = scan::service(result, &format!("peers/{label}"));
    let mut surprises = Vec::new();
    let stage = service["stage"].as_u64();
    if stage != case.stage {
        surprises.push(format!("{label} ({fault:?}): stage {stage:?}"));
    }
    let verdicts = service["verdicts"].as_array().unwrap();
    for verdict in verdicts {
        let text = |key: &str| verdict[key].as_str().unwrap();
        let (check, outcome, reason) = (text("check"), text("outcome"), text("reason"));
        let says = |expected: &Says| says::is(expected, check, outcome, reason);
        let unheard = UNHEARD.iter().filter(|_| case.is_unheard);
        let mut expected = case.says.iter().chain(unheard).filter(|says| says.0 == check);
        let as_expected = match expected.clone().next() {
            Some(_) => expected.any(says),
            None if LEFT_ASIDE.contains(&check) || outcome == "pass" => true,
            // Further checks rest on the addresses, and blame nobody where there are none.
            None if check.starts_with("dns-") => false,
            None => outcome == "not-applicable" || (reason == "unresolved" && stage.is_none()),
        };
        if !as_expected {
            surprises.push(format!("{label} ({fault:?}): {check} {outcome} {reason}"));
        }
    }
    surprises
}
