//! Whether large answers of a zone's servers arrive.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::zone::*;
use super::zone_servers::{crowd, nowhere, table, unknown_server, without_ipv6};
use super::*;
use crate::model::Transport::{Tcp, Udp};

#[test]
pub(super) fn large_answers() {
    let asked_for = |asked: &Asked<'_>, record_type| {
        asked.at == NS2[0] && asked.dnssec_ok && asked.is("example.vn", record_type)
    };
    let key = move |asked: &Asked<'_>| asked_for(asked, RecordType::DNSKEY);
    let any = move |asked: &Asked<'_>| key(asked) || asked_for(asked, RecordType::TXT);
    let large = |hundreds: u32| {
        let texts = (0..hundreds).map(|n| format!("{n}{}", "x".repeat(99))).collect();
        let text = RData::TXT(hickory_proto::rr::rdata::TXT::new(texts));
        says(&[("example.vn.", text)])
    };
    let all_large = move |asked: &Asked<'_>| {
        let is_it =
            asked.dnssec_ok && asked.of_zone() && asked.is("example.vn", RecordType::DNSKEY);
        is_it.then(|| large(9).reply())
    };
    let over = move |asked: &Asked<'_>, tcp: fn() -> Reply| {
        any(asked).then(|| if asked.over == Tcp { tcp() } else { truncated() })
    };
    table(
        "dns-large-answer",
        &[
            ("nothing large", &|_| None, (NotApplicable, "nothing-large")),
            ("large", &all_large, (Pass, "all-arrive")),
            ("over TCP", &|q| over(q, || says(&[]).reply()), (Pass, "all-arrive")),
            ("not over TCP", &|q| over(q, silence), (Fail, "tcp-fails")),
            ("SERVFAIL over TCP", &|q| over(q, || rcode(2)), (Fail, "tcp-fails")),
            ("our fault over TCP", &|q| over(q, ours), (Inconclusive, common::OUR_FAULT)),
            ("lost", &|q| any(q).then(silence), (Fail, "lost")),
            ("without EDNS", &|q| any(q).then(|| rcode(1)), (Fail, "edns-refused")),
            ("garbage", &|q| any(q).then(garbage), (Fail, "malformed")),
            ("very large", &|q| any(q).then(|| large(14).reply()), (Fail, "exceeds-offer")),
            ("SERVFAIL", &|q| any(q).then(|| rcode(2)), (Inconclusive, common::LOWER_LAYER)),
            (
                "SERVFAIL for keys only",
                &|q| key(q).then(|| rcode(2)),
                (Inconclusive, common::LOWER_LAYER),
            ),
            ("our fault", &|q| any(q).then(ours), (Inconclusive, common::OUR_FAULT)),
            (
                "no datagrams",
                &|q| (q.at == NS2[0] && q.over == Udp).then(silence),
                (Inconclusive, common::LOWER_LAYER),
            ),
            (
                "unknown",
                &|q| unknown_server(q, RecordType::AAAA),
                (Inconclusive, common::UNRESOLVED),
            ),
            ("no IPv6", &without_ipv6, (NotApplicable, "no-ipv6-servers")),
            ("a crowd", &crowd, (Inconclusive, common::LIMIT)),
            ("no zone", &nowhere, (Inconclusive, "zone-not-found")),
        ],
    );
}
