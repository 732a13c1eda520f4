//! What an inventory could list too: names that were found on the way, under the same organisation's domains.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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

/// The names that no service of the inventory has, each for the organisation that it belongs to: the one with
/// the nearest zone, mail domain or host above it, else the one whose service led there, under a registrable
/// domain of its own. Others are somebody else's.
pub fn suggestions<'a>(
    inventory: &Inventory,
    discovered: impl IntoIterator<Item = (&'a Service, BTreeSet<DiscoveredName>)>,
) -> Vec<Suggestion> {
    let listed: BTreeSet<DiscoveredTarget> =
        inventory.services.iter().flat_map(|service| listed_as(service)).collect();
    let owners = Owners::of(inventory);
    let mut found: BTreeMap<DiscoveredTarget, Suggested> = BTreeMap::new();
    for (service, names) in discovered {
        let leads_from = &*service.id.organisation;
        for DiscoveredName { via, target } in names {
            let owner = owners.owner(target.name(), leads_from);
            let is_listed = listed.contains(&target);
            // A name in the DNS may have any octets; the inventory takes those of hosts alone.
            let host = Host::parse(&target.name().to_string()).ok();
            let is_host = host.is_some_and(|host| host.name() == Some(target.name()));
            if let (Some(owner), false, true) = (owner, is_listed, is_host) {
                // Several organisations may lead to what is nobody's zone; the first one is asked about it.
                let suggested = found.entry(target).or_insert((owner.to_owned(), BTreeSet::new()));
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

/// Which organisation the names of an inventory belong to.
struct Owners<'a> {
    /// By a name that a service has: how much it says of the names below it, and whose it is.
    names: HashMap<Name, (Claim, &'a str)>,
    /// By organisation: the registrable domains of its services.
    domains: HashMap<&'a str, HashSet<String>>,
}

/// How much a service's name says of whose the names below it are, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    Host,
    Mail,
    Zone,
}

impl<'a> Owners<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let mut owners = Self { names: HashMap::new(), domains: HashMap::new() };
        for service in &inventory.services {
            let Some(Host::Name(name)) = service.target.host() else { continue };
            let organisation = &*service.id.organisation;
            let claim = match &service.target {
                Target::Zone(_) => Claim::Zone,
                Target::Mail(_) => Claim::Mail,
                _ => Claim::Host,
            };
            if let Some(domain) = registrable_domain(&name) {
                owners.domains.entry(organisation).or_default().insert(domain.to_owned());
            }
            let known = owners.names.entry(name).or_insert((claim, organisation));
            // Of equals the first in the inventory stays.
            if claim > known.0 {
                *known = (claim, organisation);
            }
        }
        owners
    }

    /// Whose a name is that was found on the way from a service of an organisation.
    fn owner(&self, name: &Name, leads_from: &'a str) -> Option<&'a str> {
        let domain = registrable_domain(name)?;
        let above = std::iter::successors(Some(name.clone()), Name::parent);
        // What several registrants share belongs to nobody.
        let mut within = above.take_while(|above| above.as_str().len() >= domain.len());
        let nearest = within.find_map(|above| self.names.get(&above).copied());
        let is_own = || self.domains.get(leads_from).is_some_and(|own| own.contains(domain));
        nearest.map(|(_, owner)| owner).or_else(|| is_own().then_some(leads_from))
    }
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

    #[test]
    fn a_host_is_its_zones_owners() {
        let text = "version: 1\norganisations:\n  - id: so\n    services:\n      \
            - {id: a, category: portal, web: \"https://so.tinh.gov.vn/\"}\n      \
            - {id: b, category: portal, web: \"https://rieng.gov.vn/\"}\n  - id: tinh\n    services:\n      \
            - {id: z, category: infrastructure, zone: tinh.gov.vn}\n  - id: y-te\n    services:\n      \
            - {id: m, category: internet-service, mail: yte.tinh.gov.vn}\n      \
            - {id: w, category: portal, web: \"https://www.yte.tinh.gov.vn/\"}\n";
        let inventory = crate::inventory::parse(text.as_bytes(), "t.yaml").unwrap().inventory;
        for (host, owner) in [
            // Found by a service of `so`, and whose it is.
            ("img.tinh.gov.vn", Some("tinh")),
            ("tinh.gov.vn", Some("tinh")),
            ("cdn.so.tinh.gov.vn", Some("so")),
            ("hoso.yte.tinh.gov.vn", Some("y-te")),
            ("www.rieng.gov.vn", Some("so")),
            ("khac.gov.vn", None),
            ("gov.vn", None),
        ] {
            let target = DiscoveredTarget::Web(Name::from_presentation(host));
            let seen = BTreeSet::from([DiscoveredName { via: Via::Resource, target }]);
            let found = suggestions(&inventory, [(&*inventory.services[0], seen)]);
            let owners: Vec<_> = found.iter().map(|one| &*one.organisation).collect();
            assert_eq!(owners, owner.into_iter().collect::<Vec<_>>(), "{host}");
        }
    }
}
