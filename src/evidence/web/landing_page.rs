//! The landing page: what a site shows at the end of its redirect chains.

use url::Url;

use super::{ChainEnd, RedirectChain, redirect_chains_from};
use crate::evidence::query::View;
use crate::evidence::service::{ConversationAttempts, published_addresses};
use crate::model::{Family, HttpResponse, Service, Target};

/// The redirect chains of a web service from every address of one family; none for other services
/// and for families without addresses.
pub fn redirect_chains<'e>(
    view: &View<'e>,
    service: &Service,
    family: Family,
) -> Vec<RedirectChain<'e>> {
    let Target::Web(url) = &service.target else { return Vec::new() };
    let Some(published) = published_addresses(view, service) else { return Vec::new() };
    redirect_chains_from(view, url, published.of(family, view))
}

/// The page at the end of a chain: where it is, and the conversation that brought it. What an address says
/// that turns us away, whatever we ask, is none.
pub fn landing_page<'c, 'e>(
    chain: &'c RedirectChain<'e>,
) -> Option<(&'c Url, &'c ConversationAttempts<'e>)> {
    if !matches!(chain.end, ChainEnd::Response { .. }) {
        return None;
    }
    let hop = chain.hops.last()?;
    let conversation = hop
        .attempts
        .iter()
        .map(|visit| &visit.conversation)
        .filter(|conversation| !conversation.is_turned_away())
        .find(|conversation| landing_page_responses(conversation).next().is_some());
    Some((&hop.url, conversation?))
}

/// Every response that a conversation brought, the first one first.
pub fn landing_page_responses<'c, 'e>(
    conversation: &'c ConversationAttempts<'e>,
) -> impl Iterator<Item = &'e HttpResponse> + use<'c, 'e> {
    conversation.attempts.iter().filter_map(|(seen, _)| seen.http.as_ref()?.as_ref().ok())
}
