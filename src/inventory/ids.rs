//! Ids made for what has none.

use std::collections::{HashMap, HashSet};

use super::values::text::ID_CHARACTERS_MAX;

/// Ids that are taken already.
#[derive(Default)]
pub(super) struct Taken {
    ids: HashSet<String>,
    /// The last number put behind each base: a hundred thousand pages of one host are not counted
    /// from 2 on each time.
    last_numbers: HashMap<String, usize>,
}

impl Taken {
    /// Takes an id; `false` when it is taken already.
    pub(super) fn take(&mut self, id: &str) -> bool {
        self.ids.insert(id.to_owned())
    }

    /// Takes the first free one of `base`, `base-2`, `base-3` … The base is an id itself.
    pub(super) fn take_like(&mut self, base: &str) -> String {
        if self.take(base) {
            return base.to_owned();
        }
        let last = self.last_numbers.entry(base.to_owned()).or_insert(1);
        loop {
            *last += 1;
            let id = numbered(base, *last);
            if self.ids.insert(id.clone()) {
                return id;
            }
        }
    }
}

fn numbered(base: &str, number: usize) -> String {
    let suffix = format!("-{number}");
    let kept = base.len().min(ID_CHARACTERS_MAX.saturating_sub(suffix.len()));
    // A base that is no id could be cut within a character.
    format!("{}{suffix}", base.get(..kept).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_free_number_is_taken() {
        let mut taken = Taken::default();
        assert!(taken.take("a-3"));
        assert!(!taken.take("a-3"));
        let ids: Vec<_> = (0..4).map(|_| taken.take_like("a")).collect();
        assert_eq!(ids, ["a", "a-2", "a-4", "a-5"]);
        let long = "x".repeat(ID_CHARACTERS_MAX);
        assert_eq!(taken.take_like(&long), long);
        assert_eq!(taken.take_like(&long), format!("{}-2", &long[2..]));
    }
}
