//! Reviews of runs that were never scanned.

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::*;
use crate::check::CATALOGUE;
use crate::judge::{Basis, Finding, Judged, ServiceResult, stage};
use crate::model::{Name, Outcome, Run, Severity, Stage, Subject, SubjectName, Vantage, Verdict};
use crate::policy;
use crate::policy::Policy;

const INVENTORY: &str = r#"
version: 1
title: Tỉnh thử nghiệm
lang: vi
timezone: Asia/Ho_Chi_Minh
networks:
  - {prefix: "2001:db8:100::/40", name: Trung tâm dữ liệu}
organisations:
  - id: a
    name: Đơn vị A
    services:
      - {id: one, category: portal, web: "https://one.example/", target: {stage: 4, by: 2026-12-31}}
      - {id: two, category: portal, web: "https://two.example/"}
      - id: three
        category: public-service
        web: "https://three.example/"
        exemption: {reason: chờ thay thế, until: 2027-02-01}
  - id: b
    name: Đơn vị B
    services:
      - {id: four, category: portal, web: "https://four.example/"}
      - {id: old, category: portal, web: "https://old.example/", state: retired}
"#;

/// A check of a service fails (or is inconclusive) on these things.
type Fault = (&'static str, &'static str, Outcome, &'static str, Vec<SubjectName>);

fn policy(goal: &str) -> Arc<Policy> {
    let yaml = policy::built_in("ipv6-for-gov").unwrap();
    let yaml = yaml.replace("target: {stage: 3, by: 2025-12-31}", goal);
    Arc::new(Policy::parse("p", &yaml, |_, _| true).unwrap())
}

fn run(id: &str, finished_at: &str, as_of: &str, faults: &[Fault]) -> RunResult {
    let inventory = crate::inventory::parse(INVENTORY.as_bytes(), "i.yaml").unwrap().inventory;
    let policy = policy("target: {stage: 3, by: 2026-06-30}");
    let services = inventory
        .services
        .iter()
        .map(|service| {
            let of =
                |check: &str| faults.iter().find(|f| f.1 == check && service.id.to_string() == f.0);
            let verdicts: Vec<Judged> = CATALOGUE
                .iter()
                .filter(|check| check.is_about_services())
                .map(|check| Judged {
                    check,
                    severity: of(check.id).map_or(check.severity, |f| check.severity_of(f.3)),
                    verdict: match of(check.id) {
                        None => Verdict::plain(Outcome::Pass, "passes"),
                        Some((_, _, outcome, reason, names)) => Verdict {
                            subjects: names
                                .iter()
                                .map(|name| Subject {
                                    name: name.clone(),
                                    outcome: *outcome,
                                    reason,
                                    detail: vec![],
                                })
                                .collect(),
                            ..Verdict::plain(*outcome, reason)
                        },
                    },
                })
                .collect();
            let findings = Finding::of_all(&verdicts);
            let (standing, blockers) = stage::standing(service, &findings, &policy);
            let (service, verdicts) = (Arc::clone(service), verdicts.into());
            ServiceResult { service, standing, blockers, verdicts }
        })
        .collect();
    RunResult {
        is_day_given: false,
        run: Run {
            id: RunId::of_tests(id),
            started_at: finished_at.parse().unwrap(),
            finished_at: Some(finished_at.parse().unwrap()),
            vantage: Vantage::new("v", &[]),
            version: "0.0.0".into(),
            complete: true,
        },
        inventory: Arc::new(inventory),
        policy,
        as_of: as_of.parse().unwrap(),
        vantage: vec![],
        services,
        rescans: Default::default(),
        excerpt: None,
    }
}

fn socket(address: &str) -> SubjectName {
    SubjectName::Socket(address.parse::<SocketAddr>().unwrap())
}

fn closing(faults: &[Fault]) -> RunResult {
    run("20261230T000000Z-aaaa", "2026-12-30T00:00:00Z", "2026-12-31T16:59:59Z", faults)
}

fn review(closing: RunResult, previous: Option<RunResult>) -> Review {
    let previous = previous.map(|result| Previous { quarter: "2026Q3".parse().unwrap(), result });
    let quarter = "2026Q4".parse().unwrap();
    let (points, runs, histories) = Default::default();
    Review::of(Material { quarter, closing, previous, points, runs, histories })
}

#[test]
fn quarters_are_read_and_counted() {
    let quarter: Quarter = "2026Q4".parse().unwrap();
    assert_eq!(quarter.to_string(), "2026Q4");
    assert_eq!(quarter.first_day().to_string(), "2026-10-01");
    assert_eq!(quarter.last_day().to_string(), "2026-12-31");
    assert_eq!(quarter.next().to_string(), "2027Q1");
    assert_eq!(quarter.next().previous(), quarter);
    assert_eq!("2024Q1".parse::<Quarter>().unwrap().last_day().to_string(), "2024-03-31");
    for bad in ["", "2026", "2026Q5", "2026Q0", "26Q4", "Q4", "2026Q44", "9999Q1", "+202Q1"] {
        assert!(bad.parse::<Quarter>().is_err(), "{bad}");
    }
    // 17:00 UTC on 31 December is the new year in Vietnam.
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    assert!(quarter.contains("2026-12-31T16:59:59Z".parse().unwrap(), &zone));
    assert!(!quarter.contains("2026-12-31T17:00:00Z".parse().unwrap(), &zone));
    assert!(quarter.contains("2026-09-30T17:00:00Z".parse().unwrap(), &zone));
}

#[test]
fn targets_are_reached_due_missed_exempt_or_undetermined() {
    let faults = [
        ("a/one", "ipv6-only-usable", Outcome::Fail, "unreachable", vec![]),
        ("a/two", "reach-port", Outcome::Fail, "refused", vec![]),
        ("a/three", "reach-port", Outcome::Fail, "refused", vec![]),
        ("b/four", "tls-name", Outcome::Inconclusive, "not-observed", vec![]),
    ];
    let review = review(closing(&faults), None);
    let targets: Vec<_> = review
        .targets
        .iter()
        .map(|t| (t.service.id.to_string(), t.basis, t.progress, t.days_left))
        .collect();
    assert_eq!(
        targets,
        [
            ("a/two".to_owned(), Basis::Policy, Progress::Missed, -184),
            ("b/four".to_owned(), Basis::Policy, Progress::Undetermined, -184),
            // The last day still counts.
            ("a/one".to_owned(), Basis::Inventory, Progress::Due, 0),
            ("a/three".to_owned(), Basis::Policy, Progress::Exempt, -184),
        ]
    );
    let plan = review.plan.clone().unwrap();
    assert_eq!((plan.reached, plan.behind, plan.unknown, plan.exempt), (1, 1, 1, 1));
    assert_eq!(plan.progress, Progress::Missed);
    let exemption = &review.exemptions[0];
    assert!(!exemption.expires_soon && !exemption.expired, "32 days are left");
    for (as_of, soon, expired) in [
        ("2027-01-02T00:00:00Z", true, false),
        ("2027-01-31T18:00:00Z", true, false),
        ("2027-02-01T18:00:00Z", false, true),
    ] {
        let mut closing = closing(&[]);
        closing.as_of = as_of.parse().unwrap();
        let exemption = &super::exemptions(&closing, day_of(closing.as_of, "Asia/Ho_Chi_Minh"))[0];
        assert_eq!((exemption.expires_soon, exemption.expired), (soon, expired), "{as_of}");
    }
    assert_eq!(review.caveats, [Caveat::NoPrevious]);
    assert_eq!(review.today.to_string(), "2026-12-31");
}

#[test]
fn one_remedy_of_a_shared_thing_lifts_all_services_on_it() {
    let server = |name: &str| SubjectName::NameServer(Name::from_presentation(name), None);
    let (ns1, ns2) = (server("ns1.example"), server("ns2.example"));
    let both = vec![ns1.clone(), ns2.clone()];
    let check = "dns-ipv6-only-resolution";
    let faults = [
        ("a/one", check, Outcome::Fail, "unreachable", both.clone()),
        ("a/two", check, Outcome::Fail, "unreachable", both.clone()),
        ("a/three", "reach-port", Outcome::Fail, "refused", vec![socket("[2001:db8:100::1]:443")]),
        ("b/four", "reach-port", Outcome::Fail, "refused", vec![socket("[2001:db8:101::1]:443")]),
        ("b/four", "address-global", Outcome::Fail, "private", vec![]),
    ];
    let review = review(closing(&faults), None);
    let of_remedy = |r: &Remedy| (r.check.id, r.subjects.len(), r.holds, r.lifts);
    let remedies: Vec<_> = review.remedies.iter().map(of_remedy).collect();
    assert_eq!(
        remedies,
        [
            (check, 2, 2, 2),
            ("address-global", 0, 1, 1),
            ("reach-port", 1, 1, 1),
            // Held at a lower stage already: this alone lifts no service.
            ("reach-port", 1, 0, 0),
        ]
    );
    // The two refused ports only share the declared network.
    let shared: Vec<_> =
        review.shared.iter().map(|s| (s.cause.clone(), s.services.len(), s.lifts)).collect();
    let name_server = |name: &str| SharedCause::NameServer(Name::from_presentation(name));
    // Each of the two alone lifts nothing.
    assert_eq!(shared, [(name_server("ns1.example"), 2, 0), (name_server("ns2.example"), 2, 0)]);
}

#[test]
fn what_has_one_cause_is_shared_and_what_has_one_prefix_is_not() {
    let fail = |service, check, reason, name: &str| -> Fault {
        (service, check, Outcome::Fail, reason, vec![socket(name)])
    };
    // One filter, seen at two segments of one site; the third answers otherwise, at another port.
    let faults = [
        fail("a/one", "reach-port", "timed-out", "[2001:db8:100:1::1]:443"),
        fail("a/two", "reach-port", "timed-out", "[2001:db8:100:2::1]:443"),
        fail("a/three", "reach-port", "timed-out", "[2001:db8:100:2::1]:8443"),
        fail("b/four", "reach-port", "icmp-prohibited", "[2001:db8:100:2::1]:443"),
    ];
    let found = shared(&closing(&faults));
    assert_eq!(found.len(), 1);
    let prefix = "2001:db8:100::/48".parse().unwrap();
    assert_eq!(found[0].cause, SharedCause::Network { prefix, port: 443, reason: "timed-out" });
    assert_eq!((found[0].services.len(), found[0].holds, found[0].lifts), (2, 2, 2));
    assert_eq!(found[0].network.as_deref(), Some("Trung tâm dữ liệu"));
    // Refusals are one server's, or of a filter close by: the same site is not enough.
    let refused = [
        fail("a/one", "reach-port", "refused", "[2001:db8:100:1::1]:443"),
        fail("a/two", "reach-port", "refused", "[2001:db8:100:2::1]:443"),
        fail("a/three", "reach-port", "refused", "[2001:db8:100:2::2]:443"),
    ];
    let found = shared(&closing(&refused));
    let prefix = "2001:db8:100:2::/64".parse().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].cause, SharedCause::Network { prefix, port: 443, reason: "refused" });
}

