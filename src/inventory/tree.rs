//! YAML text as a tree of nodes that know their place.
//!
//! serde stops at the first thing that it can't read; an inventory's owner wants to see all
//! mistakes at once. So the parser's events are gathered into a tree, and the tree is read by hand.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, StructureStyle};

use super::source::Span;

/// Nodes of the tree with every alias written out. 100,000 services take some 1,200,000.
const NODES_MAX: u64 = 5_000_000;

/// Collections within collections; an inventory has 7.
const DEPTH_MAX: usize = 32;

/// A YAML document. Nodes live in one list and name each other by index, so that an alias costs
/// nothing and a deep tree is dropped without recursion.
pub(crate) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    children: Vec<NodeId>,
    pub(crate) root: NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeId(u32);

pub(crate) struct Node<'a> {
    pub(crate) span: Span,
    pub(crate) content: Content<'a>,
}

pub(crate) enum Content<'a> {
    /// Text, and whether it was written without quotes, so that it may also be a number or null.
    Scalar { text: Cow<'a, str>, plain: bool },
    /// Items in order.
    Sequence(Children),
    /// Key, value, key, value …
    Mapping(Children),
}

/// A range of the tree's list of children.
#[derive(Clone, Debug)]
pub(crate) struct Children(Range<u32>);

/// Why a text is no tree.
pub(crate) struct TreeError {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl<'a> Tree<'a> {
    /// Reads the one document of a text; `None` when there is none.
    ///
    /// # Errors
    /// At the first fault of syntax (what follows it can't be trusted), at a second document, at
    /// a tag, and where a limit is reached.
    pub(crate) fn parse(text: &'a str) -> Result<Option<Self>, TreeError> {
        let mut options = Options::default();
        options.set_emit_comments(false);
        options.flow_nesting_limit = DEPTH_MAX;
        options.block_nesting_limit = DEPTH_MAX;
        let mut builder = Builder::default();
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|error| syntax_error(&error))?;
            builder.take(event, &span)?;
        }
        Ok(builder.root.map(|root| Self { nodes: builder.nodes, children: builder.children, root }))
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn children(&self, children: &Children) -> &[NodeId] {
        &self.children[children.0.start as usize..children.0.end as usize]
    }
}

impl Content<'_> {
    /// YAML's null (§10.3.2): nothing at all, `~` or `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar { text, plain: true }
            if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }
}

#[derive(Default)]
struct Builder<'a> {
    nodes: Vec<Node<'a>>,
    children: Vec<NodeId>,
    root: Option<NodeId>,
    open: Vec<Open>,
    /// Children of the open collections, the innermost last.
    pending: Vec<NodeId>,
    /// Finished nodes with an anchor, by the parser's number, with their weight.
    anchors: HashMap<usize, (NodeId, u64)>,
    /// Nodes so far, aliases written out.
    weight: u64,
    documents: usize,
}

/// A collection that has started and not ended.
struct Open {
    is_mapping: bool,
    is_block: bool,
    span: Span,
    anchor: usize,
    first_pending: usize,
    /// [`Builder::weight`] when it started.
    weight_before: u64,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, at: &granit_parser::Span) -> Result<(), TreeError> {
        let span = span_of(at);
        if let Some(tag) = event.tag()
            && !(tag.is_yaml_core_schema_tag("str") && matches!(event, Event::Scalar(..)))
        {
            return Err(TreeError {
                span: at.tag_span().as_ref().map_or(span, span_of),
                message: format!("the YAML tag `{}` has no meaning here", tag.original()),
                help: Some("delete it".into()),
            });
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(TreeError {
                        span,
                        message: "a second YAML document starts here".into(),
                        help: Some(
                            "an inventory is one document: delete the line `---`, or keep the \
                             documents in files of their own"
                                .into(),
                        ),
                    });
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                self.weigh(1, span)?;
                let id = self.add(Node { span, content: Content::Scalar { text, plain } });
                self.finish(id, anchor, 1);
            }
            Event::SequenceStart(style, anchor, _) => self.open(false, style, anchor, span)?,
            Event::MappingStart(style, anchor, _) => self.open(true, style, anchor, span)?,
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => {
                let Some(&(id, weight)) = self.anchors.get(&anchor) else {
                    return Err(TreeError {
                        span,
                        message: "this alias stands inside of what it stands for".into(),
                        help: Some("write the value out".into()),
                    });
                };
                self.weigh(weight, span)?;
                self.finish(id, 0, weight);
            }
            _ => {}
        }
        Ok(())
    }

    fn open(
        &mut self,
        is_mapping: bool,
        style: StructureStyle,
        anchor: usize,
        span: Span,
    ) -> Result<(), TreeError> {
        let weight_before = self.weight;
        self.weigh(1, span)?;
        self.open.push(Open {
            is_mapping,
            is_block: style == StructureStyle::Block,
            span,
            anchor,
            first_pending: self.pending.len(),
            weight_before,
        });
        Ok(())
    }

    fn close(&mut self) {
        // The parser's events are balanced.
        let Some(open) = self.open.pop() else { return };
        let start = self.children.len();
        self.children.extend(self.pending.drain(open.first_pending..));
        let children = Children(narrow(start)..narrow(self.children.len()));
        // A block collection has no sign of its own: its first key or item represents it.
        let span = match self.children.get(start) {
            Some(first) if open.is_block => self.nodes[first.0 as usize].span,
            _ => open.span,
        };
        let content = match open.is_mapping {
            true => Content::Mapping(children),
            false => Content::Sequence(children),
        };
        let id = self.add(Node { span, content });
        self.finish(id, open.anchor, self.weight - open.weight_before);
    }

    fn add(&mut self, node: Node<'a>) -> NodeId {
        if self.nodes.len() == self.nodes.capacity() {
            // By a quarter and not by half: a MiB of single letters is half a million nodes.
            self.nodes.reserve_exact(self.nodes.len() / 4 + 64);
        }
        self.nodes.push(node);
        NodeId(narrow(self.nodes.len() - 1))
    }

    fn finish(&mut self, id: NodeId, anchor: usize, weight: u64) {
        if anchor != 0 {
            self.anchors.insert(anchor, (id, weight));
        }
        if self.open.is_empty() {
            self.root = Some(id);
        } else {
            self.pending.push(id);
        }
    }

    fn weigh(&mut self, weight: u64, span: Span) -> Result<(), TreeError> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight <= NODES_MAX {
            return Ok(());
        }
        Err(TreeError {
            span,
            message: format!("the inventory has more than {NODES_MAX} values, aliases written out"),
            help: Some("split the inventory, or use fewer aliases".into()),
        })
    }
}

