//! What a proxy in front says: who somebody is, and from where she comes.
//!
//! Its headers are taken only from the configured addresses. From elsewhere anybody could write them.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::rules::{Grant, GroupRule, granted};

/// Octets of a user's name at the most.
const NAME_OCTETS_MAX: usize = 128;

/// A proxy that is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxy {
    /// Where it connects from.
    pub from: Vec<IpNet>,
    /// The header with the user's name, where it says who somebody is.
    pub user_header: Option<HeaderName>,
    /// The header with her groups.
    pub groups_header: Option<HeaderName>,
    /// The header with the address of the browser, `X-Forwarded-For` if it isn't said.
    pub address_header: Option<HeaderName>,
    /// What the groups may do.
    pub groups: Vec<GroupRule>,
    /// What those may do who are in none of them.
    pub others: Option<super::role::Role>,
}

/// Who it is by the proxy's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByProxy {
    /// It doesn't say.
    Nobody,
    /// Somebody, and what she may do.
    User(String, Grant),
    /// Somebody who is in no group that may do anything.
    Stranger(String),
    /// The headers are not usable.
    Unusable(&'static str),
    /// Whoever connected is no trusted proxy, and has written its headers all the same.
    Spoofed,
}

impl Proxy {
    /// Whether a connection comes from it.
    pub fn is_from(&self, peer: Option<IpAddr>) -> bool {
        let peer = peer.map(|address| address.to_canonical());
        peer.is_some_and(|peer| self.from.iter().any(|prefix| prefix.contains(&peer)))
    }

