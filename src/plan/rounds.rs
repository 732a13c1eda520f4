//! Connections to every address of a service, again and again, and with small packets where large ones
//! may have been lost.

use crate::evidence::query::{Needs, View};
use crate::evidence::reach::{self, LargeData};
use crate::evidence::service;
use crate::model::{Family, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    for family in [Family::Ipv6, Family::Ipv4] {
        for first in reach::first_rounds(view, service, family).iter() {
            needs.extend(reach::rounds(view, first).needs);
        }
    }
}

/// What still has to be asked, in small packets, of addresses that fell silent.
pub(super) fn small_packets(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    for contact in service::endpoint_contacts(view, service, Family::Ipv6).main {
        if let Some(LargeData::FellSilent(silence)) = reach::large_data(view, &contact) {
            needs.extend(silence.needs);
        }
    }
}
