//! Character references (HTML §13.2.5.72), as far as URLs and words are written with them.

/// Undoes the character references that URLs and words are written with.
pub(super) fn decoded(raw: &str) -> String {
    /// Octets of the longest reference that is looked for, without `&`.
    const REFERENCE_OCTETS_MAX: usize = 10;

    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let character = tail
            .find(';')
            .filter(|end| *end <= REFERENCE_OCTETS_MAX)
            .and_then(|end| Some((end, character(&tail[..end])?)));
        match character {
            Some((end, character)) => {
                text.push(character);
                rest = &tail[end + 1..];
            }
            None => {
                text.push('&');
                rest = tail;
            }
        }
    }
    text.push_str(rest);
    text
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}
