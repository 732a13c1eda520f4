use std::sync::Arc;

use proptest::prelude::*;
use rustls::version;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use tokio_rustls::LazyConfigAcceptor;

use super::*;
use crate::model::{Blob, Conversation, Limits};
use crate::probe::conversation::testing::{
    ADDRESSES, GROWING, SHORT, TlsServer, ask_https, ask_tls, converse, identity, ordinary,
    patient, reply_with, reset, serve, serve_tls, silence,
};

const HOST: &str = "www.example.vn";

fn session_of(conversation: Conversation) -> TlsSession {
    assert!(conversation.connect.is_ok(), "{conversation:?}");
    conversation.tls.unwrap().unwrap()
}

fn failed_of(conversation: Conversation) -> TlsFailed {
    assert!(conversation.connect.is_ok() && conversation.http.is_none(), "{conversation:?}");
    conversation.tls.unwrap().unwrap_err()
}

fn net(failure: NetFailure) -> TlsFailed {
    TlsFailed::new(TlsFailure::Net { failure }, Vec::new())
}

#[tokio::test]
async fn a_handshake_tells_what_was_agreed() {
    for address in ADDRESSES {
        let mut server = TlsServer::of(ordinary());
        server.ocsp = Some(b"a stapled response".to_vec());
        let issuer = ordinary().certificate;
        server.chain.push(issuer.clone());
        let leaf = server.chain[0].clone();
        let address = serve_tls(address, server).await;
        let session = session_of(converse(&patient(), &ask_tls(address, HOST)).await);
        assert_eq!(session.version, "TLSv1.3");
        assert_eq!(session.cipher_suite, "TLS_AES_128_GCM_SHA256");
        assert_eq!(session.group.as_deref(), Some("X25519MLKEM768"));
        assert_eq!(session.alpn, None);
        assert_eq!(session.chain, [Blob::new(leaf.as_ref()), Blob::new(issuer.as_ref())]);
        assert_eq!(session.ocsp.unwrap().bytes(), b"a stapled response");
    }
}

#[tokio::test]
async fn tls_1_2() {
    let server = TlsServer { versions: vec![&version::TLS12], ..TlsServer::of(ordinary()) };
    let address = serve_tls("[::1]:0", server).await;
    let session = session_of(converse(&patient(), &ask_tls(address, HOST)).await);
    assert_eq!(session.version, "TLSv1.2");
    assert!(session.cipher_suite.starts_with("TLS_ECDHE_ECDSA_WITH_"), "{}", session.cipher_suite);
    assert_eq!(session.group.as_deref(), Some("x25519"));
}

#[tokio::test]
async fn the_handshake_completes_whatever_the_certificate_says() {
    let expired = identity(&rcgen::PKCS_ECDSA_P256_SHA256, |params| {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    });
    let authority = identity(&rcgen::PKCS_ED25519, |params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    let unreadable_extension = identity(&rcgen::PKCS_ECDSA_P384_SHA384, |params| {
        let mut odd = rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 36], vec![0xff]);
        odd.set_criticality(true);
        params.custom_extensions = vec![odd];
    });
    for identity in [expired, authority, unreadable_extension] {
        let server = TlsServer::of(identity);
        let leaf = Blob::new(server.chain[0].as_ref());
        let address = serve_tls("[::1]:0", server).await;
        let session = session_of(converse(&patient(), &ask_tls(address, "other.example")).await);
        assert_eq!(session.chain, [leaf]);
    }
}

#[tokio::test]
async fn a_server_without_the_key_is_found_out() {
    let keys = [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519, &rcgen::PKCS_RSA_SHA256];
    for algorithm in keys {
        for version in [&version::TLS12, &version::TLS13] {
            let mut server = TlsServer::of(identity(algorithm, |_| {}));
            server.versions = vec![version];
            server.chain = vec![ordinary().certificate];
            let leaf = Blob::new(server.chain[0].as_ref());
            let address = serve_tls("[::1]:0", server).await;
            let failed = failed_of(converse(&patient(), &ask_tls(address, HOST)).await);
            assert!(matches!(failed.failure, TlsFailure::BadSignature { .. }), "{failed:?}");
            assert_eq!(failed.chain, [leaf]);
        }
    }
}

