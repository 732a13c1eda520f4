//! Tests of a vantage point.

use std::sync::Arc;

use hickory_proto::op::{Message, MessageType, OpCode};
use jiff::Timestamp;

use crate::check::catalogue::find;
use crate::check::context::VantageContext;
use crate::check::rule::{Rule, verdict_of};
use crate::check::testing::reasons::record_reasons;
use crate::evidence::vantage;
use crate::model::{
    Blob, Connected, Conversation, DnsMessage, Evidence, NetFailure, Networks, Observation,
    Outcome, Question, Reply, Settings,
};

/// What works in one test of a vantage point.
#[derive(Clone, Copy)]
pub(in crate::check) struct Works {
    pub route: bool,
    /// How many of the control targets answer.
    pub targets: usize,
    pub resolver: bool,
}

/// Everything works.
pub(in crate::check) const ALL: Works = Works { route: true, targets: 3, resolver: true };

/// A vantage point with three control targets and one resolver.
pub(in crate::check) fn settings() -> Settings {
    let targets = ["[2001:db8::1]:443", "[2001:db8::2]:443", "[2001:db8::3]:443"];
    Settings {
        resolvers: vec!["[2001:db8::53]:53".parse().unwrap()],
        control_targets: targets.map(|text| text.parse().unwrap()).to_vec(),
        ..Settings::default()
    }
}

/// The outcome of one check after these tests, one after the other.
pub(in crate::check) fn outcome_after(
    id: &str,
    settings: &Settings,
    tests: &[Works],
) -> (Outcome, &'static str) {
    outcome_over(id, settings, tests, &resolver_message(&[]))
}

/// As [`outcome_after`], where the resolver answers so when it works.
pub(in crate::check) fn outcome_over(
    id: &str,
    settings: &Settings,
    tests: &[Works],
    message: &Reply,
) -> (Outcome, &'static str) {
    let mut evidence = Evidence::new();
    for (at, works) in tests.iter().enumerate() {
        add_test(&mut evidence, settings, at as u8 + 1, *works, message);
    }
    outcome_of(id, settings, &Networks::default(), &evidence)
}

/// The outcome of one check over what was seen.
pub(in crate::check) fn outcome_of(
    id: &str,
    settings: &Settings,
    networks: &Networks,
    evidence: &Evidence,
) -> (Outcome, &'static str) {
    let vantage = vantage::state("v", evidence, settings);
    let check = find(id).unwrap();
    let Rule::Vantage(rule) = check.rule else { panic!("{id} judges no vantage point") };
    let context = VantageContext { evidence, settings, networks, vantage: &vantage };
    let verdict = verdict_of(rule(&context));
    record_reasons(check, &verdict);
    (verdict.outcome, verdict.reason)
}

/// A message of the resolver with these records.
pub(in crate::check) fn resolver_message(answers: &[hickory_proto::rr::Record]) -> Reply {
    let mut message = Message::new(7, MessageType::Response, OpCode::Query);
    message.answers = answers.to_vec();
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}

fn add_test(evidence: &mut Evidence, settings: &Settings, test: u8, works: Works, message: &Reply) {
    let mut answering = works.targets;
    for request in vantage::questions(settings, test) {
        let reply = match &request.question {
            Question::Route(_) if works.route => Reply::Route(Ok("2001:db8::9".parse().unwrap())),
            Question::Route(_) => Reply::Route(Err(NetFailure::NoRoute)),
            Question::Dns(_) if works.resolver => message.clone(),
            Question::Dns(_) => Reply::DnsFailed(NetFailure::TimedOut),
            Question::Conversation(_) => {
                let is_up = answering > 0;
                answering = answering.saturating_sub(1);
                let up = is_up.then_some(Connected { elapsed_us: 1 });
                let connect = up.ok_or(NetFailure::TimedOut);
                Reply::Conversation(Box::new(Conversation {
                    connect,
                    tls: None,
                    http: None,
                    recheck: None,
                }))
            }
            other => panic!("{other} is no test of a vantage point"),
        };
        let observed_at = Timestamp::from_second(i64::from(test) * 100).unwrap();
        let observation = Observation { request, observed_at, elapsed_us: 1, reply };
        evidence.insert(observation.id(), Arc::new(observation));
    }
}
