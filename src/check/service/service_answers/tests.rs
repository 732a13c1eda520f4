//! The cases of `service-answers`.

use hickory_proto::op::ResponseCode;

use crate::check::common;
use crate::check::testing::dns::{address, answer, message};
use crate::check::testing::service::{conversation, service_in_turn, six_socket};
use crate::check::testing::tls::www_host;
use crate::check::testing::web::{down, no_tls, session};
use crate::check::testing::world::World;
use crate::evidence;
use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use crate::model::{
    Answer, Blob, Connected, Conversation, ConversationQuestion, DnsMessage, Greeting,
    GreetingFailure, GreetingQuestion, Meaning, NetFailure, NtpExchange, NtpQuestion, Outcome,
    Protocol, Question, RecordType, Reply, Security, TlsFailed, TlsFailure, Transport,
};

pub(in crate::check) const CASES: &[fn()] = &[
    ports_that_take_a_connection_or_not,
    handshakes_that_fail,
    greetings_of_a_shell_server,
    name_servers_over_both_transports,
    time_servers,
    services_without_ipv6_or_without_observations,
    ports_and_handshakes_in_turn,
    greetings_in_turn,
    greetings_after_a_handshake,
    boxes_with_other_greetings,
    datagrams_in_turn,
];

const OURS: (Outcome, &str) = (Inconclusive, common::OUR_FAULT);

fn talks(seen: &[&Conversation]) -> Vec<Reply> {
    seen.iter().map(|seen| Reply::Conversation(Box::new((*seen).clone()))).collect()
}

fn usable(world: &World) -> (Outcome, &'static str) {
    world.outcome_of("ipv6-only-usable")
}

#[test]
fn ports_that_take_a_connection_or_not() {
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
            ConversationQuestion { address: six_socket(8443), tls: None, http: None, mss: None };
        let world = World::with_service("tcp: \"www.example.vn:8443\"").published().both_attempts(
            &Question::Conversation(question),
            &Reply::Conversation(Box::new(conversation(state.clone(), None))),
        );
        assert_eq!(world.outcome_of("service-answers"), expected, "{state:?}");
        assert_eq!(usable(&world), only, "{state:?}");
    }
}

#[test]
fn handshakes_that_fail() {
    let failed = TlsFailed::new(TlsFailure::Net { failure: NetFailure::Reset }, Vec::new());
    let question = ConversationQuestion {
        address: six_socket(636),
        tls: Some(www_host()),
        http: None,
        mss: None,
    };
    for (seen, expected, only) in [
        (conversation(Ok(()), Some(failed)), (Fail, "no-handshake"), (Fail, "handshake-failed")),
        (
            conversation(Err(NetFailure::TimedOut), None),
            (Inconclusive, common::LOWER_LAYER),
            (Fail, "unreachable"),
        ),
    ] {
        let world = World::with_service("tls: \"www.example.vn:636\"").published().both_attempts(
            &Question::Conversation(question.clone()),
            &Reply::Conversation(Box::new(seen.clone())),
        );
        assert_eq!(world.outcome_of("service-answers"), expected, "{seen:?}");
        assert_eq!(usable(&world), only, "{seen:?}");
    }
}

#[test]
fn greetings_of_a_shell_server() {
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
            address: six_socket(22),
            protocol: Protocol::Ssh,
            security: Security::None,
            host: www_host(),
        });
        let conversation = conversation(Ok(()), None);
        let greeting = Greeting {
            conversation,
            banner: banner.clone(),
            hello: None,
            starttls: None,
            refused_ehlo: None,
        };
        let world = World::with_service("ssh: www.example.vn")
            .published()
            .both_attempts(&question, &Reply::Greeting(Box::new(greeting)));
        assert_eq!(world.outcome_of("service-answers"), expected, "{banner:?}");
        let only = if expected.0 == Pass { (Pass, "usable") } else { (Fail, "no-answer") };
        assert_eq!(usable(&world), only, "{banner:?}");
    }
}

#[test]
fn name_servers_over_both_transports() {
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
        let mut world = World::with_service("dns: www.example.vn").published();
        for (transport, reply) in [(Transport::Udp, udp), (Transport::Tcp, tcp)] {
            let question = evidence::service::name_server_question(six_socket(53), transport);
            world = world.both_attempts(&question, reply);
        }
        assert_eq!(world.outcome_of("service-answers"), expected, "{udp:?} {tcp:?}");
        let only = match expected {
            (Pass, _) => (Pass, "usable"),
            (Fail, _) => (Fail, "no-answer"),
            other => other,
        };
        assert_eq!(usable(&world), only, "{udp:?} {tcp:?}");
    }
}

