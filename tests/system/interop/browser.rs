//! A real browser visits the lab's sites of TLS, HTTP/2 and mixed content, and agrees with the verdicts: it shows
//! what they let pass, refuses what they fail, and loads or blocks what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};
use serde_json::Value;
use url::Url;
use v6ready::lab::Site;

use super::chromium::{Chromium, Visit};
use crate::lab::RunningLab;
use crate::namespace;
use crate::program::{json, succeed, text, v6ready};

/// The sites, by the file of the province that they stand in.
const SITES: &[&str] = &[
    // tls.rs; of two addresses a browser takes one, so the site with a wrong name at one of two is left out.
    "khong-tls",
    "tu-ky",
    "goc-la",
    "thieu-trung-gian",
    "sai-ten",
    "chua-hieu-luc",
    "het-han",
    "http-het-han",
    "http-tu-ky",
    "dich-sai-ten",
    "http-tls-cu",
    "sap-het-han",
    "tls-cu",
    "chi-dhe",
    "rsa-cbc",
    "doi-chung-thu-12",
    "doi-chung-thu-13",
    "hoi-chung-thu",
    "con-tls-cu",
    "khoa-yeu",
    "sha1",
    "thu-hoi",
    "hai-chung-thu",
    "tls12-ipv6",
    "nhom-khac",
    "co-h3",
    "h3-hong",
    // certificates.rs
    "tai-trung-gian",
    "tai-qua-ipv4",
    "trung-gian-cu",
    "trung-gian-cu-tai",
    "ky-cheo-het-han",
    "khoa-p521",
    "khoa-ed25519",
    // hostile.rs
    "nghin-ten",
    // http2.rs
    "h2",
    "h2-gzip",
    "h2-chuyen-huong",
    "den-h2",
    "h2-dut",
    "h2-chi-ipv4",
    "h2-doi-http1",
    "h2-tu-choi",
    "h2-goaway",
    // web.rs and web_healthy.rs: what pages load
    "dich-khong-tls",
    "tai-nguyen-rieng",
    "ben-thu-ba",
    "anh-chet-ipv6",
    "css-nap-tiep",
    "anh-http",
    "nang-cap-http",
    "tron-http",
    "tot-iframe",
    "tot-tai-nguyen",
    "tot-base",
    "tot-bao-mat",
];

/// Hosts that these sites lead to or load from.
const FURTHER_HOSTS: [&str; 12] = [
    "portal.vidu.example",
    "dichvucong.vidu.example",
    "vanban.vidu.example",
    "h2.vidu.example",
    "khongtls.vidu.example",
    "tot1.vidu.example",
    "tot2.vidu.example",
    "chiipv4.vidu.example",
    "tuchoi.vidu.example",
    "cdn.benba.example",
    "chungthu.vidu.example",
    "chungthu4.vidu.example",
];

/// Keys that Chromium refuses and Firefox takes: the verdict is a failure that isn't critical.
const REFUSED_BY_CHROMIUM_ALONE: [&str; 1] = ["khoa-p521"];

