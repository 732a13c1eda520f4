//! What a page shows and what it loads.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use lol_html::html_content::{Element, TextType};
use lol_html::{HandlerResult, HtmlRewriter, MemorySettings, Settings, doc_text, element, text};
use url::Url;

use super::body::Unreadable;
use super::css;
use super::elements::{hides, is_program_of_the_page, is_shadow_root, link};
use super::entities::decoded;
use super::reference::{Reference, Use};

/// Octets that the HTML parser may hold.
const PARSER_OCTETS_MAX: usize = 8 * 1024 * 1024;

/// References of one page that are read.
const REFERENCES_MAX: usize = 4000;

/// Octets of inline scripts and styles that are read.
const INLINE_OCTETS_MAX: usize = 1024 * 1024;

/// An HTML document, taken apart.
#[derive(Default)]
pub(super) struct Parts {
    /// The text that a visitor with scripts sees, tags that open set apart by spaces.
    pub text: String,
    /// What the page names, in order.
    pub references: Vec<Reference>,
    /// The policies of `<meta http-equiv="content-security-policy">`.
    pub policies: Vec<String>,
    /// The text of inline scripts.
    pub scripts: String,
    /// Whether a limit of ours left something out.
    pub is_cut: bool,
}

#[derive(Default)]
struct Found {
    parts: Parts,
    /// What was named, before `<base>` is known: references, what they are for, and whether they are
    /// blockable.
    named: Vec<(String, Use, bool)>,
    base: Option<String>,
    styles: String,
}

/// Reads an HTML document that was found at `url`.
pub(super) fn read(html: &str, url: &Url) -> Result<Parts, Unreadable> {
    let found = Rc::new(RefCell::new(Found::default()));
    let hidden = Rc::new(Cell::new(0usize));
    // What stands in templates is not part of the page, nor are scripts of other languages.
    let (inert, pictures) = (Rc::new(Cell::new(0usize)), Rc::new(Cell::new(0usize)));
    let is_program = Rc::new(Cell::new(false));
    let settings = Settings::new()
        .append_element_content_handler(element!("*", {
            let (found, hidden) = (found.clone(), hidden.clone());
            let (inert, pictures) = (inert.clone(), pictures.clone());
            let is_program = is_program.clone();
            move |element| {
                let mut found = found.borrow_mut();
                found.parts.text.push(' ');
                let is_inert = inert.get() > 0;
                is_program.set(!is_inert && is_program_of_the_page(element));
                if hides(element) {
                    count_inside(&hidden, element)?;
                }
                match element.tag_name().as_str() {
                    "template" if !is_shadow_root(element) => count_inside(&inert, element)?,
                    "picture" => count_inside(&pictures, element)?,
                    _ => {}
                }
                if !is_inert {
                    found.element(element, is_program.get(), pictures.get() > 0);
                }
                Ok(())
            }
        }))
        .append_element_content_handler(text!("style", {
            let (found, inert) = (found.clone(), inert.clone());
            move |chunk| {
                if inert.get() > 0 {
                    return Ok(());
                }
                let mut found = found.borrow_mut();
                let is_kept = keep(&mut found.styles, chunk.as_str());
                found.parts.is_cut |= !is_kept;
                Ok(())
            }
        }))
        .append_document_content_handler(doc_text!({
            let (found, hidden) = (found.clone(), hidden.clone());
            let is_program = is_program.clone();
            move |chunk| {
                let mut found = found.borrow_mut();
                let text = chunk.as_str();
                match chunk.text_type() {
                    TextType::Data | TextType::RCData | TextType::CDataSection => {
                        if hidden.get() == 0 {
                            found.parts.text.push_str(text);
                        }
                    }
                    TextType::ScriptData if !is_program.get() => {}
                    TextType::ScriptData => {
                        let is_kept = keep(&mut found.parts.scripts, text);
                        found.parts.is_cut |= !is_kept;
                    }
                    // Style sheets have a handler of their own; the rest is for visitors without
                    // scripts or frames.
                    TextType::RawText | TextType::PlainText => {}
                }
                Ok(())
            }
        }))
        .with_memory_settings(
            MemorySettings::new().with_max_allowed_memory_usage(PARSER_OCTETS_MAX),
        )
        .with_strict(false)
        .with_adjust_charset_on_meta_tag(false);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    // The parser fails for lack of memory only; it takes any text for HTML.
    rewriter.write(html.as_bytes()).map_err(|_| Unreadable::TooLarge)?;
    rewriter.end().map_err(|_| Unreadable::TooLarge)?;
    Ok(found.take().into_parts(url))
}

/// Adds to a text, unless it would grow beyond the limit.
fn keep(text: &mut String, more: &str) -> bool {
    let fits = text.len() + more.len() <= INLINE_OCTETS_MAX;
    if fits {
        text.push_str(more);
    }
    fits
}

