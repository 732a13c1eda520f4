//! The DNS checks.

use super::*;

#[test]
fn a_failed_look_up_is_not_no_aaaa() {
    use Outcome::{Fail, Inconclusive, Pass};
    let www = "www.example.vn.";
    for (reply, expected) in [
        (answer(&[address("2001:db8::1")]), (Pass, "published")),
        (answer(&[]), (Fail, "no-data")),
        (message(ResponseCode::NXDomain, &[]), (Fail, "nxdomain")),
        (answer(&[alias(www, "a.example."), alias("a.example.", www)]), (Fail, "chain-looped")),
        (message(ResponseCode::ServFail, &[]), (Inconclusive, "servfail")),
        (message(ResponseCode::Refused, &[]), (Inconclusive, "refused")),
        (message(ResponseCode::NotImp, &[]), (Inconclusive, "other-rcode")),
        (Reply::Dns(DnsMessage::new(Blob::new(vec![1, 2, 3]))), (Inconclusive, "malformed")),
        (Reply::DnsFailed(NetFailure::TimedOut), (Inconclusive, "no-answer")),
        (Reply::DnsFailed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
    ] {
        let world = World::new("active").dns("www.example.vn", RecordType::AAAA, &reply);
        assert_eq!(world.says("dns-aaaa"), expected, "{reply:?}");
    }
    let nothing = World::new("active");
    assert_eq!(nothing.says("dns-aaaa"), (Inconclusive, common::NOT_OBSERVED));
    let retired = World::new("retired");
    assert_eq!(retired.says("dns-aaaa"), (Outcome::NotApplicable, common::RETIRED));
}
