use super::*;
use crate::inventory::import::{Reading, Words};
use crate::model::Name;

fn read(format: ListFormat, text: &str) -> Result<Reading, String> {
    let options = ListOptions {
        origin: Some(Name::parse("example.gov.vn").unwrap()),
        words: Words::built_in(),
        now: Some("2026-11-30T00:00:00Z".parse().unwrap()),
    };
    list_candidates(format, text.as_bytes(), &options, &Budget::new(&|| false))
}

/// The format is found, and each service is this one.
fn services(format: ListFormat, text: &str) -> Vec<String> {
    assert_eq!(list_format(text.as_bytes()), Some(format), "{text}");
    let reading = read(format, text).unwrap();
    assert_eq!(reading.problems, []);
    let candidates = reading.candidates.iter();
    candidates.map(|one| format!("{} {}", one.place, one.target)).collect()
}

#[test]
fn names_a_line() {
    let text = "# Sites.\nwww.example.gov.vn\n\n2,a.example # second\nmail:example.gov.vn\nwww.example.gov.vn\n";
    assert_eq!(
        services(ListFormat::Names, text),
        [
            "line 2 https://www.example.gov.vn/",
            "line 4 https://a.example/",
            "line 5 mail:example.gov.vn"
        ]
    );
    let reading = read(ListFormat::Names, "a b\ngood.example\n").unwrap();
    assert_eq!((reading.problems.len(), reading.candidates.len()), (1, 1));
    assert_eq!(reading.problems[0].place, "line 1");
    assert!(read(ListFormat::Names, "# nothing\n").unwrap_err().contains("no services"));
}

