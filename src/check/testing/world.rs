//! A service and its evidence, made by hand: what the lab's kernel can't be made to show.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use crate::check::catalogue::find;
use crate::check::context::CheckContext;
use crate::check::coverage_guard::CoverageGuard;
use crate::check::rule::{Check, Rule, verdict_of};
use crate::check::testing::dns::{address, answer, authoritative, our_fault};
use crate::check::testing::reasons::record_reasons;
use crate::evidence;
use crate::evidence::query::View;
use crate::evidence::tls::TrustedRoots;
use crate::model::{
    Connected, Conversation, ConversationQuestion, Evidence, Inventory, Name, NetFailure,
    Observation, OriginQuestion, Origins, Outcome, Question, Rcode, RecordType, Reply, Request,
    State, Verdict,
};

/// The web site of [`World::new`].
pub(in crate::check) const URL: &str = "https://www.example.vn/";
/// The host of most worlds, and its address of each family ([`World::published`]).
pub(in crate::check) const WWW: &str = "www.example.vn";
pub(in crate::check) const SIX: &str = "2001:db8::1";
pub(in crate::check) const FOUR: &str = "192.0.2.1";

/// A service and what was seen of it.
pub(in crate::check) struct World {
    pub inventory: Inventory,
    pub evidence: Evidence,
    pub trust: TrustedRoots,
}

impl World {
    /// A web site, `https://www.example.vn/`, that is declared to be in this state.
    pub(in crate::check) fn new(state: &str) -> Self {
        Self::with_service(&format!("web: \"{URL}\", state: {state}"))
    }

    /// A service that is declared so, as in the inventory: `tcp: "www.example.vn:8443"`.
    pub(in crate::check) fn with_service(declared: &str) -> Self {
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

    /// The evidence as rules read it.
    pub(in crate::check) fn view(&self) -> View<'_> {
        self.view_of(&self.evidence)
    }

    /// Some evidence as rules read it.
    fn view_of<'a>(&'a self, evidence: &'a Evidence) -> View<'a> {
        let (settings, networks) = (&self.inventory.settings, &self.inventory.networks);
        View::new(evidence, settings, networks, &[]).of_service(&self.inventory.services[0])
    }

    /// The same, with the service declared to be in this state.
    pub(in crate::check) fn in_state(mut self, state: State) -> Self {
        Arc::make_mut(&mut self.inventory.services[0]).state = state;
        self
    }

    /// Adds a reply to one attempt at a question.
    pub(in crate::check) fn observe(&mut self, question: Question, attempt: u8, reply: Reply) {
        let request = Request::nth(question, attempt);
        let observed_at = Timestamp::UNIX_EPOCH;
        let observation = Observation { request, observed_at, elapsed_us: 1, reply };
        self.evidence.insert(observation.id(), Arc::new(observation));
    }

    /// What the resolver replies to each attempt at a look-up.
    pub(in crate::check) fn dns(
        mut self,
        name: &str,
        record_type: RecordType,
        reply: &Reply,
    ) -> Self {
        for attempt in 1..=2 {
            let name = Name::from_presentation(name);
            let question =
                evidence::dns::dns_question(&self.view(), &name, record_type, attempt).unwrap();
            self.observe(Question::Dns(question), attempt, reply.clone());
        }
        self
    }

    /// Publishes one address of each family.
    pub(in crate::check) fn published(self) -> Self {
        self.dns("www.example.vn", RecordType::AAAA, &answer(&[address("2001:db8::1")])).dns(
            "www.example.vn",
            RecordType::A,
            &answer(&[address("192.0.2.1")]),
        )
    }

    /// One attempt after the other at a TCP connection.
    pub(in crate::check) fn connects(
        mut self,
        to: &str,
        attempts: &[Result<(), NetFailure>],
    ) -> Self {
        let url = Url::parse(URL).unwrap();
        let to: SocketAddr = to.parse().unwrap();
        for (at, connect) in attempts.iter().enumerate() {
            let question = evidence::service::conversation_question(&url, to);
            let connect = connect.clone().map(|()| Connected { elapsed_us: 1 });
            let seen = Conversation { connect, tls: None, http: None, recheck: None };
            let reply = Reply::Conversation(Box::new(seen));
            self.observe(Question::Conversation(question), at as u8 + 1, reply);
        }
        self
    }

    /// One connection that took so many microseconds.
    pub(in crate::check) fn connects_in(mut self, to: &str, elapsed_us: u64) -> Self {
        let question = evidence::service::conversation_question(
            &Url::parse(URL).unwrap(),
            to.parse().unwrap(),
        );
        let connect = Ok(Connected { elapsed_us });
        let seen = Conversation { connect, tls: None, http: None, recheck: None };
        self.observe(Question::Conversation(question), 1, Reply::Conversation(Box::new(seen)));
        self
    }

