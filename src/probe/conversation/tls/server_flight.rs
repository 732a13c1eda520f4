//! What a server says in clear before anything is encrypted: everything up to ServerHelloDone in
//! versions up to TLS 1.2, and the ServerHello in TLS 1.3.
//!
//! Pure: octets in, what they say out.

/// The first flight of a server, as far as it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ServerFlight {
    /// What the ServerHello chose, once it has come.
    pub hello: Option<ServerHello>,
    /// The certificates, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// The stapled OCSP response.
    pub ocsp: Option<Vec<u8>>,
    /// The group of an elliptic-curve key exchange.
    pub group: Option<u16>,
    /// The signature scheme of the key exchange; only TLS 1.2 names it.
    pub signature: Option<u16>,
    /// Whether a certificate of the client is asked for.
    pub asks_certificate: bool,
    /// Whether the flight is whole.
    pub is_done: bool,
    /// A fatal alert that ended it.
    pub alert: Option<u8>,
    /// Whether something came that is no TLS.
    pub is_other: bool,
}

/// What a ServerHello chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServerHello {
    /// The version, that of the extension where there is one (RFC 8446 §4.2.1).
    pub version: [u8; 2],
    /// The cipher suite.
    pub cipher_suite: u16,
}

/// TLS 1.2 and 1.3 on the wire.
pub(super) const TLS12: [u8; 2] = [3, 3];
pub(super) const TLS13: [u8; 2] = [3, 4];

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const WARNING: u8 = 1;

impl ServerFlight {
    /// Reads what has come so far.
    pub fn read(octets: &[u8]) -> Self {
        let mut flight = Self::default();
        let handshake = flight.read_records(octets);
        let mut rest = &handshake[..];
        while let Some((kind, body, after)) = next_message(rest) {
            if flight.is_done {
                break;
            }
            flight.read_message(kind, body);
            rest = after;
        }
        flight
    }

    /// The handshake messages of the records in clear, one after the other.
    fn read_records(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut handshake = Vec::new();
        let mut rest = octets;
        while let Some((header, after)) = rest.split_first_chunk::<5>() {
            let [kind, major, _, high, low] = *header;
            let length = usize::from(u16::from_be_bytes([high, low]));
            let payload = &after[..length.min(after.len())];
            match kind {
                _ if major != 3 => self.is_other = true,
                HANDSHAKE => handshake.extend_from_slice(payload),
                ALERT => match payload {
                    [WARNING, _] => {}
                    [_, code] => self.alert = Some(*code),
                    _ => self.is_other = payload.len() == length,
                },
                // From here on it is encrypted.
                CHANGE_CIPHER_SPEC => return handshake,
                _ => self.is_other = true,
            }
            if self.is_other || self.alert.is_some() || payload.len() < length {
                return handshake;
            }
            rest = &after[length..];
        }
        self.is_other |= rest.first().is_some_and(|kind| !matches!(*kind, 20..=22));
        handshake
    }

    fn read_message(&mut self, kind: u8, body: &[u8]) {
        match kind {
            2 => self.read_hello(body),
            11 => self.chain = certificates(body).unwrap_or_default(),
            12 => self.read_key_exchange(body),
            13 => self.asks_certificate = true,
            14 => self.is_done = true,
            22 => self.ocsp = ocsp_response(body),
            _ => {}
        }
    }

    /// ServerHello (RFC 5246 §7.4.1.3, RFC 8446 §4.1.3).
    fn read_hello(&mut self, body: &[u8]) {
        let mut reader = Reader(body);
        let read = (|| {
            let version = reader.u16()?.to_be_bytes();
            reader.take(32)?;
            let session_id_octets = reader.u8()?;
            reader.take(usize::from(session_id_octets))?;
            let cipher_suite = reader.u16()?;
            reader.u8()?;
            Some(ServerHello { version, cipher_suite })
        })();
        let Some(mut hello) = read else {
            self.is_other = true;
            return;
        };
        let mut extensions = Reader(reader.list_u16().unwrap_or_default());
        while let (Some(kind), Some(value)) = (extensions.u16(), extensions.list_u16()) {
            if let (SUPPORTED_VERSIONS, [major, minor]) = (kind, value) {
                hello.version = [*major, *minor];
            }
        }
        // What follows in TLS 1.3 is encrypted.
        self.is_done = hello.version >= TLS13;
        self.hello = Some(hello);
    }

    /// ServerKeyExchange (RFC 5246 §7.4.3, RFC 8422 §5.4): what tells the group and the signature.
    fn read_key_exchange(&mut self, body: &[u8]) {
        const NAMED_CURVE: u8 = 3;
        let mut reader = Reader(body);
        let is_elliptic = self.hello.is_some_and(|hello| is_ecdhe(hello.cipher_suite));
        let parameters = if is_elliptic {
            if reader.u8() == Some(NAMED_CURVE) {
                self.group = reader.u16();
            }
            reader.u8().and_then(|octets| reader.take(usize::from(octets)))
        } else {
            // Prime, generator and public value.
            reader.list_u16().and_then(|_| reader.list_u16()).and_then(|_| reader.list_u16())
        };
        if parameters.is_some() && self.hello.is_some_and(|hello| hello.version == TLS12) {
            self.signature = reader.u16();
        }
    }
}

const SUPPORTED_VERSIONS: u16 = 43;

