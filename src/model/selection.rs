//! Which services are meant: `ORG/SERVICE`, `tag:TAG`, `category:CATEGORY`, `org:ORG`.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};

use super::suggestion::{list, nearest};
use super::{Category, Inventory, Service, ServiceId};

/// Patterns that services are chosen by: any of them is enough, and without any every service is
/// chosen.
///
/// `vp-ubnd/portal` is one service, `vp-ubnd`, `vp-ubnd/*` and `org:vp-ubnd` are all of an
/// organisation, `*/portal` is one of each, `tag:pilot` all that have this tag, `category:portal` all of
/// this category. `*`, `?`, `[a-z]` and `{a,b}` match within an id.
///
/// ```
/// # use v6ready::model::Selection;
/// let text = "
/// version: 1
/// organisations:
///   - id: vp-ubnd
///     services:
///       - {id: portal, category: portal, tags: [pilot], web: https://portal.example/}
///       - {id: mail, category: internet-service, mail: example.vn}
/// ";
/// let inventory = v6ready::inventory::parse(text.as_bytes(), "i.yaml").unwrap().inventory;
/// let chosen = |pattern: &str| -> Vec<String> {
///     let selection = Selection::parse([pattern]).unwrap();
///     let services = inventory.services.iter().filter(|service| selection.matches(service));
///     services.map(|service| service.id.to_string()).collect()
/// };
/// assert_eq!(chosen("tag:pilot"), ["vp-ubnd/portal"]);
/// assert_eq!(chosen("*/mail"), ["vp-ubnd/mail"]);
/// assert_eq!(chosen("org:vp-*").len(), 2);
/// assert!(chosen("category:infrastructure").is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Selection(Vec<Pattern>);

#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    of: Of,
    glob: GlobMatcher,
}

/// What of a service a pattern is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// `ORG/SERVICE`.
    Id,
    Tag,
    Category,
    Organisation,
}

/// What stands before the colon, and what it is compared with.
const PREFIXES: [(&str, Of); 3] =
    [("tag", Of::Tag), ("category", Of::Category), ("org", Of::Organisation)];

/// Words of an inventory that a message lists at the most.
const LISTED_MAX: usize = 12;

/// A pattern that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{pattern}` is not a pattern: {why}. Write ORG/SERVICE, such as `vp-ubnd/*` or `*/portal`, or \
     `tag:…`, `category:…`, `org:…`"
)]
pub struct BadPattern {
    /// As it was given.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

/// A pattern that chooses nothing of an inventory: probably misspelt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}`: {message}")]
pub struct Unmatched {
    /// As it was given.
    pub pattern: String,
    /// What the inventory doesn't have.
    pub message: String,
    /// What was probably meant, or what there is.
    pub help: Option<String>,
    /// Whether it names a tag, a category or an organisation; else it is a pattern of ids.
    pub is_named: bool,
}

impl Selection {
    /// Reads patterns as they are given on the command line.
    ///
    /// # Errors
    /// At the first that is empty, has more than one `/`, begins with a prefix that isn't known, names a
    /// category that doesn't exist, or is not a glob.
    pub fn parse<T: AsRef<str>>(patterns: impl IntoIterator<Item = T>) -> Result<Self, BadPattern> {
        let read = |text: T| Pattern::parse(text.as_ref());
        patterns.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether every service is chosen.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a service is chosen.
    pub fn matches(&self, service: &Service) -> bool {
        self.is_everything() || self.0.iter().any(|pattern| pattern.matches(service))
    }

    /// Whether something that was noted of a service is chosen: its id, tags, and category's word.
    pub fn matches_noted(&self, id: &ServiceId, tags: &[String], category: &str) -> bool {
        let is_it = |pattern: &Pattern| match pattern.of {
            Of::Id => pattern.glob.is_match(id.to_string()),
            Of::Tag => tags.iter().any(|tag| pattern.glob.is_match(tag)),
            Of::Category => pattern.glob.is_match(category),
            Of::Organisation => pattern.glob.is_match(&*id.organisation),
        };
        self.is_everything() || self.0.iter().any(is_it)
    }

    /// The patterns as they were given.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|pattern| pattern.text.as_str())
    }

    /// The patterns that choose nothing of an inventory.
    pub fn unmatched(&self, inventory: &Inventory) -> Vec<Unmatched> {
        let matches =
            |pattern: &Pattern| inventory.services.iter().any(|service| pattern.matches(service));
        self.0
            .iter()
            .filter(|pattern| !matches(pattern))
            .map(|pattern| pattern.unmatched(inventory))
            .collect()
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.patterns().collect::<Vec<_>>().join(", "))
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, BadPattern> {
        let bad = |why: String| BadPattern { pattern: text.to_owned(), why };
        let (of, wanted) = match text.split_once(':') {
            None => (Of::Id, text),
            Some((prefix, wanted)) => match PREFIXES.iter().find(|(known, _)| *known == prefix) {
                Some((_, of)) => (*of, wanted),
                None => return Err(bad(unknown_prefix(prefix))),
            },
        };
        let full = match wanted.matches('/').count() {
            _ if wanted.split('/').any(str::is_empty) => {
                return Err(bad("a part of it is empty".into()));
            }
            0 if of == Of::Id => format!("{wanted}/*"),
            0 => wanted.to_owned(),
            1 if of == Of::Id => wanted.to_owned(),
            1 => return Err(bad("behind the `:` stands one id, without `/`".into())),
            _ => return Err(bad("it has more than one `/`".into())),
        };
        let glob = GlobBuilder::new(&full)
            .literal_separator(true)
            .build()
            .map_err(|error| bad(error.kind().to_string()))?
            .compile_matcher();
        if of == Of::Category && !Category::ALL.iter().any(|known| glob.is_match(known.id())) {
            return Err(bad(unknown_category(wanted)));
        }
        Ok(Self { text: text.to_owned(), of, glob })
    }

