//! The way over evidence that is made by hand, and through universes that nobody would build.

use std::collections::{BTreeMap, HashSet};
use std::net::Ipv6Addr;
use std::sync::Arc;

use hickory_proto::op::{Message as WireMessage, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, NS, SOA};
use hickory_proto::rr::{Name as WireName, RData, Record};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::evidence::query::Gap;
use crate::model::{
    Blob, DnsMessage, DnsQuestion, Evidence, NetFailure, Network, Networks, Observation, Question,
    Reply, Request, Settings,
};

fn settings() -> Settings {
    let hints = ". NS a.root.\na.root. AAAA 2001:db8::1\na.root. A 192.0.2.1\n";
    Settings { root_hints: Some(hints.to_owned()), attempts: 2, ..Settings::default() }
}

fn networks() -> Networks {
    let testbed = |prefix: &str| Network {
        prefix: prefix.parse().unwrap(),
        name: String::new(),
        asn: None,
        internal: false,
        testbed: true,
    };
    Networks::new(vec![testbed("2001:db8::/32"), testbed("192.0.2.0/24")])
}

/// What a server says: the records of its sections, or silence.
#[derive(Clone, Debug, Default)]
struct Says {
    rcode: u16,
    authoritative: bool,
    answers: Vec<(String, RData)>,
    authorities: Vec<(String, RData)>,
    additionals: Vec<(String, RData)>,
}

fn reply(says: &Says) -> Reply {
    let mut message = WireMessage::new(1, MessageType::Response, OpCode::Query);
    message.metadata.response_code = ResponseCode::from(0, says.rcode as u8);
    message.metadata.authoritative = says.authoritative;
    let records = |list: &[(String, RData)]| -> Vec<Record> {
        list.iter()
            .map(|(owner, data)| {
                Record::from_rdata(WireName::from_ascii(owner).unwrap(), 60, data.clone())
            })
            .collect()
    };
    message.answers = records(&says.answers);
    message.authorities = records(&says.authorities);
    message.additionals = records(&says.additionals);
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}

fn ns(server: &str) -> RData {
    RData::NS(NS(WireName::from_ascii(server).unwrap()))
}

fn aaaa(address: &str) -> RData {
    RData::AAAA(AAAA(address.parse().unwrap()))
}

fn a(address: &str) -> RData {
    RData::A(A(address.parse().unwrap()))
}

fn referral(zone: &str, servers: &[(&str, Option<RData>)]) -> Says {
    Says {
        authorities: servers.iter().map(|(name, _)| (zone.to_owned(), ns(name))).collect(),
        additionals: servers
            .iter()
            .filter_map(|(name, glue)| Some(((*name).to_owned(), glue.clone()?)))
            .collect(),
        ..Says::default()
    }
}

fn nothing() -> Says {
    Says { authoritative: true, ..Says::default() }
}

/// Answers every question until none is left; returns the way and the requests that it took.
fn go(
    name: &str,
    reach: Reach,
    answer: &dyn Fn(&DnsQuestion) -> Reply,
) -> (Arc<Resolution>, Vec<Request>) {
    let (settings, networks) = (settings(), networks());
    let name = Name::from_presentation(name);
    let mut evidence = Evidence::new();
    let mut asked: Vec<Request> = Vec::new();
    loop {
        let view = View::new(&evidence, &settings, &networks, &[]);
        let way = resolution(&view, &name, RecordType::AAAA, reach);
        let missing =
            view.requests_of(|view| drop(resolution(view, &name, RecordType::AAAA, reach)));
        assert_eq!(!missing.is_empty(), way.is_pending(), "{way:?}");
        if missing.is_empty() {
            return (way, asked);
        }
        for request in missing {
            assert!(!asked.contains(&request), "asked twice: {request}");
            let Question::Dns(question) = &request.question else { panic!("{request}") };
            assert!(!question.recursion_desired);
            let observation = Observation {
                request: request.clone(),
                observed_at: Timestamp::UNIX_EPOCH,
                elapsed_us: 1,
                reply: answer(question),
            };
            evidence.insert(observation.id(), Arc::new(observation));
            asked.push(request);
        }
        assert!(asked.len() <= settings.limits.walk_questions * usize::from(settings.attempts));
    }
}

