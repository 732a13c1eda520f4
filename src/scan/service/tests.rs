//! A service that rests, with a store behind it.

use crate::evidence::reach::is_later_round;
use crate::inventory;
use crate::judge::judge_service;
use crate::model::{
    Connected, Conversation, NetFailure, Observation, Question, Reply, Run, TlsFailed, TlsFailure,
};
use crate::policy;
use crate::store::Asker;

use super::*;

const INVENTORY: &str = "version: 1
settings: {resolvers: [\"192.0.2.53\"], rounds: 4}
networks: [{prefix: \"2001:db8::/32\", name: T, testbed: true}]
organisations:
  - id: o
    services: [{id: s, category: portal, tls: \"[2001:db8::10]:636\"}]
";

fn scene(folder: &std::path::Path) -> ScanContext {
    let Ok(parsed) = inventory::parse(INVENTORY.as_bytes(), "t.yaml") else { panic!() };
    let asking = Dispatcher::of_tests(folder, INVENTORY, &parsed.inventory.settings);
    let yaml = policy::built_in("ipv6-only").unwrap();
    let policy = Policy::parse("ipv6-only", yaml, |_, _| true).unwrap();
    ScanContext {
        asking: Arc::new(asking),
        inventory: Arc::new(parsed.inventory),
        policy: Arc::new(policy),
        trust: Arc::new(TrustedRoots::new(&[]).unwrap()),
        vantage: Arc::new(Run::of_tests("r").vantage),
        as_of: Timestamp::UNIX_EPOCH,
        stop: watch::channel(false).1,
        places: Arc::new(Semaphore::new(1)),
        goes_on: false,
    }
}

/// A server that takes every connection and speaks no TLS; its third connection is lost.
fn answer(request: Request) -> Observation {
    let reply = match &request.question {
        Question::Conversation(question) => {
            let failure = TlsFailure::Alert { code: 80, name: "internal_error".into() };
            let failed = TlsFailed { failure, chain: Vec::new() };
            Reply::Conversation(Box::new(Conversation {
                connect: match request.attempt {
                    3 => Err(NetFailure::TimedOut),
                    attempt => Ok(Connected { elapsed_us: u64::from(attempt) * 1000 }),
                },
                tls: question.tls.as_ref().map(|_| Err(failed)),
                http: None,
            }))
        }
        Question::Echo(_) => Reply::Echo(Err(NetFailure::TimedOut)),
        Question::Route(address) => Reply::Route(Ok(*address)),
        _ => Reply::DnsFailed(NetFailure::TimedOut),
    };
    Observation { request, observed_at: Timestamp::UNIX_EPOCH, elapsed_us: 1, reply }
}

/// Carries a service to its end, and reads its evidence again at each rest where that is wanted.
fn carry_out(scene: &ScanContext, reads_again: bool) -> (ServiceResult, usize) {
    let service = Arc::clone(&scene.inventory.services[0]);
    let Ok(mut state) = ServiceState::of(scene.clone(), Arc::clone(&service)) else { panic!() };
    let (mut rests, mut all) = (0, Evidence::new());
    for _ in 0..100 {
        let Ok(next) = state.next_requests() else { panic!() };
        if next.is_empty() {
            let facts = all.len();
            let Ok(result) = state.result() else { panic!() };
            let anew = judge_service(&scene.judge_context(), &service, &all);
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
            let fact = Arc::new(answer(request));
            let asker = Asker::Service(service.id.clone());
            let id = scene.asking.recorder().record(asker, &fact);
            all.insert(id, Arc::clone(&fact));
            state.insert((id, fact));
        }
    }
    panic!("the service is not done");
}

#[tokio::test]
async fn an_unforeseen_answer_brings_all_evidence_back() {
    let folder = tempfile::tempdir().unwrap();
    let scene = scene(folder.path());
    let service = Arc::clone(&scene.inventory.services[0]);
    let Ok(mut state) = ServiceState::of(scene.clone(), Arc::clone(&service)) else { panic!() };
    let learn = |state: &mut ServiceState, request| {
        let fact = Arc::new(answer(request));
        let id = scene.asking.recorder().record(Asker::Service(service.id.clone()), &fact);
        state.insert((id, fact));
    };
    loop {
        let Ok(next) = state.next_requests() else { panic!() };
        if next.iter().all(is_later_round) {
            state.rest(&next);
            break;
        }
        next.into_iter().for_each(|request| learn(&mut state, request));
    }
    assert!(matches!(state.known, Known::Resting(_)));
    learn(&mut state, Request::first(Question::Route([192, 0, 2, 1].into())));
    assert!(state.next_requests().is_ok());
    assert!(matches!(state.known, Known::All(..)));
}

#[tokio::test]
async fn what_was_let_go_is_read_from_the_store() {
    for reads_again in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (result, rests) = carry_out(&scene(folder.path()), reads_again);
        let verdicts = result.verdicts.unpack();
        let stable = verdicts.iter().find(|judged| judged.check.id == "reach-stable").unwrap();
        assert_eq!(stable.verdict.reason, "flapping");
        assert_eq!(rests, 3);
    }
}
