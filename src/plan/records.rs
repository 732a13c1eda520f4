//! DNSSEC and the records beside the addresses.

use crate::facts::dnssec::dnssec;
use crate::facts::{self, Needs, View};
use crate::model::{Family, RecordType, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    if let Some(addresses) = facts::addresses(view, service) {
        for address in addresses.of(Family::Ipv6, view) {
            needs.extend(facts::reverse(view, address).needs);
        }
    }
    if let Some(name) = service.target.host().as_ref().and_then(|host| host.name()) {
        needs.extend(dnssec(view, name, RecordType::AAAA).needs);
    }
}
