//! The pages at the end of the redirect chains, of both families, side by side.

use std::net::SocketAddr;
use std::sync::Arc;

use url::Url;

use super::page::Unreadable;
use super::page::{SECURITY_HEADERS, security_header};
use super::{ChainEnd, RedirectChain, page, redirect_chains_from};
use crate::evidence::query::View;
use crate::evidence::service::{ConversationAttempts, published_addresses};
use crate::model::{Family, HttpResponse, ObservationId, Service, Target};

/// How often a page is looked at before two pages are called different.
const LOOKS: usize = 2;

/// The least part of their words that two looks at one page share, in per cent.
pub const LIKENESS_MIN: u8 = 90;

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

/// The page at the end of a chain: where it is, and the conversation that brought it.
pub fn landing_page<'w, 'e>(
    walk: &'w RedirectChain<'e>,
) -> Option<(&'w Url, &'w ConversationAttempts<'e>)> {
    if !matches!(walk.end, ChainEnd::Response { .. }) {
        return None;
    }
    let hop = walk.hops.last()?;
    let talk = hop
        .visits
        .iter()
        .map(|visit| &visit.talk)
        .find(|talk| landing_page_responses(talk).next().is_some());
    Some((&hop.url, talk?))
}

/// Every response that a conversation brought, the first one first.
pub fn landing_page_responses<'w, 'e>(
    talk: &'w ConversationAttempts<'e>,
) -> impl Iterator<Item = &'e HttpResponse> + use<'w, 'e> {
    talk.attempts.iter().filter_map(|(seen, _)| seen.http.as_ref()?.as_ref().ok())
}

