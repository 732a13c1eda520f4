//! `--only ORG/SERVICE`: a part of an inventory.

use globset::{GlobBuilder, GlobMatcher};

use crate::model::ServiceId;

/// Patterns that services are chosen by; without any, every service is chosen.
///
/// `vp-ubnd/portal` is one service, `vp-ubnd` and `vp-ubnd/*` are all of an organisation,
/// `*/portal` is one of each. `*`, `?`, `[a-z]` and `{a,b}` match within an id.
///
/// ```
/// # use v6ready::inventory::Selection;
/// # use v6ready::model::ServiceId;
/// let selection = Selection::parse(&["vp-ubnd".into(), "*/mail".into()]).unwrap();
/// let id = |organisation: &str, service: &str| ServiceId {
///     organisation: organisation.into(),
///     service: service.into(),
/// };
/// assert!(selection.matches(&id("vp-ubnd", "portal")));
/// assert!(selection.matches(&id("syt", "mail")));
/// assert!(!selection.matches(&id("syt", "portal")));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Selection(Vec<Pattern>);

#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    glob: GlobMatcher,
}

/// A pattern that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{pattern}` is not a pattern: {why}. Write ORG/SERVICE, such as `vp-ubnd/*` or `*/portal`"
)]
pub struct BadPattern {
    /// As it was given.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

impl Selection {
    /// Reads patterns as they are given on the command line.
    ///
    /// # Errors
    /// At the first that is empty, has more than one `/`, or is not a glob.
    pub fn parse(patterns: &[String]) -> Result<Self, BadPattern> {
        patterns.iter().map(|text| Pattern::parse(text)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether every service is chosen.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a service is chosen.
    pub fn matches(&self, id: &ServiceId) -> bool {
        self.is_everything() || self.0.iter().any(|pattern| pattern.matches(id))
    }

    /// The patterns that choose nothing: probably misspelt, which their author should hear of.
    pub fn unmatched<'i>(
        &self,
        services: impl Iterator<Item = &'i ServiceId> + Clone,
    ) -> Vec<&str> {
        self.0
            .iter()
            .filter(|pattern| !services.clone().any(|id| pattern.matches(id)))
            .map(|pattern| pattern.text.as_str())
            .collect()
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, BadPattern> {
        let bad = |why: String| BadPattern { pattern: text.to_owned(), why };
        let full = match text.matches('/').count() {
            _ if text.split('/').any(str::is_empty) => {
                return Err(bad("a part of it is empty".into()));
            }
            0 => format!("{text}/*"),
            1 => text.to_owned(),
            _ => return Err(bad("it has more than one `/`".into())),
        };
        let glob = GlobBuilder::new(&full)
            .literal_separator(true)
            .build()
            .map_err(|error| bad(error.kind().to_string()))?;
        Ok(Self { text: text.to_owned(), glob: glob.compile_matcher() })
    }

    fn matches(&self, id: &ServiceId) -> bool {
        self.glob.is_match(id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ServiceId {
        let (organisation, service) = text.split_once('/').unwrap();
        ServiceId { organisation: organisation.into(), service: service.into() }
    }

    #[test]
    fn patterns() {
        for (pattern, chosen, left) in [
            ("a/b", "a/b", "a/bc"),
            ("a", "a/b", "ab/b"),
            ("*/b", "a/b", "a/c"),
            ("a*", "ab/c", "b/a"),
            ("a/x-?", "a/x-1", "a/x-12"),
            ("{a,b}/c", "b/c", "c/c"),
            ("*", "a/b", ""),
        ] {
            let selection = Selection::parse(&[pattern.into()]).unwrap();
            assert!(selection.matches(&id(chosen)), "{pattern} {chosen}");
            assert!(left.is_empty() || !selection.matches(&id(left)), "{pattern} {left}");
        }
        assert!(Selection::default().matches(&id("a/b")));
        for bad in ["", "/", "a/", "/b", "a/b/c", "a[", "{a"] {
            assert!(Selection::parse(&[bad.into()]).is_err(), "{bad}");
        }
    }

    #[test]
    fn patterns_that_choose_nothing_are_named() {
        let selection = Selection::parse(&["a/b".into(), "x".into(), "*/z".into()]).unwrap();
        let ids = [id("a/b"), id("a/c")];
        assert_eq!(selection.unmatched(ids.iter()), ["x", "*/z"]);
    }
}