#[test]
fn time_servers() {
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
        let question = Question::Ntp(NtpQuestion { server: six_socket(123) });
        let reply = Reply::Ntp(NtpExchange { answer: answer.clone(), is_ours });
        let world =
            World::with_service("ntp: www.example.vn").published().both_attempts(&question, &reply);
        assert_eq!(world.outcome_of("service-answers"), expected, "{answer:?}");
    }
}

#[test]
fn services_without_ipv6_or_without_observations() {
    let empty = answer(&[]);
    let without = World::with_service("ssh: www.example.vn")
        .dns("www.example.vn", RecordType::AAAA, &empty)
        .dns("www.example.vn", RecordType::A, &answer(&[address("192.0.2.1")]));
    assert_eq!(without.outcome_of("service-answers"), (NotApplicable, common::NO_IPV6));
    assert_eq!(usable(&without), (Fail, "not-published"));
    let unasked = World::with_service("ssh: www.example.vn").published();
    for id in ["service-answers", "ipv6-only-usable"] {
        assert_eq!(unasked.outcome_of(id), (Inconclusive, common::NOT_OBSERVED), "{id}");
        let zone = World::with_service("zone: example.vn");
        assert_eq!(zone.outcome_of(id), (NotApplicable, common::OTHER_KIND), "{id}");
    }
}

#[test]
fn ports_and_handshakes_in_turn() {
    let up = || Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: None,
        http: None,
        recheck: None,
    };
    let (away, mine) = (down(NetFailure::TimedOut), down(NetFailure::NoRoute));
    let asks = |port, tls| {
        let address = six_socket(port);
        Question::Conversation(ConversationQuestion { address, tls, http: None, mss: None })
    };
    for (seen, expected, only) in [
        ([&up(), &up()], (Pass, "answers"), (Pass, "usable")),
        ([&mine, &up()], (Pass, "answers"), (Pass, "usable")),
        ([&away, &up()], (Pass, "answers"), (Pass, "usable")),
        ([&away, &away], (Fail, "no-connection"), (Fail, "unreachable")),
        ([&away, &mine], OURS, OURS),
        ([&mine, &away], OURS, OURS),
    ] {
        let world = World::with_service("tcp: \"www.example.vn:8443\"").published();
        let world = world.in_turn(&asks(8443, None), &talks(&seen));
        assert_eq!(world.outcome_of("service-answers"), expected, "{seen:?}");
        assert_eq!(world.outcome_of("ipv6-only-usable"), only, "{seen:?}");
    }
    let well = Conversation { tls: Some(Ok(session())), ..up() };
    let net = |failure| no_tls(TlsFailure::Net { failure });
    let (reset, ours) = (net(NetFailure::Reset), net(NetFailure::NotPermitted));
    let library = no_tls(TlsFailure::Ours { detail: "?".to_owned() });
    let large = no_tls(TlsFailure::ChainTooLarge);
    for (seen, expected) in [
        ([&well, &well], (Pass, "answers")),
        ([&ours, &well], (Pass, "answers")),
        ([&reset, &well], (Pass, "answers")),
        ([&reset, &reset], (Fail, "no-handshake")),
        ([&reset, &ours], OURS),
        ([&ours, &reset], OURS),
        ([&reset, &mine], OURS),
        ([&library, &library], OURS),
        ([&large, &large], (Inconclusive, common::LIMIT)),
    ] {
        let world = World::with_service("tls: \"www.example.vn:636\"").published();
        let world = world.in_turn(&asks(636, Some(www_host())), &talks(&seen));
        assert_eq!(world.outcome_of("service-answers"), expected, "{seen:?}");
    }
}

#[test]
fn greetings_in_turn() {
    let question = Question::Greeting(GreetingQuestion {
        address: six_socket(22),
        protocol: Protocol::Ssh,
        security: Security::None,
        host: www_host(),
    });
    let greeting = |banner| {
        let conversation = Conversation {
            connect: Ok(Connected { elapsed_us: 1 }),
            tls: None,
            http: None,
            recheck: None,
        };
        let seen = Greeting {
            conversation,
            banner: Some(banner),
            hello: None,
            starttls: None,
            refused_ehlo: None,
        };
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
        (&away, &well, (Pass, "answers")),
    ] {
        let world = service_in_turn("ssh", &question, &[first.clone(), second.clone()]);
        assert_eq!(world.outcome_of("service-answers"), expected, "{first:?} {second:?}");
        let only = match expected {
            (Pass, _) => (Pass, "usable"),
            (Fail, _) => (Fail, "no-answer"),
            other => other,
        };
        assert_eq!(world.outcome_of("ipv6-only-usable"), only, "{first:?} {second:?}");
    }
    for (attempts, expected) in [
        ([&away, &well, &well], (Pass, "answers")),
        ([&away, &away, &well], (Fail, "flapping")),
        ([&away, &away, &away], (Fail, "silent")),
    ] {
        let mut world = service_in_turn("ssh", &question, &attempts.map(Reply::clone));
        world.inventory.settings.attempts = 3;
        assert_eq!(world.outcome_of("service-answers"), expected, "{attempts:?}");
    }
}

