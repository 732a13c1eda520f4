//! Whole runs without a network: the clock is paused, and every answer is made up.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use super::*;
use crate::evidence::tls::TrustedRoots;
use crate::model::{Inventory, Observation, Question, Reply, Request};
use crate::policy::Policy;
use crate::scan::testing::{self, FakeNetwork};
use crate::store::{Asker, Store};
use crate::{inventory, judge, policy, scan};

const INVENTORY: &str = "version: 1
settings: {resolvers: [\"192.0.2.53:53\"], rounds: 3}
networks: [{prefix: \"2001:db8::/32\", name: T, testbed: true}]
organisations:
  - id: o
    services:
      - {id: a, category: portal, tls: \"[2001:db8::10]:636\"}
      - {id: b, category: portal, tls: \"[2001:db8::11]:636\"}
      - {id: a-again, category: portal, tls: \"[2001:db8::10]:636\"}
";

/// A run in a store of its own.
struct Bed {
    folder: tempfile::TempDir,
    inventory: Arc<Inventory>,
}

impl Bed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let Ok(parsed) = inventory::parse(INVENTORY.as_bytes(), "t.yaml") else { panic!() };
        Self { folder, inventory: Arc::new(parsed.inventory) }
    }

    fn store(&self) -> Store {
        Store::open(&self.folder.path().join("v6ready.db")).unwrap()
    }

    fn begin(&self) -> ScanInput {
        let run = Run { started_at: Timestamp::now(), ..Run::of_tests("r") };
        let folder: &Path = self.folder.path();
        let (recorder, reader) =
            testing::begin_run(folder, INVENTORY, &self.inventory.settings, &run);
        self.input(run, recorder, reader, false)
    }

    fn resume(&self) -> ScanInput {
        let mut store = self.store();
        let run = store.runs().unwrap().remove(0);
        let recorder = store.resume(&run.id).unwrap();
        self.input(run, recorder, store, true)
    }

    fn input(&self, run: Run, recorder: Recorder, reader: Store, resumed: bool) -> ScanInput {
        ScanInput {
            inventory: Arc::clone(&self.inventory),
            services: self.inventory.services.clone(),
            run,
            recorder,
            reader,
            resumed,
            policy: Arc::new(self.policy()),
            trust: Arc::new(TrustedRoots::new(&[]).unwrap()),
        }
    }

    fn policy(&self) -> Policy {
        let yaml = policy::built_in("ipv6-only").unwrap();
        Policy::parse("ipv6-only", yaml, |_, _| true).unwrap()
    }
}

/// Carries a run to its end, as a task to show that it can be one, and returns its events.
async fn run_through(
    input: ScanInput,
    network: &Arc<FakeNetwork>,
    stop: StopSignal,
) -> (ScanOutcome, Vec<ScanEvent>) {
    let prober: Arc<dyn Prober> = network.clone();
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let scan = scan::run_through(prober, input, stop, move |event| {
        sink.lock().unwrap().push(event);
    });
    let outcome = tokio::spawn(scan).await.unwrap().unwrap();
    let events = events.lock().unwrap().clone();
    (outcome, events)
}

fn never() -> StopSignal {
    StopSignal::new().1
}

/// The events with the services left out, in which each may finish at another moment.
fn in_short(events: &[ScanEvent]) -> Vec<String> {
    let mut words: Vec<String> = events
        .iter()
        .filter_map(|event| match event {
            ScanEvent::Started { services } => Some(format!("started {services}")),
            ScanEvent::VantageTested { works, .. } => Some(format!("works {works}")),
            ScanEvent::ServiceRests { .. } => None,
            ScanEvent::ServiceFinished { .. } => Some("service".to_owned()),
            ScanEvent::WaitingForVantage => Some("waiting".to_owned()),
            ScanEvent::AskingAgain { pass } => Some(format!("again {pass}")),
            ScanEvent::Stopping => Some("stopping".to_owned()),
            ScanEvent::Finished { ending } => Some(format!("{ending:?}")),
        })
        .collect();
    words.dedup();
    words
}

#[tokio::test(start_paused = true)]
async fn a_run_completes_and_its_events_arrive_in_order() {
    let (bed, network) = (Bed::new(), Arc::new(FakeNetwork::default()));
    let (outcome, events) = run_through(bed.begin(), &network, never()).await;
    assert_eq!(outcome.ending, Ending::Complete);
    assert!(outcome.run.complete && outcome.run.finished_at.is_some());
    assert_eq!(bed.store().runs().unwrap(), std::slice::from_ref(&outcome.run));
    let expected = ["started 3", "works true", "service", "works true", "Complete"];
    assert_eq!(in_short(&events), expected);

    let results = outcome.results.unwrap();
    let rests = events.iter().filter(|event| matches!(event, ScanEvent::ServiceRests { .. }));
    assert_eq!(rests.count(), 3, "each service rests once");
    let finished: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            ScanEvent::ServiceFinished { service, standing } => Some((service, *standing)),
            _ => None,
        })
        .collect();
    assert_eq!(finished.len(), 3);
    let policy = bed.policy();
    let trust = TrustedRoots::new(&[]).unwrap();
    for (result, service) in results.iter().zip(&bed.inventory.services) {
        assert!(Arc::ptr_eq(&result.service, service), "in the order of the services");
        assert!(finished.contains(&(&service.id, result.standing)));
        let evidence = bed.store().evidence_of(&outcome.run.id, &service.id).unwrap();
        let context = judge::JudgeContext {
            is_day_given: false,
            inventory: &bed.inventory,
            vantage: &outcome.run.vantage,
            policy: &policy,
            trust: &trust,
            as_of: Timestamp::now(),
        };
        let anew = judge::judge_service(&context, service, &evidence);
        assert_eq!(result.verdicts.unpack(), anew.verdicts.unpack());
    }
    // Two services share an address.
    let requests = network.service_requests();
    assert_eq!(requests.iter().collect::<HashSet<_>>().len(), requests.len());
}

#[tokio::test(start_paused = true)]
async fn without_a_vantage_point_no_service_is_asked() {
    let (bed, network) = (Bed::new(), Arc::new(FakeNetwork::default()));
    network.is_cut_off.store(true, Ordering::Relaxed);
    let (outcome, events) = run_through(bed.begin(), &network, never()).await;
    assert_eq!(outcome.ending, Ending::VantageAbsent);
    assert_eq!(outcome.run.vantage.ipv6, VantageIpv6::Absent);
    assert!(!outcome.run.complete && outcome.results.is_none());
    assert_eq!(network.service_requests(), []);
    assert_eq!(in_short(&events), ["started 3", "works false", "VantageAbsent"]);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_run_loses_nothing_and_is_resumed() {
    let bed = Bed::new();
    let (stopper, stop) = StopSignal::new();
    let stop_at_fifth = move |network: &FakeNetwork, _: &Request| {
        if network.service_requests().len() == 5 {
            stopper.stop();
        }
    };
    let network = Arc::new(FakeNetwork::calling(stop_at_fifth));
    let (outcome, events) = run_through(bed.begin(), &network, stop).await;
    assert_eq!(outcome.ending, Ending::Interrupted);
    assert!(!outcome.run.complete && outcome.run.finished_at.is_none());
    assert!(outcome.results.is_none());
    let expected = ["started 3", "works true", "stopping", "works true", "Interrupted"];
    assert_eq!(in_short(&events), expected);

    let asked = network.service_requests();
    let is_stored = |request: &&Request| {
        bed.store().observation_of(&outcome.run.id, &request.key()).unwrap().is_some()
    };
    let stored: HashSet<_> = asked.iter().filter(is_stored).collect();
    // Only requests that were in flight have no answer.
    assert!(stored.len() >= 4, "{} of {}", stored.len(), asked.len());

    let second = Arc::new(FakeNetwork::default());
    let (outcome, events) = run_through(bed.resume(), &second, never()).await;
    assert_eq!(outcome.ending, Ending::Complete);
    assert_eq!(events.last(), Some(&ScanEvent::Finished { ending: Ending::Complete }));
    let again = second.service_requests();
    assert!(!again.is_empty() && again.iter().all(|request| !stored.contains(request)));
}

#[tokio::test(start_paused = true)]
async fn a_resumed_run_asks_first_for_what_nothing_is_known_of() {
    let bed = Bed::new();
    let input = bed.begin();
    let known = |address: &str| {
        let address = address.parse().unwrap();
        let request = Request::first(Question::Route(address));
        let (observed_at, reply) = (Timestamp::now(), Reply::Route(Ok(address)));
        Arc::new(Observation { request, observed_at, elapsed_us: 1, reply })
    };
    for service in [0, 2] {
        let asker = Asker::Service(bed.inventory.services[service].id.clone());
        input.recorder.record(asker, &known("2001:db8::99"));
    }
    drop(input);
    let network = Arc::new(FakeNetwork::default());
    run_through(bed.resume(), &network, never()).await;
    let first = network.service_requests().remove(0);
    assert!(first.to_string().contains("2001:db8::11"), "{first}");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_resumed_without_ipv6_can_be_resumed_again() {
    // Interrupted among its services, and before its first test of the vantage point.
    for stop_at in [5, 0] {
        let bed = Bed::new();
        let (stopper, stop) = StopSignal::new();
        if stop_at == 0 {
            stopper.stop();
        }
        let network = Arc::new(FakeNetwork::calling(move |network: &FakeNetwork, _: &Request| {
            if network.service_requests().len() == stop_at {
                stopper.stop();
            }
        }));
        let (outcome, _) = run_through(bed.begin(), &network, stop).await;
        assert_eq!(outcome.ending, Ending::Interrupted);
        let run = outcome.run;

        let cut_off = Arc::new(FakeNetwork::default());
        cut_off.is_cut_off.store(true, Ordering::Relaxed);
        for _ in 0..2 {
            let (outcome, _) = run_through(bed.resume(), &cut_off, never()).await;
            assert_eq!((outcome.ending, &outcome.run), (Ending::VantageAbsent, &run));
            assert_eq!(cut_off.service_requests(), []);
            assert_eq!(bed.store().run(&run.id).unwrap().run, run);
        }
        let (outcome, _) =
            run_through(bed.resume(), &Arc::new(FakeNetwork::default()), never()).await;
        assert_eq!(outcome.ending, Ending::Complete);
        assert_eq!(outcome.run.vantage.ipv6, VantageIpv6::Lost);
        assert!(outcome.run.complete && outcome.run.finished_at.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_before_the_first_test_has_ended_interrupts_the_run() {
    let (bed, network) = (Bed::new(), Arc::new(FakeNetwork::default()));
    let (stopper, stop) = StopSignal::new();
    stopper.stop();
    let (outcome, events) = run_through(bed.begin(), &network, stop).await;
    assert_eq!(outcome.ending, Ending::Interrupted);
    assert_eq!(outcome.run.vantage.ipv6, VantageIpv6::Working, "nothing is known of it");
    assert_eq!(network.service_requests(), []);
    assert_eq!(in_short(&events), ["started 3", "stopping", "Interrupted"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_without_a_vantage_point_is_asked_again() {
    let bed = Bed::new();
    let cut_at_third = |network: &FakeNetwork, _: &Request| {
        if network.service_requests().len() == 3 {
            network.is_cut_off.store(true, Ordering::Relaxed);
        }
    };
    let network = Arc::new(FakeNetwork::calling(cut_at_third));
    let watched = Arc::clone(&network);
    let (prober, events): (Arc<dyn Prober>, _) = (network.clone(), Mutex::new(Vec::new()));
    let outcome = scan::run_through(prober, bed.begin(), never(), |event| {
        // The vantage point comes back while the scan waits for it.
        if event == ScanEvent::WaitingForVantage {
            watched.is_cut_off.store(false, Ordering::Relaxed);
        }
        events.lock().unwrap().push(event);
    })
    .await
    .unwrap();
    assert_eq!(outcome.ending, Ending::Complete);
    assert_eq!(outcome.run.vantage.ipv6, VantageIpv6::Lost);
    assert_eq!(outcome.run.vantage.lost.len(), 1);
    assert_eq!(outcome.results.map(|results| results.len()), Some(3));
    let words = in_short(&events.into_inner().unwrap());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (before, after) = words.split_at(words.iter().position(|w| *w == "waiting").unwrap());
    assert!(before.starts_with(&["started 3", "works true"]) && before.ends_with(&["works false"]));
    assert_eq!(after, ["waiting", "works true", "again 2", "service", "works true", "Complete"]);
    assert!(network.service_requests().iter().any(|request| request.repeat == 1));
}
