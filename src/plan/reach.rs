//! Echo requests to every IPv6 address of a service.

use crate::evidence::query::{Needs, View};
use crate::evidence::{reach, service};
use crate::model::{Family, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    let published = service::published_addresses(view, service);
    let addresses = published.map(|all| all.of(Family::Ipv6, view)).unwrap_or_default();
    for address in addresses {
        let (small, large) = reach::echo_attempts(view, address);
        needs.extend(small.needs);
        needs.extend(large.map(|echo| echo.needs).unwrap_or_default());
    }
}
