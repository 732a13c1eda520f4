//! The DNS client against small responders on loopback that misbehave in one way each.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hickory_proto::op::{Message as WireMessage, MessageType, ResponseCode};
use hickory_proto::rr::rdata::AAAA;
use hickory_proto::rr::{RData, Record};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::{JoinHandle, JoinSet};

use super::Client;
use crate::model::{
    DnsMessage, DnsQuestion, Name, NetFailure, Rcode, RecordData, RecordType, Reply, Settings,
    Timeouts, Transport,
};

const LOOPBACK: [&str; 2] = ["[::1]:0", "127.0.0.1:0"];
/// For questions that will be answered: never reached.
const PATIENT: Duration = Duration::from_secs(30);
/// For questions that won't.
const SHORT: Duration = Duration::from_millis(200);

fn client(dns: Duration) -> Client {
    let settings = Settings {
        timeouts: Timeouts { dns, ..Settings::default().timeouts },
        ..Settings::default()
    };
    Client::new(&settings).unwrap()
}

impl Client {
    /// What is answered in the end.
    async fn answer(&self, question: &DnsQuestion) -> Reply {
        match self.exchange(question).await {
            Some(reply) => reply,
            None => self.exchange(question).await.unwrap(),
        }
    }
}

fn question(server: SocketAddr, transport: Transport, name: &str) -> DnsQuestion {
    DnsQuestion {
        server,
        transport,
        name: Name::from_presentation(name),
        record_type: RecordType::AAAA,
        recursion_desired: true,
        checking_disabled: false,
        dnssec_ok: true,
        without_edns: false,
    }
}

fn udp(server: SocketAddr, name: &str) -> DnsQuestion {
    question(server, Transport::Udp, name)
}

fn tcp(server: SocketAddr, name: &str) -> DnsQuestion {
    question(server, Transport::Tcp, name)
}

/// A message that answers `query` with an address made of its name's octets.
fn answer(query: &[u8]) -> WireMessage {
    let mut message = WireMessage::from_vec(query).unwrap();
    message.metadata.message_type = MessageType::Response;
    let name = message.queries[0].name().clone();
    let mut address = [0; 16];
    for (at, octet) in name.to_ascii().bytes().enumerate() {
        address[at % 16] ^= octet.rotate_left((at / 16) as u32);
    }
    message.add_answer(Record::from_rdata(name, 60, RData::AAAA(AAAA(address.into()))));
    message
}

fn octets(message: &WireMessage) -> Vec<u8> {
    message.to_vec().unwrap()
}

/// What [`answer`] answers about this name.
fn address_of(name: &str) -> RecordData {
    let asked = udp("[::1]:53".parse().unwrap(), name);
    let mut query = super::Query::new(&asked).unwrap();
    let decoded = DnsMessage::new(crate::model::Blob::new(octets(&answer(query.with_id(0)))));
    decoded.decoded().unwrap().answers[0].data.clone()
}

/// Answers every datagram with what `behaviour` makes of it.
async fn udp_responder(
    address: &str,
    behaviour: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static,
) -> (SocketAddr, JoinHandle<()>) {
    let socket = UdpSocket::bind(address).await.unwrap();
    let server = socket.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut buffer = [0; 2048];
        loop {
            let Ok((octets, from)) = socket.recv_from(&mut buffer).await else { continue };
            for reply in behaviour(&buffer[..octets]) {
                let _ = socket.send_to(&reply, from).await;
            }
        }
    });
    (server, task)
}

/// Accepts connections, reads one query from each and lets `behaviour` write what it will.
async fn tcp_responder<B, F>(behaviour: B) -> (SocketAddr, JoinHandle<()>)
where
    B: Fn(TcpStream, Vec<u8>) -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let length = stream.read_u16().await.unwrap();
            let mut query = vec![0; usize::from(length)];
            stream.read_exact(&mut query).await.unwrap();
            behaviour(stream, query).await;
        }
    });
    (server, task)
}

