//! A second look at pages that seem to differ, the site's other name, and what the front page
//! depends on.

use crate::evidence::query::{Needs, View};
use crate::evidence::web;
use crate::model::{Family, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    let ipv6 = web::redirect_chains(view, service, Family::Ipv6);
    let ipv4 = web::redirect_chains(view, service, Family::Ipv4);
    if let Some(counterpart) = web::www_alias(view, service) {
        needs.extend(counterpart.needs);
    }
    // The chains come first: `web` asks for them.
    if ipv6.is_empty() || ipv6.iter().chain(&ipv4).any(|walk| !walk.needs.is_empty()) {
        return;
    }
    if service.state != State::Ipv6Only && !ipv4.is_empty() {
        needs.extend(web::content_parity(view, &ipv6, &ipv4).needs);
        needs.extend(web::header_parity(view, &ipv6, &ipv4).needs);
    }
    needs.extend(web::subresources(view, &ipv6, service.expect_status).needs);
}
