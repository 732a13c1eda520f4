//! The two names that people type for one site: with `www` and without.

use std::net::IpAddr;

use url::Url;

use super::lookup::{Lookup, resolve};
use super::walk::{Walk, walks_from};
use super::{Needs, View, zone};
use crate::model::{Name, RecordType, Service, Target};

/// The other name of a site, and how it does.
#[derive(Clone, Debug)]
pub struct Counterpart<'e> {
    /// The same URL under the other name.
    pub url: Url,
    /// The other name.
    pub name: Name,
    /// Its AAAA records.
    pub aaaa: Lookup,
    /// Its A records.
    pub a: Lookup,
    /// The redirect chains from its IPv6 addresses.
    pub walks: Vec<Walk<'e>>,
    /// What still has to be asked.
    pub needs: Needs,
}

/// The part of a name that somebody registered: `tinh.gov.vn` of `www.so.tinh.gov.vn` (by the
/// Public Suffix List). `None` for a public suffix itself.
pub fn registrable(name: &Name) -> Option<&str> {
    psl::domain_str(name.as_str())
}

/// The other name of a web service's host: its parent when it begins with `www`; `www` below it
/// when it is the apex of a zone or a registered name. `None` for every other host, and as long
/// as the zone isn't known.
pub fn counterpart<'e>(view: &View<'e>, service: &Service) -> Option<Counterpart<'e>> {
    let Target::Web(url) = &service.target else { return None };
    let host = service.target.host()?;
    let host = host.name()?;
    let name = if host.as_str().starts_with("www.") {
        host.parent().filter(|parent| parent.parent().is_some_and(|above| !above.is_root()))?
    } else if registrable(host) == Some(host.as_str())
        || zone(view, host).apex.as_ref() == Some(host)
    {
        host.child("www")
    } else {
        return None;
    };
    let mut url = url.clone();
    url.set_host(Some(name.as_str())).ok()?;
    let aaaa = resolve(view, &name, RecordType::AAAA);
    let a = resolve(view, &name, RecordType::A);
    let mut needs = aaaa.needs.clone();
    needs.extend(a.needs.clone());
    let limit = view.settings.limits.addresses;
    let ipv6 = aaaa.addresses().into_iter().take(limit).filter(IpAddr::is_ipv6);
    let walks = walks_from(view, &url, ipv6);
    walks.iter().for_each(|walk| needs.extend(walk.needs.clone()));
    Some(Counterpart { url, name, aaaa, a, walks, needs })
}
