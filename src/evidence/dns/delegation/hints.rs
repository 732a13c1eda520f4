//! The root servers, where every path begins.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use super::path::Server;
use crate::evidence::query::{Topic, View};
use crate::model::Name;

/// The root servers; the file says where they are from and of when.
pub const BUILT_IN: &str = include_str!("root.hints");

/// Root servers that are read from hints; there are thirteen names.
const SERVERS_MAX: usize = 26;

/// The root servers that the settings name.
#[derive(PartialEq, Eq)]
struct DeclaredRootServers;

impl Topic for DeclaredRootServers {
    type Reading = Vec<Server>;
}

/// The root servers that a scan begins with, sorted by name.
pub(super) fn root(view: &View<'_>) -> Arc<Vec<Server>> {
    static OF_BUILT_IN: LazyLock<Arc<Vec<Server>>> = LazyLock::new(|| Arc::new(parse(BUILT_IN)));
    match &view.settings.root_hints {
        Some(hints) => view.remembered(DeclaredRootServers, || parse(hints)),
        None => Arc::clone(&OF_BUILT_IN),
    }
}

/// How many addresses root hints name; 0 when the text is no root hints.
pub fn addresses(text: &str) -> usize {
    parse(text).iter().map(|server| server.glue.len()).sum()
}

/// Reads root hints in master-file format (RFC 1035 §5.1), as far as such files go: one record a
/// line, comments from `;` on. Lines that are no A or AAAA records are passed over: the
/// addresses show which names are root servers.
fn parse(text: &str) -> Vec<Server> {
    let mut servers: Vec<Server> = Vec::new();
    let mut owner = Name::root();
    for line in text.lines() {
        let content = line.split(';').next().unwrap_or_default();
        let mut fields = content.split_whitespace();
        if !content.starts_with([' ', '\t'])
            && let Some(first) = fields.next()
        {
            owner = Name::from_presentation(first);
        }
        let fields: Vec<&str> = fields.collect();
        let [.., kind, data] = fields[..] else { continue };
        let Ok(address) = data.parse::<IpAddr>() else { continue };
        if !kind.eq_ignore_ascii_case(if address.is_ipv6() { "AAAA" } else { "A" }) {
            continue;
        }
        let known = servers.iter().position(|server| server.name == owner);
        match known {
            Some(at) => servers[at].glue.push(address),
            None if servers.len() < SERVERS_MAX => {
                servers.push(Server::new(owner.clone(), vec![address]));
            }
            None => {}
        }
    }
    servers.sort_by(|a, b| a.name.cmp(&b.name));
    servers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_has_thirteen_servers_of_both_families() {
        let root = parse(BUILT_IN);
        assert_eq!(root.len(), 13);
        for server in &root {
            assert_eq!(server.glue.len(), 2, "{}", server.name);
            assert!(server.glue.iter().all(|a| crate::model::is_globally_reachable(*a)));
        }
    }

    #[test]
    fn hints_as_people_write_them() {
        let text = "; c\n. 1 IN NS A.ROOT.\nA.ROOT. 3600 IN A 192.0.2.1 ; x\n\tAAAA 2001:db8::1\n\
                    b.root. aaaa 2001:db8::2\nc.root. A 2001:db8::3\nd.root. A\n";
        let root = parse(text);
        let names: Vec<_> = root.iter().map(|s| (s.name.as_str(), s.glue.len())).collect();
        assert_eq!(names, [("a.root", 2), ("b.root", 1)]);
        assert_eq!(addresses("nothing"), 0);
    }
}
