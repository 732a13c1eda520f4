//! The way from the root over IPv6 alone, and every name server of the zone at every address.

use crate::evidence::dns::authority::{self, authority};
use crate::evidence::dns::delegation::Reach;
use crate::evidence::dns::large_response::large_response;
use crate::evidence::query::{Needs, View};
use crate::evidence::reach::route_origin;
use crate::model::{Family, RecordType, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    let Some((name, _)) = authority::subject(service) else { return };
    let Some(way) = authority::resolution_path(view, service, Reach::Ipv6Only) else { return };
    for lookup in authority::without_glue(view, &way) {
        needs.extend(lookup.needs);
    }
    needs.extend(way.needs.clone());
    let Some(authority) = authority(view, service) else { return };
    needs.extend(authority.needs.clone());
    let Some(apex) = &authority.apex else { return };
    for address in &authority.addresses {
        let questions = [(apex, RecordType::NS), (&name, RecordType::AAAA), (&name, RecordType::A)];
        for (asked, record_type) in questions {
            if let Some(said) = address.ask(view, apex, asked, record_type) {
                needs.extend(said.needs);
            }
        }
        if address.family() == Family::Ipv6
            && let Some(origin) = route_origin(view, address.address)
        {
            needs.extend(origin.needs);
        }
        if address.family() == Family::Ipv6
            && let Some(reading) = large_response(view, apex, address)
        {
            needs.extend(reading.needs);
        }
    }
}
