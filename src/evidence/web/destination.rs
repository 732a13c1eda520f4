//! Whether two redirect chains end at the same place, with what is made anew for each visitor left out:
//! session ids, nonces, the state of a single sign-on.

use std::collections::BTreeSet;

use url::Url;

use super::page_comparison::require_second_look;
use super::redirect_chain::{response_of, walk};
use super::{Hop, RedirectChain, landing_page, landing_page_responses};
use crate::evidence::query::{Gap, View};

/// Asks for what it takes to tell apart where the chains of both families end.
pub fn destinations(view: &View<'_>, ipv6: &[RedirectChain<'_>], ipv4: &[RedirectChain<'_>]) {
    for chain in ipv6.iter().filter(|chain| landing_page(chain).is_some()) {
        let ends = || ipv4.iter().filter(|other| landing_page(other).is_some());
        if ends().all(|other| other.final_url() != chain.final_url()) {
            for other in ends() {
                let _ = is_same_destination(view, chain, other);
            }
        }
    }
}

/// Whether two chains end at the same URL, but for what differs from visit to visit over one family too:
/// before two URLs are called different, each chain is walked a second time.
pub fn is_same_destination(
    view: &View<'_>,
    a: &RedirectChain<'_>,
    b: &RedirectChain<'_>,
) -> Result<bool, Gap> {
    let (Some(a_url), Some(b_url)) = (a.final_url(), b.final_url()) else { return Ok(false) };
    if a_url == b_url {
        return Ok(true);
    }
    let again = [a, b].map(|chain| second_walk(view, chain));
    let mut fresh = Fresh::default();
    for (chain, again) in [a, b].into_iter().zip(again) {
        let again = again?;
        // A page that isn't reached a second time is judged by what was seen of it.
        if landing_page(&again).is_some()
            && let (Some(first), Some(second)) = (chain.final_url(), again.final_url())
        {
            fresh.learn(first, second);
        }
    }
    Ok(fresh.without(a_url) == fresh.without(b_url))
}

/// The same chain walked once more as a new visitor: what was asked before is asked a second time, and
/// what that leads to, with its own cookies, for the first time.
fn second_walk<'e>(view: &View<'e>, before: &RedirectChain<'e>) -> Result<RedirectChain<'e>, Gap> {
    let Some(url) = before.hops.first().map(|hop| hop.url.clone()) else {
        return Err(Gap::NotObserved);
    };
    let mut gap = None;
    let chain = walk(view, &url, before.start, |hop| {
        let is_known = |known: &Hop<'_>| known.url == hop.url && known.cookies == hop.cookies;
        if !before.hops.iter().any(is_known) {
            return response_of(hop);
        }
        let answering = hop.attempts.iter().map(|attempt| &attempt.conversation);
        let answering = answering.filter(|seen| landing_page_responses(seen).next().is_some());
        let conversation = answering.into_iter().next()?;
        if let Err(missing) = require_second_look(view, [conversation]) {
            gap = Some(missing);
            return None;
        }
        let seen = conversation.attempts.iter().zip(&conversation.seen_at);
        seen.filter_map(|((seen, _), at)| Some((seen.http.as_ref()?.as_ref().ok()?, *at))).nth(1)
    });
    let is_our_fault = || {
        let mut seen = chain.hops.iter().flat_map(|hop| &hop.attempts);
        seen.any(|attempt| attempt.conversation.is_our_fault())
    };
    match gap {
        Some(gap) => Err(gap),
        None if chain.is_pending() => Err(Gap::NotObserved),
        None if is_our_fault() => Err(Gap::OurFault),
        None => Ok(chain),
    }
}

/// A part of a URL.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Origin,
    Path,
    Segment,
    Query,
    /// The name of a field in a query.
    Name,
    /// The value of such a field.
    Value,
}

/// The parts of URLs that differ between two visits.
#[derive(Default)]
struct Fresh(BTreeSet<(Part, String)>);

impl Fresh {
    fn learn(&mut self, a: &Url, b: &Url) {
        self.learn_parts(Part::Origin, [&origin(a), &origin(b)]);
        let (segments_a, segments_b) = (segments(a), segments(b));
        if segments_a.len() == segments_b.len() {
            for (a, b) in segments_a.iter().zip(&segments_b) {
                self.learn_parts(Part::Segment, [a, b]);
            }
        } else {
            self.learn_parts(Part::Path, [a.path(), b.path()]);
        }
        let (fields_a, fields_b) = (fields(a), fields(b));
        let names = |fields: &[(String, String)]| -> Vec<String> {
            fields.iter().map(|(name, _)| name.clone()).collect()
        };
        if names(&fields_a) == names(&fields_b) {
            for ((name, a), (_, b)) in fields_a.iter().zip(&fields_b) {
                if a != b {
                    self.0.insert((Part::Name, name.clone()));
                }
                self.learn_parts(Part::Value, [a, b]);
            }
        } else {
            self.learn_parts(Part::Query, [a, b].map(|url| url.query().unwrap_or_default()));
        }
    }

