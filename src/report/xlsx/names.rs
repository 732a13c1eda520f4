//! The names of sheets: a workbook takes each once, and not every character.

use std::collections::HashSet;

use crate::report::describe::clean;

/// Characters of a name.
const CHARACTERS_MAX: usize = 31;

/// The names that a workbook has.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// This name, or one like it that isn't taken yet.
    pub(super) fn unused(&mut self, name: &str) -> String {
        let allowed = |character: char| match character {
            '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '-',
            other => other,
        };
        let name: String = clean(name).chars().map(allowed).collect();
        let name = match name.trim_matches(['\'', ' ']) {
            "" => "-",
            // A sheet of this name is the program's own.
            reserved if reserved.eq_ignore_ascii_case("history") => "History -",
            name => name,
        };
        let endings = std::iter::once(String::new()).chain((2..).map(|n: u32| format!(" ({n})")));
        let named = endings.map(|ending| {
            let room = CHARACTERS_MAX - ending.len();
            let kept: String = within(name, room);
            format!("{}{ending}", kept.trim_end_matches(['\'', ' ']))
        });
        // Endless, and one of them is free.
        named.into_iter().find(|one| self.0.insert(one.to_lowercase())).unwrap_or_default()
    }
}

/// The beginning of a text that takes at most so many of the units in which the format counts (UTF-16).
fn within(text: &str, units_max: usize) -> String {
    let mut units = 0;
    text.chars()
        .take_while(|character| {
            units += character.len_utf16();
            units <= units_max
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn every_sheet_has_a_name_of_its_own_that_the_format_takes() {
        let mut names = Names::default();
        for (name, expected) in [
            ("Sở Y tế", "Sở Y tế"),
            ("SỞ Y TẾ", "SỞ Y TẾ (2)"),
            ("a/b: [c]*?\\", "a-b- -c----"),
            ("'quoted'", "quoted"),
            ("", "-"),
            ("History", "History -"),
            ("Trung tâm Chuyển đổi số và Ứng dụng", "Trung tâm Chuyển đổi số và Ứng"),
            ("Trung tâm Chuyển đổi số và Ứng xử", "Trung tâm Chuyển đổi số và (2)"),
        ] {
            let unused = names.unused(name);
            assert_eq!(unused, expected);
            assert!(rust_xlsxwriter::Worksheet::new().set_name(unused).is_ok());
        }
    }
}
