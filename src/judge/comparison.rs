//! Two runs side by side, judged by one set of rules: what changed in the services, and apart from
//! that what changed in the inventory and in the rules that each run was first judged by.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::{Change, Lineage, RunResult, ServiceChange, changes};
use crate::model::{Goal, Inventory, Network, Service, ServiceId, Settings, Stage, Target};
use crate::policy::Policy;

/// A comparison. Both results were judged under `after.policy` by the checks of this program.
pub struct Comparison {
    /// The earlier run.
    pub before: RunResult,
    /// The later run.
    pub after: RunResult,
    /// Every service of both.
    pub services: Vec<ServiceChange>,
    /// What was declared otherwise.
    pub inventory: InventoryChanges,
    /// How the rules that the runs were made under differ.
    pub rules: Vec<RuleChange>,
}

/// What two inventories declare differently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryChanges {
    /// Services that came.
    pub added: Vec<ServiceId>,
    /// Services that went.
    pub removed: Vec<ServiceId>,
    /// Services that are declared otherwise, with the keys that differ.
    pub changed: Vec<(ServiceId, Vec<KeyChange>)>,
    /// Address ranges that were declared, went, or are declared otherwise.
    pub networks: Vec<KeyChange>,
    /// Settings of asking that differ, by their keys: they can change what is seen.
    pub settings: Vec<String>,
}

impl InventoryChanges {
    /// Whether both declare the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A key of the inventory with another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// The key as the inventory writes it; for an address range its prefix.
    pub key: String,
    /// What it was, empty where it was absent. The operator's text.
    pub before: String,
    /// What it is, empty where it is absent. The operator's text.
    pub after: String,
}

/// A difference between the rules that two runs were made under. The comparison itself is free of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleChange {
    /// Another version of this program.
    Program {
        /// Then.
        before: String,
        /// Now.
        after: String,
    },
    /// Another policy, by name.
    Policy {
        /// Then.
        before: String,
        /// Now.
        after: String,
    },
    /// A check that gates a stage and didn't, or no longer does.
    Gate {
        /// The kinds of services that it holds for, as the inventory names them.
        kinds: Vec<&'static str>,
        /// The stage.
        stage: Stage,
        /// The check.
        check: String,
        /// Whether it gates the stage now.
        gates: bool,
    },
    /// Another severity: of a check, or of one of its reasons (`check/reason`).
    Severity {
        /// Of what.
        of: String,
        /// Then; `None` = the catalogue's.
        before: Option<&'static str>,
        /// Now; `None` = the catalogue's.
        after: Option<&'static str>,
    },
    /// Another target for services that name none of their own.
    Goal {
        /// Then.
        before: Option<Goal>,
        /// Now.
        after: Option<Goal>,
    },
}

/// The policies by which two runs were first judged.
pub struct MadeUnder<'a> {
    /// The earlier run's.
    pub before: &'a Policy,
    /// The later run's.
    pub after: &'a Policy,
}

impl Comparison {
    /// Compares two runs that were judged by the same rules. A service that one of them did not
    /// scan, though its inventory has it, is left out: it neither came nor went.
    pub fn of(mut before: RunResult, mut after: RunResult, made_under: &MadeUnder<'_>) -> Self {
        let (left_out_before, left_out_after) = (not_scanned(&before), not_scanned(&after));
        let lineage = Lineage::between(&before, &after);
        let is_in = |id: Option<&ServiceId>, all: &HashSet<ServiceId>| {
            id.is_some_and(|id| all.contains(id))
        };
        before.services.retain(|one| !is_in(lineage.now(&one.service.id), &left_out_after));
        after.services.retain(|one| !is_in(lineage.then(&one.service.id), &left_out_before));
        let mut rules = Vec::new();
        let versions = [&before.run.version, &after.run.version];
        if versions[0] != versions[1] {
            let [before, after] = versions.map(String::clone);
            rules.push(RuleChange::Program { before, after });
        }
        rules.extend(policy_changes(made_under.before, made_under.after));
        Self {
            services: changes(&before, &after),
            inventory: inventory_changes(&before.inventory, &after.inventory, &lineage),
            rules,
            before,
            after,
        }
    }

    /// The services whose stage, or whose checks alone, moved in this direction: each under its
    /// stage's direction where that moved, else under the gravest of its checks'.
    pub fn moved(&self, change: Change) -> impl Iterator<Item = &ServiceChange> {
        self.services.iter().filter(move |service| direction(service) == change)
    }

    /// Whether anything is worse than it was, or no longer known.
    pub fn is_worse(&self) -> bool {
        self.services.iter().any(ServiceChange::is_worse)
    }
}

/// The services of a run's inventory that it did not scan (`scan --only`).
fn not_scanned(result: &RunResult) -> HashSet<ServiceId> {
    let scanned: HashSet<&ServiceId> = result.services.iter().map(|r| &r.service.id).collect();
    let all = result.inventory.services.iter().map(|service| &service.id);
    all.filter(|id| !scanned.contains(id)).cloned().collect()
}