/// Counts an element for as long as it lasts.
fn count_inside(inside: &Rc<Cell<usize>>, element: &mut Element<'_, '_>) -> HandlerResult {
    if !element.can_have_content() {
        return Ok(());
    }
    inside.set(inside.get() + 1);
    let inside = inside.clone();
    element.on_end_tag(Box::new(move |_| {
        inside.set(inside.get().saturating_sub(1));
        Ok(())
    }))?;
    Ok(())
}

impl Found {
    fn element(&mut self, element: &Element<'_, '_>, is_program: bool, is_in_picture: bool) {
        let value = |name: &str| {
            element.get_attribute(name).map(|raw| decoded(raw.trim())).filter(|v| !v.is_empty())
        };
        for (reference, what) in value("style").iter().flat_map(|style| css::references(style)) {
            self.add(Some(reference), what);
        }
        let source = || value("src");
        match element.tag_name().as_str() {
            "base" => self.base = self.base.take().or_else(|| value("href")),
            "script" if is_program => self.add(source(), Use::Script),
            "link" => {
                let rel = value("rel").unwrap_or_default().to_ascii_lowercase();
                let r#as = value("as");
                if let Some(what) = link(&rel, r#as.as_deref()) {
                    let is_upgradeable = what == Use::Preload
                        && matches!(r#as.as_deref(), Some("image" | "audio" | "video"));
                    let is_blockable = what.is_blockable() && !is_upgradeable;
                    self.add_as(value("href"), what, is_blockable);
                }
            }
            "img" => {
                let set = value("srcset");
                self.add_as(source(), Use::Image, is_in_picture || set.is_some());
                self.add_set(set);
            }
            "source" if is_in_picture => self.add_set(value("srcset")),
            "source" => self.add(source(), Use::Media),
            "iframe" if element.has_attribute("srcdoc") => {}
            "iframe" | "frame" => self.add(source(), Use::Frame),
            "video" => {
                self.add(source(), Use::Media);
                self.add(value("poster"), Use::Image);
            }
            "audio" => self.add(source(), Use::Media),
            "track" => self.add_as(source(), Use::Media, true),
            "input" if value("type").is_some_and(|t| t.eq_ignore_ascii_case("image")) => {
                self.add(source(), Use::Image);
            }
            "embed" => self.add(source(), Use::Object),
            "object" => self.add(value("data"), Use::Object),
            "image" | "use" => self.add(value("href").or(value("xlink:href")), Use::Image),
            "body" | "table" | "td" => self.add(value("background"), Use::Image),
            "a" | "area" => self.add(value("href"), Use::Link),
            "form" => self.add(value("action"), Use::Link),
            "meta" => self.meta(value("http-equiv"), value("content")),
            _ => {}
        }
    }

    fn meta(&mut self, name: Option<String>, content: Option<String>) {
        let (Some(name), Some(content)) = (name, content) else { return };
        match name.to_ascii_lowercase().as_str() {
            "content-security-policy" => self.parts.policies.push(content),
            "refresh" => {
                // `5; url='…'`
                let target = content.split_once('=').map(|(_, url)| url);
                let target = target.map(|url| url.trim().trim_matches(['"', '\'']).to_owned());
                self.add(target, Use::Link);
            }
            _ => {}
        }
    }

    fn add(&mut self, reference: Option<String>, what: Use) {
        self.add_as(reference, what, what.is_blockable());
    }

    fn add_as(&mut self, reference: Option<String>, what: Use, is_blockable: bool) {
        let Some(reference) = reference else { return };
        if self.named.len() < REFERENCES_MAX {
            self.named.push((reference, what, is_blockable));
        } else {
            self.parts.is_cut = true;
        }
    }

    /// `a.png 1x, b.png 2x`: sets of images are blockable, for historical reasons.
    fn add_set(&mut self, set: Option<String>) {
        for candidate in set.iter().flat_map(|set| set.split(", ")) {
            let url = candidate.split_whitespace().next();
            self.add_as(url.map(|url| url.trim_end_matches(',').to_owned()), Use::Image, true);
        }
    }

    fn into_parts(mut self, url: &Url) -> Parts {
        let base = self.base.as_ref().and_then(|base| url.join(base).ok());
        let base = base.as_ref().unwrap_or(url);
        for (reference, what) in css::references(&self.styles) {
            self.add(Some(reference), what);
        }
        for (reference, what, is_blockable) in self.named {
            let Ok(mut target) = base.join(&reference) else { continue };
            if !matches!(target.scheme(), "http" | "https") || !target.has_host() {
                continue;
            }
            target.set_fragment(None);
            let reference = Reference { url: target, what, is_blockable };
            if !self.parts.references.contains(&reference) {
                self.parts.references.push(reference);
            }
        }
        self.parts.text = decoded(&self.parts.text);
        self.parts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(html: &str) -> Parts {
        read(html, &Url::parse("https://www.example.vn/a/").unwrap()).unwrap()
    }

    #[test]
    fn everything_that_a_page_loads_is_found() {
        let page = of(r#"<!doctype html><base href="/b/">
            <link rel=stylesheet href="s.css"><link rel="alternate stylesheet" href=no.css>
            <link rel="shortcut icon" href=//i.example/f.ico><link rel=dns-prefetch href=//no.example>
            <link rel=preload as=font href=f.woff2><link rel=modulepreload href=m.js>
            <script src="j.js?a=1&amp;b=2#x"></script><script nomodule src=old.js></script>
            <img src="1.png" srcset="2.png 1x, https://c.example/3.png 2x">
            <picture><source srcset="4.webp"></picture>
            <video poster=5.jpg><source src=6.mp4></video><iframe src=//f.example/></iframe>
            <object data=7.svg></object><embed src=8.pdf><svg><image href=9.svg></svg>
            <p style="background:url('10.png')"></p><style>@import url(11.css);</style>
            <a href="http://192.0.2.1/">x</a><form action="go"></form>
            <img src="data:image/png;base64,AA"><a href="mailto:a@example.vn">m</a>
            <noscript><img src=no.png></noscript><meta http-equiv=refresh content="5; url=12.html">"#);
        let seen: Vec<(Use, &str)> =
            page.references.iter().map(|r| (r.what, r.url.as_str())).collect();
        let own = "https://www.example.vn/b/";
        let expected = [
            (Use::Style, "s.css"),
            (Use::Icon, "https://i.example/f.ico"),
            (Use::Font, "f.woff2"),
            (Use::Preload, "m.js"),
            (Use::Script, "j.js?a=1&b=2"),
            (Use::Image, "1.png"),
            (Use::Image, "2.png"),
            (Use::Image, "https://c.example/3.png"),
            (Use::Image, "4.webp"),
            (Use::Image, "5.jpg"),
            (Use::Media, "6.mp4"),
            (Use::Frame, "https://f.example/"),
            (Use::Object, "7.svg"),
            (Use::Object, "8.pdf"),
            (Use::Image, "9.svg"),
            (Use::Image, "10.png"),
            (Use::Link, "http://192.0.2.1/"),
            (Use::Link, "go"),
            (Use::Link, "12.html"),
            (Use::Style, "11.css"),
        ]
        .map(|(what, url)| match url.contains("//") {
            true => (what, url.to_owned()),
            false => (what, format!("{own}{url}")),
        });
        let expected: Vec<_> = expected.iter().map(|(what, url)| (*what, url.as_str())).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_is_no_part_of_the_page_loads_nothing() {
        let page = of(
            r#"<template><script src=no.js></script><img src=no.png><style>@import 'no.css'
            </style><template><img src=no.png></template><img src=no.png><script>no()</script></template>
            <script type="text/template"><img src=no.png></script><script type=importmap src=no.js></script>
            <script type="text/html" src=no.js>no()</script><script type="application/json">no()</script>
            <script language=vbscript src=no.vbs>no()</script><!-- <img src=no.png> -->
            <noscript><img src=no.png></noscript><iframe srcdoc="<p>x" src=no.html></iframe>
            <div><template shadowrootmode=open><img src=1.png></template></div>
            <script type="text/JavaScript" src=2.js></script><script type=module src=3.js></script>
            <script type="" src=4.js></script><script language=JavaScript1.2 src=5.js></script>
            <script>yes()</script>"#,
        );
        let seen: Vec<&str> = page
            .references
            .iter()
            .map(|r| r.url.path_segments().unwrap().next_back().unwrap())
            .collect();
        assert_eq!(seen, ["1.png", "2.js", "3.js", "4.js", "5.js"]);
        assert_eq!(page.scripts, "yes()");
    }

    #[test]
    fn images_that_browsers_block_are_told_from_those_that_they_upgrade() {
        let page = of("<img src=1><img src=2 srcset='3 2x'><img src=4 crossorigin>\
            <picture><source srcset=5><img src=6></picture><video src=7 poster=8></video>\
            <audio src=9 crossorigin=anonymous></audio><track src=10><link rel=icon href=11>\
            <p style='background: url(12)'></p><style>@font-face { src: url(13) }</style><img src=14>");
        let blockable: Vec<&str> = page
            .references
            .iter()
            .filter(|reference| reference.is_blockable)
            .map(|reference| reference.url.path_segments().unwrap().next_back().unwrap())
            .collect();
        assert_eq!(blockable, ["2", "3", "5", "6", "10", "13"]);
    }

    #[test]
    fn only_what_people_see_is_text() {
        let page = of("<title>T</title><script>s()</script><style>p{}</style>\
            <p class=b id=a>một<b>hai</b>&#225;&nbsp;c</p><div hidden>no<p>no</div>\
            <div style='display : none'>no</div><template>no</template><!-- no -->\
            <input type=hidden value=no><noscript>no</noscript><p>end");
        let words: Vec<_> = page.text.split_whitespace().collect();
        assert_eq!(words, ["T", "một", "haiá", "c", "end"]);
        assert_eq!(page.scripts, "s()");
    }

    proptest! {
        #[test]
        fn any_text_is_survived(html in "(?s)(<(a|div hidden|script|/div|link rel=icon|p style='url\\()|[^<]{0,9}|&#?x?[0-9a-f]{0,9};?){0,40}") {
            of(&html);
        }
    }
}
