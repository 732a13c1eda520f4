//! The way to a name with IPv6 alone, and what empty answers on it mean.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::zone::*;
use super::zone_servers::{crowd, table, without_ipv6};
use super::*;
use crate::model::Transport::Udp;

const WWW: &str = "www.example.vn";

/// The delegation of the zone without AAAA glue.
pub(super) fn without_glue(asked: &Asked<'_>) -> Option<Reply> {
    let servers: [(&str, &[&str]); 2] =
        [("ns1.example.vn.", &NS1[1..]), ("ns2.example.vn.", &NS2[1..])];
    (asked.at == VN).then(|| referral("example.vn.", &servers).reply())
}

/// The zone is served by a name elsewhere, of which the way is `elsewhere`'s.
fn served_elsewhere(asked: &Asked<'_>, elsewhere: impl Fn() -> Reply) -> Option<Reply> {
    let servers: [(&str, &[&str]); 1] = [("ns.other.example.", &[])];
    match asked.at.as_str() {
        VN => Some(referral("example.vn.", &servers).reply()),
        ROOT if asked.name == "example" => Some(rcode(0)),
        ROOT if asked.name.ends_with(".example") => Some(elsewhere()),
        _ => None,
    }
}

#[test]
pub(super) fn the_way_with_ipv6_alone() {
    let of_zone = |asked: &Asked<'_>| NS1[0] == asked.at || NS2[0] == asked.at;
    let aaaa = |asked: &Asked<'_>| of_zone(asked) && asked.is(WWW, RecordType::AAAA);
    let aliased = |asked: &Asked<'_>, target: &str| {
        let (owner, data) = alias("www.example.vn.", target);
        (of_zone(asked) && asked.name == WWW).then(|| says(&[(owner, data)]).reply())
    };
    let no_server = |asked: &Asked<'_>| without_glue(asked).or_else(|| without_ipv6(asked));
    let unknown = |asked: &Asked<'_>, reply: fn() -> Reply| {
        let is_server = asked.recursive && asked.name.starts_with("ns");
        without_glue(asked).or_else(|| is_server.then(reply))
    };
    let lame = || Says::default().reply();
    table(
        "dns-ipv6-only-resolution",
        &[
            ("healthy", &|_| None, (Pass, "resolves")),
            ("NODATA", &|q| aaaa(q).then(|| rcode(0)), (Pass, "resolves-without-address")),
            (
                "NXDOMAIN",
                &|q| (q.name == WWW && (of_zone(q) || q.recursive)).then(|| rcode(3)),
                (NotApplicable, "name-absent"),
            ),
            (
                "NXDOMAIN for AAAA only",
                &|q| aaaa(q).then(|| rcode(3)),
                (Pass, "resolves-without-address"),
            ),
            (
                "NXDOMAIN for AAAA, and A unknown",
                &|q| {
                    let is_a = q.recursive && q.is(WWW, RecordType::A);
                    if is_a { Some(rcode(2)) } else { aaaa(q).then(|| rcode(3)) }
                },
                (Inconclusive, common::UNRESOLVED),
            ),
            ("silent when asked for AAAA", &|q| aaaa(q).then(silence), (Fail, "servers-unusable")),
            (
                "too large for UDP, and not over TCP",
                &|q| of_zone(q).then(|| if q.over == Udp { truncated() } else { silence() }),
                (Fail, "servers-unusable"),
            ),
            ("no EDNS", &|q| (of_zone(q) && !q.without_edns).then(|| rcode(1)), (Pass, "resolves")),
            ("no glue", &without_glue, (Fail, "glue-missing")),
            ("no AAAA", &no_server, (Fail, "no-ipv6-server")),
            (
                "no glue, and SERVFAIL",
                &|q| unknown(q, || rcode(2)),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("no glue, and our fault", &|q| unknown(q, ours), (Inconclusive, common::OUR_FAULT)),
            ("silent", &|q| of_zone(q).then(silence), (Fail, "servers-silent")),
            ("one silent", &|q| (q.at == NS1[0]).then(silence), (Pass, "resolves")),
            ("REFUSED", &|q| of_zone(q).then(|| rcode(5)), (Fail, "servers-unusable")),
            ("lame", &|q| of_zone(q).then(lame), (Fail, "servers-unusable")),
            ("garbage", &|q| of_zone(q).then(garbage), (Fail, "servers-unusable")),
            ("our fault", &|q| of_zone(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            (
                "our fault at one, silence at the other",
                &|q| of_zone(q).then(|| if q.at == NS1[0] { ours() } else { silence() }),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "our fault, then silence",
                &|q| of_zone(q).then(|| if q.attempt == 1 { ours() } else { silence() }),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "our fault on the way to a name server",
                &|q| served_elsewhere(q, ours),
                (Inconclusive, common::OUR_FAULT),
            ),
            (
                "silence on the way to a name server",
                &|q| served_elsewhere(q, silence),
                (Fail, "no-ipv6-server"),
            ),
            (
                "a name server that nobody knows",
                &|q| served_elsewhere(q, || rcode(3)),
                (Fail, "no-ipv6-server"),
            ),
            (
                "a name server below the zone that it serves",
                &|q| {
                    served_elsewhere(q, || {
                        let servers: [(&str, &[&str]); 1] = [("ns1.example.vn.", &[])];
                        referral("other.example.", &servers).reply()
                    })
                },
                (Fail, "name-server-loop"),
            ),
            ("alias of itself", &|q| aliased(q, "www.example.vn."), (Fail, "alias-loop")),
            (
                "aliases without an end",
                &|q| {
                    let next = q
                        .name
                        .strip_prefix('a')
                        .and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
                    let next = next.map_or(0, |n| n + 1);
                    let is_alias = of_zone(q)
                        && q.name.ends_with(".example.vn")
                        && q.record_type != RecordType::SOA;
                    is_alias.then(|| {
                        let target = WireName::from_ascii(format!("a{next}.example.vn.")).unwrap();
                        let owner = format!("{}.", q.name);
                        says(&[(&owner, RData::CNAME(CNAME(target)))]).reply()
                    })
                },
                (Fail, "alias-too-long"),
            ),
            (
                "a crowd of silent servers",
                &|q| crowd(q).or_else(|| of_zone(q).then(silence)),
                (Inconclusive, common::LIMIT),
            ),
        ],
    );
}

#[test]
pub(super) fn empty_answers_without_an_soa() {
    let empty = || Says::default().reply();
    let of_resolver = |asked: &Asked<'_>| asked.recursive && asked.is(WWW, RecordType::AAAA);
    let of_zone = |asked: &Asked<'_>| asked.of_zone() && asked.is(WWW, RecordType::AAAA);
    let rows: [(&str, Change<'_>, _); 3] = [
        ("confirmed", &|q| (of_resolver(q) || of_zone(q)).then(|| rcode(0)), (Fail, "no-data")),
        (
            "lame servers",
            &|q| (of_resolver(q) || q.of_zone()).then(empty),
            (Inconclusive, "unconfirmed"),
        ),
        (
            "our fault at the servers",
            &|q| if of_resolver(q) { Some(empty()) } else { q.of_zone().then(ours) },
            (Inconclusive, "unconfirmed"),
        ),
    ];
    for (what, change, expected) in rows {
        let world = World::below("web: \"https://www.example.vn/\", state: active", change);
        assert_eq!(world.says("dns-aaaa"), expected, "{what}");
    }
}
