//! Services whose addresses are unknown, or that have none.

use hickory_proto::op::ResponseCode;

use crate::check::common;
use crate::check::testing::dns::{answer, message, servfail, unasked};
use crate::check::testing::world::World;
use crate::model::Outcome::Inconclusive;
use crate::model::{Outcome, RecordType};

#[test]
fn without_addresses_there_is_nothing_to_reach() {
    let none = World::new("active").dns("www.example.vn", RecordType::AAAA, &answer(&[]));
    assert_eq!(none.outcome_of("reach-port"), (Outcome::NotApplicable, common::NO_IPV6));
    let unknown = message(ResponseCode::ServFail, &[]);
    let unknown = World::new("active").dns("www.example.vn", RecordType::AAAA, &unknown);
    for id in ["reach-port", "address-global", "tls-trusted", "web-answers"] {
        assert_eq!(unknown.outcome_of(id), (Outcome::Inconclusive, common::UNRESOLVED), "{id}");
    }
}

#[test]
fn addresses_that_could_not_be_looked_up() {
    for (aaaa, expected) in [(servfail(), common::UNRESOLVED), (unasked(), common::OUR_FAULT)] {
        let world = World::new("active").dns("www.example.vn", RecordType::AAAA, &aaaa);
        for id in ["address-global", "address-owned", "address-ipv4-embedded", "dns-ptr"] {
            assert_eq!(world.outcome_of(id), (Inconclusive, expected), "{id}");
        }
    }
}
