//! Verdicts over evidence that is made by hand: what the lab's kernel can't be made to show.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name as WireName, RData, Record};
use jiff::Timestamp;
use url::Url;

mod address;
mod builders;
mod chains;
mod dane;
mod dns;
mod dnssec;
mod families;
mod inventory;
mod limits;
mod mail;
mod mail_unknown;
mod origin;
mod reach;
mod reasons;
mod records;
mod retired;
mod service;
mod service_unknown;
mod tls;
mod tls_chains;
mod web;
mod web_names;
mod web_pages;
mod web_parity;
mod web_usable;
mod zone;
mod zone_delegation;
mod zone_large;
mod zone_servers;
mod zone_way;

use super::{Check, CheckContext, CoverageGuard, Rule, common, find, verdict_of};
use crate::evidence;
use crate::evidence::query::View;
use crate::evidence::tls::TrustedRoots;
use crate::model::{
    Blob, Connected, Conversation, DnsMessage, EchoQuestion, Echoed, Evidence, IcmpMeaning,
    Inventory, Name, NetFailure, Observation, Outcome, Question, RecordType, Reply, Request,
    Verdict,
};

const URL: &str = "https://www.example.vn/";

struct World {
    inventory: Inventory,
    evidence: Evidence,
    trust: TrustedRoots,
}

impl World {
    fn new(state: &str) -> Self {
        Self::of(&format!("web: \"{URL}\", state: {state}"))
    }

    /// A service that is declared so.
    fn of(declared: &str) -> Self {
        let text = format!(
            "version: 1\nsettings: {{resolvers: [\"192.0.2.53\"], attempts: 2}}\n\
             networks: [{{prefix: \"2001:db8::/32\", name: T, testbed: true}}, \
             {{prefix: \"192.0.2.0/24\", name: T, testbed: true}}]\n\
             organisations:\n  - id: o\n    services:\n      \
             - {{id: s, category: portal, {declared}}}\n"
        );
        let parsed = crate::inventory::parse(text.as_bytes(), "t.yaml")
            .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let trust = TrustedRoots::new(&[]).unwrap();
        Self { inventory: parsed.inventory, evidence: Evidence::new(), trust }
    }

    fn view(&self) -> View<'_> {
        View::new(&self.evidence, &self.inventory.settings, &self.inventory.networks, &[])
    }

    fn seen(&mut self, question: Question, attempt: u8, reply: Reply) {
        let request = Request::nth(question, attempt);
        let observed_at = Timestamp::UNIX_EPOCH;
        let observation = Observation { request, observed_at, elapsed_us: 1, reply };
        self.evidence.insert(observation.id(), Arc::new(observation));
    }

    fn dns(mut self, name: &str, record_type: RecordType, reply: &Reply) -> Self {
        for attempt in 1..=2 {
            let name = Name::from_presentation(name);
            let question =
                evidence::dns::dns_question(&self.view(), &name, record_type, attempt).unwrap();
            self.seen(Question::Dns(question), attempt, reply.clone());
        }
        self
    }

    /// Publishes one address of each family.
    fn published(self) -> Self {
        self.dns("www.example.vn", RecordType::AAAA, &answer(&[address("2001:db8::1")])).dns(
            "www.example.vn",
            RecordType::A,
            &answer(&[address("192.0.2.1")]),
        )
    }

    /// One attempt after the other at a TCP connection.
    fn connects(mut self, to: &str, attempts: &[Result<(), NetFailure>]) -> Self {
        let url = Url::parse(URL).unwrap();
        let to: SocketAddr = to.parse().unwrap();
        for (at, connect) in attempts.iter().enumerate() {
            let question = evidence::service::conversation_question(&url, to);
            let connect = connect.clone().map(|()| Connected { elapsed_us: 1 });
            let seen = Conversation { connect, tls: None, http: None };
            let reply = Reply::Conversation(Box::new(seen));
            self.seen(Question::Conversation(question), at as u8 + 1, reply);
        }
        self
    }

    /// One connection that took so many microseconds.
    fn connects_in(mut self, to: &str, elapsed_us: u64) -> Self {
        let question = evidence::service::conversation_question(
            &Url::parse(URL).unwrap(),
            to.parse().unwrap(),
        );
        let connect = Ok(Connected { elapsed_us });
        let seen = Conversation { connect, tls: None, http: None };
        self.seen(Question::Conversation(question), 1, Reply::Conversation(Box::new(seen)));
        self
    }

    /// The verdict of one check.
    fn verdict(&self, id: &str) -> Verdict {
        self.verdict_in(self.view(), id)
    }

    /// The verdict of one check over another view of the facts.
    fn verdict_in(&self, view: View<'_>, id: &str) -> Verdict {
        let check: &Check = find(id).unwrap();
        let (Rule::Service(rule) | Rule::Composed(rule)) = check.rule else {
            panic!("{id} judges no service")
        };
        let case = CheckContext {
            service: &self.inventory.services[0],
            inventory: &self.inventory,
            view,
            trust: &self.trust,
            as_of: Timestamp::UNIX_EPOCH,
        };
        let verdict: Verdict = CoverageGuard::new(&case).verdict_over_all(verdict_of(rule(&case)));
        reasons::given(check, &verdict);
        verdict
    }

    /// The outcome and the reason of one check.
    fn says(&self, id: &str) -> (Outcome, &'static str) {
        let verdict = self.verdict(id);
        (verdict.outcome, verdict.reason)
    }
}

fn address(text: &str) -> (&'static str, RData) {
    let data = match text.parse().unwrap() {
        IpAddr::V4(address) => RData::A(A(address)),
        IpAddr::V6(address) => RData::AAAA(AAAA(address)),
    };
    ("www.example.vn.", data)
}

fn alias(owner: &'static str, target: &str) -> (&'static str, RData) {
    (owner, RData::CNAME(CNAME(WireName::from_ascii(target).unwrap())))
}

fn answer(records: &[(&str, RData)]) -> Reply {
    message(ResponseCode::NoError, records)
}

fn message(rcode: ResponseCode, records: &[(&str, RData)]) -> Reply {
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.metadata.response_code = rcode;
    for (owner, data) in records {
        let owner = WireName::from_ascii(owner).unwrap();
        message.answers.push(Record::from_rdata(owner, 60, data.clone()));
    }
    // Negative answers say by whose authority (RFC 2308 §2).
    if records.is_empty() {
        let zone = WireName::from_ascii("example.vn.").unwrap();
        message.authorities.push(Record::from_rdata(zone, 60, zone::soa()));
    }
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}
