//! Zones that Knot signed, well and badly, seen through three configurations of Unbound.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::peers::{Knot, Nginx, Peer, Unbound};
use super::scan::{self, Service};
use super::zones::{LEAF_AT, ROOT_AT, ROOT_ZONE, TLD_AT, delegation, leaf_zone, tld_zone};
use crate::namespace::{self, program_path};

/// How a zone is signed and delegated.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// As it should be.
    None,
    /// It was signed two months ago and then forgotten.
    Forgotten,
    /// The parent names another key.
    WrongDs,
    /// The parent names no key.
    NoDs,
}

impl Fault {
    /// What `dns-dnssec` must say of the zone's hosts: one with AAAA, and one without, where the
    /// denial is judged.
    fn expected(self) -> (&'static str, &'static str) {
        match self {
            Self::None => ("pass", "secure"),
            Self::Forgotten => ("fail", "expired"),
            Self::WrongDs => ("fail", "no-matching-key"),
            Self::NoDs => ("fail", "insecure"),
        }
    }

    /// Whether a validating resolver gives no answer from the zone.
    fn is_bogus(self) -> bool {
        matches!(self, Self::Forgotten | Self::WrongDs)
    }
}

/// A zone of the test: apex, algorithm, whether NSEC3 denies, and what is wrong with it.
type Plan = (&'static str, &'static str, bool, Fault);

const ZONES: [Plan; 6] = [
    ("ec.example", "ECDSAP256SHA256", false, Fault::None),
    ("rsa.example", "RSASHA256", false, Fault::None),
    ("nsec3.example", "ECDSAP256SHA256", true, Fault::None),
    ("hethan.example", "ECDSAP256SHA256", false, Fault::Forgotten),
    ("saids.example", "ECDSAP256SHA256", false, Fault::WrongDs),
    ("khongky.example", "ECDSAP256SHA256", false, Fault::NoDs),
];

/// Signs zones with Knot's own tools.
struct Signer {
    home: PathBuf,
}

impl Signer {
    fn new(folder: &Path) -> Self {
        let home = folder.join("signer");
        fs::create_dir_all(&home).unwrap();
        Self { home }
    }

    fn config(&self, (apex, _, nsec3, _): Plan) -> String {
        let home = self.home.display();
        let name = if apex == "." { "root" } else { apex };
        let nsec3 = if nsec3 { "on" } else { "off" };
        let config = self.home.join(format!("{name}.conf"));
        let text = format!(
            "database:\n  storage: {home}/{name}\npolicy:\n  - id: p\n    manual: on\n    \
             single-type-signing: on\n    nsec3: {nsec3}\n    nsec3-iterations: 0\n    \
             nsec3-opt-out: {nsec3}\nzone:\n  - domain: {apex}\n    file: {home}/{name}.zone\n    \
             storage: {home}\n    dnssec-policy: p\n    dnssec-signing: on\n"
        );
        fs::create_dir_all(self.home.join(name)).unwrap();
        fs::write(&config, text).unwrap();
        config.display().to_string()
    }

    /// The signed zone, and its DS record.
    fn sign(&self, plan: Plan, text: &str) -> (String, String) {
        let (apex, algorithm, _, fault) = plan;
        let config = self.config(plan);
        let name = if apex == "." { "root" } else { apex };
        fs::write(self.home.join(format!("{name}.zone")), text).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let (born, signed) = (now - 90 * 86400, now - 60 * 86400);
        let born = ["created", "publish", "ready", "active"].map(|what| format!("{what}={born}"));
        let mut generate = command("keymgr", &config);
        generate
            .args([apex, "generate", "ksk=yes", "zsk=yes"])
            .arg(format!("algorithm={algorithm}"));
        run(generate.args(born));
        let mut sign = command("kzonesign", &config);
        sign.arg("-o").arg(&self.home);
        if fault == Fault::Forgotten {
            sign.args(["-t", &signed.to_string()]);
        }
        run(sign.arg(apex));
        let ds = run(command("keymgr", &config).args([apex, "ds"]));
        let ds = ds.lines().find(|line| line.split_whitespace().nth(4) == Some("2"));
        let zone = fs::read_to_string(self.home.join(format!("{name}.zone"))).unwrap();
        assert!(zone.contains("RRSIG"), "{apex} is not signed: {zone}");
        (zone, ds.unwrap_or_else(|| panic!("no DS of {apex}")).to_owned())
    }
}

