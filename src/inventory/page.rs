//! An inventory's text with its tree: where its parts begin and end, and texts put in their places.

use std::collections::HashMap;

use super::source::Span;
use super::tree::{Content, NodeId, Tree};

/// A text in the place of some octets of another, or of none.
pub(super) struct Edit {
    pub(super) at: usize,
    /// Octets that go.
    pub(super) removed: usize,
    pub(super) text: String,
}

/// A text and its tree.
pub(super) struct Page<'a> {
    pub(super) text: &'a str,
    pub(super) tree: &'a Tree<'a>,
}

/// Changes a text by the edits that are found in its tree. Line ends and the byte-order mark are kept.
///
/// # Errors
/// What about the text doesn't let it be changed.
pub(super) fn edited(
    text: &str,
    edits: impl FnOnce(&Page<'_>) -> Result<Vec<Edit>, String>,
) -> Result<String, String> {
    let stripped = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bom = &text[..text.len() - stripped.len()];
    let tree = match Tree::parse(stripped) {
        Ok(Some(tree)) => tree,
        Ok(None) => return Err("it is empty".into()),
        Err(error) => return Err(error.message),
    };
    let mut edits = edits(&Page { text: stripped, tree: &tree })?;
    edits.sort_by_key(|edit| edit.at);
    let newline = if stripped.contains("\r\n") { "\r\n" } else { "\n" };
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut merged = String::with_capacity(text.len() + added);
    let mut copied = 0;
    for edit in &edits {
        let before = stripped.get(copied..edit.at).ok_or("two changes meet in one place")?;
        merged.push_str(before);
        merged.push_str(&edit.text.replace('\n', newline));
        copied = edit.at + edit.removed;
    }
    merged.push_str(stripped.get(copied..).unwrap_or_default());
    Ok(format!("{bom}{merged}"))
}

impl Page<'_> {
    /// Into a list in brackets, behind its last item; `None` when it has none.
    pub(super) fn to_flow(&self, list: NodeId, items: &[NodeId], new: &[String]) -> Option<Edit> {
        let span = self.tree.node(list).span;
        if !self.text[span.start as usize..].starts_with('[') {
            return None;
        }
        let new: Vec<_> = new.iter().map(|item| bare(item)).collect();
        let new = new.join(", ");
        Some(match items.last() {
            Some(last) => Edit { at: self.end(*last), removed: 0, text: format!(", {new}") },
            None => Edit { at: span.start as usize + 1, removed: 0, text: new },
        })
    }

    pub(super) fn lines(&self, at: usize, items: &[String], indent: usize) -> Edit {
        let margin = " ".repeat(indent);
        let lines = items.iter().map(|item| format!("{margin}- {item}\n")).collect();
        self.whole_lines(at, lines)
    }

    /// Lines at the beginning of one; the text before may lack its line's end.
    pub(super) fn whole_lines(&self, at: usize, lines: String) -> Edit {
        let is_fresh = at == 0 || self.text[..at].ends_with('\n');
        if is_fresh {
            Edit { at, removed: 0, text: lines }
        } else {
            Edit { at, removed: 0, text: format!("\n{}", lines.trim_end_matches('\n')) }
        }
    }

    /// The beginning of the line after a node, the comment behind it included.
    pub(super) fn after(&self, node: NodeId) -> usize {
        self.line_end(self.end(node))
    }

    pub(super) fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |line| at + line + 1)
    }

    /// Where a node's own text ends. A collection's span is that of its beginning only.
    pub(super) fn end(&self, node: NodeId) -> usize {
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
    pub(super) fn closed(&self, at: usize) -> usize {
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
    pub(super) fn items(&self, node: NodeId) -> Vec<NodeId> {
        match &self.tree.node(node).content {
            Content::Sequence(children) | Content::Mapping(children) => {
                self.tree.children(children).to_vec()
            }
            Content::Scalar { .. } => Vec::new(),
        }
    }

    /// Mappings by their `id`; of several the first.
    pub(super) fn by_id(&self, mappings: &[NodeId]) -> HashMap<&str, NodeId> {
        let mut by_id = HashMap::new();
        for mapping in mappings {
            if let Some((_, id)) = self.value(*mapping, "id")
                && let Content::Scalar { text, .. } = &self.tree.node(id).content
            {
                by_id.entry(&**text).or_insert(*mapping);
            }
        }
        by_id
    }

    /// A key's span and value.
    pub(super) fn value(&self, mapping: NodeId, key: &str) -> Option<(Span, NodeId)> {
        let Content::Mapping(children) = &self.tree.node(mapping).content else { return None };
        self.tree.children(children).chunks_exact(2).find_map(|pair| {
            let &[name, value] = pair else { return None };
            self.is(name, key).then(|| (self.tree.node(name).span, value))
        })
    }

    pub(super) fn is(&self, node: NodeId, wanted: &str) -> bool {
        matches!(&self.tree.node(node).content, Content::Scalar { text, .. } if text == wanted)
    }

    /// The column of the `-` before an item, when there are only spaces before it.
    pub(super) fn dash_column(&self, item: NodeId) -> Option<usize> {
        let start = self.tree.node(item).span.start as usize;
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let dash = self.text[line..start].find('-')?;
        self.text[line..line + dash].bytes().all(|octet| octet == b' ').then_some(dash)
    }

    pub(super) fn column(&self, span: Span) -> usize {
        let start = span.start as usize;
        start - self.text[..start].rfind('\n').map_or(0, |at| at + 1)
    }
}

/// A service without the comment behind it, which brackets can't hold.
pub(super) fn bare(service: &str) -> &str {
    service.rsplit_once("} # ").map_or(service, |(mapping, _)| &service[..=mapping.len()])
}
