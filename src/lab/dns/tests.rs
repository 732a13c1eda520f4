use std::net::{IpAddr, SocketAddr};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{RData, RecordType};

use super::answer;
use super::hierarchy::{Hierarchy, ServedZone};
use super::zone::{Behaviour, Glue, ListedBy, Zone, address_data, name};

const ADDRESS: &str = "2001:db8:100:1::1";

fn hierarchy() -> Hierarchy {
    let address = || address_data(ADDRESS.parse().unwrap());
    let large = "x".repeat(200);
    Hierarchy::new(vec![
        Zone::new(250, ""),
        Zone::new(1, "example").text("vb.example", RecordType::TXT, "here"),
        Zone::new(5, "arpa"),
        Zone::new(7, "8.b.d.0.1.0.0.2.ip6.arpa"),
        (0..8)
            .fold(Zone::new(3, "z.example"), |zone, at| {
                let text = format!("\"{at}{large}\"");
                zone.text("large.z.example", RecordType::TXT, &text)
            })
            .text("www.z.example", RecordType::CNAME, "a.z.example.")
            .text("out.z.example", RecordType::CNAME, "www.other.example.")
            .record("a.z.example", address())
            .record("*.w.z.example", address())
            .text("mail.z.example", RecordType::MX, "10 a.z.example.")
            .listed(2, ListedBy::Parent)
            .glue(2, Glue::WithoutIpv6),
        Zone::new(4, "other.example").served_by(&["ns1.z.example", "ns.elsewhere.example"]),
        Zone::new(9, "aged.example").all(Behaviour::Outdated).record("aged.example", address()),
    ])
    .unwrap()
}

fn parts(hierarchy: &Hierarchy, server: &str) -> Vec<ServedZone> {
    hierarchy.served_zones().remove(&server.parse::<IpAddr>().unwrap()).unwrap()
}

fn ask_with(
    parts: &[ServedZone],
    asked: &str,
    record_type: RecordType,
    udp: bool,
    payload: Option<u16>,
) -> Option<Message> {
    let mut query = Message::new(1, MessageType::Query, OpCode::Query);
    query.add_query(Query::query(name(asked), record_type));
    query.edns = payload.map(|octets| {
        let mut edns = Edns::new();
        edns.set_max_payload(octets);
        edns
    });
    let octets = answer::answer(parts, &query.to_vec().unwrap(), udp)?;
    Some(Message::from_vec(&octets).unwrap())
}

fn ask(parts: &[ServedZone], asked: &str, record_type: RecordType) -> Message {
    ask_with(parts, asked, record_type, true, Some(1232)).unwrap()
}

const ROOT: &str = "2001:db8:d001:fa::53";
const TLD: &str = "2001:db8:d001:1::53";
const Z: &str = "2001:db8:d002:3::53";

#[test]
fn parents_refer_and_zones_answer() {
    let hierarchy = hierarchy();
    let referral = ask(&parts(&hierarchy, ROOT), "www.z.example", RecordType::AAAA);
    assert!(!referral.metadata.authoritative && referral.answers.is_empty());
    assert_eq!(referral.authorities[0].name, name("example"));
    assert_eq!(referral.additionals.len(), 4);
    let referral = ask(&parts(&hierarchy, TLD), "www.z.example", RecordType::AAAA);
    assert_eq!((referral.authorities.len(), referral.additionals.len()), (2, 3));
    let ds = ask(&parts(&hierarchy, TLD), "z.example", RecordType::DS);
    assert!(ds.metadata.authoritative && ds.answers[0].record_type() == RecordType::DS);
    let z = parts(&hierarchy, Z);
    let ns = ask(&z, "z.example", RecordType::NS);
    assert!(ns.metadata.authoritative && ns.answers.len() == 1);
    let txt = ask(&parts(&hierarchy, TLD), "vb.example", RecordType::TXT);
    assert_eq!(txt.answers.len(), 1);
}

#[test]
fn names_are_told_apart() {
    let hierarchy = hierarchy();
    let z = parts(&hierarchy, Z);
    for (asked, record_type, code, answers, authorities) in [
        ("a.z.example", RecordType::AAAA, ResponseCode::NoError, 1, 0),
        ("A.Z.EXAMPLE", RecordType::AAAA, ResponseCode::NoError, 1, 0),
        ("www.z.example", RecordType::AAAA, ResponseCode::NoError, 2, 0),
        ("www.z.example", RecordType::A, ResponseCode::NoError, 1, 1),
        ("out.z.example", RecordType::A, ResponseCode::NoError, 1, 0),
        ("mail.z.example", RecordType::MX, ResponseCode::NoError, 1, 0),
        ("a.z.example", RecordType::A, ResponseCode::NoError, 0, 1),
        ("x.y.w.z.example", RecordType::AAAA, ResponseCode::NoError, 1, 0),
        ("w.z.example", RecordType::AAAA, ResponseCode::NoError, 0, 1),
        ("no.z.example", RecordType::AAAA, ResponseCode::NXDomain, 0, 1),
        ("example", RecordType::SOA, ResponseCode::Refused, 0, 0),
        ("ns1.z.example", RecordType::A, ResponseCode::NoError, 1, 0),
    ] {
        let got = ask(&z, asked, record_type);
        let seen = (got.metadata.response_code, got.answers.len(), got.authorities.len());
        assert_eq!(seen, (code, answers, authorities), "{asked} {record_type}");
        assert_eq!(got.metadata.authoritative, code != ResponseCode::Refused, "{asked}");
    }
}

