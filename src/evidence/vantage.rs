//! Whether the vantage point itself works: what its tests ask, and how to read them.
//!
//! Test number *n* of a run asks its questions as attempt *n*. A test costs one question to each
//! control target and two to each resolver.

use std::borrow::Cow;
use std::net::{Ipv6Addr, SocketAddr};

use ipnet::Ipv6Net;
use jiff::Timestamp;

use crate::model::{
    ConversationQuestion, DnsQuestion, Evidence, LostWindow, Name, Observation, ObservationId,
    Question, Rcode, RecordData, RecordType, Reply, Request, Settings, Transport, Vantage,
    VantageIpv6,
};

/// Root servers that stand in for control targets which the inventory doesn't name: those of four
/// operators, from <https://www.iana.org/domains/root/servers>.
const ROOT_SERVERS: [Ipv6Addr; 4] = [
    Ipv6Addr::new(0x2001, 0x500, 0x2, 0, 0, 0, 0, 0xc),
    Ipv6Addr::new(0x2001, 0x500, 0x2f, 0, 0, 0, 0, 0xf),
    Ipv6Addr::new(0x2001, 0x7fd, 0, 0, 0, 0, 0, 0x1),
    Ipv6Addr::new(0x2001, 0x500, 0x9f, 0, 0, 0, 0, 0x42),
];

/// Control targets that must answer for IPv6 to count as working, where so many are configured.
const ANSWERING_MIN: usize = 2;

/// The IPv4 addresses of `ipv4only.arpa` (RFC 7050 §8.1).
const IPV4_ONLY: [u32; 2] = [0xc000_00aa, 0xc000_00ab];

/// What must answer over IPv6 for the vantage point to count as working.
pub fn control_targets(settings: &Settings) -> Vec<SocketAddr> {
    let declared: Vec<_> =
        settings.control_targets.iter().copied().filter(SocketAddr::is_ipv6).collect();
    if declared.is_empty() {
        ROOT_SERVERS.iter().map(|address| SocketAddr::new((*address).into(), 53)).collect()
    } else {
        declared
    }
}

/// What test number `test` (from 1) asks.
pub fn questions(settings: &Settings, test: u8) -> Vec<Request> {
    let mut questions = Vec::new();
    for target in control_targets(settings) {
        questions.push(Question::Route(target.ip()));
        questions.push(control(target));
    }
    for resolver in &settings.resolvers {
        questions.push(root_soa(*resolver, true));
        questions.push(ipv4_only(*resolver));
    }
    questions.into_iter().map(|question| Request::nth(question, test)).collect()
}

/// What one test showed.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Whether our kernel has a route to at least one control target.
    pub route: bool,
    /// The control targets that answered.
    pub answering: Vec<SocketAddr>,
    /// Those that did not.
    pub silent: Vec<SocketAddr>,
    /// The resolvers that answered.
    pub resolvers: Vec<SocketAddr>,
    /// Those that did not.
    pub silent_resolvers: Vec<SocketAddr>,
    /// The prefixes in which a resolver synthesises AAAA records (RFC 7050).
    pub dns64: Vec<Ipv6Net>,
    /// Whether the first resolver that answered validates DNSSEC: it set AD (RFC 4035 §3.2.3).
    pub validates_dnssec: Option<bool>,
    /// When the first question of the test was asked.
    pub began_at: Timestamp,
    /// When the last one was asked.
    pub ended_at: Timestamp,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

impl Reading {
    /// Whether IPv6 works: a route, and two control targets that answer (one, where only one is
    /// configured).
    pub fn ipv6_works(&self) -> bool {
        let needed = ANSWERING_MIN.min(self.answering.len() + self.silent.len());
        self.route && needed > 0 && self.answering.len() >= needed
    }

    /// Whether a resolver answers.
    pub fn resolver_works(&self) -> bool {
        !self.resolvers.is_empty()
    }

    /// Whether what is observed now may judge a target.
    pub fn works(&self) -> bool {
        self.ipv6_works() && self.resolver_works()
    }
}

