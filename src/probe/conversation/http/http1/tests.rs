use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;
use crate::model::{Conversation, ConversationQuestion, Settings};
use crate::probe::conversation::testing::{
    ADDRESSES, GROWING, SHORT, TlsServer, ask_http, ask_https, converse, ordinary, patient,
    reply_with, reply_without_end, reset, serve, serve_over_tls, silence,
};

/// What a conversation without TLS came to, on a server that replies so.
async fn replied(settings: &Settings, reply: &[u8]) -> Result<HttpResponse, HttpFailure> {
    let reply = reply.to_vec();
    let address = serve("[::1]:0", |stream| reply_with(stream, reply)).await;
    exchanged(settings, &ask_http(address)).await
}

/// The same on a server that never stops.
async fn replied_without_end(
    settings: &Settings,
    head: &'static [u8],
    more: &'static [u8],
) -> Result<HttpResponse, HttpFailure> {
    let address = serve("[::1]:0", |stream| reply_without_end(stream, head, more)).await;
    exchanged(settings, &ask_http(address)).await
}

async fn exchanged(
    settings: &Settings,
    question: &ConversationQuestion,
) -> Result<HttpResponse, HttpFailure> {
    let Conversation { connect, tls, http, .. } = converse(settings, question).await;
    assert!(connect.is_ok() && tls.is_none_or(|tls| tls.is_ok()));
    http.unwrap()
}

fn net(failure: NetFailure) -> HttpFailure {
    HttpFailure::Net { failure }
}

#[tokio::test]
async fn a_page() {
    for address in ADDRESSES {
        let reply =
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nX-A: \xe1 b\r\nSet-Cookie: 1\r\n\
            Set-Cookie: 2\r\n\r\nhello";
        let address = serve(address, |stream| reply_with(stream, reply.to_vec())).await;
        let response = exchanged(&patient(), &ask_http(address)).await.unwrap();
        assert_eq!((response.status, response.version.as_str()), (404, "HTTP/1.1"));
        let headers: Vec<(&str, &str)> =
            response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            headers,
            [
                ("content-length", "5"),
                ("x-a", "\u{e1} b"),
                ("set-cookie", "1"),
                ("set-cookie", "2")
            ]
        );
        assert_eq!(response.body.bytes(), b"hello");
        assert_eq!(response.body_end, BodyEnd::Complete);
    }
}

