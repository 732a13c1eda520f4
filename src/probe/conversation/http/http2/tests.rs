use ::http::Response;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::*;
use crate::model::Settings;
use crate::probe::conversation::testing::{
    GROWING, SHORT, TlsServer, ask_https, converse, ordinary, patient, reply_with,
    reply_without_end, serve_over_tls, silence,
};

type Stream = TlsStream<TcpStream>;

/// What came of a GET from a server that chose `h2` and then runs `script`.
async fn exchanged<F>(
    settings: &Settings,
    script: impl FnOnce(Stream) -> F + Send + 'static,
) -> Result<HttpResponse, HttpFailure>
where
    F: Future<Output = ()> + Send,
{
    let server = TlsServer { alpn: &["h2", "http/1.1"], ..TlsServer::of(ordinary()) };
    let address = serve_over_tls("[::1]:0", server, script).await;
    let conversation = converse(settings, &ask_https(address)).await;
    assert_eq!(conversation.tls.unwrap().unwrap().alpn.as_deref(), Some("h2"));
    conversation.http.unwrap()
}

/// Answers the first request with `response`, `body` and the end of the stream, if it is the end.
async fn respond(stream: Stream, response: Response<()>, body: Vec<u8>, end: bool) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    let (_, mut responder) = connection.accept().await.unwrap().unwrap();
    let mut sender = responder.send_response(response, false).unwrap();
    sender.send_data(body.into(), end).unwrap();
    while connection.accept().await.is_some() {}
}

/// A frame (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let header = [length[1], length[2], length[3], kind, flags, 0, 0, 0, stream];
    [&header, payload].concat()
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// `:status: 200` from the static table (RFC 7541 §2.3.1).
const STATUS_200: u8 = 0x88;

/// A field without indexing (RFC 7541 §6.2.2): `a: 0123…`, 54 octets.
const FIELD: [u8; 54] = *b"\0\x01a\x32 0123456789012345678901234567890123456789012345678";

/// A server's preface and then these frames.
fn frames(frames: &[Vec<u8>]) -> Vec<u8> {
    [frame(SETTINGS, 0, 0, &[]), frames.concat()].concat()
}

fn http2(detail: &str, frame: Option<EndingFrame>) -> Result<HttpResponse, HttpFailure> {
    Err(HttpFailure::Http2 { detail: detail.to_owned(), frame })
}

#[tokio::test]
async fn a_page() {
    let response = Response::builder()
        .status(404)
        .header("x-a", http::HeaderValue::from_bytes(b"\xe1 b").unwrap())
        .body(())
        .unwrap();
    let result =
        exchanged(&patient(), |stream| respond(stream, response, b"hello".to_vec(), true)).await;
    let response = result.unwrap();
    assert_eq!((response.status, response.version.as_str()), (404, "h2"));
    assert_eq!(response.headers, [("x-a".to_owned(), "\u{e1} b".to_owned())]);
    assert_eq!(response.body.bytes(), b"hello");
    assert_eq!(response.body_end, BodyEnd::Complete);
}

#[tokio::test]
async fn the_request_says_who_asks_for_what() {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
    let result = exchanged(&patient(), async move |stream| {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        let (request, mut responder) = connection.accept().await.unwrap().unwrap();
        responder.send_response(Response::new(()), true).unwrap();
        sender.send(request).await.unwrap();
        while connection.accept().await.is_some() {}
    })
    .await;
    assert_eq!(result.unwrap().status, 200);
    let request = receiver.recv().await.unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://www.example.vn/tin?so=1");
    assert_eq!(request.headers()["user-agent"], USER_AGENT);
    assert_eq!(request.headers()["accept-encoding"], "identity");
}

#[tokio::test]
async fn a_body_is_read_to_the_limit() {
    let mut settings = patient();
    settings.limits.body_octets = 100_000;
    for (octets, kept, end) in [
        (100_000, 100_000, BodyEnd::Complete),
        (100_001, 100_000, BodyEnd::Limit),
        (1_000_000, 100_000, BodyEnd::Limit),
    ] {
        let body = vec![b'x'; octets];
        let result =
            exchanged(&settings, |stream| respond(stream, Response::new(()), body, true)).await;
        let response = result.unwrap();
        assert_eq!((response.body.bytes().len(), response.body_end), (kept, end));
    }
}

