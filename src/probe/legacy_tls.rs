//! A ClientHello of an old version of TLS, made by hand, up to the server's first answer.
//!
//! The TLS library speaks nothing older than 1.2. Nothing is negotiated here: the hello offers one
//! old version with the cipher suites of its time, and the first message that comes back says
//! whether the server would go on.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};

use super::client_hello::ClientHello;
use super::connect::connect;
use super::{errors, farewell};
use crate::model::{LegacyAnswer, LegacyHelloQuestion, LegacyVersion, NetFailure, Timeouts};

/// The cipher suites of those years, the better ones first, and the signal of RFC 5746. No
/// fallback signal (RFC 7507): it would make a server refuse that would serve an old client.
const CIPHER_SUITES: [u16; 16] = [
    0xc00a, 0xc014, 0xc009, 0xc013, 0x0039, 0x0033, 0x0035, 0x002f, 0x0088, 0x0084, 0xc008, 0xc012,
    0x0016, 0x000a, 0x0005, 0x00ff,
];

/// Octets of the answer that are read. A ServerHello's first octets come first; a server may send
/// a few warnings before it.
const ANSWER_OCTETS: usize = 4096;

/// Sends one hello and reads the answer.
pub(super) async fn greet(question: &LegacyHelloQuestion, timeouts: &Timeouts) -> LegacyAnswer {
    let (mut stream, _) = match connect(question.address, timeouts.connect).await {
        Ok(established) => established,
        Err(failure) => return LegacyAnswer::Net { failure },
    };
    let hello = client_hello(question);
    let exchange = async {
        stream.write_all(&hello).await?;
        read_answer(&mut stream, question.version).await
    };
    let answer = match tokio::time::timeout(timeouts.tls, exchange).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => match errors::io_failure(&error, question.address.ip()) {
            // A server that closes on the hello goes on in no version.
            NetFailure::Reset | NetFailure::Closed => LegacyAnswer::HungUp,
            failure => LegacyAnswer::Net { failure },
        },
        Err(_) => LegacyAnswer::Net { failure: NetFailure::TimedOut },
    };
    farewell::close(&mut stream).await;
    answer
}

async fn read_answer(
    stream: &mut (impl AsyncRead + Unpin),
    offered: LegacyVersion,
) -> io::Result<LegacyAnswer> {
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    loop {
        if let Some(read) = decode(&answer, offered) {
            return Ok(read);
        }
        if answer.len() >= ANSWER_OCTETS {
            return Ok(other(&answer));
        }
        match stream.read(&mut part).await? {
            0 if answer.is_empty() => return Ok(LegacyAnswer::HungUp),
            // Warnings and then the end: hung up. A cut-off message proves nothing.
            0 if is_only_warnings(&answer) => return Ok(LegacyAnswer::HungUp),
            0 => return Ok(other(&answer)),
            octets => answer.extend_from_slice(&part[..octets]),
        }
    }
}

/// Reads an answer as it would come. For the fuzz targets.
pub(super) fn hear(octets: &[u8]) {
    for offered in LegacyVersion::ALL {
        let _ = decode(octets, offered);
    }
    let _ = is_only_warnings(octets);
}

