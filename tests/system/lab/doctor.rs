//! What `doctor` says of a host: in the lab, where everything answers, and where nothing does.

use std::collections::BTreeMap;
use std::process::Command;

use super::RunningLab;
use crate::namespace;

/// The state of each point, and the exit code.
fn doctor(arguments: &[&str]) -> (BTreeMap<String, String>, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .arg("doctor")
        .args(arguments)
        .args(["--format", "json"])
        .output()
        .unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(document["schema"], "v6ready/doctor/1");
    let schema = include_str!("../../../schemas/doctor-1.json");
    let schema = serde_json::from_str(schema).unwrap();
    jsonschema::validate(&schema, &document).unwrap_or_else(|error| panic!("{error}: {document}"));
    let findings = document["findings"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let states = findings.iter().map(|finding| (text(&finding["id"]), text(&finding["state"])));
    (states.collect(), output.status.code())
}

#[test]
fn the_lab_is_a_vantage_point() {
    if !namespace::enter(module_path!(), "the_lab_is_a_vantage_point") {
        return;
    }
    let lab = RunningLab::start();
    let (states, _) = doctor(&["--inventory", lab.inventory(), "--target", "portal.vidu.example"]);
    for point in ["ipv6", "resolver", "icmp", "open-files", "threads", "memory"] {
        assert_eq!(states[point], "pass", "{point}: {states:?}");
    }
    assert_eq!(states.len(), 11, "{states:?}");
    // Without a target nobody is asked at these ports.
    let (states, _) = doctor(&["--inventory", lab.inventory(), "--lang", "vi"]);
    assert_eq!((&*states["udp-443"], &*states["port-25"]), ("unknown", "unknown"));
}

#[test]
fn a_host_without_network_is_none() {
    if !namespace::enter(module_path!(), "a_host_without_network_is_none") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let inventory = folder.path().join("inventory.yaml");
    // Nobody is at these addresses, and there is no way to them.
    let text = "version: 1\nsettings: {resolvers: ['2001:db8:ffff::53'], control_targets: ['2001:db8:ffff::1', \
                '2001:db8:fffe::1']}\norganisations: \
                [{id: o, services: [{id: s, category: portal, web: 'https://www.example/'}]}]\n";
    std::fs::write(&inventory, text).unwrap();
    let (states, code) = doctor(&["--inventory", inventory.to_str().unwrap()]);
    assert_eq!((&*states["ipv6"], &*states["resolver"]), ("fail", "fail"), "{states:?}");
    assert_eq!(code, Some(3));
}
