//! Conversations with a server that says just these octets, whatever it is asked. For the fuzz targets.

use std::cell::RefCell;
use std::net::{Ipv6Addr, SocketAddr};

use super::Client;
use super::http::Protocol as HttpProtocol;
use super::limited_stream::LimitedStream;
use super::record_watch::RecordWatch;
use super::script::Script;
use crate::model::{
    Greeting, Host, HttpFailure, HttpGet, HttpResponse, Name, Protocol, Settings, TlsFailed,
};

/// Where the octets are said to come from.
const PEER: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), 443);

/// What a conversation of a thread takes place in.
struct Place {
    runtime: tokio::runtime::Runtime,
    client: Client,
}

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// The response that is read from the octets, over HTTP/1.1 or HTTP/2.
///
/// # Errors
/// What they are instead.
pub fn http(octets: &[u8], is_http2: bool) -> Result<HttpResponse, HttpFailure> {
    let protocol = if is_http2 { HttpProtocol::Http2 } else { HttpProtocol::Http1 };
    let ask = HttpGet { authority: "www.example".into(), path: "/".into(), ..HttpGet::default() };
    // The preface and SETTINGS of HTTP/2 come first; a server answers to what follows them.
    let awaited = if is_http2 { 24 + 9 + 5 * 6 + 13 + 1 } else { 1 };
    in_place(async |client| {
        let mut stream =
            LimitedStream::new(Script::answering(octets, awaited), client.http.octets_max());
        client.http.get(&mut stream, protocol, &ask, PEER).await
    })
}

/// The greetings that are read from the octets; an empty octet ends a turn of the server's.
pub fn greeting(octets: &[u8], protocol: Protocol) -> Greeting {
    in_place(async |client| client.greeter.hear(octets, protocol, PEER).await)
}

/// Why a handshake with this server fails: it can't know our keys.
pub fn handshake(octets: &[u8]) -> Option<TlsFailed> {
    RecordWatch::default().note(octets);
    let host = Host::Name(Name::from_presentation("www.example"));
    in_place(async |client| client.tls.hear(octets, PEER, &host).await)
}

fn in_place<T>(talk: impl AsyncFnOnce(&Client) -> T) -> T {
    PLACE.with_borrow_mut(|place| {
        let place = place.get_or_insert_with(open);
        place.runtime.block_on(talk(&place.client))
    })
}

#[allow(clippy::expect_used)]
fn open() -> Place {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let client = Client::new(&Settings::default());
    Place {
        runtime: runtime.expect("a runtime without I/O needs nothing"),
        client: client.expect("the default settings are usable"),
    }
}
