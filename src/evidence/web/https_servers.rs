//! The servers with which a browser speaks TLS on its way to the landing page.

use super::{RedirectChain, redirect_chains};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::EndpointContact;
use crate::model::{Family, Host, Service};

/// A server on the way to the landing page: a certificate that a browser rejects there ends the way,
/// at whatever redirect.
#[derive(Clone, Debug)]
pub struct HttpsServer<'e> {
    /// The host that its certificate has to be for.
    pub host: Host,
    /// The port.
    pub port: u16,
    /// What was seen at each of its addresses that the redirects led to, over one family.
    pub contacts: Vec<EndpointContact<'e>>,
}

/// Reads the TLS servers on the way of a web service over one family, the declared one first where
/// it is one. None for other services.
pub fn https_servers<'e>(
    view: &View<'e>,
    service: &Service,
    family: Family,
) -> Vec<HttpsServer<'e>> {
    https_servers_of(&redirect_chains(view, service, family))
}

/// The TLS servers of these redirect chains, in the order in which they are come upon.
pub fn https_servers_of<'e>(chains: &[RedirectChain<'e>]) -> Vec<HttpsServer<'e>> {
    let mut servers: Vec<HttpsServer<'e>> = Vec::new();
    for chain in chains {
        for (at, hop) in chain.hops.iter().enumerate() {
            let (Some(host), Some(port)) =
                (Host::of_url(&hop.url), hop.url.port_or_known_default())
            else {
                continue;
            };
            if hop.url.scheme() != "https" {
                continue;
            }
            // A redirect to where nobody may go is web-redirects' failure, and no server.
            let is_visited = |gap: Option<Gap>| at == 0 || !gap.is_some_and(Gap::is_forbidden);
            let attempts = hop.attempts.iter().filter(|a| is_visited(a.conversation.missing));
            for attempt in attempts {
                let known = servers.iter().position(|s| s.host == host && s.port == port);
                let known = known.unwrap_or_else(|| {
                    let contacts = Vec::new();
                    servers.push(HttpsServer { host: host.clone(), port, contacts });
                    servers.len() - 1
                });
                let contacts = &mut servers[known].contacts;
                if contacts.iter().all(|contact| contact.address != attempt.address) {
                    contacts.push(EndpointContact {
                        address: attempt.address,
                        conversation: attempt.conversation.clone(),
                        greetings: Vec::new(),
                    });
                }
            }
        }
    }
    servers
}