/// The direction under which a service is listed.
pub fn direction(service: &ServiceChange) -> Change {
    match service.change {
        Change::Same => {
            service.checks.iter().map(|check| check.change).min().unwrap_or(Change::Same)
        }
        change => change,
    }
}

fn inventory_changes(before: &Inventory, after: &Inventory, lineage: &Lineage) -> InventoryChanges {
    let earlier: HashMap<&ServiceId, &Service> =
        before.services.iter().map(|service| (&service.id, &**service)).collect();
    let later: HashSet<&ServiceId> = after.services.iter().map(|service| &service.id).collect();
    let was = |now: &Service| lineage.then(&now.id).and_then(|id| earlier.get(id)).copied();
    let is_there = |then: &Service| lineage.now(&then.id).is_some_and(|id| later.contains(id));
    let ids = |services: &[Arc<Service>], are_new: &dyn Fn(&Service) -> bool| {
        let ids = services.iter().filter(|service| are_new(service));
        ids.map(|service| service.id.clone()).collect()
    };
    let changed = after.services.iter().filter_map(|service| {
        let keys = key_changes(was(service)?, service);
        (!keys.is_empty()).then(|| (service.id.clone(), keys))
    });
    InventoryChanges {
        added: ids(&after.services, &|service| was(service).is_none()),
        removed: ids(&before.services, &|service| !is_there(service)),
        changed: changed.collect(),
        networks: network_changes(before, after),
        settings: setting_changes(&before.settings, &after.settings),
    }
}

