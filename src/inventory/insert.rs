//! Services put into an inventory's own text: nothing of what it holds is written anew.

use super::page::{Edit, Page, bare, edited};
use super::source::Span;
use super::tree::NodeId;

/// Services that go into one organisation.
#[derive(Clone, Debug)]
pub(super) struct Insertion {
    /// The organisation's id.
    pub(super) organisation: String,
    /// The keys that a new organisation begins with, `id: …, name: …`; `None` when it is there.
    pub(super) head: Option<String>,
    /// Each service as a flow mapping, maybe with a comment behind it.
    pub(super) services: Vec<String>,
}

impl Insertion {
    /// As a person would write it, with the organisation that it belongs to.
    pub(super) fn by_hand(&self) -> String {
        let mut text = format!("  - id: {}\n    services:\n", self.organisation);
        for service in &self.services {
            text.push_str(&format!("      - {service}\n"));
        }
        text
    }
}

/// Puts services into a text.
///
/// # Errors
/// What about the text doesn't let them in.
pub(super) fn insert(text: &str, insertions: &[&Insertion]) -> Result<String, String> {
    edited(text, |page| page.insertions(insertions))
}

impl Page<'_> {
    fn insertions(&self, insertions: &[&Insertion]) -> Result<Vec<Edit>, String> {
        let organisations =
            self.value(self.tree.root, "organisations").ok_or("it has no `organisations`")?;
        let items = self.items(organisations.1);
        let mut edits = Vec::new();
        let mut new = Vec::new();
        let by_id = self.by_id(&items);
        for insertion in insertions {
            match by_id.get(&*insertion.organisation) {
                Some(organisation) => edits.push(self.to_organisation(*organisation, insertion)?),
                None => new.push(*insertion),
            }
        }
        if !new.is_empty() {
            edits.push(self.new_organisations(organisations, &items, &new)?);
        }
        Ok(edits)
    }

    fn to_organisation(&self, organisation: NodeId, insertion: &Insertion) -> Result<Edit, String> {
        let Some((key, services)) = self.value(organisation, "services") else {
            return Err(format!("`{}` has no `services`", insertion.organisation));
        };
        let items = self.items(services);
        if let Some(edit) = self.to_flow(services, &items, &insertion.services) {
            return Ok(edit);
        }
        let (at, indent) = match items.last() {
            Some(last) => {
                (self.after(*last), self.dash_column(items[0]).ok_or("it is laid out oddly")?)
            }
            // `services:` with nothing behind it.
            None => (self.line_end(key.end as usize), self.column(key) + 2),
        };
        Ok(self.lines(at, &insertion.services, indent))
    }

    fn new_organisations(
        &self,
        (key, list): (Span, NodeId),
        items: &[NodeId],
        new: &[&Insertion],
    ) -> Result<Edit, String> {
        let flow: Vec<String> = new
            .iter()
            .map(|insertion| {
                let services: Vec<_> = insertion.services.iter().map(|s| bare(s)).collect();
                let head = insertion.head.as_deref().unwrap_or_default();
                format!("{{{head}, services: [{}]}}", services.join(", "))
            })
            .collect();
        if let Some(edit) = self.to_flow(list, items, &flow) {
            return Ok(edit);
        }
        let (at, indent) = match items.last() {
            Some(last) => {
                (self.after(*last), self.dash_column(items[0]).ok_or("it is laid out oddly")?)
            }
            None => (self.line_end(key.end as usize), self.column(key) + 2),
        };
        let margin = " ".repeat(indent);
        let mut lines = String::new();
        for insertion in new {
            let head = insertion.head.clone().unwrap_or_default();
            for (at, key) in split_head(&head).into_iter().enumerate() {
                let dash = if at == 0 { "- " } else { "  " };
                lines.push_str(&format!("{margin}{dash}{key}\n"));
            }
            lines.push_str(&format!("{margin}  services:\n"));
            for service in &insertion.services {
                lines.push_str(&format!("{margin}    - {service}\n"));
            }
        }
        Ok(self.whole_lines(at, lines))
    }
}

/// `id: …, name: …, contact: …` as a line for each key. The values in quotes may hold anything.
fn split_head(head: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut rest = head;
    for next in [", name: \"", ", contact: \""] {
        if let Some(at) = rest.find(next) {
            keys.push(&rest[..at]);
            rest = &rest[at + 2..];
        }
    }
    keys.push(rest);
    keys
}