/// Reads test number `test`; `None` when any of its questions was not asked.
pub fn read(evidence: &Evidence, settings: &Settings, test: u8) -> Option<Reading> {
    let mut facts = Vec::new();
    for request in questions(settings, test) {
        let (observation, id) = evidence
            .attempts(&request.question)
            .find(|(observation, _)| observation.request.attempt == test)?;
        facts.push((&**observation, id));
    }
    let reply = |question: Question| {
        facts.iter().find(|(o, _)| o.request.question == question).map(|(o, _)| *o)
    };
    let targets = control_targets(settings);
    let route = targets.iter().any(|target| {
        let found = reply(Question::Route(target.ip())).map(|o| &o.reply);
        matches!(found, Some(Reply::Route(Ok(_))))
    });
    let (answering, silent) = targets
        .into_iter()
        .partition(|target| reply(control(*target)).is_some_and(|o| answered(&o.reply)));
    let mut reading = Reading {
        route,
        answering,
        silent,
        resolvers: Vec::new(),
        silent_resolvers: Vec::new(),
        dns64: Vec::new(),
        validates_dnssec: None,
        began_at: facts.iter().map(|(o, _)| o.observed_at).min()?,
        ended_at: facts.iter().map(|(o, _)| o.observed_at).max()?,
        observations: facts.iter().map(|(_, id)| *id).collect(),
    };
    for resolver in &settings.resolvers {
        let soa = reply(root_soa(*resolver, true)).and_then(message);
        match soa.filter(|message| message.rcode == Rcode::NOERROR) {
            Some(message) => {
                reading.resolvers.push(*resolver);
                reading.validates_dnssec.get_or_insert(message.authentic_data);
            }
            None => reading.silent_resolvers.push(*resolver),
        }
        let records = reply(ipv4_only(*resolver)).and_then(message).map(|m| &m.answers);
        for record in records.into_iter().flatten() {
            if let RecordData::Aaaa(address) = record.data
                && let Some(prefix) = synthesis_prefix(address)
                && !reading.dns64.contains(&prefix)
            {
                reading.dns64.push(prefix);
            }
        }
    }
    reading.dns64.sort_unstable();
    Some(reading)
}

/// Every test that was made, in order.
pub fn tests(evidence: &Evidence, settings: &Settings) -> Vec<Reading> {
    (1..=u8::MAX).map_while(|test| read(evidence, settings, test)).collect()
}

/// Folds all tests into what is known of the vantage point. What was observed between the last
/// good test before a bad one and the next good one is not trusted.
pub fn state(name: &str, evidence: &Evidence, settings: &Settings) -> Vantage {
    let tests = tests(evidence, settings);
    let mut vantage = Vantage::new(name, &settings.resolvers);
    if !tests.iter().any(Reading::works) {
        vantage.ipv6 = VantageIpv6::Absent;
    }
    let mut last_good = None;
    let mut open: Option<Timestamp> = None;
    for test in &tests {
        for prefix in &test.dns64 {
            if !vantage.dns64.contains(prefix) {
                vantage.dns64.push(*prefix);
            }
        }
        vantage.validates_dnssec = vantage.validates_dnssec.or(test.validates_dnssec);
        if test.works() {
            if let Some(from) = open.take() {
                vantage.lost.push(stretch(from, test.began_at));
            }
            last_good = Some(test.ended_at);
        } else {
            open.get_or_insert(last_good.unwrap_or(test.began_at));
        }
    }
    if let (Some(from), Some(last)) = (open, tests.last()) {
        vantage.lost.push(stretch(from, last.ended_at));
    }
    if vantage.ipv6 == VantageIpv6::Working && !vantage.lost.is_empty() {
        vantage.ipv6 = VantageIpv6::Lost;
    }
    vantage
}

/// The stretch between two tests, the earlier of which has the later time where the clock was set back meanwhile.
fn stretch(from: Timestamp, to: Timestamp) -> LostWindow {
    LostWindow { from: from.min(to), to: from.max(to) }
}

/// As [`state`], for a run that has not ended: what was observed after its last test counts for
/// nothing, because no later test vouches for it. Once the run is resumed, its next test does.
pub fn state_so_far(name: &str, evidence: &Evidence, settings: &Settings) -> Vantage {
    let mut vantage = state(name, evidence, settings);
    if let Some(last) = tests(evidence, settings).last() {
        vantage.lost.push(LostWindow { from: last.ended_at, to: Timestamp::MAX });
    }
    vantage
}

/// The observations that may judge a target: none from stretches in which the vantage point was cut
/// off.
pub fn trusted<'e>(evidence: &'e Evidence, vantage: &Vantage) -> Cow<'e, Evidence> {
    if vantage.lost.is_empty() {
        return Cow::Borrowed(evidence);
    }
    let mut trusted = Evidence::new();
    for (observation, id) in evidence.all() {
        if vantage.trusts(observation) {
            trusted.insert(id, observation.clone());
        }
    }
    Cow::Owned(trusted)
}

/// How often what was asked in vain is asked again.
pub const REPEATS_MAX: u8 = 3;

