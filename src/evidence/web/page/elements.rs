//! What elements of a page say of themselves: whether they are seen, run or loaded.

use lol_html::html_content::Element;

use super::reference::Use;

/// Elements that always have an end tag, so that what is hidden with them is known to end.
const CLOSED: &[&str] = &[
    "div", "section", "article", "aside", "nav", "header", "footer", "main", "form", "span", "ul",
    "ol", "table", "template", "dialog", "fieldset", "button", "a",
];

/// Whether what is inside is hidden.
pub(super) fn hides(element: &Element<'_, '_>) -> bool {
    CLOSED.contains(&element.tag_name().as_str())
        && (element.tag_name() == "template"
            || element.has_attribute("hidden")
            || element.get_attribute("style").is_some_and(|style| {
                let style: String = style.split_whitespace().collect();
                style.to_ascii_lowercase().contains("display:none")
            }))
}

/// Whether a template's content becomes part of the page all the same (HTML §4.12.3).
pub(super) fn is_shadow_root(element: &Element<'_, '_>) -> bool {
    element
        .get_attribute("shadowrootmode")
        .is_some_and(|mode| ["open", "closed"].iter().any(|known| mode.eq_ignore_ascii_case(known)))
}

/// Whether a script is one that a browser of today runs (HTML §4.12.1.1): JavaScript, by its type or, without
/// one, by its language.
pub(super) fn is_program_of_the_page(element: &Element<'_, '_>) -> bool {
    const JAVASCRIPT: [&str; 16] = [
        "application/ecmascript",
        "application/javascript",
        "application/x-ecmascript",
        "application/x-javascript",
        "text/ecmascript",
        "text/javascript",
        "text/javascript1.0",
        "text/javascript1.1",
        "text/javascript1.2",
        "text/javascript1.3",
        "text/javascript1.4",
        "text/javascript1.5",
        "text/jscript",
        "text/livescript",
        "text/x-ecmascript",
        "text/x-javascript",
    ];
    if element.tag_name() != "script" || element.has_attribute("nomodule") {
        return false;
    }
    let language = || element.get_attribute("language").filter(|language| !language.is_empty());
    let kind = match element.get_attribute("type") {
        Some(kind) if kind.is_empty() => return true,
        Some(kind) => kind.trim().to_ascii_lowercase(),
        None => match language() {
            Some(language) => format!("text/{}", language.to_ascii_lowercase()),
            None => return true,
        },
    };
    kind == "module" || JAVASCRIPT.contains(&kind.as_str())
}

/// What a `<link>` loads, if it loads anything.
pub(super) fn link(rel: &str, r#as: Option<&str>) -> Option<Use> {
    let rels: Vec<&str> = rel.split_whitespace().collect();
    if rels.contains(&"stylesheet") {
        return (!rels.contains(&"alternate")).then_some(Use::Style);
    }
    if rels.contains(&"modulepreload") {
        return Some(Use::Preload);
    }
    if rels.contains(&"preload") {
        return Some(if r#as == Some("font") { Use::Font } else { Use::Preload });
    }
    rels.contains(&"icon").then_some(Use::Icon)
}
