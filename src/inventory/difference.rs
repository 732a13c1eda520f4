//! Two inventories side by side: what they say otherwise, and not how they write it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::parse::Parsed;
use super::targets::value;
use super::tree::{Content, NodeId, Tree};
use crate::model::{Organisation, Service};

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueChange {
    /// The key of the inventory; of what stands within others all of them: `settings.timeouts.dns`.
    pub key: String,
    /// What the first one says; `None` when it doesn't say it.
    pub from: Option<String>,
    /// What the second one says.
    pub to: Option<String>,
}

/// What became of an organisation or a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Its id changed; `formerly` in the second says so.
    Renamed,
    /// Something else of it did.
    Changed,
}

impl EntryChange {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Added, Self::Removed, Self::Renamed, Self::Changed];
}

/// An organisation or a service that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryDifference {
    /// What became of it.
    pub change: EntryChange,
    /// Its id in the second, or in the first when only that has it.
    pub id: String,
    /// Its id in the first, where it is another.
    pub formerly: Option<String>,
    /// What it is: the name of an organisation, the target of a service.
    pub shown: String,
    /// What differs of it.
    pub values: Vec<ValueChange>,
}

/// How two inventories differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryDifference {
    /// Outside of organisations and services.
    pub head: Vec<ValueChange>,
    /// In the order of the second, and then what only the first has.
    pub organisations: Vec<EntryDifference>,
    /// In the same order.
    pub services: Vec<EntryDifference>,
}

impl InventoryDifference {
    /// Compares two good inventories, each with its text.
    pub fn of(before: (&Parsed, &str), after: (&Parsed, &str)) -> Self {
        let also = |parsed: &Parsed| {
            let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (id, name) in &parsed.also {
                names.entry(id.to_string()).or_default().push(name.clone());
            }
            names
        };
        let (also_before, also_after) = (also(before.0), also(after.0));
        let (before_inventory, after_inventory) = (&before.0.inventory, &after.0.inventory);
        Self {
            head: head_changes(before.1, after.1),
            organisations: organisations(
                (&before_inventory.organisations, &also_before),
                (&after_inventory.organisations, &also_after),
            ),
            services: services(&before_inventory.services, &after_inventory.services),
        }
    }

    /// Whether they say the same.
    pub fn is_empty(&self) -> bool {
        self.head.is_empty() && self.organisations.is_empty() && self.services.is_empty()
    }
}

type Also = BTreeMap<String, Vec<String>>;

fn organisations(
    (before, also_before): (&[Organisation], &Also),
    (after, also_after): (&[Organisation], &Also),
) -> Vec<EntryDifference> {
    let values = |one: &Organisation, also: &Also| {
        let mut also = also.get(&*one.id).cloned().unwrap_or_default();
        also.sort();
        let also = (!also.is_empty()).then(|| also.join("; "));
        vec![("name", Some(one.name.clone())), ("contact", one.contact.clone()), ("also", also)]
    };
    let known: HashMap<&str, &Organisation> = before.iter().map(|one| (&*one.id, one)).collect();
    let entry = |change, one: &Organisation, values| EntryDifference {
        change,
        id: one.id.to_string(),
        formerly: None,
        shown: one.name.clone(),
        values,
    };
    let mut found = Vec::new();
    for one in after {
        match known.get(&*one.id) {
            None => found.push(entry(EntryChange::Added, one, Vec::new())),
            Some(other) => {
                let changes = value_changes(values(other, also_before), values(one, also_after));
                found.extend(
                    (!changes.is_empty()).then(|| entry(EntryChange::Changed, one, changes)),
                );
            }
        }
    }
    let is_there: HashSet<&str> = after.iter().map(|one| &*one.id).collect();
    let gone = before.iter().filter(|one| !is_there.contains(&*one.id));
    found.extend(gone.map(|one| entry(EntryChange::Removed, one, Vec::new())));
    found
}

