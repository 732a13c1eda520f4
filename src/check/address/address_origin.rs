//! Are the addresses announced by the declared AS, and does the RPKI agree?

use std::net::IpAddr;

use super::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::reach::{self, RouteOrigin};
use crate::model::{
    Detail, Family, ObservationId, Outcome, Severity, Subject, SubjectName, Validity, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "address-origin",
    sources: &["RFC 6811 §2", "RFC 7115"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("as-declared"),
        Reason::pass("none-declared"),
        Reason::fail("rpki-invalid"),
        Reason::fail("another-as"),
        Reason::inconclusive("not-in-table"),
        Reason::not_applicable("no-origin-data"),
    ],
    doc: Doc::new(include_str!("address_origin.en.md"), include_str!("address_origin.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    if !context.view.settings.has_origin_data {
        return Err(Verdict::not_applicable("no-origin-data"));
    }
    let found = addresses(context, Family::Ipv6)?;
    let mut cite = Vec::new();
    let subjects: Vec<Subject> =
        found.into_iter().map(|address| subject(context, address, &mut cite)).collect();
    let passing = subjects.iter().find(|subject| subject.outcome == Outcome::Pass);
    let pass = passing.map_or("as-declared", |subject| subject.reason);
    Ok(Verdict::worst_of(subjects, pass, common::NO_IPV6).citing(cite))
}

fn subject(context: &CheckContext<'_>, address: IpAddr, cite: &mut Vec<ObservationId>) -> Subject {
    let origin = reach::route_origin(&context.view, address);
    cite.extend(origin.iter().flat_map(|origin| origin.observations.iter().copied()));
    let (outcome, reason, detail) = match origin {
        Some(origin) => outcome_of_origin(context, address, &origin),
        None => (Outcome::NotApplicable, "no-origin-data", Vec::new()),
    };
    Subject { name: SubjectName::Address(address), outcome, reason, detail }
}

fn outcome_of_origin(
    context: &CheckContext<'_>,
    address: IpAddr,
    origin: &RouteOrigin<'_>,
) -> (Outcome, &'static str, Vec<Detail>) {
    let routes = origin.found.map(|found| (found, found.routes.first()));
    let Some((found, Some(first))) = routes else {
        let reason = origin.gap().map_or("not-in-table", common::reason_of);
        return (Outcome::Inconclusive, reason, Vec::new());
    };
    let mut detail = vec![("prefix", first.prefix.to_string())];
    for route in &found.routes {
        detail.push(("origin", format!("AS{}", route.asn)));
        if let Some(validity) = found.validity(route) {
            let word = match validity {
                Validity::Valid => "valid",
                Validity::Invalid => "invalid",
                Validity::NotFound => "not-found",
            };
            detail.push(("rpki", word.to_owned()));
        }
    }
    let is_invalid = |route| found.validity(route) == Some(Validity::Invalid);
    if found.routes.iter().any(is_invalid) {
        return (Outcome::Fail, "rpki-invalid", detail);
    }
    let declared = context.view.networks.owner(address).and_then(|network| network.asn);
    match declared {
        Some(asn) if found.routes.iter().any(|route| route.asn != asn) => {
            detail.push(("declared", format!("AS{asn}")));
            (Outcome::Fail, "another-as", detail)
        }
        // RPKI is the other half, and our own validator did not answer.
        _ if found.validator_failed.is_some() => {
            detail.extend(found.validator_failed.iter().map(|why| ("validator", why.clone())));
            (Outcome::Inconclusive, common::OUR_FAULT, detail)
        }
        None => (Outcome::Pass, "none-declared", detail),
        Some(_) => (Outcome::Pass, "as-declared", detail),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use std::net::IpAddr;

    use crate::check::common;
    use crate::check::testing::world::World;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{Networks, OriginTable, Origins};

    pub(in crate::check) const CASES: &[fn()] =
        &[origins_against_what_is_declared, without_tables_nothing_is_said];

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
        world.inventory.networks = Networks::new(networks.collect());
        world
    }

    #[test]
    fn origins_against_what_is_declared() {
        const ROA: &str =
            r#"{"roas": [{"asn": 64500, "prefix": "2001:db8::/32", "maxLength": 40}]}"#;
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
            assert_eq!(
                world.outcome_of("address-origin"),
                expected,
                "{routes} {payloads:?} {asn:?}"
            );
        }
    }

    #[test]
    fn without_tables_nothing_is_said() {
        let world = declared(Some(64500)).published();
        assert_eq!(world.outcome_of("address-origin"), (NotApplicable, "no-origin-data"));
        let mut configured = world;
        configured.inventory.settings.has_origin_data = true;
        assert_eq!(configured.outcome_of("address-origin"), (Inconclusive, common::NOT_OBSERVED));
        // The routes are known, and our validator gave no answer about them.
        let found = |routes: &str| {
            let address: IpAddr = "2001:db8::1".parse().unwrap();
            let found = OriginTable::parse(routes, None).unwrap().find(address);
            let found = Origins { validator_failed: Some("no answer in time".to_owned()), ..found };
            let mut world = declared(Some(64500)).published();
            world.inventory.settings.has_origin_data = true;
            world.looked_up(address, Some(found)).outcome_of("address-origin")
        };
        assert_eq!(found("2001:db8::/32 64500"), (Inconclusive, common::OUR_FAULT));
        assert_eq!(found("2001:db8::/32 64501"), (Fail, "another-as"));
        let gone = configured.looked_up("2001:db8::1".parse().unwrap(), None);
        assert_eq!(gone.outcome_of("address-origin"), (Inconclusive, common::OUR_FAULT));
    }
}
