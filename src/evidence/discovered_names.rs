//! Names that were found beside a service.
//!
//! Is beside the areas because it imports most of them: [`super::dns`], [`super::mail`],
//! [`super::service`], [`super::tls`] and [`super::web`].

use std::collections::BTreeSet;

use url::Url;

use super::dns::zone;
use super::mail::{self, MailRouteKind};
use super::query::View;
use super::tls::certificate;
use super::web::{redirect_chains, subresources};
use crate::model::{Endpoint, Family, Host, Name, Service, Target};

/// The ports of a name server (RFC 1035 §4.2) and of a mail exchanger (RFC 5321 §4.5.4.2).
const DNS_PORT: u16 = 53;
const SMTP_PORT: u16 = 25;

/// How a name was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// The zone that the service's name lies in.
    Zone,
    /// The zone is served there: its NS records.
    NameServer,
    /// The domain's mail goes there: its MX records.
    MailExchanger,
    /// A redirect leads there.
    Redirect,
    /// The front page loads from there.
    Resource,
    /// The service's certificate is for it too.
    Certificate,
}

/// A target that could be a service of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiscoveredName {
    /// How it was found.
    pub via: Via,
    /// What it would be listed as.
    pub target: DiscoveredTarget,
}

/// What a name would be listed as.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DiscoveredTarget {
    /// A zone.
    Zone(Name),
    /// A name server.
    NameServer(Name),
    /// A mail exchanger. A `mail` service is a domain, so the host is one that answers on a port.
    MailExchanger(Name),
    /// A web site.
    Web(Name),
}

impl DiscoveredTarget {
    /// Its name.
    pub fn name(&self) -> &Name {
        match self {
            Self::Zone(name)
            | Self::NameServer(name)
            | Self::MailExchanger(name)
            | Self::Web(name) => name,
        }
    }

    /// The target; `None` for a name that no URL can hold.
    pub fn target(&self) -> Option<Target> {
        let at = |name: &Name, port| Endpoint { host: Host::Name(name.clone()), port };
        match self {
            Self::Zone(apex) => Some(Target::Zone(apex.clone())),
            Self::NameServer(name) => Some(Target::Dns(at(name, DNS_PORT))),
            Self::MailExchanger(name) => Some(Target::Tcp(at(name, SMTP_PORT))),
            Self::Web(host) => Url::parse(&format!("https://{host}/")).ok().map(Target::Web),
        }
    }
}

/// The names that were found, each once for each [`Via`]. What was not seen is not there: nothing is
/// asked for their sake.
pub fn discovered_names(view: &View<'_>, service: &Service) -> BTreeSet<DiscoveredName> {
    let mut found = BTreeSet::new();
    let Some(own) = service.target.host().and_then(|host| host.name().cloned()) else {
        return found;
    };
    let zone = zone(view, &own);
    if let Some(apex) = zone.apex.clone() {
        found.insert(DiscoveredName { via: Via::Zone, target: DiscoveredTarget::Zone(apex) });
    }
    for server in &zone.name_servers {
        let target = DiscoveredTarget::NameServer(server.name.clone());
        found.insert(DiscoveredName { via: Via::NameServer, target });
    }
    let mail = mail::route(view, &own);
    // Without MX records the only exchanger is the name itself, which is nothing new.
    let is_listed = mail.route == MailRouteKind::Exchangers;
    for exchanger in mail.exchangers.into_iter().filter(|_| is_listed) {
        let target = DiscoveredTarget::MailExchanger(exchanger.name);
        found.insert(DiscoveredName { via: Via::MailExchanger, target });
    }
    let mut web = |via, name: Name| {
        if name != own && !name.as_str().starts_with('*') {
            found.insert(DiscoveredName { via, target: DiscoveredTarget::Web(name) });
        }
    };
    for family in [Family::Ipv6, Family::Ipv4] {
        let chains = redirect_chains(view, service, family);
        for hop in chains.iter().flat_map(|chain| &chain.hops) {
            if let Some(url::Host::Domain(host)) = hop.url.host() {
                web(Via::Redirect, Name::from_presentation(host));
            }
        }
        let first = chains.iter().filter_map(|chain| chain.hops.first());
        for conversation in first.flat_map(|hop| &hop.attempts).map(|visit| &visit.conversation) {
            let session = conversation.best().and_then(|best| best.tls.as_ref()?.as_ref().ok());
            let names = session.and_then(|session| certificate::leaf(&session.chain));
            for name in names.into_iter().flat_map(|leaf| leaf.dns_names) {
                web(Via::Certificate, Name::from_presentation(&name));
            }
        }
        for server in subresources(view, &chains, service.expect_status).servers {
            if let Host::Name(name) = server.host {
                web(Via::Resource, name);
            }
        }
    }
    found
}
