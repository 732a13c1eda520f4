//! Healthy services of the most different make, at servers that other people wrote, scanned again and again: none
//! of them ever fails, and the same network gives the same verdicts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::daemons::{Dovecot, Identity, OpenSsh, Postfix};
use super::peers::{Certificate, Knot, Nginx, Peer, Unbound, socket};
use super::scan::{self, ExpectedFailures, Service};
use super::zones::{LEAF_AT, ROOT_AT, ROOT_ZONE, TLD_AT, leaf_zone, tld_zone};
use super::{ipv4, ipv6};
use crate::namespace::{self, program_path};
use crate::program::{LATENCY, text};

const PROGRAMS: &[&str] =
    &["knotd", "unbound", "nginx", "haproxy", "postfix", "dovecot", "sshd", "ssh-keygen", "ip"];

/// Scans of the same network.
const RUNS: usize = 10;

/// The services; the peers publish no reverse names, and that is all that is wrong with them.
const SERVICES: &[(&str, &str, ExpectedFailures)] = &[
    ("cu", "web: \"https://cu.tinh.example/\"", &[]),
    ("can-bang", "web: \"https://canbang.tinh.example/\"", &[]),
    ("chuyen-tiep", "web: \"https://chuyentiep.tinh.example/\"", &[]),
    ("thu-1", "mail: thu1.tinh.example", &[("mail-ptr", "no-ptr")]),
    ("thu-2", "mail: thu2.tinh.example", &[("mail-ptr", "no-ptr")]),
    ("hop-imaps", "imaps: hop.tinh.example", &[]),
    ("hop-pop3s", "pop3s: hop.tinh.example", &[]),
    ("vo", "ssh: vo.tinh.example", &[]),
    ("dns", "dns: ns1.tinh.example", &[]),
];

/// By service and check: outcome and reason.
type Verdicts = BTreeMap<(String, String), (String, String)>;

#[test]
fn services_of_every_make_never_fail() {
    // Postfix changes to users of its own, whom an ordinary user's namespace has not.
    if !namespace::is_inside() && !nix::unistd::geteuid().is_root() {
        eprintln!("not run: it takes root to start Postfix");
        return;
    }
    if !namespace::enter_with(PROGRAMS, module_path!(), "services_of_every_make_never_fail") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let nginx = Nginx::new(folder);
    let of = |host| Identity::write(folder, host, &nginx.certificate(host, Certificate::Good));
    let peers = [
        Knot::start(folder, "root", &ROOT_AT, &[(".", ROOT_ZONE.to_owned())]),
        Knot::start(folder, "tld", &TLD_AT, &[("example", tld_zone(""))]),
        Knot::start(
            folder,
            "leaf",
            &LEAF_AT,
            &[("tinh.example", leaf_zone("tinh.example", true, &zone()))],
        ),
        Unbound::start(folder),
        nginx.start(&web_servers(&nginx)),
        haproxy(folder, &nginx),
        postscreen(folder, &of("mx.tinh.example")),
        Dovecot::start(folder, &[&ipv6(35), &ipv4(35)], &of("hop.tinh.example")),
        OpenSsh::start(folder, &[&ipv6(36), &ipv4(36)]),
    ];
    let services: Vec<Service> = SERVICES
        .iter()
        .map(|(id, target, _)| Service { id, target: (*target).to_owned() })
        .collect();
    let expected: Vec<(&str, ExpectedFailures)> =
        SERVICES.iter().map(|(id, _, fails)| (*id, *fails)).collect();
    let mut first: Option<Verdicts> = None;
    for run in 1..=RUNS {
        let result = scan::scan(folder, &services);
        scan::compare(&result, &expected);
        let verdicts = verdicts(&result);
        for (id, ..) in SERVICES {
            let usable = &verdicts[&(format!("peers/{id}"), "ipv6-only-usable".to_owned())];
            assert_eq!(usable.0, "pass", "run {run}: {id}: {}", usable.1);
        }
        // They are of that make, and not merely healthy.
        let of_tls = &verdicts[&("peers/cu".to_owned(), "tls-handshake".to_owned())];
        assert_eq!(of_tls.1, "outdated-suites");
        let log = fs::read_to_string(folder.join("postfix.log")).unwrap();
        assert!(log.contains("postscreen") && log.contains("PASS NEW"), "{log}");
        match &first {
            None => first = Some(verdicts),
            Some(first) => assert_eq!(*first, verdicts, "run {run} differs from the first"),
        }
    }
    peers.into_iter().for_each(Peer::stop);
}

fn zone() -> String {
    let hosts =
        [("cu", 31), ("canbang", 32), ("chuyentiep", 33), ("mx", 34), ("hop", 35), ("vo", 36)];
    let mut zone: String = hosts
        .iter()
        .map(|(name, number)| {
            format!("{name} 300 AAAA {}\n{name} 300 A {}\n", ipv6(*number), ipv4(*number))
        })
        .collect();
    for domain in ["thu1", "thu2"] {
        zone.push_str(&format!("{domain} 300 MX 10 mx\n{domain} 300 TXT \"v=spf1 mx -all\"\n"));
    }
    zone
}