    /// Who it is.
    pub fn user(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> ByProxy {
        let Some(user_header) = &self.user_header else { return ByProxy::Nobody };
        let mut names = headers.get_all(user_header).iter();
        let Some(name) = names.next() else { return ByProxy::Nobody };
        if !self.is_from(peer) {
            return ByProxy::Spoofed;
        }
        if names.next().is_some() {
            return ByProxy::Unusable("the header with the user's name is there twice");
        }
        let name = std::str::from_utf8(name.as_bytes()).map(str::trim).unwrap_or_default();
        if name.is_empty() {
            return ByProxy::Nobody;
        }
        if name.len() > NAME_OCTETS_MAX || name.chars().any(char::is_control) {
            return ByProxy::Unusable("the user's name is too long or has control characters");
        }
        let groups: Vec<&str> = self
            .groups_header
            .iter()
            .flat_map(|header| headers.get_all(header))
            .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
            .flat_map(|value| value.split([',', ';', '|']))
            .map(str::trim)
            .filter(|group| !group.is_empty())
            .collect();
        match granted(&self.groups, self.others, groups.into_iter()) {
            Some(grant) => ByProxy::User(name.to_owned(), grant),
            None => ByProxy::Stranger(name.to_owned()),
        }
    }

    /// From where a request comes: the last address of the header that no trusted proxy has.
    pub fn address(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut address = peer?.to_canonical();
        if self.from.is_empty() {
            return Some(address);
        }
        let forwarded = HeaderName::from_static("x-forwarded-for");
        let header = self.address_header.as_ref().unwrap_or(&forwarded);
        let lines: Vec<_> = headers.get_all(header).iter().collect();
        let steps = lines.iter().rev().flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
        for step in steps {
            if !self.is_from(Some(address)) {
                break;
            }
            match written_address(step.trim()) {
                Some(before) => address = before.to_canonical(),
                None => break,
            }
        }
        Some(address)
    }
}

/// `192.0.2.1`, `2001:db8::1`, and both with a port, as proxies write them.
fn written_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse().map(|socket: std::net::SocketAddr| socket.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;
    use crate::serve::access::role::{Organisations, Role};

    fn proxy() -> Proxy {
        Proxy {
            from: vec!["127.0.0.0/8".parse().unwrap(), "2001:db8:f::/48".parse().unwrap()],
            user_header: Some(HeaderName::from_static("x-remote-user")),
            groups_header: Some(HeaderName::from_static("x-remote-groups")),
            address_header: None,
            groups: vec![GroupRule {
                group: "v6-ops".to_owned(),
                role: Role::Operator,
                organisations: Organisations::All,
            }],
            others: None,
        }
    }

    fn headers(pairs: &[(&'static str, &[u8])]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for &(name, value) in pairs {
            let value = HeaderValue::from_bytes(value).unwrap();
            map.append(HeaderName::from_static(name), value);
        }
        map
    }

    #[test]
    fn only_the_proxy_says_who_somebody_is() {
        let peer = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let said: &[(&'static str, &[u8])] =
            &[("x-remote-user", b"an"), ("x-remote-groups", b"staff, v6-ops")];
        let operator = Grant { role: Role::Operator, organisations: Organisations::All };
        let known = ByProxy::User("an".to_owned(), operator);
        for (from, expected) in [
            ("127.0.0.1", &known),
            ("::ffff:127.0.0.9", &known),
            ("2001:db8:f::7", &known),
            ("2001:db8:e::7", &ByProxy::Spoofed),
            ("192.0.2.1", &ByProxy::Spoofed),
        ] {
            assert_eq!(&proxy().user(peer(from), &headers(said)), expected, "{from}");
        }
        assert_eq!(proxy().user(None, &headers(said)), ByProxy::Spoofed);
        let user =
            |pairs: &[(&'static str, &[u8])]| proxy().user(peer("127.0.0.1"), &headers(pairs));
        assert_eq!(user(&[]), ByProxy::Nobody);
        assert_eq!(user(&[("x-remote-user", b"")]), ByProxy::Nobody);
        assert_eq!(user(&[("x-remote-user", b"\xff")]), ByProxy::Nobody);
        assert_eq!(user(&[("x-remote-user", b"an")]), ByProxy::Stranger("an".to_owned()));
        let twice = user(&[("x-remote-user", b"an"), ("x-remote-user", b"binh")]);
        assert!(matches!(twice, ByProxy::Unusable(_)));
        let long = [b'a'; 129];
        assert!(matches!(user(&[("x-remote-user", &long)]), ByProxy::Unusable(_)));
    }

    #[test]
    fn the_browser_is_the_last_that_no_proxy_is() {
        let address = |peer: &str, value: &str| {
            let headers = headers(&[("x-forwarded-for", value.as_bytes())]);
            proxy().address(Some(peer.parse().unwrap()), &headers).unwrap().to_string()
        };
        assert_eq!(address("127.0.0.1", "192.0.2.1"), "192.0.2.1");
        assert_eq!(address("127.0.0.1", "198.51.100.9, 192.0.2.1"), "192.0.2.1");
        assert_eq!(address("127.0.0.1", "192.0.2.1, 2001:db8:f::1"), "192.0.2.1");
        assert_eq!(address("127.0.0.1", "[2001:db8::1]:4711"), "2001:db8::1");
        assert_eq!(address("127.0.0.1", "192.0.2.1:4711"), "192.0.2.1");
        assert_eq!(address("127.0.0.1", "192.0.2.1, unknown"), "127.0.0.1");
        assert_eq!(address("192.0.2.7", "198.51.100.9"), "192.0.2.7");
        assert_eq!(proxy().address(None, &HeaderMap::new()), None);
    }

    proptest! {
        #[test]
        fn no_header_panics(value in proptest::collection::vec(0x20_u8..=0xfe, 0..80)) {
            let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
            let mut map = HeaderMap::new();
            for name in ["x-remote-user", "x-remote-groups", "x-forwarded-for"] {
                map.append(name, value.clone());
            }
            let peer = Some("127.0.0.1".parse().unwrap());
            let _ = proxy().user(peer, &map);
            prop_assert!(proxy().address(peer, &map).is_some());
            prop_assert!(!matches!(proxy().user(None, &map), ByProxy::User(..)));
        }
    }
}