/// The answer, as soon as enough of it is there.
fn decode(octets: &[u8], offered: LegacyVersion) -> Option<LegacyAnswer> {
    let mut handshake = Vec::new();
    let mut rest = octets;
    while let Some((header, after)) = rest.split_first_chunk::<5>() {
        let [kind, major, _, high, low] = *header;
        if !matches!(kind, ALERT | HANDSHAKE) || major != 3 {
            return Some(other(octets));
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let is_whole = after.len() >= length;
        let payload = &after[..length.min(after.len())];
        if kind == HANDSHAKE {
            handshake.extend_from_slice(payload);
            if let Some(answer) = server_hello(&handshake, offered) {
                return Some(answer);
            }
        } else if is_whole {
            match payload {
                [WARNING, _] => {}
                [_, code] => return Some(LegacyAnswer::Alert { code: *code }),
                _ => return Some(other(octets)),
            }
        }
        if !is_whole {
            return None;
        }
        rest = &after[length..];
    }
    // Less than a record's header, which may already be seen to be none.
    match rest.first() {
        Some(kind) if !matches!(*kind, ALERT | HANDSHAKE) => Some(other(octets)),
        _ => None,
    }
}

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const WARNING: u8 = 1;
const SERVER_HELLO: u8 = 2;

/// Reads type and version of a ServerHello (RFC 5246 §7.4.1.3, unchanged since SSL 3.0).
fn server_hello(message: &[u8], offered: LegacyVersion) -> Option<LegacyAnswer> {
    match message {
        [] => None,
        [SERVER_HELLO]
        | [SERVER_HELLO, _]
        | [SERVER_HELLO, _, _]
        | [SERVER_HELLO, _, _, _]
        | [SERVER_HELLO, _, _, _, _] => None,
        [SERVER_HELLO, _, _, _, major, minor, ..] => {
            Some(match LegacyVersion::from_octets([*major, *minor]) {
                Some(version) if version <= offered => LegacyAnswer::Accepted { version },
                _ => LegacyAnswer::OtherAnswer {
                    detail: format!("a ServerHello of version 0x{major:02x}{minor:02x}"),
                },
            })
        }
        _ => Some(other(message)),
    }
}

fn is_only_warnings(octets: &[u8]) -> bool {
    octets.chunks(7).all(|record| matches!(record, [ALERT, 3, _, 0, 2, WARNING, _]))
}

fn other(octets: &[u8]) -> LegacyAnswer {
    const SHOWN: usize = 16;
    let head = &octets[..octets.len().min(SHOWN)];
    LegacyAnswer::OtherAnswer {
        detail: format!("the answer begins with \"{}\"", head.escape_ascii()),
    }
}

/// The hello as one record.
fn client_hello(question: &LegacyHelloQuestion) -> Vec<u8> {
    let hello = ClientHello::new(question.version.octets(), &CIPHER_SUITES);
    if question.version == LegacyVersion::Ssl3 {
        return hello.into_record();
    }
    // The groups and point formats (RFC 8422 §5.1).
    hello
        .server_name(&question.host)
        .extension(10, &[0, 8, 0, 29, 0, 23, 0, 24, 0, 25])
        .extension(11, &[1, 0])
        .into_record()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Host, Name};

    fn question(version: LegacyVersion) -> LegacyHelloQuestion {
        LegacyHelloQuestion {
            address: "[::1]:443".parse().unwrap(),
            host: Host::Name(Name::from_presentation("www.example.vn")),
            version,
        }
    }

    fn accepted(version: LegacyVersion) -> Option<LegacyAnswer> {
        Some(LegacyAnswer::Accepted { version })
    }

    #[test]
    fn answers() {
        use LegacyVersion::{Ssl3, Tls10, Tls11};
        let hello = |minor: u8| vec![22, 3, minor, 0, 6, 2, 0, 0, 70, 3, minor];
        assert_eq!(decode(&hello(2), Tls11), accepted(Tls11));
        assert_eq!(decode(&hello(0), Tls11), accepted(Ssl3));
        // A newer version than was offered is no acceptance of an old one.
        let newer = decode(&hello(3), Tls10);
        assert!(matches!(newer, Some(LegacyAnswer::OtherAnswer { .. })), "{newer:?}");
        // In pieces, and after a warning.
        let whole = [&[21, 3, 1, 0, 2, 1, 112][..], &hello(1)].concat();
        for cut in 0..whole.len() {
            assert_eq!(decode(&whole[..cut], Tls10), None, "{cut}");
        }
        assert_eq!(decode(&whole, Tls10), accepted(Tls10));
        assert!(is_only_warnings(&whole[..7]) && !is_only_warnings(&whole));
        // A message over two records.
        let split = [22, 3, 1, 0, 2, 2, 0, 22, 3, 1, 0, 4, 0, 70, 3, 1];
        assert_eq!(decode(&split, Tls10), accepted(Tls10));
        assert_eq!(decode(&[21, 3, 0, 0, 2, 2, 70], Ssl3), Some(LegacyAnswer::Alert { code: 70 }));
        for strange in [&b"HTTP/1.1 400"[..], &[22, 2, 0, 0, 1, 2], &[21, 3, 1, 0, 1, 2]] {
            let answer = decode(strange, Tls10);
            assert!(matches!(answer, Some(LegacyAnswer::OtherAnswer { .. })), "{answer:?}");
        }
    }

    #[test]
    fn ssl_3_has_no_extensions() {
        let with = client_hello(&question(LegacyVersion::Tls10));
        let without = client_hello(&question(LegacyVersion::Ssl3));
        assert!(with.windows(14).any(|part| part == b"www.example.vn"));
        assert!(!without.windows(14).any(|part| part == b"www.example.vn"));
        for hello in [&with, &without] {
            assert_eq!(usize::from(u16::from_be_bytes([hello[3], hello[4]])), hello.len() - 5);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_octets_are_survived(octets: Vec<u8>) {
            let _ = decode(&octets, LegacyVersion::Tls11);
            let _ = is_only_warnings(&octets);
        }
    }

    #[tokio::test]
    async fn what_servers_do() {
        let long = Duration::from_secs(60);
        let timeouts = Timeouts { connect: long, tls: long, ..Timeouts::default() };
        for (answer, expected) in [
            (&[22, 3, 1, 0, 6, 2, 0, 0, 70, 3, 1][..], accepted(LegacyVersion::Tls10)),
            (&[21, 3, 1, 0, 2, 2, 70], Some(LegacyAnswer::Alert { code: 70 })),
            (&[], Some(LegacyAnswer::HungUp)),
        ] {
            let listener = tokio::net::TcpListener::bind("[::1]:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut hello = [0; 5];
                stream.read_exact(&mut hello).await.unwrap();
                assert_eq!(hello[..3], [22, 3, 1]);
                stream.write_all(answer).await.unwrap();
            };
            let asked = LegacyHelloQuestion { address, ..question(LegacyVersion::Tls10) };
            let (seen, ()) = tokio::join!(greet(&asked, &timeouts), server);
            assert_eq!(Some(seen), expected);
        }
    }
}