/// Mail boxes and submission whose TLS begins with the first octet: no greeting comes without it.
#[test]
fn greetings_after_a_handshake() {
    let net = |failure| TlsFailure::Net { failure };
    let friendly = || Some(Ok(Answer { elapsed_us: 1, meaning: Meaning::Yes, lines: Vec::new() }));
    for (declared, port, protocol) in [
        ("imaps: www.example.vn", 993, Protocol::Imap),
        ("pop3s: www.example.vn", 995, Protocol::Pop3),
        ("submission: \"www.example.vn:465\"", 465, Protocol::Smtp),
    ] {
        for (tls, banner, expected) in [
            (Ok(session()), friendly(), (Pass, "answers")),
            (Err(net(NetFailure::Reset)), None, (Fail, "no-handshake")),
            (Err(net(NetFailure::TimedOut)), None, (Fail, "no-handshake")),
            (Err(TlsFailure::NotTls { detail: String::new() }), None, (Fail, "no-handshake")),
            (Err(TlsFailure::ChainTooLarge), None, (Inconclusive, common::LIMIT)),
            (Err(net(NetFailure::NoRoute)), None, OURS),
        ] {
            let question = Question::Greeting(GreetingQuestion {
                address: six_socket(port),
                protocol,
                security: Security::Implicit,
                host: www_host(),
            });
            let tls = tls.map_err(|failure| TlsFailed::new(failure, Vec::new()));
            let conversation = Conversation {
                connect: Ok(Connected { elapsed_us: 1 }),
                tls: Some(tls),
                http: None,
                recheck: None,
            };
            let greeting = Greeting {
                conversation,
                hello: banner.clone(),
                banner,
                starttls: None,
                refused_ehlo: None,
            };
            let world = World::with_service(declared)
                .published()
                .both_attempts(&question, &Reply::Greeting(Box::new(greeting.clone())));
            assert_eq!(world.outcome_of("service-answers"), expected, "{declared} {greeting:?}");
        }
    }
}

#[test]
fn datagrams_in_turn() {
    let asks = |transport| evidence::service::name_server_question(six_socket(53), transport);
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
        let world = service_in_turn("dns", &asks(Transport::Tcp), &[first.clone(), second.clone()]);
        let world = world.in_turn(&asks(Transport::Udp), std::slice::from_ref(&well));
        assert_eq!(world.outcome_of("service-answers"), expected, "{first:?} {second:?}");
    }
    let question = Question::Ntp(NtpQuestion { server: six_socket(123) });
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
        let world = service_in_turn("ntp", &question, &[first.clone(), second.clone()]);
        assert_eq!(world.outcome_of("service-answers"), expected, "{first:?} {second:?}");
    }
}

/// CAPA is an extension (RFC 2449), and an IMAP server may know its client already (RFC 9051 §7.1.4).
#[test]
fn boxes_with_other_greetings() {
    let said = |meaning, line: &str| {
        Some(Ok(Answer { elapsed_us: 1, meaning, lines: vec![line.to_owned()] }))
    };
    let (pop3, imap) = (Protocol::Pop3, Protocol::Imap);
    let refused = said(Meaning::No, "-ERR Protocol error. 14");
    let capabilities = said(Meaning::Yes, "* CAPABILITY IMAP4rev1");
    let lost = Some(Err(GreetingFailure::Net { failure: NetFailure::Reset }));
    for (declared, port, protocol, banner, hello, expected) in [
        ("pop3s", 995, pop3, said(Meaning::Yes, "+OK ready"), refused.clone(), (Pass, "answers")),
        ("pop3s", 995, pop3, said(Meaning::Yes, "+OK ready"), lost, (Fail, "broken-off")),
        ("pop3s", 995, pop3, said(Meaning::No, "-ERR no"), None, (Fail, "refuses")),
        ("imaps", 993, imap, said(Meaning::Yes, "* PREAUTH hi"), capabilities, (Pass, "answers")),
        ("imaps", 993, imap, said(Meaning::Yes, "* OK hi"), refused, (Fail, "refuses")),
    ] {
        let question = Question::Greeting(GreetingQuestion {
            address: six_socket(port),
            protocol,
            security: Security::Implicit,
            host: www_host(),
        });
        let conversation = Conversation {
            connect: Ok(Connected { elapsed_us: 1 }),
            tls: Some(Ok(session())),
            http: None,
            recheck: None,
        };
        let seen = Greeting { conversation, banner, hello, starttls: None, refused_ehlo: None };
        let world = World::with_service(&format!("{declared}: www.example.vn"))
            .published()
            .both_attempts(&question, &Reply::Greeting(Box::new(seen.clone())));
        assert_eq!(world.outcome_of("service-answers"), expected, "{seen:?}");
    }
}
