//! How an inventory's text is laid out: `v6ready inventory fmt`.
//!
//! Lines are moved, and nothing that stands in them is rewritten: every value, comment and key stays, those too that no
//! reader knows, in its order. Two columns for each level, items further in than the key that they are of, no blanks at
//! the end of a line, one empty line at most between two others, line feeds alone. Lines within a value (folded text,
//! lists in brackets) move with the line on which it begins.

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::tree::{Content, NodeId, Tree, TreeError};

/// Columns of a level.
const STEP: usize = 2;

/// Why a text can't be laid out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// It is no YAML document.
    #[error("line {line}: {message}")]
    Syntax {
        /// From 1.
        line: usize,
        /// What is wrong, and what mends it.
        message: String,
    },
    /// Laid out, it would mean something else. That is a fault of this program.
    #[error("laid out, it would not say the same any more; it is left as it is")]
    Meaning,
}

/// The text, laid out.
///
/// # Errors
/// When it is no YAML document. Whether it is a good inventory is another question.
pub fn laid_out(text: &str) -> Result<String, LayoutError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A carriage return by itself ends a line too (YAML 1.2.2, section 5.4).
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let tree = parsed(&text)?;
    let mut layout = Layout { inner: inner_lines(&text), ..Layout::default() };
    let mut output = layout.lines(&text);
    while output.ends_with("\n\n") || output == "\n" {
        output.pop();
    }
    if !output.is_empty() && !output.ends_with('\n') {
        output.push('\n');
    }
    let again = parsed(&output).map_err(|_| LayoutError::Meaning)?;
    match (tree, again) {
        (None, None) => Ok(output),
        (Some(before), Some(after)) if same(&before, before.root, &after, after.root) => Ok(output),
        _ => Err(LayoutError::Meaning),
    }
}

fn parsed(text: &str) -> Result<Option<Tree<'_>>, LayoutError> {
    Tree::parse(text).map_err(|TreeError { span, message, help }| {
        let before = text.as_bytes().get(..span.start as usize).unwrap_or_default();
        let line = 1 + before.iter().filter(|octet| **octet == b'\n').count();
        let help = help.map(|help| format!("; {help}")).unwrap_or_default();
        LayoutError::Syntax { line, message: format!("{message}{help}") }
    })
}

/// Whether two documents mean the same.
fn same(a: &Tree<'_>, a_id: NodeId, b: &Tree<'_>, b_id: NodeId) -> bool {
    let mut open = vec![(a_id, b_id)];
    while let Some((a_id, b_id)) = open.pop() {
        match (&a.node(a_id).content, &b.node(b_id).content) {
            (
                Content::Scalar { text: one, plain: is_plain },
                Content::Scalar { text: other, plain: other_is_plain },
            ) if one == other && is_plain == other_is_plain => {}
            (Content::Sequence(one), Content::Sequence(other))
            | (Content::Mapping(one), Content::Mapping(other)) => {
                let (one, other) = (a.children(one), b.children(other));
                if one.len() != other.len() {
                    return false;
                }
                open.extend(one.iter().copied().zip(other.iter().copied()));
            }
            _ => return false,
        }
    }
    true
}

/// What a line is within a value that began on an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inner {
    /// It begins outside of every such value.
    #[default]
    No,
    /// Its blanks belong to a text.
    Text,
    /// It is within brackets, where blanks mean nothing.
    Brackets,
}

/// For each line, from the first, what it is within. The text is known to be a document.
fn inner_lines(text: &str) -> Vec<Inner> {
    let mut starts = vec![0];
    starts.extend(
        text.bytes().enumerate().filter(|(_, octet)| *octet == b'\n').map(|(at, _)| at + 1),
    );
    let mut inner = vec![Inner::No; starts.len()];
    let mut mark = |start: usize, end: usize, kind: Inner| {
        let line_of = |at: usize| starts.partition_point(|start| *start <= at) - 1;
        // A block of text ends where the next line begins, or in the blanks of that line.
        let value = text.get(start..end).unwrap_or_default();
        let end = match value.rfind('\n') {
            Some(at) if kind == Inner::Text && value[at..].trim().is_empty() => start + at,
            _ => end.saturating_sub(1).max(start),
        };
        let (first, last) = (line_of(start) + 1, line_of(end));
        for line in inner.iter_mut().take(last + 1).skip(first) {
            if *line != Inner::Text {
                *line = kind;
            }
        }
    };
    // Where each collection begins that is open; `None` of one without brackets.
    let mut open = Vec::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let start = span.start.byte_offset().unwrap_or_default();
        let end = span.end.byte_offset().unwrap_or(start);
        match event {
            // Its span begins with its first line of text, and the empty ones above that are its own.
            Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => {
                let before = text.get(..start).unwrap_or_default().trim_end();
                mark(before.len().saturating_sub(1), end, Inner::Text);
            }
            Event::Scalar(..) => mark(start, end, Inner::Text),
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                open.push((style != StructureStyle::Block).then_some(start));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Some(start)) = open.pop() {
                    mark(start, end, Inner::Brackets);
                }
            }
            _ => {}
        }
    }
    inner
}

/// A block collection that is open at the current line.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// Its column in the text.
    column: usize,
    /// Its column in the output.
    moved: usize,
    is_list: bool,
}

