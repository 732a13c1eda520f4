//! Whether people see the same page over both families.

use std::sync::Arc;

use url::Url;

use super::page::{self, Unreadable};
use super::page_comparison::{PageComparison, require_second_look};
use super::{RedirectChain, landing_page, landing_page_responses};
use crate::evidence::query::{Gap, View};
use crate::evidence::service::ConversationAttempts;
use crate::model::{BodyEnd, Family, HttpResponse};

/// The least part of their words that two responses of one page share, in per cent.
pub const LIKENESS_MIN: u8 = 90;

/// Pages that share less than this part of their words, in per cent, are not one page in two states.
/// Two pages of one site have its menus, its footer and its name in common, commonly a third of their
/// words and more, however much their news differ; what a server shows that nobody has set up, or the
/// site of another owner, shares nothing but a run of common words, 0 to 3 %.
pub const SAME_SITE_MIN: u8 = 20;

/// Words that the longer of two pages must have for that: in a page of a few words a single one of
/// them changes all.
const SAME_SITE_WORDS_MIN: usize = 10;

/// How the front page of one IPv6 address compares with those of IPv4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentParity {
    /// The same words, by this part of them in per cent.
    Same(u8),
    /// The same words, by this part of them, but over IPv6 the body breaks off each time before its end is
    /// marked.
    EndUnmarked(u8),
    /// Other words in part, and each family says the same twice.
    Different(u8),
    /// Next to no words in common with a page that IPv4 shows every time.
    AnotherPage(u8),
    /// Other words, but so it is in every response, also of one family alone.
    Varies(u8),
    /// A guard answers in place of the page, over this family.
    Challenge(Family),
    /// The page over IPv6 can't be read, each time, and the one over IPv4 can.
    UnreadableOverIpv6(Unreadable),
    /// No two pages can be laid side by side, for no fault of IPv6 alone.
    Unreadable(Unreadable),
    /// There is no page of this status over IPv4, or none at all.
    NothingToCompare,
    /// Not enough responses were seen (yet).
    Unknown(Gap),
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
        let parity = content_parity_of(view, chain, ipv4).unwrap_or_else(|early| early);
        comparison.addresses.push((chain.start, parity));
    }
    comparison
}

/// A landing page with every look at it that no guard answered.
struct Looks<'c, 'e> {
    url: &'c Url,
    conversation: &'c ConversationAttempts<'e>,
    responses: Vec<&'e HttpResponse>,
}

impl<'c, 'e> Looks<'c, 'e> {
    fn of(chain: &'c RedirectChain<'e>) -> Option<Self> {
        let (url, conversation) = landing_page(chain)?;
        let responses = landing_page_responses(conversation);
        let responses = responses.filter(|look| !page::is_challenge(look, url)).collect();
        Some(Self { url, conversation, responses })
    }

    /// The least likeness of two looks that follow each other; 100 for a single look.
    fn likeness_to_itself(&self) -> u8 {
        let pairs = self.responses.windows(2);
        pairs
            .filter_map(|pair| likeness((pair[0], self.url), (pair[1], self.url)).ok())
            .min()
            .unwrap_or(100)
    }

    /// Why no look can be read; `None` where one can.
    fn unreadable(&self) -> Option<Unreadable> {
        let mut why = None;
        for look in &self.responses {
            match page::page(look, self.url).as_ref() {
                Ok(_) => return None,
                Err(Unreadable::TooLarge) => return Some(Unreadable::TooLarge),
                Err(unreadable) => why = Some(*unreadable),
            }
        }
        why
    }

    /// Whether every look broke off.
    fn always_breaks_off(&self) -> bool {
        let breaks_off = |look: &&HttpResponse| matches!(look.body_end, BodyEnd::Broken { .. });
        self.responses.iter().all(breaks_off)
    }

    /// Words of the longest look.
    fn words(&self) -> usize {
        let words = |look: &&HttpResponse| {
            page::page(look, self.url).as_ref().as_ref().map_or(0, |page| page.words.len())
        };
        self.responses.iter().map(words).max().unwrap_or(0)
    }
}

