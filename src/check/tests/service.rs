//! Services that are neither web sites nor mail domains: each protocol's own greeting.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::*;
use crate::model::{
    Answer, ConversationQuestion, Greeting, GreetingFailure, GreetingQuestion, Host, Meaning,
    NtpExchange, NtpQuestion, Protocol, Security, TlsFailed, TlsFailure, Transport,
};

const SIX: &str = "2001:db8::1";

fn socket(port: u16) -> SocketAddr {
    SocketAddr::new(SIX.parse().unwrap(), port)
}

fn host() -> Host {
    Host::Name(Name::from_presentation("www.example.vn"))
}

impl World {
    fn both_attempts(mut self, question: &Question, reply: &Reply) -> Self {
        for attempt in 1..=2 {
            self.seen(question.clone(), attempt, reply.clone());
        }
        self
    }
}

fn talk(connect: Result<(), NetFailure>, tls: Option<TlsFailed>) -> Conversation {
    let connect = connect.map(|()| Connected { elapsed_us: 1 });
    Conversation { connect, tls: tls.map(Err), http: None }
}

fn usable(world: &World) -> (Outcome, &'static str) {
    world.says("ipv6-only-usable")
}

#[test]
pub(super) fn ports_that_take_a_connection_or_not() {
    for (state, expected, only) in [
        (Ok(()), (Pass, "answers"), (Pass, "usable")),
        (Err(NetFailure::Refused), (Fail, "no-connection"), (Fail, "unreachable")),
        (
            Err(NetFailure::NoRoute),
            (Inconclusive, common::OUR_FAULT),
            (Inconclusive, common::OUR_FAULT),
        ),
    ] {
        let question =
            ConversationQuestion { address: socket(8443), tls: None, http: None, mss: None };
        let world = World::of("tcp: \"www.example.vn:8443\"").published().both_attempts(
            &Question::Conversation(question),
            &Reply::Conversation(Box::new(talk(state.clone(), None))),
        );
        assert_eq!(world.says("service-answers"), expected, "{state:?}");
        assert_eq!(usable(&world), only, "{state:?}");
    }
}

#[test]
pub(super) fn handshakes_that_fail() {
    let failed =
        TlsFailed { failure: TlsFailure::Net { failure: NetFailure::Reset }, chain: Vec::new() };
    let question =
        ConversationQuestion { address: socket(636), tls: Some(host()), http: None, mss: None };
    for (seen, expected, only) in [
        (talk(Ok(()), Some(failed)), (Fail, "no-handshake"), (Fail, "handshake-failed")),
        (
            talk(Err(NetFailure::TimedOut), None),
            (Inconclusive, common::LOWER_LAYER),
            (Fail, "unreachable"),
        ),
    ] {
        let world = World::of("tls: \"www.example.vn:636\"").published().both_attempts(
            &Question::Conversation(question.clone()),
            &Reply::Conversation(Box::new(seen.clone())),
        );
        assert_eq!(world.says("service-answers"), expected, "{seen:?}");
        assert_eq!(usable(&world), only, "{seen:?}");
    }
}

#[test]
pub(super) fn greetings_of_a_shell_server() {
    let answer = |meaning| Some(Ok(Answer { elapsed_us: 1, meaning, lines: Vec::new() }));
    let none = |failure| Some(Err(failure));
    let silent = GreetingFailure::Net { failure: NetFailure::TimedOut };
    let reset = GreetingFailure::Net { failure: NetFailure::Reset };
    let stranger = GreetingFailure::NotProtocol { detail: "220 ftp".to_owned() };
    for (banner, expected) in [
        (answer(Meaning::Yes), (Pass, "answers")),
        (answer(Meaning::No), (Fail, "refuses")),
        (answer(Meaning::Later), (Fail, "later")),
        (none(silent), (Fail, "silent")),
        (none(reset), (Fail, "broken-off")),
        (none(GreetingFailure::Slow { octets: 3 }), (Fail, "tarpit")),
        (none(GreetingFailure::TooLong), (Fail, "too-long")),
        (none(stranger), (Fail, "not-protocol")),
    ] {
        let question = Question::Greeting(GreetingQuestion {
            address: socket(22),
            protocol: Protocol::Ssh,
            security: Security::None,
            host: host(),
        });
        let conversation = talk(Ok(()), None);
        let greeting =
            Greeting { conversation, banner: banner.clone(), hello: None, starttls: None };
        let world = World::of("ssh: www.example.vn")
            .published()
            .both_attempts(&question, &Reply::Greeting(Box::new(greeting)));
        assert_eq!(world.says("service-answers"), expected, "{banner:?}");
        let only = if expected.0 == Pass { (Pass, "usable") } else { (Fail, "no-answer") };
        assert_eq!(usable(&world), only, "{banner:?}");
    }
}

