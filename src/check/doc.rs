//! A check's page: Markdown with fixed headings, read once, used everywhere.
//!
//! `v6ready explain`, the remedies in reports and the generated catalogue all come from it, so no
//! sentence about a check exists twice.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::model::Lang;

/// A check's page in both languages, as it is in the source tree.
pub struct Doc {
    /// The English page.
    pub en: &'static str,
    /// The Vietnamese page.
    pub vi: &'static str,
    pages: OnceLock<[Page; 2]>,
}

/// A page, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The first-level heading.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What is tested.
    pub tested: &'static str,
    /// Each reason, the outcome's word and the sentence.
    pub outcomes: Vec<(&'static str, &'static str, &'static str)>,
    /// How to fix it, in general: what comes before the list of reasons.
    pub fix: &'static str,
    /// How to fix it, by reason.
    pub remedies: Vec<(&'static str, &'static str)>,
    /// Sources, one a line.
    pub sources: Vec<&'static str>,
}

/// The fixed second-level headings in their order.
pub const HEADINGS_EN: [&str; 5] =
    ["Why it matters", "What is tested", "Outcomes", "How to fix it", "Sources"];
/// The same in Vietnamese.
pub const HEADINGS_VI: [&str; 5] =
    ["Vì sao quan trọng", "Nội dung kiểm tra", "Các kết luận", "Biện pháp khắc phục", "Nguồn"];

impl Doc {
    /// Takes the two pages; they are read when first asked for.
    pub const fn new(en: &'static str, vi: &'static str) -> Self {
        Self { en, vi, pages: OnceLock::new() }
    }

    /// The whole page as Markdown.
    pub fn markdown(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Vi => self.vi,
        }
    }

    /// The same as readers see it: outcomes in words of the language.
    pub fn shown(&self, lang: Lang) -> Cow<'static, str> {
        const WORDS: [(&str, &str); 4] = [
            (" (pass): ", " (đạt): "),
            (" (fail): ", " (không đạt): "),
            (" (inconclusive): ", " (chưa xác định): "),
            (" (not-applicable): ", " (không áp dụng): "),
        ];
        match lang {
            Lang::En => Cow::Borrowed(self.en),
            Lang::Vi => {
                let words = WORDS.iter();
                Cow::Owned(
                    words.fold(self.vi.to_owned(), |page, (id, word)| page.replace(id, word)),
                )
            }
        }
    }

    /// The page, taken apart.
    pub fn page(&self, lang: Lang) -> &Page {
        let [en, vi] = self
            .pages
            .get_or_init(|| [Page::read(self.en, HEADINGS_EN), Page::read(self.vi, HEADINGS_VI)]);
        match lang {
            Lang::En => en,
            Lang::Vi => vi,
        }
    }
}

impl Page {
    /// Total: what a page lacks is empty, and a test holds that no page lacks anything.
    fn read(markdown: &'static str, headings: [&str; 5]) -> Self {
        let title =
            markdown.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default().trim();
        let [why, tested, outcomes, fix, sources] = headings.map(|h| section(markdown, h));
        let fix_list = fix
            .find("\n- `")
            .map_or(if fix.starts_with("- `") { 0 } else { fix.len() }, |at| at + 1);
        Self {
            title,
            why,
            tested,
            outcomes: items(outcomes).filter_map(outcome).collect(),
            fix: fix[..fix_list].trim(),
            remedies: items(&fix[fix_list..]).filter_map(remedy).collect(),
            sources: items(sources).collect(),
        }
    }

    /// The sentence of a reason.
    pub fn outcome(&self, reason: &str) -> Option<&'static str> {
        self.outcomes.iter().find(|(id, _, _)| *id == reason).map(|(_, _, text)| *text)
    }

    /// How to fix it, by reason: its own text, or the general one.
    pub fn remedy(&self, reason: &str) -> Option<&'static str> {
        self.remedies
            .iter()
            .find(|(id, _)| *id == reason)
            .map(|(_, text)| *text)
            .or((!self.fix.is_empty()).then_some(self.fix))
    }
}

fn section(markdown: &'static str, heading: &str) -> &'static str {
    let mark = format!("\n## {heading}\n");
    let Some(start) = markdown.find(&mark).map(|at| at + mark.len()) else { return "" };
    let rest = &markdown[start..];
    rest[..rest.find("\n## ").unwrap_or(rest.len())].trim()
}

/// List items; each is one line of the source.
fn items(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter_map(|line| line.strip_prefix("- ")).map(str::trim)
}

/// `` `reason` (outcome): sentence ``
fn outcome(item: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (reason, rest) = item.strip_prefix('`')?.split_once("` (")?;
    let (outcome, text) = rest.split_once("): ")?;
    Some((reason, outcome, text))
}

/// `` `reason`: sentence ``
fn remedy(item: &'static str) -> Option<(&'static str, &'static str)> {
    item.strip_prefix('`')?.split_once("`: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A title\n\n## Why it matters\nBecause.\n\n## What is tested\nThis.\n\n\
        ## Outcomes\n- `good` (pass): It is good.\n- `bad` (fail): It is bad.\n\n\
        ## How to fix it\nIn general.\n\n- `bad`: Mend it.\n\n## Sources\n- RFC 1\n- RFC 2\n";

    #[test]
    fn a_page_is_taken_apart() {
        let page = Page::read(PAGE, HEADINGS_EN);
        assert_eq!(page.title, "A title");
        assert_eq!((page.why, page.tested), ("Because.", "This."));
        assert_eq!(page.outcome("bad"), Some("It is bad."));
        assert_eq!(page.fix, "In general.");
        assert_eq!(page.remedy("bad"), Some("Mend it."));
        assert_eq!(page.remedy("other"), Some("In general."));
        assert_eq!(page.sources, ["RFC 1", "RFC 2"]);
    }

    #[test]
    fn a_list_right_below_the_heading() {
        let page = Page::read("# T\n\n## How to fix it\n- `a`: B.\n", HEADINGS_EN);
        assert_eq!((page.fix, page.remedies.as_slice()), ("", [("a", "B.")].as_slice()));
    }
}