fn services(before: &[Arc<Service>], after: &[Arc<Service>]) -> Vec<EntryDifference> {
    let before_by_id: HashMap<String, &Service> =
        before.iter().map(|one| (one.id.to_string(), &**one)).collect();
    let after_ids: HashSet<String> = after.iter().map(|one| one.id.to_string()).collect();
    let mut taken = HashSet::new();
    let mut found = Vec::new();
    for one in after {
        let id = one.id.to_string();
        let formerly = || {
            let mut ids = one.formerly.iter().map(ToString::to_string);
            ids.find(|id| before_by_id.contains_key(id) && !after_ids.contains(id))
        };
        let (other, formerly) = match before_by_id.get(&id) {
            Some(other) => (Some(*other), None),
            None => {
                let formerly = formerly();
                (formerly.as_ref().and_then(|id| before_by_id.get(id).copied()), formerly)
            }
        };
        let shown = one.target.to_string();
        let Some(other) = other else {
            found.push(EntryDifference {
                change: EntryChange::Added,
                id,
                formerly: None,
                shown,
                values: Vec::new(),
            });
            continue;
        };
        let values = value_changes(service_values(other), service_values(one));
        taken.insert(other.id.to_string());
        let change = if formerly.is_some() { EntryChange::Renamed } else { EntryChange::Changed };
        if formerly.is_some() || !values.is_empty() {
            found.push(EntryDifference { change, id, formerly, shown, values });
        }
    }
    for one in before {
        let id = one.id.to_string();
        if !taken.contains(&id) && !after_ids.contains(&id) {
            found.push(EntryDifference {
                change: EntryChange::Removed,
                id,
                formerly: None,
                shown: one.target.to_string(),
                values: Vec::new(),
            });
        }
    }
    found
}

/// What an inventory says of a service, by its keys.
fn service_values(service: &Service) -> Vec<(&'static str, Option<String>)> {
    let list = |items: Vec<String>| (!items.is_empty()).then(|| items.join(", "));
    vec![
        ("name", Some(service.name.clone())),
        ("category", Some(service.category.id().to_owned())),
        ("kind", Some(service.target.kind().to_owned())),
        ("address", Some(value(&service.target))),
        ("tags", list(service.tags.iter().map(ToString::to_string).collect())),
        ("state", Some(service.state.id().to_owned())),
        ("security_level", service.security_level.map(|level| level.to_string())),
        (
            "target",
            service
                .goal
                .as_ref()
                .map(|goal| format!("{{stage: {}, by: {}}}", goal.stage.number(), goal.by)),
        ),
        (
            "exemption",
            service
                .exemption
                .as_ref()
                .map(|one| format!("{{reason: {}, until: {}}}", one.reason, one.until)),
        ),
        ("expect_status", service.expect_status.map(|status| status.to_string())),
        ("geo_dns", service.geo_dns.then(|| "true".to_owned())),
        ("formerly", list(service.formerly.iter().map(ToString::to_string).collect())),
    ]
}

