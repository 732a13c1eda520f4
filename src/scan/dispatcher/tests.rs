use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;

use super::*;
use crate::model::{Question, Reply, Run};
use crate::store::RunInputs;

/// A run whose network is a counter.
struct Bed {
    asking: Dispatcher,
    asked: AtomicU32,
    _folder: tempfile::TempDir,
}

fn bed(known: RequestCoalescer) -> Bed {
    let folder = tempfile::tempdir().unwrap();
    let mut asking = Dispatcher::of_tests(folder.path(), "", &Settings::default());
    asking.known = known;
    Bed { asking, asked: AtomicU32::new(0), _folder: folder }
}

/// A request whose answer isn't kept at hand, as that of a conversation.
fn request(number: u16) -> Request {
    let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number);
    Request::nth(Question::Route(IpAddr::V6(address)), 1)
}

fn service(name: &str) -> ServiceId {
    ServiceId { organisation: "o".into(), service: name.into() }
}

impl Dispatcher {
    /// Begins the run of [`Run::of_tests`] in a new store in a folder.
    pub(in crate::scan) fn of_tests(folder: &Path, inventory: &str, settings: &Settings) -> Self {
        let path = folder.join("v6ready.db");
        let run = Run::of_tests("r");
        let inputs = RunInputs {
            inventory_file: "inventory.yaml".into(),
            inventory: inventory.into(),
            only: Vec::new(),
            settings: settings.clone(),
            policy_name: "p".into(),
            policy_yaml: String::new(),
        };
        let recorder = Store::open(&path).unwrap().begin(&run, &inputs).unwrap();
        let reader = Store::open(&path).unwrap();
        let live = Live::new(settings).unwrap();
        Self::new(live, settings.clone(), run.id, recorder, reader, false)
    }
}

impl Bed {
    /// Asks; every answer of the network is another one.
    async fn ask(&self, name: &str, number: u16) -> ObservationId {
        let (service, request) = (service(name), request(number));
        let network = || async {
            tokio::task::yield_now().await;
            let elapsed_us = u64::from(self.asked.fetch_add(1, Ordering::Relaxed));
            let observed_at = Timestamp::UNIX_EPOCH;
            let reply = Reply::Route(Ok(Ipv6Addr::LOCALHOST.into()));
            Arc::new(Observation { request: request.clone(), observed_at, elapsed_us, reply })
        };
        let (id, observation) = self.asking.ask_by(&service, &request, network).await.unwrap();
        assert_eq!(id, observation.id());
        assert_eq!(observation.request, request);
        id
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }

    fn recorded(&self, name: &str) -> usize {
        self.asking.recorder.flush().unwrap();
        self.asking.recorded(&service(name)).unwrap().len()
    }
}

#[tokio::test]
async fn those_who_come_at_once_share_an_answer() {
    let bed = bed(RequestCoalescer::default());
    let (a, b, c) = tokio::join!(bed.ask("a", 1), bed.ask("b", 1), bed.ask("c", 2));
    assert_eq!(a, b);
    assert_ne!(a, c);
    assert_eq!(bed.asked(), 2);
    assert_eq!([bed.recorded("a"), bed.recorded("b"), bed.recorded("c")], [1, 1, 1]);
}

#[tokio::test]
async fn what_has_no_cell_any_more_is_in_the_store() {
    let bed = bed(RequestCoalescer::keeping(4));
    let mut first = Vec::new();
    for number in 0..100 {
        first.push(bed.ask("a", number).await);
    }
    assert_eq!(bed.asked(), 100);
    assert!(bed.asking.known.cells() <= 4);
    // One after the other, and all that come to the same at once.
    for number in 0..100 {
        let (b, c) = tokio::join!(bed.ask("b", number), bed.ask("c", number));
        assert_eq!([b, c], [first[usize::from(number)]; 2]);
    }
    assert_eq!(bed.asked(), 100);
    assert!(bed.asking.known.cells() <= 4);
    assert_eq!([bed.recorded("a"), bed.recorded("b"), bed.recorded("c")], [100; 3]);
}

#[tokio::test]
async fn another_request_of_the_same_hash_is_asked() {
    let bed = bed(RequestCoalescer::default());
    bed.asking.known.collide(&request(1).key());
    let (a, b) = tokio::join!(bed.ask("a", 1), bed.ask("b", 1));
    assert_eq!(a, b);
    assert_eq!(bed.asked(), 1);
    assert_eq!([bed.recorded("a"), bed.recorded("b")], [1, 1]);
}

#[tokio::test]
async fn who_gives_up_leaves_the_question_to_those_who_wait() {
    let bed = bed(RequestCoalescer::keeping(1));
    let (service, request) = (service("a"), request(1));
    let never = || std::future::pending::<Arc<Observation>>();
    let mut first = Box::pin(bed.asking.ask_by(&service, &request, never));
    assert!(futures_util::poll!(&mut first).is_pending());
    let mut second = Box::pin(bed.ask("b", 1));
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(first);
    let answer = second.await;
    assert_eq!(bed.ask("c", 1).await, answer);
    assert_eq!(bed.asked(), 1);
    assert_eq!([bed.recorded("a"), bed.recorded("b"), bed.recorded("c")], [0, 1, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_never_ask_twice() {
    let bed = Arc::new(bed(RequestCoalescer::keeping(3)));
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..20_u16 {
        let bed = Arc::clone(&bed);
        tasks.spawn(async move {
            for step in 0..60_u16 {
                bed.ask(&format!("s{task}"), (task * 7 + step * 11) % 40).await;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    assert_eq!(bed.asked(), 40);
}
