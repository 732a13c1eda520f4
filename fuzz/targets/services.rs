//! Whole services whose answers are the input: whatever comes, the planner ends and no rule panics.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use v6ready::evidence::query::{Memory, View};
use v6ready::evidence::tls::TrustedRoots;
use v6ready::judge::{JudgeContext, judge_with_memory};
use v6ready::model::{
    Blob, Connected, Conversation, DnsMessage, DnsQuestion, Evidence, HttpResponse, Inventory,
    LegacyAnswer, NetFailure, Question, Reply, Service, TlsSession, Vantage,
};
use v6ready::policy::Policy;
use v6ready::probe::decoders;
use v6ready::{check, inventory, plan, policy};

use super::dns::observation;

/// Requests that are answered; the rest of a service's budget stays unused.
const ANSWERS_MAX: usize = 160;

/// DNS messages, each after its length, that answer the questions of a zone, a mail domain and a web
/// site. The first message's question names them.
pub fn dns_service(octets: &[u8]) {
    let messages = messages(octets);
    let named = messages.iter().find_map(|message| {
        let (name, _) = message.decoded().ok()?.question.clone()?;
        Some(name.as_str().trim_end_matches('.').to_owned())
    });
    let name = named.unwrap_or_default();
    let Some(inventory) = inventory_of(&name).or_else(|| inventory_of("example")) else { return };
    for service in &inventory.services {
        let mut next = 0;
        carry_out(&inventory, service, |question| match question {
            Question::Dns(question) => dns_answer(&messages, question, &mut next),
            _ => Reply::DnsFailed(NetFailure::TimedOut),
        });
    }
}

fn messages(mut octets: &[u8]) -> Vec<DnsMessage> {
    let mut messages = Vec::new();
    while let Some((length, rest)) = octets.split_first_chunk::<2>() {
        let (message, rest) = rest.split_at(rest.len().min(u16::from_be_bytes(*length).into()));
        messages.push(DnsMessage::new(Blob::new(message)));
        octets = rest;
    }
    messages
}

/// The message that repeats the question, or else the next one.
fn dns_answer(messages: &[DnsMessage], asked: &DnsQuestion, next: &mut usize) -> Reply {
    let repeats = |message: &&DnsMessage| {
        let question = message.decoded().ok().and_then(|message| message.question.as_ref());
        question.is_some_and(|(name, of)| *name == asked.name && *of == asked.record_type)
    };
    let found = messages.iter().find(repeats).or_else(|| {
        *next += 1;
        messages.get((*next - 1) % messages.len().max(1))
    });
    found.map_or(Reply::DnsFailed(NetFailure::TimedOut), |message| Reply::Dns(message.clone()))
}

/// A response over HTTP/1.1, which a web site gives to everything.
pub fn web_service(octets: &[u8]) {
    let Ok(response) = decoders::http(octets, false) else { return };
    let Some(inventory) = inventory_of("www.example") else { return };
    for service in inventory.services.iter().filter(|service| service.target.kind() == "web") {
        carry_out(&inventory, service, |question| web_answer(&response, question));
    }
}

fn web_answer(response: &HttpResponse, question: &Question) -> Reply {
    match question {
        Question::Conversation(asked) => {
            let connect = Ok(Connected { elapsed_us: 1 });
            let tls = asked
                .tls
                .as_ref()
                .map(|_| Ok(TlsSession { version: "TLSv1.3".to_owned(), ..TlsSession::default() }));
            let http = asked.http.as_ref().map(|_| Ok(response.clone()));
            Reply::Conversation(Box::new(Conversation { connect, tls, http, recheck: None }))
        }
        Question::Dns(asked) => super::dns::address_of(asked),
        Question::Route(address) => Reply::Route(Ok(*address)),
        Question::Echo(_) => Reply::Echo(Err(NetFailure::TimedOut)),
        Question::LegacyHello(_) => Reply::LegacyHello(LegacyAnswer::HungUp),
        Question::Origin(_) => Reply::Origin(None),
        _ => Reply::DnsFailed(NetFailure::TimedOut),
    }
}

fn inventory_of(name: &str) -> Option<Inventory> {
    let name = serde_json::Value::from(name);
    let url = serde_json::Value::from(format!("https://{}/", name.as_str()?));
    let text = format!(
        "version: 1
settings: {{resolvers: [\"2001:db8::53\"], attempts: 1, rounds: 1}}
networks: [{{prefix: \"2001:db8::/32\", name: T, testbed: true}}, {{prefix: \"192.0.2.0/24\", name: T, testbed: true}}]
organisations:
  - id: o
    services:
      - {{id: zone, category: portal, zone: {name}}}
      - {{id: mail, category: portal, mail: {name}}}
      - {{id: web, category: portal, web: {url}}}
"
    );
    inventory::parse(text.as_bytes(), "t.yaml").ok().map(|parsed| parsed.inventory)
}

/// Asks until nothing is missing, and judges.
fn carry_out(
    inventory: &Inventory,
    service: &Arc<Service>,
    mut answer: impl FnMut(&Question) -> Reply,
) {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| {
        let yaml = policy::built_in("ipv6-only").unwrap_or_default();
        let knows = |id: &str, _: Option<&str>| check::find(id).is_some();
        Policy::parse("ipv6-only", yaml, knows).unwrap_or_else(|error| panic!("{error}"))
    });
    let memory = Memory::default();
    let mut evidence = Evidence::new();
    let mut answers = 0;
    while answers < ANSWERS_MAX {
        let view = View::new(&evidence, &inventory.settings, &inventory.networks, &[]);
        let view = view.of_service(service);
        let missing = plan::next(&view.remembering(&memory), service);
        if missing.is_empty() {
            break;
        }
        for request in missing {
            let reply = answer(&request.question);
            memory.invalidate(&request.question);
            let fact = observation(request, reply);
            evidence.insert(fact.id(), fact);
            answers += 1;
        }
    }
    let vantage = Vantage::new("v", &[]);
    let as_of = Timestamp::from_second(1_800_000_100).unwrap_or_default();
    let context = JudgeContext {
        inventory,
        vantage: &vantage,
        policy: &POLICY,
        trust: TrustedRoots::public(),
        as_of,
        is_day_given: false,
    };
    let _ = judge_with_memory(&context, service, &evidence, &memory);
}
