use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::check::common;
use crate::judge::{RunResult, Standing};
use crate::model::{Lang, Outcome, Stage, Subject, SubjectName, Verdict};
use crate::report::tests::sample::golden;
use crate::serve::alerts::detect::sighting;
use crate::serve::alerts::message::{Heading, Message};
use crate::serve::config::alerts::{Channel, ChannelKind, Contacts, Route, Smtp, SmtpTls};
use crate::store::{Acknowledgement, MaintenanceWindow};

/// A run in which every check of every service says this.
fn saying(id: &str, standing: Standing, verdict: impl Fn(&str, &str) -> Verdict) -> RunResult {
    let mut run = golden();
    run.run.id = RunId::of_tests(id);
    for service in &mut run.services {
        service.standing = standing;
        service.blockers.clear();
        let name = service.service.id.to_string();
        let mut verdicts = service.verdicts.unpack();
        for judged in &mut verdicts {
            judged.verdict = verdict(&name, judged.check.id);
            judged.severity = judged.check.severity_of(judged.verdict.reason);
        }
        service.verdicts = verdicts.into();
    }
    run
}

fn good(id: &str) -> RunResult {
    saying(id, Standing::At(Stage::AtParity), |_, _| Verdict::plain(Outcome::Pass, "passes"))
}

/// A port is closed at these services; what follows from that could not be looked at.
fn closed(id: &str, at: &[&str], reason: &'static str) -> RunResult {
    let mut run = saying(id, Standing::At(Stage::AtParity), |name, check| {
        let is_closed = at.contains(&name);
        match check {
            "reach-port" if is_closed => Verdict {
                subjects: vec![Subject {
                    name: SubjectName::Socket("[2001:db8::1]:443".parse().unwrap()),
                    outcome: Outcome::Fail,
                    reason,
                    detail: Vec::new(),
                }],
                ..Verdict::plain(Outcome::Fail, reason)
            },
            "dns-aaaa" | "vantage-ipv6" => Verdict::plain(Outcome::Pass, "published"),
            _ if is_closed => Verdict::inconclusive(common::LOWER_LAYER),
            _ => Verdict::plain(Outcome::Pass, "passes"),
        }
    });
    for service in &mut run.services {
        if at.contains(&&*service.service.id.to_string()) {
            service.standing = Standing::At(Stage::Addressed);
        }
    }
    run
}

fn minutes(minutes: i64) -> Timestamp {
    "2026-11-27T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// A store, and what is told by it.
struct Office {
    _folder: TempDir,
    store: Store,
    config: AlertsConfig,
    contacts: BTreeMap<String, Vec<String>>,
    last: Option<RunResult>,
}

impl Office {
    fn new(routes: Vec<Route>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("v6ready.db")).unwrap();
        let mail = Channel {
            name: "mail".into(),
            kind: ChannelKind::Smtp(Smtp {
                host: "localhost".into(),
                port: None,
                tls: SmtpTls::Off,
                ca: None,
                login: None,
                from: "v6ready@example.vn".into(),
                reply_to: None,
            }),
        };
        let config = AlertsConfig {
            channels: vec![mail],
            routes,
            target_days: 1,
            ..AlertsConfig::default()
        };
        Self { _folder: folder, store, config, contacts: BTreeMap::new(), last: None }
    }

    fn happens(&self, happening: &Happening, at: i64) -> Vec<(String, Message)> {
        let audience = Audience {
            config: &self.config,
            base_url: Some("https://v6.example/"),
            contacts: &self.contacts,
        };
        let before = self.store.messages(1000).unwrap().len();
        let count = decide(&self.store, happening, &audience, minutes(at)).unwrap();
        let all = self.store.messages(1000).unwrap();
        assert_eq!(all.len() - before, count);
        self.store.verify().unwrap();
        let new = all.into_iter().take(count);
        new.map(|one| (one.route, serde_json::from_str(&one.document).unwrap())).collect()
    }

    /// What is told after a run.
    fn run(&mut self, result: RunResult, at: i64) -> Vec<(String, Message)> {
        let limits = Limits { certificate_days: 21, target_days: 1 };
        let sighting = sighting(self.last.as_ref(), &result, limits);
        let run = Some((result.run.id.clone(), sighting));
        let told = self.happens(&Happening { inventory: "i".into(), run, own: Vec::new() }, at);
        self.last = Some(result);
        told
    }

    /// What is told because time has passed.
    fn later(&self, at: i64) -> Vec<(String, Message)> {
        self.happens(&Happening::default(), at)
    }

    fn open(&self) -> Vec<Alert> {
        let open = AlertFilter { is_open: true, ..AlertFilter::default() };
        self.store.alerts(&open).unwrap().iter().map(Alert::of_stored).collect()
    }
}

