//! Addresses of the pages: each carries the whole state of what it shows.

use std::fmt::Write as _;

use crate::model::ServiceId;

/// Makes addresses that stay with the inventory that is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// The inventory, where it isn't the first one.
    pub inventory: Option<String>,
}

impl Links {
    /// A page with a query. Empty values are left out.
    pub fn to(&self, path: &str, query: &[(&str, &str)]) -> String {
        let mut address = path.to_owned();
        let inventory = self.inventory.as_deref().map(|word| ("inventory", word));
        let pairs = query.iter().copied().chain(inventory);
        for (at, (key, value)) in pairs.filter(|(_, value)| !value.is_empty()).enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            // Writing to a string can't fail.
            let _ = write!(address, "{mark}{key}={}", escaped(value));
        }
        address
    }

    /// A page without a query of its own.
    pub fn page(&self, path: &str) -> String {
        self.to(path, &[])
    }

    /// A service's page.
    pub fn service(&self, id: &ServiceId) -> String {
        self.page(&service_path(id))
    }

    /// An organisation's page.
    pub fn organisation(&self, id: &str) -> String {
        self.page(&format!("/organisations/{}", escaped(id)))
    }

    /// A check's page.
    pub fn check(&self, id: &str) -> String {
        self.page(&format!("/checks/{}", escaped(id)))
    }

    /// A run's page.
    pub fn run(&self, id: &str) -> String {
        self.page(&format!("/runs/{}", escaped(id)))
    }

    /// The services that a filter chooses.
    pub fn services(&self, query: &[(&str, &str)]) -> String {
        self.to("/services", query)
    }

    /// Two runs side by side.
    pub fn comparison(&self, from: &str, to: &str) -> String {
        self.to("/runs/compare", &[("from", from), ("to", to)])
    }
}

/// The path of a service's page, which forms of the service are sent below.
pub fn service_path(id: &ServiceId) -> String {
    format!("/services/{}/{}", escaped(&id.organisation), escaped(&id.service))
}

/// A text for a segment of a path or a value of a query.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b'-' | b'_' | b'.' | b'~' => escaped.push(char::from(octet)),
            plain if plain.is_ascii_alphanumeric() => escaped.push(char::from(plain)),
            // Writing to a string can't fail.
            other => drop(write!(escaped, "%{other:02X}")),
        }
    }
    escaped
}

/// Where a form returns to: a path of our own, or the first page.
pub fn own_path(text: &str) -> &str {
    let is_own = text.starts_with('/')
        && !text.starts_with("//")
        && text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'\\');
    if is_own { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_the_inventory_and_escape_what_is_given() {
        let links = Links { inventory: Some("tỉnh a".to_owned()) };
        assert_eq!(
            links.services(&[("q", "a&b=<c>"), ("stage", "")]),
            "/services?q=a%26b%3D%3Cc%3E&inventory=t%E1%BB%89nh%20a"
        );
        assert_eq!(Links::default().check("dns-aaaa"), "/checks/dns-aaaa");
    }

    #[test]
    fn a_form_leads_nowhere_but_to_us() {
        assert_eq!(own_path("/services?q=1"), "/services?q=1");
        for other in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\nb"] {
            assert_eq!(own_path(other), "/");
        }
    }
}
