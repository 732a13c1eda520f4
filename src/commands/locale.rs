//! The language that the environment asks for: of results where no inventory and no option says one.

use crate::model::Lang;

/// The variables that say the language of messages, the strongest first (POSIX.1-2017, XBD 8.2).
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// Vietnamese where the locale of messages is, else English.
pub(super) fn lang() -> Lang {
    of(|name| std::env::var(name).ok())
}

/// The first variable that is set and not empty decides, whatever it says.
fn of(variable: impl Fn(&str) -> Option<String>) -> Lang {
    let said = VARIABLES.into_iter().filter_map(variable).find(|value| !value.is_empty());
    let language = said.as_deref().and_then(|locale| locale.split(['_', '.', '@', '-']).next());
    match language {
        Some("vi") => Lang::Vi,
        _ => Lang::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_variable_that_says_something_decides() {
        let lang = |set: &[(&str, &str)]| {
            of(|name| set.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(lang(&[("LANG", "vi_VN.UTF-8")]), Lang::Vi);
        assert_eq!(lang(&[("LANG", "vi")]), Lang::Vi);
        assert_eq!(lang(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "vi_VN")]), Lang::Vi);
        assert_eq!(lang(&[("LANG", "vi_VN.UTF-8"), ("LC_ALL", "C.UTF-8")]), Lang::En);
        assert_eq!(lang(&[("LC_ALL", ""), ("LANG", "vi_VN@x")]), Lang::Vi);
        assert_eq!(lang(&[("LANG", "vie_VN")]), Lang::En);
        assert_eq!(lang(&[]), Lang::En);
    }
}
