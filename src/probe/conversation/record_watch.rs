//! The kinds of TLS records that come in, which stand in clear even where their content doesn't.

/// Counts records as their octets pass by.
#[derive(Debug, Default)]
pub(super) struct RecordWatch {
    header: [u8; 5],
    header_octets: usize,
    /// Octets that are left of the record at hand.
    left: usize,
    is_encrypted: bool,
    encrypted_handshake_records: usize,
}

const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;

impl RecordWatch {
    /// Takes the next octets.
    pub fn note(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() {
            let of_record = self.left.min(octets.len());
            self.left -= of_record;
            octets = &octets[of_record..];
            let Some((first, rest)) = octets.split_first() else { return };
            self.header[self.header_octets] = *first;
            self.header_octets += 1;
            octets = rest;
            if self.header_octets == self.header.len() {
                self.begin_record();
            }
        }
    }

    fn begin_record(&mut self) {
        let [kind, _, _, high, low] = self.header;
        self.header_octets = 0;
        self.left = usize::from(u16::from_be_bytes([high, low]));
        match kind {
            CHANGE_CIPHER_SPEC => self.is_encrypted = true,
            HANDSHAKE if self.is_encrypted => self.encrypted_handshake_records += 1,
            _ => {}
        }
    }

    /// Whether the server asked for a new handshake on the same connection (RFC 5246 §7.4.1.1), which
    /// servers do to ask for a certificate of the client once they know what is asked of them. In
    /// TLS 1.2 the first encrypted handshake record is Finished; TLS 1.3 has none of that kind.
    pub fn is_renegotiation_asked(&self) -> bool {
        self.encrypted_handshake_records > 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(kind: u8, octets: usize) -> Vec<u8> {
        let mut record = vec![kind, 3, 3];
        record.extend((octets as u16).to_be_bytes());
        record.extend(vec![HANDSHAKE; octets]);
        record
    }

    #[test]
    fn a_request_after_the_handshake() {
        let handshake = [record(22, 90), record(20, 1), record(22, 40)].concat();
        let page = record(23, 300);
        for (octets, is_asked) in [
            ([&handshake[..], &page].concat(), false),
            ([&handshake[..], &record(22, 32)].concat(), true),
            ([&handshake[..], &page, &record(22, 32), &page].concat(), true),
            // TLS 1.3.
            ([record(22, 90), record(20, 1), record(23, 40), page.clone()].concat(), false),
        ] {
            for step in [1, 3, 7, octets.len()] {
                let mut watch = RecordWatch::default();
                octets.chunks(step).for_each(|part| watch.note(part));
                assert_eq!(watch.is_renegotiation_asked(), is_asked, "{step}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            RecordWatch::default().note(&octets);
        }
    }
}
