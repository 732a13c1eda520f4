//! What today's browsers would be answered: a hello with exactly their parameters, up to the end of
//! the server's first flight. `docs/decisions/2026-12-yardstick-tls.md` has the sources.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustls::crypto::aws_lc_rs::kx_group;
use rustls::{CipherSuite, NamedGroup, ProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};

use super::server_flight::{ServerFlight, TLS12, TLS13};
use crate::model::{Browser, HelloAnswer, Host, NetFailure};
use crate::probe::client_hello::{ClientHello, prefixed, u16s};
use crate::probe::connection::Connection;
use crate::probe::conversation::iana;
use crate::probe::{errors, farewell};

/// What one browser offers.
pub(super) struct Offer {
    pub browser: Browser,
    suites: &'static [u16],
    groups: &'static [u16],
    signatures: &'static [u16],
}

impl Offer {
    /// Whether the browser offers a cipher suite.
    pub fn has(&self, cipher_suite: u16) -> bool {
        self.suites.contains(&cipher_suite)
    }
}

/// As captured from Chromium 156 on Debian 12 in December 2026, without its GREASE and its
/// signatures by ML-DSA, which no server chooses who has another certificate.
pub(super) static CHROMIUM: Offer = Offer {
    browser: Browser::Chromium,
    suites: &[
        0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
        0x009c, 0x009d, 0x002f, 0x0035,
    ],
    groups: &[X25519_MLKEM768, X25519, SECP256R1, SECP384R1],
    signatures: &[0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
};

/// As in Firefox's sources of 2026: beside Chromium's parameters, CBC suites for ECDSA keys, P-521,
/// finite fields (in TLS 1.3 alone) and signatures with SHA-1.
pub(super) static FIREFOX: Offer = Offer {
    browser: Browser::Firefox,
    suites: &[
        0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a, 0xc009,
        0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
    ],
    groups: &[X25519_MLKEM768, X25519, SECP256R1, SECP384R1, 0x0019, 0x0100, 0x0101],
    signatures: &[
        0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201,
    ],
};

const X25519_MLKEM768: u16 = 0x11ec;
const X25519: u16 = 0x001d;
const SECP256R1: u16 = 0x0017;
const SECP384R1: u16 = 0x0018;

/// Sends one browser's hello over a fresh connection and reads the answer, at most `octets_max`.
pub(super) async fn ask(
    mut tcp: Connection,
    offer: &Offer,
    host: &Host,
    alpn: &[&[u8]],
    octets_max: usize,
    deadline: Duration,
) -> HelloAnswer {
    let Some(hello) = client_hello(offer, host, alpn) else {
        let errno = "no key share can be made".to_owned();
        return HelloAnswer::Net { failure: NetFailure::Other { errno } };
    };
    let peer = tcp.peer_addr();
    let exchange = async {
        tcp.write_all(&hello).await?;
        read_answer(&mut tcp, offer, octets_max).await
    };
    let answer = match tokio::time::timeout(deadline, exchange).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => broken(&error, peer.ok()),
        Err(_) => HelloAnswer::Net { failure: NetFailure::TimedOut },
    };
    farewell::close(&mut tcp).await;
    answer
}

fn broken(error: &io::Error, peer: Option<SocketAddr>) -> HelloAnswer {
    let failure = match peer {
        Some(peer) => errors::io_failure(error, peer.ip()),
        None => NetFailure::Reset,
    };
    match failure {
        NetFailure::Reset | NetFailure::Closed => HelloAnswer::HungUp,
        failure => HelloAnswer::Net { failure },
    }
}

async fn read_answer(
    stream: &mut (impl AsyncRead + Unpin),
    offer: &Offer,
    octets_max: usize,
) -> io::Result<HelloAnswer> {
    let mut answer = Vec::new();
    let mut part = vec![0; 16 * 1024];
    loop {
        let flight = ServerFlight::read(&answer);
        if let Some(answer) = judge(&flight, &answer, offer) {
            return Ok(answer);
        }
        if answer.len() >= octets_max {
            return Ok(other(&answer));
        }
        match stream.read(&mut part).await? {
            0 => return Ok(HelloAnswer::HungUp),
            octets => answer.extend_from_slice(&part[..octets]),
        }
    }
}