/// An address with a port without a listener, over neither transport, and the sockets that
/// keep it so: one connected elsewhere, one bound and not listening.
async fn closed_port(address: &str) -> (SocketAddr, (UdpSocket, socket2::Socket)) {
    loop {
        let udp = UdpSocket::bind(address).await.unwrap();
        let closed = udp.local_addr().unwrap();
        udp.connect((closed.ip(), 9)).await.unwrap();
        let domain = socket2::Domain::for_address(closed);
        let tcp = socket2::Socket::new(domain, socket2::Type::STREAM, None).unwrap();
        // A port that is free over UDP may be taken over TCP.
        if tcp.bind(&closed.into()).is_ok() {
            return (closed, (udp, tcp));
        }
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_be_bytes(), message].concat()
}

fn message(reply: Reply) -> DnsMessage {
    match reply {
        Reply::Dns(message) => message,
        other => panic!("no message: {other:?}"),
    }
}

fn first_address(reply: Reply) -> RecordData {
    message(reply).decoded().unwrap().answers[0].data.clone()
}

#[tokio::test]
async fn answers_are_kept_as_they_came() {
    for address in LOOPBACK {
        let (server, _task) = udp_responder(address, |query| vec![octets(&answer(query))]).await;
        let client = client(PATIENT);
        let reply = client.answer(&udp(server, "www.example.vn")).await;
        let message = message(reply);
        let read = message.decoded().unwrap();
        assert_eq!(read.rcode, Rcode::NOERROR);
        assert_eq!(read.answers[0].data, address_of("www.example.vn"));
        assert_eq!(read.edns.as_ref().unwrap().udp_payload_octets, 1232);
    }
}

#[tokio::test]
async fn response_codes_and_truncation_are_answers() {
    for (rcode, truncated) in [(ResponseCode::NXDomain, false), (ResponseCode::NoError, true)] {
        let (server, _task) = udp_responder("[::1]:0", move |query| {
            let mut message = answer(query);
            message.answers.clear();
            message.metadata.response_code = rcode;
            message.metadata.truncation = truncated;
            vec![octets(&message)]
        })
        .await;
        let message = message(client(PATIENT).answer(&udp(server, "www.example.vn")).await);
        let read = message.decoded().unwrap();
        assert_eq!(read.rcode, Rcode(rcode.into()));
        assert_eq!(read.truncated, truncated);
    }
}

#[tokio::test]
async fn forged_answers_are_passed_over() {
    let (server, _task) = udp_responder("[::1]:0", |query| {
        let good = answer(query);
        let mut other_id = good.clone();
        other_id.metadata.id ^= 1;
        let mut other_question = answer(query);
        let mut wrong = other_question.queries[0].clone();
        wrong.set_name("forged.example.vn.".parse().unwrap());
        other_question.queries = vec![wrong];
        let mut no_response = good.clone();
        no_response.metadata.message_type = MessageType::Query;
        vec![octets(&other_id), octets(&other_question), octets(&no_response), octets(&good)]
    })
    .await;
    let client = client(PATIENT);
    let reply = client.answer(&udp(server, "www.example.vn")).await;
    assert_eq!(first_address(reply), address_of("www.example.vn"));
    let dropped = client.dropped();
    assert_eq!((dropped.unsolicited, dropped.other_question, dropped.late), (2, 1, 0));
}

#[tokio::test]
async fn answers_from_elsewhere_are_passed_over() {
    for elsewhere in ["127.0.0.1:0", "127.0.0.3:0"] {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let other = UdpSocket::bind(elsewhere).await.unwrap();
        let asked = udp(server.local_addr().unwrap(), "www.example.vn");
        let client = client(PATIENT);
        let respond = async {
            let mut buffer = [0; 512];
            let (length, from) = server.recv_from(&mut buffer).await.unwrap();
            let mut forged = answer(&buffer[..length]);
            forged.answers.clear();
            other.send_to(&octets(&forged), from).await.unwrap();
            while client.dropped().unsolicited == 0 {
                tokio::task::yield_now().await;
            }
            server.send_to(&octets(&answer(&buffer[..length])), from).await.unwrap();
        };
        let (reply, ()) = tokio::join!(client.answer(&asked), respond);
        assert_eq!(first_address(reply), address_of("www.example.vn"));
    }
}

