//! The page from every address of both families, with its redirects, and its plain-HTTP twin.

use crate::evidence::query::{Needs, View};
use crate::evidence::{service, web};
use crate::model::{Family, Service, Target};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    let Target::Web(url) = &service.target else { return };
    let Some(addresses) = service::published_addresses(view, service) else { return };
    let plain = service::plain_http_url(service).filter(|plain| plain != url);
    for url in std::iter::once(url).chain(&plain) {
        for family in [Family::Ipv6, Family::Ipv4] {
            for walk in web::redirect_chains_from(view, url, addresses.of(family, view)) {
                needs.extend(walk.needs);
            }
        }
    }
}
