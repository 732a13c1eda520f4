//! Text for people, and ids.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::inventory::fault::Fault;
use crate::model::ServiceId;

/// Characters of an id.
pub(crate) const ID_CHARACTERS_MAX: usize = 63;

/// Characters of a title, a name or a reason.
const TEXT_CHARACTERS_MAX: usize = 1000;

/// Text for people: one line, not empty.
pub(crate) fn one_line(text: &str) -> Result<String, Fault> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Fault::err("this text is empty", "write a text, or delete the key");
    }
    if trimmed.contains(char::is_control) {
        return Fault::err(
            "this text holds a line break or another control character",
            "write it on one line; `>-` folds a long text",
        );
    }
    if trimmed.chars().count() > TEXT_CHARACTERS_MAX {
        return Fault::err(
            format!("this text has more than {TEXT_CHARACTERS_MAX} characters"),
            "shorten it",
        );
    }
    Ok(trimmed.to_owned())
}

/// An id: `[a-z0-9][a-z0-9-]*`, at most 63 characters.
pub(crate) fn id(text: &str) -> Result<&str, Fault> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_id = text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c == '-');
    if is_id && text.len() <= ID_CHARACTERS_MAX {
        return Ok(text);
    }
    let message = match is_id {
        true => format!("this id has more than {ID_CHARACTERS_MAX} characters"),
        false => format!("`{text}` is not an id"),
    };
    let rule = "an id is made of a–z, 0–9 and `-` and starts with a letter or digit";
    match slug(text) {
        suggestion if suggestion.is_empty() => Fault::err(message, rule),
        suggestion => Fault::err(message, format!("{rule}: write `{suggestion}`")),
    }
}

/// A service's id in the whole inventory: `ORG/SERVICE`.
pub(crate) fn service_id(text: &str) -> Result<ServiceId, Fault> {
    let Some((organisation, service)) = text.split_once('/') else {
        return Fault::err(
            format!("`{text}` doesn't say the organisation"),
            "write ORG/SERVICE, such as `vp-ubnd/portal`",
        );
    };
    Ok(ServiceId { organisation: id(organisation)?.into(), service: id(service)?.into() })
}

/// The id that comes closest to a text: `Sở Y tế` → `so-y-te`. Empty when nothing remains.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.nfd().filter(|c| !is_combining_mark(*c)) {
        match character {
            'đ' | 'Đ' => slug.push('d'),
            c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() == ID_CHARACTERS_MAX {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::fault::refusal;

    #[test]
    fn ids() {
        for good in ["a", "7", "vp-ubnd", "007", &"x".repeat(63)] {
            assert_eq!(id(good), Ok(good));
        }
        for (bad, expected) in [
            ("Sở Y tế", "write `so-y-te`"),
            ("Đường_Bộ", "write `duong-bo`"),
            ("-a", "write `a`"),
            ("", "is not an id"),
            ("***", "is not an id"),
            (&*"x".repeat(64), "more than 63 characters"),
        ] {
            assert!(refusal(id(bad)).contains(expected), "{bad}: {}", refusal(id(bad)));
        }
    }
}
