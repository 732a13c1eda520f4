//! Where somebody goes after the log-in: only to a path of our own.

use url::Url;
use url::form_urlencoded::byte_serialize;

/// Octets of a path that is taken.
const LENGTH_MAX: usize = 2048;

/// A path, with its query, on this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    /// The first page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The path that a text means, unless a browser could take it for another host's, or it would lead
    /// back to the log-in.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() <= LENGTH_MAX
            && text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'\\');
        if !is_plain || !text.starts_with('/') || text.starts_with("//") {
            return None;
        }
        // Once more by the algorithm of browsers, which also resolves dots.
        let here = Url::parse("https://here.invalid").ok()?;
        let there = here.join(text).ok()?;
        if there.origin() != here.origin() || !there.username().is_empty() {
            return None;
        }
        let path = there.path();
        if path.starts_with("//")
            || path == "/login"
            || path.starts_with("/login/")
            || path == "/logout"
        {
            return None;
        }
        Some(Self(match there.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        }))
    }

    /// The path that a text means, or the first page.
    pub fn or_home(text: Option<&str>) -> Self {
        text.and_then(Self::parse).unwrap_or_else(Self::home)
    }

    /// As a `Location` has it: visible ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The page to log in at, which leads back here.
    pub fn by_way_of(&self, page: &str) -> String {
        match self.0.as_str() {
            "/" => page.to_owned(),
            path => format!("{page}?next={}", byte_serialize(path.as_bytes()).collect::<String>()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_paths_of_our_own_are_taken() {
        for (text, path) in [
            ("/", Some("/")),
            ("/services?stage=1&q=a%20b", Some("/services?stage=1&q=a%20b")),
            ("/a/../services", Some("/services")),
            ("/services#part", Some("/services")),
            ("/login-help", Some("/login-help")),
            ("", None),
            ("services", None),
            ("//evil.example", None),
            ("///evil.example", None),
            ("/\\evil.example", None),
            ("\\\\evil.example", None),
            ("/\t/evil.example", None),
            ("/\n/evil.example", None),
            (" /services", None),
            ("/./\u{2f}evil.example", None),
            ("/..//evil.example", None),
            ("https://evil.example/", None),
            ("https:evil.example", None),
            ("javascript:alert(1)", None),
            ("/%2f/evil.example", Some("/%2f/evil.example")),
            ("/dịch-vụ", None),
            ("/login", None),
            ("/login?next=/login", None),
            ("/x/../login/oidc", None),
            ("/logout", None),
        ] {
            let found = LocalPath::parse(text);
            assert_eq!(found.as_ref().map(LocalPath::as_str), path, "{text:?}");
        }
        assert_eq!(LocalPath::parse(&format!("/{}", "a".repeat(LENGTH_MAX))), None);
        assert_eq!(LocalPath::or_home(Some("//evil.example")), LocalPath::home());
    }

    #[test]
    fn the_way_to_the_log_in_leads_back() {
        let path = LocalPath::parse("/services?a=b&c=d").unwrap();
        assert_eq!(path.by_way_of("/login"), "/login?next=%2Fservices%3Fa%3Db%26c%3Dd");
        assert_eq!(LocalPath::home().by_way_of("/login"), "/login");
    }

    proptest! {
        #[test]
        fn whatever_is_taken_stays_on_this_host(text in r"[/\\.a-z:@?#%\t 0-9]{0,30}") {
            if let Some(path) = LocalPath::parse(&text) {
                let here = Url::parse("https://v6.example.gov.vn/login").unwrap();
                let there = here.join(path.as_str()).unwrap();
                prop_assert_eq!(there.origin(), here.origin());
                prop_assert!(!there.path().starts_with("//"));
            }
        }
    }
}