#[test]
fn one_certificate_is_one_cause_wherever_it_is_used() {
    let mut result = closing(&[
        ("a/one", "tls-validity", Outcome::Fail, "expired", vec![socket("[2001:db8:1::1]:443")]),
        ("a/two", "tls-validity", Outcome::Fail, "expired", vec![socket("[2001:db8:2::1]:443")]),
        ("a/three", "tls-validity", Outcome::Fail, "expired", vec![socket("[2001:db8:3::1]:443")]),
    ]);
    for (service, digest) in result.services.iter_mut().zip(["sha256:a", "sha256:a", "sha256:b"]) {
        let mut verdicts = service.verdicts.unpack();
        let of = verdicts.iter_mut().find(|one| one.check.id == "tls-validity").unwrap();
        of.verdict.subjects[0].detail.push(("leaf", digest.to_owned()));
        service.verdicts = verdicts.into();
    }
    let found = shared(&result);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].cause, SharedCause::Certificate("sha256:a".to_owned()));
    assert_eq!((found[0].services.len(), found[0].lifts), (2, 2));
}

#[test]
fn mending_a_root_mends_what_follows_from_it() {
    let at = || vec![socket("[2001:db8::1]:443")];
    let faults = [
        ("a/one", "web-redirects", Outcome::Fail, "target-without-ipv6", at()),
        ("a/one", "web-answers", Outcome::Fail, "leads-nowhere", at()),
        ("a/one", "web-status-parity", Outcome::Fail, "only-over-ipv4", at()),
        ("a/one", "ipv6-only-usable", Outcome::Fail, "redirect-blocked", vec![]),
    ];
    let remedies = remedies(&closing(&faults));
    let [remedy] = &remedies[..] else { panic!("{}", remedies.len()) };
    assert_eq!((remedy.check.id, remedy.holds, remedy.lifts), ("web-redirects", 1, 1));
    assert_eq!(remedy.severity, Severity::Critical);
}