/// What the flight amounts to for each browser. For the fuzz targets.
pub(super) fn hear(flight: &ServerFlight, octets: &[u8]) {
    for offer in [&CHROMIUM, &FIREFOX] {
        let _ = judge(flight, octets, offer);
    }
}

/// What the flight amounts to for this browser, as soon as it can be told.
fn judge(flight: &ServerFlight, octets: &[u8], offer: &Offer) -> Option<HelloAnswer> {
    if let Some(code) = flight.alert {
        return Some(HelloAnswer::Alert { code });
    }
    if flight.is_other {
        return Some(other(octets));
    }
    let hello = flight.hello?;
    let version = iana::version(ProtocolVersion::from(u16::from_be_bytes(hello.version)));
    let cipher_suite = iana::cipher_suite(CipherSuite::from(hello.cipher_suite));
    let not_offered = if ![TLS12, TLS13].contains(&hello.version) {
        Some(version.clone())
    } else if !offer.has(hello.cipher_suite) {
        Some(cipher_suite.clone())
    } else if let Some(group) = flight.group.filter(|group| !offer.groups.contains(group)) {
        Some(iana::group(NamedGroup::from(group)))
    } else {
        let scheme = flight.signature.filter(|scheme| !offer.signatures.contains(scheme));
        scheme.map(|scheme| format!("signature scheme 0x{scheme:04x}"))
    };
    match not_offered {
        Some(detail) => Some(HelloAnswer::NotOffered { detail }),
        None if flight.is_done => Some(HelloAnswer::Agreed { version, cipher_suite }),
        None => None,
    }
}

fn other(octets: &[u8]) -> HelloAnswer {
    const SHOWN: usize = 16;
    let head = &octets[..octets.len().min(SHOWN)];
    HelloAnswer::OtherAnswer {
        detail: format!("the answer begins with \"{}\"", head.escape_ascii()),
    }
}

/// The hello; `None` when no keys can be made.
fn client_hello(offer: &Offer, host: &Host, alpn: &[&[u8]]) -> Option<Vec<u8>> {
    // Real keys: a server may look at them before it chooses.
    let mut shares = Vec::new();
    for group in [kx_group::X25519MLKEM768, kx_group::X25519] {
        let exchange = group.start().ok()?;
        shares.extend(u16::from(group.name()).to_be_bytes());
        shares.extend(prefixed(exchange.pub_key()));
    }
    let mut session_id = [0; 32];
    aws_lc_rs::rand::fill(&mut session_id).ok()?;
    let mut hello = ClientHello::new(TLS12, offer.suites)
        .session_id(session_id)
        .server_name(host)
        // Extended master secret, renegotiation, groups, point formats, session tickets.
        .extension(23, &[])
        .extension(0xff01, &[0])
        .extension(10, &prefixed(&u16s(offer.groups)))
        .extension(11, &[1, 0])
        .extension(35, &[]);
    if !alpn.is_empty() {
        let names: Vec<u8> = alpn.iter().flat_map(|name| one_octet_prefixed(name)).collect();
        hello = hello.extension(16, &prefixed(&names));
    }
    // OCSP, signatures, signed certificate timestamps; then what TLS 1.3 needs.
    let hello = hello
        .extension(5, &[1, 0, 0, 0, 0])
        .extension(13, &prefixed(&u16s(offer.signatures)))
        .extension(18, &[])
        .extension(51, &prefixed(&shares))
        .extension(45, &[1, 1])
        .extension(43, &[4, 3, 4, 3, 3]);
    Some(hello.into_record())
}

fn one_octet_prefixed(name: &[u8]) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap_or_default();
    [&[length], name].concat()
}
