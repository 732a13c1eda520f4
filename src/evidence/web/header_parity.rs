//! Whether visitors over both families are protected by the same security headers.

use url::Url;

use super::page::{self, SECURITY_HEADERS, security_header};
use super::page_comparison::{PageComparison, require_second_look};
use super::{RedirectChain, landing_page, landing_page_responses};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::ConversationAttempts;
use crate::model::{Family, HttpResponse};

/// How one security header of one IPv6 address compares with IPv4's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderDifference {
    /// The header's name.
    pub header: &'static str,
    /// Its normalised value over IPv6.
    pub over_ipv6: Option<String>,
    /// The same over IPv4.
    pub over_ipv4: Option<String>,
}

/// How the security headers of one IPv6 address compare with those of IPv4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderParity {
    /// They agree; this many are sent.
    Same(usize),
    /// These differ, in two responses.
    Different(Vec<HeaderDifference>),
    /// The IPv4 addresses do not agree among themselves.
    NoCommonGround,
    /// A guard answers in place of the page, over this family.
    Challenge(Family),
    /// There is no page of this status over IPv4, or none at all.
    NothingToCompare,
    /// Not enough responses were seen (yet).
    Unknown(Gap),
}

/// Compares the security headers of the front pages.
pub fn header_parity(
    view: &View<'_>,
    ipv6: &[RedirectChain<'_>],
    ipv4: &[RedirectChain<'_>],
) -> PageComparison<HeaderParity> {
    let mut comparison = PageComparison::new(ipv6, ipv4);
    for chain in ipv6 {
        let parity = match landing_page(chain) {
            None => HeaderParity::NothingToCompare,
            Some((url, conversation)) => header_parity_of(view, url, conversation, ipv4),
        };
        comparison.addresses.push((chain.start, parity));
    }
    comparison
}

type Headers = [Option<String>; SECURITY_HEADERS.len()];

fn headers(response: &HttpResponse) -> Headers {
    SECURITY_HEADERS.map(|name| security_header(response, name))
}

fn header_parity_of(
    view: &View<'_>,
    url: &Url,
    conversation: &ConversationAttempts<'_>,
    ipv4: &[RedirectChain<'_>],
) -> HeaderParity {
    let ours: Vec<&HttpResponse> = landing_page_responses(conversation).collect();
    let Some(first) = ours.first() else { return HeaderParity::NothingToCompare };
    if ours.iter().any(|response| page::is_challenge(response, url)) {
        return HeaderParity::Challenge(Family::Ipv6);
    }
    let others: Vec<_> = ipv4.iter().filter_map(landing_page).collect();
    if others.iter().any(|(url, conversation)| {
        landing_page_responses(conversation).any(|response| page::is_challenge(response, url))
    }) {
        return HeaderParity::Challenge(Family::Ipv4);
    }
    let theirs: Vec<Headers> = others
        .iter()
        .flat_map(|(_, conversation)| landing_page_responses(conversation))
        .filter(|response| response.status == first.status)
        .map(headers)
        .collect();
    let Some(expected) = theirs.first() else { return HeaderParity::NothingToCompare };
    let mine: Vec<Headers> = ours.iter().map(|response| headers(response)).collect();
    if mine.iter().any(|set| theirs.contains(set)) {
        return HeaderParity::Same(expected.iter().flatten().count());
    }
    if theirs.iter().any(|set| set != expected) {
        return HeaderParity::NoCommonGround;
    }
    let both = others.iter().map(|(_, conversation)| *conversation).chain([conversation]);
    if let Err(gap) = require_second_look(view, both) {
        return HeaderParity::Unknown(gap);
    }
    let last = mine.last().unwrap_or(expected);
    let differs = |at: &usize| last[*at] != expected[*at];
    let is_steady = |at: &usize| mine.iter().all(|set| set[*at] == last[*at]);
    // What differs in the same way in every response; where each differs in another header, what
    // the last one shows.
    let mut differing: Vec<usize> =
        (0..SECURITY_HEADERS.len()).filter(|at| differs(at) && is_steady(at)).collect();
    if differing.is_empty() {
        differing = (0..SECURITY_HEADERS.len()).filter(differs).collect();
    }
    let difference = |at: usize| HeaderDifference {
        header: SECURITY_HEADERS[at],
        over_ipv6: last[at].clone(),
        over_ipv4: expected[at].clone(),
    };
    HeaderParity::Different(differing.into_iter().map(difference).collect())
}