fn team() -> Route {
    Route {
        name: "team".into(),
        channels: vec!["mail".into()],
        to: vec!["noc@example.vn".into()],
        lang: Lang::En,
        ..Route::default()
    }
}

/// What a message says: each group's heading, check and how many entries it has.
fn said(message: &Message) -> Vec<(Heading, Option<&str>, usize)> {
    message
        .groups
        .iter()
        .map(|group| (group.heading, group.check.as_deref(), group.entries.len()))
        .collect()
}

#[test]
fn what_breaks_is_told_once_and_its_end_too() {
    let mut office = Office::new(vec![team()]);
    assert!(office.run(good("1"), 0).is_empty());
    let told = office.run(closed("2", &["o0/s0", "o0/s1", "o1/s2"], "refused"), 15);
    // One message, one line for one cause; what follows from it is not named by itself.
    assert_eq!(told.len(), 1);
    assert_eq!(said(&told[0].1), [(Heading::Begun, Some("reach-port"), 3)]);
    assert!(told[0].1.subject.contains("3 new"), "{}", told[0].1.subject);
    let entry = &told[0].1.groups[0].entries[0];
    assert!(entry.detail.contains("from stage 3 to stage 1"), "{}", entry.detail);
    assert_eq!(entry.url.as_deref(), Some("https://v6.example/services/o0/s0"));
    // Another reason is the same alert, and nothing is told of it.
    assert!(office.run(closed("3", &["o0/s0", "o0/s1", "o1/s2"], "timed-out"), 30).is_empty());
    assert_eq!(office.open().len(), 3);
    // After a restart nothing is told again.
    assert!(office.later(31).is_empty());
    let ids: HashSet<String> = office.open().into_iter().map(|alert| alert.id).collect();
    let told = office.run(closed("4", &["o1/s2"], "refused"), 45);
    assert_eq!(said(&told[0].1), [(Heading::Ended, Some("reach-port"), 2)]);
    assert!(ids.contains(&told[0].1.groups[0].entries[0].alert));
    // A reminder of what lasts, and none of what somebody has taken note of.
    let told = office.later(45 + 24 * 60);
    assert_eq!(said(&told[0].1), [(Heading::Lasts, Some("reach-port"), 1)]);
    let note = Acknowledgement { by: "an".into(), at: minutes(50), note: "x".into() };
    office.store.acknowledge_alert(&office.open()[0].id, &note).unwrap();
    assert!(office.later(45 + 50 * 60).is_empty());
}

#[test]
fn what_was_wrong_before_is_no_news() {
    let mut office = Office::new(vec![team()]);
    assert!(office.run(closed("1", &["o0/s0"], "refused"), 0).is_empty());
    assert!(office.run(closed("2", &["o0/s0"], "refused"), 15).is_empty());
    assert!(office.open().is_empty());
}

#[test]
fn a_run_that_does_not_tell_changes_nothing() {
    let mut office = Office::new(vec![team()]);
    office.run(good("1"), 0);
    office.run(closed("2", &["o0/s0"], "refused"), 15);
    let unknown = Standing::Unknown { at_least: Stage::Ipv4Only };
    let lost = saying("3", unknown, |_, _| Verdict::inconclusive(common::VANTAGE_LOST));
    assert!(office.run(lost, 30).is_empty());
    assert_eq!(office.open().len(), 1);
}