#[tokio::test]
async fn a_late_answer_reaches_no_question() {
    let server = UdpSocket::bind("[::1]:0").await.unwrap();
    let address = server.local_addr().unwrap();
    let client = client(SHORT);
    let mut buffer = [0; 512];
    let reply = client.answer(&udp(address, "late.example.vn")).await;
    assert_eq!(reply, Reply::DnsFailed(NetFailure::TimedOut));
    let (length, from) = server.recv_from(&mut buffer).await.unwrap();
    server.send_to(&octets(&answer(&buffer[..length])), from).await.unwrap();
    while client.dropped().late == 0 {
        tokio::task::yield_now().await;
    }
    let reply = client.answer(&udp(address, "late.example.vn")).await;
    assert_eq!(reply, Reply::DnsFailed(NetFailure::TimedOut));
}

#[tokio::test]
async fn a_repeated_answer_counts_once() {
    let (server, _task) = udp_responder("[::1]:0", |query| vec![octets(&answer(query)); 2]).await;
    let client = client(PATIENT);
    for name in ["one.example.vn", "two.example.vn"] {
        assert_eq!(first_address(client.answer(&udp(server, name)).await), address_of(name));
    }
    while client.dropped().late < 2 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn closed_ports_refuse_and_disturb_no_other_question() {
    for address in LOOPBACK {
        let (closed, _holders) = closed_port(address).await;
        let (server, _task) = udp_responder(address, |query| vec![octets(&answer(query))]).await;
        let client = client(PATIENT);
        for number in 0..50 {
            let name = format!("n{number}.example.vn");
            let (good, bad) = (udp(server, &name), udp(closed, &name));
            let (refused, answered) = tokio::join!(client.answer(&bad), client.answer(&good));
            assert_eq!(refused, Reply::DnsFailed(NetFailure::Refused));
            assert_eq!(first_address(answered), address_of(&name));
            let refused = client.answer(&tcp(closed, &name)).await;
            assert_eq!(refused, Reply::DnsFailed(NetFailure::Refused));
        }
    }
}

#[tokio::test]
async fn silence_times_out_over_both_transports() {
    let (udp_server, _task) = udp_responder("[::1]:0", |_| Vec::new()).await;
    let (tcp_server, _task) = tcp_responder(|stream, _| async move {
        let _open = stream;
        std::future::pending().await
    })
    .await;
    for asked in [udp(udp_server, "www.example.vn"), tcp(tcp_server, "www.example.vn")] {
        let reply = client(SHORT).answer(&asked).await;
        assert_eq!(reply, Reply::DnsFailed(NetFailure::TimedOut));
    }
}

#[tokio::test]
async fn garbage_with_the_right_id_is_a_malformed_answer() {
    let (server, _task) = udp_responder("[::1]:0", |query| {
        let mut garbage = octets(&answer(query));
        garbage[7] = 200; // so many answers there are not
        vec![vec![], vec![0xff; 3], vec![0xff; 1232], garbage]
    })
    .await;
    let message = message(client(PATIENT).answer(&udp(server, "www.example.vn")).await);
    assert!(message.decoded().is_err());
    assert!(message.size_octets() > 12);
}

#[tokio::test]
async fn names_that_cannot_be_sent_are_our_fault() {
    let reply = client(PATIENT).answer(&udp("[::1]:53".parse().unwrap(), "a..b")).await;
    assert!(matches!(reply, Reply::DnsFailed(failure) if failure.is_ours()));
}

#[tokio::test]
async fn addresses_that_cannot_be_sent_to_are_our_fault() {
    for nowhere in ["[::1]:0", "[::ffff:127.0.0.1]:53"] {
        let reply = client(PATIENT).answer(&udp(nowhere.parse().unwrap(), "a.example")).await;
        assert!(matches!(reply, Reply::DnsFailed(failure) if failure.is_ours()), "{nowhere}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_questions_share_the_sockets() {
    // Several, so that no responder's receive buffer overflows.
    let mut servers = Vec::new();
    for _ in 0..8 {
        let (server, _) = udp_responder("[::1]:0", |query| vec![octets(&answer(query))]).await;
        servers.push(server);
    }
    let client = Arc::new(client(PATIENT));
    let mut tasks = JoinSet::new();
    for number in 0..1000 {
        let client = Arc::clone(&client);
        let server = servers[number % servers.len()];
        tasks.spawn(async move {
            let name = format!("host-{number}.example.vn");
            let reply = client.answer(&udp(server, &name)).await;
            assert_eq!(first_address(reply), address_of(&name));
        });
    }
    let mut answered = 0;
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
        answered += 1;
    }
    assert_eq!(answered, 1000);
    assert_eq!(client.dropped(), super::DroppedAnswers::default());
    let ports: std::collections::HashSet<_> = client.udp.local_addrs().into_iter().collect();
    assert_eq!(ports.len(), 16, "each socket has a port of its own");
}

#[tokio::test]
async fn tcp_reads_an_answer_in_single_octets() {
    let (server, _task) = tcp_responder(|mut stream, query| async move {
        for octet in framed(&octets(&answer(&query))) {
            stream.write_all(&[octet]).await.unwrap();
            stream.flush().await.unwrap();
            tokio::task::yield_now().await;
        }
    })
    .await;
    let reply = client(PATIENT).answer(&tcp(server, "www.example.vn")).await;
    assert_eq!(first_address(reply), address_of("www.example.vn"));
}

#[tokio::test]
async fn tcp_passes_over_what_answers_something_else() {
    let (server, _task) = tcp_responder(|mut stream, query| async move {
        let mut other_id = answer(&query);
        other_id.metadata.id ^= 1;
        let mut wire = framed(&[]);
        wire.extend(framed(&octets(&other_id)));
        wire.extend(framed(&octets(&answer(&query))));
        stream.write_all(&wire).await.unwrap();
    })
    .await;
    let reply = client(PATIENT).answer(&tcp(server, "www.example.vn")).await;
    assert_eq!(first_address(reply), address_of("www.example.vn"));
}

#[tokio::test]
async fn tcp_failures_are_told_apart() {
    #[derive(Clone, Copy)]
    enum LimitedStream {
        Nothing,
        HalfALength,
        LengthTooLong,
        LengthTooShort,
        Strangers,
        Reset,
    }
    for (wire, expected) in [
        (LimitedStream::Nothing, Some(NetFailure::Closed)),
        (LimitedStream::HalfALength, Some(NetFailure::Closed)),
        (LimitedStream::LengthTooLong, Some(NetFailure::Closed)),
        (LimitedStream::LengthTooShort, None),
        (LimitedStream::Strangers, Some(NetFailure::Closed)),
        (LimitedStream::Reset, Some(NetFailure::Reset)),
    ] {
        let (server, _task) = tcp_responder(move |mut stream, query| async move {
            let message = octets(&answer(&query));
            let mut octets = framed(&message);
            match wire {
                LimitedStream::Nothing => octets.clear(),
                LimitedStream::HalfALength => octets.truncate(1),
                LimitedStream::LengthTooLong => octets[0] += 1,
                LimitedStream::LengthTooShort => octets[1] -= 1,
                LimitedStream::Strangers => octets = framed(&query).repeat(40),
                LimitedStream::Reset => {
                    octets.truncate(9);
                    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
                }
            }
            let _ = stream.write_all(&octets).await;
        })
        .await;
        let reply = client(PATIENT).answer(&tcp(server, "www.example.vn")).await;
        match expected {
            Some(failure) => assert_eq!(reply, Reply::DnsFailed(failure)),
            None => assert!(message(reply).decoded().is_err()),
        }
    }
}

#[tokio::test]
async fn a_message_over_our_limit_counts_against_no_party() {
    let (server, _task) = tcp_responder(|mut stream, query| async move {
        stream.write_all(&framed(&octets(&answer(&query)))).await.unwrap();
    })
    .await;
    let mut client = client(PATIENT);
    client.message_octets_max = 20;
    let reply = client.answer(&tcp(server, "www.example.vn")).await;
    assert!(matches!(reply, Reply::DnsFailed(failure) if failure.is_ours()));
}

/// How a server treats the questions of one connection.
#[derive(Clone, Copy)]
enum Carrying {
    /// It answers the last one first.
    Backwards,
    /// It answers one and closes.
    OneAndCloses,
    /// It answers one, and reads no further.
    OneAndIsSilent,
}

/// A server that is asked so many questions at once, and the connections that it got.
async fn carrying_server(how: Carrying, together: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        for _ in 0..100 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let is_first = count.fetch_add(1, Ordering::SeqCst) == 0;
            tokio::spawn(async move {
                let wanted = match how {
                    Carrying::Backwards if is_first => together,
                    _ => 1,
                };
                let mut answers = Vec::new();
                for _ in 0..wanted {
                    let Ok(length) = stream.read_u16().await else { return };
                    let mut query = vec![0; usize::from(length)];
                    stream.read_exact(&mut query).await.unwrap();
                    answers.push(framed(&octets(&answer(&query))));
                }
                answers.reverse();
                stream.write_all(&answers.concat()).await.unwrap();
                if !matches!(how, Carrying::OneAndCloses) {
                    tokio::time::sleep(PATIENT * 10).await;
                }
            });
        }
    });
    (server, connections)
}

