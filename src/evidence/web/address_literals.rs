//! IPv4 literals in what a site says: a client behind NAT64 can't go there by name.

use std::net::Ipv4Addr;

use url::{Host, Url};

use super::page::Unreadable;
use super::subresources::is_front_page;
use super::{RedirectChain, landing_page, page};

/// Literals of one service that are listed.
const LITERALS_MAX: usize = 20;

/// Where an IPv4 literal was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LiteralLocation {
    /// A redirect leads to it.
    Redirect,
    /// The page loads from it, links to it, or an inline script names it in a URL.
    Page,
    /// A Content-Security-Policy names it.
    Policy,
}

/// An IPv4 literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ipv4Literal {
    /// Where it was found.
    pub place: LiteralLocation,
    /// The URL or source that holds it. Hostile text.
    pub text: String,
    /// What it is for, in a page.
    pub what: &'static str,
}

/// What was found, and of which pages.
#[derive(Clone, Debug, Default)]
pub struct Ipv4Literals {
    /// The literals, each once.
    pub found: Vec<Ipv4Literal>,
    /// What was seen of the last page of each chain, in the chains' order.
    pub pages: Vec<PageSeen>,
}

/// What was seen of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageSeen {
    /// All of it.
    Whole,
    /// As much as our limits let us read.
    Cut,
    /// It can't be read.
    Unreadable(Unreadable),
    /// No page came, or an error in its place.
    None,
}

/// The IPv4 literals of redirect chains, their last pages and their policies. An error is no page,
/// unless it is the `expected` status.
pub fn address_literals(chains: &[RedirectChain<'_>], expected: Option<u16>) -> Ipv4Literals {
    let mut literals = Ipv4Literals::default();
    for chain in chains {
        for hop in chain.hops.iter().skip(1).filter(|hop| is_literal(&hop.url)) {
            literals.add(LiteralLocation::Redirect, hop.url.as_str(), "redirect");
        }
        let page = literals.read(chain, expected);
        literals.pages.push(page);
    }
    literals
}

impl Ipv4Literals {
    /// Reads the last page of a chain.
    fn read(&mut self, chain: &RedirectChain<'_>, expected: Option<u16>) -> PageSeen {
        let Some((url, conversation)) = landing_page(chain) else { return PageSeen::None };
        let Some(response) = super::landing_page_responses(conversation).next() else {
            return PageSeen::None;
        };
        if !is_front_page(response, url, expected) {
            return PageSeen::None;
        }
        for (name, value) in &response.headers {
            if name == "content-security-policy" {
                self.policy(value);
            }
        }
        match page::readable(response, url).as_ref() {
            Ok(page) => {
                for reference in page.references.iter().filter(|r| is_literal(&r.url)) {
                    self.add(LiteralLocation::Page, reference.url.as_str(), reference.what.id());
                }
                let (found, is_whole) = in_script(&page.scripts);
                found.iter().for_each(|url| self.add(LiteralLocation::Page, url, "inline-script"));
                page.policies.iter().for_each(|policy| self.policy(policy));
                if is_whole && !page.is_cut { PageSeen::Whole } else { PageSeen::Cut }
            }
            // What is no text holds no URLs that a client would follow.
            Err(Unreadable::NotText) => PageSeen::Whole,
            Err(Unreadable::TooLarge) => PageSeen::Cut,
            Err(why) => PageSeen::Unreadable(*why),
        }
    }

    fn add(&mut self, place: LiteralLocation, text: &str, what: &'static str) {
        let literal = Ipv4Literal { place, text: text.to_owned(), what };
        if self.found.len() < LITERALS_MAX && !self.found.contains(&literal) {
            self.found.push(literal);
        }
    }

    fn policy(&mut self, policy: &str) {
        for source in policy.split([' ', ';', ',', '\t']) {
            let host = source.split_once("://").map_or(source, |(_, rest)| rest);
            let host = host.split(['/', ':']).next().unwrap_or_default();
            if host.parse::<Ipv4Addr>().is_ok() {
                self.add(LiteralLocation::Policy, source, "csp");
            }
        }
    }
}

fn is_literal(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Ipv4(_)))
}

/// URLs of one page's scripts that are read.
const SCRIPT_URLS_MAX: usize = 4000;

/// `http://192.0.2.1…` in a script's text, and whether all of the text was read.
fn in_script(text: &str) -> (Vec<String>, bool) {
    let mut found = Vec::new();
    let mut matches = text.match_indices("://");
    for (at, _) in matches.by_ref().take(SCRIPT_URLS_MAX) {
        let before = &text[..at];
        let scheme = ["https", "http", "wss", "ws"].into_iter().find(|s| before.ends_with(s));
        let host: String =
            text[at + 3..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        if let (Some(scheme), Ok(address)) = (scheme, host.parse::<Ipv4Addr>()) {
            found.push(format!("{scheme}://{address}"));
        }
    }
    (found, matches.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_in_scripts_are_urls_and_nothing_else() {
        let script = "v='1.2.3.4'; fetch('http://10.0.0.8:8080/api'); ws='wss://192.0.2.1'; \
            // see https://example.vn/1.2.3.4 or ://9.9.9.9";
        assert_eq!(in_script(script).0, ["http://10.0.0.8", "wss://192.0.2.1"]);
    }

    #[test]
    fn literals_in_policies_are_hosts() {
        let mut literals = Ipv4Literals::default();
        literals
            .policy("img-src 'self' http://192.0.2.1:8080/a 198.51.100.7 cdn.example.vn; x 1.2");
        let found: Vec<_> = literals.found.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(found, ["http://192.0.2.1:8080/a", "198.51.100.7"]);
    }
}