/// Whether a suite of TLS 1.2 or older agrees on keys by an ephemeral elliptic curve: all of those
/// that our libraries know are in these ranges (RFC 8422 §6, RFC 5289 §3, RFC 7905 §2).
fn is_ecdhe(cipher_suite: u16) -> bool {
    matches!(cipher_suite, 0xc001..=0xc032 | 0xcca8 | 0xcca9)
}

/// The next whole message.
fn next_message(octets: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let mut reader = Reader(octets);
    let kind = reader.u8()?;
    let length = reader.u24()?;
    let body = reader.take(length)?;
    Some((kind, body, reader.0))
}

/// Certificate (RFC 5246 §7.4.2).
fn certificates(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut reader = Reader(body);
    let length = reader.u24()?;
    let mut list = Reader(reader.take(length)?);
    let mut chain = Vec::new();
    while !list.0.is_empty() {
        let length = list.u24()?;
        chain.push(list.take(length)?.to_vec());
    }
    Some(chain)
}

/// CertificateStatus (RFC 6066 §8).
fn ocsp_response(body: &[u8]) -> Option<Vec<u8>> {
    const OCSP: u8 = 1;
    let mut reader = Reader(body);
    if reader.u8()? != OCSP {
        return None;
    }
    let length = reader.u24()?;
    reader.take(length).map(<[u8]>::to_vec)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, octets: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(octets)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|octets| octets[0])
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|octets| u16::from_be_bytes([octets[0], octets[1]]))
    }

    fn u24(&mut self) -> Option<usize> {
        let octets = self.take(3)?;
        Some(octets.iter().fold(0, |number, octet| number << 8 | usize::from(*octet)))
    }

    /// Octets after their length in two octets.
    fn list_u16(&mut self) -> Option<&'a [u8]> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u32).to_be_bytes();
        [&[kind], &length[1..], body].concat()
    }

    fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
        [&[kind, 3, 3], &(payload.len() as u16).to_be_bytes()[..], payload].concat()
    }

    fn hello(version: [u8; 2], suite: u16, extensions: &[u8]) -> Vec<u8> {
        let mut body = [&version[..], &[7; 32], &[0], &suite.to_be_bytes(), &[0]].concat();
        if !extensions.is_empty() {
            body.extend((extensions.len() as u16).to_be_bytes());
            body.extend(extensions);
        }
        message(2, &body)
    }

    fn flight() -> Vec<u8> {
        let key_exchange = [&[3, 0, 0x17, 2, 9, 9, 4, 1, 0, 1, 5][..]].concat();
        let messages = [
            hello(TLS12, 0xc014, &[]),
            message(11, &[0, 0, 9, 0, 0, 1, 0xaa, 0, 0, 2, 0xbb, 0xcc]),
            message(22, &[1, 0, 0, 2, 8, 8]),
            message(12, &key_exchange),
            message(13, &[1, 1, 0, 0, 0, 0]),
            message(14, &[]),
        ];
        messages.concat()
    }

    #[test]
    fn a_whole_flight_in_one_record_and_in_many() {
        let expected = ServerFlight {
            hello: Some(ServerHello { version: TLS12, cipher_suite: 0xc014 }),
            chain: vec![vec![0xaa], vec![0xbb, 0xcc]],
            ocsp: Some(vec![8, 8]),
            group: Some(0x17),
            signature: Some(0x0401),
            asks_certificate: true,
            is_done: true,
            ..ServerFlight::default()
        };
        assert_eq!(ServerFlight::read(&record(22, &flight())), expected);
        let pieces: Vec<u8> = flight().chunks(5).flat_map(|piece| record(22, piece)).collect();
        let warned = [record(21, &[1, 112]), pieces].concat();
        assert_eq!(ServerFlight::read(&warned), expected);
        // What is encrypted later, and a cut-off end, change nothing that came before.
        let later = [record(22, &flight()), record(20, &[1]), record(22, &[0xee; 40])].concat();
        assert_eq!(ServerFlight::read(&later), expected);
        let cut = ServerFlight::read(&record(22, &flight())[..90]);
        assert!(cut.hello == expected.hello && !cut.is_done && !cut.is_other, "{cut:?}");
    }

    #[test]
    fn other_beginnings() {
        let tls13 = hello(TLS12, 0x1301, &[0, 43, 0, 2, 3, 4]);
        let seen = ServerFlight::read(&record(22, &tls13));
        assert_eq!(seen.hello, Some(ServerHello { version: TLS13, cipher_suite: 0x1301 }));
        assert!(seen.is_done);
        // A group that is no named curve, and an exchange without curves.
        let finite = message(12, &[0, 1, 7, 0, 1, 2, 0, 1, 3, 8, 4, 0, 0]);
        let finite = [hello(TLS12, 0x009e, &[]), finite].concat();
        let seen = ServerFlight::read(&record(22, &finite));
        assert_eq!((seen.group, seen.signature), (None, Some(0x0804)));
        assert_eq!(ServerFlight::read(&record(21, &[2, 40])).alert, Some(40));
        for strange in [&b"HTTP/1.1 400"[..], &record(23, &[0]), &[22, 2, 0, 0, 1, 2]] {
            assert!(ServerFlight::read(strange).is_other, "{strange:?}");
        }
        assert_eq!(ServerFlight::read(&[]), ServerFlight::default());
    }

    proptest! {
        #[test]
        fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
            ServerFlight::read(&octets);
            ServerFlight::read(&record(22, &octets));
        }
    }
}