/// A page by the server of this name.
fn page(server: &str) -> String {
    format!(
        "default_type text/html; charset utf-8; add_header X-Server {server}; \
         return 200 '<!doctype html><title>Trang</title><p>Noi dung chung cua trang thong tin';"
    )
}

/// What IIS 8.5 has to offer for an RSA key, and the servers behind the balancer.
fn web_servers(nginx: &Nginx) -> Vec<String> {
    let old = "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA:\
               ECDHE-RSA-AES128-SHA:AES256-GCM-SHA384:AES128-GCM-SHA256:AES128-SHA:@SECLEVEL=0;";
    let host = "cu.tinh.example";
    let plain = format!("return 301 https://{host}$request_uri;");
    let mut servers = Vec::new();
    for address in [ipv6(31), ipv4(31)] {
        servers.push(nginx.tls_for_rsa(&address, host, old, &page("cu")));
        servers.push(nginx.plain(&address, host, &plain));
    }
    for (at, server) in [(BEHIND[0], "may1"), (BEHIND[1], "may2")] {
        servers.push(nginx.plain(at, "_", &page(server)));
    }
    servers
}

/// Where the servers behind the balancer are.
const BEHIND: [&str; 2] = ["192.0.2.101", "192.0.2.102"];

/// HAProxy, twice: as a balancer that ends TLS, sends each visitor to another server and marks it with a
/// cookie; and as one that passes TLS on to the former, as a firewall in front of it would.
fn haproxy(folder: &Path, nginx: &Nginx) -> Peer {
    let mut config =
        "global\n  maxconn 500\ndefaults\n  timeout connect 60s\n  timeout client 60s\n  \
                      timeout server 60s\n"
            .to_owned();
    let both = |number: u16| [ipv6(number), ipv4(number)];
    let bind = |number, port, more: &str| {
        both(number).map(|at| format!("  bind {}{more}\n", socket(&at, port))).concat()
    };
    let stem = folder.join("haproxy");
    let certificates = stem.join("certificates");
    fs::create_dir_all(&certificates).unwrap();
    for host in ["canbang.tinh.example", "chuyentiep.tinh.example"] {
        let (certificate, key) = nginx.certificate(host, Certificate::Good);
        fs::write(certificates.join(format!("{host}.pem")), certificate + &key).unwrap();
    }
    let tls = format!(" ssl crt {} alpn h2,http/1.1", certificates.display());
    config.push_str(&format!(
        "frontend tls\n  mode http\n{}  default_backend pages\n\
         frontend plain\n  mode http\n{}{}  http-request redirect scheme https code 301\n\
         frontend passed\n  mode tcp\n{}  default_backend ended\n\
         frontend inner\n  mode http\n  bind 192.0.2.103:443{tls}\n  default_backend pages\n\
         backend ended\n  mode tcp\n  server inner 192.0.2.103:443\n\
         backend pages\n  mode http\n  balance roundrobin\n  cookie MAY insert indirect nocache\n",
        bind(32, 443, &tls),
        bind(32, 80, ""),
        bind(33, 80, ""),
        bind(33, 443, ""),
    ));
    for (number, at) in BEHIND.iter().enumerate() {
        config.push_str(&format!("  server may{number} {at}:80 cookie may{number}\n"));
    }
    let file = stem.join("haproxy.cfg");
    fs::write(&file, config).unwrap();
    let mut command = Command::new(program_path("haproxy").unwrap());
    command.args(["-db", "-f"]).arg(&file);
    Peer::start(folder, "haproxy", &mut command, &socket(&ipv6(32), 443))
}

/// Postfix behind postscreen, which lets nobody in who speaks before a pause is over, as exchanger of two
/// domains.
fn postscreen(folder: &Path, identity: &Identity) -> Peer {
    let mut lines: Vec<String> = [ipv6(34), ipv4(34)]
        .iter()
        .map(|at| {
            format!(
                "{} inet n - n - 1 postscreen -o postscreen_greet_wait=2s \
                 -o postscreen_greet_action=enforce -o postscreen_cache_map= \
                 -o smtpd_service_name=behind\n",
                socket(at, 25)
            )
        })
        .collect();
    lines.push("behind pass - - n - - smtpd\n".to_owned());
    lines.push("dnsblog unix - - n - 0 dnsblog\ntlsproxy unix - - n - 0 tlsproxy\n".to_owned());
    Postfix::start(folder, "mx.tinh.example", identity, &lines)
}

/// Every verdict, but for how long connecting took.
fn verdicts(result: &Value) -> Verdicts {
    let text = |value| text(value).to_owned();
    let services = result["services"].as_array().unwrap().iter();
    services
        .flat_map(|service| {
            service["verdicts"].as_array().unwrap().iter().map(move |verdict| {
                (
                    (text(&service["id"]), text(&verdict["check"])),
                    (text(&verdict["outcome"]), text(&verdict["reason"])),
                )
            })
        })
        .filter(|((_, check), _)| check != LATENCY)
        .collect()
}
