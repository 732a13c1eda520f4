//! Greetings exchanged with scripted servers on loopback.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::*;
use crate::model::Host;
use crate::probe::conversation::Client;
use crate::probe::conversation::testing::{
    ADDRESSES, GROWING, SHORT, TlsServer, ordinary, patient, serve, serve_over_tls, silence,
};

/// A deadline that no test on loopback reaches by accident.
const PATIENT: Duration = Duration::from_secs(60);

fn question(address: SocketAddr, protocol: Protocol, security: Security) -> GreetingQuestion {
    let host = Host::parse("mx.example.vn").unwrap();
    GreetingQuestion { address, protocol, security, host }
}

async fn greet(question: &GreetingQuestion) -> Greeting {
    let mut settings = patient();
    settings.timeouts.greeting = PATIENT;
    Client::new(&settings).unwrap().greet(question).await
}

/// Answers line after line, and then listens until the client leaves.
async fn script(stream: TcpStream, banner: &str, answers: &[&str]) -> Vec<String> {
    let mut stream = BufReader::new(stream);
    let _ = stream.write_all(banner.as_bytes()).await;
    let mut received = Vec::new();
    let mut line = String::new();
    while let Ok(1..) = stream.read_line(&mut line).await {
        if let Some(answer) = answers.get(received.len()) {
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        received.push(std::mem::take(&mut line));
    }
    received
}

#[tokio::test]
async fn a_mail_server_is_visited_politely() {
    for address in ADDRESSES {
        let (report, reported) = tokio::sync::oneshot::channel();
        let server = serve(address, async move |stream| {
            let _ = report.send(
                script(stream, "220-slow\r\n220 mx\r\n", &["250-mx\r\n250 SIZE 1\r\n"]).await,
            );
        })
        .await;
        let seen = greet(&question(server, Protocol::Smtp, Security::Starttls)).await;
        assert_eq!(seen.banner.unwrap().unwrap().lines, ["220-slow", "220 mx"]);
        assert_eq!(seen.hello.unwrap().unwrap().meaning, Meaning::Yes);
        assert_eq!(seen.starttls, Some(Starttls::NotOffered));
        assert_eq!(seen.conversation.tls, None);
        let literal = if server.is_ipv6() { "[IPv6:::1]" } else { "[127.0.0.1]" };
        assert_eq!(reported.await.unwrap(), [format!("EHLO {literal}\r\n"), "QUIT\r\n".to_owned()]);
    }
}

#[tokio::test]
async fn an_old_mail_server_is_greeted_in_the_old_way() {
    let refusal = "500 what\r\n";
    for (second, meaning) in
        [("250 mx\r\n", Meaning::Yes), ("550 no\r\n", Meaning::No), ("", Meaning::No)]
    {
        let server = serve("[::1]:0", async move |stream| {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            for answer in ["220 mx\r\n", refusal, second] {
                if answer.is_empty() {
                    return;
                }
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.read_line(&mut line).await;
            }
        })
        .await;
        let seen = greet(&question(server, Protocol::Smtp, Security::Starttls)).await;
        let hello = seen.hello.unwrap().unwrap();
        assert_eq!(hello.meaning, meaning);
        let refused = seen.refused_ehlo.map(|answer| answer.lines);
        assert_eq!(refused, (meaning == Meaning::Yes).then(|| vec!["500 what".to_owned()]));
        assert_eq!(seen.starttls, Some(Starttls::NotOffered));
    }
}

#[tokio::test]
async fn tls_begins_after_starttls() {
    for (protocol, banner, hello, ready) in [
        (Protocol::Smtp, "220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n"),
        (
            Protocol::Imap,
            "* OK hi\r\n",
            "* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n",
            "a2 OK begin\r\n",
        ),
        (Protocol::Pop3, "+OK hi\r\n", "+OK\r\nSTLS\r\n.\r\n", "+OK begin\r\n"),
    ] {
        let acceptor = TlsServer::of(ordinary()).acceptor();
        let server = serve("[::1]:0", async move |mut stream: TcpStream| {
            for answer in [banner, hello, ready] {
                stream.write_all(answer.as_bytes()).await.unwrap();
                if answer != ready {
                    let _ = stream.read(&mut [0; 512]).await.unwrap();
                }
            }
            let mut stream = acceptor.accept(stream).await.unwrap();
            let _ = stream.read(&mut [0; 512]).await;
        })
        .await;
        let seen = greet(&question(server, protocol, Security::Starttls)).await;
        assert_eq!(seen.starttls, Some(Starttls::Begun), "{protocol:?}");
        let session = seen.conversation.tls.unwrap().unwrap();
        assert_eq!((session.chain.len(), session.alpn), (1, None));
    }
}

#[tokio::test]
async fn greetings_inside_tls() {
    let server = serve_over_tls("[::1]:0", TlsServer::of(ordinary()), async move |mut stream| {
        stream.write_all(b"+OK hi\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 512]).await;
        stream.write_all(b"+OK\r\nUSER\r\n.\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 512]).await;
    })
    .await;
    let seen = greet(&question(server, Protocol::Pop3, Security::Implicit)).await;
    assert!(seen.conversation.tls.unwrap().is_ok());
    assert_eq!(seen.hello.unwrap().unwrap().lines, ["+OK", "USER", "."]);
    assert_eq!(seen.starttls, None);
}

#[tokio::test]
async fn what_a_server_pushes_before_tls_is_not_passed_over() {
    let server = serve("[::1]:0", async move |stream| {
        let answers = ["250-mx\r\n250 STARTTLS\r\n", "220 go\r\n250 forged\r\n"];
        script(stream, "220 mx\r\n", &answers).await;
    })
    .await;
    let seen = greet(&question(server, Protocol::Smtp, Security::Starttls)).await;
    assert_eq!((seen.starttls, seen.conversation.tls), (Some(Starttls::Injected), None));
}

#[tokio::test]
async fn a_server_that_says_no_is_left_at_once() {
    for (banner, meaning) in [("421 later\r\n", Meaning::Later), ("554 no\r\n", Meaning::No)] {
        let (report, reported) = tokio::sync::oneshot::channel();
        let server = serve("[::1]:0", async move |stream| {
            let _ = report.send(script(stream, banner, &[]).await);
        })
        .await;
        let seen = greet(&question(server, Protocol::Smtp, Security::Starttls)).await;
        assert_eq!(seen.banner.unwrap().unwrap().meaning, meaning);
        assert_eq!((seen.hello, seen.starttls), (None, None));
        assert_eq!(reported.await.unwrap(), ["QUIT\r\n"]);
    }
}

/// A server that greets an octet at a time, without end.
async fn serve_tarpit() -> SocketAddr {
    serve("[::1]:0", async move |mut stream: TcpStream| {
        while stream.write_all(b"2").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}

#[tokio::test]
async fn silence_a_tarpit_a_flood_and_a_stranger_are_told_apart() {
    let silent = serve("[::1]:0", silence).await;
    let tarpit = serve_tarpit().await;
    let flood =
        serve(
            "[::1]:0",
            async move |mut stream: TcpStream| {
                while stream.write_all(&b"220-again\r\n".repeat(100)).await.is_ok() {}
            },
        )
        .await;
    let web = serve("[::1]:0", async move |mut stream: TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 400 \r\n\r\n").await;
    })
    .await;
    let closed = serve("[::1]:0", async move |_| {}).await;
    let banner = async |server, deadline| {
        let mut settings = patient();
        settings.timeouts.greeting = deadline;
        let client = Client::new(&settings).unwrap();
        let seen = client.greet(&question(server, Protocol::Smtp, Security::None)).await;
        seen.banner.unwrap().unwrap_err()
    };
    let mut banners = vec![banner(silent, SHORT).await];
    let mut slow = banner(tarpit, SHORT).await;
    for deadline in GROWING {
        if matches!(slow, GreetingFailure::Slow { .. }) {
            break;
        }
        slow = banner(serve_tarpit().await, deadline).await;
    }
    banners.push(slow);
    for server in [flood, web, closed] {
        banners.push(banner(server, PATIENT).await);
    }
    assert_eq!(banners[0], GreetingFailure::Net { failure: NetFailure::TimedOut });
    assert!(matches!(banners[1], GreetingFailure::Slow { octets: 1.. }), "{:?}", banners[1]);
    assert_eq!(banners[2], GreetingFailure::TooLong);
    assert!(
        matches!(&banners[3], GreetingFailure::NotProtocol { detail } if detail.starts_with("HTTP"))
    );
    assert_eq!(banners[4], GreetingFailure::Net { failure: NetFailure::Closed });
}
