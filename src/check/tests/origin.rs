//! Who announces the addresses.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::*;
use crate::model::{OriginQuestion, OriginTable, Origins};

/// The service's address as the tables have it; the network declares `asn`.
fn announced(routes: &str, payloads: Option<&str>, asn: Option<u32>) -> World {
    let table = OriginTable::parse(routes, payloads).unwrap();
    let address: IpAddr = "2001:db8::1".parse().unwrap();
    let mut world = declared(asn).published();
    world.inventory.settings.has_origin_data = true;
    world.looked_up(address, Some(table.find(address)))
}

fn declared(asn: Option<u32>) -> World {
    let mut world = World::new("active");
    let networks = world.inventory.networks.iter().cloned().map(|mut network| {
        network.asn = asn;
        network
    });
    world.inventory.networks = crate::model::Networks::new(networks.collect());
    world
}

impl World {
    pub(super) fn looked_up(mut self, address: IpAddr, found: Option<Origins>) -> Self {
        let question = Question::Origin(OriginQuestion { address });
        self.seen(question, 1, Reply::Origin(found));
        self
    }
}

#[test]
pub(super) fn origins_against_what_is_declared() {
    const ROA: &str = r#"{"roas": [{"asn": 64500, "prefix": "2001:db8::/32", "maxLength": 40}]}"#;
    for (routes, payloads, asn, expected) in [
        ("2001:db8::/32 64500", None, Some(64500), (Pass, "as-declared")),
        ("2001:db8::/32 64500", Some(ROA), Some(64500), (Pass, "as-declared")),
        ("2001:db8::/32 64500", None, None, (Pass, "none-declared")),
        ("2001:db8::/32 64501", None, Some(64500), (Fail, "another-as")),
        ("2001:db8:: 32 64500_64501", None, Some(64500), (Fail, "another-as")),
        ("2001:db8::/32 64501", Some(ROA), Some(64501), (Fail, "rpki-invalid")),
        ("2001:db8::/48 64500", Some(ROA), Some(64500), (Fail, "rpki-invalid")),
        ("192.0.2.0/24 64500", Some(ROA), Some(64500), (Inconclusive, "not-in-table")),
    ] {
        let world = announced(routes, payloads, asn);
        assert_eq!(world.says("address-origin"), expected, "{routes} {payloads:?} {asn:?}");
    }
}

#[test]
pub(super) fn without_tables_nothing_is_said() {
    let world = declared(Some(64500)).published();
    assert_eq!(world.says("address-origin"), (NotApplicable, "no-origin-data"));
    let mut configured = world;
    configured.inventory.settings.has_origin_data = true;
    assert_eq!(configured.says("address-origin"), (Inconclusive, common::NOT_OBSERVED));
    // The routes are known, and our validator was silent on what RPKI says of them.
    let found = |routes: &str| {
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        let found = OriginTable::parse(routes, None).unwrap().find(address);
        let found = Origins { validator_failed: Some("no answer in time".to_owned()), ..found };
        let mut world = declared(Some(64500)).published();
        world.inventory.settings.has_origin_data = true;
        world.looked_up(address, Some(found)).says("address-origin")
    };
    assert_eq!(found("2001:db8::/32 64500"), (Inconclusive, common::OUR_FAULT));
    assert_eq!(found("2001:db8::/32 64501"), (Fail, "another-as"));
    let gone = configured.looked_up("2001:db8::1".parse().unwrap(), None);
    assert_eq!(gone.says("address-origin"), (Inconclusive, common::OUR_FAULT));
}
