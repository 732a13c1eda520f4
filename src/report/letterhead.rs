//! What a body prints around its reports: its name, the document's number, who signs, who receives
//! it. An operator writes it as a small YAML file of their own (`docs/letterhead.yaml` is one to
//! start from).

use jiff::civil::Date;
use serde::Deserialize;

use super::describe::clean_to;
use crate::model::Lang;

/// Recipients that a letterhead may name.
const RECIPIENTS_MAX: usize = 60;

/// Characters of one of its texts that are printed.
const CHARS_MAX: usize = 4_000;

/// A letterhead; every part may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letterhead {
    version: u8,
    #[serde(default)]
    superior: Words,
    #[serde(default)]
    issuer: Words,
    #[serde(default)]
    number: Words,
    #[serde(default)]
    place: Words,
    /// The date of the document; without it, the day as of which was judged.
    #[serde(default)]
    pub date: Option<Date>,
    #[serde(default)]
    title: Words,
    #[serde(default)]
    subject: Words,
    #[serde(default)]
    addressees: Vec<Words>,
    #[serde(default)]
    opening: Vec<Words>,
    #[serde(default)]
    closing: Vec<Words>,
    #[serde(default)]
    signature: Signature,
    #[serde(default)]
    recipients: Vec<Words>,
    #[serde(default)]
    template: Option<Words>,
    #[serde(default)]
    fonts: Option<FontNames>,
    /// What the files that it names hold; whoever reads them puts it here.
    #[serde(skip)]
    pub files: LetterheadFiles,
}

/// The names of font files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FontNames {
    /// The regular face.
    pub regular: String,
    /// The bold face.
    pub bold: String,
    /// The italic face.
    pub italic: String,
    /// The bold italic face.
    pub bold_italic: String,
}

/// What the files hold that a letterhead names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LetterheadFiles {
    /// The words of the body, in Vietnamese and in English; they were read as templates before.
    pub templates: [Option<String>; 2],
    /// The faces: regular, bold, italic, bold italic.
    pub fonts: Option<[Vec<u8>; 4]>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    #[serde(default)]
    authority: Words,
    #[serde(default)]
    position: Words,
    #[serde(default)]
    name: Words,
}

/// One text for both languages, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Each { vi: String, en: String },
}

impl Default for Words {
    fn default() -> Self {
        Self::One(String::new())
    }
}

impl Words {
    fn get(&self, lang: Lang) -> String {
        let text = match (self, lang) {
            (Self::One(text), _) => text,
            (Self::Each { vi, .. }, Lang::Vi) => vi,
            (Self::Each { en, .. }, Lang::En) => en,
        };
        clean_to(text, CHARS_MAX)
    }
}

/// Why a text is no letterhead.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct LetterheadError(String);

impl Letterhead {
    /// Reads a letterhead.
    ///
    /// # Errors
    /// When the YAML is no letterhead, with the line and column.
    pub fn parse(yaml: &str) -> Result<Self, LetterheadError> {
        let letterhead: Self =
            serde_saphyr::from_str(yaml).map_err(|error| LetterheadError(error.to_string()))?;
        if letterhead.version != 1 {
            let message = format!("version {} is not known; 1 is", letterhead.version);
            return Err(LetterheadError(message));
        }
        if letterhead.recipients.len() > RECIPIENTS_MAX {
            let message = format!("more than {RECIPIENTS_MAX} recipients");
            return Err(LetterheadError(message));
        }
        Ok(letterhead)
    }

    /// The body above the one that issues the document; may be empty.
    pub fn superior(&self, lang: Lang) -> String {
        self.superior.get(lang)
    }

    /// The body that issues the document; may be empty.
    pub fn issuer(&self, lang: Lang) -> String {
        self.issuer.get(lang)
    }

    /// The document's number and symbol; may be empty.
    pub fn number(&self, lang: Lang) -> String {
        self.number.get(lang)
    }

    /// The place name before the date; may be empty.
    pub fn place(&self, lang: Lang) -> String {
        self.place.get(lang)
    }

    /// The kind of document; empty for the usual one.
    pub fn title(&self, lang: Lang) -> String {
        self.title.get(lang)
    }

    /// What the document is about; empty for the usual words.
    pub fn subject(&self, lang: Lang) -> String {
        self.subject.get(lang)
    }

    /// To whom the document is written, one a line.
    pub fn addressees(&self, lang: Lang) -> impl Iterator<Item = String> {
        self.addressees.iter().map(move |words| words.get(lang))
    }

    /// The name of the file that has the body's words in a language, beside the letterhead.
    pub fn template_name(&self, lang: Lang) -> Option<String> {
        self.template.as_ref().map(|words| words.get(lang)).filter(|name| !name.is_empty())
    }

    /// The names of its own font files, beside the letterhead.
    pub fn font_names(&self) -> Option<&FontNames> {
        self.fonts.as_ref()
    }

    /// The body's own words.
    pub fn template(&self, lang: Lang) -> Option<&str> {
        let [vi, en] = &self.files.templates;
        match lang {
            Lang::Vi => vi.as_deref(),
            Lang::En => en.as_deref(),
        }
    }

    /// Paragraphs before the first section, such as the decisions that it rests on.
    pub fn opening(&self, lang: Lang) -> impl Iterator<Item = String> {
        self.opening.iter().map(move |words| words.get(lang))
    }

    /// Paragraphs after the last section.
    pub fn closing(&self, lang: Lang) -> impl Iterator<Item = String> {
        self.closing.iter().map(move |words| words.get(lang))
    }

    /// In whose place is signed (`TM.`, `KT.`, …), the position, and the name of who signs; each
    /// may be empty.
    pub fn signature(&self, lang: Lang) -> [String; 3] {
        let Signature { authority, position, name } = &self.signature;
        [authority, position, name].map(|words| words.get(lang))
    }

    /// Who receives the document, one a line.
    pub fn recipients(&self, lang: Lang) -> impl Iterator<Item = String> {
        self.recipients.iter().map(move |words| words.get(lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_letterhead() {
        let example = Letterhead::parse(include_str!("../../docs/letterhead.yaml")).unwrap();
        for lang in [Lang::Vi, Lang::En] {
            assert!(!example.issuer(lang).is_empty() && !example.place(lang).is_empty());
            assert!(example.recipients(lang).count() > 1);
            assert!(example.opening(lang).chain(example.closing(lang)).count() > 1);
        }
        assert_ne!(example.issuer(Lang::Vi), example.issuer(Lang::En));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (yaml, expected) in [
            ("version: 2", "version 2"),
            ("version: 1\nisuer: X", "isuer"),
            ("version: 1\ndate: tomorrow", "line 2"),
            ("{}", "version"),
        ] {
            let error = Letterhead::parse(yaml).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn one_text_serves_both_languages() {
        let letterhead = Letterhead::parse("version: 1\nissuer: A\u{202e}B").unwrap();
        assert_eq!(letterhead.issuer(Lang::En), "A\u{fffd}B");
        assert_eq!(letterhead.issuer(Lang::En), letterhead.issuer(Lang::Vi));
    }
}
