//! Names that were come by on the way to a service.

use std::collections::BTreeSet;

use url::Url;

use super::certificate;
use super::{View, resources, walks, zone};
use crate::model::{Family, Host, Name, Service, Target};

/// How a name was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// The zone that the service's name lies in.
    Zone,
    /// A redirect leads there.
    Redirect,
    /// The front page loads from there.
    Resource,
    /// The service's certificate is for it too.
    Certificate,
}

/// A target that could be a service of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nearby {
    /// How it was come by.
    pub via: Via,
    /// What it would be listed as: `zone` with the apex, else `web` with a URL.
    pub target: NearbyTarget,
}

/// What a name would be listed as.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NearbyTarget {
    /// A zone.
    Zone(Name),
    /// A web site.
    Web(Name),
}

impl NearbyTarget {
    /// Its name.
    pub fn name(&self) -> &Name {
        match self {
            Self::Zone(name) | Self::Web(name) => name,
        }
    }

    /// The target; `None` for a name that no URL can hold.
    pub fn target(&self) -> Option<Target> {
        match self {
            Self::Zone(apex) => Some(Target::Zone(apex.clone())),
            Self::Web(host) => Url::parse(&format!("https://{host}/")).ok().map(Target::Web),
        }
    }
}

/// The names that were come by, each once for each way. Asks nothing: what was not seen is not there.
pub fn nearby(view: &View<'_>, service: &Service) -> BTreeSet<Nearby> {
    let mut found = BTreeSet::new();
    let Some(own) = service.target.host().and_then(|host| host.name().cloned()) else {
        return found;
    };
    if let Some(apex) = zone(view, &own).apex {
        found.insert(Nearby { via: Via::Zone, target: NearbyTarget::Zone(apex) });
    }
    let mut web = |via, name: Name| {
        if name != own && !name.as_str().starts_with('*') {
            found.insert(Nearby { via, target: NearbyTarget::Web(name) });
        }
    };
    for family in [Family::Ipv6, Family::Ipv4] {
        let walks = walks(view, service, family);
        for hop in walks.iter().flat_map(|walk| &walk.hops) {
            if let Some(url::Host::Domain(host)) = hop.url.host() {
                web(Via::Redirect, Name::from_presentation(host));
            }
        }
        let first = walks.iter().filter_map(|walk| walk.hops.first());
        for talk in first.flat_map(|hop| &hop.visits).map(|visit| &visit.talk) {
            let session = talk.best().and_then(|best| best.tls.as_ref()?.as_ref().ok());
            let names = session.and_then(|session| certificate::leaf(&session.chain));
            for name in names.into_iter().flat_map(|leaf| leaf.dns_names) {
                web(Via::Certificate, Name::from_presentation(&name));
            }
        }
        for server in resources(view, &walks).servers {
            if let Host::Name(name) = server.host {
                web(Via::Resource, name);
            }
        }
    }
    found
}
