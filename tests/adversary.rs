//! Whatever a network answers, the planner ends, never repeats itself, and no rule panics; and the
//! order in which answers arrived changes nothing.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, NS, PTR, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::TestRng;

use v6ready::check::common;
use v6ready::evidence::query::{Memory, View};
use v6ready::evidence::reach::is_later_round;
use v6ready::evidence::tls::TrustedRoots;
use v6ready::judge::{
    JudgeContext, RestingService, ServiceResult, is_cause_of_unknown, judge_with_memory,
};
use v6ready::model::{
    Answer, Blob, BodyEnd, Connected, Conversation, DnsMessage, Evidence, Greeting,
    GreetingFailure, HttpFailure, HttpResponse, IcmpMeaning, Inventory, LegacyAnswer,
    LegacyVersion, Meaning, NetFailure, Observation, Outcome, Question, QuicFailure, Readings,
    Reply, Request, Security, Service, Stage, Starttls, TlsFailed, TlsFailure, TlsSession, Vantage,
};
use v6ready::{inventory, plan, policy};

/// Rounds of asking that a service may take. Each names every question that can be asked at once,
/// so a chain of dependent look-ups is what costs rounds.
const ROUNDS_MAX: usize = 400;

const NAMES: [&str; 8] = [
    ".",
    "example.",
    "www.example.",
    "a.example.",
    "ns.example.",
    "mx.other.",
    "other.",
    "v6ready-wildcard-probe.example.",
];
const ADDRESSES: [&str; 8] = [
    "2001:db8::1",
    "2001:db8::2",
    "fe80::1",
    "::ffff:192.0.2.1",
    "64:ff9b::c000:201",
    "192.0.2.1",
    "127.0.0.1",
    "169.254.169.254",
];
const URLS: [&str; 9] = [
    "https://www.example/",
    "https://a.example/x?y=z",
    "http://www.example/",
    "http://[fe80::1]/",
    "http://169.254.169.254/latest",
    "//other/",
    "javascript:alert(1)",
    "\u{e9}\u{ff}",
    "https://192.0.2.1:8443/",
];

/// Answers questions from random numbers.
struct Adversary(TestRng);