#[test]
fn chromium_agrees_with_the_verdicts() {
    if !namespace::has_all(&["chromium", "certutil", "sh"])
        || !namespace::enter(module_path!(), "chromium_agrees_with_the_verdicts")
    {
        return;
    }
    let lab = RunningLab::start();
    let sites: Vec<Site> = v6ready::lab::sites();
    let sites: Vec<&Site> =
        SITES.iter().map(|id| sites.iter().find(|site| site.id == *id).unwrap()).collect();
    let mut arguments = vec!["scan", lab.inventory(), "--format", "json"];
    let ids: Vec<String> = sites.iter().map(|site| site.full_id()).collect();
    arguments.extend(ids.iter().flat_map(|id| ["--only", id]));
    let result = json(&succeed(&mut v6ready(&lab.path("browser.db"), &arguments)));
    let services = result["services"].as_array().unwrap();
    let service = |site: &Site| services.iter().find(|one| one["id"] == site.full_id()).unwrap();

    let hosts = || sites.iter().map(|site| site.host).chain(FURTHER_HOSTS);
    let over_ipv6: BTreeMap<String, IpAddr> = hosts()
        .filter_map(|host| Some((host.to_owned(), look_up(host, RecordType::AAAA)?)))
        .collect();
    // The sites' own addresses are those of IPv6 in either case.
    let mut over_both = over_ipv6.clone();
    for host in hosts().filter(|host| !over_ipv6.contains_key(*host)) {
        over_both.extend(look_up(host, RecordType::A).map(|at| (host.to_owned(), at)));
    }
    let authority = lab.path("ca.pem");
    let mut surprises = Vec::new();
    for (name, hosts, compare) in [
        ("both", over_both, compare_with_both as fn(&Site, &Value, &Visit) -> Vec<String>),
        ("ipv6", over_ipv6, compare_without_ipv4),
    ] {
        let mut browser = Chromium::start(&lab.path("."), name, &authority, &hosts);
        for site in &sites {
            let visit = browser.visit(&url_of(site));
            let differences = compare(site, service(site), &visit).into_iter();
            surprises.extend(differences.map(|what| format!("{name}: {}: {what}", site.id)));
        }
        browser.stop();
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// A browser that has both families: what it makes of certificates and mixed content.
fn compare_with_both(site: &Site, service: &Value, visit: &Visit) -> Vec<String> {
    let mut differences = Vec::new();
    let usable = verdict(service, "ipv6-only-usable");
    let refusal = visit.refusal.as_deref();
    if usable["outcome"] == "inconclusive" {
        let is_wanted = usable["reason"] == "client-certificate-required"
            && refusal.is_some_and(is_of_missing_certificate);
        if !is_wanted {
            differences.push(format!("{refusal:?} where we know nothing: {}", usable["reason"]));
        }
        return differences;
    }
    let failures: Vec<&Value> = refusals(service);
    let expected = !failures.is_empty() || REFUSED_BY_CHROMIUM_ALONE.contains(&site.id);
    if refusal.is_some() != expected {
        let failures: Vec<&str> = failures.iter().map(|verdict| text(&verdict["reason"])).collect();
        differences.push(format!("{refusal:?} instead of {failures:?}"));
    }
    if refusal.is_none() {
        differences.extend(compare_resources(site, service, visit));
    }
    differences
}

/// Whether an error says that the server wanted a certificate. In TLS 1.3 its alert comes after the handshake
/// (RFC 8446 §4.4.2.4) with the end of the connection, and Chromium may see the end first.
fn is_of_missing_certificate(error: &str) -> bool {
    ["CLIENT_AUTH", "ERR_SOCKET_NOT_CONNECTED", "ERR_CONNECTION_CLOSED", "ERR_CONNECTION_RESET"]
        .iter()
        .any(|kind| error.contains(kind))
}

/// What the page of a site loads, and what browsers block on it.
fn compare_resources(site: &Site, service: &Value, visit: &Visit) -> Vec<String> {
    let mut differences = Vec::new();
    let resources = verdict(service, "web-subresources");
    let (blocked, loaded): (Vec<_>, Vec<_>) =
        subjects(resources).iter().partition(|subject| subject["reason"] == "mixed-content");
    let blocked: BTreeSet<String> =
        blocked.into_iter().map(|subject| text(&subject["url"]).to_owned()).collect();
    if blocked != visit.blocked {
        differences.push(format!("blocked {:?} instead of {blocked:?}", visit.blocked));
    }
    let loaded: BTreeSet<String> = loaded.into_iter().map(host_of_subject).collect();
    let mut asked: BTreeSet<String> = visit.asked.keys().filter_map(|url| host_of(url)).collect();
    // The page's own server is no subject.
    let own = site.target.as_ref().map_or(site.host.to_owned(), |_| String::new());
    asked.remove(&own);
    if asked != loaded {
        differences.push(format!("asked {asked:?} instead of {loaded:?}"));
    }
    // Nothing is asked for by plain http, but for images at addresses.
    let plain = |url: &&String| {
        url.starts_with("http:") && host_of(url).is_some_and(|host| host.parse::<IpAddr>().is_err())
    };
    differences.extend(visit.asked.keys().filter(plain).map(|url| format!("asked for {url}")));
    differences
}

/// A browser that has no IPv4: whether the site can be used without.
fn compare_without_ipv4(site: &Site, service: &Value, visit: &Visit) -> Vec<String> {
    let mut differences = Vec::new();
    let usable = verdict(service, "ipv6-only-usable");
    let (outcome, reason) = (text(&usable["outcome"]), text(&usable["reason"]));
    let is_refused = visit.refusal.is_some();
    // Without what it loads a page is shown all the same.
    let expected = outcome != "pass" && reason != "resource-blocked"
        || REFUSED_BY_CHROMIUM_ALONE.contains(&site.id);
    if is_refused != expected {
        differences.push(format!("{:?} instead of {outcome} {reason}", visit.refusal));
    }
    if is_refused {
        return differences;
    }
    let lost: BTreeSet<String> = visit
        .asked
        .iter()
        .filter(|(_, error)| error.as_ref().is_some_and(|error| is_of_network(error)))
        .filter_map(|(url, _)| host_of(url))
        .collect();
    let is_lost =
        |subject: &&Value| subject["outcome"] == "fail" || subject["reason"] == "dead-link";
    let expected: BTreeSet<String> = subjects(verdict(service, "web-subresources"))
        .iter()
        .filter(is_lost)
        .map(host_of_subject)
        .collect();
    if lost != expected {
        differences.push(format!("lost {lost:?} of {:?} instead of {expected:?}", visit.asked));
    }
    differences
}

/// Whether an error says that no server was reached, rather than that its answer was of no use: the lab's
/// servers answer with a page whatever is asked for.
fn is_of_network(error: &str) -> bool {
    ["NAME_", "CONNECTION_", "ADDRESS_", "CERT_", "SSL_"]
        .iter()
        .any(|kind| error.strip_prefix("net::ERR_").is_some_and(|rest| rest.starts_with(kind)))
}

/// The verdicts that say that no browser shows the site.
fn refusals(service: &Value) -> Vec<&Value> {
    let is_refusal = |verdict: &&Value| {
        let check = text(&verdict["check"]);
        let is_of_page = check == "web-answers" && verdict["reason"] != "error-status";
        let is_of_tls = ["tls-handshake", "tls-trusted", "tls-name", "tls-validity", "tls-key"]
            .contains(&check);
        (is_of_tls || is_of_page)
            && verdict["outcome"] == "fail"
            && verdict["severity"] == "critical"
    };
    service["verdicts"].as_array().unwrap().iter().filter(is_refusal).collect()
}

fn verdict<'a>(service: &'a Value, check: &str) -> &'a Value {
    let mut verdicts = service["verdicts"].as_array().unwrap().iter();
    verdicts.find(|verdict| verdict["check"] == check).unwrap()
}