#[tokio::test]
async fn what_came_before_the_deadline_is_kept() {
    let mut settings = patient();
    let mut kept = Vec::new();
    for deadline in GROWING {
        settings.timeouts.http = deadline;
        let part = b"part".to_vec();
        let result =
            exchanged(&settings, |stream| respond(stream, Response::new(()), part, false)).await;
        if let Ok(response) = result {
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
async fn streams_and_connections_that_are_broken_off() {
    let (reset, goaway) = (Some(EndingFrame::RstStream), Some(EndingFrame::Goaway));
    let rows = [
        (frame(RST_STREAM, 0, 1, &[0, 0, 0, 7]), "REFUSED_STREAM", reset),
        (frame(RST_STREAM, 0, 1, &[0, 0, 0, 13]), "HTTP_1_1_REQUIRED", reset),
        (frame(GOAWAY, 0, 0, &[0, 0, 0, 0, 0, 0, 0, 11]), "ENHANCE_YOUR_CALM", goaway),
        (frame(GOAWAY, 0, 0, &[0, 0, 0, 0, 0, 0, 0, 0]), "NO_ERROR", goaway),
        (frame(DATA, 0, 3, b"x"), "PROTOCOL_ERROR", None),
        // So h2 calls a header block that it can't decode.
        (frame(HEADERS, END_HEADERS, 1, &[0xff; 12]), "PROTOCOL_ERROR", None),
    ];
    for (octets, name, ending) in rows {
        let reply = frames(&[octets]);
        let result = exchanged(&patient(), |stream| reply_with(stream, reply)).await;
        assert_eq!(result, http2(name, ending));
    }
    let headers = frame(HEADERS, END_HEADERS, 1, &[STATUS_200]);
    let reply = frames(&[headers, frame(DATA, 0, 1, b"part"), frame(RST_STREAM, 0, 1, &[0; 4])]);
    let response = exchanged(&patient(), |stream| reply_with(stream, reply)).await.unwrap();
    assert_eq!(response.status, 200);
    assert!(matches!(response.body_end, BodyEnd::Broken { .. }), "{:?}", response.body_end);
}

#[tokio::test]
async fn a_connection_that_ends_or_falls_silent() {
    let mut settings = patient();
    let closed = Err(HttpFailure::Net { failure: NetFailure::Closed });
    for reply in [Vec::new(), frames(&[]), frames(&[b"\0\0\x01".to_vec()])] {
        let result = exchanged(&settings, |stream| reply_with(stream, reply)).await;
        assert_eq!(result, closed);
    }
    let result = exchanged(&settings, async |mut stream: Stream| {
        let _ = stream.read(&mut [0; 4096]).await;
        let (tcp, _) = stream.get_mut();
        tcp.shutdown().await.unwrap();
        silence(stream).await;
    })
    .await;
    assert_eq!(result, closed);
    let result = exchanged(&settings, async |mut stream: Stream| {
        let _ = stream.read(&mut [0; 4096]).await;
        socket2::SockRef::from(stream.get_ref().0)
            .set_linger(Some(std::time::Duration::ZERO))
            .unwrap();
    })
    .await;
    assert_eq!(result, Err(HttpFailure::Net { failure: NetFailure::Reset }));

    settings.timeouts.http = SHORT;
    let result = exchanged(&settings, silence).await;
    assert_eq!(result, Err(HttpFailure::Net { failure: NetFailure::TimedOut }));
}

#[tokio::test]
async fn http_1_1_after_h2_was_chosen() {
    let reply = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    let result = exchanged(&patient(), |stream| reply_with(stream, reply)).await;
    let Err(HttpFailure::NotHttp { detail }) = result else { panic!("{result:?}") };
    assert!(detail.contains("HTTP/1.1 400"), "{detail}");
}

#[tokio::test]
async fn headers_over_the_limit() {
    let mut settings = patient();
    settings.limits.header_octets = 20_000;
    let large = Response::builder().header("a", "x".repeat(30_000)).body(()).unwrap();
    let result = exchanged(&settings, |stream| respond(stream, large, Vec::new(), true)).await;
    assert_eq!(result, Err(HttpFailure::HeadersTooLarge));

    for fields in [0, 1, 20, 200] {
        let head = frames(&[frame(HEADERS, 0, 1, &[STATUS_200])]);
        let more = frame(CONTINUATION, 0, 1, &FIELD.repeat(fields));
        let result = exchanged(&settings, async move |stream| {
            reply_without_end(stream, &head, &more).await;
        })
        .await;
        assert_eq!(result, Err(HttpFailure::HeadersTooLarge), "{fields}");
    }
}

#[tokio::test]
async fn floods_end() {
    for more in
        [frame(PING, 0, 0, &[0; 8]), frame(SETTINGS, 0, 0, &[]), frame(0xfa, 0, 0, &[0; 100])]
    {
        let mut settings = patient();
        settings.limits.body_octets = 10_000;
        let head = frames(&[]);
        let result = exchanged(&settings, async move |stream| {
            reply_without_end(stream, &head, &more).await;
        })
        .await;
        assert_eq!(result, http2("ENHANCE_YOUR_CALM", None));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_answer_is_a_response_or_a_failure(
        octets in proptest::collection::vec(any::<u8>(), 0..300),
        kinds in proptest::collection::vec((0..12u8, any::<u8>(), 0..4u8, 0..40usize), 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let random: Vec<Vec<u8>> = kinds
                .into_iter()
                .map(|(kind, flags, stream, length)| {
                    frame(kind, flags, stream, &octets[..length.min(octets.len())])
                })
                .collect();
            let reply = match random.is_empty() {
                true => octets,
                false => frames(&random),
            };
            let result = exchanged(&patient(), |stream| reply_with(stream, reply)).await;
            if let Err(HttpFailure::Net { failure }) = result {
                assert_eq!(failure, NetFailure::Closed);
            }
        });
    }
}
