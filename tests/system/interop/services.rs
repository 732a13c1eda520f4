//! Every kind of service that is no web site, at servers that other people wrote.

use super::daemons::{Chrony, Dovecot, Identity, OpenSsh, Postfix};
use super::peers::{Certificate, Knot, Nginx, Peer, Unbound};
use super::scan::{self, ExpectedFailures, Service};
use super::zones::{ROOT_ZONE, leaf_zone, tld_zone};
use super::{ipv4, ipv6};
use crate::namespace;

const PROGRAMS: &[&str] =
    &["knotd", "unbound", "postfix", "dovecot", "chronyd", "sshd", "ssh-keygen", "ip"];

/// The services, and what each of them fails.
const SERVICES: &[(&str, &str, ExpectedFailures)] = &[
    ("thu", "mail: thu.tinh.example", &[("mail-ptr", "no-ptr")]),
    (
        "thu-ro",
        "mail: thuro.tinh.example",
        &[
            ("mail-ptr", "no-ptr"),
            ("mail-starttls", "not-offered"),
            ("mail-starttls-parity", "not-offered-over-ipv6"),
        ],
    ),
    ("nop", "submission: \"mx.tinh.example:587\"", &[]),
    ("hop-imap", "imap: hop.tinh.example", &[]),
    ("hop-imaps", "imaps: hop.tinh.example", &[]),
    ("hop-pop3s", "pop3s: hop.tinh.example", &[]),
    ("tls", "tls: \"hop.tinh.example:993\"", &[]),
    ("vo", "ssh: vo.tinh.example", &[]),
    ("cong", "tcp: \"vo.tinh.example:22\"", &[]),
    ("gio", "ntp: gio.tinh.example", &[]),
    (
        "gio-lech",
        "ntp: giolech.tinh.example",
        &[("service-answers", "not-synchronised"), ("ipv6-only-usable", "no-answer")],
    ),
    ("dns", "dns: ns1.tinh.example", &[]),
    ("vung", "zone: tinh.example", &[]),
];

#[test]
fn postfix_dovecot_chrony_and_openssh_are_judged_as_they_were_set_up() {
    // Mail servers change to users of their own, whom an ordinary user's namespace has not.
    if !namespace::is_inside() && !nix::unistd::geteuid().is_root() {
        eprintln!("not run: it takes root to start Postfix");
        return;
    }
    if !namespace::enter_with(
        PROGRAMS,
        module_path!(),
        "postfix_dovecot_chrony_and_openssh_are_judged_as_they_were_set_up",
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let certificates = Nginx::new(folder);
    let of =
        |host| Identity::write(folder, host, &certificates.certificate(host, Certificate::Good));
    let hosts = [("mx", 25), ("mxro", 26), ("hop", 27), ("vo", 28), ("gio", 29), ("giolech", 30)];
    let mut zone: String = hosts
        .iter()
        .map(|(name, number)| {
            format!("{name} 300 AAAA {}\n{name} 300 A {}\n", ipv6(*number), ipv4(*number))
        })
        .collect();
    zone.push_str(
        "thu 300 MX 10 mx\nthu 300 TXT \"v=spf1 mx -all\"\n\
         thuro 300 MX 10 mxro\nthuro 300 TXT \"v=spf1 mx -all\"\n",
    );
    let name_servers = [
        (".", ROOT_ZONE.to_owned(), ["2001:db8:a::1", "2001:db8:b::1", "192.0.2.1", "192.0.2.2"]),
        ("example", tld_zone(""), ["2001:db8:c::1", "2001:db8:d::1", "192.0.2.3", "192.0.2.4"]),
        (
            "tinh.example",
            leaf_zone("tinh.example", true, &zone),
            ["2001:db8:e::1", "2001:db8:f::1", "192.0.2.5", "192.0.2.6"],
        ),
    ];
    let mut peers: Vec<Peer> = name_servers
        .into_iter()
        .enumerate()
        .map(|(at, (apex, text, listen))| {
            Knot::start(folder, &format!("knot{at}"), &listen, &[(apex, text)])
        })
        .collect();
    peers.push(Unbound::start(folder));
    let both = |number| [ipv6(number), ipv4(number)];
    let mut smtp = Vec::new();
    for address in both(25) {
        smtp.push(Postfix::service(&address, 25, ""));
        smtp.push(Postfix::service(&address, 587, " -o smtpd_tls_security_level=encrypt"));
    }
    smtp.push(Postfix::service(&ipv6(26), 25, " -o smtpd_tls_security_level=none"));
    smtp.push(Postfix::service(&ipv4(26), 25, ""));
    peers.push(Postfix::start(folder, "mx.tinh.example", &of("mx.tinh.example"), &smtp));
    let [ipv6, ipv4] = both(27);
    peers.push(Dovecot::start(folder, &[&ipv6, &ipv4], &of("hop.tinh.example")));
    let [ipv6, ipv4] = both(28);
    peers.push(OpenSsh::start(folder, &[&ipv6, &ipv4]));
    for (name, number, settings) in [("gio", 29, "local stratum 8"), ("giolech", 30, "")] {
        let [ipv6, ipv4] = both(number);
        peers.push(Chrony::start(folder, name, [&ipv6, &ipv4], settings));
    }
    let services: Vec<Service> = SERVICES
        .iter()
        .map(|(id, target, _)| Service { id, target: (*target).to_owned() })
        .collect();
    let result = scan::scan(folder, &services);
    assert_eq!(result["run"]["vantage"]["ipv6"], "working");
    let expected: Vec<(&str, ExpectedFailures)> =
        SERVICES.iter().map(|(id, _, fails)| (*id, *fails)).collect();
    scan::compare(&result, &expected);
    // What a mail domain is known for must be seen, not merely not be missed.
    for check in
        ["mail-mx-aaaa", "mail-banner", "mail-starttls", "mail-starttls-parity", "mail-spf-ipv6"]
    {
        assert_eq!(scan::verdict(&result, "thu", check)["outcome"], "pass", "{check}");
    }
    for (id, _, fails) in SERVICES {
        if fails.is_empty() && *id != "vung" {
            assert_eq!(scan::verdict(&result, id, "service-answers")["outcome"], "pass", "{id}");
            assert_eq!(scan::verdict(&result, id, "ipv6-only-usable")["outcome"], "pass", "{id}");
        }
    }
    peers.into_iter().for_each(Peer::stop);
}
