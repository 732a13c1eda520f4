//! Which service of one inventory is which of an earlier one, where services were renamed or moved.

use std::collections::{HashMap, HashSet};

use super::RunResult;
use crate::model::{Inventory, Service, ServiceId};

/// How the ids of a later inventory follow from those of an earlier one, by what `formerly` says in the
/// later one. An id of which nothing is said is the same service in both.
///
/// Where the earlier inventory has both the present and a former id of a service, the present one counts:
/// it was there already. An id that another service goes on with belongs to that one, though a new service
/// may have it now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// By the later id: the earlier one; `None` where there was no such service.
    then: HashMap<ServiceId, Option<ServiceId>>,
    /// By the earlier id: the later one; `None` where it went.
    now: HashMap<ServiceId, Option<ServiceId>>,
}

impl Lineage {
    /// How the ids of `later` follow from those of `earlier`.
    pub fn of(later: &Inventory, earlier: &Inventory) -> Self {
        let earlier = earlier.services.iter().map(|service| &service.id);
        Self::of_names(later.services.iter().map(|service| Named::of(service)), earlier)
    }

    /// The same by the ids alone: those of the later inventory with the former ones, and those of the earlier
    /// one.
    pub fn of_names<'a>(
        later: impl Iterator<Item = Named<'a>>,
        earlier: impl Iterator<Item = &'a ServiceId>,
    ) -> Self {
        let later: Vec<Named<'a>> = later.collect();
        let claimants: HashMap<&ServiceId, Named<'a>> = later
            .iter()
            .flat_map(|service| service.formerly.iter().map(move |id| (id, *service)))
            .collect();
        if claimants.is_empty() {
            return Self::default();
        }
        let concerned: Vec<Named<'a>> = later
            .into_iter()
            .filter(|one| !one.formerly.is_empty() || claimants.contains_key(one.id))
            .collect();
        let named: HashSet<&ServiceId> =
            claimants.keys().copied().chain(concerned.iter().map(|one| one.id)).collect();
        let known: HashSet<&ServiceId> = earlier.filter(|id| named.contains(id)).collect();
        let mut resolved: HashMap<&ServiceId, Option<&ServiceId>> = HashMap::new();
        for service in concerned {
            resolve(service, &claimants, &known, &mut resolved);
        }
        let mut lineage = Self::default();
        for (now, then) in resolved {
            if let Some(then) = then {
                lineage.now.insert(then.clone(), Some(now.clone()));
            }
            lineage.then.insert(now.clone(), then.cloned());
        }
        lineage
    }

    /// The same with the earlier and the later inventory in each other's place.
    #[must_use]
    pub fn reversed(self) -> Self {
        let Self { then, now } = self;
        Self { then: now, now: then }
    }

    /// The services whose id the later inventory says something of, with the one that they had.
    pub fn renamed(&self) -> impl Iterator<Item = (&ServiceId, &ServiceId)> {
        let all = self.then.iter().filter_map(|(now, then)| Some((now, then.as_ref()?)));
        all.filter(|(now, then)| now != then)
    }

    /// How the ids of the services of `after` follow from those of `before`, whichever of the two runs was
    /// made first.
    pub fn between(before: &RunResult, after: &RunResult) -> Self {
        if before.run.started_at <= after.run.started_at {
            return Self::of(&after.inventory, &before.inventory);
        }
        Self::of(&before.inventory, &after.inventory).reversed()
    }

    /// The id in the earlier inventory of a service of the later one; `None` when there was no such service.
    pub fn then<'a>(&'a self, now: &'a ServiceId) -> Option<&'a ServiceId> {
        self.then.get(now).map_or(Some(now), Option::as_ref)
    }

    /// The id in the later inventory of a service of the earlier one; `None` when it went.
    pub fn now<'a>(&'a self, then: &'a ServiceId) -> Option<&'a ServiceId> {
        self.now.get(then).map_or(Some(then), Option::as_ref)
    }
}

/// A service's id, and those that it had.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The id.
    pub id: &'a ServiceId,
    /// What the inventory says of its former ids.
    pub formerly: &'a [ServiceId],
}

impl<'a> Named<'a> {
    /// What a service is called.
    pub fn of(service: &'a Service) -> Self {
        Self { id: &service.id, formerly: &service.formerly }
    }
}

