//! What an inventory could list too: names that were found on the way, under the same organisation's domains.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::discovered_names::{DiscoveredName, DiscoveredTarget, Via};
use crate::evidence::web::registrable_domain;
use crate::model::{Host, Inventory, Name, Service, ServiceId, Target};

/// A service that the inventory doesn't list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The organisation's id.
    pub organisation: String,
    /// What it would be.
    pub target: Target,
    /// The services on the way to which it was found, and how.
    pub seen_by: BTreeSet<(ServiceId, Via)>,
}

/// The organisation, and the services that led to the target.
type Suggested = (String, BTreeSet<(ServiceId, Via)>);

/// The names that no service of the inventory has, under a registrable domain of a service of the
/// organisation that led to them: others are somebody else's.
pub fn suggestions<'a>(
    inventory: &Inventory,
    discovered: impl IntoIterator<Item = (&'a Service, BTreeSet<DiscoveredName>)>,
) -> Vec<Suggestion> {
    let listed: BTreeSet<DiscoveredTarget> =
        inventory.services.iter().flat_map(|service| listed_as(service)).collect();
    let mut domains: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for service in &inventory.services {
        if let Some(domain) = service.target.host().and_then(|host| domain(host.name()?)) {
            domains.entry(&*service.id.organisation).or_default().insert(domain);
        }
    }
    // Several organisations may lead to the same; the first one is asked about it.
    let mut found: BTreeMap<DiscoveredTarget, Suggested> = BTreeMap::new();
    for (service, names) in discovered {
        let own = domains.get(&*service.id.organisation);
        for DiscoveredName { via, target } in names {
            let is_listed = listed.contains(&target);
            let is_own = own.is_some_and(|own| {
                domain(target.name()).is_some_and(|domain| own.contains(&domain))
            });
            // A name in the DNS may have any octets; the inventory takes those of hosts alone.
            let host = Host::parse(&target.name().to_string()).ok();
            let is_host = host.is_some_and(|host| host.name() == Some(target.name()));
            if is_own && !is_listed && is_host {
                let organisation = service.id.organisation.to_string();
                let suggested = found.entry(target).or_insert((organisation, BTreeSet::new()));
                suggested.1.insert((service.id.clone(), via));
            }
        }
    }
    found
        .into_iter()
        .filter_map(|(target, (organisation, seen_by))| {
            Some(Suggestion { organisation, target: target.target()?, seen_by })
        })
        .collect()
}

/// What a service makes superfluous to suggest.
fn listed_as(service: &Service) -> Option<DiscoveredTarget> {
    let host = || service.target.host()?.name().cloned();
    match &service.target {
        Target::Web(_) => host().map(DiscoveredTarget::Web),
        Target::Zone(apex) => Some(DiscoveredTarget::Zone(apex.clone())),
        Target::Dns(_) => host().map(DiscoveredTarget::NameServer),
        tcp => {
            let exchanger = DiscoveredTarget::MailExchanger(host()?);
            (exchanger.target().as_ref() == Some(tcp)).then_some(exchanger)
        }
    }
}

fn domain(name: &Name) -> Option<String> {
    registrable_domain(name).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_that_are_not_listed_are_suggested() {
        let text = "version: 1\norganisations:\n  - id: o\n    services:\n      \
            - {id: a, category: portal, web: \"https://www.tinh.gov.vn/\"}\n      \
            - {id: z, category: infrastructure, zone: tinh.gov.vn}\n      \
            - {id: n, category: infrastructure, dns: ns1.tinh.gov.vn}\n  - id: p\n    services:\n      \
            - {id: b, category: portal, web: \"https://khac.gov.vn/\"}\n";
        let inventory = crate::inventory::parse(text.as_bytes(), "t.yaml").unwrap().inventory;
        let name = Name::from_presentation;
        let web = |via, host| DiscoveredName { via, target: DiscoveredTarget::Web(name(host)) };
        let zone =
            |apex| DiscoveredName { via: Via::Zone, target: DiscoveredTarget::Zone(name(apex)) };
        let seen = BTreeSet::from([
            web(Via::Redirect, "cong.tinh.gov.vn"),
            web(Via::Resource, "cong.tinh.gov.vn"),
            web(Via::Resource, "www.tinh.gov.vn"),
            web(Via::Resource, "cdn.example.com"),
            web(Via::Certificate, "khac.gov.vn"),
            zone("tinh.gov.vn"),
            zone("con.tinh.gov.vn"),
            DiscoveredName {
                via: Via::NameServer,
                target: DiscoveredTarget::NameServer(name("ns1.tinh.gov.vn")),
            },
            DiscoveredName {
                via: Via::NameServer,
                target: DiscoveredTarget::NameServer(name("ns2.tinh.gov.vn")),
            },
            DiscoveredName {
                via: Via::MailExchanger,
                target: DiscoveredTarget::MailExchanger(name("mx.tinh.gov.vn")),
            },
            DiscoveredName {
                via: Via::MailExchanger,
                target: DiscoveredTarget::MailExchanger(name("\\<b\\>.tinh.gov.vn")),
            },
        ]);
        let found = suggestions(&inventory, [(&*inventory.services[0], seen)]);
        let targets: Vec<_> = found
            .iter()
            .map(|one| (&*one.organisation, one.target.to_string(), one.seen_by.len()))
            .collect();
        assert_eq!(
            targets,
            [
                ("o", "zone:con.tinh.gov.vn".to_owned(), 1),
                ("o", "dns:ns2.tinh.gov.vn:53".to_owned(), 1),
                ("o", "tcp:mx.tinh.gov.vn:25".to_owned(), 1),
                ("o", "https://cong.tinh.gov.vn/".to_owned(), 2),
            ]
        );
    }
}