#[derive(Default)]
struct Layout {
    inner: Vec<Inner>,
    levels: Vec<Level>,
    /// Comments and empty lines, which are placed by the line that follows.
    waiting: Vec<String>,
    /// The last line that is no comment, as it was.
    last: String,
    /// How far it was moved.
    shift: isize,
}

impl Layout {
    fn lines(&mut self, text: &str) -> String {
        let mut output = String::with_capacity(text.len());
        for (at, line) in text.lines().enumerate() {
            match self.inner.get(at).copied().unwrap_or_default() {
                Inner::No => self.line(line, &mut output),
                inner => {
                    let levels = self.levels.clone();
                    self.place_waiting(&levels, None, &mut output);
                    let trimmed = if inner == Inner::Text { line } else { line.trim_end() };
                    push(&mut output, &shifted(trimmed, self.shift));
                }
            }
        }
        let levels = std::mem::take(&mut self.levels);
        self.place_waiting(&levels, None, &mut output);
        output
    }

    fn line(&mut self, line: &str, output: &mut String) {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            self.waiting.push(line.trim_end().to_owned());
            return;
        }
        let column = columns(line);
        let is_item = |text: &str| text == "-" || text.starts_with("- ");
        // The end of a document, and its directives, are in the first column.
        if column == 0
            && (content.starts_with("---")
                || content.starts_with("...")
                || content.starts_with('%'))
        {
            let levels = std::mem::take(&mut self.levels);
            self.place_waiting(&levels, None, output);
            push(output, line.trim_end());
            return;
        }
        // Comments before this line may be of a level that it ends.
        let before = if self.waiting.is_empty() { Vec::new() } else { self.levels.clone() };
        while self.levels.last().is_some_and(|level| {
            level.column > column || level.column == column && level.is_list && !is_item(content)
        }) {
            self.levels.pop();
        }
        let moved = self.open(column, is_item(content));
        self.place_waiting(&before, Some((column, moved)), output);
        self.shift = signed(moved) - signed(column);
        // `- - key: value` opens a level for each sign.
        let (mut rest, mut at, mut new) = (content, column, moved);
        let mut written = " ".repeat(moved);
        while is_item(rest) {
            let behind = rest[1..].trim_start();
            written.push('-');
            if behind.is_empty() || behind.starts_with('#') {
                written.push_str(&rest[1..]);
                rest = "";
                break;
            }
            written.push(' ');
            at += rest.len() - behind.len();
            new += STEP;
            self.levels.push(Level { column: at, moved: new, is_list: is_item(behind) });
            self.shift = signed(new) - signed(at);
            rest = behind;
        }
        written.push_str(rest);
        push(output, &written);
        line.clone_into(&mut self.last);
    }

    /// The column in the output of what begins at a column, in a level of its own if it is further in.
    fn open(&mut self, column: usize, is_list: bool) -> usize {
        match self.levels.last().copied() {
            Some(level) if level.column == column && level.is_list == is_list => level.moved,
            // Items that stand right below the key that they are of.
            Some(Level { column: own, moved, .. }) if own <= column => {
                let moved = moved + STEP;
                self.levels.push(Level { column, moved, is_list });
                moved
            }
            _ => {
                self.levels.push(Level { column, moved: 0, is_list });
                0
            }
        }
    }

    /// Writes the comments that waited: with the next line where they stand at its column, else at the place of the level
    /// before them that has their column, or of the one that they are within.
    fn place_waiting(
        &mut self,
        before: &[Level],
        next: Option<(usize, usize)>,
        output: &mut String,
    ) {
        // A comment behind a value, or behind another comment, may go on below itself.
        let (mut last, mut shift) = (std::mem::take(&mut self.last), self.shift);
        for comment in std::mem::take(&mut self.waiting) {
            let column = columns(&comment);
            let is_below = last.chars().nth(column) == Some('#') && columns(&last) < column;
            if is_below && !comment.is_empty() {
                push(output, &shifted(&comment, shift));
                continue;
            }
            last.clear();
            if comment.is_empty() {
                if !output.is_empty() && !output.ends_with("\n\n") {
                    output.push('\n');
                }
                continue;
            }
            let own = before.iter().find(|level| level.column == column);
            let around = || before.iter().rev().find(|level| level.column < column);
            let moved = match next {
                Some((next, moved)) if next == column => moved,
                _ => own.or_else(around).map_or(0, |level| level.moved),
            };
            push(output, &format!("{}{}", " ".repeat(moved), comment.trim_start()));
            (last, shift) = (comment, signed(moved) - signed(column));
        }
    }
}

fn push(output: &mut String, line: &str) {
    output.push_str(line);
    output.push('\n');
}

fn columns(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn signed(columns: usize) -> isize {
    isize::try_from(columns).unwrap_or(isize::MAX)
}

/// A line that moves with the one before it; an empty one has nothing to move.
fn shifted(line: &str, shift: isize) -> String {
    if line.trim().is_empty() {
        return line.to_owned();
    }
    match usize::try_from(shift) {
        Ok(more) => format!("{}{line}", " ".repeat(more)),
        Err(_) => line[columns(line).min(shift.unsigned_abs())..].to_owned(),
    }
}

#[cfg(test)]
mod tests;
