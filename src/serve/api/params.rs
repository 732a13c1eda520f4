//! The parameters of a request. All that is wrong with them is told at once.

use std::cell::RefCell;

use url::form_urlencoded;

use super::problem::{Fault, Problem};
use crate::serve::problem_document::Sentence;

/// Expected words that a fault names at the most.
const EXPECTED_MAX: usize = 12;

/// Characters of a parameter's value at the most.
const CHARACTERS_MAX: usize = 500;

/// The parameters of a query.
pub struct Params {
    pairs: Vec<(String, String)>,
    faults: RefCell<Vec<Fault>>,
}

impl Params {
    /// Reads a query.
    pub fn of_query(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { pairs, faults: RefCell::default() }
    }

    /// The value of a parameter, unless it is missing or empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Notes that something is wrong.
    pub fn fault(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    /// One of several words, with what it stands for.
    pub fn choice<T: Clone>(&self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.value(name)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == value) {
            return Some(choice.clone());
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.fault(Fault {
            parameter: Some(name.to_owned()),
            detail: Sentence::new(
                format!("`{name}` is `{}`, which is none of its values.", shown(value)),
                format!("`{name}` là `{}`, không thuộc các giá trị được chấp nhận.", shown(value)),
            ),
            expected: nearest(value, &words),
        });
        None
    }

    /// A number within bounds.
    pub fn number(&self, name: &str, least: usize, most: usize) -> Option<usize> {
        let value = self.value(name)?;
        let number = value.parse().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.fault(Fault {
                parameter: Some(name.to_owned()),
                detail: Sentence::new(
                    format!(
                        "`{name}` is `{}`; it is a number from {least} to {most}.",
                        shown(value)
                    ),
                    format!("`{name}` là `{}`; cần là số từ {least} đến {most}.", shown(value)),
                ),
                expected: vec![format!("{least}..{most}")],
            });
        }
        number
    }

    /// Nothing is wrong, and every parameter is one of these.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn finish(&self, known: &[&str]) -> Result<(), Problem> {
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in &self.pairs {
            let detail = if !known.contains(&name.as_str()) {
                let name = shown(name);
                match known {
                    [] => Sentence::new(
                        format!("There is no parameter `{name}`: this takes none."),
                        format!("Không có tham số `{name}`: thao tác này không nhận tham số."),
                    ),
                    _ => Sentence::new(
                        format!("There is no parameter `{name}`."),
                        format!("Không có tham số `{name}`."),
                    ),
                }
            } else if seen.contains(&name.as_str()) {
                Sentence::new(
                    format!("`{name}` is given twice."),
                    format!("`{name}` xuất hiện hai lần."),
                )
            } else if value.chars().count() > CHARACTERS_MAX {
                Sentence::new(
                    format!("`{name}` has more than {CHARACTERS_MAX} characters."),
                    format!("`{name}` dài hơn {CHARACTERS_MAX} ký tự."),
                )
            } else {
                seen.push(name);
                continue;
            };
            let is_known = known.contains(&name.as_str());
            let expected = if is_known { Vec::new() } else { nearest(name, known) };
            self.fault(Fault { parameter: Some(shown(name)), detail, expected });
        }
        let faults = std::mem::take(&mut *self.faults.borrow_mut());
        if faults.is_empty() { Ok(()) } else { Err(Problem::parameters(faults)) }
    }

    /// The query with another cursor.
    pub fn with_cursor(&self, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs.iter().filter(|(name, _)| name != "cursor"));
        query.append_pair("cursor", cursor);
        query.finish()
    }

    /// What the list is of: the query without what only says which page of it is wanted.
    pub fn filter(&self) -> String {
        let mut pairs: Vec<_> = self
            .pairs
            .iter()
            .filter(|(name, value)| name != "cursor" && name != "limit" && !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.sort();
        pairs.join("&")
    }
}

/// The words, those that are most like a value first.
pub fn nearest(value: &str, words: &[&str]) -> Vec<String> {
    let mut near = words.to_vec();
    if near.len() > EXPECTED_MAX {
        let likeness = |word: &str| strsim::jaro_winkler(word, value);
        near.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    }
    near.iter().take(EXPECTED_MAX).map(|word| (*word).to_owned()).collect()
}

/// A value that stands in a message: its beginning, without control characters.
pub fn shown(value: &str) -> String {
    let clean = value.chars().filter(|character| !character.is_control());
    let mut shown: String = clean.take(60).collect();
    if value.chars().count() > 60 {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let params = Params::of_query("stage=9&limit=0&colour=red&check=a&check=b");
        assert_eq!(params.choice("stage", &[("0", 0), ("1", 1)]), None);
        assert_eq!(params.number("limit", 1, 10), None);
        let problem = params.finish(&["stage", "limit", "check"]).unwrap_err();
        let text = &problem.detail().en;
        for part in
            ["`stage` is `9`", "from 1 to 10", "no parameter `colour`", "`check` is given twice"]
        {
            assert!(text.contains(part), "{text}");
        }
        assert!(problem.detail().vi.contains("cần là số từ 1 đến 10"));
        let params = Params::of_query("stage=1&limit=&cursor=x");
        assert_eq!(params.choice("stage", &[("0", 0), ("1", 1)]), Some(1));
        assert!(params.finish(&["stage", "limit", "cursor"]).is_ok());
        assert_eq!(params.filter(), "stage=1");
        assert_eq!(params.with_cursor("y"), "stage=1&limit=&cursor=y");
    }
}
