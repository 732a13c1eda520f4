//! How cells look. Colour is never the only sign: the word or number is in the cell too.

use rust_xlsxwriter::{Color, ConditionalFormatFormula, Format, FormatAlign, FormatBorder};

use crate::model::{Lang, Outcome, Severity, Stage};
use crate::report::parts::Part;
use crate::report::table::Kind;
use crate::report::texts;

const LINE: u32 = 0x00C8_D0D8;
const HEAD: u32 = 0x001F_3B57;

/// Fill and letters of a state, from bad to good; the same in every sheet.
const GONE: (u32, u32) = (0x00E8_DAEF, 0x004A_1D5A);
const BAD: (u32, u32) = (0x00F6_D5D3, 0x0080_1A14);
const WEAK: (u32, u32) = (0x00FB_E3CC, 0x007A_3D00);
const FAIR: (u32, u32) = (0x00FF_F2C6, 0x005F_4B00);
const GOOD: (u32, u32) = (0x00D3_EED9, 0x0011_5B26);
const BEST: (u32, u32) = (0x00D3_E4F8, 0x0004_3C80);
const DIM: (u32, u32) = (0x00EC_EEF0, 0x0055_5D66);

/// A heading over a column; `turned` is upright, for narrow columns.
pub(super) fn heading(turned: bool) -> Format {
    let format = Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(HEAD))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(LINE))
        .set_text_wrap();
    if turned {
        format.set_rotation(90).set_align(FormatAlign::Center)
    } else {
        format.set_align(FormatAlign::VerticalCenter)
    }
}

/// A cell of a column; `total` is the line under the column.
pub(super) fn cell(kind: Kind, lang: Lang, total: bool) -> Format {
    let mut format = Format::new()
        .set_align(FormatAlign::Top)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(LINE));
    if total {
        format = format.set_bold().set_border_top(FormatBorder::Medium);
    }
    match kind {
        Kind::Text | Kind::Code => format.set_text_wrap(),
        Kind::Count => format.set_num_format("#,##0"),
        Kind::Percent => format.set_num_format("0.0%"),
        Kind::Date => format.set_align(FormatAlign::Center).set_num_format(match lang {
            Lang::Vi => "dd/mm/yyyy",
            Lang::En => "d mmm yyyy",
        }),
        Kind::Stage | Kind::Outcome | Kind::Severity => format.set_align(FormatAlign::Center),
    }
}

/// The colours of a column whose first cell this is: what a cell equals and how it then looks.
pub(super) fn rules(
    kind: Kind,
    lang: Lang,
    signs: bool,
    first: (u32, u16),
) -> Vec<ConditionalFormatFormula> {
    let cell = rust_xlsxwriter::utility::row_col_to_cell(first.0, first.1);
    let number = |number: u8, look| equals(&cell, &number.to_string(), look);
    let word = |text: &str, look| equals(&cell, &quoted(text), look);
    match kind {
        Kind::Stage => Stage::ALL
            .into_iter()
            .zip([BAD, WEAK, FAIR, GOOD, BEST])
            .map(|(stage, look)| number(stage.number(), look))
            .chain([
                word(texts::ABSENT.get(lang), GONE),
                word(texts::UNKNOWN.get(lang), DIM),
                word(texts::RETIRED.get(lang), DIM),
            ])
            .collect(),
        Kind::Outcome => [
            (Outcome::Pass, GOOD),
            (Outcome::Fail, BAD),
            (Outcome::Inconclusive, FAIR),
            (Outcome::NotApplicable, DIM),
        ]
        .into_iter()
        .map(|(outcome, look)| match signs {
            true => word(texts::sign(outcome), look),
            false => word(texts::outcome(outcome).get(lang), look),
        })
        .collect(),
        Kind::Severity => [
            (Severity::Critical, BAD),
            (Severity::Error, WEAK),
            (Severity::Warning, FAIR),
            (Severity::Info, DIM),
        ]
        .into_iter()
        .map(|(severity, look)| word(texts::severity(severity).get(lang), look))
        .collect(),
        Kind::Text | Kind::Code | Kind::Count | Kind::Percent | Kind::Date => Vec::new(),
    }
}

/// The colour of a part's bar.
pub(super) fn bar(part: Part) -> Color {
    Color::RGB(match part {
        Part::Absent => 0x005E_2A6E,
        Part::At(Stage::Ipv4Only) => 0x00B3_261E,
        Part::At(Stage::Addressed) => 0x00BC_5A00,
        Part::At(Stage::Reachable) => 0x00B8_952A,
        Part::At(Stage::AtParity) => 0x001A_7F37,
        Part::At(Stage::Ipv6OnlyUsable) => 0x0005_50AE,
        Part::Unknown => 0x006E_7781,
    })
}

/// A rule that a blank cell doesn't meet: by itself it equals 0.
fn equals(cell: &str, value: &str, (fill, letters): (u32, u32)) -> ConditionalFormatFormula {
    let look =
        Format::new().set_background_color(Color::RGB(fill)).set_font_color(Color::RGB(letters));
    ConditionalFormatFormula::new()
        .set_rule(format!("=AND(NOT(ISBLANK({cell})),{cell}={value})").as_str())
        .set_format(look)
}

/// A text in a formula.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