fn value_changes(
    before: Vec<(&'static str, Option<String>)>,
    after: Vec<(&'static str, Option<String>)>,
) -> Vec<ValueChange> {
    let pairs = before.into_iter().zip(after);
    let other = pairs.filter(|((_, from), (_, to))| from != to);
    other.map(|((key, from), (_, to))| ValueChange { key: key.to_owned(), from, to }).collect()
}

/// What differs outside of `organisations`.
fn head_changes(before: &str, after: &str) -> Vec<ValueChange> {
    let (mut before, after) = (head(before), head(after));
    let mut changes = Vec::new();
    for (key, to) in after {
        let from = before.remove(&key);
        if from.as_ref() != Some(&to) {
            changes.push(ValueChange { key, from, to: Some(to) });
        }
    }
    changes.extend(before.into_iter().map(|(key, from)| ValueChange {
        key,
        from: Some(from),
        to: None,
    }));
    changes.sort_by(|one, other| one.key.cmp(&other.key));
    changes
}

/// Keys with their values as text; those of mappings within mappings behind a dot.
fn head(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Ok(Some(tree)) = Tree::parse(text) else { return values };
    let mut open = vec![(String::new(), tree.root)];
    while let Some((path, id)) = open.pop() {
        match &tree.node(id).content {
            Content::Mapping(entries) => {
                for entry in tree.children(entries).chunks_exact(2) {
                    let key = written(&tree, entry[0]);
                    // Organisations are compared by what they mean.
                    if path.is_empty() && key == "organisations" {
                        continue;
                    }
                    let path = if path.is_empty() { key } else { format!("{path}.{key}") };
                    open.push((path, entry[1]));
                }
            }
            _ => drop(values.insert(path, written(&tree, id))),
        }
    }
    values
}

/// A value on one line.
fn written(tree: &Tree<'_>, id: NodeId) -> String {
    // The depth of a tree is bounded.
    match &tree.node(id).content {
        Content::Scalar { text, .. } => text.to_string(),
        Content::Sequence(items) => {
            let items = tree.children(items).iter().map(|item| written(tree, *item));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Content::Mapping(entries) => {
            let entries = tree.children(entries).chunks_exact(2);
            let entries = entries
                .map(|entry| format!("{}: {}", written(tree, entry[0]), written(tree, entry[1])));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::parse;

    fn difference(before: &str, after: &str) -> InventoryDifference {
        let parsed = |text: &str| {
            parse(text.as_bytes(), "t.yaml").unwrap_or_else(|e| panic!("{}", e.render(false)))
        };
        InventoryDifference::of((&parsed(before), before), (&parsed(after), after))
    }

    const BEFORE: &str = "version: 1\ntitle: A\nsettings: {attempts: 2, timeouts: {dns: 3s}}\norganisations:\n  - id: a\n    \
        name: A\n    services:\n      - {id: s, category: portal, web: \"https://a.example\", tags: [x]}\n      \
        - {id: old, category: portal, web: \"https://o.example/\"}\n      - {id: gone, category: portal, mail: g.example}\n";

    #[test]
    fn writing_is_no_difference() {
        let other = "# Remark.\norganisations:\n- services: [{web: \"https://a.example/\", id: s, category: portal, tags: [x]},\n    \
            {id: old, category: portal, web: https://o.example/}, {id: gone, category: portal, mail: G.example}]\n  name: 'A'\n  \
            id: a\nversion: 1\ntitle: \"A\"\nsettings:\n  timeouts:\n    dns: 3s\n  attempts: 2\n";
        assert!(difference(BEFORE, other).is_empty(), "{:?}", difference(BEFORE, other));
    }

    #[test]
    fn what_differs() {
        let after = "version: 1\ntitle: B\nlang: vi\nsettings: {timeouts: {dns: 5s}}\norganisations:\n  - {id: a, name: AA, \
            services: [{id: s, category: portal, web: \"https://a.example/x\", state: retired}, {id: new, category: portal, \
            web: \"https://o.example/\", formerly: a/old}]}\n  - {id: b, services: [{id: t, category: portal, zone: t.example}]}\n";
        let found = difference(BEFORE, after);
        let change = |change: &ValueChange| {
            let (from, to) =
                (change.from.as_deref().unwrap_or("-"), change.to.as_deref().unwrap_or("-"));
            format!("{}: {from} → {to}", change.key)
        };
        let entry = |one: &EntryDifference| {
            let values: Vec<_> = one.values.iter().map(change).collect();
            format!("{:?} {} {:?} {}", one.change, one.id, one.formerly, values.join(", "))
        };
        let head: Vec<_> = found.head.iter().map(change).collect();
        assert_eq!(
            head,
            [
                "lang: - → vi",
                "settings.attempts: 2 → -",
                "settings.timeouts.dns: 3s → 5s",
                "title: A → B"
            ]
        );
        let organisations: Vec<_> = found.organisations.iter().map(entry).collect();
        assert_eq!(organisations, ["Changed a None name: A → AA", "Added b None "]);
        let services: Vec<_> = found.services.iter().map(entry).collect();
        assert_eq!(
            services,
            [
                "Changed a/s None address: https://a.example/ → https://a.example/x, tags: x → -, state: active → retired",
                "Renamed a/new Some(\"a/old\") name: old → new, formerly: - → a/old",
                "Added b/t None ",
                "Removed a/gone None ",
            ]
        );
    }
}
