//! Echo requests to every IPv6 address of a service.

use crate::facts::{self, Needs, View};
use crate::model::{Family, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    let published = facts::addresses(view, service);
    let addresses = published.map(|all| all.of(Family::Ipv6, view)).unwrap_or_default();
    for address in addresses {
        let (small, large) = facts::echoes(view, address);
        needs.extend(small.needs);
        needs.extend(large.map(|echo| echo.needs).unwrap_or_default());
    }
}