fn content_parity_of(
    view: &View<'_>,
    chain: &RedirectChain<'_>,
    ipv4: &[RedirectChain<'_>],
) -> Result<ContentParity, ContentParity> {
    let ours = Looks::of(chain).ok_or(ContentParity::NothingToCompare)?;
    if ours.responses.is_empty() {
        return Err(ContentParity::Challenge(Family::Ipv6));
    }
    let mut theirs: Vec<Looks<'_, '_>> = ipv4.iter().filter_map(Looks::of).collect();
    let is_guarded = theirs.iter().any(|looks| looks.responses.is_empty());
    let is_like = |look: &HttpResponse| ours.responses.iter().any(|o| o.status == look.status);
    theirs.retain(|looks| looks.responses.iter().any(|look| is_like(look)));
    if theirs.is_empty() {
        let guard = ContentParity::Challenge(Family::Ipv4);
        return Err(if is_guarded { guard } else { ContentParity::NothingToCompare });
    }
    let best = theirs.iter().filter_map(|looks| greatest_likeness(&ours, looks)).max();
    let breaks_off = ours.always_breaks_off() && !theirs.iter().all(Looks::always_breaks_off);
    if let Some(best) = best.filter(|best| *best >= LIKENESS_MIN) {
        if breaks_off {
            require_second_look(view, [ours.conversation]).map_err(ContentParity::Unknown)?;
            return Ok(ContentParity::EndUnmarked(best));
        }
        return Ok(ContentParity::Same(best));
    }
    let both = || theirs.iter().chain([&ours]).map(|looks| looks.conversation);
    let Some(best) = best else {
        return unreadable_parity(view, &ours, &theirs);
    };
    require_second_look(view, both()).map_err(ContentParity::Unknown)?;
    if breaks_off {
        return Ok(ContentParity::UnreadableOverIpv6(Unreadable::Incomplete));
    }
    let words = theirs.iter().chain([&ours]).map(Looks::words).max().unwrap_or(0);
    let measure = theirs.iter().map(Looks::likeness_to_itself).max().unwrap_or(0);
    let is_steady = theirs.iter().chain([&ours]).all(|l| l.likeness_to_itself() >= LIKENESS_MIN);
    Ok(match best {
        // Where IPv4 itself is another page at every look, IPv6 can't be told from it.
        ..SAME_SITE_MIN if measure < SAME_SITE_MIN => ContentParity::Varies(best),
        ..SAME_SITE_MIN if words >= SAME_SITE_WORDS_MIN => ContentParity::AnotherPage(best),
        _ if is_steady => ContentParity::Different(best),
        _ => ContentParity::Varies(best),
    })
}

/// What it means that no response of IPv6 can be laid beside one of IPv4.
fn unreadable_parity(
    view: &View<'_>,
    ours: &Looks<'_, '_>,
    theirs: &[Looks<'_, '_>],
) -> Result<ContentParity, ContentParity> {
    let over_ipv4 = theirs.iter().map(Looks::unreadable);
    // Of pages that can't be read, one that may yet be text counts more than one that is none.
    let over_ipv4 = over_ipv4.min_by_key(|why| match why {
        None => 0,
        Some(Unreadable::NotText) => 1,
        Some(Unreadable::TooLarge) => 2,
        Some(_) => 3,
    });
    match (ours.unreadable(), over_ipv4.flatten()) {
        (
            Some(why @ (Unreadable::Incomplete | Unreadable::Coding)),
            None | Some(Unreadable::NotText),
        ) => {
            require_second_look(view, [ours.conversation]).map_err(ContentParity::Unknown)?;
            Ok(ContentParity::UnreadableOverIpv6(why))
        }
        (Some(Unreadable::TooLarge), _) | (_, Some(Unreadable::TooLarge)) => {
            Ok(ContentParity::Unreadable(Unreadable::TooLarge))
        }
        (Some(why), None) | (_, Some(why)) => Ok(ContentParity::Unreadable(why)),
        (None, None) => Ok(ContentParity::Unreadable(Unreadable::Incomplete)),
    }
}

/// How alike the most alike responses are; `None` where no two can be laid side by side.
fn greatest_likeness(ours: &Looks<'_, '_>, theirs: &Looks<'_, '_>) -> Option<u8> {
    let pairs = ours.responses.iter().flat_map(|a| theirs.responses.iter().map(move |b| (*a, *b)));
    let pairs = pairs.filter(|(a, b)| a.status == b.status);
    pairs.filter_map(|(a, b)| likeness((a, ours.url), (b, theirs.url)).ok()).max()
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
        // A text and a picture have nothing in common.
        (Err(Unreadable::NotText), Ok(_)) | (Ok(_), Err(Unreadable::NotText)) => Ok(0),
        (Err(why), _) | (_, Err(why)) => Err(*why),
    }
}
