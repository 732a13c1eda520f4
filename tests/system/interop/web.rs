//! Web sites at nginx, their zones at Knot, seen through Unbound; and an outage of all of them.

use std::path::Path;

use super::peers::{Certificate, Knot, Nginx, Peer, Unbound};
use super::scan::{self, ExpectedFailures, Service};
use super::zones::{LEAF_AT, ROOT_AT, ROOT_ZONE, TLD_AT, leaf_zone, tld_zone};
use super::{ipv4, ipv6};
use crate::namespace;
use crate::program::{succeed, v6ready};

/// One site: its number, host, what its zone holds, its nginx `server` blocks and what is expected.
struct Site {
    id: &'static str,
    host: &'static str,
    records: Vec<String>,
    servers: Vec<String>,
    expected: ExpectedFailures,
}

fn sites(nginx: &Nginx) -> Vec<Site> {
    let page = "default_type text/html; charset utf-8; return 200 '<!doctype html>\
        <title>Trang thu</title><p>Noi dung cua trang thu nghiem';";
    let both = |number| vec![format!("AAAA {}", ipv6(number)), format!("A {}", ipv4(number))];
    let plain = |number, host: &str| {
        let to_https = format!("return 301 https://{host}$request_uri;");
        vec![
            nginx.plain(&ipv6(number), host, &to_https),
            nginx.plain(&ipv4(number), host, &to_https),
        ]
    };
    let tls = |number: u16, host: &str, over_ipv6: &str, over_ipv4: &str| {
        let mut servers = plain(number, host);
        servers.push(nginx.tls(&ipv6(number), host, Certificate::Good, over_ipv6));
        servers.push(nginx.tls(&ipv4(number), host, Certificate::Good, over_ipv4));
        servers
    };
    let certificate = |number: u16, host: &str, bad: Certificate| {
        let mut servers = plain(number, host);
        servers.push(nginx.tls(&ipv6(number), host, bad, page));
        servers.push(nginx.tls(&ipv4(number), host, Certificate::Good, page));
        servers
    };
    let site = |id, host, number, servers, expected| Site {
        id,
        host,
        records: both(number),
        servers,
        expected,
    };
    let with = |number: u16, host: &str, server: &str| {
        let mut servers = plain(number, host);
        servers.push(nginx.tls_with(&ipv6(number), host, server, page));
        servers.push(nginx.tls_with(&ipv4(number), host, server, page));
        servers
    };
    let suites = |suites: &str| format!("ssl_protocols TLSv1.2; ssl_ciphers {suites}:@SECLEVEL=0;");
    let old = format!("ssl_protocols TLSv1.2; {page}");
    let older = format!("ssl_protocols TLSv1 TLSv1.1 TLSv1.2; {page}");
    let packed = format!("gzip on; gzip_min_length 1; gzip_types *; {page}");
    let moved = "return 302 https://lanh.tinh.example/;";
    let broken = "return 503;";
    vec![
        site(
            "tls-cu",
            "tlscu.tinh.example",
            17,
            tls(17, "tlscu.tinh.example", &older, &older),
            &[("tls-version", "old-version-accepted")],
        ),
        site(
            "chi-tls10",
            "chitls10.tinh.example",
            18,
            with(18, "chitls10.tinh.example", "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;"),
            &[
                ("tls-handshake", "only-old-versions"),
                ("tls-version", "only-old-versions"),
                ("ipv6-only-usable", "handshake-failed"),
            ],
        ),
        site(
            "chi-cbc-sha256",
            "chicbc.tinh.example",
            19,
            with(19, "chicbc.tinh.example", &suites("ECDHE-ECDSA-AES128-SHA256")),
            &[("tls-handshake", "only-old-suites"), ("ipv6-only-usable", "handshake-failed")],
        ),
        site(
            "cbc-ecdsa",
            "cbcecdsa.tinh.example",
            20,
            with(20, "cbcecdsa.tinh.example", &suites("ECDHE-ECDSA-AES128-SHA")),
            &[("tls-handshake", "not-in-every-browser")],
        ),
        site(
            CLIENT_CERTIFICATE,
            "chungthu.tinh.example",
            21,
            with(21, "chungthu.tinh.example", &nginx.asking_clients()),
            &[],
        ),
        site("lanh", "lanh.tinh.example", 1, tls(1, "lanh.tinh.example", page, page), &[]),
        site("tls12", "tls12.tinh.example", 2, tls(2, "tls12.tinh.example", &old, &old), &[]),
        site("nen", "nen.tinh.example", 3, tls(3, "nen.tinh.example", &packed, &packed), &[]),
        site("chuyen", "chuyen.tinh.example", 4, tls(4, "chuyen.tinh.example", moved, moved), &[]),
        Site {
            records: vec!["CNAME lanh-that".to_owned()],
            ..site(
                "bidanh",
                "bidanh.tinh.example",
                5,
                tls(5, "bidanh.tinh.example", page, page),
                &[],
            )
        },
        Site {
            records: vec![format!("A {}", ipv4(10))],
            ..site(
                "chi-ipv4",
                "chiipv4.tinh.example",
                10,
                tls(10, "chiipv4.tinh.example", page, page),
                &[("dns-aaaa", "no-data"), ("ipv6-only-usable", "not-published")],
            )
        },
        site(
            "sai-ten",
            "saiten.tinh.example",
            11,
            certificate(11, "saiten.tinh.example", Certificate::WrongName),
            &[
                ("ipv6-only-usable", "certificate-invalid"),
                ("tls-name", "name-mismatch"),
                ("tls-parity", "different-certificate"),
            ],
        ),
        site(
            "het-han",
            "hethan.tinh.example",
            12,
            certificate(12, "hethan.tinh.example", Certificate::Expired),
            &[
                ("ipv6-only-usable", "certificate-invalid"),
                ("tls-validity", "expired"),
                ("tls-parity", "another-leaf-of-same-names"),
            ],
        ),
        site(
            "goc-la",
            "gocla.tinh.example",
            13,
            certificate(13, "gocla.tinh.example", Certificate::UnknownRoot),
            &[
                ("ipv6-only-usable", "certificate-invalid"),
                ("tls-trusted", "unknown-root"),
                ("tls-parity", "different-certificate"),
            ],
        ),
        site(
            "loi-503",
            "loi503.tinh.example",
            14,
            tls(14, "loi503.tinh.example", broken, page),
            &[
                ("ipv6-only-usable", "error-status"),
                ("web-answers", "error-status"),
                ("web-status-parity", "different-status"),
            ],
        ),
        Site {
            servers: vec![
                nginx.tls(&ipv4(15), "dong.tinh.example", Certificate::Good, page),
                nginx.plain(
                    &ipv4(15),
                    "dong.tinh.example",
                    "return 301 https://dong.tinh.example/;",
                ),
                nginx.plain(
                    &ipv6(15),
                    "dong.tinh.example",
                    "return 301 https://dong.tinh.example/;",
                ),
            ],
            ..site(
                "dong",
                "dong.tinh.example",
                15,
                Vec::new(),
                &[
                    ("reach-port", "refused"),
                    ("reach-parity", "closed-over-ipv6"),
                    ("ipv6-only-usable", "unreachable"),
                ],
            )
        },
        site(
            "mot-ns",
            "www.mot.example",
            16,
            tls(16, "www.mot.example", page, page),
            &[("dns-ns-aaaa", "only-one"), ("dns-ns-diversity", "one-address")],
        ),
    ]
}