/// Finds the earlier id of a service. Whether its present id was its own then depends on the service that
/// goes on with that id, and so on; those are resolved first.
fn resolve<'a>(
    service: Named<'a>,
    claimants: &HashMap<&'a ServiceId, Named<'a>>,
    known: &HashSet<&'a ServiceId>,
    resolved: &mut HashMap<&'a ServiceId, Option<&'a ServiceId>>,
) {
    let mut chain = vec![service];
    let mut at = service;
    // Inventories that are read have no circles; the bound is for those that are not.
    while let Some(claimant) = claimants.get(at.id)
        && !resolved.contains_key(claimant.id)
        && chain.len() <= claimants.len()
    {
        at = *claimant;
        chain.push(at);
    }
    for service in chain.into_iter().rev() {
        let of_claimant = claimants.get(service.id).and_then(|claimant| resolved.get(claimant.id));
        let is_taken = of_claimant.copied().flatten() == Some(service.id);
        let own = Some(service.id).filter(|id| known.contains(id) && !is_taken);
        let former = || service.formerly.iter().find(|id| known.contains(id));
        resolved.insert(service.id, own.or_else(former));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Services of one organisation: `name` or `name<former+former`.
    fn inventory(services: &[&str]) -> Inventory {
        let mut text = "version: 1\norganisations:\n  - id: o\n    services:\n".to_owned();
        for service in services {
            let (id, formerly) = service.split_once('<').unwrap_or((service, ""));
            let formerly: Vec<_> =
                formerly.split('+').filter(|f| !f.is_empty()).map(|f| format!("o/{f}")).collect();
            text += &format!(
                "      - {{id: {id}, category: portal, web: \"https://{id}.example/\", formerly: [{}]}}\n",
                formerly.join(", ")
            );
        }
        let parsed = crate::inventory::parse(text.as_bytes(), "t.yaml");
        parsed.unwrap_or_else(|problems| panic!("{}", problems.render(false))).inventory
    }

    fn id(service: &str) -> ServiceId {
        ServiceId { organisation: "o".into(), service: service.into() }
    }

    #[test]
    fn what_was_renamed_is_followed_both_ways() {
        // The later inventory, the earlier one, and for services of the later one which they were.
        for (later, earlier, expected) in [
            (&["b<a", "c"][..], &["a", "c"][..], &[("b", "a"), ("c", "c")][..]),
            // Twice renamed; the run between knows the middle name.
            (&["c<b+a"], &["a"], &[("c", "a")]),
            (&["c<b+a"], &["b"], &[("c", "b")]),
            (&["c<b+a"], &["c"], &[("c", "c")]),
            // Both were there: each is itself, and what is no longer listed went.
            (&["b<a"], &["a", "b"], &[("b", "b")]),
            // The name was given to something new.
            (&["old<portal", "portal"], &["portal"], &[("old", "portal"), ("portal", "")]),
            (
                &["old<portal", "portal"],
                &["old", "portal"],
                &[("old", "old"), ("portal", "portal")],
            ),
            // A trial took the name over.
            (
                &["old<portal", "portal<trial"],
                &["portal", "trial"],
                &[("old", "portal"), ("portal", "trial")],
            ),
            // All moved up by one.
            (&["a", "b<a", "c<b"], &["a", "b"], &[("a", ""), ("b", "a"), ("c", "b")]),
            (&["a", "b<a", "c<b"], &["a", "b", "c"], &[("a", "a"), ("b", "b"), ("c", "c")]),
        ] {
            let lineage = Lineage::of(&inventory(later), &inventory(earlier));
            for (now, then) in expected {
                let (now, then) = (id(now), Some(id(then)).filter(|id| !id.service.is_empty()));
                assert_eq!(lineage.then(&now), then.as_ref(), "{later:?} {earlier:?} {now}");
                if let Some(then) = then {
                    assert_eq!(lineage.now(&then), Some(&now), "{later:?} {earlier:?} {then}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_renamed_costs_nothing() {
        let same = inventory(&["a", "b"]);
        assert_eq!(Lineage::of(&same, &same), Lineage::default());
        assert_eq!(Lineage::default().then(&id("a")), Some(&id("a")));
        // One of two former ids went on, the other one went.
        let lineage = Lineage::of(&inventory(&["c<a+b"]), &inventory(&["a", "b"]));
        assert_eq!(lineage.now(&id("a")), Some(&id("c")));
        assert_eq!(lineage.now(&id("b")), Some(&id("b")));
    }
}
