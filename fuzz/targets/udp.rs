//! Datagrams: time servers and QUIC.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use bytes::BytesMut;
use quinn_proto::{ClientConfig, DatagramEvent, Endpoint, EndpointConfig};
use rustls::crypto::aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256;
use rustls::quic::{Keys, Version};
use rustls::{Side, SupportedCipherSuite};
use v6ready::model::NtpPacket;
use v6ready::probe::decoders;

/// The answer of a time server.
pub fn ntp(octets: &[u8]) {
    let Some(packet) = NtpPacket::decode(octets) else { return };
    let _ = packet.sends_away();
    assert_eq!(packet.reference_text().len(), 4);
}

/// Datagrams that a QUIC server sends, each after its kind in one octet and its length in two: as they are
/// (0), as a version negotiation (1), as a Retry (2), or as the payload of an Initial packet, encrypted
/// as a server does it (3 and more).
pub fn quic(octets: &[u8]) {
    static CONFIG: LazyLock<ClientConfig> = LazyLock::new(|| {
        decoders::quic_config().unwrap_or_else(|| panic!("QUIC can't be configured"))
    });
    let (now, server) = (Instant::now(), ([192, 0, 2, 1], 443).into());
    let config = Arc::new(EndpointConfig::default());
    let mut endpoint = Endpoint::new(config, None, true, Some([7; 32]));
    let connected = endpoint.connect(now, CONFIG.clone(), server, "www.example");
    let (handle, mut connection) = connected.unwrap_or_else(|error| panic!("{error}"));
    let mut sent = Vec::new();
    if connection.poll_transmit(now, 1, &mut sent).is_none() {
        return;
    }
    let Some(asked) = Asked::read(&sent) else { panic!("our first packet is no Initial") };
    let mut rest = octets;
    let mut number = 0;
    while let Some((&[kind, high, low], after)) = rest.split_first_chunk::<3>() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (payload, after) = after.split_at(length);
        rest = after;
        let datagram = asked.answer(kind, payload, number);
        number += 1;
        let mut reply = Vec::new();
        let event =
            endpoint.handle(now, server, None, None, BytesMut::from(&*datagram), &mut reply);
        if let Some(DatagramEvent::ConnectionEvent(to, event)) = event
            && to == handle
        {
            connection.handle_event(event);
        }
        // What it would send is bounded by its congestion window; the socket's budget is tested elsewhere.
        for _ in 0..16 {
            let mut sent = Vec::new();
            if connection.poll_transmit(now, 1, &mut sent).is_none() {
                break;
            }
        }
        while let Some(event) = connection.poll_endpoint_events() {
            if let Some(event) = endpoint.handle_event(handle, event) {
                connection.handle_event(event);
            }
        }
        while connection.poll().is_some() {}
    }
}

/// What a server reads from our first packet.
struct Asked {
    destination: Vec<u8>,
    source: Vec<u8>,
}

impl Asked {
    /// Reads the connection ids of a long header (RFC 9000 §17.2).
    fn read(packet: &[u8]) -> Option<Self> {
        let mut rest = packet.get(5..)?;
        let mut next = || {
            let (length, after) = rest.split_first()?;
            let (id, after) = after.split_at_checked(usize::from(*length))?;
            rest = after;
            Some(id.to_vec())
        };
        Some(Self { destination: next()?, source: next()? })
    }

    fn answer(&self, kind: u8, payload: &[u8], number: u64) -> Vec<u8> {
        match kind {
            0 => payload.to_vec(),
            1 => [self.long_header(0x80, 0).as_slice(), payload].concat(),
            2 => self.retry(payload),
            _ => self.initial(payload, number),
        }
    }

    fn long_header(&self, first: u8, version: u32) -> Vec<u8> {
        let mut header = vec![first];
        header.extend(version.to_be_bytes());
        for id in [&self.source, &vec![9; 8]] {
            header.push(u8::try_from(id.len()).unwrap_or(0));
            header.extend(id);
        }
        header
    }

    /// A Retry packet with the tag that makes it valid (RFC 9001 §5.8).
    fn retry(&self, token: &[u8]) -> Vec<u8> {
        use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
        const KEY: [u8; 16] = [
            0xbe, 0x0c, 0x69, 0x0b, 0x9f, 0x66, 0x57, 0x5a, 0x1d, 0x76, 0x6b, 0x54, 0xe3, 0x68,
            0xc8, 0x4e,
        ];
        const NONCE: [u8; 12] =
            [0x46, 0x15, 0x99, 0xd3, 0x5d, 0x63, 0x2b, 0xf2, 0x23, 0x98, 0x25, 0xbb];
        let mut packet = self.long_header(0xf0, 1);
        packet.extend(token);
        let mut covered = vec![u8::try_from(self.destination.len()).unwrap_or(0)];
        covered.extend(&self.destination);
        covered.extend(&packet);
        let Ok(key) = UnboundKey::new(&AES_128_GCM, &KEY) else { return packet };
        let sealed = LessSafeKey::new(key).seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(NONCE),
            Aad::from(covered),
            &mut [],
        );
        if let Ok(tag) = sealed {
            packet.extend(tag.as_ref());
        }
        packet
    }

    /// An Initial packet with this payload (RFC 9000 §17.2.2, RFC 9001 §5).
    fn initial(&self, payload: &[u8], number: u64) -> Vec<u8> {
        let SupportedCipherSuite::Tls13(suite) = TLS13_AES_128_GCM_SHA256 else {
            return Vec::new();
        };
        let Some(algorithm) = suite.quic else { return Vec::new() };
        let keys = Keys::initial(Version::V1, suite, algorithm, &self.destination, Side::Server);
        let tag_octets = keys.local.packet.tag_len();
        // Header protection takes its sample from the fourth octet after the packet number on.
        let mut payload = payload[..payload.len().min(1400)].to_vec();
        payload.resize(payload.len().max(4), 0);
        let mut packet = self.long_header(0xc3, 1);
        packet.push(0);
        let length = u16::try_from(4 + payload.len() + tag_octets).unwrap_or(0);
        packet.extend((0x4000 | length).to_be_bytes());
        let number_at = packet.len();
        packet.extend(u32::try_from(number).unwrap_or(0).to_be_bytes());
        let Ok(tag) = keys.local.packet.encrypt_in_place(number, &packet, &mut payload) else {
            return packet;
        };
        packet.extend(payload);
        packet.extend(tag.as_ref());
        let (header, sample) = packet.split_at_mut(number_at + 4);
        let sample = sample[..keys.local.header.sample_len()].to_vec();
        let (first, protected) = header.split_at_mut(1);
        let number = &mut protected[number_at - 1..];
        let _ = keys.local.header.encrypt_in_place(&sample, &mut first[0], number);
        packet
    }
}
