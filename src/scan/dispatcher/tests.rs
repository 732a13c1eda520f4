use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::*;
use crate::model::{Question, Reply, Run};
use crate::scan::testing;

/// A run whose network is a counter.
struct Bed {
    dispatcher: Dispatcher,
    network: Arc<CountingNetwork>,
    _folder: tempfile::TempDir,
}

/// Every answer is another one.
#[derive(Default)]
struct CountingNetwork {
    asked: AtomicU32,
    is_silent: AtomicBool,
}

impl Prober for CountingNetwork {
    fn ask<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Observation> {
        Box::pin(async {
            if self.is_silent.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            tokio::task::yield_now().await;
            let elapsed_us = u64::from(self.asked.fetch_add(1, Ordering::Relaxed));
            let observed_at = Timestamp::UNIX_EPOCH;
            let reply = Reply::Route(Ok(Ipv6Addr::LOCALHOST.into()));
            Observation { request: request.clone(), observed_at, elapsed_us, reply }
        })
    }
}

fn bed(coalescer: RequestCoalescer) -> Bed {
    let folder = tempfile::tempdir().unwrap();
    let (settings, run) = (Settings::default(), Run::of_tests("r"));
    let (recorder, reader) = testing::begin_run(folder.path(), "", &settings, &run);
    let network = Arc::new(CountingNetwork::default());
    let prober: Arc<dyn Prober> = network.clone();
    let dispatcher = Dispatcher::new(prober, settings, run.id, recorder, reader, false);
    Bed { dispatcher: Dispatcher { coalescer, ..dispatcher }, network, _folder: folder }
}

/// A request whose answer isn't kept in memory, as that of a conversation.
fn request(number: u16) -> Request {
    let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number);
    Request::nth(Question::Route(IpAddr::V6(address)), 1)
}

fn service(name: &str) -> ServiceId {
    ServiceId { organisation: "o".into(), service: name.into() }
}

impl Bed {
    async fn ask(&self, name: &str, number: u16) -> ObservationId {
        let (service, request) = (service(name), request(number));
        let (id, observation) = self.dispatcher.answer(&service, &request).await.unwrap();
        assert_eq!(id, observation.id());
        assert_eq!(observation.request, request);
        id
    }

    fn asked(&self) -> u32 {
        self.network.asked.load(Ordering::Relaxed)
    }

    fn recorded(&self, name: &str) -> usize {
        self.dispatcher.flush().unwrap();
        self.dispatcher.stored_evidence(&service(name)).unwrap().len()
    }
}

#[tokio::test]
async fn equal_requests_at_once_share_an_answer() {
    let bed = bed(RequestCoalescer::default());
    let (a, b, c) = tokio::join!(bed.ask("a", 1), bed.ask("b", 1), bed.ask("c", 2));
    assert_eq!(a, b);
    assert_ne!(a, c);
    assert_eq!(bed.asked(), 2);
    assert_eq!([bed.recorded("a"), bed.recorded("b"), bed.recorded("c")], [1, 1, 1]);
}

#[tokio::test]
async fn an_answer_without_a_cell_is_in_the_store() {
    let bed = bed(RequestCoalescer::keeping(4));
    let mut first = Vec::new();
    for number in 0..100 {
        first.push(bed.ask("a", number).await);
    }
    assert_eq!(bed.asked(), 100);
    assert!(bed.dispatcher.coalescer.cells() <= 4);
    // One after the other, and equal requests at once.
    for number in 0..100 {
        let (b, c) = tokio::join!(bed.ask("b", number), bed.ask("c", number));
        assert_eq!([b, c], [first[usize::from(number)]; 2]);
    }
    assert_eq!(bed.asked(), 100);
    assert!(bed.dispatcher.coalescer.cells() <= 4);
    assert_eq!([bed.recorded("a"), bed.recorded("b"), bed.recorded("c")], [100; 3]);
}

#[tokio::test]
async fn a_request_with_the_hash_of_another_is_asked() {
    let bed = bed(RequestCoalescer::default());
    bed.dispatcher.coalescer.collide(&request(1).key());
    let (a, b) = tokio::join!(bed.ask("a", 1), bed.ask("b", 1));
    assert_eq!(a, b);
    assert_eq!(bed.asked(), 1);
    assert_eq!([bed.recorded("a"), bed.recorded("b")], [1, 1]);
}

#[tokio::test]
async fn an_abandoned_request_is_made_by_the_next_in_line() {
    let bed = bed(RequestCoalescer::keeping(1));
    let (service, request) = (service("a"), request(1));
    bed.network.is_silent.store(true, Ordering::Relaxed);
    let mut first = Box::pin(bed.dispatcher.answer(&service, &request));
    assert!(futures_util::poll!(&mut first).is_pending());
    bed.network.is_silent.store(false, Ordering::Relaxed);
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
