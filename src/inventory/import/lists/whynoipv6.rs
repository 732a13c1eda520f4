//! The lists of whynoipv6.com: a campaign (`title`, `description`, `domains`), or the subdomains of one domain
//! (`subdomains`), which the file's name says.

use super::collected::Collected;
use super::document::Document;
use super::options::ListOptions;

/// Reads a list.
pub(super) fn read(
    text: &str,
    options: &ListOptions,
    collected: &mut Collected<'_, '_>,
) -> Result<(), String> {
    let document = Document::parse(text)?;
    let root = document.root();
    let (key, names) = match (document.get(root, "domains"), document.get(root, "subdomains")) {
        (Some(names), _) => ("domains", names),
        (None, Some(names)) => ("subdomains", names),
        (None, None) => {
            return Err(
                "it has neither `domains` nor `subdomains`, as a list of whynoipv6 has".to_owned()
            );
        }
    };
    if !document.is_list(names) {
        return Err(format!("{}: `{key}` is no list", document.place(names)));
    }
    let suffix = match (key, &options.origin) {
        ("domains", _) => String::new(),
        (_, Some(origin)) => format!(".{origin}"),
        (_, None) => {
            return Err("the domain of these subdomains is not known: name the file after it \
                 (`example.gov.vn.yml`), or give it by `--origin`"
                .to_owned());
        }
    };
    for name in document.items(names) {
        let text = document.text(*name).unwrap_or_default().trim();
        let text = if text.is_empty() { String::new() } else { format!("{text}{suffix}") };
        collected.take_host(document.place(*name), "web", &text)?;
    }
    Ok(())
}