#[tokio::test]
async fn names_go_into_sni_and_addresses_do_not() {
    let hosts = [
        ("www.example.vn", Some("www.example.vn")),
        ("a_b.example.vn", Some("a_b.example.vn")),
        ("2001:db8::1", None),
        ("192.0.2.1", None),
    ];
    for (host, expected) in hosts {
        for web in [false, true] {
            let (sender, mut receiver) = mpsc::channel(1);
            let address = serve("[::1]:0", async move |stream| {
                let start = LazyConfigAcceptor::new(Default::default(), stream).await.unwrap();
                let hello = start.client_hello();
                let name = hello.server_name().map(str::to_owned);
                let alpn: Vec<Vec<u8>> =
                    hello.alpn().into_iter().flatten().map(<[u8]>::to_vec).collect();
                sender.send((name, alpn)).await.unwrap();
            })
            .await;
            let mut question = ask_https(address);
            question.tls = Some(Host::parse(host).unwrap());
            if !web {
                question.http = None;
            }
            failed_of(converse(&patient(), &question).await);
            let (name, alpn) = receiver.recv().await.unwrap();
            assert_eq!(name.as_deref(), expected);
            let offered: &[&[u8]] = if web { &[b"h2", b"http/1.1"] } else { &[] };
            assert_eq!(alpn, offered);
        }
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_sent_counts_against_no_party() {
    let address = serve("[::1]:0", silence).await;
    let mut question = ask_tls(address, HOST);
    question.tls = Some(Host::Name(crate::model::Name::from_presentation("a\\032b.example")));
    let failed = failed_of(converse(&patient(), &question).await);
    assert!(matches!(failed.failure, TlsFailure::Ours { .. }), "{failed:?}");
}

#[tokio::test]
async fn no_session_is_resumed() {
    let acceptor = TlsServer::of(ordinary()).acceptor();
    let client = crate::probe::conversation::Client::new(&patient()).unwrap();
    for _ in 0..3 {
        let acceptor = acceptor.clone();
        let (sender, mut receiver) = mpsc::channel(1);
        let address = serve("[::1]:0", async move |stream| {
            let stream = acceptor.accept(stream).await.unwrap();
            sender.send(stream.get_ref().1.handshake_kind()).await.unwrap();
        })
        .await;
        session_of(client.converse(&ask_tls(address, HOST)).await);
        assert_eq!(receiver.recv().await.unwrap(), Some(rustls::HandshakeKind::Full));
    }
}

#[tokio::test]
async fn the_client_says_goodbye() {
    let acceptor = TlsServer::of(ordinary()).acceptor();
    let (sender, mut receiver) = mpsc::channel(1);
    let address = serve("[::1]:0", async move |stream| {
        let mut stream = acceptor.accept(stream).await.unwrap();
        // Without a close_notify this is an error.
        let octets = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        sender.send(octets.map_err(|error| error.to_string())).await.unwrap();
    })
    .await;
    session_of(converse(&patient(), &ask_tls(address, HOST)).await);
    assert_eq!(receiver.recv().await.unwrap(), Ok(0));
}

#[tokio::test]
async fn what_is_not_tls() {
    for (reply, head) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request\\r\\n\\r\\n"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2\\r\\n"),
        ("220 mail.example.vn ESMTP\r\n", "220 mail.example.vn ESMTP\\r\\n"),
    ] {
        let address =
            serve("[::1]:0", |stream| reply_with(stream, reply.as_bytes().to_vec())).await;
        let failed = failed_of(converse(&patient(), &ask_tls(address, HOST)).await);
        let detail = format!("the answer begins with \"{head}\"");
        assert_eq!(failed.failure, TlsFailure::NotTls { detail });
    }
}

#[tokio::test]
async fn alerts_keep_their_number_and_name() {
    for (code, name) in [(40, "handshake_failure"), (70, "protocol_version"), (200, "unassigned")] {
        let reply = vec![21, 3, 3, 0, 2, 2, code];
        let address = serve("127.0.0.1:0", |stream| reply_with(stream, reply)).await;
        let failed = failed_of(converse(&patient(), &ask_tls(address, HOST)).await);
        assert_eq!(failed.failure, TlsFailure::Alert { code, name: name.to_owned() });
    }
}

