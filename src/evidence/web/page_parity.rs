//! Whether the landing pages of both families are alike, in their words and their security headers.

use std::net::SocketAddr;
use std::sync::Arc;

use url::Url;

use super::page::{self, SECURITY_HEADERS, Unreadable, security_header};
use super::{RedirectChain, landing_page, landing_page_responses};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::ConversationAttempts;
use crate::model::{Family, HttpResponse, ObservationId};

/// How many responses each side has to have given before two pages are called different.
const RESPONSES_MIN: usize = 2;

/// The least part of their words that two responses of one page share, in per cent.
pub const LIKENESS_MIN: u8 = 90;

/// Asks once more for a page that was seen only once.
fn request_again(conversation: &ConversationAttempts<'_>, view: &View<'_>) {
    let question = conversation.question.clone();
    // A second attempt that fails is not repeated without end: there is a bound, as for any question.
    let attempts_max = view.settings.attempts.max(1).saturating_add(1);
    if landing_page_responses(conversation).count() < RESPONSES_MIN {
        view.request_missing(question, 1..=attempts_max);
    }
}

/// How the front page of one IPv6 address compares with those of IPv4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentParity {
    /// The same words, by this part of them in per cent.
    Same(u8),
    /// Other words, and each family says the same twice.
    Different(u8),
    /// Other words, but the page says something else in every response.
    Varies(u8),
    /// A guard answers in place of the page, over this family.
    Challenge(Family),
    /// A page can't be read.
    Unreadable(Unreadable),
    /// There is no page of this status over IPv4, or none at all.
    NothingToCompare,
    /// Not enough responses were seen (yet).
    Unknown(Gap),
}

/// A comparison over all addresses.
#[derive(Clone, Debug)]
pub struct PageComparison<T> {
    /// What each IPv6 address shows.
    pub addresses: Vec<(SocketAddr, T)>,
    /// The facts that it rests on.
    pub observations: Vec<ObservationId>,
}

impl<T> PageComparison<T> {
    fn new(ipv6: &[RedirectChain<'_>], ipv4: &[RedirectChain<'_>]) -> Self {
        Self {
            addresses: Vec::new(),
            observations: ipv6.iter().chain(ipv4).flat_map(RedirectChain::observations).collect(),
        }
    }
}

/// Compares what people see. The most alike pair of responses counts: a site with several faces shows
/// each of them over both families sooner or later.
pub fn content_parity(
    view: &View<'_>,
    ipv6: &[RedirectChain<'_>],
    ipv4: &[RedirectChain<'_>],
) -> PageComparison<ContentParity> {
    let mut comparison = PageComparison::new(ipv6, ipv4);
    for chain in ipv6 {
        let parity = match landing_page(chain) {
            None => ContentParity::NothingToCompare,
            Some((url, conversation)) => content_parity_of(view, url, conversation, ipv4),
        };
        comparison.addresses.push((chain.start, parity));
    }
    comparison
}

fn content_parity_of(
    view: &View<'_>,
    url: &Url,
    conversation: &ConversationAttempts<'_>,
    ipv4: &[RedirectChain<'_>],
) -> ContentParity {
    let ours: Vec<&HttpResponse> = landing_page_responses(conversation).collect();
    let Some(first) = ours.first() else { return ContentParity::NothingToCompare };
    if ours.iter().any(|response| page::is_challenge(response, url)) {
        return ContentParity::Challenge(Family::Ipv6);
    }
    let others: Vec<_> = ipv4.iter().filter_map(landing_page).collect();
    if others.iter().any(|(url, conversation)| {
        landing_page_responses(conversation).any(|response| page::is_challenge(response, url))
    }) {
        return ContentParity::Challenge(Family::Ipv4);
    }
    let others: Vec<_> = others
        .into_iter()
        .filter(|(_, conversation)| {
            landing_page_responses(conversation).any(|response| response.status == first.status)
        })
        .collect();
    if others.is_empty() {
        return ContentParity::NothingToCompare;
    }
    let (mut best, mut unreadable) = (None, None);
    for (their_url, their_conversation) in &others {
        for (a, b) in ours
            .iter()
            .flat_map(|a| landing_page_responses(their_conversation).map(move |b| (*a, b)))
        {
            match likeness((a, url), (b, their_url)) {
                Ok(alike) => best = best.max(Some(alike)),
                // Of pages that can't be read, one that may yet be text counts more.
                Err(why) if unreadable.is_none_or(|so_far| so_far == Unreadable::NotText) => {
                    unreadable = Some(why);
                }
                Err(_) => {}
            }
        }
    }
    let Some(best) = best else {
        return ContentParity::Unreadable(unreadable.unwrap_or(Unreadable::Incomplete));
    };
    if best >= LIKENESS_MIN {
        return ContentParity::Same(best);
    }
    let conversations = || others.iter().copied().chain([(url, conversation)]);
    if conversations()
        .any(|(_, conversation)| landing_page_responses(conversation).count() < RESPONSES_MIN)
    {
        conversations().for_each(|(_, conversation)| request_again(conversation, view));
        return ContentParity::Unknown(Gap::NotObserved);
    }
    let steady = conversations().all(|(url, conversation)| {
        let responses: Vec<_> = landing_page_responses(conversation).collect();
        responses
            .windows(2)
            .all(|pair| likeness((pair[0], url), (pair[1], url)).is_ok_and(|l| l >= LIKENESS_MIN))
    });
    if steady { ContentParity::Different(best) } else { ContentParity::Varies(best) }
}

fn likeness(
    (a, a_url): (&HttpResponse, &Url),
    (b, b_url): (&HttpResponse, &Url),
) -> Result<u8, Unreadable> {
    // Most sites send the same octets over both families, which need not be read twice.
    let is_same = a_url == b_url && page::is_same(a, b);
    let a = page::page(a, a_url);
    let b = if is_same { Arc::clone(&a) } else { page::page(b, b_url) };
    match (a.as_ref(), b.as_ref()) {
        (Ok(a), Ok(b)) => Ok(a.words.likeness(&b.words)),
        (Err(Unreadable::NotText), Err(Unreadable::NotText)) => Err(Unreadable::NotText),
        // Text over one family and something else over the other can't be laid side by side.
        (Err(Unreadable::NotText), Ok(_)) | (Ok(_), Err(Unreadable::NotText)) => {
            Err(Unreadable::Coding)
        }
        (Err(Unreadable::NotText), Err(why)) | (Err(why), _) | (Ok(_), Err(why)) => Err(*why),
    }
}

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
    /// Each response of the IPv6 address differs from IPv4, and no header does so every time.
    Varies,
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
    let conversations =
        || others.iter().map(|(_, conversation)| *conversation).chain([conversation]);
    if conversations()
        .any(|conversation| landing_page_responses(conversation).count() < RESPONSES_MIN)
    {
        conversations().for_each(|conversation| request_again(conversation, view));
        return HeaderParity::Unknown(Gap::NotObserved);
    }
    // What differs, and in the same way in every response.
    let last = mine.last().unwrap_or(expected);
    let differences: Vec<_> = (0..SECURITY_HEADERS.len())
        .filter(|at| last[*at] != expected[*at] && mine.iter().all(|set| set[*at] == last[*at]))
        .map(|at| HeaderDifference {
            header: SECURITY_HEADERS[at],
            over_ipv6: last[at].clone(),
            over_ipv4: expected[at].clone(),
        })
        .collect();
    match differences.is_empty() {
        true => HeaderParity::Varies,
        false => HeaderParity::Different(differences),
    }
}
