//! ClientHellos made by hand (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2): for what our TLS libraries don't
//! offer. Nothing is ever encrypted after them.

use crate::model::Host;

/// A hello in the making.
pub(super) struct ClientHello {
    version: [u8; 2],
    suites: Vec<u8>,
    session_id: Vec<u8>,
    extensions: Vec<u8>,
}

impl ClientHello {
    /// A hello of this version (for TLS 1.3 that of 1.2) that offers these cipher suites.
    pub fn new(version: [u8; 2], suites: &[u16]) -> Self {
        let suites = u16s(suites);
        Self { version, suites, session_id: Vec::new(), extensions: Vec::new() }
    }

    /// A session identifier, as TLS 1.3 sends one for middleboxes (RFC 8446 §D.4).
    pub fn session_id(mut self, octets: [u8; 32]) -> Self {
        self.session_id = octets.to_vec();
        self
    }

    /// One more extension.
    pub fn extension(mut self, kind: u16, body: &[u8]) -> Self {
        self.extensions.extend(kind.to_be_bytes());
        self.extensions.extend(prefixed(body));
        self
    }

    /// The server's name (RFC 6066 §3), unless the host is an address.
    pub fn server_name(self, host: &Host) -> Self {
        let Some(name) = host.name() else { return self };
        let name = name.as_str().trim_end_matches('.').as_bytes();
        let entry = [&[0][..], &prefixed(name)].concat();
        self.extension(0, &prefixed(&entry))
    }

    /// The hello as one record.
    pub fn into_record(self) -> Vec<u8> {
        let session_id_octets = u8::try_from(self.session_id.len()).unwrap_or_default();
        let mut random = [7; 32];
        // Nothing is kept secret by it, so that any octets will do.
        let _ = aws_lc_rs::rand::fill(&mut random);
        let mut body = [&self.version[..], &random].concat();
        body.push(session_id_octets);
        body.extend(self.session_id);
        body.extend(prefixed(&self.suites));
        // No compression.
        body.extend([1, 0]);
        if !self.extensions.is_empty() {
            body.extend(prefixed(&self.extensions));
        }
        let message = [&[CLIENT_HELLO, 0][..], &prefixed(&body)].concat();
        // A record never says more than TLS 1.0 here: old servers look at it (RFC 8446 §5.1).
        let record_version = self.version.min([3, 1]);
        [&[HANDSHAKE][..], &record_version, &prefixed(&message)].concat()
    }
}

const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;

/// Numbers of two octets, one after the other.
pub(super) fn u16s(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Octets after their length in two octets. Nothing here is longer than a host name, a list of
/// suites or two key shares.
pub(super) fn prefixed(octets: &[u8]) -> Vec<u8> {
    let length = u16::try_from(octets.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], octets].concat()
}