#[tokio::test]
async fn the_request_says_who_asks_for_what() {
    let (sender, mut receiver) = mpsc::channel(1);
    let address = serve("[::1]:0", async move |mut stream: TcpStream| {
        let mut asked = vec![0; 4096];
        let count = stream.read(&mut asked).await.unwrap();
        asked.truncate(count);
        sender.send(String::from_utf8(asked).unwrap()).await.unwrap();
    })
    .await;
    exchanged(&patient(), &ask_http(address)).await.unwrap_err();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        receiver.recv().await.unwrap(),
        format!(
            "GET /tin?so=1 HTTP/1.1\r\nhost: www.example.vn\r\n\
             user-agent: v6ready/{version} (IPv6 readiness scanner)\r\n\
             accept: text/html,*/*;q=0.8\r\naccept-encoding: identity\r\nconnection: close\r\n\r\n"
        )
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_counts_against_no_party() {
    let address = serve("[::1]:0", silence).await;
    let mut question = ask_http(address);
    question.http.as_mut().unwrap().path = "/a b".into();
    let conversation = converse(&patient(), &question).await;
    assert!(conversation.our_fault().is_some(), "{conversation:?}");
}

#[tokio::test]
async fn ways_in_which_a_body_ends() {
    let complete: [(&[u8], &[u8]); 5] = [
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", b"ab"),
        (b"HTTP/1.1 200 OK\r\n\r\n\0\xff<", b"\0\xff<"),
    ];
    for (reply, body) in complete {
        let response = replied(&patient(), reply).await.unwrap();
        assert_eq!((response.body.bytes(), response.body_end), (body, BodyEnd::Complete));
    }
    for rest in [
        &b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"[..],
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nffffffffffffffffff\r\n",
        b"Content-Length: 9\r\n\r\nabc",
    ] {
        let reply = [b"HTTP/1.1 200 OK\r\n", rest].concat();
        let response = replied(&patient(), &reply).await.unwrap();
        assert_eq!(response.body.bytes(), b"abc", "{}", rest.escape_ascii());
        assert!(matches!(response.body_end, BodyEnd::Broken { .. }), "{}", rest.escape_ascii());
    }
}

#[tokio::test]
async fn a_body_is_read_to_the_limit() {
    let mut settings = patient();
    settings.limits.body_octets = 10;
    for (reply, body, end) in [
        (&b"HTTP/1.1 200 OK\r\n\r\n0123456789"[..], &b"0123456789"[..], BodyEnd::Complete),
        (b"HTTP/1.1 200 OK\r\n\r\n0123456789a", b"0123456789", BodyEnd::Limit),
    ] {
        let response = replied(&settings, reply).await.unwrap();
        assert_eq!((response.body.bytes(), response.body_end), (body, end));
    }
    settings.limits.body_octets = 40_000;
    for (head, more) in [
        (&b"HTTP/1.1 200 OK\r\n\r\n"[..], &[b'x'; 5000][..]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nxxxxx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ] {
        let response = replied_without_end(&settings, head, more).await.unwrap();
        assert_eq!(response.body_end, BodyEnd::Limit);
        assert!(response.body.bytes().len() <= settings.limits.body_octets);
        assert!(response.body.bytes().len() >= settings.limits.body_octets / 3);
    }
}

#[tokio::test]
async fn what_came_before_the_deadline_is_kept() {
    let mut settings = patient();
    let mut kept = Vec::new();
    for deadline in GROWING {
        settings.timeouts.http = deadline;
        let address = serve("[::1]:0", async |mut stream: TcpStream| {
            let _ = stream.read(&mut [0; 4096]).await;
            let part = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart";
            let _ = stream.write_all(part).await;
            silence(stream).await;
        })
        .await;
        if let Ok(response) = exchanged(&settings, &ask_http(address)).await {
            assert_eq!(response.body_end, BodyEnd::TimedOut);
            kept = response.body.bytes().to_vec();
        }
        if kept == b"part" {
            break;
        }
    }
    assert_eq!(kept, b"part");
}

#[tokio::test]
async fn headers_over_the_limit() {
    let mut settings = patient();
    settings.limits.header_octets = 10_000;
    let many: String = (0..=HEADERS_MAX).map(|number| format!("a{number}: b\r\n")).collect();
    let many = format!("HTTP/1.1 200 OK\r\n{many}\r\n");
    assert_eq!(replied(&settings, many.as_bytes()).await, Err(HttpFailure::HeadersTooLarge));
    for (head, more) in [
        (&b"HTTP/1.1 200 OK\r\nA: "[..], &[b'x'; 1000][..]),
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        let result = replied_without_end(&settings, head, more).await;
        assert_eq!(result, Err(HttpFailure::HeadersTooLarge), "{}", head.escape_ascii());
    }
}

#[tokio::test]
async fn interim_responses_are_skipped() {
    let reply = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(replied(&patient(), reply).await.unwrap().status, 200);
}

#[tokio::test]
async fn what_browsers_forgive() {
    let reply = b"HTTP/1.1 200 OK\r\nno colon\r\nGood : yes\r\nFolded: a\r\n b\r\n\
        Content-Length: 0\r\n\r\n";
    let response = replied(&patient(), reply).await.unwrap();
    assert_eq!(response.header("good"), Some("yes"));
    assert!(response.header("folded").is_some_and(|value| value.ends_with('b')));
}

#[tokio::test]
async fn what_is_not_http() {
    for reply in [
        &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
        b"220 mail.example.vn ESMTP\r\n",
        b"<html>0.9</html>",
        b"\x15\x03\x01\x00\x02\x02\x0a",
        b"\0\0\0\0\0\0\0\0",
    ] {
        let Err(HttpFailure::NotHttp { detail }) = replied(&patient(), reply).await else {
            panic!("{}", reply.escape_ascii());
        };
        let head = &reply[..reply.len().min(7)];
        assert!(detail.contains(&head.escape_ascii().to_string()), "{detail}");
    }
}

#[tokio::test]
async fn what_is_http_and_breaks_its_rules() {
    for reply in [
        &b"HTTP/1.1 20 OK\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ] {
        let result = replied(&patient(), reply).await;
        assert!(matches!(result, Err(HttpFailure::Malformed { .. })), "{result:?}");
    }
}

#[tokio::test]
async fn a_banner_before_the_request_is_not_http_either() {
    let address = serve("[::1]:0", async |mut stream: TcpStream| {
        stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await.unwrap();
        silence(stream).await;
    })
    .await;
    let result = exchanged(&patient(), &ask_http(address)).await;
    assert!(matches!(result, Err(HttpFailure::NotHttp { .. })), "{result:?}");
}

#[tokio::test]
async fn a_connection_that_ends_or_falls_silent() {
    let mut settings = patient();
    for reply in [&b""[..], b"HTTP/1.1 200 OK\r\nA:"] {
        assert_eq!(replied(&settings, reply).await, Err(net(NetFailure::Closed)));
    }
    let broken = serve("127.0.0.1:0", reset).await;
    let result = exchanged(&settings, &ask_http(broken)).await;
    assert_eq!(result, Err(net(NetFailure::Reset)));

    settings.timeouts.http = SHORT;
    let silent = serve("127.0.0.1:0", silence).await;
    let result = exchanged(&settings, &ask_http(silent)).await;
    assert_eq!(result, Err(net(NetFailure::TimedOut)));
}

#[tokio::test]
async fn a_closed_port_refuses() {
    for address in ADDRESSES {
        let listener = TcpListener::bind(address).await.unwrap();
        let closed = listener.local_addr().unwrap();
        drop(listener);
        let conversation = converse(&patient(), &ask_https(closed)).await;
        let refused = Conversation {
            connect: Err(NetFailure::Refused),
            tls: None,
            http: None,
            recheck: None,
        };
        assert_eq!(conversation, refused);
    }
}

#[tokio::test]
async fn over_tls_with_and_without_alpn() {
    for alpn in [&[][..], &["http/1.1"]] {
        let server = TlsServer { alpn, ..TlsServer::of(ordinary()) };
        let reply = b"HTTP/1.1 200 OK\r\n\r\nhello".to_vec();
        let address = serve_over_tls("[::1]:0", server, |stream| reply_with(stream, reply)).await;
        let conversation = converse(&patient(), &ask_https(address)).await;
        let session = conversation.tls.unwrap().unwrap();
        assert_eq!(session.alpn.is_some(), !alpn.is_empty());
        let response = conversation.http.unwrap().unwrap();
        assert_eq!((response.version.as_str(), response.body.bytes()), ("HTTP/1.1", &b"hello"[..]));
        assert_eq!(response.body_end, BodyEnd::Complete);
    }
}

#[tokio::test]
async fn a_connection_closed_without_close_notify_ends_a_body() {
    for (head, is_complete) in [("", true), ("Content-Length: 9\r\n", false)] {
        let reply = format!("HTTP/1.1 200 OK\r\n{head}\r\npart");
        let server = TlsServer::of(ordinary());
        let address = serve_over_tls("[::1]:0", server, async move |mut stream| {
            let _ = stream.read(&mut [0; 4096]).await;
            stream.write_all(reply.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            stream.get_mut().0.shutdown().await.unwrap();
            silence(stream).await;
        })
        .await;
        let response = exchanged(&patient(), &ask_https(address)).await.unwrap();
        assert_eq!(response.body.bytes(), b"part");
        match is_complete {
            true => assert_eq!(response.body_end, BodyEnd::Complete),
            false => assert!(matches!(response.body_end, BodyEnd::Broken { .. })),
        }
    }
}

#[tokio::test]
async fn cookies_are_sent_as_the_question_has_them() {
    let (sender, mut receiver) = mpsc::channel(1);
    let address = serve("[::1]:0", async move |mut stream: TcpStream| {
        let mut asked = vec![0; 4096];
        let count = stream.read(&mut asked).await.unwrap();
        asked.truncate(count);
        sender.send(asked).await.unwrap();
    })
    .await;
    let mut question = ask_http(address);
    question.http.as_mut().unwrap().cookies = Some("a=1; b=\u{e1}".into());
    exchanged(&patient(), &question).await.unwrap_err();
    let asked = receiver.recv().await.unwrap();
    let sent = b"\r\ncookie: a=1; b=\xe1\r\n";
    assert!(asked.windows(sent.len()).any(|part| part == sent), "{}", asked.escape_ascii());
}

#[tokio::test]
async fn a_server_that_demands_http_1_1_is_offered_nothing_else() {
    let server = TlsServer { alpn: &["h2", "http/1.1"], ..TlsServer::of(ordinary()) };
    let reply = b"HTTP/1.1 200 OK\r\n\r\nhello".to_vec();
    let address = serve_over_tls("[::1]:0", server, |stream| reply_with(stream, reply)).await;
    let mut question = ask_https(address);
    question.http.as_mut().unwrap().only_http1 = true;
    let conversation = converse(&patient(), &question).await;
    assert_eq!(conversation.tls.unwrap().unwrap().alpn.as_deref(), Some("http/1.1"));
    assert_eq!(conversation.http.unwrap().unwrap().version, "HTTP/1.1");
}

#[test]
fn a_conversation_can_move_between_threads() {
    fn movable(_: impl Send) {}
    let client = crate::probe::conversation::Client::new(&patient()).unwrap();
    movable(client.converse(&ask_https(([127, 0, 0, 1], 1).into())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_answer_is_a_response_or_a_failure(
        octets in proptest::collection::vec(any::<u8>(), 0..600),
        start in prop::sample::select(vec![
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
        ]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let reply = [start.as_bytes(), &octets].concat();
            let result = replied(&patient(), &reply).await;
            if let Err(HttpFailure::Net { failure }) = result {
                assert_eq!(failure, NetFailure::Closed);
            }
        });
    }
}
