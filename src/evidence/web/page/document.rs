//! A page, as people see it and as far as it names other things.

use std::sync::Arc;

use url::Url;

use super::body::{self, Kind, Unreadable};
use super::html;
use super::reference::Reference;
use super::words::Words;
use crate::model::{BodyEnd, FactTopic, HttpResponse};

/// A page, read.
#[derive(Clone, Debug)]
pub struct Page {
    /// What people see of it.
    pub words: Words,
    /// What it names. Empty when it isn't HTML.
    pub references: Vec<Reference>,
    /// The policies that it sets in `meta` elements.
    pub policies: Vec<String>,
    /// The text of its inline scripts.
    pub scripts: String,
    /// Whether a limit of ours cut it, so that it may hold more.
    pub is_cut: bool,
}

/// A response as the page that was found at a URL.
#[derive(PartialEq, Eq)]
struct PageAt(Url);

impl FactTopic for PageAt {
    type Reading = Result<Page, Unreadable>;
}

/// Reads the page that was found at `url`; an error says why it can't be read, and is never held
/// against the server.
pub fn page(response: &HttpResponse, url: &Url) -> Arc<Result<Page, Unreadable>> {
    response.readings.reading_of(PageAt(url.clone()), || read(response, url))
}

/// Whether two responses at the same URL are the same page, to the octet, and declare it in the same
/// way: then reading one is reading the other.
pub fn is_same(a: &HttpResponse, b: &HttpResponse) -> bool {
    fn declared(response: &HttpResponse) -> impl Iterator<Item = &(String, String)> {
        let matters = |name: &str| matches!(name, "content-type" | "content-encoding");
        response.headers.iter().filter(move |(name, _)| matters(name))
    }
    a.body == b.body && a.body_end == b.body_end && declared(a).eq(declared(b))
}

fn read(response: &HttpResponse, url: &Url) -> Result<Page, Unreadable> {
    let (kind, text) = body::text(response)?;
    let is_cut = response.body_end == BodyEnd::Limit;
    if kind != Kind::Html {
        let words = Words::of(&text);
        return Ok(Page {
            words,
            references: Vec::new(),
            policies: Vec::new(),
            scripts: String::new(),
            is_cut,
        });
    }
    let parts = html::read(&text, url)?;
    Ok(Page {
        words: Words::of(&parts.text),
        references: parts.references,
        policies: parts.policies,
        scripts: parts.scripts,
        is_cut: is_cut || parts.is_cut,
    })
}