/// A request of the planner's, which knows only the observations that are trusted, as it is to be
/// made: an attempt that was made before is a repeat. `None` when it was repeated often enough.
pub fn repeated(mut request: Request, evidence: &Evidence) -> Option<Request> {
    let times = evidence.times(&request.question, request.attempt);
    request.repeat = u8::try_from(times).ok().filter(|times| *times <= REPEATS_MAX)?;
    Some(request)
}

fn control(target: SocketAddr) -> Question {
    match target.port() {
        53 => root_soa(target, false),
        _ => Question::Conversation(ConversationQuestion {
            address: target,
            tls: None,
            http: None,
            mss: None,
        }),
    }
}

fn root_soa(server: SocketAddr, recursive: bool) -> Question {
    dns(server, Name::root(), RecordType::SOA, recursive)
}

fn ipv4_only(server: SocketAddr) -> Question {
    dns(server, Name::from_presentation("ipv4only.arpa"), RecordType::AAAA, true)
}

fn dns(server: SocketAddr, name: Name, record_type: RecordType, recursive: bool) -> Question {
    Question::Dns(DnsQuestion {
        server,
        transport: Transport::Udp,
        name,
        record_type,
        recursion_desired: recursive,
        checking_disabled: false,
        dnssec_ok: recursive,
        without_edns: false,
    })
}

/// Any answer shows that packets go there and come back.
pub fn answered(reply: &Reply) -> bool {
    match reply {
        Reply::Dns(_) => true,
        Reply::Conversation(conversation) => conversation.connect.is_ok(),
        _ => false,
    }
}

fn message(observation: &Observation) -> Option<&crate::model::Message> {
    match &observation.reply {
        Reply::Dns(message) => message.decoded().ok().map(|message| &**message),
        _ => None,
    }
}

/// The prefix in which `address` embeds one of the well-known IPv4 addresses (RFC 6052 §2.2,
/// RFC 7050 §3): the octets after the prefix, leaving out bits 64 to 71.
fn synthesis_prefix(address: Ipv6Addr) -> Option<Ipv6Net> {
    let octets = address.octets();
    [32, 40, 48, 56, 64, 96].into_iter().find_map(|length: u8| {
        let start = usize::from(length / 8);
        let embedded: Vec<u8> = (start..16)
            .filter(|at| *at != 8 || length == 96)
            .map(|at| octets[at])
            .take(4)
            .collect();
        let embedded = u32::from_be_bytes(embedded.try_into().ok()?);
        let fits = IPV4_ONLY.contains(&embedded);
        fits.then(|| Ipv6Net::new(address, length).ok().map(|net| net.trunc())).flatten()
    })
}

#[cfg(test)]
mod tests_of_this {
    use std::sync::Arc;

    use super::*;
    use crate::model::NetFailure;

    fn settings() -> Settings {
        Settings {
            resolvers: vec!["[2001:db8::53]:53".parse().unwrap()],
            control_targets: ["[2001:db8::1]:443", "[2001:db8::2]:53", "[2001:db8::3]:443"]
                .map(|text| text.parse().unwrap())
                .to_vec(),
            ..Settings::default()
        }
    }