/// The site that wants a certificate of its clients: what lies behind is not known, and nothing fails.
const CLIENT_CERTIFICATE: &str = "doi-chung-thu";

/// A table of routes, and an RPKI validator that vouches for all of them as Routinator does.
fn validator(nginx: &Nginx, folder: &Path) -> String {
    let second = LEAF_AT[1];
    let routes = format!("2001:db8::/32 64500\n{second}/128 64501\n");
    std::fs::write(folder.join("routes.txt"), routes).unwrap();
    let payload =
        |asn| format!(r#"{{"asn": "AS{asn}", "prefix": "2001:db8::/32", "max_length": "128"}}"#);
    let payloads = format!(
        r#"{{"matched": [{}, {}], "unmatched_as": [], "unmatched_length": []}}"#,
        payload(64500),
        payload(64501)
    );
    let body = format!(r#"{{"validated_route": {{"validity": {{"VRPs": {payloads}}}}}}}"#);
    let says = format!("default_type application/json; return 200 '{body}';");
    nginx.plain(scan::VALIDATOR_AT, "validator.example", &says)
}

fn zone_text(sites: &[Site], apex: &str) -> String {
    let mut text = String::new();
    for site in sites.iter().filter(|site| site.host.ends_with(&format!(".{apex}"))) {
        for record in &site.records {
            text.push_str(&format!("{}. 300 {record}\n", site.host));
        }
    }
    if apex == "tinh.example" {
        text.push_str(&format!("lanh-that 300 AAAA {}\nlanh-that 300 A {}\n", ipv6(5), ipv4(5)));
    }
    text
}

#[test]
fn knot_unbound_and_nginx_are_judged_as_they_were_set_up() {
    if !namespace::enter_with(
        &["knotd", "unbound", "nginx", "ip"],
        module_path!(),
        "knot_unbound_and_nginx_are_judged_as_they_were_set_up",
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let nginx = Nginx::new(folder);
    let sites = sites(&nginx);
    let root = Knot::start(folder, "root", &ROOT_AT, &[(".", ROOT_ZONE.to_owned())]);
    let tld = Knot::start(folder, "tld", &TLD_AT, &[("example", tld_zone(""))]);
    let leaf = Knot::start(
        folder,
        "leaf",
        &LEAF_AT,
        &[
            ("tinh.example", leaf_zone("tinh.example", true, &zone_text(&sites, "tinh.example"))),
            ("mot.example", leaf_zone("mot.example", false, &zone_text(&sites, "mot.example"))),
        ],
    );
    let unbound = Unbound::start(folder);
    let servers: Vec<String> = sites.iter().flat_map(|site| site.servers.clone()).collect();
    let web = nginx.start(&[servers, vec![validator(&nginx, folder)]].concat());
    let services: Vec<Service> = sites
        .iter()
        .map(|site| Service { id: site.id, target: format!("web: \"https://{}/\"", site.host) })
        .collect();
    let result = scan::scan(folder, &services);
    let expected = sites
        .iter()
        .map(|site| (site.id, site.expected))
        .filter(|(id, _)| *id != CLIENT_CERTIFICATE);
    let expected: Vec<_> = expected.collect();
    assert_eq!(result["run"]["vantage"]["ipv6"], "working");
    scan::compare(&result, &expected);
    for (check, outcome, reason) in [
        ("tls-handshake", "pass", "client-certificate-asked"),
        ("tls-trusted", "pass", "trusted"),
        ("tls-name", "pass", "name-matches"),
        ("web-answers", "inconclusive", "client-certificate-required"),
        ("ipv6-only-usable", "inconclusive", "client-certificate-required"),
    ] {
        let verdict = scan::verdict(&result, CLIENT_CERTIFICATE, check);
        assert_eq!((&verdict["outcome"], &verdict["reason"]), (&outcome.into(), &reason.into()));
    }
    // The certificate and the page behind a version that no client takes are seen.
    let show = ["show", "peers/chi-tls10", "--all", "-v"];
    let shown = succeed(&mut v6ready(&folder.join("run.db"), &show)).stdout;
    let shown = String::from_utf8(shown).unwrap();
    for line in ["TLS: TLSv1.0 TLS_", "Chromium: ", "HTTP: HTTP/1.1 200"] {
        assert!(shown.contains(line), "{line} is not in {shown}");
    }
    for check in ["tls-trusted", "tls-name", "tls-validity", "tls-key"] {
        assert_eq!(scan::verdict(&result, "chi-tls10", check)["outcome"], "pass", "{check}");
    }
    let origin = scan::verdict(&result, "lanh", "address-origin");
    assert_eq!(origin["reason"], "none-declared", "{origin}");
    assert!(origin.to_string().contains("valid"), "{origin}");
    let diversity = scan::verdict(&result, "lanh", "dns-ns-diversity");
    assert_eq!(diversity["reason"], "several-ases", "{diversity}");
    // An outage of our own is reported, and what it spoilt is asked again: no site is blamed for it.
    let peers = [root, tld, leaf, unbound, web];
    let result = scan::scan_through_an_outage(folder, &services, &peers);
    assert_eq!(result["run"]["vantage"]["ipv6"], "lost");
    scan::compare(&result, &expected);
    peers.into_iter().for_each(Peer::stop);
}
