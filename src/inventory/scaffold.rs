//! A first inventory to fill in: `v6ready inventory init`.

use super::format::document::TITLE;
use super::targets::quoted;
use crate::model::Lang;

/// A commented inventory with example names, in the language of its reader. It is a good
/// inventory unchanged. Without a title it has the one that an inventory without a title has.
pub fn scaffold(lang: Lang, title: Option<&str>) -> String {
    let template = match lang {
        Lang::Vi => include_str!("scaffold.vi.yaml"),
        Lang::En => include_str!("scaffold.en.yaml"),
    };
    template.replace("{title}", &quoted(title.unwrap_or_else(|| TITLE.get(lang))))
}

/// The beginning of such an inventory up to `organisations:`, for one whose services come from elsewhere.
pub fn scaffold_head(lang: Lang, title: Option<&str>) -> String {
    let whole = scaffold(lang, title);
    let head = whole.split("\norganisations:\n").next().unwrap_or_default();
    // The comment right above speaks of the example names.
    let head = head.rsplit_once('\n').map_or(head, |(head, _)| head);
    format!("{head}\norganisations:\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::parse;

    #[test]
    fn a_scaffold_is_an_inventory() {
        for lang in [Lang::Vi, Lang::En] {
            for title in [None, Some("Sở \"Y tế\": #1 {title}")] {
                let text = scaffold(lang, title);
                let parsed = parse(text.as_bytes(), "inventory.yaml").unwrap();
                assert_eq!(parsed.inventory.lang, lang);
                assert_eq!(parsed.inventory.title, title.unwrap_or(TITLE.get(lang)));
                assert!(parsed.warnings.is_empty());
            }
        }
    }

    #[test]
    fn a_head_is_a_scaffold_without_its_examples() {
        for lang in [Lang::Vi, Lang::En] {
            let head = scaffold_head(lang, Some("Tỉnh"));
            assert!(head.ends_with("\n\norganisations:\n"), "{head}");
            let services =
                "  - {id: o, services: [{id: s, category: portal, web: \"https://s.example/\"}]}\n";
            let parsed = parse(format!("{head}{services}").as_bytes(), "head").unwrap();
            assert_eq!((parsed.inventory.lang, &*parsed.inventory.title), (lang, "Tỉnh"));
        }
    }

    #[test]
    fn what_a_scaffold_comments_out_is_right_too() {
        for lang in [Lang::Vi, Lang::En] {
            let uncommented: Vec<String> = scaffold(lang, None)
                .lines()
                .map(|line| match line.trim_start().strip_prefix("# ") {
                    // Keys and items; prose stays a comment.
                    Some(rest) if is_entry(rest) => line.replacen("# ", "", 1),
                    _ => line.to_owned(),
                })
                .collect();
            let text = uncommented.join("\n");
            let parsed = parse(text.as_bytes(), "scaffold").unwrap_or_else(|all| {
                panic!("{text}\n{}", all.render(false));
            });
            assert_eq!(parsed.inventory.services.len(), 8);
            assert_eq!(parsed.inventory.networks.iter().count(), 2);
            assert!(parsed.inventory.services[0].exemption.is_some());
        }
    }

    fn is_entry(text: &str) -> bool {
        let text = text.trim_start().trim_start_matches("- {");
        let key = text.split(':').next().unwrap_or_default();
        text.contains(':')
            && !key.starts_with("yaml-")
            && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    }
}
