//! Types of values that only this configuration has: secrets, files beside it, addresses to listen at.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::inventory::reader::Reader;
use crate::inventory::section::description::Described;
use crate::inventory::section::key::ValueType;
use crate::inventory::tree::NodeId;
use crate::inventory::values::text;
use crate::model::{Lang, Text};
use crate::report::letterhead::Letterhead;

/// What mends a letterhead.
const LETTERHEAD_HELP: &str = "docs/letterhead.yaml of the repository is one to start from";

/// Octets of a file that holds a secret.
const SECRET_OCTETS_MAX: u64 = 64 * 1024;

/// What must not be shown: no log, page or message has more of it than that it is there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one who needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A secret in the configuration itself, or in the environment as `${NAME}`.
pub(crate) struct SecretText<D> {
    pub(crate) field: fn(&mut D) -> &mut Option<Secret>,
}

impl<D> ValueType<D> for SecretText<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        let Some(text) = reader.text(node, format_args!("`{name}`")) else { return };
        let span = reader.tree.node(node).span;
        let variable = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let secret = match variable {
            None => text.to_owned(),
            Some(variable) => match std::env::var(variable) {
                Ok(value) => value,
                Err(_) => {
                    let message = format!("the environment has no variable `{variable}`");
                    let help = format!("set it, or name a file: `{name}_file: PATH`");
                    return reader.error(span, &message, Some(&help));
                }
            },
        };
        if secret.is_empty() {
            let help = "write it, or name a file that holds it";
            return reader.error(span, &format!("`{name}` is empty"), Some(help));
        }
        *(self.field)(draft) = Some(Secret(secret));
    }
}

impl<D> Described for SecretText<D> {
    fn schema(&self) -> Value {
        json!({"type": "string", "minLength": 1})
    }

    fn label(&self, lang: Lang) -> String {
        Text {
            en: "secret, or `${VARIABLE}` of the environment",
            vi: "bí mật, hoặc `${BIẾN}` của môi trường",
        }
        .get(lang)
        .to_owned()
    }
}

/// A file that holds a secret: its first line.
pub(crate) struct SecretFile<D> {
    pub(crate) field: fn(&mut D) -> &mut Option<Secret>,
}

impl<D> ValueType<D> for SecretFile<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        let Some(path) = path(reader, node, name) else { return };
        let span = reader.tree.node(node).span;
        if (self.field)(draft).is_some() {
            let other = name.trim_end_matches("_file");
            let message = format!("`{other}` and `{name}` are both given");
            return reader.error(span, &message, Some("keep one of them"));
        }
        match first_line(&path) {
            Ok(secret) if secret.is_empty() => {
                let message = format!("{}: the first line is empty", path.display());
                reader.error(span, &message, Some("the first line is the secret"));
            }
            Ok(secret) => *(self.field)(draft) = Some(Secret(secret)),
            Err(error) => {
                let message = format!("{} can't be read: {error}", path.display());
                reader.error(span, &message, Some("the daemon's user must be able to read it"));
            }
        }
    }
}

impl<D> Described for SecretFile<D> {
    fn schema(&self) -> Value {
        json!({"type": "string", "minLength": 1})
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "file name", vi: "tên tệp" }.get(lang).to_owned()
    }
}

fn first_line(path: &Path) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    std::fs::File::open(path)?.take(SECRET_OCTETS_MAX).read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// A file or folder, relative to the folder of the configuration.
pub(crate) struct Beside<D> {
    pub(crate) field: fn(&mut D) -> &mut Option<PathBuf>,
}

impl<D> ValueType<D> for Beside<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        if let Some(path) = path(reader, node, name) {
            *(self.field)(draft) = Some(path);
        }
    }
}

impl<D> Described for Beside<D> {
    fn schema(&self) -> Value {
        json!({"type": "string", "minLength": 1})
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "file name", vi: "tên tệp" }.get(lang).to_owned()
    }
}

/// The file of a letterhead, relative to the folder of the configuration.
pub(crate) struct LetterheadFile<D> {
    pub(crate) field: fn(&mut D) -> &mut Letterhead,
}

impl<D> ValueType<D> for LetterheadFile<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        let Some(path) = path(reader, node, name) else { return };
        let span = reader.tree.node(node).span;
        match std::fs::read_to_string(&path) {
            Ok(text) => match Letterhead::parse(&text) {
                Ok(letterhead) => *(self.field)(draft) = letterhead,
                Err(error) => {
                    let message = format!("{}: {error}", path.display());
                    reader.error(span, &message, Some(LETTERHEAD_HELP));
                }
            },
            Err(error) => {
                let message = format!("{} can't be read: {error}", path.display());
                reader.error(span, &message, Some(LETTERHEAD_HELP));
            }
        }
    }
}

impl<D> Described for LetterheadFile<D> {
    fn schema(&self) -> Value {
        json!({"type": "string", "minLength": 1})
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "file name", vi: "tên tệp" }.get(lang).to_owned()
    }
}

/// Files, relative to the folder of the configuration.
pub(crate) struct AllBeside<D> {
    pub(crate) field: fn(&mut D) -> &mut Vec<PathBuf>,
}

impl<D> ValueType<D> for AllBeside<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        for item in reader.items(node, format_args!("`{name}`")).unwrap_or_default() {
            (self.field)(draft).extend(path(reader, *item, name));
        }
    }
}

impl<D> Described for AllBeside<D> {
    fn schema(&self) -> Value {
        json!({"type": "array", "items": {"type": "string", "minLength": 1}})
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "list: file name", vi: "danh sách: tên tệp" }.get(lang).to_owned()
    }
}

/// A path as it is written, from the folder of the configuration.
pub(crate) fn path(reader: &mut Reader<'_, '_>, node: NodeId, name: &str) -> Option<PathBuf> {
    let path = reader.value(node, format_args!("`{name}`"), text::one_line)?;
    let folder = Path::new(&*reader.source.file).parent().unwrap_or(Path::new(""));
    Some(folder.join(path))
}
