//! The documentation as a site: `docs/book/SUMMARY.LANG.md` lists the pages of each language, mdBook sets them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{at, remove_folder};

/// The languages, each with what the site calls itself in it.
const LANGUAGES: [(&str, &str); 2] =
    [("vi", "v6ready – tài liệu hướng dẫn"), ("en", "v6ready – documentation")];

/// Makes both books, and a page that leads to them.
pub fn run() -> Result<(), String> {
    let root = xtask::root();
    let docs = root.join("docs");
    let (sources, site) = (root.join("target/book-source"), root.join("target/book"));
    remove_folder(&sources)?;
    remove_folder(&site)?;
    for (at_language, (lang, title)) in LANGUAGES.into_iter().enumerate() {
        let (other, _) = LANGUAGES[1 - at_language];
        let book =
            Book { own: listed(&docs, lang)?, others: listed(&docs, other)?, other, docs: &docs };
        let folder = sources.join(lang);
        book.copy(&docs, &folder.join("src"))?;
        let text = read(&docs.join(format!("book/SUMMARY.{lang}.md")))?;
        let text = text
            .replace("](../", "](")
            .replace("](front", "](book/front")
            .replace("README.md", "index.md");
        write(&folder.join("src/SUMMARY.md"), &text)?;
        let text = read(&docs.join("book/book.toml"))?;
        write(&folder.join("book.toml"), &text.replace("{title}", title).replace("{lang}", lang))?;
        let destination = site.join(lang).display().to_string();
        let tool = root.join("target/tools/bin/mdbook");
        let tool = if tool.exists() { tool.display().to_string() } else { "mdbook".to_owned() };
        let arguments = ["build", "--dest-dir", &destination, &folder.display().to_string()];
        crate::run(&tool, &arguments).map_err(|error| {
            format!("{error}\n`cargo install --locked mdbook --no-default-features --features search` brings it")
        })?;
    }
    write(&site.join("index.html"), &read(&docs.join("book/index.html"))?)?;
    println!("target/book/index.html");
    Ok(())
}

/// The pages of a language, as paths below docs/.
fn listed(docs: &Path, lang: &str) -> Result<BTreeSet<PathBuf>, String> {
    let summary = read(&docs.join(format!("book/SUMMARY.{lang}.md")))?;
    let targets = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let below = |target: &str| match target.strip_prefix("../") {
        Some(page) => PathBuf::from(page),
        None => Path::new("book").join(target),
    };
    Ok(targets.map(below).collect())
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(at(file))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(at(file))
}

/// The book of one language.
struct Book<'d> {
    docs: &'d Path,
    own: BTreeSet<PathBuf>,
    others: BTreeSet<PathBuf>,
    other: &'static str,
}

impl Book<'_> {
    /// Copies a folder of docs/, its pages with links that hold on the site.
    fn copy(&self, from: &Path, to: &Path) -> Result<(), String> {
        fs::create_dir_all(to).map_err(at(to))?;
        for entry in fs::read_dir(from).map_err(at(from))? {
            let path = entry.map_err(at(from))?.path();
            let Some(name) = path.file_name() else { continue };
            // mdBook makes index.html of a README.
            let name = if name == "README.md" { "index.md".as_ref() } else { name };
            let copied = to.join(name);
            if path.is_dir() {
                self.copy(&path, &copied)?;
            } else if path.extension().is_some_and(|ending| ending == "md") {
                write(&copied, &self.with_links(&read(&path)?, &path))?;
            } else {
                fs::copy(&path, &copied).map_err(at(&path))?;
            }
        }
        Ok(())
    }

    fn with_links(&self, text: &str, page: &Path) -> String {
        let mut output = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(middle) = rest.find("](") {
            let Some(length) = rest[middle + 2..].find(')') else { break };
            let target = &rest[middle + 2..middle + 2 + length];
            let begin =
                rest[..middle].rfind('[').filter(|begin| !rest[*begin..middle].contains('\n'));
            match (begin, self.on_the_site(target, page)) {
                // What the site hasn't got is no link.
                (Some(begin), None) => {
                    output.push_str(&rest[..begin]);
                    output.push_str(&rest[begin + 1..middle]);
                }
                (_, found) => {
                    output.push_str(&rest[..middle + 2]);
                    output.push_str(found.as_deref().unwrap_or(target));
                    output.push(')');
                }
            }
            rest = &rest[middle + 3 + length..];
        }
        output + rest
    }

    /// A link's target as the site has it; `None` where it has no such page.
    fn on_the_site(&self, target: &str, page: &Path) -> Option<String> {
        let (file, fragment) = target.split_at(target.find('#').unwrap_or(target.len()));
        if file.is_empty() || target.contains("://") {
            return Some(target.to_owned());
        }
        let folder = page.parent()?;
        let Ok(found) = folder.join(file).canonicalize() else { return Some(target.to_owned()) };
        let below = found.strip_prefix(self.docs).ok().filter(|_| !found.is_dir())?;
        let is_page = below.extension().is_some_and(|ending| ending == "md");
        if !is_page || self.own.contains(below) {
            return Some(target.replace("README.md", "index.md"));
        }
        // A page of the other language lies in its own book.
        let depth = folder.strip_prefix(self.docs).ok()?.components().count();
        let html =
            below.with_extension("html").display().to_string().replace("README.html", "index.html");
        let up = "../".repeat(depth + 1);
        self.others.contains(below).then(|| format!("{up}{}/{html}{fragment}", self.other))
    }
}
