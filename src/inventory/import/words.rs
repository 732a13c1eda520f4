//! What headings and cells of tables mean: a table itself, which users extend with one of their own.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::budget::Budget;
use super::delimited::csv_table;
use crate::inventory::values::text::slug;
use crate::model::suggestion::{list, nearest};
use crate::model::{Category, State, Target};

/// The words that are built in, as users write theirs.
pub const BUILT_IN: &str = include_str!("words.csv");

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Organisation,
    OrganisationId,
    Contact,
    Id,
    Name,
    Category,
    Tags,
    State,
    SecurityLevel,
    Stage,
    Deadline,
    ExemptUntil,
    ExemptReason,
    /// The ids that it had before.
    Formerly,
    /// The kind, for [`Column::Target`].
    Kind,
    /// The port, for a target that is a host alone.
    Port,
    /// A host, an endpoint, a domain or a URL.
    Target,
    /// A target of this kind.
    TargetOf(&'static str),
    /// Nothing that is read, such as row numbers.
    Ignore,
}

/// Columns by the names that a table of words uses; beside them each kind is one.
const COLUMNS: [(&str, Column); 18] = [
    ("organisation", Column::Organisation),
    ("organisation-id", Column::OrganisationId),
    ("contact", Column::Contact),
    ("id", Column::Id),
    ("name", Column::Name),
    ("category", Column::Category),
    ("tags", Column::Tags),
    ("state", Column::State),
    ("security-level", Column::SecurityLevel),
    ("stage", Column::Stage),
    ("deadline", Column::Deadline),
    ("exempt-until", Column::ExemptUntil),
    ("exempt-reason", Column::ExemptReason),
    ("formerly", Column::Formerly),
    ("kind", Column::Kind),
    ("port", Column::Port),
    ("target", Column::Target),
    ("ignore", Column::Ignore),
];

/// What a heading means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) column: Column,
    /// How doubtful it is: it gives way to a heading that says the same with less doubt, as “Mức” does to
    /// “Mức mục tiêu”.
    pub(super) doubt: usize,
}

/// A table of words. Words are compared without case, accents and punctuation.
#[derive(Clone, Debug, Default)]
pub struct Words {
    headings: HashMap<String, Meaning>,
    categories: HashMap<String, Category>,
    states: HashMap<String, State>,
    kinds: HashMap<String, &'static str>,
    /// Short forms within names, by their slug, and the slug of what they stand for.
    shorts: HashMap<String, String>,
}

impl Words {
    /// The built-in words.
    pub fn built_in() -> Self {
        static WORDS: LazyLock<Words> = LazyLock::new(Words::read_built_in);
        WORDS.clone()
    }

    fn read_built_in() -> Self {
        let mut words = Self::default();
        // A test reads them; what could be wrong with one is left out here.
        let _ = words.extend(BUILT_IN.as_bytes());
        for kind in Target::KINDS {
            let meaning = Meaning { column: Column::TargetOf(kind), doubt: 0 };
            words.headings.insert(kind.to_owned(), meaning);
            words.kinds.insert(kind.to_owned(), kind);
        }
        words.categories.extend(Category::ALL.map(|category| (slug(category.id()), category)));
        words.states.extend(State::ALL.map(|state| (slug(state.id()), state)));
        words
    }