#[test]
fn our_own_outage_is_one_message_and_holds_all_others() {
    let mut office = Office::new(vec![team()]);
    office.run(good("1"), 0);
    let own = |problem: Option<&str>| Happening {
        own: vec![OwnTrouble {
            key: "own-outage".into(),
            kind: Kind::OwnOutage,
            severity: Severity::Critical,
            problem: problem.map(str::to_owned),
        }],
        ..Happening::default()
    };
    let told = office.happens(&own(Some("noc")), 10);
    assert_eq!(said(&told[0].1), [(Heading::Begun, None, 1)]);
    assert!(office.happens(&own(Some("noc")), 11).is_empty());
    assert!(office.run(closed("2", &["o0/s0", "o0/s1"], "refused"), 15).is_empty());
    let told = office.happens(&own(None), 20);
    let mut headings = said(&told[0].1);
    headings.sort_by_key(|(heading, ..)| *heading);
    let expected = [(Heading::Begun, Some("reach-port"), 2), (Heading::Ended, None, 1)];
    assert_eq!(headings, expected);
}

#[test]
fn what_comes_and_goes_is_held_back() {
    let mut office = Office::new(vec![team()]);
    office.config.flapping_changes = 3;
    office.config.flapping_within = Duration::from_secs(6 * 3600);
    office.run(good("0"), 0);
    let mut messages = 0;
    let mut last = Vec::new();
    for turn in 0..6 {
        let at = 10 + turn * 20;
        let told = office.run(closed(&format!("b{turn}"), &["o0/s0"], "refused"), at);
        messages += told.len();
        last.extend(told);
        messages += office.run(good(&format!("g{turn}")), at + 10).len();
    }
    // Twice it is told with its end, once as going to and fro, and then no more.
    assert_eq!(messages, 5, "{last:?}");
    assert!(last.last().unwrap().1.groups[0].entries[0].detail.contains("comes and goes"));
    // Until it lasts.
    assert!(office.run(closed("z", &["o0/s0"], "refused"), 200).is_empty());
    assert!(office.later(300).is_empty());
    assert_eq!(office.later(200 + 6 * 60).len(), 1);
}

#[test]
fn limits_and_maintenance_hold_back_what_is_told_together_later() {
    let mut office = Office::new(vec![Route { per_hour: 1, ..team() }]);
    office.run(good("1"), 0);
    assert_eq!(office.run(closed("2", &["o0/s0"], "refused"), 1).len(), 1);
    assert!(office.run(closed("3", &["o0/s0", "o0/s1"], "refused"), 2).is_empty());
    assert!(office.run(closed("4", &["o0/s0", "o0/s1", "o0/s2"], "refused"), 3).is_empty());
    let told = office.later(62);
    assert_eq!(said(&told[0].1), [(Heading::Begun, Some("reach-port"), 2)]);
    let window = MaintenanceWindow {
        number: 0,
        begins_at: minutes(100),
        ends_at: minutes(200),
        only: vec!["org:o1".into()],
        note: String::new(),
        by: "an".into(),
    };
    office.store.add_maintenance(&window).unwrap();
    let all = ["o0/s0", "o0/s1", "o0/s2", "o1/s0"];
    assert!(office.run(closed("5", &all, "refused"), 150).is_empty());
    assert!(office.later(199).is_empty());
    assert_eq!(said(&office.later(200)[0].1), [(Heading::Begun, Some("reach-port"), 1)]);
}

