//! What the tests of a scan share: a run in a new store, and a network that needs no packets.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use hickory_proto::op::{Message, MessageType, OpCode};
use jiff::Timestamp;

use super::prober::Prober;
use crate::model::{
    Blob, Connected, Conversation, DnsMessage, Name, NetFailure, Observation, Question, Reply,
    Request, Run, Settings, TlsFailed, TlsFailure,
};
use crate::store::{Recorder, RunInputs, Store};

/// Begins a run in a new store in a folder; returns its recorder and a second connection.
pub(super) fn begin_run(
    folder: &Path,
    inventory: &str,
    settings: &Settings,
    run: &Run,
) -> (Recorder, Store) {
    let path = folder.join("v6ready.db");
    let inputs = RunInputs {
        inventory_file: "inventory.yaml".into(),
        inventory_id: None,
        inventory: inventory.into(),
        only: Vec::new(),
        settings: settings.clone(),
        policy_name: "p".into(),
        policy_yaml: String::new(),
    };
    let recorder = Store::open(&path).unwrap().begin(run, &inputs).unwrap();
    (recorder, Store::open(&path).unwrap())
}

/// Root servers and resolvers that answer about the root zone and nothing else, and servers that
/// accept every connection and speak no TLS; the third connection to each is lost.
#[derive(Default)]
pub(super) struct FakeNetwork {
    /// Everything times out, as from a vantage point without a network.
    pub is_cut_off: AtomicBool,
    on_request: Option<OnRequest>,
    requests: Mutex<Vec<Request>>,
}

type OnRequest = Box<dyn Fn(&FakeNetwork, &Request) + Send + Sync>;

impl FakeNetwork {
    /// Calls a function with each request that isn't a test of the vantage point, before its answer.
    pub(super) fn calling(
        on_request: impl Fn(&FakeNetwork, &Request) + Send + Sync + 'static,
    ) -> Self {
        Self { on_request: Some(Box::new(on_request)), ..Self::default() }
    }

    /// The requests until now that are no tests of the vantage point.
    pub(super) fn service_requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn reply(&self, request: &Request) -> Reply {
        let is_cut_off = self.is_cut_off.load(Ordering::Relaxed);
        match &request.question {
            Question::Route(address) => Reply::Route(Ok(*address)),
            Question::Dns(question) if question.name == Name::root() && !is_cut_off => {
                let message = Message::new(7, MessageType::Response, OpCode::Query);
                Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
            }
            Question::Conversation(question) => {
                let failure = TlsFailure::Alert { code: 80, name: "internal_error".into() };
                let failed = TlsFailed::new(failure, Vec::new());
                Reply::Conversation(Box::new(Conversation {
                    connect: match request.attempt {
                        attempt if attempt == 3 || is_cut_off => Err(NetFailure::TimedOut),
                        attempt => Ok(Connected { elapsed_us: u64::from(attempt) * 1000 }),
                    },
                    tls: question.tls.as_ref().map(|_| Err(failed)),
                    http: None,
                    recheck: None,
                }))
            }
            Question::Echo(_) => Reply::Echo(Err(NetFailure::TimedOut)),
            _ => Reply::DnsFailed(NetFailure::TimedOut),
        }
    }
}

impl Prober for FakeNetwork {
    fn ask<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Observation> {
        Box::pin(async {
            tokio::task::yield_now().await;
            if !is_vantage_test(&request.question) {
                let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
                requests.push(request.clone());
                drop(requests);
                if let Some(on_request) = &self.on_request {
                    on_request(self, request);
                }
            }
            let reply = self.reply(request);
            let observed_at = Timestamp::now();
            Observation { request: request.clone(), observed_at, elapsed_us: 1, reply }
        })
    }
}

/// Whether it is a question of `evidence::vantage`; no service of these tests asks the like.
fn is_vantage_test(question: &Question) -> bool {
    match question {
        Question::Route(_) => true,
        Question::Dns(question) => {
            question.name == Name::root()
                || question.name == Name::from_presentation("ipv4only.arpa")
        }
        _ => false,
    }
}