    fn learn_parts(&mut self, part: Part, [a, b]: [&str; 2]) {
        if a != b {
            self.0.extend([a, b].map(|text| (part, text.to_owned())));
        }
    }

    fn has(&self, part: Part, text: &str) -> bool {
        self.0.contains(&(part, text.to_owned()))
    }

    /// A URL with a `*` in place of each part that is made anew at each visit.
    fn without(&self, url: &Url) -> String {
        let shown = |part, text: &str| match self.has(part, text) {
            true => "*".to_owned(),
            false => text.to_owned(),
        };
        let mut pattern = shown(Part::Origin, &origin(url));
        if self.has(Part::Path, url.path()) {
            pattern += "/*";
        } else {
            let segments = segments(url);
            pattern.extend(segments.iter().map(|s| format!("/{}", shown(Part::Segment, s))));
        }
        if self.has(Part::Query, url.query().unwrap_or_default()) {
            return pattern + "?*";
        }
        for (name, value) in fields(url) {
            let is_fresh = self.has(Part::Name, &name) || self.has(Part::Value, &value);
            let value = if is_fresh { "*".to_owned() } else { value };
            pattern += &format!("?{name}={value}");
        }
        pattern
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn segments(url: &Url) -> Vec<&str> {
    url.path_segments().map(Iterator::collect).unwrap_or_default()
}

fn fields(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two places, and where two visits over one family or the other ended.
    #[test]
    fn what_is_made_anew_is_left_out() {
        for (visits, a, b, expected) in [
            (vec![], "https://w.vn/?a=1", "https://w.vn/?a=2", false),
            (
                vec![("https://w.vn/?s=1", "https://w.vn/?s=2")],
                "https://w.vn/?s=1",
                "https://w.vn/?s=3",
                true,
            ),
            (
                vec![("https://w.vn/?s=1", "https://w.vn/?s=2")],
                "https://w.vn/?s=1",
                "https://w.vn/login?s=3",
                false,
            ),
            (
                vec![("https://w.vn/?s=1", "https://w.vn/?s=2")],
                "https://w.vn/?s=1&l=vi",
                "https://w.vn/?s=3&l=en",
                false,
            ),
            // In a path, with a session id behind a page's name.
            (
                vec![
                    ("https://w.vn/(S(a))/x", "https://w.vn/(S(b))/x"),
                    ("https://w.vn/(S(c))/x", "https://w.vn/(S(d))/x"),
                ],
                "https://w.vn/(S(a))/x",
                "https://w.vn/(S(c))/x",
                true,
            ),
            (
                vec![
                    ("https://w.vn/x;j=a", "https://w.vn/x;j=b"),
                    ("https://w.vn/x;j=c", "https://w.vn/x;j=d"),
                ],
                "https://w.vn/x;j=a",
                "https://w.vn/y;j=c",
                false,
            ),
            // The state of a single sign-on, in a URL within a URL too.
            (
                vec![
                    (
                        "https://sso.vn/?to=https%3A%2F%2Fw.vn%2F%3Fs%3Da&n=1",
                        "https://sso.vn/?to=https%3A%2F%2Fw.vn%2F%3Fs%3Db&n=2",
                    ),
                    (
                        "https://sso.vn/?to=https%3A%2F%2Fw.vn%2F%3Fs%3Dc&n=3",
                        "https://sso.vn/?to=https%3A%2F%2Fw.vn%2F%3Fs%3Dd&n=4",
                    ),
                ],
                "https://sso.vn/?to=https%3A%2F%2Fw.vn%2F%3Fs%3Da&n=1",
                "https://sso.vn/?to=https%3A%2F%2Fw.vn%2F%3Fs%3Dc&n=3",
                true,
            ),
            // A balancer that sends each visit to another host.
            (
                vec![("https://w1.vn/", "https://w2.vn/"), ("https://w2.vn/", "https://w1.vn/")],
                "https://w1.vn/",
                "https://w2.vn/",
                true,
            ),
            (
                vec![("https://w.vn/", "https://w.vn/?n=1")],
                "https://w.vn/",
                "https://w.vn/?n=1",
                true,
            ),
        ] {
            let url = |text: &str| Url::parse(text).unwrap();
            let mut fresh = Fresh::default();
            visits.iter().for_each(|(first, second)| fresh.learn(&url(first), &url(second)));
            let is_same = fresh.without(&url(a)) == fresh.without(&url(b));
            assert_eq!(is_same, expected, "{a} {b}");
        }
    }
}