#[test]
pub(super) fn name_servers_over_both_transports() {
    let answers = message(ResponseCode::NoError, &[]);
    let refuses = message(ResponseCode::Refused, &[]);
    let fails = message(ResponseCode::ServFail, &[]);
    let silent = Reply::DnsFailed(NetFailure::TimedOut);
    let garbage = Reply::Dns(DnsMessage::new(Blob::new(vec![0; 3])));
    let ours = Reply::DnsFailed(NetFailure::NoRoute);
    for (udp, tcp, expected) in [
        (&answers, &answers, (Pass, "answers")),
        (&refuses, &refuses, (Pass, "answers")),
        (&answers, &silent, (Fail, "only-udp")),
        (&silent, &answers, (Fail, "only-tcp")),
        (&silent, &silent, (Fail, "no-answer")),
        (&fails, &fails, (Fail, "servfail")),
        (&garbage, &answers, (Fail, "malformed")),
        (&ours, &answers, (Inconclusive, common::OUR_FAULT)),
    ] {
        let mut world = World::of("dns: www.example.vn").published();
        for (transport, reply) in [(Transport::Udp, udp), (Transport::Tcp, tcp)] {
            let question = evidence::service::name_server_question(socket(53), transport);
            world = world.both_attempts(&question, reply);
        }
        assert_eq!(world.says("service-answers"), expected, "{udp:?} {tcp:?}");
        let only = match expected {
            (Pass, _) => (Pass, "usable"),
            (Fail, _) => (Fail, "no-answer"),
            other => other,
        };
        assert_eq!(usable(&world), only, "{udp:?} {tcp:?}");
    }
}

#[test]
pub(super) fn time_servers() {
    let packet = |leap_version_mode: u8, stratum: u8| {
        let mut octets = vec![0; 48];
        (octets[0], octets[1]) = (leap_version_mode, stratum);
        Ok(Blob::new(octets))
    };
    let kiss = |code: &[u8; 4]| {
        let mut octets = vec![0; 48];
        octets[0] = 0xe4;
        octets[12..16].copy_from_slice(code);
        Ok(Blob::new(octets))
    };
    for (answer, is_ours, expected) in [
        (packet(0x24, 2), true, (Pass, "answers")),
        (kiss(b"RATE"), true, (Fail, "kiss-of-death")),
        (kiss(b"DENY"), true, (Fail, "kiss-of-death")),
        (kiss(b"INIT"), true, (Fail, "not-synchronised")),
        (packet(0x24, 0), true, (Fail, "not-synchronised")),
        (packet(0xe4, 0), true, (Fail, "not-synchronised")),
        (packet(0xe4, 2), true, (Fail, "not-synchronised")),
        (packet(0x24, 16), true, (Fail, "not-synchronised")),
        (packet(0x23, 2), true, (Fail, "not-protocol")),
        (packet(0x24, 2), false, (Fail, "not-protocol")),
        (Ok(Blob::new(vec![0x24; 9])), true, (Fail, "malformed")),
        (Err(NetFailure::TimedOut), false, (Fail, "no-answer")),
        (Err(NetFailure::NoRoute), false, (Inconclusive, common::OUR_FAULT)),
    ] {
        let question = Question::Ntp(NtpQuestion { server: socket(123) });
        let reply = Reply::Ntp(NtpExchange { answer: answer.clone(), is_ours });
        let world = World::of("ntp: www.example.vn").published().both_attempts(&question, &reply);
        assert_eq!(world.says("service-answers"), expected, "{answer:?}");
    }
}

#[test]
pub(super) fn services_without_ipv6_or_without_observations() {
    let empty = answer(&[]);
    let without = World::of("ssh: www.example.vn")
        .dns("www.example.vn", RecordType::AAAA, &empty)
        .dns("www.example.vn", RecordType::A, &answer(&[address("192.0.2.1")]));
    assert_eq!(without.says("service-answers"), (NotApplicable, common::NO_IPV6));
    assert_eq!(usable(&without), (Fail, "not-published"));
    let unasked = World::of("ssh: www.example.vn").published();
    for id in ["service-answers", "ipv6-only-usable"] {
        assert_eq!(unasked.says(id), (Inconclusive, common::NOT_OBSERVED), "{id}");
        let zone = World::of("zone: example.vn");
        assert_eq!(zone.says(id), (NotApplicable, common::OTHER_KIND), "{id}");
    }
}