impl Adversary {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.next_u32()).unwrap() % bound
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }

    fn octets(&mut self, at_most: usize) -> Vec<u8> {
        let mut octets = vec![0; self.below(at_most + 1)];
        self.0.fill_bytes(&mut octets);
        octets
    }

    fn net_failure(&mut self) -> NetFailure {
        match self.below(7) {
            0 => NetFailure::Refused,
            1 => NetFailure::Reset,
            2 => NetFailure::Closed,
            3 => NetFailure::NoRoute,
            4 => NetFailure::Icmp {
                icmp_type: 1,
                icmp_code: 1,
                from: None,
                meaning: IcmpMeaning::Prohibited,
            },
            5 => NetFailure::Exhausted { errno: "EMFILE".to_owned() },
            _ => NetFailure::TimedOut,
        }
    }

    fn record(&mut self, asked: &str) -> Record {
        let name = |text: &str| Name::from_ascii(text).unwrap();
        let target = name(self.one(&NAMES));
        let address: IpAddr = self.one(&ADDRESSES).parse().unwrap();
        let data = match self.below(8) {
            0..=2 => match address {
                IpAddr::V6(address) => RData::AAAA(AAAA(address)),
                IpAddr::V4(address) => RData::A(A(address)),
            },
            3 => RData::CNAME(CNAME(target)),
            4 => RData::NS(NS(target)),
            5 => RData::MX(MX::new(10, target)),
            6 => RData::PTR(PTR(target)),
            _ => RData::TXT(TXT::new(vec!["v=spf1 include:example -all".to_owned()])),
        };
        let owner = if self.below(4) == 0 { self.one(&NAMES) } else { asked };
        Record::from_rdata(name(owner), 60, data)
    }

    fn dns(&mut self, asked: &str) -> Reply {
        match self.below(10) {
            0 => return Reply::DnsFailed(self.net_failure()),
            1 => return Reply::Dns(DnsMessage::new(Blob::new(self.octets(80)))),
            _ => {}
        }
        let mut message = Message::new(7, MessageType::Response, OpCode::Query);
        message.metadata.response_code = match self.below(12) {
            0 => ResponseCode::NXDomain,
            1 => ResponseCode::ServFail,
            2 => ResponseCode::Refused,
            _ => ResponseCode::NoError,
        };
        message.metadata.authoritative = self.below(2) == 0;
        message.metadata.truncation = self.below(8) == 0;
        if self.below(2) == 0 {
            message.edns = Some(Edns::new());
        }
        for _ in 0..self.below(5) {
            let record = self.record(asked);
            message.answers.push(record);
        }
        for _ in 0..self.below(3) {
            let owner = Name::from_ascii(self.one(&NAMES)).unwrap();
            let soa = SOA::new(owner.clone(), owner.clone(), 1, 1, 1, 1, 1);
            message.authorities.push(Record::from_rdata(owner, 60, RData::SOA(soa)));
            let record = self.record(asked);
            message.authorities.push(record);
            let record = self.record(asked);
            message.additionals.push(record);
        }
        let octets = message.to_vec().unwrap_or_default();
        Reply::Dns(DnsMessage::new(Blob::new(octets)))
    }

    /// What is tried is seen: TLS on every connection that it is wanted on, and a page behind it.
    fn conversation(&mut self, wants_tls: bool, wants_page: bool) -> Conversation {
        if self.below(5) == 0 {
            return Conversation {
                connect: Err(self.net_failure()),
                tls: None,
                http: None,
                recheck: None,
            };
        }
        let connect = Ok(Connected { elapsed_us: u64::from(self.0.next_u32()) });
        let tls = match self.below(5) {
            _ if !wants_tls => None,
            0 | 1 => Some(Err(self.failed_handshake())),
            _ => Some(Ok(self.session())),
        };
        let http = match self.below(6) {
            _ if !wants_page || matches!(tls, Some(Err(_))) => None,
            0 | 1 => Some(Err(HttpFailure::Net { failure: self.net_failure() })),
            2 => Some(Err(HttpFailure::HeadersTooLarge)),
            _ => Some(Ok(self.response())),
        };
        Conversation { connect, tls, http, recheck: None }
    }

    fn greeting(&mut self, wants_tls: bool) -> Greeting {
        let conversation = self.conversation(wants_tls, false);
        if conversation.connect.is_err() || matches!(conversation.tls, Some(Err(_))) {
            return Greeting {
                conversation,
                banner: None,
                hello: None,
                refused_ehlo: None,
                starttls: None,
            };
        }
        let part = |adversary: &mut Self| match adversary.below(6) {
            0 | 1 => Some(Err(GreetingFailure::Net { failure: adversary.net_failure() })),
            _ => {
                let meaning = [Meaning::Yes, Meaning::Later, Meaning::No][adversary.below(3)];
                let lines = vec!["220 mx.example ESMTP".to_owned()];
                Some(Ok(Answer { elapsed_us: 1, meaning, lines }))
            }
        };
        let banner = part(self);
        let hello = if matches!(banner, Some(Ok(_))) { part(self) } else { None };
        let is_welcome = matches!(&hello, Some(Ok(answer)) if answer.meaning == Meaning::Yes);
        let starttls = (is_welcome && !wants_tls).then_some(Starttls::NotOffered);
        Greeting { conversation, banner, hello, refused_ehlo: None, starttls }
    }

    fn session(&mut self) -> TlsSession {
        TlsSession {
            elapsed_us: 1,
            version: self.one(&["TLSv1.3", "TLSv1.2", "TLSv1.0", "x"]).to_owned(),
            cipher_suite: self.one(&["x", "TLS_RSA_WITH_AES_128_CBC_SHA"]).to_owned(),
            chain: self.chain(),
            ocsp: (self.below(2) == 0).then(|| Blob::new(self.octets(60))),
            asks_client_certificate: self.below(4) == 0,
            ..TlsSession::default()
        }
    }

    fn chain(&mut self) -> Vec<Blob> {
        let certificates = self.below(4);
        (0..certificates).map(|_| Blob::new(self.octets(60))).collect()
    }

    fn failed_handshake(&mut self) -> TlsFailed {
        let failure = match self.below(7) {
            0 => TlsFailure::Net { failure: self.net_failure() },
            1 => TlsFailure::Alert { code: 40, name: "handshake_failure".to_owned() },
            2 => TlsFailure::ClientCertificate { alert: None },
            3 => TlsFailure::OldVersions { version: "TLSv1.0".to_owned() },
            4 => TlsFailure::OldSuites { cipher_suite: "x".to_owned() },
            5 => TlsFailure::WeakKey { detail: "RSA 512".to_owned() },
            _ => TlsFailure::ChainTooLarge,
        };
        match self.below(2) {
            0 => TlsFailed::new(failure, self.chain()),
            _ => TlsFailed::with_session(failure, self.session()),
        }
    }

    fn response(&mut self) -> HttpResponse {
        let status = [200, 204, 301, 302, 308, 404, 429, 503, 999][self.below(9)];
        let mut headers = Vec::new();
        for _ in 0..self.below(4) {
            let name = self.one(&["location", "content-type", "content-encoding", "alt-svc"]);
            let value = match name {
                "location" => self.one(&URLS).to_owned(),
                "content-encoding" => self.one(&["gzip", "br", "x"]).to_owned(),
                "alt-svc" => "h3=\":443\"".to_owned(),
                _ => self.octets(20).into_iter().map(char::from).collect(),
            };
            headers.push((name.to_owned(), value));
        }
        let body = match self.below(3) {
            0 => Vec::new(),
            1 => self.octets(300),
            _ => {
                format!("<base href={}><script src='{}'>", self.one(&URLS), self.one(&URLS)).into()
            }
        };
        HttpResponse {
            elapsed_us: 1,
            version: "HTTP/1.1".to_owned(),
            status,
            headers,
            body: Blob::new(body),
            body_end: if self.below(2) == 0 { BodyEnd::Complete } else { BodyEnd::TimedOut },
            readings: Readings::default(),
        }
    }

    fn answer(&mut self, request: &Request) -> Observation {
        let reply = match &request.question {
            Question::Dns(question) => {
                let mut asked = question.name.to_string();
                if !asked.ends_with('.') {
                    asked.push('.');
                }
                match Name::from_ascii(&asked) {
                    Ok(_) => self.dns(&asked),
                    Err(_) => self.dns("example."),
                }
            }
            Question::Conversation(asked) => Reply::Conversation(Box::new(
                self.conversation(asked.tls.is_some(), asked.http.is_some()),
            )),
            Question::Greeting(asked) => {
                Reply::Greeting(Box::new(self.greeting(asked.security == Security::Implicit)))
            }
            Question::Route(address) => Reply::Route(Ok(*address)),
            Question::LegacyHello(_) => Reply::LegacyHello(match self.below(4) {
                0 => LegacyAnswer::Accepted { version: LegacyVersion::ALL[0] },
                1 => LegacyAnswer::Alert { code: 70 },
                2 => LegacyAnswer::HungUp,
                _ => LegacyAnswer::Net { failure: self.net_failure() },
            }),
            Question::Quic(_) => Reply::Quic(Err(QuicFailure::Net { failure: self.net_failure() })),
            Question::Echo(_) => Reply::Echo(Err(self.net_failure())),
            Question::Origin(_) => Reply::Origin(None),
            // A reply of the wrong kind, which no store should hold.
            _ => Reply::DnsFailed(self.net_failure()),
        };
        let observed_at = Timestamp::from_second(1_800_000_000).unwrap();
        Observation { request: request.clone(), observed_at, elapsed_us: 1, reply }
    }
}