#[test]
fn a_thing_that_fails_beside_another_lifts_no_service_alone() {
    let (first, second) = (socket("[2001:db8::1]:443"), socket("[2001:db8::2]:443"));
    let check = "tls-name";
    let reason = "name-mismatch";
    let faults = [
        ("a/one", check, Outcome::Fail, reason, vec![first.clone(), second]),
        ("a/two", check, Outcome::Fail, reason, vec![first.clone()]),
    ];
    let remedies = remedies(&closing(&faults));
    assert_eq!(remedies.len(), 2);
    let [one, other] = &remedies[..] else { panic!() };
    assert_eq!((one.subjects.clone(), one.holds, one.lifts), (vec![first], 2, 1));
    assert_eq!((other.holds, other.lifts), (1, 0));
}

#[test]
fn what_changed_since_the_earlier_quarter() {
    let before = [
        ("a/one", "reach-port", Outcome::Fail, "refused", vec![]),
        ("b/four", "tls-name", Outcome::Inconclusive, "not-observed", vec![]),
    ];
    let now = [
        ("a/two", "tls-name", Outcome::Fail, "name-mismatch", vec![]),
        ("a/three", "tls-name", Outcome::Inconclusive, "not-observed", vec![]),
    ];
    let earlier =
        run("20260930T000000Z-bbbb", "2026-09-30T00:00:00Z", "2026-09-30T00:00:00Z", &before);
    let review = review(closing(&now), Some(earlier));
    let of =
        |change| -> Vec<_> { review.changed(change).map(|c| c.service.id.to_string()).collect() };
    assert_eq!(of(Change::Better), ["a/one"]);
    assert_eq!(of(Change::Worse), ["a/two"]);
    assert_eq!(of(Change::Unknown), ["a/three"]);
    assert_eq!(of(Change::Known), ["b/four"]);
    assert_eq!(of(Change::Same), ["b/old"]);
    let worse = review.changed(Change::Worse).next().unwrap();
    assert_eq!(worse.checks.len(), 1);
    assert_eq!(worse.checks[0].check, "tls-name");
    assert_eq!(review.caveats, []);
    let group = &review.organisations[1];
    assert_eq!((group.counts.known(), group.before.unwrap().known()), (1, 0));
    assert_eq!(review.trend.len(), 1);
}