#[tokio::test]
async fn a_server_of_tls_1_0_has_nothing_in_common_with_us() {
    for version in [0, 1, 2] {
        // A ServerHello of SSL 3.0, TLS 1.0 or TLS 1.1 that chooses TLS_RSA_WITH_AES_128_CBC_SHA.
        let mut hello = vec![2, 0, 0, 38, 3, version];
        hello.extend([7; 32]);
        hello.extend([0, 0x00, 0x2f, 0]);
        let mut reply = vec![22, 3, version, 0, hello.len() as u8];
        reply.extend(hello);
        let address = serve("[::1]:0", |stream| reply_with(stream, reply)).await;
        let failed = failed_of(converse(&patient(), &ask_tls(address, HOST)).await);
        assert!(matches!(failed.failure, TlsFailure::NothingInCommon { .. }), "{failed:?}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_or_falls_silent() {
    let mut settings = patient();
    for address in ADDRESSES {
        let closed = serve(address, |stream| reply_with(stream, Vec::new())).await;
        let failed = failed_of(converse(&settings, &ask_tls(closed, HOST)).await);
        assert_eq!(failed, net(NetFailure::Closed));

        let broken = serve(address, reset).await;
        let failed = failed_of(converse(&settings, &ask_tls(broken, HOST)).await);
        assert_eq!(failed, net(NetFailure::Reset));
    }
    settings.timeouts.tls = SHORT;
    let silent = serve("[::1]:0", silence).await;
    let failed = failed_of(converse(&settings, &ask_tls(silent, HOST)).await);
    assert_eq!(failed, net(NetFailure::TimedOut));
}

#[tokio::test]
async fn a_chain_over_the_limit() {
    // One limit is ours, the other (64 KiB) the library's.
    for (chain_octets, certificates) in [(3000, 20), (Limits::default().chain_octets, 200)] {
        let mut settings = patient();
        settings.limits.chain_octets = chain_octets;
        let mut server = TlsServer::of(ordinary());
        let one = server.chain[0].clone();
        server.chain = vec![one; certificates];
        let address = serve_tls("[::1]:0", server).await;
        let failed = failed_of(converse(&settings, &ask_tls(address, HOST)).await);
        assert_eq!(failed.failure, TlsFailure::ChainTooLarge);
        let kept: usize = failed.chain.iter().map(|blob| blob.bytes().len()).sum();
        assert!(kept <= chain_octets);
    }
}

#[tokio::test]
async fn handshakes_take_turns() {
    let mut settings = patient();
    settings.limits.tls_in_flight = 1;
    let mut last = None;
    for deadline in GROWING {
        settings.timeouts.tls = deadline;
        last = Some(handshake_after_silent_ones(&settings).await);
        if last.as_ref().is_some_and(|last| last.tls.as_ref().is_some_and(Result::is_ok)) {
            break;
        }
    }
    session_of(last.unwrap());
}

/// Three handshakes that time out, and then one that is answered.
async fn handshake_after_silent_ones(settings: &crate::model::Settings) -> Conversation {
    let client = Arc::new(crate::probe::conversation::Client::new(settings).unwrap());
    let mut silent = Vec::new();
    for _ in 0..3 {
        let address = serve("[::1]:0", silence).await;
        let client = Arc::clone(&client);
        silent.push(tokio::spawn(async move { client.converse(&ask_tls(address, HOST)).await }));
    }
    for conversation in silent {
        assert_eq!(failed_of(conversation.await.unwrap()), net(NetFailure::TimedOut));
    }
    let address = serve_tls("[::1]:0", TlsServer::of(ordinary())).await;
    client.converse(&ask_tls(address, HOST)).await
}

#[test]
fn only_a_long_wait_excuses_a_server_that_hung_up() {
    let closed = TlsFailure::Net { failure: NetFailure::Closed };
    let silent = TlsFailure::Net { failure: NetFailure::TimedOut };
    assert_eq!(excuse_long_wait(closed.clone(), Duration::ZERO), closed);
    assert_eq!(excuse_long_wait(silent.clone(), LONG_WAIT), silent);
    let TlsFailure::Net { failure } = excuse_long_wait(closed, LONG_WAIT) else { panic!() };
    assert!(failure.is_ours());
}

/// A record that looks like one, so that the parsers below the record layer are reached.
fn record(octets: Vec<u8>) -> Vec<u8> {
    let mut record = vec![22, 3, 3];
    record.extend((octets.len() as u16).to_be_bytes());
    record.extend(octets);
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_answer_is_a_failure(
        octets in proptest::collection::vec(any::<u8>(), 0..600),
        as_record in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let reply = if as_record { record(octets) } else { octets };
            let address = serve("[::1]:0", async move |mut stream| {
                stream.write_all(&reply).await.unwrap();
                reply_with(stream, Vec::new()).await;
            })
            .await;
            let failed = failed_of(converse(&patient(), &ask_tls(address, HOST)).await);
            assert!(!matches!(failed.failure, TlsFailure::Ours { .. }), "{failed:?}");
        });
    }
}
