//! A judged run without a scan.

use std::collections::BTreeMap;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;

use crate::check::common::COMMON_REASONS;
use crate::check::{CATALOGUE, Check};
use crate::judge::{Blocker, Judged, RunResult, ServiceResult, Standing};
use crate::model::{
    Lang, Name, Outcome, Run, RunId, Service, Stage, Subject, SubjectName, Vantage, VantageIpv6,
    Verdict,
};
use crate::policy;
use crate::policy::Policy;
use crate::report::ReportContext;

/// What no output may pass on as it is.
pub const HOSTILE: [&str; 10] = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\u{0}\u{1b}[31mred\u{7}\u{8}\u{85}\u{9b}",
    "\u{202e}gnp.exe\u{202c}\u{2066}\u{200b}",
    "]]>&amp;<!-- -- ?> %s {{ 7*7 }}",
    "\"quoted\",;\r\nnewline\ttab",
    "\u{fffe}\u{ffff}\u{e000}\u{10ffff}",
    "_x0041_&#x41;\\u0041 http://example/ mailto:a@example",
    "| a | b |\n|---|---|\n[x](javascript:alert(1)) `code` @all #1",
];

/// Names as offices have them, with every kind of Vietnamese letter.
pub const PLAIN: [&str; 4] = [
    "Cổng thông tin điện tử",
    "Hệ thống giải quyết thủ tục hành chính",
    "Ủy ban nhân dân phường Vĩnh Nguyên",
    "Trung tâm Chuyển đổi số và Ứng dụng công nghệ, đổi mới sáng tạo",
];

/// A run over so many organisations with so many services each, which are called by `words` and
/// whose subjects say them too.
pub fn result(organisations: usize, services: usize, words: &[&str]) -> RunResult {
    let mut yaml = "version: 1\ntitle: Tỉnh thử nghiệm\nlang: vi\norganisations:\n".to_owned();
    for organisation in 0..organisations {
        let contact =
            if organisation == 0 { "    contact: Phòng CNTT, it@o0.example\n" } else { "" };
        yaml += &format!("  - id: o{organisation}\n    name: X\n{contact}    services:\n");
        for service in 0..services {
            let tags = if service == 0 { "tags: [pilot, hosted], " } else { "" };
            yaml += &format!(
                "      - {{id: s{service}, category: portal, {tags}web: \"https://s{service}.o{organisation}.example/\"}}\n"
            );
        }
    }
    let parsed = crate::inventory::parse(yaml.as_bytes(), "sample.yaml")
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let mut inventory = parsed.inventory;
    let mut word = words.iter().cycle().copied();
    let mut next = || word.next().unwrap().to_owned();
    if words != PLAIN {
        inventory.title = next();
    }
    for organisation in &mut inventory.organisations {
        organisation.name = next();
    }
    for service in &mut inventory.services {
        let renamed = Service { name: next(), ..Service::clone(service) };
        *service = Arc::new(renamed);
    }
    let yaml = policy::built_in("ipv6-for-gov").unwrap();
    let policy = Policy::parse("ipv6-for-gov", yaml, |_, _| true).unwrap();
    let results = inventory
        .services
        .iter()
        .enumerate()
        .map(|(at, service)| service_result(service.clone(), at, &mut next))
        .collect();
    let vantage = CATALOGUE
        .iter()
        .filter(|check| !check.is_about_services())
        .map(|check| judged(check, 0, &mut next))
        .collect();
    let begin = "2026-11-26T20:08:00Z".parse().unwrap();
    let run = Run {
        id: RunId::of_tests("20261126T200800Z-test"),
        started_at: begin,
        finished_at: Some("2026-11-26T20:20:00Z".parse().unwrap()),
        vantage: Vantage {
            name: next(),
            ipv6: VantageIpv6::Working,
            resolver: Some("[2001:db8::53]:53".into()),
            dns64: Vec::new(),
            validates_dnssec: Some(true),
            lost: Vec::new(),
            clock: None,
        },
        version: "0.0.0".into(),
        complete: true,
    };
    RunResult {
        run,
        inventory: Arc::new(inventory),
        policy: Arc::new(policy),
        as_of: "2026-11-27T01:00:00Z".parse().unwrap(),
        is_day_given: false,
        vantage,
        services: results,
        rescans: BTreeMap::new(),
        excerpt: None,
    }
}