/// Asks once more for a page that was seen only once.
fn look_again(talk: &ConversationAttempts<'_>, view: &View<'_>) {
    let question = talk.question.clone();
    // A second look that fails is not tried again and again: there is a bound, as for any question.
    let attempts_max = view.settings.attempts.max(1).saturating_add(1);
    if landing_page_responses(talk).count() < LOOKS {
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
    /// Other words, but the page says something else at every look.
    Varies(u8),
    /// A guard stands before the page, over this family.
    Challenge(Family),
    /// A page can't be read.
    Unreadable(Unreadable),
    /// There is no page of this status over IPv4, or none at all.
    NothingToCompare,
    /// Not looked at (yet) as often as it takes.
    NotObserved,
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

/// Compares what people see. The most alike pair of looks counts: a site with several faces shows
/// each of them over both families sooner or later.
pub fn content_parity(
    view: &View<'_>,
    ipv6: &[RedirectChain<'_>],
    ipv4: &[RedirectChain<'_>],
) -> PageComparison<ContentParity> {
    let mut comparison = PageComparison::new(ipv6, ipv4);
    for walk in ipv6 {
        let likeness = match landing_page(walk) {
            None => ContentParity::NothingToCompare,
            Some((url, talk)) => likeness(view, url, talk, ipv4),
        };
        comparison.addresses.push((walk.start, likeness));
    }
    comparison
}

fn likeness(
    view: &View<'_>,
    url: &Url,
    talk: &ConversationAttempts<'_>,
    ipv4: &[RedirectChain<'_>],
) -> ContentParity {
    let ours: Vec<&HttpResponse> = landing_page_responses(talk).collect();
    let Some(first) = ours.first() else { return ContentParity::NothingToCompare };
    if ours.iter().any(|look| page::is_challenge(look, url)) {
        return ContentParity::Challenge(Family::Ipv6);
    }
    let others: Vec<_> = ipv4.iter().filter_map(landing_page).collect();
    if others
        .iter()
        .any(|(url, talk)| landing_page_responses(talk).any(|look| page::is_challenge(look, url)))
    {
        return ContentParity::Challenge(Family::Ipv4);
    }
    let others: Vec<_> = others
        .into_iter()
        .filter(|(_, talk)| landing_page_responses(talk).any(|look| look.status == first.status))
        .collect();
    if others.is_empty() {
        return ContentParity::NothingToCompare;
    }
    let (mut best, mut unreadable) = (None, None);
    for (their_url, their_talk) in &others {
        for (a, b) in
            ours.iter().flat_map(|a| landing_page_responses(their_talk).map(move |b| (*a, b)))
        {
            match compare((a, url), (b, their_url)) {
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
    let talks = || others.iter().copied().chain([(url, talk)]);
    if talks().any(|(_, talk)| landing_page_responses(talk).count() < LOOKS) {
        talks().for_each(|(_, talk)| look_again(talk, view));
        return ContentParity::NotObserved;
    }
    let steady = talks().all(|(url, talk)| {
        let looks: Vec<_> = landing_page_responses(talk).collect();
        looks
            .windows(2)
            .all(|pair| compare((pair[0], url), (pair[1], url)).is_ok_and(|l| l >= LIKENESS_MIN))
    });
    if steady { ContentParity::Different(best) } else { ContentParity::Varies(best) }
}

fn compare(
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
    /// These differ, at two looks.
    Different(Vec<HeaderDifference>),
    /// The IPv4 addresses do not agree among themselves.
    NoCommonGround,
    /// Each look at the IPv6 address differs from IPv4, and no header does so every time.
    Varies,
    /// A guard stands before the page, over this family.
    Challenge(Family),
    /// There is no page of this status over IPv4, or none at all.
    NothingToCompare,
    /// Not looked at (yet) as often as it takes.
    NotObserved,
}

/// Compares the security headers of the front pages.
pub fn header_parity(
    view: &View<'_>,
    ipv6: &[RedirectChain<'_>],
    ipv4: &[RedirectChain<'_>],
) -> PageComparison<HeaderParity> {
    let mut comparison = PageComparison::new(ipv6, ipv4);
    for walk in ipv6 {
        let protection = match landing_page(walk) {
            None => HeaderParity::NothingToCompare,
            Some((url, talk)) => protected(view, url, talk, ipv4),
        };
        comparison.addresses.push((walk.start, protection));
    }
    comparison
}

type Headers = [Option<String>; SECURITY_HEADERS.len()];

fn headers(response: &HttpResponse) -> Headers {
    SECURITY_HEADERS.map(|name| security_header(response, name))
}

fn protected(
    view: &View<'_>,
    url: &Url,
    talk: &ConversationAttempts<'_>,
    ipv4: &[RedirectChain<'_>],
) -> HeaderParity {
    let ours: Vec<&HttpResponse> = landing_page_responses(talk).collect();
    let Some(first) = ours.first() else { return HeaderParity::NothingToCompare };
    if ours.iter().any(|look| page::is_challenge(look, url)) {
        return HeaderParity::Challenge(Family::Ipv6);
    }
    let others: Vec<_> = ipv4.iter().filter_map(landing_page).collect();
    if others
        .iter()
        .any(|(url, talk)| landing_page_responses(talk).any(|look| page::is_challenge(look, url)))
    {
        return HeaderParity::Challenge(Family::Ipv4);
    }
    let theirs: Vec<Headers> = others
        .iter()
        .flat_map(|(_, talk)| landing_page_responses(talk))
        .filter(|look| look.status == first.status)
        .map(headers)
        .collect();
    let Some(measure) = theirs.first() else { return HeaderParity::NothingToCompare };
    let mine: Vec<Headers> = ours.iter().map(|look| headers(look)).collect();
    if mine.iter().any(|set| theirs.contains(set)) {
        return HeaderParity::Same(measure.iter().flatten().count());
    }
    if theirs.iter().any(|set| set != measure) {
        return HeaderParity::NoCommonGround;
    }
    let talks = || others.iter().map(|(_, talk)| *talk).chain([talk]);
    if talks().any(|talk| landing_page_responses(talk).count() < LOOKS) {
        talks().for_each(|talk| look_again(talk, view));
        return HeaderParity::NotObserved;
    }
    // What differs, and in the same way at every look.
    let last = mine.last().unwrap_or(measure);
    let differences: Vec<_> = (0..SECURITY_HEADERS.len())
        .filter(|at| last[*at] != measure[*at] && mine.iter().all(|set| set[*at] == last[*at]))
        .map(|at| HeaderDifference {
            header: SECURITY_HEADERS[at],
            over_ipv6: last[at].clone(),
            over_ipv4: measure[at].clone(),
        })
        .collect();
    match differences.is_empty() {
        true => HeaderParity::Varies,
        false => HeaderParity::Different(differences),
    }
}