#[test]
fn tables_and_zones_are_no_lists() {
    for text in [
        "organisation,web\nA,https://a.example/\n",
        "web\na.example\n",
        "Tên miền\na.example\n",
        "$ORIGIN example.\n@ IN SOA a b 1 2 3 4 5\n",
        "www.example. 300 IN A 192.0.2.1\n",
        "<html></html>",
        "{}",
        "",
    ] {
        assert_eq!(list_format(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn internet_nl_requests_and_results() {
    let request = r#"{"name": "Q4", "type": "mail", "domains": ["example.gov.vn", "a.example"]}"#;
    assert_eq!(
        services(ListFormat::InternetNl, request),
        ["domain 1 mail:example.gov.vn", "domain 2 mail:a.example"]
    );
    let results = r#"{"api_version": "2.3.0", "request": {"request_id": "0123", "request_type": "web", "status": "done"},
        "domains": {"example.gov.vn": {"status": "ok", "scoring": {"percentage": 48}, "results": {"custom": {}}},
        "b.example": {"status": "error"}}}"#;
    assert_eq!(
        services(ListFormat::InternetNl, results),
        ["domain 1 https://example.gov.vn/", "domain 2 https://b.example/"]
    );
    let old = r#"{"success": true, "message": "OK", "data": {"name": "My mail test", "api-version": "1.1", "domains": [
        {"domain": "example.gov.vn", "status": "ok", "score": 43, "link": "http://nl.example/mail/example.gov.vn/1/"},
        {"domain": "b.example", "status": "ok", "link": "http://nl.example/site/b.example/2/", "views": []}]}}"#;
    assert_eq!(
        services(ListFormat::InternetNl, old),
        ["domain 1 mail:example.gov.vn", "domain 2 https://b.example/"]
    );
    let plain = read(ListFormat::InternetNl, r#"{"domains": ["a.example"]}"#).unwrap();
    assert!(plain.notes[0].contains("taken for web sites"));
    for (text, expected) in [
        (r#"{"type": "connection", "domains": []}"#, "its type is `connection`"),
        (r#"{"request": {"request_type": "web"}}"#, "no `domains`"),
        (r#"{"domains": ["#, "no request or result of internet.nl: EOF"),
        (r#"{"domains": 3}"#, "a list of domains"),
    ] {
        let error = read(ListFormat::InternetNl, text).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn whynoipv6_campaigns_and_subdomains() {
    let campaign = "title: Khánh Hòa\ndescription: Sites of the province\nuuid: 1c902e81\ndomains:\n    - example.gov.vn\n    \
        - bücher.example # one\n";
    assert_eq!(
        services(ListFormat::WhyNoIpv6, campaign),
        ["line 5 https://example.gov.vn/", "line 6 https://xn--bcher-kva.example/"]
    );
    assert_eq!(
        services(ListFormat::WhyNoIpv6, "subdomains:\n  - tv\n  - secure.login\n"),
        ["line 2 https://tv.example.gov.vn/", "line 3 https://secure.login.example.gov.vn/"]
    );
    let without = list_candidates(
        ListFormat::WhyNoIpv6,
        b"subdomains: [tv]",
        &ListOptions::default(),
        &Budget::new(&|| false),
    );
    assert!(without.unwrap_err().contains("--origin"));
    for (text, expected) in [
        ("title: A\n", "neither `domains`"),
        ("domains: x\n", "line 1: `domains` is no list"),
        ("domains:\n\t- x\n", "line 2"),
    ] {
        let error = read(ListFormat::WhyNoIpv6, text).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn prometheus_targets() {
    let file = "- targets:\n  - https://www.example.gov.vn/\n  - 'app.example:8883'\n  labels:\n    \
        organisation: Sở Y tế\n    name: Cổng\n    module: tcp_tls\n- targets: [192.0.2.1]\n  labels: {module: icmp}\n";
    assert_eq!(list_format(file.as_bytes()), Some(ListFormat::Prometheus));
    let reading = read(ListFormat::Prometheus, file).unwrap();
    let first = &reading.candidates[0];
    assert_eq!(
        (first.organisation.as_deref(), first.name.as_deref()),
        (Some("Sở Y tế"), Some("Cổng"))
    );
    assert_eq!(reading.candidates[1].target.to_string(), "tls:app.example:8883");
    assert_eq!(reading.notes, ["passed over, echo requests, which are no service: 1"]);
    let json = r#"[{"targets": ["https://www.example.gov.vn/"], "labels": {"env": "prod"}}]"#;
    assert_eq!(services(ListFormat::Prometheus, json), ["line 1 https://www.example.gov.vn/"]);
    let configuration = "global:\n  scrape_interval: 15s\nscrape_configs:\n  - job_name: node\n    static_configs:\n      \
        - targets: ['localhost:9100']\n  - job_name: ssh\n    metrics_path: /probe\n    params: {module: [ssh_banner]}\n    \
        file_sd_configs: [{files: [ssh.yml]}]\n    static_configs:\n      - targets: ['a.example:22']\n";
    assert_eq!(services(ListFormat::Prometheus, configuration), ["line 12 ssh:a.example:22"]);
    let notes = read(ListFormat::Prometheus, configuration).unwrap().notes;
    assert!(notes[0].contains("`node` asks no blackbox exporter"));
    assert!(notes[1].contains("import the files"));
    let error = read(ListFormat::Prometheus, "a: 1\n").unwrap_err();
    assert!(error.contains("neither a list of `targets`"), "{error}");
}

#[test]
fn names_of_certificates() {
    let text = r#"[{"issuer_ca_id": 1, "common_name": "example.gov.vn", "not_after": "2027-01-30T08:49:46",
        "name_value": "*.example.gov.vn\nexample.gov.vn\nadmin@example.gov.vn", "serial_number": "01"},
        {"common_name": "old.example.gov.vn", "name_value": "old.example.gov.vn", "not_after": "2024-01-30T08:49:46"},
        {"common_name": "UBND tỉnh", "name_value": "one.example.gov.vn", "not_after": "2027-01-30T08:49:46"}]"#;
    assert_eq!(
        services(ListFormat::Certificates, text),
        ["certificate 1 https://example.gov.vn/", "certificate 3 https://one.example.gov.vn/"]
    );
    let reading = read(ListFormat::Certificates, text).unwrap();
    assert_eq!(reading.candidates[0].guess, Some("a guess from a certificate: confirm or delete"));
    assert_eq!(
        reading.notes,
        [
            "passed over, mail addresses: 1",
            "passed over, names of certificates that have all ended: 1",
            "passed over, texts that are no host names: 1",
            "passed over, wildcards, which name no host: 1",
        ]
    );
    let spotter = r#"[{"id": "1", "dns_names": ["a.example", "*.a.example"], "not_after": "2027-01-30T08:49:46Z"}]"#;
    assert_eq!(services(ListFormat::Certificates, spotter), ["certificate 1 https://a.example/"]);
    let error = read(ListFormat::Certificates, r#"[{"name_value": 1}]"#).unwrap_err();
    assert!(error.contains("line 1"), "{error}");
    assert!(read(ListFormat::Certificates, "[]").unwrap_err().contains("no services"));
}

#[test]
fn open_ports() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" args="nmap -6 -sV -oX - www.example.gov.vn" version="7.95" xmloutputversion="1.05">
<host><status state="up" reason="syn-ack"/><address addr="2001:db8::80" addrtype="ipv6"/>
<hostnames><hostname name="www.example.gov.vn" type="user"/><hostname name="a.rdns.example" type="PTR"/></hostnames>
<ports><extraports state="closed" count="990"/>
<port protocol="tcp" portid="22"><state state="open"/><service name="ssh"/></port>
<port protocol="tcp" portid="80"><state state="open"/><service name="http"/></port>
<port protocol="tcp" portid="443"><state state="open"/><service name="http" tunnel="ssl"/></port>
<port protocol="tcp" portid="3306"><state state="filtered"/></port>
<port protocol="udp" portid="123"><state state="open"/><service name="ntp"/></port>
<port protocol="udp" portid="161"><state state="open"/><service name="snmp"/></port></ports></host>
<host><status state="up"/><address addr="2001:db8::25" addrtype="ipv6"/><address addr="3C:52:82:00:00:01" addrtype="mac"/>
<hostnames></hostnames><ports><port protocol="tcp" portid="25"><state state="open"/><service name="smtp"/></port></ports></host>
<runstats><hosts up="2" down="0" total="2"/></runstats></nmaprun>"#;
    assert_eq!(
        services(ListFormat::Nmap, text),
        [
            "host 1, port 22 ssh:www.example.gov.vn:22",
            "host 1, port 123 ntp:www.example.gov.vn:123",
            "host 1, port 443 https://www.example.gov.vn/",
            "host 2, port 25 tcp:[2001:db8::25]:25",
        ]
    );
    assert_eq!(
        read(ListFormat::Nmap, text).unwrap().notes,
        ["passed over, open ports that aren't TCP, DNS or NTP: 1"]
    );
    for (text, expected) in
        [("<nmaprun></nmaprun>", "no `host`"), ("<nmaprun><host></nmaprun>", "no XML of nmap")]
    {
        let error = read(ListFormat::Nmap, text).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn bounds_are_named() {
    let many: String = (0..100_002).map(|at| format!("a{at}.example\n")).collect();
    assert!(read(ListFormat::Names, &many).unwrap_err().contains("100000 services"));
    let bad = "a b\n".repeat(10_001);
    assert!(read(ListFormat::Names, &bad).unwrap_err().contains("can't be read"));
    let long = format!("{}\n", "a".repeat(5000));
    assert!(read(ListFormat::Names, &long).unwrap().problems[0].message.contains("4096"));
    assert!(
        list_candidates(
            ListFormat::Names,
            b"\xff",
            &ListOptions::default(),
            &Budget::new(&|| false)
        )
        .unwrap_err()
        .contains("UTF-8")
    );
}
