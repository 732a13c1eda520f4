//! A YAML or JSON document whose owner is another tool: what of it is looked at, with lines for messages.

use std::cell::OnceCell;

use crate::inventory::tree::{Content, NodeId, Tree};

/// A document and its text.
pub(super) struct Document<'t> {
    tree: Tree<'t>,
    text: &'t str,
    /// Where each line ends; only a document with targets is asked for lines.
    line_ends: OnceCell<Vec<u32>>,
}

impl<'t> Document<'t> {
    /// Reads a text.
    ///
    /// # Errors
    /// A sentence that names the line.
    pub(super) fn parse(text: &'t str) -> Result<Self, String> {
        match Tree::parse(text) {
            Ok(Some(tree)) => Ok(Self { tree, text, line_ends: OnceCell::new() }),
            Ok(None) => Err("it is empty".to_owned()),
            Err(error) => {
                let line = 1 + newlines(text).take_while(|end| *end < error.span.start).count();
                let help = error.help.map(|help| format!("; {help}")).unwrap_or_default();
                Err(format!("line {line}: {}{help}", error.message))
            }
        }
    }

    pub(super) fn root(&self) -> NodeId {
        self.tree.root
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.tree.node(id).content {
            Content::Sequence(items) => self.tree.children(items),
            _ => &[],
        }
    }

    pub(super) fn is_list(&self, id: NodeId) -> bool {
        matches!(self.tree.node(id).content, Content::Sequence(_))
    }

    /// Keys and values of a mapping; none of anything else.
    pub(super) fn entries(&self, id: NodeId) -> impl Iterator<Item = (&str, NodeId)> {
        let children = match &self.tree.node(id).content {
            Content::Mapping(entries) => self.tree.children(entries),
            _ => &[],
        };
        children.chunks_exact(2).filter_map(|entry| Some((self.text(entry[0])?, entry[1])))
    }

    /// The value of a key.
    pub(super) fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entries(id).find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// A text; `None` of a collection and of nothing.
    pub(super) fn text(&self, id: NodeId) -> Option<&str> {
        match &self.tree.node(id).content {
            Content::Scalar { text, .. } if !self.tree.node(id).content.is_null() => Some(text),
            _ => None,
        }
    }

    /// `line 12`, for messages.
    pub(super) fn place(&self, id: NodeId) -> String {
        let at = self.tree.node(id).span.start;
        let ends = self.line_ends.get_or_init(|| newlines(self.text).collect());
        format!("line {}", 1 + ends.partition_point(|end| *end < at))
    }
}

fn newlines(text: &str) -> impl Iterator<Item = u32> {
    let ends = text.bytes().enumerate().filter(|(_, octet)| *octet == b'\n');
    ends.map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX))
}
