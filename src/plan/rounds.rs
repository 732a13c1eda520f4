//! Connections to every address of a service, again and again.

use crate::facts::{self, Needs, View};
use crate::model::{Family, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    for family in [Family::Ipv6, Family::Ipv4] {
        for contact in facts::contacts(view, service, family).main {
            needs.extend(facts::rounds(view, &contact).needs);
        }
    }
}