fn subjects(verdict: &Value) -> &[Value] {
    verdict["subjects"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn host_of_subject(subject: &Value) -> String {
    let host = if subject["host"].is_null() { &subject["address"] } else { &subject["host"] };
    text(host).trim_end_matches('.').to_owned()
}

fn host_of(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.host_str()?.trim_matches(['[', ']']).to_owned())
}

/// What people type to see a site.
fn url_of(site: &Site) -> String {
    let declared = site.target.as_deref().and_then(|target| target.split('"').nth(1));
    declared.map_or_else(|| format!("https://{}/", site.host), str::to_owned)
}

/// The first address of a host, by the lab's resolver.
fn look_up(host: &str, record_type: RecordType) -> Option<IpAddr> {
    const RESOLVER: &str = "[2001:db8:53::53]:53";
    const PATIENCE: Duration = Duration::from_secs(60);
    let name = Name::from_ascii(format!("{host}.")).unwrap();
    let mut query = Message::new(1, MessageType::Query, OpCode::Query);
    query.metadata.recursion_desired = true;
    query.add_query(Query::query(name, record_type));
    let socket = UdpSocket::bind("[::]:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let resolver: SocketAddr = RESOLVER.parse().unwrap();
    socket.send_to(&query.to_vec().unwrap(), resolver).unwrap();
    let mut octets = [0; 4096];
    let length = socket.recv(&mut octets).unwrap();
    let answer = Message::from_vec(&octets[..length]).unwrap();
    answer.answers.iter().find_map(|record| record.data.ip_addr())
}
