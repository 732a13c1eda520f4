//! The name of a run.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Names a run: its start in UTC and four random letters, such as `20261124T142530Z-kfqz`, so that
/// ids sort by time. Ids come from other hosts in files and stand in file names, so an id of any kind
/// has 1 to 64 letters, digits, `-` or `_` of ASCII, and begins with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct RunId(String);

/// Why a text is no id of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no run has such an id: ids have 1 to 64 letters, digits, `-` or `_`")]
pub struct InvalidRunId;

/// Characters of an id at the most.
const CHARACTERS_MAX: usize = 64;

impl RunId {
    /// Reads an id, or the beginning of one.
    ///
    /// # Errors
    /// When no id is or begins like this.
    pub fn parse(text: &str) -> Result<Self, InvalidRunId> {
        let is_part = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
        let is_id = text.len() <= CHARACTERS_MAX
            && text.bytes().all(is_part)
            && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
        is_id.then(|| Self(text.to_owned())).ok_or(InvalidRunId)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
impl RunId {
    /// An id of tests.
    pub(crate) fn of_tests(id: &str) -> Self {
        Self(id.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_plain_word() {
        for good in ["20261124T142530Z-kfqz", "2026", "a", "A_b-9"] {
            assert_eq!(RunId::parse(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(65);
        for bad in [
            "",
            "-a",
            "_",
            ".",
            "..",
            "../a",
            "a/b",
            "/etc/x",
            "a\\b",
            "a b",
            "a.html",
            "a\n",
            "\u{1b}[2J",
            "a\u{7f}",
            "\u{9b}1m",
            "é",
            "a\0",
            &long,
        ] {
            assert_eq!(RunId::parse(bad), Err(InvalidRunId), "{bad:?}");
            let json = serde_json::to_string(bad).unwrap();
            assert!(serde_json::from_str::<RunId>(&json).is_err(), "{bad:?}");
        }
    }
}
