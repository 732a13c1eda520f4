use std::sync::Arc;

use hickory_proto::dnssec::rdata::RRSIG;
use hickory_proto::dnssec::{Algorithm, rdata::sig::SigInput};
use hickory_proto::op::{MessageType, OpCode};
use hickory_proto::rr::{Name as WireName, Record, RecordType as WireType, SerialNumber};

use super::*;
use crate::model::{
    BodyEnd, Connected, ConversationQuestion, DnsMessage, HttpGet, Name, NtpExchange, NtpQuestion,
    Readings, Request, TlsSession, Transport,
};

const NOW: i64 = 1_796_000_000;
const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 366 * DAY;

/// What is seen by a clock that is behind by so many seconds, where the right time is [`NOW`].
struct Seen {
    behind_s: i64,
    witnesses: ClockWitnesses,
}

impl Seen {
    fn by_clock_behind(behind_s: i64) -> Self {
        Self { behind_s, witnesses: ClockWitnesses::default() }
    }

    fn observe(&mut self, question: Question, reply: Reply) {
        let observed_at = Timestamp::from_second(NOW - self.behind_s).unwrap();
        let request = Request::first(question);
        let observation = Observation { request, observed_at, elapsed_us: 1000, reply };
        self.witnesses.hear(observation.id(), &Arc::new(observation));
    }

    fn conversation(
        &mut self,
        host: &str,
        address: &str,
        tls: Option<TlsSession>,
        http: Option<HttpResponse>,
    ) {
        let get = HttpGet { authority: host.into(), path: "/".into(), ..HttpGet::default() };
        let question = ConversationQuestion {
            address: address.parse().unwrap(),
            tls: None,
            http: Some(get),
            mss: None,
        };
        let seen = Conversation {
            connect: Ok(Connected { elapsed_us: 1 }),
            tls: tls.map(Ok),
            http: http.map(Ok),
            recheck: None,
        };
        self.observe(Question::Conversation(question), Reply::Conversation(Box::new(seen)));
    }

    /// A server whose own clock is ahead by so much.
    fn server(&mut self, host: &str, address: &str, ahead_s: i64, headers: &[(&str, &str)]) {
        let date = Timestamp::from_second(NOW + ahead_s).unwrap();
        let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let mut all = vec![("date".to_owned(), date)];
        all.extend(headers.iter().map(|(key, value)| (key.to_string(), value.to_string())));
        let response = HttpResponse {
            elapsed_us: 1,
            version: "HTTP/1.1".to_owned(),
            status: 200,
            headers: all,
            body: Blob::new(Vec::new()),
            body_end: BodyEnd::Complete,
            readings: Readings::default(),
        };
        self.conversation(host, address, None, Some(response));
    }

