//! The two names that people type for one site: with `www` and without.

use std::net::IpAddr;

use url::Url;

use super::{RedirectChain, redirect_chains_from};
use crate::evidence::dns::{Lookup, LookupStatus, resolve};
use crate::evidence::query::View;
use crate::model::{Host, Name, RecordType, Service, Target};

/// The other name of a site, and how it does.
#[derive(Clone, Debug)]
pub struct WwwAlias<'e> {
    /// The same URL under the other name.
    pub url: Url,
    /// The other name.
    pub name: Name,
    /// Its AAAA records.
    pub aaaa: Lookup,
    /// Its A records.
    pub a: Lookup,
    /// The redirect chains from its IPv6 addresses.
    pub chains: Vec<RedirectChain<'e>>,
}

/// The part of a name that somebody registered: `tinh.gov.vn` of `www.so.tinh.gov.vn` (by the
/// Public Suffix List). `None` for a public suffix itself.
pub fn registrable_domain(name: &Name) -> Option<&str> {
    psl::domain_str(name.as_str())
}

/// The other name of a web service's host: its parent when it begins with `www`; `www` below it
/// when it is the apex of a zone or a registered name. `Ok(None)` for every other host; an error is
/// the look-up that does not tell whether the host is an apex.
pub fn www_alias_name(view: &View<'_>, service: &Service) -> Result<Option<Name>, Box<Lookup>> {
    let Target::Web(_) = &service.target else { return Ok(None) };
    let Some(Host::Name(host)) = service.target.host() else { return Ok(None) };
    if host.as_str().starts_with("www.") {
        let named = |parent: &Name| parent.parent().is_some_and(|above| !above.is_root());
        return Ok(host.parent().filter(named));
    }
    if registrable_domain(&host) == Some(host.as_str()) {
        return Ok(Some(host.child("www")));
    }
    let soa = resolve(view, &host, RecordType::SOA);
    match soa.status {
        // An alias is no apex, whatever it leads to.
        _ if soa.chain.len() > 1 => Ok(None),
        LookupStatus::Found => Ok(Some(host.child("www"))),
        ref empty if empty.is_known_empty() => Ok(None),
        _ => Err(Box::new(soa)),
    }
}

/// How the other name does; `None` where there is none, and as long as that isn't known.
pub fn www_alias<'e>(view: &View<'e>, service: &Service) -> Option<WwwAlias<'e>> {
    let Target::Web(url) = &service.target else { return None };
    let name = www_alias_name(view, service).ok()??;
    let mut url = url.clone();
    url.set_host(Some(name.as_str())).ok()?;
    let aaaa = resolve(view, &name, RecordType::AAAA);
    let a = resolve(view, &name, RecordType::A);
    let limit = view.settings.limits.addresses;
    let ipv6 = aaaa.addresses().into_iter().take(limit).filter(IpAddr::is_ipv6);
    let chains = redirect_chains_from(view, &url, ipv6);
    Some(WwwAlias { url, name, aaaa, a, chains })
}