    /// Adds the words of a table with the columns `what`, `word` and `means`; they are stronger than those
    /// there already.
    ///
    /// # Errors
    /// Each row that can't be read, in a line.
    pub fn extend(&mut self, octets: &[u8]) -> Result<(), String> {
        let table = csv_table(octets, &Budget::new(&|| false))?;
        let mut problems = Vec::new();
        for (number, cells) in &table.rows {
            let cell = |at: usize| cells.get(at).map_or("", |text| text.trim());
            if (cell(0), cell(1), cell(2)) == ("what", "word", "means") || cell(0).starts_with('#')
            {
                continue;
            }
            if let Err(problem) = self.add(cell(0), cell(1), cell(2)) {
                problems.push(format!("row {number}: {problem}"));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }

    fn add(&mut self, what: &str, word: &str, means: &str) -> Result<(), String> {
        let key = slug(word);
        if key.is_empty() {
            return Err(format!("`{word}` has no letter or digit to know it by"));
        }
        match what {
            "heading" => {
                self.headings.insert(key, column(means)?);
            }
            "category" => {
                self.categories.insert(key, one(means, &Category::ALL, Category::id)?);
            }
            "state" => {
                self.states.insert(key, one(means, &State::ALL, State::id)?);
            }
            "kind" => {
                self.kinds.insert(key, one(means, &Target::KINDS, |kind| kind)?);
            }
            "short" => {
                self.shorts.insert(key, slug(means));
            }
            other => {
                return Err(unknown(other, &["heading", "category", "state", "kind", "short"]));
            }
        }
        Ok(())
    }

    /// What a heading means; what it says in brackets may explain it.
    pub(super) fn heading(&self, text: &str) -> Option<Meaning> {
        find(&self.headings, text)
    }

    pub(super) fn category(&self, text: &str) -> Option<Category> {
        find(&self.categories, text)
    }

    pub(super) fn state(&self, text: &str) -> Option<State> {
        find(&self.states, text)
    }

    pub(super) fn kind(&self, text: &str) -> Option<&'static str> {
        find(&self.kinds, text)
    }

    /// The slug of a name with its short forms written out.
    pub(super) fn written_out(&self, name: &str) -> String {
        let words = name.split_whitespace().map(slug).filter(|word| !word.is_empty());
        let words = words.map(|word| self.shorts.get(&word).cloned().unwrap_or(word));
        words.collect::<Vec<_>>().join("-")
    }
}

fn find<T: Copy>(words: &HashMap<String, T>, text: &str) -> Option<T> {
    let without_brackets = || text.split(['(', '[']).next().map(slug);
    words.get(&slug(text)).copied().or_else(|| words.get(&without_brackets()?).copied())
}

fn column(means: &str) -> Result<Meaning, String> {
    let name = means.trim_end_matches('?');
    let doubt = means.len() - name.len();
    let known = COLUMNS.iter().find(|(known, _)| *known == name).map(|(_, column)| *column);
    let kind = || Target::KINDS.into_iter().find(|kind| *kind == name).map(Column::TargetOf);
    match known.or_else(kind) {
        Some(column) => Ok(Meaning { column, doubt }),
        None => {
            let names: Vec<_> =
                COLUMNS.iter().map(|(known, _)| *known).chain(Target::KINDS).collect();
            Err(unknown(name, &names))
        }
    }
}

fn one<T: Copy>(means: &str, all: &[T], id: fn(T) -> &'static str) -> Result<T, String> {
    let found = all.iter().copied().find(|value| id(*value) == means);
    found.ok_or_else(|| {
        let ids: Vec<_> = all.iter().map(|value| id(*value)).collect();
        unknown(means, &ids)
    })
}

fn unknown(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("`{word}` is not known here; did you mean `{near}`?"),
        None => format!("`{word}` is not known here; write one of {}", list(known.iter().copied())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_words_are_good() {
        assert_eq!(Words::default().extend(BUILT_IN.as_bytes()), Ok(()));
        let words = Words::built_in();
        let column = |text| words.heading(text).map(|meaning| meaning.column);
        assert_eq!(column("TÊN HỆ THỐNG\nTHÔNG TIN (HTTT)"), Some(Column::Name));
        assert_eq!(column("Thời hạn hoàn thành (tháng/năm)"), Some(Column::Deadline));
        assert_eq!(column("Ghi chú"), None);
        assert_eq!(words.written_out("UBND TP. Nha Trang"), "uy-ban-nhan-dan-thanh-pho-nha-trang");
    }

    #[test]
    fn words_of_users_are_stronger_and_checked() {
        let mut words = Words::built_in();
        words.extend("heading;Ghi chú;name\nheading;Mức;ignore\n".as_bytes()).unwrap();
        assert_eq!(words.heading("ghi chú").unwrap().column, Column::Name);
        assert_eq!(words.heading("Mức").unwrap().column, Column::Ignore);
        let problems = words.extend(b"heading,a,nmae\nstate,b,gone\nx,y,z\n").unwrap_err();
        for expected in ["row 1: `nmae`", "did you mean `name`", "row 2", "`retired`", "row 3: `x`"]
        {
            assert!(problems.contains(expected), "{problems}");
        }
    }
}
