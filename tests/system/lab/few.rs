//! A few services of the lab, of all kinds that are asked in different ways: a scan of them takes seconds.

use std::path::PathBuf;

use super::RunningLab;

/// The services, as `it/ID`.
const SERVICES: [&str; 8] = [
    "web: \"https://portal.vidu.example/\"",
    "web: \"https://dichvucong.vidu.example/\"",
    "mail: thu.vidu.example",
    "zone: vidu.example",
    "ntp: ntp.vidu.example",
    "ssh: ssh.vidu.example",
    "tcp: \"ungdung.vidu.example:8443\"",
    "dns: phangiai.vidu.example",
];

/// Writes an inventory of these, which is asked without haste between its requests.
pub fn write_inventory(lab: &RunningLab) -> PathBuf {
    let whole = std::fs::read_to_string(lab.inventory()).unwrap();
    let head = whole.split("organisations:\n").next().unwrap();
    let mut text = head.replacen("dns_per_second: 200", "dns_per_second: 1000", 1);
    text.push_str("organisations:\n  - id: it\n    name: Một ít\n    services:\n");
    for (number, target) in SERVICES.iter().enumerate() {
        text.push_str(&format!("      - {{id: s{number}, category: portal, {target}}}\n"));
    }
    let file = lab.path("few.yaml");
    std::fs::write(&file, text).unwrap();
    file
}
