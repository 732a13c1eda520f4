//! The checks of a zone's name servers: what each of them gives as a reason, and what of it is ours.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::zone::*;
use super::*;
use crate::model::Transport::{Tcp, Udp};

const WWW: &str = "www.example.vn";
const SERVICE: &str = "web: \"https://www.example.vn/\", state: active";

pub(super) type Expected = (Outcome, &'static str);

/// One row: what is changed in a healthy zone, and what a check says then.
pub(super) type Row<'c> = (&'static str, Change<'c>, Expected);

pub(super) fn table(check: &str, rows: &[Row<'_>]) {
    for (what, change, expected) in rows {
        let world = World::below(SERVICE, *change);
        assert_eq!(world.says(check), *expected, "{check}: {what}");
    }
    // What is common to all of them.
    let literal = World::of("web: \"https://[2001:db8::1]/\"").asked(&|_| None);
    assert_eq!(literal.says(check), (NotApplicable, "address-literal"));
    let retired = World::of("web: \"https://www.example.vn/\", state: retired").asked(&|_| None);
    assert_eq!(retired.says(check), (NotApplicable, common::RETIRED));
    assert_eq!(World::of(SERVICE).says(check), (Inconclusive, common::NOT_OBSERVED));
}

pub(super) fn nowhere(_: &Asked<'_>) -> Option<Reply> {
    Some(rcode(2))
}

/// The resolver can't find out a name server's addresses of one type, and no glue tells.
pub(super) fn unknown_server(asked: &Asked<'_>, record_type: RecordType) -> Option<Reply> {
    if asked.at == VN {
        let servers: [(&str, &[&str]); 2] =
            [("ns1.example.vn.", &NS1), ("ns2.other.example.", &[])];
        return Some(referral("example.vn.", &servers).reply());
    }
    if asked.is("example.vn", RecordType::NS) {
        let servers = ["ns1.example.vn.", "ns2.other.example."];
        return Some(says(&servers.map(|server| ("example.vn.", ns(server)))).reply());
    }
    if asked.name != "ns2.other.example" {
        return None;
    }
    if asked.record_type == record_type {
        return Some(rcode(2));
    }
    let found = if asked.record_type == RecordType::A { NS2[1] } else { NS2[0] };
    Some(says(&[("ns2.other.example.", at(found))]).reply())
}

/// More name servers than are looked at, of which the first ones are these.
pub(super) fn crowd(asked: &Asked<'_>) -> Option<Reply> {
    let names: Vec<String> = (0..20).map(|n| format!("ns{n}.example.vn.")).collect();
    if asked.at == VN {
        let glue: &[&str] = &NS1;
        let servers: Vec<(&str, &[&str])> =
            names.iter().map(|name| (name.as_str(), glue)).collect();
        return Some(referral("example.vn.", &servers).reply());
    }
    if asked.is("example.vn", RecordType::NS) {
        let records: Vec<_> = names.iter().map(|name| ("example.vn.", ns(name))).collect();
        return Some(says(&records).reply());
    }
    None
}

#[test]
pub(super) fn servers_over_ipv6() {
    let soa_at = |asked: &Asked<'_>, over| {
        asked.at == NS2[0] && asked.over == over && asked.is("example.vn", RecordType::SOA)
    };
    let soa = |asked: &Asked<'_>| soa_at(asked, Udp) || soa_at(asked, Tcp);
    table(
        "dns-ns-ipv6-answers",
        &[
            ("healthy", &|_| None, (Pass, "all-answer")),
            ("silent", &|q| soa(q).then(silence), (Fail, "silent")),
            ("only UDP", &|q| soa_at(q, Tcp).then(silence), (Fail, "udp-only")),
            ("only TCP", &|q| soa_at(q, Udp).then(silence), (Fail, "tcp-only")),
            (
                "too large for UDP, and not over TCP",
                &|q| soa(q).then(|| if q.over == Udp { truncated() } else { silence() }),
                (Fail, "truncated"),
            ),
            ("too large for UDP", &|q| soa_at(q, Udp).then(truncated), (Pass, "all-answer")),
            (
                "no EDNS",
                &|q| (q.at == NS2[0] && !q.without_edns).then(|| rcode(1)),
                (Pass, "all-answer"),
            ),
            ("FORMERR", &|q| soa(q).then(|| rcode(1)), (Fail, "other-rcode")),
            ("REFUSED", &|q| soa(q).then(|| rcode(5)), (Fail, "refuses")),
            ("SERVFAIL", &|q| soa(q).then(|| rcode(2)), (Fail, "servfail")),
            ("NOTIMP", &|q| soa(q).then(|| rcode(4)), (Fail, "other-rcode")),
            ("no records", &|q| soa(q).then(|| rcode(0)), (Fail, "lame")),
            ("garbage", &|q| soa(q).then(garbage), (Fail, "malformed")),
            ("our fault", &|q| soa(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            (
                "our fault, then silence",
                &|q| soa(q).then(|| if q.attempt == 1 { ours() } else { silence() }),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "silence, then our fault",
                &|q| soa(q).then(|| if q.attempt == 1 { silence() } else { ours() }),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "refused, then an answer",
                &|q| {
                    let refused = Reply::DnsFailed(NetFailure::Refused);
                    (soa_at(q, Udp) && q.attempt == 1).then_some(refused)
                },
                (Inconclusive, common::FLAKY),
            ),
            (
                "a server without addresses",
                &|q| unknown_server(q, RecordType::AAAA),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            ("no IPv6", &without_ipv6, (NotApplicable, "no-ipv6-servers")),
            ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
        ],
    );
}

/// The name servers have IPv4 addresses only.
pub(super) fn without_ipv6(asked: &Asked<'_>) -> Option<Reply> {
    let is_server = asked.name.starts_with("ns");
    (is_server && asked.record_type == RecordType::AAAA).then(|| says(&[]).reply())
}

/// The name servers have IPv6 addresses only.
fn without_ipv4(asked: &Asked<'_>) -> Option<Reply> {
    let is_server = asked.name.starts_with("ns");
    (is_server && asked.record_type == RecordType::A).then(|| says(&[]).reply())
}

#[test]
pub(super) fn servers_over_ipv4() {
    let soa_at = |asked: &Asked<'_>, over| {
        let is_ipv4 = [NS1[1], NS2[1]].contains(&asked.at.as_str());
        is_ipv4 && asked.over == over && asked.is("example.vn", RecordType::SOA)
    };
    let soa = |asked: &Asked<'_>| soa_at(asked, Udp) || soa_at(asked, Tcp);
    table(
        "dns-ns-ipv4-answers",
        &[
            ("healthy", &|_| None, (Pass, "answers-over-ipv4")),
            (
                "one of two",
                &|q| (soa(q) && q.at == NS1[1]).then(silence),
                (Pass, "answers-over-ipv4"),
            ),
            ("silent", &|q| soa(q).then(silence), (Fail, "silent")),
            ("only UDP", &|q| soa_at(q, Tcp).then(silence), (Fail, "udp-only")),
            ("only TCP", &|q| soa_at(q, Udp).then(silence), (Fail, "tcp-only")),
            (
                "too large for UDP, and not over TCP",
                &|q| soa(q).then(|| if q.over == Udp { truncated() } else { silence() }),
                (Fail, "truncated"),
            ),
            ("REFUSED", &|q| soa(q).then(|| rcode(5)), (Fail, "refuses")),
            ("SERVFAIL", &|q| soa(q).then(|| rcode(2)), (Fail, "servfail")),
            ("NOTIMP", &|q| soa(q).then(|| rcode(4)), (Fail, "other-rcode")),
            ("no records", &|q| soa(q).then(|| rcode(0)), (Fail, "lame")),
            ("garbage", &|q| soa(q).then(garbage), (Fail, "malformed")),
            ("our fault", &|q| soa(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            ("no IPv4", &without_ipv4, (Fail, "no-ipv4-servers")),
            (
                "no IPv4 that is known",
                &|q| unknown_server(q, RecordType::A).or_else(|| soa(q).then(silence)),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("a crowd", &|q| crowd(q).or_else(|| without_ipv4(q)), (Inconclusive, common::LIMIT)),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
        ],
    );
}

#[test]
pub(super) fn questions_for_aaaa() {
    let aaaa = |asked: &Asked<'_>| asked.at == NS2[0] && asked.is(WWW, RecordType::AAAA);
    let a = |asked: &Asked<'_>| asked.at == NS2[0] && asked.is(WWW, RecordType::A);
    let lame = || Says { authoritative: false, ..Says::default() }.reply();
    let nowhere_to_ask = |asked: &Asked<'_>| without_ipv6(asked).or_else(|| without_ipv4(asked));
    table(
        "dns-aaaa-answered",
        &[
            ("healthy", &|_| None, (Pass, "answered-by-all")),
            ("dropped", &|q| aaaa(q).then(silence), (Fail, "dropped")),
            ("NXDOMAIN", &|q| aaaa(q).then(|| rcode(3)), (Fail, "nxdomain")),
            (
                "NXDOMAIN for A too",
                &|q| (aaaa(q) || a(q)).then(|| rcode(3)),
                (Pass, "answered-by-all"),
            ),
            ("SERVFAIL", &|q| aaaa(q).then(|| rcode(2)), (Fail, "servfail")),
            ("REFUSED", &|q| aaaa(q).then(|| rcode(5)), (Fail, "refuses")),
            ("NOTIMP", &|q| aaaa(q).then(|| rcode(4)), (Fail, "other-rcode")),
            ("without authority", &|q| aaaa(q).then(lame), (Fail, "lame")),
            ("garbage", &|q| aaaa(q).then(garbage), (Fail, "malformed")),
            (
                "A is no better",
                &|q| (aaaa(q) || a(q)).then(lame),
                (Inconclusive, common::LOWER_LAYER),
            ),
            ("nor with SERVFAIL", &|q| a(q).then(|| rcode(2)), (Inconclusive, common::LOWER_LAYER)),
            ("nor with silence", &|q| a(q).then(silence), (Inconclusive, common::LOWER_LAYER)),
            ("our fault", &|q| aaaa(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            (
                "our fault, then silence",
                &|q| aaaa(q).then(|| if q.attempt == 1 { ours() } else { silence() }),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "a server without addresses",
                &|q| unknown_server(q, RecordType::A),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            ("no addresses", &nowhere_to_ask, (NotApplicable, "no-servers")),
        ],
    );
}

#[test]
pub(super) fn answers_that_agree() {
    let of_one = |asked: &Asked<'_>, record_type| asked.at == NS2[0] && asked.is(WWW, record_type);
    let other = |text: &str| says(&[("www.example.vn.", at(text))]).reply();
    let without_authority = || Says { authoritative: false, ..Says::default() }.reply();
    let alone = |asked: &Asked<'_>| {
        let only = [("ns1.example.vn.", &NS1[..1])];
        if asked.at == VN {
            return Some(referral("example.vn.", &only).reply());
        }
        if asked.is("example.vn", RecordType::NS) {
            return Some(says(&[("example.vn.", ns("ns1.example.vn."))]).reply());
        }
        asked.is("ns1.example.vn", RecordType::A).then(|| says(&[]).reply())
    };
    table(
        "dns-consistent",
        &[
            ("healthy", &|_| None, (Pass, "same-everywhere")),
            (
                "another AAAA",
                &|q| of_one(q, RecordType::AAAA).then(|| other("2001:db8::2")),
                (Fail, "different-aaaa"),
            ),
            (
                "no AAAA",
                &|q| of_one(q, RecordType::AAAA).then(|| rcode(0)),
                (Fail, "different-aaaa"),
            ),
            (
                "NXDOMAIN",
                &|q| of_one(q, RecordType::AAAA).then(|| rcode(3)),
                (Fail, "different-aaaa"),
            ),
            (
                "another A",
                &|q| of_one(q, RecordType::A).then(|| other("192.0.2.2")),
                (Fail, "different-a"),
            ),
            (
                "without authority",
                &|q| of_one(q, RecordType::AAAA).then(without_authority),
                (Inconclusive, common::LOWER_LAYER),
            ),
            (
                "SERVFAIL",
                &|q| of_one(q, RecordType::AAAA).then(|| rcode(2)),
                (Inconclusive, common::LOWER_LAYER),
            ),
            (
                "our fault",
                &|q| of_one(q, RecordType::A).then(ours),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "a server without addresses",
                &|q| unknown_server(q, RecordType::AAAA),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
            ("one server", &alone, (NotApplicable, "one-server")),
        ],
    );
    let geo = World::below(&format!("{SERVICE}, geo_dns: true"), &|_| None);
    assert_eq!(geo.says("dns-consistent"), (NotApplicable, "geo-dns"));
}
