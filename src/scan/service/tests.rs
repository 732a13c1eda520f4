//! A service that rests, with a store behind it.

use crate::evidence::reach::is_later_round;
use crate::inventory;
use crate::judge::judge_service;
use crate::model::{Question, Run};
use crate::policy;
use crate::scan::testing::{self, FakeNetwork};

use super::*;

const INVENTORY: &str = "version: 1
settings: {resolvers: [\"192.0.2.53\"], rounds: 4}
networks: [{prefix: \"2001:db8::/32\", name: T, testbed: true}]
organisations:
  - id: o
    services: [{id: s, category: portal, tls: \"[2001:db8::10]:636\"}]
";

fn context(folder: &std::path::Path) -> ScanContext {
    let Ok(parsed) = inventory::parse(INVENTORY.as_bytes(), "t.yaml") else { panic!() };
    let (settings, run) = (parsed.inventory.settings.clone(), Run::of_tests("r"));
    let (recorder, reader) = testing::begin_run(folder, INVENTORY, &settings, &run);
    let prober = Arc::new(FakeNetwork::default());
    let dispatcher = Dispatcher::new(prober, settings, run.id, recorder, reader, false);
    let yaml = policy::built_in("ipv6-only").unwrap();
    let policy = Policy::parse("ipv6-only", yaml, |_, _| true).unwrap();
    ScanContext {
        dispatcher: Arc::new(dispatcher),
        inventory: Arc::new(parsed.inventory),
        policy: Arc::new(policy),
        trust: Arc::new(TrustedRoots::new(&[]).unwrap()),
        vantage: Arc::new(run.vantage),
        as_of: Timestamp::UNIX_EPOCH,
        stop: StopSignal::new().1,
        load: Arc::default(),
        has_stored_evidence: false,
        resting: tokio::sync::mpsc::unbounded_channel().0,
    }
}

/// Carries a service to its end, and reads its evidence again at each rest where that is wanted.
async fn carry_out(context: &ScanContext, reads_again: bool) -> (ServiceResult, usize) {
    let service = Arc::clone(&context.inventory.services[0]);
    let mut state = ServiceState::load(context.clone(), Arc::clone(&service)).unwrap();
    let (mut rests, mut all) = (0, Evidence::new());
    for _ in 0..100 {
        let next = state.next_requests().unwrap();
        if next.is_empty() {
            let facts = all.len();
            let result = state.into_result().unwrap();
            let anew = judge_service(&context.judge_context(), &service, &all);
            assert_eq!(result.verdicts.unpack(), anew.verdicts.unpack());
            assert_eq!((result.standing, &result.blockers), (anew.standing, &anew.blockers));
            assert!(facts > 5 && rests > 0);
            return (result, rests);
        }
        if next.iter().all(is_later_round) {
            state.rest(&next);
            let Known::Resting(resting) = &state.known else { panic!("it does not rest") };
            assert!(resting.facts_at_hand() <= rests);
            rests += 1;
            if reads_again {
                assert!(state.read_again().is_ok());
                let Known::All(evidence, _) = &state.known else { panic!("it still rests") };
                assert_eq!(evidence.len(), all.len());
            }
        }
        for request in next {
            let (id, observation) = context.dispatcher.answer(&service.id, &request).await.unwrap();
            all.insert(id, Arc::clone(&observation));
            state.take_answer((id, observation));
        }
    }
    panic!("the service is not done");
}

#[tokio::test(start_paused = true)]
async fn an_unforeseen_answer_brings_all_evidence_back() {
    let folder = tempfile::tempdir().unwrap();
    let context = context(folder.path());
    let service = Arc::clone(&context.inventory.services[0]);
    let mut state = ServiceState::load(context.clone(), Arc::clone(&service)).unwrap();
    loop {
        let next = state.next_requests().unwrap();
        if next.iter().all(is_later_round) {
            state.rest(&next);
            break;
        }
        for request in next {
            let answer = context.dispatcher.answer(&service.id, &request).await.unwrap();
            state.take_answer(answer);
        }
    }
    assert!(matches!(state.known, Known::Resting(_)));
    let unforeseen = Request::first(Question::Route([192, 0, 2, 1].into()));
    let answer = context.dispatcher.answer(&service.id, &unforeseen).await.unwrap();
    state.take_answer(answer);
    assert!(state.next_requests().is_ok());
    assert!(matches!(state.known, Known::All(..)));
}

#[tokio::test(start_paused = true)]
async fn what_was_let_go_is_read_from_the_store() {
    for reads_again in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (result, rests) = carry_out(&context(folder.path()), reads_again).await;
        let verdicts = result.verdicts.unpack();
        let stable = verdicts.iter().find(|judged| judged.check.id == "reach-stable").unwrap();
        assert_eq!(stable.verdict.reason, "flapping");
        assert_eq!(rests, 3);
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_come_soon_are_read_together() {
    const SOON: Duration = Duration::from_secs(1);
    let mut in_flight = FuturesUnordered::new();
    for (number, after) in [(2, SOON / 2), (3, SOON * 3 / 2)] {
        in_flight.push(async move {
            tokio::time::sleep(after).await;
            number
        });
    }
    assert_eq!(gather(Some(1), &mut in_flight, SOON).await, [1, 2]);
    assert_eq!(gather(None, &mut in_flight, SOON).await, [3]);
}
