//! Mail domains: the exchangers and the path to each, the names of their addresses, and who may send
//! in the domain's name.

use crate::evidence::dns::{self, LookupStatus, authority};
use crate::evidence::mail::{self, spf};
use crate::evidence::query::View;
use crate::model::{Family, Service, Target};

/// The mail route, and what receivers look at before they take mail from it.
pub(super) fn route(view: &View<'_>, service: &Service) {
    let Target::Mail(domain) = &service.target else { return };
    let mut has_ipv6 = false;
    for exchanger in &mail::route(view, domain).exchangers {
        if exchanger.lookup(Family::Ipv6).status == LookupStatus::Found {
            authority::exchanger_resolution_path(view, &exchanger.name);
        }
        for address in exchanger.addresses(Family::Ipv6, view) {
            has_ipv6 = true;
            dns::reverse_names(view, address);
        }
    }
    if has_ipv6 {
        spf::spf(view, domain);
    }
}
