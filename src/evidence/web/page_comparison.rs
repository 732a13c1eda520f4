//! Laying the landing pages of both families side by side: what every such comparison shares.

use std::net::SocketAddr;

use super::{RedirectChain, landing_page_responses};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::{ConversationAttempts, Ending};
use crate::model::ObservationId;

/// How many responses each side has to have given before two pages are called different.
const RESPONSES_MIN: usize = 2;

/// A comparison over all addresses.
#[derive(Clone, Debug)]
pub struct PageComparison<T> {
    /// What each IPv6 address shows.
    pub addresses: Vec<(SocketAddr, T)>,
    /// The facts that it rests on.
    pub observations: Vec<ObservationId>,
}

impl<T> PageComparison<T> {
    pub(super) fn new(ipv6: &[RedirectChain<'_>], ipv4: &[RedirectChain<'_>]) -> Self {
        Self {
            addresses: Vec::new(),
            observations: ipv6.iter().chain(ipv4).flat_map(RedirectChain::observations).collect(),
        }
    }
}

/// Asks once more for each page that was seen only once; an error as long as there is an answer to
/// wait for, and where our own machine could not ask. A page that isn't given a second time is judged
/// by what was seen of it.
pub(super) fn require_second_look<'c, 'e: 'c>(
    view: &View<'e>,
    pages: impl IntoIterator<Item = &'c ConversationAttempts<'e>>,
) -> Result<(), Gap> {
    let (mut is_pending, mut is_our_fault) = (false, false);
    for page in pages {
        if landing_page_responses(page).count() >= RESPONSES_MIN {
            continue;
        }
        // A second attempt that fails is not repeated without end: there is a bound, as for any
        // question.
        let attempts_max = view.settings.attempts.max(1).saturating_add(1);
        is_pending |= view.request_missing(page.question.clone(), 1..=attempts_max);
        is_our_fault |= page.endings.contains(&Ending::Ours);
    }
    match (is_pending, is_our_fault) {
        (true, _) => Err(Gap::NotObserved),
        (_, true) => Err(Gap::OurFault),
        _ => Ok(()),
    }
}
