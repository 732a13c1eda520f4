//! Pages as lists of marks, and the way from these to the file.

use std::io;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier};

use super::font::{Fonts, Style};

/// Points in a millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;

/// A4 (ISO 216), in points.
pub(super) const WIDTH: f32 = 210.0 * MM;
/// A4 (ISO 216), in points.
pub(super) const HEIGHT: f32 = 297.0 * MM;

/// The margins of Decree 30/2020/NĐ-CP, Annex I: top and bottom 20 to 25 mm, left 30 to 35 mm,
/// right 15 to 20 mm.
pub(super) const TOP: f32 = 20.0 * MM;
/// See [`TOP`].
pub(super) const BOTTOM: f32 = 20.0 * MM;
/// See [`TOP`].
pub(super) const LEFT: f32 = 30.0 * MM;
/// See [`TOP`].
pub(super) const RIGHT: f32 = 15.0 * MM;

/// The width between the margins.
pub(super) const TEXT_WIDTH: f32 = WIDTH - LEFT - RIGHT;

/// How a sheet lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sheet {
    Upright,
    /// For wide tables, with the same margins.
    Landscape,
}

impl Sheet {
    pub(super) fn width(self) -> f32 {
        match self {
            Self::Upright => WIDTH,
            Self::Landscape => HEIGHT,
        }
    }

    pub(super) fn height(self) -> f32 {
        match self {
            Self::Upright => HEIGHT,
            Self::Landscape => WIDTH,
        }
    }

    /// The width between the margins.
    pub(super) fn text_width(self) -> f32 {
        self.width() - LEFT - RIGHT
    }
}

/// A page: what is drawn on it, and the number of the part of the document that each mark belongs to. What
/// belongs to none is decoration.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub sheet: Sheet,
    /// Its number where it has one.
    pub number: usize,
    pub marks: Vec<(Option<usize>, Mark)>,
}

/// Red, green, blue.
pub(super) type Color = (u8, u8, u8);

/// The colour of text.
pub(super) const BLACK: Color = (0, 0, 0);
/// The colour of lines in tables.
pub(super) const GRAY: Color = (110, 110, 110);

/// A mark on a page. Places are points from the upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// Text that begins at `x` on the base line `y`; every blank is wider by `blank` points.
    Text { x: f32, y: f32, style: Style, size: f32, text: String, blank: f32 },
    /// A filled rectangle.
    Area { x: f32, y: f32, width: f32, height: f32, color: Color },
    /// A line through these places.
    Line { places: Vec<(f32, f32)>, width: f32, color: Color, dashed: bool },
}

/// A straight line.
pub(super) fn rule(from: (f32, f32), to: (f32, f32), width: f32, color: Color) -> Mark {
    Mark::Line { places: vec![from, to], width, color, dashed: false }
}

/// Draws the marks of one page, and gives for each part what a screen reader finds it by.
pub(super) fn draw(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    page: &Page,
) -> Vec<(usize, Identifier)> {
    let mut found = Vec::new();
    for marks in page.marks.chunk_by(|(a, _), (b, _)| a == b) {
        let Some((part, _)) = marks.first() else { continue };
        match part {
            Some(part) => found.push((*part, surface.start_tagged(ContentTag::Other))),
            None => {
                let decoration = Artifact::with_kind(ArtifactType::Layout);
                surface.start_tagged(ContentTag::Artifact(decoration));
            }
        }
        draw_marks(surface, fonts, marks.iter().map(|(_, mark)| mark));
        surface.end_tagged();
    }
    found
}

fn draw_marks<'m>(surface: &mut Surface<'_>, fonts: &Fonts, marks: impl Iterator<Item = &'m Mark>) {
    for mark in marks {
        match mark {
            Mark::Text { x, y, style, size, text, blank } => {
                surface.set_fill(Some(fill(BLACK)));
                surface.set_stroke(None);
                let glyphs = fonts.glyphs(*style, *size, text, *blank);
                let start = Point::from_xy(*x, *y);
                surface.draw_glyphs(start, &glyphs, fonts.file(*style), text, *size, false);
            }
            Mark::Area { x, y, width, height, color } => {
                let mut path = PathBuilder::new();
                if let Some(area) = Rect::from_xywh(*x, *y, *width, *height) {
                    path.push_rect(area);
                }
                surface.set_stroke(None);
                surface.set_fill(Some(fill(*color)));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
            Mark::Line { places, width, color, dashed } => {
                let mut path = PathBuilder::new();
                for (at, (x, y)) in places.iter().enumerate() {
                    if at == 0 {
                        path.move_to(*x, *y);
                    } else {
                        path.line_to(*x, *y);
                    }
                }
                surface.set_fill(None);
                surface.set_stroke(Some(stroke(*color, *width, *dashed)));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
    }
}

/// What the library says when a file can't be made, as an error of writing.
pub(super) fn failed(error: &impl std::fmt::Debug) -> io::Error {
    io::Error::other(format!("the PDF can't be made: {error:?}"))
}

fn fill((red, green, blue): Color) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

fn stroke((red, green, blue): Color, width: f32, dashed: bool) -> Stroke {
    Stroke {
        paint: rgb::Color::new(red, green, blue).into(),
        width,
        dash: dashed.then(|| StrokeDash { array: vec![4.0, 2.5], offset: 0.0 }),
        ..Stroke::default()
    }
}