/// A small result that only speaks of a few checks, so that a new check changes no golden file.
pub fn golden() -> RunResult {
    const CHECKS: [&str; 6] =
        ["dns-aaaa", "reach-port", "tls-name", "tls-validity", "web-answers", "vantage-ipv6"];
    const POLICY: &str = "version: 1\nname: golden\ntitle: {vi: Chính sách mẫu, en: Sample policy}\n\
        source: {vi: Văn bản mẫu, en: Sample document}\n\
        stages: {1: [dns-aaaa], 2: [reach-port], 3: [tls-name], 4: [web-answers]}\n\
        target: {stage: 3, by: 2026-12-31}\n";
    let mut result = result(2, 7, &PLAIN);
    result.policy = Arc::new(Policy::parse("golden", POLICY, |_, _| true).unwrap());
    let keep = |verdicts: &mut Vec<Judged>| verdicts.retain(|v| CHECKS.contains(&v.check.id));
    keep(&mut result.vantage);
    for service in &mut result.services {
        let mut verdicts = service.verdicts.unpack();
        keep(&mut verdicts);
        service.verdicts = verdicts.into();
        service.blockers.retain(|blocker| CHECKS.contains(&blocker.check));
    }
    result
}

/// Shows a result to a renderer, without evidence.
pub fn render(
    result: &RunResult,
    lang: Lang,
    write: fn(&ReportContext<'_>, &mut dyn std::io::Write) -> std::io::Result<()>,
) -> Vec<u8> {
    let mut out = Vec::new();
    write(&ReportContext { result, lang, find_observation: &|_| None }, &mut out).unwrap();
    out
}

fn service_result(
    service: Arc<Service>,
    at: usize,
    next: &mut dyn FnMut() -> String,
) -> ServiceResult {
    let mut verdicts: Vec<Judged> = CATALOGUE
        .iter()
        .filter(|check| check.is_about_services())
        .enumerate()
        .map(|(number, check)| judged(check, at * 7 + number, next))
        .collect();
    let standing = match at % 8 {
        5 => Standing::Unknown { at_least: Stage::Addressed },
        6 => Standing::NotCounted,
        7 => Standing::Absent,
        stage => Standing::At(Stage::ALL[stage]),
    };
    if standing == Standing::Absent {
        let aaaa = verdicts.iter_mut().find(|judged| judged.check.id == "dns-aaaa").unwrap();
        aaaa.verdict = Verdict::plain(Outcome::Fail, "nxdomain");
        aaaa.severity = aaaa.check.severity_of("nxdomain");
    }
    let holds = |check: &Check| standing != Standing::Absent || check.id == "dns-aaaa";
    let blockers = verdicts
        .iter()
        .filter(|judged| judged.verdict.outcome == Outcome::Fail && holds(judged.check))
        .take(3)
        .map(|judged| Blocker {
            check: judged.check.id,
            reason: judged.verdict.reason,
            outcome: Outcome::Fail,
        })
        .collect();
    ServiceResult { service, standing, blockers, verdicts: verdicts.into() }
}

/// A verdict for one of the reasons that the check can give; most of them pass.
fn judged(check: &'static Check, turn: usize, next: &mut dyn FnMut() -> String) -> Judged {
    let own = check.reasons.iter().map(|reason| (reason.id, reason.outcome));
    let shared = COMMON_REASONS.iter().map(|reason| (reason.id, reason.outcome)).take(2);
    let reasons: Vec<_> = own.chain(shared).collect();
    let passes = reasons.iter().position(|(_, outcome)| *outcome == Outcome::Pass);
    let chosen =
        if turn.is_multiple_of(5) { turn / 5 % reasons.len() } else { passes.unwrap_or(0) };
    let (reason, outcome) = reasons[chosen];
    let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, turn as u16);
    let subject = |name| Subject { name, outcome, reason, detail: vec![("said", next())] };
    let names = match turn % 4 {
        0 => vec![],
        1 => vec![SubjectName::Socket(SocketAddr::new(address.into(), 443))],
        2 => vec![SubjectName::NameServer(Name::from_presentation("ns.example"), None)],
        _ => vec![SubjectName::Url("https://example/<script>\u{202e}\u{0}".into())],
    };
    let subjects = names.into_iter().map(subject).collect();
    let verdict = Verdict { outcome, reason, subjects, observations: Vec::new() };
    Judged { check, severity: check.severity_of(reason), verdict }
}