fn inventory() -> Inventory {
    let text = "version: 1
settings: {resolvers: [\"192.0.2.53\"], attempts: 2}
networks: [{prefix: \"2001:db8::/32\", name: T, testbed: true}, {prefix: \"192.0.2.0/24\", name: T, testbed: true}]
organisations:
  - id: o
    services:
      - {id: web, category: portal, web: \"https://www.example/\"}
      - {id: gone, category: portal, web: \"http://a.example/\", state: retired}
      - {id: moved, category: portal, web: \"https://a.example:8443/\", state: redirected}
      - {id: literal, category: portal, web: \"https://[2001:db8::1]/\", state: ipv6-only}
      - {id: mail, category: portal, mail: example}
      - {id: zone, category: portal, zone: example}
      - {id: dns, category: portal, dns: ns.example}
      - {id: ntp, category: portal, ntp: a.example}
      - {id: tls, category: portal, tls: \"a.example:636\"}
      - {id: tcp, category: portal, tcp: \"a.example:99\"}
      - {id: imap, category: portal, imap: a.example}
      - {id: ssh, category: portal, ssh: a.example}
";
    inventory::parse(text.as_bytes(), "t.yaml")
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)))
        .inventory
}

/// Asks until nothing is missing, with some of the questions answered in each round; the facts in the
/// order in which they came. A planner that remembers what it has read misses nothing that one
/// names which reads everything anew.
fn carry_out(
    inventory: &Inventory,
    service: &Arc<Service>,
    adversary: &mut Adversary,
) -> Vec<Arc<Observation>> {
    let memory = Memory::default();
    let mut evidence = Evidence::new();
    let mut asked = HashSet::new();
    let mut open: Vec<Request> = Vec::new();
    let mut facts = Vec::new();
    let mut resting: Option<RestingService> = None;
    for _ in 0..ROUNDS_MAX {
        let view = View::new(&evidence, &inventory.settings, &inventory.networks, &[]);
        for request in plan::next(&view.remembering(&memory), service) {
            if open.contains(&request) {
                continue;
            }
            assert!(asked.insert(request.key()), "{} asks again: {request}", service.id);
            if let Some(peer) = peer(&request) {
                assert!(
                    inventory.networks.may_visit(peer) || is_ours(inventory, peer),
                    "{request}"
                );
            }
            open.push(request);
        }
        // What was named before may have lost its use meanwhile, and is answered all the same.
        let left = inventory.settings.limits.requests_per_service - facts.len();
        let anew = plan::next(&view, service);
        assert!(anew.len() == left || anew.iter().all(|request| open.contains(request)));
        if open.is_empty() {
            let remembered = result_text(inventory, service, &facts, &memory);
            assert_eq!(remembered, result_text(inventory, service, &facts, &Memory::default()));
            let rested = resting.and_then(|resting: RestingService| {
                with_context(inventory, |context| resting.finish(context))
            });
            if let Some(rested) = rested {
                assert_eq!(remembered, text(&rested));
            }
            return facts;
        }
        resting = match resting {
            Some(resting) => Some(resting).filter(|rest| goes_on(inventory, service, rest)),
            None if open.iter().all(is_later_round) => {
                Some(begin_rest(inventory, service, &evidence, &open))
            }
            None => None,
        };
        for _ in 0..=adversary.below(open.len()) {
            let request = open.swap_remove(adversary.below(open.len()));
            if facts.len() == inventory.settings.limits.requests_per_service {
                continue;
            }
            let fact = Arc::new(adversary.answer(&request));
            memory.invalidate(&request.question);
            evidence.insert(fact.id(), Arc::clone(&fact));
            if let Some(resting) = &mut resting {
                resting.insert(fact.id(), Arc::clone(&fact));
            }
            facts.push(fact);
        }
    }
    panic!("{} is not done after {ROUNDS_MAX} rounds and {} facts", service.id, facts.len());
}

/// The service with these requests still to be answered, and with a part of its evidence.
fn begin_rest(
    inventory: &Inventory,
    service: &Arc<Service>,
    evidence: &Evidence,
    pending: &[Request],
) -> RestingService {
    let memory = Memory::default();
    let view = View::new(evidence, &inventory.settings, &inventory.networks, &[]);
    plan::next(&view.remembering(&memory), service);
    let known = (evidence.clone(), memory);
    let resting =
        with_context(inventory, |context| RestingService::new(context, service, known, pending));
    resting.unwrap_or_else(|_| panic!("all of the evidence is trusted"))
}

/// Whether it can go on with what is at hand.
fn goes_on(inventory: &Inventory, service: &Arc<Service>, resting: &RestingService) -> bool {
    let next = with_context(inventory, |context| plan::next(&resting.view(context), service));
    !resting.is_exhausted(&next)
}

fn peer(request: &Request) -> Option<IpAddr> {
    match &request.question {
        Question::Dns(question) => Some(question.server.ip()),
        Question::Conversation(question) => Some(question.address.ip()),
        _ => None,
    }
}

fn is_ours(inventory: &Inventory, address: IpAddr) -> bool {
    inventory.settings.resolvers.iter().any(|resolver| resolver.ip() == address)
}

/// Everything that is said of a service, as text.
fn result_text(
    inventory: &Inventory,
    service: &Arc<Service>,
    facts: &[Arc<Observation>],
    memory: &Memory,
) -> String {
    let mut evidence = Evidence::new();
    for fact in facts {
        evidence.insert(fact.id(), Arc::clone(fact));
    }
    with_context(inventory, |context| text(&judge_with_memory(context, service, &evidence, memory)))
}

/// A stage is unknown only for a cause, and every stage above 0 rests on something of the service that
/// was seen to work over IPv6.
fn assert_stage_is_founded(
    inventory: &Inventory,
    service: &Arc<Service>,
    facts: &[Arc<Observation>],
) {
    let mut evidence = Evidence::new();
    for fact in facts {
        evidence.insert(fact.id(), Arc::clone(fact));
    }
    with_context(inventory, |context| {
        let result = judge_with_memory(context, service, &evidence, &Memory::default());
        let mut unknown =
            result.blockers.iter().filter(|by| by.outcome == Outcome::Inconclusive).peekable();
        if unknown.peek().is_some() {
            // What is beneath says so; the cause is another gate's.
            let is_founded = unknown.clone().any(|by| is_cause_of_unknown(by.reason))
                && unknown
                    .all(|by| is_cause_of_unknown(by.reason) || by.reason == common::LOWER_LAYER);
            assert!(is_founded, "{} is unknown for no cause: {:?}", service.id, result.blockers);
        }
        let Some(reached) = result.standing.at_least() else { return };
        let judged = result.verdicts.unpack();
        let passes = |ids: &[String], is_proof: fn(&Observation) -> bool| {
            let passing = judged.iter().filter(|judged| {
                judged.verdict.outcome != Outcome::NotApplicable
                    && ids.iter().any(|id| id == judged.check.id)
            });
            let mut cited = passing.flat_map(|judged| &judged.verdict.observations);
            cited.any(|id| facts.iter().any(|fact| fact.id() == *id && is_proof(fact)))
        };
        let gates = |stage| context.policy.gates_of(service.target.kind(), stage).unwrap_or(&[]);
        let is_literal = service.target.host().is_some_and(|host| host.name().is_none());
        if reached >= Stage::Addressed && !is_literal {
            let is_named =
                passes(gates(Stage::Addressed), |seen| matches!(seen.reply, Reply::Dns(_)));
            assert!(is_named, "{} is addressed for nothing", service.id);
        }
        if reached >= Stage::Reachable {
            assert!(
                passes(gates(Stage::Reachable), worked_over_ipv6),
                "{} is reachable for nothing: {}",
                service.id,
                text(&result)
            );
        }
    });
}

/// Whether an observation shows that something answered over IPv6.
fn worked_over_ipv6(seen: &Observation) -> bool {
    let is_ipv6 = match &seen.request.question {
        Question::Greeting(question) => question.address.is_ipv6(),
        Question::Ntp(question) => question.server.is_ipv6(),
        _ => peer(&seen.request).is_some_and(|peer| peer.is_ipv6()),
    };
    is_ipv6
        && match &seen.reply {
            Reply::Dns(_) | Reply::Ntp(_) => true,
            Reply::Conversation(conversation) => conversation.connect.is_ok(),
            Reply::Greeting(greeting) => greeting.conversation.connect.is_ok(),
            _ => false,
        }
}

fn text(result: &ServiceResult) -> String {
    let judged = result.verdicts.unpack();
    let stage = format!("{:?} {:?}\n", result.standing, result.blockers);
    stage
        + &judged
            .iter()
            .map(|judged| format!("{} {:?}\n", judged.check.id, judged.verdict))
            .collect::<String>()
}

fn with_context<T>(inventory: &Inventory, then: impl FnOnce(&JudgeContext<'_>) -> T) -> T {
    let knows = |id: &str, _: Option<&str>| v6ready::check::find(id).is_some();
    let yaml = policy::built_in("ipv6-only").unwrap();
    let policy = policy::Policy::parse("ipv6-only", yaml, knows).unwrap();
    let trust = TrustedRoots::new(&[]).unwrap();
    let vantage = Vantage::new("v", &[]);
    let as_of = Timestamp::from_second(1_800_000_100).unwrap();
    then(&JudgeContext {
        inventory,
        vantage: &vantage,
        policy: &policy,
        trust: &trust,
        as_of,
        is_day_given: false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn asking_ends_and_order_changes_nothing(seed in any::<[u8; 32]>()) {
        let inventory = inventory();
        let rng = TestRng::from_seed(prop::test_runner::RngAlgorithm::ChaCha, &seed);
        let mut adversary = Adversary(rng);
        for service in &inventory.services {
            let mut facts = carry_out(&inventory, service, &mut adversary);
            let anew = |facts: &[_]| result_text(&inventory, service, facts, &Memory::default());
            let in_order = anew(&facts);
            assert_stage_is_founded(&inventory, service, &facts);
            facts.reverse();
            prop_assert_eq!(&in_order, &anew(&facts));
            for at in (1..facts.len()).rev() {
                let other = adversary.below(at + 1);
                facts.swap(at, other);
            }
            prop_assert_eq!(&in_order, &anew(&facts));
        }
    }
}
