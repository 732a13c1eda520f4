//! From the text of a configuration to what it says, or to everything that is wrong with it.

use super::document::{Draft, SERVE, ServeConfig};
use crate::inventory::reader::Reader;
use crate::inventory::tree::{Content, NodeId, Tree};
use crate::inventory::yaml::{self, Kind};
use crate::inventory::{Diagnostic, Diagnostics};
use crate::model::suggestion::nearest;

/// Octets of a configuration.
pub const OCTETS_MAX: usize = 1 << 20;

/// The key of the daemon's own section.
pub(crate) const SERVE_KEY: &str = "serve";

/// How the file is read, which also holds defaults of options.
pub(crate) const CONFIGURATION: Kind = Kind {
    noun: "configuration",
    octets_max: OCTETS_MAX,
    shorten: "move what is not needed into other files",
    start: "docs/serve/config.yaml is one to start from",
    shown: |text, tree| Some(without_secrets(text, tree)),
};

/// Reads the section `serve` of a configuration, with the warnings. The other keys of the file are options
/// of commands, and not looked at here. `file` is its name, for messages and for files that it names.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file.
pub fn read(text: &[u8], file: &str) -> Result<(ServeConfig, Vec<Diagnostic>), Diagnostics> {
    if yaml::is_empty(text) {
        return Ok((ServeConfig::default(), Vec::new()));
    }
    let (draft, warnings) = yaml::read(text, file, &CONFIGURATION, document)?;
    Ok((draft.config(), warnings))
}

fn document(reader: &mut Reader<'_, '_>, root: NodeId) -> Option<Draft> {
    let mut draft = Draft::default();
    let pairs = reader.pairs(root, "the configuration")?;
    let is_serve = |node: NodeId| matches!(&reader.tree.node(node).content, Content::Scalar { text, .. } if text == SERVE_KEY);
    let serve = pairs.chunks_exact(2).find(|pair| is_serve(pair[0])).map(|pair| pair[1]);
    if let Some(serve) = serve {
        SERVE.read(reader, serve, &mut draft)?;
    }
    Some(draft)
}

/// Says what is wrong with the daemon's own section.
pub(crate) fn check(reader: &mut Reader<'_, '_>, serve: NodeId) {
    SERVE.read(reader, serve, &mut Draft::default());
}

/// Words in the names of keys whose values no message shows.
const SECRET_WORDS: [&str; 6] = ["pass", "secret", "token", "hash", "credential", "authorization"];

/// Keys whose values no message shows, also where their names are nearly these: a mistake in writing is what
/// messages are about. A URL of a chat is as good as a password.
const SECRET_KEYS: [&str; 4] = ["password", "secret", "token", "url"];

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let is_near = || nearest(&key, SECRET_KEYS.into_iter()).is_some();
    !key.ends_with("_file") && (SECRET_WORDS.iter().any(|word| key.contains(word)) || is_near())
}

/// The same text, octet for octet as long, with what may be secret starred out.
fn without_secrets(text: &str, tree: Option<&Tree<'_>>) -> String {
    let mut shown = text.as_bytes().to_vec();
    let mut star = |from: usize, to: usize| shown[from..to].fill(b'*');
    match tree {
        Some(tree) => star_values(tree, &mut star),
        None => star_lines(text, &mut star),
    }
    // Whole characters were starred out; if not, nothing is shown.
    String::from_utf8(shown).unwrap_or_else(|_| "*".repeat(text.len()))
}

/// Without a tree, a line is all that is known: from its first such key on it is starred out.
fn star_lines(text: &str, star: &mut impl FnMut(usize, usize)) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = line.trim_end_matches(['\n', '\r']).len();
        for (colon, _) in line.match_indices(':') {
            let before = &line[..colon];
            let is_of_key = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
            let key = before.trim_end_matches(['"', '\'', ' ']);
            let from = key.rfind(|c| !is_of_key(c)).map_or(0, |at| at + 1);
            // The character before may have several octets.
            let key = key.get(from..).unwrap_or(key);
            if is_secret(key) {
                star(start + (colon + 1).min(end), start + end);
                break;
            }
        }
        start += line.len();
    }
}

fn star_values(tree: &Tree<'_>, star: &mut impl FnMut(usize, usize)) {
    let mut open = vec![tree.root];
    while let Some(node) = open.pop() {
        match &tree.node(node).content {
            Content::Scalar { .. } => {}
            Content::Sequence(items) => open.extend(tree.children(items)),
            Content::Mapping(pairs) => {
                for pair in tree.children(pairs).chunks_exact(2) {
                    let (key, value) = (&tree.node(pair[0]).content, tree.node(pair[1]));
                    match (key, &value.content) {
                        (Content::Scalar { text, .. }, Content::Scalar { .. })
                            if is_secret(text) =>
                        {
                            star(value.span.start as usize, value.span.end as usize);
                        }
                        _ => open.push(pair[1]),
                    }
                }
            }
        }
    }
}
