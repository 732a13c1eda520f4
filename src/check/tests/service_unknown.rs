//! Services whose attempts come to different ends, or that our own side did not hear out.

use Outcome::{Fail, Inconclusive, Pass};

use super::builders::{down, no_tls, session};
use super::*;
use crate::model::{
    Answer, ConversationQuestion, Greeting, GreetingFailure, GreetingQuestion, Host, Meaning,
    NtpExchange, NtpQuestion, Protocol, Security, TlsFailure, Transport,
};

const OURS: (Outcome, &str) = (Inconclusive, common::OUR_FAULT);
const FLAKY: (Outcome, &str) = (Inconclusive, common::FLAKY);

fn socket(port: u16) -> SocketAddr {
    SocketAddr::new("2001:db8::1".parse().unwrap(), port)
}

fn host() -> Host {
    Host::Name(Name::from_presentation("www.example.vn"))
}

/// A service that is declared so and answers its question so, attempt by attempt.
fn service(declared: &str, question: &Question, replies: &[Reply]) -> World {
    World::of(&format!("{declared}: \"www.example.vn\"")).published().in_turn(question, replies)
}

fn talks(seen: &[&Conversation]) -> Vec<Reply> {
    seen.iter().map(|seen| Reply::Conversation(Box::new((*seen).clone()))).collect()
}

#[test]
pub(super) fn ports_and_handshakes_in_turn() {
    let up = || Conversation { connect: Ok(Connected { elapsed_us: 1 }), tls: None, http: None };
    let (away, mine) = (down(NetFailure::TimedOut), down(NetFailure::NoRoute));
    let asks = |port, tls| {
        let address = socket(port);
        Question::Conversation(ConversationQuestion { address, tls, http: None, mss: None })
    };
    for (seen, expected, only) in [
        ([&up(), &up()], (Pass, "answers"), (Pass, "usable")),
        ([&mine, &up()], (Pass, "answers"), (Pass, "usable")),
        ([&away, &up()], FLAKY, FLAKY),
        ([&away, &away], (Fail, "no-connection"), (Fail, "unreachable")),
        ([&away, &mine], OURS, OURS),
        ([&mine, &away], OURS, OURS),
    ] {
        let world = World::of("tcp: \"www.example.vn:8443\"").published();
        let world = world.in_turn(&asks(8443, None), &talks(&seen));
        assert_eq!(world.says("service-answers"), expected, "{seen:?}");
        assert_eq!(world.says("ipv6-only-usable"), only, "{seen:?}");
    }
    let well = Conversation { tls: Some(Ok(session())), ..up() };
    let net = |failure| no_tls(TlsFailure::Net { failure });
    let (reset, ours) = (net(NetFailure::Reset), net(NetFailure::NotPermitted));
    let library = no_tls(TlsFailure::Ours { detail: "?".to_owned() });
    let large = no_tls(TlsFailure::ChainTooLarge);
    for (seen, expected) in [
        ([&well, &well], (Pass, "answers")),
        ([&ours, &well], (Pass, "answers")),
        ([&reset, &well], FLAKY),
        ([&reset, &reset], (Fail, "no-handshake")),
        ([&reset, &ours], OURS),
        ([&ours, &reset], OURS),
        ([&reset, &mine], OURS),
        ([&library, &library], OURS),
        ([&large, &large], (Inconclusive, common::LIMIT)),
    ] {
        let world = World::of("tls: \"www.example.vn:636\"").published();
        let world = world.in_turn(&asks(636, Some(host())), &talks(&seen));
        assert_eq!(world.says("service-answers"), expected, "{seen:?}");
    }
}

#[test]
pub(super) fn greetings_in_turn() {
    let question = Question::Greeting(GreetingQuestion {
        address: socket(22),
        protocol: Protocol::Ssh,
        security: Security::None,
        host: host(),
    });
    let greeting = |banner| {
        let conversation =
            Conversation { connect: Ok(Connected { elapsed_us: 1 }), tls: None, http: None };
        let seen = Greeting { conversation, banner: Some(banner), hello: None, starttls: None };
        Reply::Greeting(Box::new(seen))
    };
    let well = greeting(Ok(Answer { elapsed_us: 1, meaning: Meaning::Yes, lines: Vec::new() }));
    let net = |failure| greeting(Err(GreetingFailure::Net { failure }));
    let (away, mine) = (net(NetFailure::TimedOut), net(NetFailure::NoRoute));
    for (first, second, expected) in [
        (&away, &away, (Fail, "silent")),
        (&away, &mine, OURS),
        (&mine, &away, OURS),
        (&mine, &mine, OURS),
        (&mine, &well, (Pass, "answers")),
        (&away, &well, FLAKY),
    ] {
        let world = service("ssh", &question, &[first.clone(), second.clone()]);
        assert_eq!(world.says("service-answers"), expected, "{first:?} {second:?}");
        let only = match expected {
            (Pass, _) => (Pass, "usable"),
            (Fail, _) => (Fail, "no-answer"),
            other => other,
        };
        assert_eq!(world.says("ipv6-only-usable"), only, "{first:?} {second:?}");
    }
}

#[test]
pub(super) fn datagrams_in_turn() {
    let asks = |transport| evidence::service::name_server_question(socket(53), transport);
    let well = answer(&[]);
    let failed = |failure| Reply::DnsFailed(failure);
    let (away, mine) = (failed(NetFailure::TimedOut), failed(NetFailure::NoRoute));
    for (first, second, expected) in [
        (&away, &away, (Fail, "only-udp")),
        (&away, &mine, OURS),
        (&mine, &away, OURS),
        (&mine, &well, (Pass, "answers")),
        // A segment that is lost is asked for again.
        (&away, &well, (Pass, "answers")),
    ] {
        let world = service("dns", &asks(Transport::Tcp), &[first.clone(), second.clone()]);
        let world = world.in_turn(&asks(Transport::Udp), std::slice::from_ref(&well));
        assert_eq!(world.says("service-answers"), expected, "{first:?} {second:?}");
    }
    let question = Question::Ntp(NtpQuestion { server: socket(123) });
    let exchange = |answer, is_ours| Reply::Ntp(NtpExchange { answer, is_ours });
    let failed = |failure| exchange(Err(failure), false);
    let (away, mine) = (failed(NetFailure::TimedOut), failed(NetFailure::NoRoute));
    let mut packet = vec![0; 48];
    (packet[0], packet[1]) = (0x24, 2);
    let well = exchange(Ok(Blob::new(packet)), true);
    for (first, second, expected) in [
        (&away, &away, (Fail, "no-answer")),
        (&away, &mine, OURS),
        (&mine, &away, OURS),
        (&mine, &well, (Pass, "answers")),
    ] {
        let world = service("ntp", &question, &[first.clone(), second.clone()]);
        assert_eq!(world.says("service-answers"), expected, "{first:?} {second:?}");
    }
}
