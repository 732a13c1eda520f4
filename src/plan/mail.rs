//! A mail domain's exchangers, the way to them, the names of their addresses, and who may send in its name.

use crate::evidence::dns::{self, LookupStatus, authority};
use crate::evidence::mail::{self, spf};
use crate::evidence::query::{Needs, View};
use crate::model::{Family, Service, Target};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    let Target::Mail(domain) = &service.target else { return };
    let mail = mail::route(view, domain);
    needs.extend(mail.needs);
    let mut has_ipv6 = false;
    for exchanger in &mail.exchangers {
        if exchanger.lookup(Family::Ipv6).status == LookupStatus::Found {
            needs.extend(authority::exchanger_resolution_path(view, &exchanger.name).needs.clone());
        }
        for address in exchanger.addresses(Family::Ipv6, view) {
            has_ipv6 = true;
            needs.extend(dns::reverse_names(view, address).needs);
        }
    }
    if has_ipv6 {
        needs.extend(spf::spf(view, domain).needs);
    }
}