#[test]
fn other_weights_need_no_evidence() {
    let faults = [("a/two", "tls-name", Outcome::Fail, "name-mismatch", vec![])];
    let result = closing(&faults);
    let two = |result: &RunResult| result.services[1].standing;
    assert_eq!(two(&result), Standing::At(Stage::Reachable));
    let yaml = policy("").yaml.replace("severity: {}", "severity: {tls-name: warning}");
    let mild = Arc::new(Policy::parse("mild", &yaml, |_, _| true).unwrap());
    let again = result.under(&mild);
    assert_eq!(two(&again), Standing::At(Stage::Ipv6OnlyUsable));
    let [before, after] = [&result, &again].map(|result| result.services[1].verdicts.findings());
    assert_eq!(after.len(), before.len());
    let (_, found) = after.iter().find(|(check, _)| check.id == "tls-name").unwrap();
    assert_eq!(found.severity, Severity::Warning);
}

#[test]
fn a_name_that_does_not_exist_is_behind_every_target_and_counted_apart() {
    let faults = [
        ("a/two", "dns-aaaa", Outcome::Fail, "nxdomain", vec![]),
        ("b/four", "dns-aaaa", Outcome::Fail, "no-data", vec![]),
    ];
    let earlier = run(
        "20260930T000000Z-bbbb",
        "2026-09-30T00:00:00Z",
        "2026-09-30T00:00:00Z",
        &[("a/two", "dns-aaaa", Outcome::Fail, "no-data", vec![])],
    );
    let result = closing(&faults);
    assert_eq!(result.services[1].standing, Standing::Absent);
    assert_eq!(result.under(&result.policy).services[1].standing, Standing::Absent);
    let review = review(result, Some(earlier));
    let last = review.trend.last().unwrap().counts;
    assert_eq!((last.absent, last.stages[0], last.known(), last.retired), (1, 1, 4, 1));
    let two = review.targets.iter().find(|t| t.service.id.to_string() == "a/two").unwrap();
    assert_eq!(two.progress, Progress::Missed);
    let plan = review.plan.clone().unwrap();
    assert_eq!((plan.reached, plan.behind, plan.unknown), (2, 2, 0));
    let worse: Vec<_> =
        review.changed(Change::Worse).map(|change| change.service.id.to_string()).collect();
    assert_eq!(worse, ["a/two", "b/four"]);
    let remedy = review.remedies.iter().find(|remedy| remedy.reason == "nxdomain").unwrap();
    assert_eq!((remedy.holds, remedy.lifts), (1, 1));
    let groups = |group: &Group<Organisation>| group.counts.absent;
    assert_eq!(review.organisations.iter().map(groups).collect::<Vec<_>>(), [1, 0]);
}

