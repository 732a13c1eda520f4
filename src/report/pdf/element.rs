//! The parts of a document as a screen reader walks through them, and the tree that the file has of them.

use std::collections::HashMap;
use std::num::NonZeroU16;

use krilla::tagging::{Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagTree};

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// A paragraph.
    Paragraph,
    /// A heading of a level, and its words.
    Heading(u16, String),
    /// A point of a list.
    Item,
    /// A picture, and what it shows in words.
    Figure(String),
    /// A table, whose cells follow.
    Table,
    /// A cell of the table that is the part of this number; row 0 has the headings.
    Cell { table: usize, row: usize },
}

/// The tree of all parts, each with what was drawn of it.
pub(super) fn tree(
    parts: &[Element],
    mut drawn: HashMap<usize, Vec<Identifier>>,
    lang: &str,
) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(lang.to_owned()));
    let mut list: Option<TagGroup> = None;
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        let nodes = |number: usize, drawn: &mut HashMap<usize, Vec<Identifier>>| -> Vec<Node> {
            drawn.remove(&number).unwrap_or_default().into_iter().map(Node::from).collect()
        };
        if *part != Element::Item
            && let Some(list) = list.take()
        {
            tree.push(list);
        }
        match part {
            Element::Paragraph => {
                tree.push(TagGroup::with_children(Tag::P, nodes(at, &mut drawn)));
            }
            Element::Heading(level, words) => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                let tag = Tag::Hn(level, Some(words.clone()));
                tree.push(TagGroup::with_children(tag, nodes(at, &mut drawn)));
            }
            Element::Figure(words) => {
                let tag = Tag::Figure(Some(words.clone()));
                tree.push(TagGroup::with_children(tag, nodes(at, &mut drawn)));
            }
            Element::Item => {
                let body = TagGroup::with_children(Tag::LBody, nodes(at, &mut drawn));
                let item = TagGroup::with_children(Tag::LI, vec![Node::from(body)]);
                let list = list.get_or_insert_with(|| TagGroup::new(Tag::L(ListNumbering::None)));
                list.push(item);
            }
            Element::Cell { .. } => {}
            Element::Table => {
                let mut table = TagGroup::new(Tag::Table);
                let mut row: Option<(usize, TagGroup)> = None;
                let mut next = at + 1;
                while let Some(Element::Cell { table: of, row: number }) = parts.get(next)
                    && *of == at
                {
                    if let Some((_, done)) = row.take_if(|(open, _)| *open != *number) {
                        table.push(done);
                    }
                    let children = nodes(next, &mut drawn);
                    let cell = match number {
                        0 => TagGroup::with_children(Tag::TH(TableHeaderScope::Column), children),
                        _ => TagGroup::with_children(Tag::TD, children),
                    };
                    row.get_or_insert_with(|| (*number, TagGroup::new(Tag::TR))).1.push(cell);
                    next += 1;
                }
                if let Some((_, done)) = row {
                    table.push(done);
                }
                tree.push(table);
                at = next - 1;
            }
        }
        at += 1;
    }
    if let Some(list) = list {
        tree.push(list);
    }
    tree
}