#[test]
fn each_route_hears_of_what_it_chooses() {
    let only = |pattern: &str| crate::model::Selection::parse([pattern]).unwrap();
    let checks = |glob: &str| vec![globset::Glob::new(glob).unwrap().compile_matcher()];
    let routes = vec![
        team(),
        Route { name: "o1".into(), only: only("org:o1"), ..team() },
        Route { name: "pilot".into(), only: only("tag:pilot"), ..team() },
        Route { name: "tls".into(), checks: checks("tls-*"), ..team() },
        Route { name: "port".into(), checks: checks("reach-*"), ..team() },
    ];
    let mut office = Office::new(routes);
    office.run(good("1"), 0);
    let told = office.run(closed("2", &["o0/s0", "o1/s1"], "refused"), 15);
    let counts: Vec<(&str, usize)> = told
        .iter()
        .map(|(route, message)| (route.as_str(), message.groups[0].entries.len()))
        .collect();
    let mut counts = counts;
    counts.sort_unstable();
    assert_eq!(counts, [("o1", 1), ("pilot", 1), ("port", 2), ("team", 2)]);
}

#[test]
fn a_contact_hears_of_its_own_until_it_wants_no_more() {
    let mut office = Office::new(Vec::new());
    office.config.contacts = Some(Contacts {
        channel: "mail".into(),
        severity: Severity::Error,
        lang: Lang::Vi,
        remind: Duration::ZERO,
        per_hour: 4,
    });
    office.contacts = BTreeMap::from([
        ("o0".into(), vec!["a@o0.example".into(), "b@o0.example".into()]),
        ("o1".into(), vec!["c@o1.example".into()]),
    ]);
    office.run(good("1"), 0);
    let told = office.run(closed("2", &["o0/s0", "o0/s1"], "refused"), 15);
    assert_eq!(told.len(), 2);
    for (route, message) in &told {
        assert_eq!(route, "contact:/o0");
        let link = message.unsubscribe.as_ref().unwrap();
        assert!(link.starts_with("https://v6.example/alerts/unsubscribe?organisation=o0"));
    }
    office.store.unsubscribe("b@o0.example", "o0", minutes(20)).unwrap();
    let told = office.run(good("3"), 30);
    assert_eq!(told.len(), 1);
    let sent = office.store.messages(1).unwrap();
    assert_eq!(sent[0].recipient.as_deref(), Some("a@o0.example"));
}

#[test]
fn certificates_and_targets_are_told_before_it_is_too_late() {
    let ends = |id: &str, end: &'static str| {
        saying(id, Standing::At(Stage::Reachable), |name, check| {
            let is_it = check == "tls-validity" && name == "o0/s0";
            let detail = if is_it { vec![("not-after", end.to_owned())] } else { Vec::new() };
            Verdict {
                subjects: vec![Subject {
                    name: SubjectName::Socket("[2001:db8::1]:443".parse().unwrap()),
                    outcome: Outcome::Pass,
                    reason: "passes",
                    detail,
                }],
                ..Verdict::plain(Outcome::Pass, "passes")
            }
        })
    };
    let mut office = Office::new(vec![Route { severity: Severity::Warning, ..team() }]);
    assert!(office.run(ends("1", "2027-01-30T00:00:00Z"), 0).is_empty());
    let told = office.run(ends("2", "2026-12-10T00:00:00Z"), 15);
    assert_eq!(said(&told[0].1), [(Heading::Begun, Some("tls-validity"), 1)]);
    let detail = &told[0].1.groups[0].entries[0].detail;
    assert!(
        detail.contains("ends on 10 December 2026") && detail.contains("12 days left"),
        "{detail}"
    );
    assert!(office.run(ends("3", "2026-12-10T00:00:00Z"), 30).is_empty());
    // Graver than it was.
    let told = office.run(ends("4", "2026-11-29T00:00:00Z"), 45);
    assert_eq!(said(&told[0].1), [(Heading::Begun, Some("tls-validity"), 1)]);
    let told = office.run(ends("5", "2027-06-01T00:00:00Z"), 60);
    assert_eq!(said(&told[0].1), [(Heading::Ended, Some("tls-validity"), 1)]);
    // The target of the sample is stage 3 until the end of the year.
    let late = RunResult {
        as_of: "2026-12-31T03:00:00Z".parse().unwrap(),
        ..ends("6", "2027-06-01T00:00:00Z")
    };
    let services = late.services.len();
    let told = office.run(late, 75);
    assert_eq!(said(&told[0].1), [(Heading::Begun, None, services)]);
    let reached = RunResult { as_of: "2026-12-31T03:00:00Z".parse().unwrap(), ..good("7") };
    let told = office.run(reached, 90);
    assert_eq!(said(&told[0].1), [(Heading::Ended, None, services)]);
}

