//! Connections to every address of a service, again and again, and with small packets where large ones
//! may have been lost.

use crate::facts::{self, LargeData, Needs, View};
use crate::model::{Family, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    for family in [Family::Ipv6, Family::Ipv4] {
        for first in facts::first_rounds(view, service, family).iter() {
            needs.extend(facts::rounds(view, first).needs);
        }
    }
}

/// What still has to be asked, in small packets, of addresses that fell silent.
pub(super) fn small_packets(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    for contact in facts::contacts(view, service, Family::Ipv6).main {
        if let Some(LargeData::FellSilent(silence)) = facts::large_data(view, &contact) {
            needs.extend(silence.needs);
        }
    }
}
