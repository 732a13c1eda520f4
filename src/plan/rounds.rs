//! Connections to every address of a service, again and again, and with small packets where large ones
//! may have been lost.

use crate::facts::{self, LargeData, Needs, View};
use crate::model::{Family, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    for family in [Family::Ipv6, Family::Ipv4] {
        for contact in facts::contacts(view, service, family).main {
            needs.extend(facts::rounds(view, &contact).needs);
            if family == Family::Ipv6
                && let Some(LargeData::FellSilent(silence)) = facts::large_data(view, &contact)
            {
                needs.extend(silence.needs);
            }
        }
    }
}