#[test]
fn a_certificate_that_ended_is_one_alert_with_the_stage_that_it_costs() {
    let ends = |id: &str, end: &'static str, reason: &'static str, standing: Stage| {
        let mut run = saying(id, Standing::At(Stage::AtParity), |name, check| {
            if check != "tls-validity" || name != "o0/s0" {
                return Verdict::plain(Outcome::Pass, "passes");
            }
            let outcome = if reason == "valid" { Outcome::Pass } else { Outcome::Fail };
            let subject = Subject {
                name: SubjectName::Socket("[2001:db8::1]:443".parse().unwrap()),
                outcome,
                reason,
                detail: vec![("not-after", end.to_owned())],
            };
            Verdict { subjects: vec![subject], ..Verdict::plain(outcome, reason) }
        });
        for service in &mut run.services {
            if service.service.id.to_string() == "o0/s0" {
                service.standing = Standing::At(standing);
            }
        }
        run
    };
    let mut office = Office::new(vec![Route { severity: Severity::Warning, ..team() }]);
    let valid = ends("1", "2027-01-30T00:00:00Z", "valid", Stage::AtParity);
    assert!(office.run(valid, 0).is_empty());
    // The check warns from its thirtieth day on, and the alert waits for the day that was configured.
    let month = ends("2", "2026-12-25T00:00:00Z", "expires-in-30-days", Stage::AtParity);
    assert!(office.run(month, 15).is_empty());
    let ended = ends("3", "2026-11-01T00:00:00Z", "expired", Stage::Reachable);
    let told = office.run(ended, 30);
    assert_eq!(said(&told[0].1), [(Heading::Begun, Some("tls-validity"), 1)]);
    let detail = &told[0].1.groups[0].entries[0].detail;
    assert!(detail.contains("from stage 3 to stage 2"), "{detail}");
    assert_eq!(office.open().len(), 1, "{:?}", office.open());
}

#[test]
fn only_gates_are_missed_and_not_for_causes_of_our_own() {
    let unknown = |id: &str, hidden: &'static str, reason: &'static str| {
        saying(id, Standing::At(Stage::AtParity), |name, check| match check == hidden {
            true if name == "o0/s0" => Verdict::inconclusive(reason),
            _ => Verdict::plain(Outcome::Pass, "passes"),
        })
    };
    for (check, reason, is_told) in [
        ("reach-latency", "one-was-fast", false),
        ("dns-caa", "unknown-authority", false),
        ("web-answers", common::LIMIT, false),
        ("web-answers", common::OUR_FAULT, false),
        ("web-answers", "challenge", true),
    ] {
        let mut office = Office::new(vec![Route { severity: Severity::Info, ..team() }]);
        assert!(office.run(good("1"), 0).is_empty());
        let told = office.run(unknown("2", check, reason), 15);
        assert_eq!(told.len(), usize::from(is_told), "{check} {reason}: {told:?}");
        assert_eq!(office.open().len(), usize::from(is_told), "{check} {reason}");
    }
}

#[test]
fn a_service_that_went_is_not_told_to_be_well() {
    let mut office = Office::new(vec![team()]);
    office.run(good("1"), 0);
    assert_eq!(office.run(closed("2", &["o0/s0"], "refused"), 15).len(), 1);
    let mut without = good("3");
    let mut inventory = crate::model::Inventory::clone(&without.inventory);
    inventory.services.retain(|service| service.id.to_string() != "o0/s0");
    without.services.retain(|one| one.service.id.to_string() != "o0/s0");
    without.inventory = std::sync::Arc::new(inventory);
    assert!(office.run(without, 30).is_empty());
    assert!(office.open().is_empty());
}
