//! Reads which file imports which: every path in a file's code, resolved to the file that defines what
//! it names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree, Visibility};

/// A tree of source files.
pub struct Tree {
    files: BTreeMap<String, File>,
    /// The module that each file is, as `["evidence", "dns"]`, and back.
    by_module: BTreeMap<Vec<String>, String>,
}

/// One file, without what is compiled for tests only.
pub struct File {
    /// Its path from `src/`.
    pub path: String,
    /// Every path that its code names, with `crate`, `super` and `self` resolved: a path into this
    /// crate begins with `crate`.
    pub paths: Vec<Vec<String>>,
    /// Names that it re-exports, and the path of each.
    exports: BTreeMap<String, Vec<String>>,
}

impl Tree {
    /// Reads a tree from the texts of its files, by their paths from `src/`.
    pub fn read(sources: &BTreeMap<String, String>) -> Self {
        let parsed: BTreeMap<&String, syn::File> = sources
            .iter()
            .map(|(path, text)| {
                let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
                (path, file)
            })
            .collect();
        let tests: BTreeSet<Vec<String>> =
            parsed.iter().flat_map(|(path, file)| test_modules(&module_of(path), file)).collect();
        let is_test = |module: &[String]| (1..=module.len()).any(|n| tests.contains(&module[..n]));
        let mut files = BTreeMap::new();
        let mut by_module = BTreeMap::new();
        for (path, file) in parsed {
            let module = module_of(path);
            if !is_test(&module) {
                by_module.insert(module.clone(), path.clone());
                files.insert(path.clone(), File::read(path, &module, file.items));
            }
        }
        Self { files, by_module }
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    /// The files that define what a file names.
    pub fn targets(&self, file: &File) -> BTreeSet<&str> {
        let module = module_of(&file.path);
        let relative = |path: &[String]| -> Option<&str> {
            // `use leaf::X` in the file of a folder that has a `leaf`.
            let inside = [&module[..], &path[..1]].concat();
            let full = [&module[..], path].concat();
            self.by_module.contains_key(&inside).then(|| self.defining(&full, 0)).flatten()
        };
        let target = |path: &Vec<String>| match path.first()?.as_str() {
            "crate" => self.defining(&path[1..], 0),
            _ => relative(path),
        };
        file.paths.iter().filter_map(target).collect()
    }

    /// The file in which a path of this crate ends, re-exports followed.
    fn defining(&self, path: &[String], depth: usize) -> Option<&str> {
        let (length, file) = (1..=path.len())
            .rev()
            .find_map(|n| self.by_module.get(&path[..n]).map(|file| (n, file)))?;
        let export = path.get(length).and_then(|name| self.files[file].exports.get(name));
        let Some(export) = export.filter(|_| depth < 8) else { return Some(file) };
        let target = match export.first().map(String::as_str) {
            Some("crate") => export[1..].to_vec(),
            _ => [&path[..length], export].concat(),
        };
        self.defining(&target, depth + 1).or(Some(file))
    }
}

impl File {
    fn read(path: &str, module: &[String], items: Vec<Item>) -> Self {
        let mut file = Self { path: path.to_owned(), paths: Vec::new(), exports: BTreeMap::new() };
        file.read_items(module, items);
        file
    }

    fn read_items(&mut self, module: &[String], items: Vec<Item>) {
        for item in items {
            if is_for_tests(attributes(&item)) {
                continue;
            }
            match item {
                Item::Mod(inner) => {
                    if let Some((_, items)) = inner.content {
                        let name = inner.ident.to_string();
                        self.read_items(&[module, &[name]].concat(), items);
                    }
                }
                Item::Use(import) => {
                    let is_public = !matches!(import.vis, Visibility::Inherited);
                    let mut leaves = Vec::new();
                    flatten(&import.tree, &mut Vec::new(), &mut leaves);
                    for (path, name) in leaves {
                        let path = absolute(module, path);
                        if is_public {
                            self.exports.insert(name, path.clone());
                        }
                        self.paths.push(path);
                    }
                }
                other => self.read_tokens(module, other.to_token_stream()),
            }
        }
    }

    /// Finds `a::b::c` in tokens, within macros too.
    fn read_tokens(&mut self, module: &[String], tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.keep(module, &mut path);
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    if path == ["pub"] && group.delimiter() == Delimiter::Parenthesis {
                        // A visibility, as `pub(in crate::commands)`, imports nothing.
                    } else if colons == 2 && group.delimiter() == Delimiter::Brace {
                        // A `use` within a function.
                        let prefix = path.clone();
                        self.read_use_group(module, &prefix, group.stream());
                    } else {
                        self.read_tokens(module, group.stream());
                    }
                    self.keep(module, &mut path);
                    colons = 0;
                }
                _ => {
                    self.keep(module, &mut path);
                    colons = 0;
                }
            }
        }
        self.keep(module, &mut path);
    }

    fn read_use_group(&mut self, module: &[String], prefix: &[String], tokens: TokenStream) {
        for token in tokens {
            if let TokenTree::Ident(name) = token {
                let path = [prefix, &[name.to_string()]].concat();
                self.paths.push(absolute(module, path));
            }
        }
    }

    fn keep(&mut self, module: &[String], path: &mut Vec<String>) {
        let path = std::mem::take(path);
        if path.len() > 1 || path.first().is_some_and(|name| name.starts_with(char::is_uppercase)) {
            self.paths.push(absolute(module, path));
        }
    }
}

/// `store/a.rs` is the module `store::a`; `lib.rs` and `main.rs` are the crate itself.
fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs");
    if matches!(path, "lib" | "main") {
        return Vec::new();
    }
    path.split('/').map(str::to_owned).collect()
}

/// Modules in files of their own that are compiled for tests only.
fn test_modules(module: &[String], file: &syn::File) -> Vec<Vec<String>> {
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(inner) if inner.content.is_none() && is_for_tests(&inner.attrs) => Some(inner),
        _ => None,
    });
    modules.map(|inner| [module, &[inner.ident.to_string()]].concat()).collect()
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]"
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The paths of a `use`, each with the name that it brings in.
fn flatten(tree: &UseTree, prefix: &mut Vec<String>, leaves: &mut Vec<(Vec<String>, String)>) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, leaves);
            prefix.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            leaves.push((prefix.clone(), prefix.last().cloned().unwrap_or_default()));
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            leaves.push(([&prefix[..], std::slice::from_ref(&name)].concat(), name));
        }
        UseTree::Rename(rename) => {
            let path = [&prefix[..], &[rename.ident.to_string()]].concat();
            leaves.push((path, rename.rename.to_string()));
        }
        UseTree::Glob(_) => leaves.push((prefix.clone(), "*".to_owned())),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, prefix, leaves);
            }
        }
    }
}

/// A path from the root of the crate, where it leads into the crate by a keyword.
fn absolute(module: &[String], path: Vec<String>) -> Vec<String> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match path.first().map(String::as_str) {
        Some("super") => (&module[..module.len().saturating_sub(ups)], &path[ups..]),
        Some("self") => (module, &path[1..]),
        _ => return path,
    };
    [&["crate".to_owned()], base, rest].concat()
}