type World = BTreeMap<(&'static str, String), Says>;

/// A world in which whoever is not in the table is silent.
fn world(entries: Vec<(&'static str, &str, Says)>) -> impl Fn(&DnsQuestion) -> Reply {
    let world: World =
        entries.into_iter().map(|(at, what, says)| ((at, what.to_owned()), says)).collect();
    move |question| {
        let at = question.server.ip().to_string();
        let what = format!("{} {}", question.name, question.record_type);
        let said = world.iter().find(|((server, asked), _)| *server == at && *asked == what);
        said.map_or(Reply::DnsFailed(NetFailure::TimedOut), |(_, says)| reply(says))
    }
}

fn found() -> Says {
    let answers = vec![("www.z.vn.".to_owned(), aaaa("2001:db8::80"))];
    Says { authoritative: true, answers, ..Says::default() }
}

const ROOT: &str = "2001:db8::1";
const VN: &str = "2001:db8::2";
const ZONE: &str = "2001:db8::3";

fn vn() -> (&'static str, &'static str, Says) {
    (ROOT, "vn NS", referral("vn.", &[("a.vn.", Some(aaaa(VN)))]))
}

fn leaf() -> Vec<(&'static str, &'static str, Says)> {
    vec![(ZONE, "www.z.vn NS", nothing()), (ZONE, "www.z.vn AAAA", found())]
}

#[test]
fn a_healthy_way_takes_one_question_a_label() {
    let mut entries =
        vec![vn(), (VN, "z.vn NS", referral("z.vn.", &[("ns.z.vn.", Some(aaaa(ZONE)))]))];
    entries.extend(leaf());
    let (way, asked) = go("www.z.vn", Reach::Ipv6Only, &world(entries));
    assert!(matches!(&way.end, ResolutionEnd::Found(records) if records.len() == 1));
    let zones: Vec<_> = way.paths[0].cuts.iter().map(|cut| cut.zone.as_str()).collect();
    assert_eq!(zones, [".", "vn", "z.vn"]);
    let asked: Vec<_> = asked.iter().map(ToString::to_string).collect();
    assert_eq!(
        asked,
        [
            "dns udp [2001:db8::1]:53 vn NS #1",
            "dns udp [2001:db8::2]:53 z.vn NS #1",
            "dns udp [2001:db8::3]:53 www.z.vn NS #1",
            "dns udp [2001:db8::3]:53 www.z.vn AAAA #1",
        ]
    );
}

#[test]
fn where_an_ipv6_only_resolver_is_stopped() {
    let glueless = |server| (VN, "z.vn NS", referral("z.vn.", &[(server, None)]));
    let only_ipv4 = || (VN, "z.vn NS", referral("z.vn.", &[("ns.z.vn.", Some(a("192.0.2.3")))]));
    let good = || (VN, "z.vn NS", referral("z.vn.", &[("ns.z.vn.", Some(aaaa(ZONE)))]));
    let refused = Says { rcode: 5, ..Says::default() };
    let upward = referral(".", &[("a.root.", None)]);
    let loops =
        vec![vn(), glueless("ns.y.vn."), (VN, "y.vn NS", referral("y.vn.", &[("ns.z.vn.", None)]))];
    let both = |says: Says| {
        vec![vn(), good(), (ZONE, "www.z.vn NS", says.clone()), (ZONE, "www.z.vn AAAA", says)]
    };
    for (entries, stop, zone) in [
        (vec![vn()], DelegationFailure::Silent, "vn"),
        (vec![vn(), only_ipv4()], DelegationFailure::NoAddress, "z.vn"),
        (vec![vn(), glueless("ns.z.vn.")], DelegationFailure::NoAddress, "z.vn"),
        (vec![vn(), good()], DelegationFailure::Silent, "z.vn"),
        (both(refused), DelegationFailure::Unusable, "z.vn"),
        (both(upward), DelegationFailure::Unusable, "z.vn"),
        (loops, DelegationFailure::Loop, "z.vn"),
    ] {
        let (way, _) = go("www.z.vn", Reach::Ipv6Only, &world(entries));
        assert_eq!(way.end, ResolutionEnd::Stopped(stop));
        assert_eq!(way.last_cut().unwrap().zone.as_str(), zone);
    }
    // The root is always there, so its silence is ours.
    let (way, _) = go("www.z.vn", Reach::Ipv6Only, &world(vec![]));
    assert_eq!(way.end, ResolutionEnd::Unknown(Gap::OurFault));
    // Servers that know nothing but addresses lead on all the same (RFC 9156 §2.3).
    let refused = Says { rcode: 5, ..Says::default() };
    for ns_answer in [Some(refused), Some(referral(".", &[("a.root.", None)])), None] {
        let mut entries = vec![vn(), good(), (ZONE, "www.z.vn AAAA", found())];
        entries.extend(ns_answer.map(|says| (ZONE, "www.z.vn NS", says)));
        let (way, _) = go("www.z.vn", Reach::Ipv6Only, &world(entries));
        assert!(matches!(way.end, ResolutionEnd::Found(_)), "{way:?}");
    }
    // The same zone is found where IPv4 may be used too.
    let mut entries = vec![vn(), only_ipv4()];
    entries.push(("192.0.2.3", "www.z.vn NS", nothing()));
    entries.push(("192.0.2.3", "www.z.vn AAAA", found()));
    let (way, _) = go("www.z.vn", Reach::Either, &world(entries));
    assert!(matches!(way.end, ResolutionEnd::Found(_)));
}

#[test]
fn name_servers_of_other_zones_are_found_the_same_way() {
    let address = |owner: &str, address| Says {
        authoritative: true,
        answers: vec![(owner.to_owned(), aaaa(address))],
        ..Says::default()
    };
    let mut entries = vec![
        vn(),
        (VN, "z.vn NS", referral("z.vn.", &[("ns.host.vn.", None)])),
        (VN, "host.vn NS", referral("host.vn.", &[("ns.host.vn.", Some(aaaa("2001:db8::4")))])),
        ("2001:db8::4", "ns.host.vn NS", nothing()),
        ("2001:db8::4", "ns.host.vn AAAA", address("ns.host.vn.", ZONE)),
    ];
    entries.extend(leaf());
    let (way, _) = go("www.z.vn", Reach::Ipv6Only, &world(entries));
    assert!(matches!(way.end, ResolutionEnd::Found(_)), "{way:?}");
}

#[test]
fn glue_from_outside_the_parent_is_not_believed() {
    let entries =
        vec![vn(), (VN, "z.vn NS", referral("z.vn.", &[("ns.bank.example.", Some(aaaa(ZONE)))]))];
    let (way, asked) = go("www.z.vn", Reach::Ipv6Only, &world(entries));
    assert_eq!(way.end, ResolutionEnd::Unknown(Gap::OurFault));
    assert!(asked.iter().any(|request| request.to_string().contains("example NS")));
}

/// A universe in which what a server says follows from a seed, the server and the question alone.
fn chaos(seed: u64, question: &DnsQuestion) -> Reply {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (seed, question.server, &question.name, question.record_type).hash(&mut hasher);
    let mut bits = hasher.finish();
    let mut pick = |below: u64| {
        let picked = bits % below;
        bits = bits.rotate_right(7).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        picked
    };
    let names = ["vn.", "z.vn.", "y.vn.", "a.z.vn.", "ns.y.vn.", "ns.z.vn.", "x.", "ns.x.", "."];
    let mut name = |own: &Name| match pick(4) {
        0 => format!("{own}."),
        1 => format!("v{}.{own}.", pick(3)),
        _ => names[pick(names.len() as u64) as usize].to_owned(),
    };
    let clean = |text: String| if text.contains("..") { ".".to_owned() } else { text };
    let kind = bits_of(seed, question) % 10;
    if kind == 0 {
        return Reply::DnsFailed(NetFailure::TimedOut);
    }
    if kind == 1 {
        return Reply::Dns(DnsMessage::new(Blob::new(seed.to_be_bytes().to_vec())));
    }
    let mut says = Says { rcode: [0, 0, 0, 3, 5][(kind % 5) as usize], ..Says::default() };
    says.authoritative = kind.is_multiple_of(2);
    for at in 0..(kind % 4) {
        let owner = clean(name(&question.name));
        let server = clean(name(&question.name));
        let address =
            Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1 + ((kind + at) % 5) as u16).to_string();
        match (kind + at) % 5 {
            0 => says
                .answers
                .push((owner, RData::CNAME(CNAME(WireName::from_ascii(&server).unwrap())))),
            1 => says.answers.push((clean(format!("{}.", question.name)), ns(&server))),
            2 => says.answers.push((clean(format!("{}.", question.name)), aaaa(&address))),
            _ => {
                says.authorities.push((owner, ns(&server)));
                if at % 2 == 0 {
                    says.additionals.push((server, aaaa(&address)));
                }
            }
        }
    }
    if kind == 9 {
        let root = WireName::root();
        let soa = RData::SOA(SOA::new(root.clone(), root, 1, 1, 1, 1, 1));
        says.authorities.push((".".to_owned(), soa));
    }
    reply(&says)
}

fn bits_of(seed: u64, question: &DnsQuestion) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (question, seed).hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// `go` asserts that nothing is asked twice and that the limits hold.
    #[test]
    fn the_way_ends_in_any_universe(seed: u64, ipv6_only: bool) {
        let reach = if ipv6_only { Reach::Ipv6Only } else { Reach::Either };
        let (way, asked) = go("a.z.vn", reach, &|question| chaos(seed, question));
        let limits = settings().limits;
        for path in &way.paths {
            prop_assert!(path.cuts.len() <= limits.delegation_depth);
            for pair in path.cuts.windows(2) {
                prop_assert!(pair[1].zone != pair[0].zone && pair[1].zone.is_within(&pair[0].zone));
            }
        }
        prop_assert!(way.paths.len() <= limits.cname_links + 1);
        if ipv6_only {
            for request in &asked {
                let Question::Dns(question) = &request.question else { continue };
                prop_assert!(question.server.is_ipv6());
            }
        }
        let distinct: HashSet<_> = asked.iter().map(Request::key).collect();
        prop_assert_eq!(distinct.len(), asked.len());
    }

    /// Facts that came in another order, or that nobody asked for, change nothing.
    #[test]
    fn the_order_of_answers_is_irrelevant(seed: u64) {
        let (way, asked) = go("a.z.vn", Reach::Either, &|question| chaos(seed, question));
        let (settings, networks) = (settings(), networks());
        let mut evidence = Evidence::new();
        for request in asked.iter().rev() {
            let Question::Dns(question) = &request.question else { continue };
            let observation = Observation {
                request: request.clone(),
                observed_at: Timestamp::UNIX_EPOCH,
                elapsed_us: 1,
                reply: chaos(seed, question),
            };
            evidence.insert(observation.id(), Arc::new(observation));
        }
        let view =
            View::new(&evidence, &settings, &networks, &[]);
        let again = resolution(&view, &Name::from_presentation("a.z.vn"), RecordType::AAAA, Reach::Either);
        prop_assert_eq!(&again.end, &way.end);
        prop_assert_eq!(&again.observations, &way.observations);
    }

    /// The decoder survives any octets.
    #[test]
    fn any_octets_are_read_or_refused(octets: Vec<u8>) {
        let _ = DnsMessage::new(Blob::new(octets)).decoded();
    }

    #[test]
    fn changed_messages_are_read_or_refused(seed: u64, at: usize, octet: u8) {
        let question = crate::evidence::dns::exchange::server_question(
            "[2001:db8::1]:53".parse().unwrap(),
            crate::model::Transport::Udp,
            &Name::from_presentation("a.z.vn"),
            RecordType::AAAA,
            false,
        );
        if let Reply::Dns(message) = chaos(seed, &question) {
            let mut octets = message.raw().bytes().to_vec();
            let at = at % octets.len();
            octets[at] = octet;
            let _ = DnsMessage::new(Blob::new(octets)).decoded();
        }
    }
}
