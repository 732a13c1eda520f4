//! Values changed in an inventory's own text: all around them, comments too, stays as it is.

use super::page::{Edit, Page, edited};
use super::source::Span;
use super::tree::{Content, NodeId};

/// A value of an organisation or of one of its services.
#[derive(Clone, Debug)]
pub(super) struct Amendment {
    /// The organisation's id.
    pub(super) organisation: String,
    /// The service's id; without it the organisation itself is meant.
    pub(super) service: Option<String>,
    pub(super) key: &'static str,
    pub(super) value: NewValue,
}

/// What a key is to hold. Scalars are written as YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NewValue {
    Scalar(String),
    /// Keys of a mapping; others that it has stay.
    Mapping(Vec<(&'static str, String)>),
    /// Items that a list has beside those it has already.
    Items(Vec<String>),
    /// All items of a list.
    List(Vec<String>),
}

impl NewValue {
    fn whole(&self) -> String {
        match self {
            Self::Scalar(text) => text.clone(),
            Self::Mapping(pairs) => {
                let pairs: Vec<_> =
                    pairs.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                format!("{{{}}}", pairs.join(", "))
            }
            Self::Items(items) | Self::List(items) => format!("[{}]", items.join(", ")),
        }
    }
}

impl Amendment {
    /// As a person would write it.
    pub(super) fn by_hand(&self) -> String {
        let service =
            self.service.as_ref().map(|service| format!("/{service}")).unwrap_or_default();
        format!("  {}{service}: {}: {}\n", self.organisation, self.key, self.value.whole())
    }
}

/// Changes values in a text.
///
/// # Errors
/// What about the text doesn't let them be changed.
pub(super) fn amend(text: &str, amendments: &[Amendment]) -> Result<String, String> {
    edited(text, |page| page.amendments(amendments))
}

impl Page<'_> {
    fn amendments(&self, amendments: &[Amendment]) -> Result<Vec<Edit>, String> {
        let (_, list) =
            self.value(self.tree.root, "organisations").ok_or("it has no `organisations`")?;
        let organisations = self.items(list);
        let by_id = self.by_id(&organisations);
        let mut edits = Vec::new();
        // Amendments of one organisation come one after the other.
        let mut services = (None, Vec::new());
        for amendment in amendments {
            let organisation = *by_id
                .get(&*amendment.organisation)
                .ok_or_else(|| format!("it has no organisation `{}`", amendment.organisation))?;
            let mapping = match &amendment.service {
                None => organisation,
                Some(service) => {
                    if services.0 != Some(organisation) {
                        let list =
                            self.value(organisation, "services").map(|(_, list)| self.items(list));
                        services = (Some(organisation), list.unwrap_or_default());
                    }
                    let found = self.by_id(&services.1).get(&**service).copied();
                    found.ok_or_else(|| format!("it has no service `{service}`"))?
                }
            };
            self.put(mapping, amendment.key, &amendment.value, &mut edits);
        }
        Ok(edits)
    }

    fn put(&self, mapping: NodeId, key: &str, value: &NewValue, edits: &mut Vec<Edit>) {
        let Some((name, node)) = self.value(mapping, key) else {
            return self.put_new(mapping, &format!("{key}: {}", value.whole()), edits);
        };
        match (value, &self.tree.node(node).content) {
            (NewValue::Mapping(pairs), Content::Mapping(_)) => {
                for (key, value) in pairs {
                    self.put(node, key, &NewValue::Scalar(value.clone()), edits);
                }
            }
            (NewValue::Items(new), Content::Sequence(_)) => {
                let items = self.items(node);
                let in_lines = || {
                    let indent = items.first().and_then(|first| self.dash_column(*first));
                    let last = items.last().map(|last| self.after(*last));
                    last.zip(indent).map(|(at, indent)| self.lines(at, new, indent))
                };
                edits.extend(self.to_flow(node, &items, new).or_else(in_lines));
            }
            (NewValue::List(_), Content::Sequence(_))
                if !self.text[self.tree.node(node).span.start as usize..].starts_with('[') =>
            {
                edits.extend(self.in_place_of_lines(name, node, &value.whole()));
            }
            _ => {
                let (start, end) = (self.tree.node(node).span.start as usize, self.end(node));
                // Nothing at all stands right behind the colon.
                let space = if self.text[..start].ends_with(':') { " " } else { "" };
                let text = format!("{space}{}", value.whole());
                edits.push(Edit { at: start, removed: end.saturating_sub(start), text });
            }
        }
    }

    /// A value behind its key, in place of a list of several lines; comments around the list stay.
    fn in_place_of_lines(&self, name: Span, list: NodeId, value: &str) -> Vec<Edit> {
        let items = self.items(list);
        let (Some(first), Some(last)) = (items.first(), items.last()) else { return Vec::new() };
        let first = self.tree.node(*first).span.start as usize;
        let (Some(colon), Some(line)) =
            (self.text[name.end as usize..].find(':'), self.text[..first].rfind('\n'))
        else {
            return Vec::new();
        };
        let behind =
            Edit { at: name.end as usize + colon + 1, removed: 0, text: format!(" {value}") };
        let lines = Edit { at: line, removed: self.end(*last) - line, text: String::new() };
        vec![behind, lines]
    }

    /// Puts in a key that a mapping hasn't: below its `id`, or behind its last value within braces.
    fn put_new(&self, mapping: NodeId, pair: &str, edits: &mut Vec<Edit>) {
        let span = self.tree.node(mapping).span;
        let children = self.items(mapping);
        if self.text[span.start as usize..].starts_with('{') {
            let last = children.last().map(|last| self.end(*last));
            edits.push(match last {
                Some(at) => Edit { at, removed: 0, text: format!(", {pair}") },
                None => Edit { at: span.start as usize + 1, removed: 0, text: pair.to_owned() },
            });
            return;
        }
        let (Some(first), Some((_, id))) =
            (children.first(), self.value(mapping, "id").or(self.value(mapping, "stage")))
        else {
            return;
        };
        let margin = " ".repeat(self.column(self.tree.node(*first).span));
        edits.push(self.whole_lines(self.after(id), format!("{margin}{pair}\n")));
    }
}