fn key_changes(before: &Service, after: &Service) -> Vec<KeyChange> {
    let goal = |service: &Service| service.goal.as_ref().map(goal_text).unwrap_or_default();
    let exemption = |service: &Service| {
        let exemption = service.exemption.as_ref();
        exemption.map(|e| format!("{} – {}", e.until, e.reason)).unwrap_or_default()
    };
    let number = |number: Option<u16>| number.map(|n| n.to_string()).unwrap_or_default();
    let value = |service: &Service| -> [(&'static str, String); 11] {
        [
            ("id", service.id.to_string()),
            ("name", service.name.clone()),
            ("category", service.category.id().to_owned()),
            ("tags", service.tags.join(", ")),
            (after.target.kind(), service.target.to_string()),
            ("state", service.state.id().to_owned()),
            ("security_level", number(service.security_level.map(u16::from))),
            ("target", goal(service)),
            ("exemption", exemption(service)),
            ("expect_status", number(service.expect_status)),
            ("geo_dns", service.geo_dns.to_string()),
        ]
    };
    differing(value(before), value(after))
}

fn differing<K: Into<String> + PartialEq>(
    before: impl IntoIterator<Item = (K, String)>,
    after: impl IntoIterator<Item = (K, String)>,
) -> Vec<KeyChange> {
    let pairs = before.into_iter().zip(after);
    pairs
        .filter(|((_, before), (_, after))| before != after)
        .map(|((_, before), (key, after))| KeyChange { key: key.into(), before, after })
        .collect()
}

/// A target as text.
pub fn goal_text(goal: &Goal) -> String {
    format!("{} – {}", goal.stage.number(), goal.by)
}

fn network_changes(before: &Inventory, after: &Inventory) -> Vec<KeyChange> {
    let text = |network: &Network| {
        let mut text = network.name.clone();
        if let Some(asn) = network.asn {
            text.push_str(&format!(", AS{asn}"));
        }
        for (is_so, word) in [(network.internal, ", internal"), (network.testbed, ", testbed")] {
            text.push_str(if is_so { word } else { "" });
        }
        text
    };
    let by_prefix = |inventory: &Inventory| -> BTreeMap<String, String> {
        inventory.networks.iter().map(|n| (n.prefix.to_string(), text(n))).collect()
    };
    let (earlier, later) = (by_prefix(before), by_prefix(after));
    let prefixes: BTreeSet<&String> = earlier.keys().chain(later.keys()).collect();
    let of = |networks: &BTreeMap<String, String>| -> Vec<(String, String)> {
        prefixes
            .iter()
            .map(|prefix| ((*prefix).clone(), networks.get(*prefix).cloned().unwrap_or_default()))
            .collect()
    };
    differing(of(&earlier), of(&later))
}

/// The keys of settings that differ. Their values can be long, and secret in no case.
fn setting_changes(before: &Settings, after: &Settings) -> Vec<String> {
    let map = |settings: &Settings| serde_json::to_value(settings).unwrap_or_default();
    let (before, after) = (map(before), map(after));
    let keys = after.as_object().into_iter().flat_map(|after| after.keys());
    keys.filter(|key| before.get(key.as_str()) != after.get(key.as_str())).cloned().collect()
}

fn policy_changes(before: &Policy, after: &Policy) -> Vec<RuleChange> {
    let mut changes = Vec::new();
    if before.sha256 == after.sha256 {
        return changes;
    }
    if before.name != after.name {
        changes.push(RuleChange::Policy { before: before.name.clone(), after: after.name.clone() });
    }
    let mut gates: BTreeMap<(u8, String, bool), Vec<&'static str>> = BTreeMap::new();
    for kind in Target::KINDS {
        for stage in Stage::ALL {
            let of = |policy: &Policy| -> BTreeSet<String> {
                policy.gates_of(kind, stage).unwrap_or_default().iter().cloned().collect()
            };
            let (earlier, later) = (of(before), of(after));
            for check in earlier.symmetric_difference(&later) {
                let key = (stage.number(), check.clone(), later.contains(check));
                gates.entry(key).or_default().push(kind);
            }
        }
    }
    let stage_of = |number: u8| Stage::ALL.into_iter().find(|stage| stage.number() == number);
    changes.extend(gates.into_iter().filter_map(|((stage, check, gates), kinds)| {
        Some(RuleChange::Gate { kinds, stage: stage_of(stage)?, check, gates })
    }));
    let keys: BTreeSet<&str> = before.severities().chain(after.severities()).map(|s| s.0).collect();
    for of in keys {
        let severity = |policy: &Policy| {
            policy.severities().find(|(key, _)| *key == of).map(|(_, severity)| severity.id())
        };
        let (before, after) = (severity(before), severity(after));
        if before != after {
            changes.push(RuleChange::Severity { of: of.to_owned(), before, after });
        }
    }
    if before.goal() != after.goal() {
        let (before, after) = (before.goal().cloned(), after.goal().cloned());
        changes.push(RuleChange::Goal { before, after });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::built_in;

    fn inventory(services: &str) -> Inventory {
        let text = format!(
            "version: 1\nnetworks: [{{prefix: \"2001:db8::/32\", name: A}}]\norganisations:\n  \
             - id: o\n    services:\n{services}"
        );
        crate::inventory::parse(text.as_bytes(), "t.yaml").unwrap().inventory
    }

    #[test]
    fn inventories_are_compared_key_by_key() {
        let before = inventory(
            "      - {id: a, category: portal, web: \"https://a.example.vn/\"}\n      \
             - {id: b, category: portal, web: \"https://b.example.vn/\"}\n",
        );
        let mut after = inventory(
            "      - {id: a, category: portal, mail: a.example.vn, state: retired}\n      \
             - {id: c, category: portal, web: \"https://c.example.vn/\"}\n",
        );
        after.settings.attempts = 9;
        let changes = inventory_changes(&before, &after, &Lineage::of(&after, &before));
        let names = |ids: &[ServiceId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&changes.added), ["o/c"]);
        assert_eq!(names(&changes.removed), ["o/b"]);
        assert_eq!(changes.settings, ["attempts"]);
        assert!(changes.networks.is_empty());
        let (id, keys) = &changes.changed[0];
        assert_eq!(id.to_string(), "o/a");
        let keys: Vec<_> = keys.iter().map(|key| (&*key.key, &*key.before, &*key.after)).collect();
        assert_eq!(
            keys,
            [
                ("mail", "https://a.example.vn/", "mail:a.example.vn"),
                ("state", "active", "retired")
            ]
        );
        assert!(inventory_changes(&before, &before, &Lineage::default()).is_empty());
        // What was renamed neither came nor went.
        let renamed = inventory(
            "      - {id: z, formerly: o/a, category: portal, web: \"https://a.example.vn/\"}\n      \
             - {id: b, category: portal, web: \"https://b.example.vn/\"}\n",
        );
        let changes = inventory_changes(&before, &renamed, &Lineage::of(&renamed, &before));
        assert_eq!((changes.added.len(), changes.removed.len()), (0, 0));
        let [(id, keys)] = &changes.changed[..] else { panic!("{changes:?}") };
        assert_eq!((id.to_string(), &*keys[0].key, &*keys[0].before), ("o/z".into(), "id", "o/a"));
    }

    #[test]
    fn policies_are_compared_gate_by_gate() {
        let policy =
            |name: &str| Policy::parse(name, built_in(name).unwrap(), |_, _| true).unwrap();
        let (before, after) = (policy("ipv6-for-gov"), policy("ipv6-only"));
        assert_eq!(policy_changes(&before, &before), []);
        let changes = policy_changes(&before, &after);
        let has = |wanted: &dyn Fn(&RuleChange) -> bool| changes.iter().any(wanted);
        assert!(has(
            &|change| matches!(change, RuleChange::Policy { after, .. } if after == "ipv6-only")
        ));
        assert!(has(&|change| matches!(
            change,
            RuleChange::Gate { kinds, check, gates: true, stage: Stage::AtParity }
                if kinds == &["web"] && check == "web-https"
        )));
        assert!(has(&|change| matches!(
            change,
            RuleChange::Severity { of, before: None, after: Some("error") } if of == "web-https"
        )));
        assert!(has(&|change| matches!(change, RuleChange::Goal { .. })));
    }
}
