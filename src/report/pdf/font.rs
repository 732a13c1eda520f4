//! The four faces: from characters to glyphs and widths.
//!
//! Text is normalised to NFC, so that a Vietnamese letter is one character and one glyph; no shaping
//! is needed for the scripts that the fonts hold. What they don't hold is drawn as `�`, but copied
//! and searched as what it is.

use std::collections::HashMap;
use std::io;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};
use unicode_normalization::UnicodeNormalization as _;

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Tinos-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/Tinos-Bold.ttf");
const ITALIC: &[u8] = include_bytes!("../../../assets/fonts/Tinos-Italic.ttf");
const BOLD_ITALIC: &[u8] = include_bytes!("../../../assets/fonts/Tinos-BoldItalic.ttf");

/// Letters that a face must have to print Vietnamese.
const NEEDED: &str =
    "aăâbcdđeêghiklmnoôơpqrstuưvxyÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬỀỂỄẾỆỒỔỖỐỘỜỞỠỚỢỪỬỮỨỰỲỶỸÝỴĐ0123456789–“”…";

/// What stands for a character that the fonts don't hold.
const UNKNOWN: char = '\u{fffd}';

/// How letters look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Regular,
    Bold,
    Italic,
    BoldItalic,
}

/// All faces.
pub(super) struct Fonts {
    regular: Face,
    bold: Face,
    italic: Face,
    bold_italic: Face,
}

struct Face {
    font: Font,
    /// Glyph and advance (in em) of every character that the font holds.
    glyphs: HashMap<char, (GlyphId, f32)>,
}

impl Fonts {
    /// Reads the faces: an office's own, or those that are built in.
    ///
    /// # Errors
    /// When a file is no font; never with those of this repository.
    pub(super) fn new(own: Option<&[Vec<u8>; 4]>) -> io::Result<Self> {
        let [regular, bold, italic, bold_italic] = match own {
            Some(own) => [0, 1, 2, 3].map(|at| own[at].as_slice()),
            None => [REGULAR, BOLD, ITALIC, BOLD_ITALIC],
        };
        Ok(Self {
            regular: Face::new(regular)?,
            bold: Face::new(bold)?,
            italic: Face::new(italic)?,
            bold_italic: Face::new(bold_italic)?,
        })
    }

    fn face(&self, style: Style) -> &Face {
        match style {
            Style::Regular => &self.regular,
            Style::Bold => &self.bold,
            Style::Italic => &self.italic,
            Style::BoldItalic => &self.bold_italic,
        }
    }

    /// The font file of a style.
    pub(super) fn file(&self, style: Style) -> Font {
        self.face(style).font.clone()
    }

    /// How wide a text is, in points.
    pub(super) fn width(&self, style: Style, size: f32, text: &str) -> f32 {
        let face = self.face(style);
        text.chars().map(|character| face.glyph(character).1).sum::<f32>() * size
    }

    /// The glyphs of a text; every blank becomes wider by `blank` points.
    pub(super) fn glyphs(
        &self,
        style: Style,
        size: f32,
        text: &str,
        blank: f32,
    ) -> Vec<KrillaGlyph> {
        let face = self.face(style);
        text.char_indices()
            .map(|(at, character)| {
                let (glyph, advance) = face.glyph(character);
                let wider = if character == ' ' { blank / size } else { 0.0 };
                let range = at..at + character.len_utf8();
                KrillaGlyph::new(glyph, advance + wider, 0.0, 0.0, 0.0, range, None)
            })
            .collect()
    }
}

impl Face {
    fn new(data: &[u8]) -> io::Result<Self> {
        let unusable = || io::Error::other("it is no TrueType or OpenType font");
        let font = Font::new(data.to_vec().into(), 0).ok_or_else(unusable)?;
        let tables = FontRef::new(data).map_err(io::Error::other)?;
        let em = f32::from(tables.head_units());
        let metrics = tables.glyph_metrics(Size::unscaled(), LocationRef::default());
        let glyphs = tables
            .charmap()
            .mappings()
            .filter_map(|(code, glyph)| {
                let character = char::from_u32(code)?;
                let advance = metrics.advance_width(glyph)? / em;
                Some((character, (GlyphId::new(glyph.to_u32()), advance)))
            })
            .collect();
        Ok(Self { font, glyphs })
    }

    fn glyph(&self, character: char) -> (GlyphId, f32) {
        let found = self.glyphs.get(&character).or_else(|| self.glyphs.get(&UNKNOWN));
        found.copied().unwrap_or((GlyphId::new(0), 0.5))
    }
}

/// Whether a file can serve as a face.
///
/// # Errors
/// When it is no font, or lacks letters of Vietnamese.
pub(super) fn check(data: &[u8]) -> io::Result<()> {
    let face = Face::new(data)?;
    match NEEDED.chars().find(|character| !face.glyphs.contains_key(character)) {
        Some(missing) => Err(io::Error::other(format!(
            "it lacks the letter `{missing}`, which Vietnamese needs"
        ))),
        None => Ok(()),
    }
}

trait HeadUnits {
    fn head_units(&self) -> u16;
}

impl HeadUnits for FontRef<'_> {
    fn head_units(&self) -> u16 {
        self.metrics(Size::unscaled(), LocationRef::default()).units_per_em
    }
}

/// Text as it is drawn: nfc, without characters that have no meaning outside their makers'
/// agreement.
pub(super) fn nfc(text: &str) -> String {
    text.nfc()
        .map(|character| match character {
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\0' => UNKNOWN,
            '\t' => ' ',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every face has every letter of Vietnamese, in NFC and from NFD.
    #[test]
    fn vietnamese_is_complete() {
        let fonts = Fonts::new(None).unwrap();
        let vowels = "aăâeêioôơuưy";
        let tones = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"];
        for vowel in vowels.chars() {
            for tone in tones {
                let text = nfc(&format!("{vowel}{tone}"));
                let text = text.clone() + &text.to_uppercase() + "đĐ₫–…“”";
                assert_eq!(nfc(&text), text);
                for face in [&fonts.regular, &fonts.bold, &fonts.italic, &fonts.bold_italic] {
                    let missing = text.chars().find(|c| !face.glyphs.contains_key(c));
                    assert_eq!(missing, None, "{text}");
                    assert!(face.glyphs.contains_key(&UNKNOWN));
                }
            }
        }
        // Everything that the checks' pages and the policies say.
        let texts = crate::check::CATALOGUE.iter().flat_map(|check| [check.doc.en, check.doc.vi]);
        for text in texts.chain(crate::policy::BUILT_IN.map(|(_, yaml)| yaml)) {
            let missing =
                nfc(text).chars().find(|c| *c != '\n' && !fonts.regular.glyphs.contains_key(c));
            assert_eq!(missing, None);
        }
        assert!(fonts.width(Style::Bold, 10.0, "MM") > fonts.width(Style::Regular, 10.0, "ii"));
    }
}
