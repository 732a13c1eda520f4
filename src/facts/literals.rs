//! IPv4 literals in what a site says: a client behind NAT64 can't go there by name.

use std::net::Ipv4Addr;

use url::{Host, Url};

use super::front::front;
use super::page;
use super::walk::Walk;

/// Literals of one service that are listed.
const LITERALS_MAX: usize = 20;

/// Where an IPv4 literal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A redirect leads to it.
    Redirect,
    /// The page loads from it, links to it, or an inline script names it in a URL.
    Page,
    /// A Content-Security-Policy names it.
    Policy,
}

/// An IPv4 literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// Where it stands.
    pub place: Place,
    /// The URL or source that holds it. Hostile text.
    pub text: String,
    /// What it is for, in a page.
    pub what: &'static str,
}

/// What was found, and whether all pages could be read.
#[derive(Clone, Debug, Default)]
pub struct Literals {
    /// The literals, each once.
    pub found: Vec<Literal>,
    /// Pages that were read.
    pub pages_read: usize,
    /// Whether some page could not be read.
    pub has_unreadable: bool,
}

/// The IPv4 literals of redirect chains, their last pages and their policies.
pub fn literals(walks: &[Walk<'_>]) -> Literals {
    let mut literals = Literals::default();
    let mut seen = Vec::new();
    for walk in walks {
        for hop in walk.hops.iter().skip(1).filter(|hop| is_literal(&hop.url)) {
            literals.add(Place::Redirect, hop.url.as_str(), "redirect");
        }
        let Some((url, talk)) = front(walk) else { continue };
        let Some(response) = super::front::looks(talk).next() else { continue };
        for (name, value) in &response.headers {
            if name == "content-security-policy" {
                literals.policy(value);
            }
        }
        let digest = response.body.digest();
        if seen.contains(&digest) {
            continue;
        }
        seen.push(digest);
        match page::page(response, url).as_ref() {
            Ok(page) => {
                literals.pages_read += 1;
                for reference in page.references.iter().filter(|r| is_literal(&r.url)) {
                    literals.add(Place::Page, reference.url.as_str(), reference.what.id());
                }
                for url in in_script(&page.scripts) {
                    literals.add(Place::Page, &url, "inline-script");
                }
                page.policies.iter().for_each(|policy| literals.policy(policy));
            }
            // What is no text holds no URLs that anybody would follow.
            Err(page::Unreadable::NotText) => literals.pages_read += 1,
            Err(_) => literals.has_unreadable = true,
        }
    }
    literals
}

impl Literals {
    fn add(&mut self, place: Place, text: &str, what: &'static str) {
        let literal = Literal { place, text: text.to_owned(), what };
        if self.found.len() < LITERALS_MAX && !self.found.contains(&literal) {
            self.found.push(literal);
        }
    }

    fn policy(&mut self, policy: &str) {
        for source in policy.split([' ', ';', ',', '\t']) {
            let host = source.split_once("://").map_or(source, |(_, rest)| rest);
            let host = host.split(['/', ':']).next().unwrap_or_default();
            if host.parse::<Ipv4Addr>().is_ok() {
                self.add(Place::Policy, source, "csp");
            }
        }
    }
}

fn is_literal(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Ipv4(_)))
}

/// `http://192.0.2.1…` in a script's text.
fn in_script(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://").take(LITERALS_MAX * LITERALS_MAX) {
        let before = &text[..at];
        let scheme = ["https", "http", "wss", "ws"].into_iter().find(|s| before.ends_with(s));
        let host: String =
            text[at + 3..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        if let (Some(scheme), Ok(address)) = (scheme, host.parse::<Ipv4Addr>()) {
            found.push(format!("{scheme}://{address}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_in_scripts_are_urls_and_nothing_else() {
        let script = "v='1.2.3.4'; fetch('http://10.0.0.8:8080/api'); ws='wss://192.0.2.1'; \
            // see https://example.vn/1.2.3.4 or ://9.9.9.9";
        assert_eq!(in_script(script), ["http://10.0.0.8", "wss://192.0.2.1"]);
    }

    #[test]
    fn literals_in_policies_are_hosts() {
        let mut literals = Literals::default();
        literals
            .policy("img-src 'self' http://192.0.2.1:8080/a 198.51.100.7 cdn.example.vn; x 1.2");
        let found: Vec<_> = literals.found.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(found, ["http://192.0.2.1:8080/a", "198.51.100.7"]);
    }
}