#[test]
fn the_askers_size_is_honoured() {
    let hierarchy = hierarchy();
    let z = parts(&hierarchy, Z);
    let over_udp = ask_with(&z, "large.z.example", RecordType::TXT, true, Some(4096)).unwrap();
    assert!(over_udp.metadata.truncation && over_udp.answers.is_empty());
    let over_tcp = ask_with(&z, "large.z.example", RecordType::TXT, false, None).unwrap();
    assert_eq!((over_tcp.metadata.truncation, over_tcp.answers.len()), (false, 8));
    assert!(ask_with(&z, "a.z.example", RecordType::AAAA, true, None).unwrap().edns.is_none());
}

#[test]
fn addresses_point_back_and_hints_name_the_root() {
    let hierarchy = hierarchy();
    let reverse = hickory_proto::rr::Name::from(ADDRESS.parse::<IpAddr>().unwrap()).to_ascii();
    let server = parts(&hierarchy, "2001:db8:d001:7::53");
    let ptr = ask(&server, reverse.trim_end_matches('.'), RecordType::PTR);
    assert!(
        ptr.answers.iter().any(|r| matches!(&r.data, RData::PTR(p) if p.0 == name("a.z.example")))
    );
    let hints = hierarchy.root_hints();
    assert_eq!(hints.lines().count(), 7, "{hints}");
    assert!(hints.contains("ns1.\t3600000\tIN\tAAAA\t2001:db8:d001:fa::53"), "{hints}");
    assert_eq!(hierarchy.root_addresses()[0], SocketAddr::new(ROOT.parse().unwrap(), 53));
}

#[test]
fn every_behaviour_is_as_its_name_says() {
    use Behaviour::{
        DropsAaaa, Lame, LosesLarge, NxDomainForAaaa, Outdated, Refused, ServFail, Silent, TcpOnly,
        UdpOnly,
    };
    // What AAAA over UDP, A over UDP and A over TCP bring: the RCODE, or nothing.
    let none = |code| Some((code, false));
    let good = Some((ResponseCode::NoError, true));
    for (behaviour, aaaa_udp, a_udp, a_tcp) in [
        (Silent, None, None, None),
        (
            Refused,
            none(ResponseCode::Refused),
            none(ResponseCode::Refused),
            none(ResponseCode::Refused),
        ),
        (
            ServFail,
            none(ResponseCode::ServFail),
            none(ResponseCode::ServFail),
            none(ResponseCode::ServFail),
        ),
        (
            Lame,
            none(ResponseCode::NoError),
            none(ResponseCode::NoError),
            none(ResponseCode::NoError),
        ),
        (UdpOnly, good, good, None),
        (TcpOnly, None, None, good),
        (DropsAaaa, None, good, good),
        (NxDomainForAaaa, none(ResponseCode::NXDomain), good, good),
        (Outdated, good, good, good),
        (LosesLarge, good, good, None),
    ] {
        let zones = vec![
            Zone::new(250, ""),
            Zone::new(3, "z")
                .all(behaviour)
                .record("z", address_data(ADDRESS.parse().unwrap()))
                .record("z", address_data("192.0.2.9".parse().unwrap())),
        ];
        let parts = parts(&Hierarchy::new(zones).unwrap(), Z);
        for (record_type, udp, expected) in [
            (RecordType::AAAA, true, aaaa_udp),
            (RecordType::A, true, a_udp),
            (RecordType::A, false, a_tcp),
        ] {
            let got = ask_with(&parts, "z", record_type, udp, Some(1232));
            let got = got.map(|m| (m.metadata.response_code, !m.answers.is_empty()));
            assert_eq!(got, expected, "{behaviour:?} {record_type}");
        }
    }
}

#[test]
fn an_outdated_copy_differs() {
    let hierarchy = hierarchy();
    let aged = parts(&hierarchy, "2001:db8:d001:9::53");
    let got = ask(&aged, "aged.example", RecordType::AAAA);
    assert_ne!(got.answers[0].data.ip_addr(), Some(ADDRESS.parse().unwrap()));
}

#[test]
fn an_unreadable_record_stops_the_lab() {
    let zones = vec![Zone::new(3, "z").text("z", RecordType::MX, "ten")];
    assert!(Hierarchy::new(zones).is_err());
}
