//! Web sites: the page from every address of both families with its redirects, how the families'
//! pages compare, the site's other name, and what the landing page loads.

use crate::evidence::query::View;
use crate::evidence::{service, web};
use crate::model::{Family, Service, State, Target};

/// The redirect chains of the site and of its plain-HTTP twin.
pub(super) fn redirect_chains(view: &View<'_>, service: &Service) {
    let Target::Web(url) = &service.target else { return };
    let Some(addresses) = service::published_addresses(view, service) else { return };
    let plain = service::plain_http_url(service).filter(|plain| plain != url);
    for url in std::iter::once(url).chain(&plain) {
        for family in [Family::Ipv6, Family::Ipv4] {
            web::redirect_chains_from(view, url, addresses.of(family, view));
        }
    }
}

/// The site's other name, a second look at pages that seem to differ, and what the landing page
/// loads.
pub(super) fn pages(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    let ipv6 = web::redirect_chains(view, service, Family::Ipv6);
    let ipv4 = web::redirect_chains(view, service, Family::Ipv4);
    web::www_alias(view, service);
    // The chains come first: pages are compared when all of them are known.
    if ipv6.is_empty() || ipv6.iter().chain(&ipv4).any(web::RedirectChain::is_pending) {
        return;
    }
    if service.state != State::Ipv6Only && !ipv4.is_empty() {
        web::destinations(view, &ipv6, &ipv4);
        web::content_parity(view, &ipv6, &ipv4);
        web::header_parity(view, &ipv6, &ipv4);
    }
    web::subresources(view, &ipv6, service.expect_status);
}