    /// `works`: whether everything answers in this test.
    fn record(evidence: &mut Evidence, settings: &Settings, test: u8, works: bool) {
        for request in questions(settings, test) {
            let reply = match &request.question {
                Question::Route(_) => Reply::Route(Ok("2001:db8::9".parse().unwrap())),
                Question::Dns(_) if works => {
                    let mut wire = hickory_proto::op::Message::new(
                        7,
                        hickory_proto::op::MessageType::Response,
                        hickory_proto::op::OpCode::Query,
                    );
                    wire.metadata.authentic_data = true;
                    let octets = wire.to_vec().unwrap();
                    Reply::Dns(crate::model::DnsMessage::new(crate::model::Blob::new(octets)))
                }
                Question::Dns(_) => Reply::DnsFailed(NetFailure::TimedOut),
                Question::Conversation(_) => {
                    let connect = if works {
                        Ok(crate::model::Connected { elapsed_us: 1 })
                    } else {
                        Err(NetFailure::TimedOut)
                    };
                    Reply::Conversation(Box::new(crate::model::Conversation {
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

    #[test]
    fn lost_stretches_lie_between_good_tests() {
        let settings = settings();
        let second = |s| Timestamp::from_second(s).unwrap();
        for (works, ipv6, lost) in [
            (&[true, true][..], VantageIpv6::Working, vec![]),
            (&[true, false, false, true], VantageIpv6::Lost, vec![(100, 400)]),
            (&[true, false], VantageIpv6::Lost, vec![(100, 200)]),
            (&[false], VantageIpv6::Absent, vec![(100, 100)]),
            (&[false, false], VantageIpv6::Absent, vec![(100, 200)]),
            (&[false, true], VantageIpv6::Lost, vec![(100, 200)]),
            (&[], VantageIpv6::Absent, vec![]),
        ] {
            let mut evidence = Evidence::new();
            for (at, works) in works.iter().enumerate() {
                record(&mut evidence, &settings, at as u8 + 1, *works);
            }
            let vantage = state("v", &evidence, &settings);
            assert_eq!(vantage.ipv6, ipv6, "{works:?}");
            let windows: Vec<_> = vantage.lost.iter().map(|w| (w.from, w.to)).collect();
            let expected: Vec<_> = lost.iter().map(|(a, b)| (second(*a), second(*b))).collect();
            assert_eq!(windows, expected, "{works:?}");
        }
    }

    #[test]
    fn after_the_last_test_of_an_unfinished_run_nothing_counts() {
        let settings = settings();
        let mut evidence = Evidence::new();
        record(&mut evidence, &settings, 1, true);
        let at = |s| Timestamp::from_second(s).unwrap();
        let killed = state_so_far("v", &evidence, &settings);
        assert_eq!(killed.ipv6, VantageIpv6::Working);
        let seen = |from, lasted: u64| Observation {
            request: Request::first(Question::Route(Ipv6Addr::LOCALHOST.into())),
            observed_at: at(from),
            elapsed_us: lasted * 1_000_000,
            reply: Reply::DnsFailed(NetFailure::TimedOut),
        };
        assert!(killed.trusts(&seen(98, 1)) && !killed.trusts(&seen(101, 0)));
        // What began in time may have been cut off.
        assert!(!killed.trusts(&seen(98, 5)));
        // The first test after resuming vouches for what was observed before it.
        record(&mut evidence, &settings, 2, true);
        let resumed = state_so_far("v", &evidence, &settings);
        assert!(resumed.trusts(&seen(98, 5)) && !resumed.trusts(&seen(201, 0)));
    }

    #[test]
    fn what_was_asked_in_vain_is_asked_again() {
        let question = Question::Route(Ipv6Addr::LOCALHOST.into());
        let mut evidence = Evidence::new();
        let at = |s| Timestamp::from_second(s).unwrap();
        let mut observe = |request: Request, second| {
            let reply = Reply::DnsFailed(NetFailure::TimedOut);
            let observation =
                Observation { request, observed_at: at(second), elapsed_us: 0, reply };
            evidence.insert(observation.id(), Arc::new(observation));
            evidence.clone()
        };
        observe(Request::first(question.clone()), 1);
        let evidence_so_far = observe(Request::nth(question.clone(), 2), 2);
        let mut vantage = state("v", &Evidence::new(), &settings());
        vantage.lost = vec![LostWindow { from: at(1), to: at(1) }];
        // The attempt of the lost stretch is not trusted, and its repeat takes its place.
        let attempts = |evidence: &Evidence| -> Vec<(u8, u8)> {
            let trusted = trusted(evidence, &vantage);
            let attempts = trusted.attempts(&question).map(|(o, _)| &o.request);
            attempts.map(|request| (request.attempt, request.repeat)).collect()
        };
        assert_eq!(attempts(&evidence_so_far), [(2, 0)]);
        let again = repeated(Request::first(question.clone()), &evidence_so_far).unwrap();
        assert_eq!(again.repeat, 1);
        assert_ne!(again.key(), Request::first(question.clone()).key());
        let evidence = observe(again, 3);
        assert_eq!(attempts(&evidence), [(1, 1), (2, 0)]);
        // Not for ever.
        let mut evidence = evidence;
        for times in 0..u8::MAX {
            let Some(again) = repeated(Request::first(question.clone()), &evidence) else {
                assert_eq!(times, REPEATS_MAX - 1);
                return;
            };
            evidence = observe(again, 4);
        }
        panic!("asked without end");
    }

    #[test]
    fn prefixes_of_a_dns64() {
        for (address, expected) in [
            ("64:ff9b::c000:aa", Some("64:ff9b::/96")),
            ("2001:db8:1::192.0.0.171", Some("2001:db8:1::/96")),
            ("2001:db8:c000:aa::", Some("2001:db8::/32")),
            ("2001:db8:1:c0:0:aa00::", None),
            ("2001:db8:1:2:c0:0:aa00:0", Some("2001:db8:1:2::/64")),
            ("2001:db8::1", None),
        ] {
            let found = synthesis_prefix(address.parse().unwrap());
            assert_eq!(found.map(|net| net.to_string()).as_deref(), expected, "{address}");
        }
        assert_eq!(control_targets(&Settings::default()).len(), ROOT_SERVERS.len());
    }
}