/// A run in which two services had other ids: one was another organisation's, which is gone now.
fn before_the_merger(id: &str, finished_at: &str, faults: &[Fault]) -> RunResult {
    let mut earlier = run(id, finished_at, finished_at, faults);
    let text = INVENTORY.replace("  - id: b\n", "  - id: c\n").replace("{id: one,", "{id: cu,");
    let inventory = crate::inventory::parse(text.as_bytes(), "i.yaml").unwrap().inventory;
    for (result, service) in earlier.services.iter_mut().zip(&inventory.services) {
        result.service = Arc::clone(service);
    }
    earlier.inventory = Arc::new(inventory);
    earlier
}

fn after_the_merger(faults: &[Fault]) -> RunResult {
    let mut closing = closing(faults);
    let text = INVENTORY
        .replace("{id: one,", "{id: one, formerly: a/cu,")
        .replace("{id: four,", "{id: four, formerly: c/four,")
        .replace("{id: old,", "{id: old, formerly: c/old,");
    let inventory = crate::inventory::parse(text.as_bytes(), "i.yaml").unwrap().inventory;
    for (result, service) in closing.services.iter_mut().zip(&inventory.services) {
        result.service = Arc::clone(service);
    }
    closing.inventory = Arc::new(inventory);
    closing
}

#[test]
fn who_was_renamed_or_moved_is_followed() {
    let refused = |service| -> Fault {
        (service, "reach-port", Outcome::Fail, "refused", vec![socket("[2001:db8:100::1]:443")])
    };
    let earlier = before_the_merger("20260929T000000Z-past", "2026-09-29T00:00:00Z", &[]);
    let bad = before_the_merger(
        "20261010T000000Z-badd",
        "2026-10-10T00:00:00Z",
        &[refused("a/one"), refused("b/four")],
    );
    // The faults are found by the ids of the sample: they are those of `a/cu` and `c/four`.
    let good = before_the_merger("20261011T000000Z-good", "2026-10-11T00:00:00Z", &[]);
    let closing = after_the_merger(&[refused("b/four")]);
    let lineage = Lineage::between(&bad, &closing);
    let runs = [&bad, &good].map(|run| Snapshot::of(run).under_later_ids(&lineage));
    let mut histories = Histories::default();
    for run in [&earlier, &bad, &good] {
        histories.add_result(run, &lineage);
    }
    histories.add_result(&closing, &Lineage::default());
    let previous = Some(Previous { quarter: "2026Q3".parse().unwrap(), result: earlier });
    let quarter = "2026Q4".parse().unwrap();
    let runs = runs.to_vec();
    let review =
        Review::of(Material { quarter, closing, previous, points: vec![], runs, histories });
    // None came and none went: they are compared with themselves.
    let changes: Vec<_> = review
        .changes
        .iter()
        .filter(|service| service.is_news())
        .map(|service| (service.service.id.to_string(), service.change))
        .collect();
    assert_eq!(
        changes,
        [
            ("a/one".to_owned(), Change::Same),
            ("b/four".to_owned(), Change::Worse),
            ("b/old".to_owned(), Change::Same),
        ]
    );
    let renamed: Vec<_> = review.renamed().map(|(then, now)| format!("{then} {now}")).collect();
    assert_eq!(renamed, ["a/cu a/one", "c/four b/four", "c/old b/old"]);
    // What came and went under the former id is an incident of the service.
    let incidents: Vec<_> = review
        .incidents
        .iter()
        .map(|incident| incident.services.iter().map(|s| s.id.to_string()).collect::<Vec<_>>())
        .collect();
    assert_eq!(incidents, [["a/one", "b/four"]]);
    // The organisation that took the services over is compared with what they were.
    let [_, b] = &review.organisations[..] else { panic!() };
    assert_eq!(b.before.as_ref().map(|before| (before.services, before.retired)), Some((2, 1)));
    let history = review.histories.of(&review.closing.services[3].service.id).unwrap();
    assert_eq!((history.looks, history.ids.len(), history.standings.len()), (4, 2, 4));
}