fn command(program: &str, config: &str) -> Command {
    let mut command = Command::new(program_path(program).unwrap());
    command.args(["-c", config]);
    command
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn zones_that_knot_signed_are_validated() {
    if !namespace::enter_with(
        &["knotd", "keymgr", "kzonesign", "unbound", "ip"],
        module_path!(),
        "zones_that_knot_signed_are_validated",
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // It writes the certificate authority that the inventory names.
    Nginx::new(folder);
    let signer = Signer::new(folder);
    let mut leaves = Vec::new();
    let mut delegations = String::new();
    for plan in ZONES {
        let (apex, _, _, fault) = plan;
        let hosts =
            "www 300 AAAA 2001:db8:100:20::1\nwww 300 A 198.51.100.20\nv4 300 A 198.51.100.20\n";
        let (zone, ds) = signer.sign(plan, &leaf_zone(apex, true, hosts));
        leaves.push((apex, zone));
        delegations.push_str(&delegation(apex, true));
        match fault {
            Fault::NoDs => {}
            Fault::WrongDs => {
                delegations.push_str(&format!("{apex}. 300 DS 1 13 2 {}\n", "ab".repeat(32)));
            }
            Fault::None | Fault::Forgotten => delegations.push_str(&format!("{ds}\n")),
        }
    }
    let of = |apex| (apex, "ECDSAP256SHA256", false, Fault::None);
    let (tld, ds) = signer.sign(of("example"), &tld_zone(&delegations));
    let (root, anchor) = signer.sign(of("."), &format!("{ROOT_ZONE}{ds}\n"));
    fs::write(folder.join("root.key"), format!("{anchor}\n")).unwrap();
    let names = [
        Knot::start(folder, "root", &ROOT_AT, &[(".", root)]),
        Knot::start(folder, "tld", &TLD_AT, &[("example", tld)]),
        Knot::start(folder, "leaf", &LEAF_AT, &leaves),
    ];
    let services: Vec<Service> = ["www", "v4"]
        .into_iter()
        .flat_map(|host| ZONES.map(|(apex, ..)| (host, apex)))
        .map(|(host, apex)| Service {
            id: format!("{host}-{}", apex.trim_end_matches(".example")).leak(),
            target: format!("web: \"http://{host}.{apex}/\""),
        })
        .collect();
    let anchors = format!("trust-anchor-file: {}\n", folder.join("root.key").display());
    // What the resolver does with DNSSEC must not change the verdicts on the zones.
    for (modules, more) in [
        ("iterator", ""),
        ("validator iterator", &*anchors),
        ("dns64 iterator", "dns64-prefix: 64:ff9b::/96\n"),
    ] {
        let unbound = Unbound::start_as(folder, modules, more);
        let result = scan::scan(folder, &services);
        let synthesises = modules.starts_with("dns64");
        assert_eq!(
            result["run"]["vantage"]["dns64"].as_array().map_or(0, Vec::len),
            usize::from(synthesises),
            "{}",
            result["run"]["vantage"]
        );
        let mut surprises = Vec::new();
        for (apex, _, _, fault) in ZONES {
            let zone = apex.trim_end_matches(".example");
            let mut compare = |service: String, check: &str, expected: (&str, &str)| {
                let seen = verdict(&result, &service, check);
                if seen != (expected.0.to_owned(), expected.1.to_owned()) {
                    surprises.push(format!("{modules}: {service} {check}: {seen:?}"));
                }
            };
            compare(format!("www-{zone}"), "dns-dnssec", fault.expected());
            compare(format!("v4-{zone}"), "dns-dnssec", fault.expected());
            if fault.is_bogus() {
                // Most clients' resolvers validate, so they get no AAAA; ours need not.
                for host in ["www", "v4"] {
                    compare(format!("{host}-{zone}"), "dns-aaaa", ("fail", "bogus"));
                }
            } else {
                compare(format!("www-{zone}"), "dns-aaaa", ("pass", "published"));
                // What a DNS64 makes up is not published.
                let reason = if synthesises { "synthesised-only" } else { "no-data" };
                compare(format!("v4-{zone}"), "dns-aaaa", ("fail", reason));
            }
        }
        assert!(surprises.is_empty(), "{}", surprises.join("\n"));
        unbound.stop();
    }
    names.into_iter().for_each(Peer::stop);
}

fn verdict(result: &Value, service: &str, check: &str) -> (String, String) {
    let verdict = scan::verdict(result, service, check);
    let text = |key: &str| verdict[key].as_str().unwrap_or_default().to_owned();
    (text("outcome"), text("reason"))
}
