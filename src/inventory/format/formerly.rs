//! The key `formerly` of a service: the ids that it had before, and whether they can be told apart.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use crate::inventory::reader::Reader;
use crate::inventory::section::description::Described;
use crate::inventory::section::key::ValueType;
use crate::inventory::source::Span;
use crate::inventory::tree::{Content, NodeId};
use crate::inventory::values::text;
use crate::model::{Lang, Service, ServiceId, Text};

/// An id that a service had, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct FormerId {
    pub(super) id: ServiceId,
    pub(super) span: Span,
}

/// A service that says which id it had.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) by: ServiceId,
    pub(super) former: FormerId,
}

/// One `ORG/SERVICE`, or a list of them.
pub(super) struct Formerly<D> {
    pub(super) field: fn(&mut D) -> &mut Vec<FormerId>,
}

impl<D> ValueType<D> for Formerly<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        let tree = reader.tree;
        let nodes = match &tree.node(node).content {
            Content::Sequence(children) => tree.children(children),
            _ => &[node],
        };
        for node in nodes {
            if let Some(id) = reader.value(*node, format_args!("`{name}`"), text::service_id) {
                (self.field)(draft).push(FormerId { id, span: tree.node(*node).span });
            }
        }
    }
}

impl<D> Described for Formerly<D> {
    fn schema(&self) -> Value {
        let id = json!({
            "type": "string",
            "pattern": "^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$",
        });
        json!({"anyOf": [id.clone(), {"type": "array", "items": id}]})
    }

    fn label(&self, lang: Lang) -> String {
        Text {
            en: "`ORG/SERVICE`, or a list of them",
            vi: "`CƠ-QUAN/DỊCH-VỤ`, hoặc danh sách các mã đó",
        }
        .get(lang)
        .to_owned()
    }
}

/// Reports former ids by which a reader of earlier runs could not tell which service is which. An id that
/// another service has now is none of them, as long as that one is something else: where a run knows both
/// ids, each is itself.
pub(super) fn check<'a>(
    claims: &[Claim],
    services: impl Iterator<Item = &'a Service>,
    reader: &mut Reader<'_, '_>,
) {
    if claims.is_empty() {
        return;
    }
    let named: HashSet<&ServiceId> =
        claims.iter().flat_map(|claim| [&claim.by, &claim.former.id]).collect();
    let present: HashMap<&ServiceId, &Service> = services
        .filter(|service| named.contains(&service.id))
        .map(|service| (&service.id, service))
        .collect();
    let mut claimants: HashMap<&ServiceId, &Claim> = HashMap::new();
    for claim in claims {
        let Claim { by, former: FormerId { id, span } } = claim;
        if by == id {
            let message = format!("`{id}` is this service's own id");
            reader.error(*span, &message, Some("write the id that it had before, or delete it"));
            continue;
        }
        if let Some(first) = claimants.get(id) {
            let place = reader.place_of(first.former.span);
            let message = format!("`{id}` is named by `{}` already", first.by);
            let help = format!("only one service can go on with it; the first is at {place}");
            reader.error(*span, &message, Some(&help));
            continue;
        }
        claimants.insert(id, claim);
        if let (Some(own), Some(other)) = (present.get(by), present.get(id))
            && own.target == other.target
        {
            let message =
                format!("`{id}` is in the inventory too, with the same `{}`", own.target.kind());
            let help = "delete that entry, which this one goes on with, or this `formerly`";
            reader.error(*span, &message, Some(help));
        }
    }
    report_circles(claims, &claimants, reader);
}

/// Services that have each other's former ids may have been exchanged or not: no run tells.
fn report_circles(
    claims: &[Claim],
    claimants: &HashMap<&ServiceId, &Claim>,
    reader: &mut Reader<'_, '_>,
) {
    let mut seen: HashSet<&ServiceId> = HashSet::new();
    for claim in claims {
        let start = &claim.former.id;
        let mut on_the_way = HashSet::new();
        let mut at = start;
        while seen.insert(at) {
            on_the_way.insert(at);
            let Some(next) = claimants.get(at) else { break };
            at = &next.by;
            if on_the_way.contains(at)
                && let Some(closing) = claimants.get(at)
            {
                let message =
                    format!("`{}` and `{at}` lead to each other by their `formerly`", closing.by);
                let help = "runs can't tell which of them was which: give one of them a new id, \
                            and delete its `formerly`";
                reader.error(closing.former.span, &message, Some(help));
            }
        }
    }
}