#[tokio::test]
async fn one_connection_carries_the_questions_that_come_together() {
    let (server, connections) = carrying_server(Carrying::Backwards, 5).await;
    let client = client(PATIENT);
    let names = ["a.example", "b.example", "c.example", "d.example", "e.example"];
    let asked: Vec<_> = names.iter().map(|name| tcp(server, name)).collect();
    let replies = asked.iter().map(|question| client.answer(question));
    for reply in futures_util::future::join_all(replies).await {
        assert!(message(reply).decoded().is_ok());
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_server_that_answers_one_question_on_a_connection_answers_all() {
    for (how, deadline) in
        [(Carrying::OneAndCloses, PATIENT), (Carrying::OneAndIsSilent, Duration::from_secs(5))]
    {
        let (server, connections) = carrying_server(how, 2).await;
        let client = client(deadline);
        let asked = ["a.example", "b.example"].map(|name| tcp(server, name));
        let replies = asked.iter().map(|question| client.answer(question));
        for reply in futures_util::future::join_all(replies).await {
            assert!(message(reply).decoded().is_ok());
        }
        assert_eq!(connections.load(Ordering::SeqCst), 2);
        // It is known now, so each gets its own at once.
        let replies = asked.iter().map(|question| client.answer(question));
        for reply in futures_util::future::join_all(replies).await {
            assert!(message(reply).decoded().is_ok());
        }
        assert_eq!(connections.load(Ordering::SeqCst), 4);
    }
}

#[tokio::test]
async fn a_server_that_sends_octet_by_octet_is_left() {
    const OCTETS_MAX: usize = 1000;
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut sent = 0;
        // The length of a message, and a message that never becomes as long.
        while sent < OCTETS_MAX && stream.write_all(&[0xff]).await.is_ok() {
            sent += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        sent
    });
    let client = client(SHORT);
    let reply = client.answer(&tcp(server, "www.example.vn")).await;
    assert_eq!(reply, Reply::DnsFailed(NetFailure::TimedOut));
    assert!(serving.await.unwrap() < OCTETS_MAX);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a server makes of a query, the client survives and its deadline holds.
    #[test]
    fn arbitrary_answers_never_panic(
        tail in prop::collection::vec(any::<u8>(), 0..200),
        keep in 0usize..60,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (server, _task) = udp_responder("[::1]:0", move |query| {
                let mut reply = query[..keep.min(query.len())].to_vec();
                reply.extend(&tail);
                if let Some(flags) = reply.get_mut(2) {
                    *flags |= 0x80;
                }
                vec![reply]
            })
            .await;
            let client = client(Duration::from_millis(20));
            if let Reply::Dns(message) = client.answer(&udp(server, "www.example.vn")).await {
                let _ = message.decoded();
            }
        });
    }
}
