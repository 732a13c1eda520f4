//! The one way from names that stand in data to the name of a file: whatever they are, it is one file's in the
//! folder that was asked for, on every system.

/// Characters of a name without its ending.
const CHARACTERS_MAX: usize = 150;

/// Names that belong to devices on Windows, where reports are opened.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A file's name without its ending, from parts such as an organisation and a run: letters and digits
/// without accents, `-` and `_`.
pub(super) fn file_stem<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut stem = String::new();
    for part in parts {
        if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
        for character in part.chars() {
            match character {
                c if c.is_ascii_alphanumeric() || c == '_' => stem.push(c),
                _ if stem.is_empty() || stem.ends_with('-') => {}
                _ => stem.push('-'),
            }
        }
    }
    stem.truncate(CHARACTERS_MAX);
    let stem = stem.trim_end_matches('-');
    let small = stem.to_ascii_lowercase();
    let is_port = |name: &str| {
        matches!(name.strip_prefix("com").or(name.strip_prefix("lpt")), Some(number)
            if number.len() == 1 && number.bytes().all(|octet| octet.is_ascii_digit()))
    };
    match () {
        () if stem.is_empty() => "report".to_owned(),
        () if DEVICES.contains(&&*small) || is_port(&small) => format!("{stem}_"),
        () => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::file_stem;

    #[test]
    fn names_stay_in_their_folder() {
        for (parts, expected) in [
            (&["20261126T200800Z-test"][..], "20261126T200800Z-test"),
            (&["syt", "2026Q4"], "syt-2026Q4"),
            (&["../../etc/passwd", "x"], "etc-passwd-x"),
            (&["a/b", "c\\d", "e:f"], "a-b-c-d-e-f"),
            (&["tag:portal", "*/mail"], "tag-portal-mail"),
            (&["", "..", "."], "report"),
            (&["-", "--x--"], "x"),
            (&["a\u{0}b\n\u{202e}c"], "a-b-c"),
            (&["Sở Y tế"], "S-Y-t"),
            (&["nul"], "nul_"),
            (&["COM7"], "COM7_"),
            (&["com10"], "com10"),
            (&[".hidden"], "hidden"),
        ] {
            assert_eq!(file_stem(parts.iter().copied()), expected, "{parts:?}");
        }
        assert_eq!(file_stem(["x".repeat(400).as_str()]).len(), 150);
    }
}