    /// A certificate that an authority gave for a span around the right time.
    fn certificate(&mut self, issuer: &str, from_s: i64, to_s: i64) {
        let at = |second: i64| {
            rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs((NOW + second) as u64)
        };
        let key = rcgen::KeyPair::generate().unwrap();
        let mut of_issuer = rcgen::CertificateParams::default();
        of_issuer.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        of_issuer.distinguished_name = rcgen::DistinguishedName::new();
        of_issuer.distinguished_name.push(rcgen::DnType::CommonName, issuer);
        let issuer = rcgen::Issuer::new(of_issuer, key);
        let mut params = rcgen::CertificateParams::new(vec!["www.example".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, "www.example");
        (params.not_before, params.not_after) = (at(from_s), at(to_s));
        let leaf = params.signed_by(&rcgen::KeyPair::generate().unwrap(), &issuer).unwrap();
        let session = TlsSession {
            elapsed_us: 1,
            version: "TLSv1.3".to_owned(),
            cipher_suite: String::new(),
            group: None,
            alpn: None,
            chain: vec![Blob::new(leaf.der().to_vec())],
            ocsp: None,
            asks_client_certificate: false,
            unproven_key: None,
            second_stack: None,
        };
        self.conversation("www.example", "[2001:db8:ca::1]:443", Some(session), None);
    }

    /// Signatures of a zone in an answer to a question for it.
    fn signed(&mut self, zone: &str, from_s: i64, to_s: i64) {
        let owner = WireName::from_ascii(zone).unwrap();
        let input = SigInput {
            type_covered: WireType::SOA,
            algorithm: Algorithm::ECDSAP256SHA256,
            num_labels: owner.num_labels(),
            original_ttl: 60,
            sig_expiration: SerialNumber::new((NOW + to_s) as u32),
            sig_inception: SerialNumber::new((NOW + from_s) as u32),
            key_tag: 1,
            signer_name: owner.clone(),
        };
        let sig = RData::DNSSEC(DNSSECRData::RRSIG(RRSIG::from_sig(input, vec![0; 64])));
        let mut wire = WireMessage::new(7, MessageType::Response, OpCode::Query);
        wire.answers.push(Record::from_rdata(owner, 60, sig));
        let question = DnsQuestion {
            server: "[2001:db8::53]:53".parse().unwrap(),
            transport: Transport::Udp,
            name: Name::from_presentation(zone),
            record_type: RecordType::SOA,
            recursion_desired: true,
            checking_disabled: false,
            dnssec_ok: true,
            without_edns: false,
        };
        let reply = Reply::Dns(DnsMessage::new(Blob::new(wire.to_vec().unwrap())));
        self.observe(Question::Dns(question), reply);
    }

    /// What a public scan sees beside web servers.
    fn usual(mut self) -> Self {
        self.signed(".", -DAY, 12 * DAY);
        self.signed("example.", -5 * DAY, 20 * DAY);
        self.certificate("Authority", -20 * DAY, 70 * DAY);
        self
    }

    fn clock(&self) -> OwnClock {
        let now = Timestamp::from_second(NOW - self.behind_s).unwrap();
        own_clock(self.witnesses.all(), None, now)
    }
}

#[test]
fn a_clock_far_off_is_wrong_by_whatever_is_seen() {
    for (name, behind_s, expected) in [
        ("right", 0, ClockState::Right),
        ("half an hour", HOUR / 2, ClockState::Right),
        ("1970", NOW - DAY, ClockState::Wrong),
        ("2046", -20 * YEAR, ClockState::Wrong),
        ("a month ahead", -30 * DAY, ClockState::Wrong),
    ] {
        let mut seen = Seen::by_clock_behind(behind_s).usual();
        // Two zones that one resolver told of are too few to condemn it, and enough to doubt.
        let alone = if behind_s == -30 * DAY { ClockState::Unknown } else { expected };
        assert_eq!(seen.clock().state, alone, "{name}, without a web server");
        seen.server("www.example", "[2001:db8:1::1]:80", 0, &[]);
        let clock = seen.clock();
        assert_eq!(clock.state, expected, "{name}");
        if expected == ClockState::Wrong {
            assert!((clock.behind_s.unwrap() - behind_s).abs() < 3, "{name}");
        }
    }
}

#[test]
fn local_time_taken_for_utc_is_told_by_servers_of_three_networks() {
    let mut seen = Seen::by_clock_behind(-7 * HOUR).usual();
    for (network, expected) in
        [(1, ClockState::Right), (2, ClockState::Right), (3, ClockState::Wrong)]
    {
        let host = format!("www{network}.example");
        seen.server(&host, &format!("[2001:db8:{network}::1]:80"), 0, &[]);
        // Over the other family it is the same server, and in the same network the same administrator.
        seen.server(&host, &format!("192.0.{network}.1:80"), 0, &[]);
        seen.server(&format!("b.{host}"), &format!("[2001:db8:{network}::2]:80"), 0, &[]);
        assert_eq!(seen.clock().state, expected, "{network}");
    }
    assert_eq!(seen.clock().behind_s.map(|behind| (behind + 7 * HOUR).abs() < 3), Some(true));
}

#[test]
fn one_server_condemns_nobody() {
    for ahead_s in [-20 * YEAR, -7 * HOUR, 7 * HOUR, YEAR] {
        let mut seen = Seen::by_clock_behind(0).usual();
        seen.server("wrong.example", "[2001:db8:1::1]:80", ahead_s, &[]);
        assert_eq!(seen.clock().state, ClockState::Right, "{ahead_s}");
        // Nor do several that can't agree, nor two beside one that is right.
        seen.server("other.example", "[2001:db8:2::1]:80", ahead_s / 2, &[]);
        seen.server("right.example", "[2001:db8:3::1]:80", 0, &[]);
        assert_eq!(seen.clock().state, ClockState::Right, "{ahead_s}");
        // Alone it says nothing at all.
        let mut alone = Seen::by_clock_behind(0);
        alone.server("wrong.example", "[2001:db8:1::1]:80", ahead_s, &[]);
        assert_eq!(alone.clock().state, ClockState::Unknown, "{ahead_s}");
    }
}

#[test]
fn what_has_expired_at_a_service_is_the_service_s_fault() {
    let mut seen = Seen::by_clock_behind(0).usual();
    for authority in ["One", "Two"] {
        seen.certificate(authority, -400 * DAY, -10 * DAY);
    }
    seen.certificate("Authority", -500 * DAY, -100 * DAY);
    seen.server("www.example", "[2001:db8:1::1]:80", 0, &[]);
    seen.server("www2.example", "[2001:db8:2::1]:80", 0, &[]);
    assert_eq!(seen.clock().state, ClockState::Right);
}

#[test]
fn a_cache_tells_how_old_a_date_is() {
    let mut seen = Seen::by_clock_behind(0);
    for network in 1..=3 {
        let (host, address) = (format!("{network}.example"), format!("[2001:db8:{network}::1]:80"));
        seen.server(&host, &address, -DAY, &[("age", "86400")]);
    }
    assert_eq!(seen.clock().state, ClockState::Right);
}

#[test]
fn time_servers_tell_it_too() {
    let mut seen = Seen::by_clock_behind(-20 * YEAR);
    for network in 1..=3 {
        let mut octets = vec![0; 48];
        (octets[0], octets[1]) = (0x24, 2);
        octets[40..44].copy_from_slice(&((NOW + 2_208_988_800) as u32).to_be_bytes());
        let server = format!("[2001:db8:{network}::123]:123").parse().unwrap();
        let exchange = NtpExchange { answer: Ok(Blob::new(octets)), is_ours: true };
        seen.observe(Question::Ntp(NtpQuestion { server }), Reply::Ntp(exchange));
    }
    assert_eq!(seen.clock().state, ClockState::Wrong);
}

#[test]
fn a_clock_that_was_set_has_no_common_time() {
    let now = Timestamp::from_second(NOW).unwrap();
    for (set_by_s, expected) in [
        (Some(600), ClockState::Unknown),
        (Some(-2 * HOUR), ClockState::Changed),
        (Some(56 * YEAR), ClockState::Changed),
    ] {
        assert_eq!(own_clock(Vec::new(), set_by_s, now).state, expected, "{set_by_s:?}");
    }
    let before = Timestamp::from_second(DAY).unwrap();
    assert_eq!(own_clock(Vec::new(), None, before).state, ClockState::Wrong);
}

#[test]
fn few_of_many_are_remembered_and_those_that_count_come_first() {
    let mut seen = Seen::by_clock_behind(-7 * HOUR).usual();
    for network in 1..200 {
        let (host, address) = (format!("{network}.example"), format!("[2001:db8:{network}::1]:80"));
        seen.server(&host, &address, 0, &[]);
    }
    let clock = seen.clock();
    assert_eq!(clock.state, ClockState::Wrong);
    let of_kind = |kind| clock.witnesses.iter().filter(|one| one.kind == kind).count();
    assert_eq!(of_kind(WitnessKind::Time), SHOWN_MAX);
    assert!(!agrees_on(&clock.witnesses[0], 0) && of_kind(WitnessKind::Signature) == 2);
}
