//! Pages: what people see of them, what they load, and whether they are the page at all.

mod body;
mod challenge;
mod css;
mod headers;
mod html;
mod words;

pub use body::Unreadable;
pub use challenge::is_challenge;
pub use headers::{SECURITY_HEADERS, security_header};
pub use words::Words;

use std::sync::Arc;

use url::Url;

use crate::model::{BodyEnd, FactTopic, HttpResponse};
use body::Kind;

/// What a page loads something for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Use {
    /// A script.
    Script,
    /// A style sheet.
    Style,
    /// A page within the page.
    Frame,
    /// A plug-in's content, such as a PDF.
    Object,
    /// A font.
    Font,
    /// An image, or whatever a style sheet names by `url()`.
    Image,
    /// Sound, video or subtitles.
    Media,
    /// Something announced ahead of its use.
    Preload,
    /// The site's icon.
    Icon,
    /// Nothing is loaded: a link, a form's target, a refresh.
    Link,
}

impl Use {
    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Style => "style",
            Self::Frame => "frame",
            Self::Object => "object",
            Self::Font => "font",
            Self::Image => "image",
            Self::Media => "media",
            Self::Preload => "preload",
            Self::Icon => "icon",
            Self::Link => "link",
        }
    }

    /// Whether the browser fetches it by itself.
    pub fn is_loaded(self) -> bool {
        self != Self::Link
    }

    /// Whether a page is commonly useless without it: scripts, style sheets and frames.
    pub fn is_required(self) -> bool {
        matches!(self, Self::Script | Self::Style | Self::Frame)
    }
}

/// Something that a page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where it is: http or https, without fragment. Hostile text.
    pub url: Url,
    /// What for.
    pub what: Use,
}

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

/// As [`page`], but a guard in front of the page is not the page.
pub fn readable(response: &HttpResponse, url: &Url) -> Arc<Result<Page, Unreadable>> {
    if is_challenge(response, url) {
        return Arc::new(Err(Unreadable::Challenge));
    }
    page(response, url)
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

/// A response as the style sheet that was found at a URL.
#[derive(PartialEq, Eq)]
struct StyleSheetAt(Url);

impl FactTopic for StyleSheetAt {
    type Reading = Result<Vec<Reference>, Unreadable>;
}

/// What a style sheet that was found at `url` loads; nothing when it is no style sheet.
pub fn style_sheet(response: &HttpResponse, url: &Url) -> Arc<Result<Vec<Reference>, Unreadable>> {
    response.readings.reading_of(StyleSheetAt(url.clone()), || loaded_by_style(response, url))
}

fn loaded_by_style(response: &HttpResponse, url: &Url) -> Result<Vec<Reference>, Unreadable> {
    let text = match body::text(response) {
        Ok((Kind::Css, text)) => text,
        Ok(_) | Err(Unreadable::NotText) => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    Ok(css::references(&text)
        .iter()
        .filter_map(|reference| url.join(reference).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .map(|url| Reference { url, what: Use::Image })
        .collect())
}
