//! Mail addresses within the words of a contact.

/// Characters of an address (RFC 5321 §4.5.3.1.3).
const CHARACTERS_MAX: usize = 254;

/// The addresses that a text names, each once: `Bà A, a@example.vn; b@example.vn` has two.
pub(super) fn addresses(text: &str) -> Vec<String> {
    let between = |c: char| c.is_whitespace() || ",;<>()[]\"“”".contains(c);
    let mut found: Vec<String> = Vec::new();
    for word in text.split(between) {
        let word = word.strip_prefix("mailto:").unwrap_or(word).trim_end_matches(['.', ':']);
        // `Email:a@example.vn` is written without a blank, too.
        let word = word.rsplit(':').next().unwrap_or(word);
        if is_address(word) && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// Whether a word is an address in the form that every mail program takes: a dot-atom and a host name.
fn is_address(word: &str) -> bool {
    let Some((local, domain)) = word.rsplit_once('@') else { return false };
    let is_atom = |atom: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
        !atom.is_empty() && atom.chars().all(allowed)
    };
    let is_label = |label: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(allowed) && !label.starts_with('-')
    };
    word.len() <= CHARACTERS_MAX
        && local.split('.').all(is_atom)
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn addresses_are_found_among_words() {
        for (text, expected) in [
            ("noc@example.gov.vn", &["noc@example.gov.vn"][..]),
            ("Bà A <a@example.vn>, ĐT 0258 000 000", &["a@example.vn"]),
            ("a@example.vn; b@example.vn;a@example.vn", &["a@example.vn", "b@example.vn"]),
            ("Email:a@example.vn.", &["a@example.vn"]),
            ("mailto:a.b+c@example.vn", &["a.b+c@example.vn"]),
            ("Phòng CNTT, điện thoại 0258 000 000", &[]),
            ("a@localhost, @example.vn, a@, a..b@example.vn, a@-x.vn, ậ@example.vn", &[]),
            // Nothing of it becomes a header of its own.
            ("a@example.vn\r\nBcc: b@example.vn", &["a@example.vn", "b@example.vn"]),
        ] {
            assert_eq!(addresses(text), expected, "{text}");
        }
    }
}