// [`NODES_MAX`] keeps every index far below 2³².
fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn span_of(span: &granit_parser::Span) -> Span {
    // Byte offsets are always known where the input is a `str`.
    let start = span.start.byte_offset().unwrap_or_default();
    Span::new(start, span.end.byte_offset().unwrap_or(start))
}

fn syntax_error(error: &ScanError) -> TreeError {
    let at = error.marker().byte_offset().unwrap_or_default();
    let help = match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => Some("indent with spaces, not with tabs"),
        ErrorKind::UnknownAnchor => Some("put text that starts with `*` in quotes"),
        ErrorKind::RecursionLimitExceeded => {
            Some("an inventory has seven levels: file, organisation, service and their values")
        }
        _ => None,
    };
    let message = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            format!("collections are nested more than {DEPTH_MAX} deep")
        }
        _ => format!("this is not YAML: {}", error.info()),
    };
    TreeError { span: Span::new(at, at), message, help: help.map(Into::into) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(tree: &Tree<'_>, id: NodeId) -> String {
        match &tree.node(id).content {
            Content::Scalar { text, plain: true } => text.to_string(),
            Content::Scalar { text, plain: false } => format!("{text:?}"),
            Content::Sequence(children) => {
                let items = tree.children(children).iter().map(|id| show(tree, *id));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            Content::Mapping(children) => {
                let items = tree.children(children).iter().map(|id| show(tree, *id));
                format!("{{{}}}", items.collect::<Vec<_>>().join(" "))
            }
        }
    }

    fn parse(text: &str) -> Result<String, String> {
        match Tree::parse(text) {
            Ok(Some(tree)) => Ok(show(&tree, tree.root)),
            Ok(None) => Ok("nothing".into()),
            Err(error) => Err(format!("{}: {}", error.span.start, error.message)),
        }
    }

    #[test]
    fn texts_as_trees() {
        for (text, expected) in [
            ("", "nothing"),
            ("# a comment\n", "nothing"),
            ("a: 1\nb: ['x', y]\n", "{a 1 b [\"x\", y]}"),
            ("- &x {a: b}\n- *x\n", "[{a b}, {a b}]"),
            ("a: !!str 7\n", "{a \"7\"}"),
            ("---\na: |\n  b\n...\n", "{a \"b\\n\"}"),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn texts_that_are_no_trees() {
        for (text, expected) in [
            ("a: [", "not YAML"),
            ("a:\n\tb: 1\n", "not YAML"),
            ("a: *b\n", "not YAML"),
            ("a: &b [*b]\n", "7: this alias stands inside"),
            ("a: 1\n---\nb: 2\n", "5: a second YAML document"),
            ("a: !env HOME\n", "3: the YAML tag `!env`"),
            ("a: !!int 7\n", "3: the YAML tag `!!int`"),
            (&"[".repeat(100_000), "nested more than 32 deep"),
            (&"- ".repeat(100_000), "nested more than 32 deep"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn an_alias_bomb_is_refused_before_it_expands() {
        let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for level in 1..60 {
            let previous = format!("*a{}, ", level - 1).repeat(9);
            bomb.push_str(&format!("a{level}: &a{level} [{previous}]\n"));
        }
        let error = parse(&bomb).unwrap_err();
        assert!(error.contains("more than 5000000 values"), "{error}");
    }
}