    fn matches(&self, service: &Service) -> bool {
        match self.of {
            Of::Id => self.glob.is_match(service.id.to_string()),
            Of::Tag => service.tags.iter().any(|tag| self.glob.is_match(&**tag)),
            Of::Category => self.glob.is_match(service.category.id()),
            Of::Organisation => self.glob.is_match(&*service.id.organisation),
        }
    }

    fn unmatched(&self, inventory: &Inventory) -> Unmatched {
        let (_, wanted) = self.text.split_once(':').unwrap_or(("", &self.text));
        let (message, help) = match self.of {
            Of::Id => no_service(wanted, inventory),
            Of::Tag => no_tag(wanted, inventory),
            Of::Category => no_category(wanted, inventory),
            Of::Organisation => self.no_organisation(wanted, inventory),
        };
        let (pattern, is_named) = (self.text.clone(), self.of != Of::Id);
        Unmatched { pattern, message, help, is_named }
    }

    fn no_organisation(&self, wanted: &str, inventory: &Inventory) -> (String, Option<String>) {
        let organisations = &inventory.organisations;
        if let Some(known) = organisations.iter().find(|one| self.glob.is_match(&*one.id)) {
            return (format!("the organisation `{}` has no service", known.id), None);
        }
        let ids = || organisations.iter().map(|one| &*one.id);
        let of_name = || {
            let name = nearest(wanted, organisations.iter().map(|one| one.name.as_str()))?;
            organisations.iter().find(|one| one.name == name).map(|one| &*one.id)
        };
        let help = match nearest(wanted, ids()).or_else(of_name) {
            Some(id) => did_you_mean("org:", id),
            None => format!("its organisations are {}", listed(ids())),
        };
        (format!("the inventory has no organisation `{wanted}`"), Some(help))
    }
}

fn unknown_prefix(prefix: &str) -> String {
    let known = PREFIXES.map(|(known, _)| known);
    match nearest(prefix, known.into_iter()) {
        Some(near) => format!("`{prefix}:` is not known; did you mean `{near}:`?"),
        None => format!("`{prefix}:` is not known"),
    }
}

fn unknown_category(wanted: &str) -> String {
    let known = Category::ALL.map(Category::id);
    match nearest(wanted, known.into_iter()) {
        Some(near) => format!("there is no category `{wanted}`; did you mean `category:{near}`?"),
        None => format!("there is no category `{wanted}`; there are {}", list(known)),
    }
}

fn no_service(wanted: &str, inventory: &Inventory) -> (String, Option<String>) {
    let ids: Vec<String> = inventory.services.iter().map(|one| one.id.to_string()).collect();
    let organisation = wanted.split('/').next().unwrap_or(wanted);
    let help = nearest(wanted, ids.iter().map(String::as_str)).map(|id| did_you_mean("", id));
    let help = help.or_else(|| {
        let organisations = || inventory.organisations.iter().map(|one| &*one.id);
        if organisations().any(|id| id == organisation) {
            return None;
        }
        nearest(organisation, organisations()).map(|id| did_you_mean("", id))
    });
    ("no service of the inventory matches".to_owned(), help)
}

fn no_tag(wanted: &str, inventory: &Inventory) -> (String, Option<String>) {
    let tags: BTreeSet<&Arc<str>> =
        inventory.services.iter().flat_map(|service| &service.tags).collect();
    let tags = || tags.iter().map(|tag| &***tag);
    let help = match nearest(wanted, tags()) {
        Some(tag) => did_you_mean("tag:", tag),
        None if tags().next().is_none() => {
            "no service of it has any: write `tags: [pilot]` beside a service's category".to_owned()
        }
        None => format!("its tags are {}", listed(tags())),
    };
    (format!("no service of the inventory has the tag `{wanted}`"), Some(help))
}

fn no_category(wanted: &str, inventory: &Inventory) -> (String, Option<String>) {
    let has = |category: &Category| inventory.services.iter().any(|one| one.category == *category);
    let categories = Category::ALL.into_iter().filter(has).map(Category::id);
    let help = format!("its categories are {}", list(categories));
    (format!("the inventory has no service of the category `{wanted}`"), Some(help))
}

fn did_you_mean(prefix: &str, word: &str) -> String {
    format!("did you mean `{prefix}{word}`?")
}

fn listed<'w>(words: impl Iterator<Item = &'w str> + Clone) -> String {
    match words.clone().count().saturating_sub(LISTED_MAX) {
        0 => list(words),
        more => format!("{} and {more} more", list(words.take(LISTED_MAX))),
    }
}

#[cfg(test)]
mod tests;
