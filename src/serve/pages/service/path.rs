//! The way from the root to the service's name over IPv6 alone.

use crate::evidence::dns::authority;
use crate::evidence::dns::delegation::Reach;
use crate::evidence::query::View;
use crate::model::{Evidence, Lang, Service, State};
use crate::report;
use crate::view::Picture;

/// A line for each zone and name server, as the program prints it.
pub fn path_lines(
    evidence: &Evidence,
    picture: &Picture,
    service: &Service,
    lang: Lang,
) -> Vec<String> {
    if service.state == State::Retired {
        return Vec::new();
    }
    let (inventory, run) = (&picture.result.inventory, &picture.result.run);
    let view = View::new(evidence, &inventory.settings, &inventory.networks, &run.vantage.dns64)
        .of_service(service);
    let path = authority::resolution_path(&view, service, Reach::Ipv6Only);
    path.map(|path| report::path::tree(&path, lang)).unwrap_or_default()
}
