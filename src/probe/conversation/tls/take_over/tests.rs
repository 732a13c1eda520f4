use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use s2n_tls::config::Builder;
use s2n_tls::security::Policy;
use s2n_tls_tokio::TlsAcceptor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::model::{Blob, Browser, Conversation};
use crate::probe::conversation::testing::{
    TlsServer, ask_https, ask_tls, converse, ordinary, patient, reply_with, reset, silence,
};

/// Serves every connection with `script`, which is told which one it is.
async fn serve_each<F>(script: impl Fn(TcpStream, usize) -> F + Send + Sync + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let local = listener.local_addr().unwrap();
    let count = AtomicUsize::new(0);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(script(stream, count.fetch_add(1, Ordering::Relaxed)));
        }
    });
    local
}

/// A server of the second library with an RSA key under a policy, and its certificate.
fn old_server(policy: &str) -> (TlsAcceptor, Blob) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let params = rcgen::CertificateParams::new(vec!["www.example.vn".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let mut builder = Builder::new();
    builder
        .with_system_certs(false)
        .unwrap()
        .set_security_policy(&Policy::from_version(policy).unwrap())
        .unwrap()
        .load_pem(certificate.pem().as_bytes(), key.serialize_pem().as_bytes())
        .unwrap();
    (TlsAcceptor::new(builder.build().unwrap()), Blob::new(certificate.der().to_vec()))
}

fn failure_of(seen: &Conversation) -> &TlsFailure {
    &seen.tls.as_ref().unwrap().as_ref().unwrap_err().failure
}

#[tokio::test]
async fn a_page_behind_rsa_key_exchange() {
    let (acceptor, leaf) = old_server("20170816_healthcheck");
    let page = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhay";
    let address = serve_each(move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                reply_with(stream, page.to_vec()).await;
            }
        }
    })
    .await;
    let seen = converse(&patient(), &ask_https(address)).await;
    let session = seen.tls.unwrap().unwrap();
    assert_eq!((session.version.as_str(), session.chain), ("TLSv1.2", vec![leaf]));
    assert!(session.cipher_suite.starts_with("TLS_RSA_WITH_AES_"), "{}", session.cipher_suite);
    assert_eq!((session.group, session.alpn), (None, None));
    let second = session.second_stack.unwrap();
    assert!(!second.is_refused_by_some() && second.browsers.len() == 2, "{second:?}");
    assert_eq!(second.browsers[0].browser, Browser::Chromium);
    assert_eq!(second.policy, LIKE_BROWSERS);
    assert_eq!(seen.http.unwrap().unwrap().body.bytes(), b"hay");
    // Without HTTP it is the same.
    let seen = converse(&patient(), &ask_tls(address, "www.example.vn")).await;
    assert!(seen.tls.unwrap().unwrap().second_stack.is_some());
}

#[tokio::test]
async fn an_alert_over_the_second_library() {
    let (acceptor, _) = old_server("20170816_healthcheck");
    let address = serve_each(move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 64]).await;
                // An alert in clear is one that can't be decrypted: it breaks the connection off.
                let _ = stream.get_mut().write_all(&[21, 3, 3, 0, 2, 2, 80]).await;
            }
        }
    })
    .await;
    let seen = converse(&patient(), &ask_https(address)).await;
    assert!(seen.tls.unwrap().is_ok() && seen.http.as_ref().unwrap().is_err(), "{:?}", seen.http);
}

/// A ServerHello of this version that chooses this suite.
fn server_hello(minor: u8, suite: [u8; 2]) -> Vec<u8> {
    let body = [&[3, minor][..], &[7; 32], &[0], &suite, &[0]].concat();
    let message = [&[2, 0, 0, body.len() as u8][..], &body].concat();
    [&[22, 3, minor, 0, message.len() as u8][..], &message].concat()
}

#[tokio::test]
async fn what_no_client_of_today_takes() {
    let versions = TlsFailure::OldVersions { version: "TLSv1.0".to_owned() };
    let suite = "TLS_DHE_RSA_WITH_AES_128_CBC_SHA".to_owned();
    let suites = TlsFailure::OldSuites { cipher_suite: suite };
    for (minor, suite, expected) in [(1, [0, 0x2f], versions), (3, [0, 0x33], suites)] {
        let address =
            serve_each(move |stream, _| reply_with(stream, server_hello(minor, suite))).await;
        let seen = converse(&patient(), &ask_https(address)).await;
        assert_eq!(failure_of(&seen), &expected);
        assert!(seen.http.is_none() && seen.tls.unwrap().unwrap_err().behind.is_none());
    }
}

#[tokio::test]
async fn a_server_that_turns_every_hello_down_is_blamed_for_the_first() {
    let alert = serve_each(|stream, _| reply_with(stream, vec![21, 3, 3, 0, 2, 2, 40])).await;
    let seen = converse(&patient(), &ask_https(alert)).await;
    assert!(matches!(failure_of(&seen), TlsFailure::Alert { code: 40, .. }), "{seen:?}");
    let closed = serve_each(|stream, _| reply_with(stream, Vec::new())).await;
    let seen = converse(&patient(), &ask_https(closed)).await;
    assert_eq!(failure_of(&seen), &TlsFailure::Net { failure: NetFailure::Closed });
    let broken = serve_each(|stream, _| reset(stream)).await;
    let seen = converse(&patient(), &ask_https(broken)).await;
    assert_eq!(failure_of(&seen), &TlsFailure::Net { failure: NetFailure::Reset });
}

#[tokio::test]
async fn what_happens_once_is_no_trait_of_the_server() {
    for first in [vec![21, 3, 3, 0, 2, 2, 80], Vec::new()] {
        let is_alert = !first.is_empty();
        let acceptor = TlsServer::of(ordinary()).acceptor();
        let first = Arc::new(first);
        let address = serve_each(move |stream, number| {
            let (acceptor, first) = (acceptor.clone(), Arc::clone(&first));
            async move {
                if number == 0 {
                    reply_with(stream, first.to_vec()).await;
                } else if let Ok(stream) = acceptor.accept(stream).await {
                    silence(stream).await;
                }
            }
        })
        .await;
        let seen = converse(&patient(), &ask_tls(address, "www.example.vn")).await;
        if is_alert {
            let session = seen.tls.unwrap().unwrap();
            assert_eq!((session.version.as_str(), session.second_stack), ("TLSv1.3", None));
        } else {
            // The next attempt shows it.
            assert_eq!(failure_of(&seen), &TlsFailure::Net { failure: NetFailure::Closed });
        }
    }
}

#[test]
fn suites_that_mail_servers_leave_out() {
    for (suite, is_broken) in [
        (0x000a, true),
        (0x0005, true),
        (0xc012, true),
        (0x002f, false),
        (0x0033, false),
        (0x009e, false),
        (0xc013, false),
        (0xc02f, false),
    ] {
        assert_eq!(is_broken_cipher(suite), is_broken, "{suite:04x}");
    }
}