    /// The verdict of one check. Where nothing else was observed of them, the root's servers answer for every
    /// name as the resolver does; where the resolver fails, they can't be asked.
    pub(in crate::check) fn verdict(&self, id: &str) -> Verdict {
        let mut evidence = self.evidence.clone();
        loop {
            let view = self.view_of(&evidence);
            let missing = view.requests_of(|view| drop(self.silent_verdict_in(*view, id)));
            let answered: Vec<_> = missing
                .into_iter()
                .filter_map(|request| Some((self.roots_reply(&request)?, request)))
                .collect();
            if answered.is_empty() {
                return self.verdict_in(view, id);
            }
            for (reply, request) in answered {
                let observed_at = Timestamp::UNIX_EPOCH;
                let observation = Observation { request, observed_at, elapsed_us: 1, reply };
                evidence.insert(observation.id(), Arc::new(observation));
            }
        }
    }

    /// What a check still lacks.
    pub(in crate::check) fn missing_for(&self, id: &str) -> Vec<Request> {
        self.view().requests_of(|view| drop(self.silent_verdict_in(*view, id)))
    }

    /// What a server of the root says; `None` for other questions, and while the resolver wasn't asked.
    fn roots_reply(&self, request: &Request) -> Option<Reply> {
        let Question::Dns(asked) = &request.question else { return None };
        if asked.recursion_desired {
            return None;
        }
        if asked.record_type == RecordType::NS {
            return Some(authoritative(&answer(&[])));
        }
        let own = evidence::dns::dns_question(&self.view(), &asked.name, asked.record_type, 1)?;
        let (observation, _) = self.view().attempts(&Question::Dns(own)).next()?;
        let Reply::Dns(message) = &observation.reply else { return Some(our_fault()) };
        let is_answer = message
            .decoded()
            .is_ok_and(|message| matches!(message.rcode, Rcode::NOERROR | Rcode::NXDOMAIN));
        Some(if is_answer { authoritative(&observation.reply) } else { our_fault() })
    }

    /// The verdict of one check over another view of the evidence.
    pub(in crate::check) fn verdict_in(&self, view: View<'_>, id: &str) -> Verdict {
        let verdict = self.silent_verdict_in(view, id);
        record_reasons(find(id).unwrap(), &verdict);
        verdict
    }

    fn silent_verdict_in(&self, view: View<'_>, id: &str) -> Verdict {
        let check: &Check = find(id).unwrap();
        let (Rule::Service(rule) | Rule::Composed(rule)) = check.rule else {
            panic!("{id} judges no service")
        };
        let context = CheckContext {
            service: &self.inventory.services[0],
            inventory: &self.inventory,
            view,
            trust: &self.trust,
            as_of: Timestamp::UNIX_EPOCH,
        };
        let guard = CoverageGuard::new(&context);
        guard.verdict_over_all(verdict_of(rule(&context)))
    }

    /// The outcome and the reason of one check.
    pub(in crate::check) fn outcome_of(&self, id: &str) -> (Outcome, &'static str) {
        let verdict = self.verdict(id);
        (verdict.outcome, verdict.reason)
    }

    /// One reply after the other to a question.
    pub(in crate::check) fn in_turn(mut self, question: &Question, replies: &[Reply]) -> Self {
        for (attempt, reply) in replies.iter().enumerate() {
            self.observe(question.clone(), attempt as u8 + 1, reply.clone());
        }
        self
    }

    /// The same reply to both attempts at a question.
    pub(in crate::check) fn both_attempts(mut self, question: &Question, reply: &Reply) -> Self {
        for attempt in 1..=2 {
            self.observe(question.clone(), attempt, reply.clone());
        }
        self
    }

    /// A host with these addresses, and no other.
    pub(in crate::check) fn host(self, name: &str, addresses: &[&str]) -> Self {
        let owner = format!("{name}.");
        let of = |is_ipv6: bool| {
            let found = addresses.iter().filter(|text| text.contains(':') == is_ipv6);
            let records: Vec<_> = found.map(|text| (owner.as_str(), address(text).1)).collect();
            answer(&records)
        };
        let (aaaa, a) = (of(true), of(false));
        self.dns(name, RecordType::AAAA, &aaaa).dns(name, RecordType::A, &a)
    }

    /// Connections after the first conversation.
    pub(in crate::check) fn later_connects(
        mut self,
        to: &str,
        attempts: &[Result<u64, NetFailure>],
    ) -> Self {
        let address = to.parse().unwrap();
        let question = Question::Conversation(ConversationQuestion {
            address,
            tls: None,
            http: None,
            mss: None,
        });
        for (at, connect) in attempts.iter().enumerate() {
            let connect = connect.clone().map(|elapsed_us| Connected { elapsed_us });
            let seen = Conversation { connect, tls: None, http: None, recheck: None };
            self.observe(question.clone(), at as u8 + 2, Reply::Conversation(Box::new(seen)));
        }
        self
    }

    /// What the tables of routes have of an address.
    pub(in crate::check) fn looked_up(mut self, address: IpAddr, found: Option<Origins>) -> Self {
        let question = Question::Origin(OriginQuestion { address });
        self.observe(question, 1, Reply::Origin(found));
        self
    }
}
