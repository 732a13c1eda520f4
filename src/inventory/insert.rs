//! Services put into an inventory's own text: nothing of what it holds is written anew.

use std::collections::HashMap;

use super::source::Span;
use super::tree::{Content, NodeId, Tree};

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

/// A text to put in at an octet of another.
struct Edit {
    at: usize,
    text: String,
}

/// Puts services into a text.
///
/// # Errors
/// What about the text doesn't let them in.
pub(super) fn insert(text: &str, insertions: &[Insertion]) -> Result<String, String> {
    let stripped = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bom = &text[..text.len() - stripped.len()];
    let tree = match Tree::parse(stripped) {
        Ok(Some(tree)) => tree,
        Ok(None) => return Err("it is empty".into()),
        Err(error) => return Err(error.message),
    };
    let page = Page { text: stripped, tree: &tree };
    let mut edits = page.edits(insertions)?;
    edits.sort_by_key(|edit| edit.at);
    let newline = if stripped.contains("\r\n") { "\r\n" } else { "\n" };
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut merged = String::with_capacity(text.len() + added);
    let mut copied = 0;
    for edit in &edits {
        merged.push_str(&stripped[copied..edit.at]);
        merged.push_str(&edit.text.replace('\n', newline));
        copied = edit.at;
    }
    merged.push_str(&stripped[copied..]);
    Ok(format!("{bom}{merged}"))
}

struct Page<'a> {
    text: &'a str,
    tree: &'a Tree<'a>,
}

impl Page<'_> {
    fn edits(&self, insertions: &[Insertion]) -> Result<Vec<Edit>, String> {
        let organisations =
            self.value(self.tree.root, "organisations").ok_or("it has no `organisations`")?;
        let items = self.items(organisations.1);
        let mut edits = Vec::new();
        let mut new = Vec::new();
        let mut by_id: HashMap<&str, NodeId> = HashMap::new();
        for item in &items {
            if let Some((_, id)) = self.value(*item, "id")
                && let Content::Scalar { text, .. } = &self.tree.node(id).content
            {
                by_id.entry(text).or_insert(*item);
            }
        }
        for insertion in insertions {
            match by_id.get(&*insertion.organisation) {
                Some(organisation) => edits.push(self.to_organisation(*organisation, insertion)?),
                None => new.push(insertion),
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

    /// Into a list in brackets, behind its last item; `None` when it has none.
    fn to_flow(&self, list: NodeId, items: &[NodeId], new: &[String]) -> Option<Edit> {
        let span = self.tree.node(list).span;
        if !self.text[span.start as usize..].starts_with('[') {
            return None;
        }
        let new: Vec<_> = new.iter().map(|item| bare(item)).collect();
        let new = new.join(", ");
        Some(match items.last() {
            Some(last) => Edit { at: self.end(*last), text: format!(", {new}") },
            None => Edit { at: span.start as usize + 1, text: new },
        })
    }

    fn lines(&self, at: usize, items: &[String], indent: usize) -> Edit {
        let margin = " ".repeat(indent);
        let lines = items.iter().map(|item| format!("{margin}- {item}\n")).collect();
        self.whole_lines(at, lines)
    }

    /// Lines at the beginning of one; the text before may lack its line's end.
    fn whole_lines(&self, at: usize, lines: String) -> Edit {
        let is_fresh = at == 0 || self.text[..at].ends_with('\n');
        if is_fresh {
            Edit { at, text: lines }
        } else {
            Edit { at, text: format!("\n{}", lines.trim_end_matches('\n')) }
        }
    }

    /// The beginning of the line after a node, the comment behind it included.
    fn after(&self, node: NodeId) -> usize {
        self.line_end(self.end(node))
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |line| at + line + 1)
    }

    /// Where a node's own text ends. A collection's span is that of its beginning only.
    fn end(&self, node: NodeId) -> usize {
        let Span { start, end } = self.tree.node(node).span;
        let open = match &self.tree.node(node).content {
            Content::Sequence(_) => '[',
            Content::Mapping(_) => '{',
            Content::Scalar { .. } => {
                let text = &self.text[start as usize..end as usize];
                return start as usize + text.trim_end().len();
            }
        };
        let inner = self.items(node).last().map(|last| self.end(*last));
        match self.text[start as usize..].starts_with(open) {
            true => self.closed(inner.unwrap_or(start as usize + 1)),
            false => inner.unwrap_or(end as usize),
        }
    }

    /// The end of the bracket that closes a collection whose last part ends at `at`.
    fn closed(&self, at: usize) -> usize {
        let mut in_comment = false;
        for (offset, character) in self.text[at..].char_indices() {
            match character {
                '\n' => in_comment = false,
                '#' => in_comment = true,
                ']' | '}' if !in_comment => return at + offset + 1,
                _ => {}
            }
        }
        self.text.len()
    }

    /// The items of a sequence, or the keys and values of a mapping.
    fn items(&self, node: NodeId) -> Vec<NodeId> {
        match &self.tree.node(node).content {
            Content::Sequence(children) | Content::Mapping(children) => {
                self.tree.children(children).to_vec()
            }
            Content::Scalar { .. } => Vec::new(),
        }
    }

    /// A key's span and value.
    fn value(&self, mapping: NodeId, key: &str) -> Option<(Span, NodeId)> {
        let Content::Mapping(children) = &self.tree.node(mapping).content else { return None };
        self.tree.children(children).chunks_exact(2).find_map(|pair| {
            let &[name, value] = pair else { return None };
            self.is(name, key).then(|| (self.tree.node(name).span, value))
        })
    }

    fn is(&self, node: NodeId, wanted: &str) -> bool {
        matches!(&self.tree.node(node).content, Content::Scalar { text, .. } if text == wanted)
    }

    /// The column of the `-` before an item, when there are only spaces before it.
    fn dash_column(&self, item: NodeId) -> Option<usize> {
        let start = self.tree.node(item).span.start as usize;
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let dash = self.text[line..start].find('-')?;
        self.text[line..line + dash].bytes().all(|octet| octet == b' ').then_some(dash)
    }

    fn column(&self, span: Span) -> usize {
        let start = span.start as usize;
        start - self.text[..start].rfind('\n').map_or(0, |at| at + 1)
    }
}

/// A service without the comment behind it, which brackets can't hold.
fn bare(service: &str) -> &str {
    service.rsplit_once("} # ").map_or(service, |(mapping, _)| &service[..=mapping.len()])
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
