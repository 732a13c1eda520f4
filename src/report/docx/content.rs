//! The main part of the document: heading, body, signature, annexes.

use std::fmt::Write as _;

use super::chart;
use super::markup::{Look, paragraph, properties, rule, run, text};
use crate::judge::RunResult;
use crate::model::{Lang, Text};
use crate::report::letterhead::Letterhead;
use crate::report::office::frame::{
    ADDRESSED, BLANK, MOTTO, NATION, RECIPIENTS, REPORT, belongs_to, number_line, or,
    place_and_date,
};
use crate::report::office::roman::roman;
use crate::report::office::{Block, Paper, Picture, Sheet};
use crate::report::table::{Cell, Kind, beneath_note};
use crate::report::texts;

const ANNEX: Text = Text { vi: "Phụ lục", en: "Annex" };
const TABLE: Text = Text { vi: "Bảng", en: "Table" };
const FIGURE: Text = Text { vi: "Hình", en: "Figure" };
const STAGES: Text = Text { vi: "Số dịch vụ theo mức", en: "Services by stage" };
const TREND: Text = Text {
    vi: "Số dịch vụ theo mức qua các đợt đo",
    en: "Services by stage, run by run",
};

/// Widths between the margins, in twentieths of a point: upright and on its side.
const UPRIGHT: u32 = 9_354;
const LANDSCAPE: u32 = 14_286;

const CELL: Look =
    Look { style: "Cell", align: "", bold: false, italic: false, size: 0, keep_next: false };

/// The main part in the making.
pub(super) struct Content<'a> {
    result: &'a RunResult,
    lang: Lang,
    xml: String,
    /// The charts' parts.
    pub charts: Vec<String>,
    sections: usize,
    headings: usize,
    tables: usize,
    width: u32,
}

impl<'a> Content<'a> {
    /// The whole document.
    pub(super) fn of(
        paper: &Paper,
        result: &'a RunResult,
        letterhead: &Letterhead,
        lang: Lang,
    ) -> Self {
        let mut content = Self {
            result,
            lang,
            xml: String::new(),
            charts: Vec::new(),
            sections: 0,
            headings: 0,
            tables: 0,
            width: UPRIGHT,
        };
        content.head(paper, letterhead);
        paper.body.iter().for_each(|block| content.block(block));
        content.foot(letterhead);
        let belongs_to = belongs_to(letterhead, lang);
        // A section's settings stand in its last paragraph, the last one's at the end of all.
        let mut open = section(UPRIGHT);
        content.width = LANDSCAPE;
        for (at, annex) in paper.annexes.iter().enumerate() {
            let _ = write!(content.xml, "<w:p><w:pPr>{open}</w:pPr></w:p>");
            open = section(LANDSCAPE);
            content.headings = 0;
            let number = roman(at + 1);
            let look = Look { style: "Heading1", align: "center", size: 28, ..Look::default() };
            content.add(&format!("{} {number}", ANNEX.get(lang)), Look { bold: true, ..look });
            let look = Look { style: "Center", bold: true, size: 28, ..Look::default() };
            content.add(&annex.title.to_uppercase(), look);
            content.add(&belongs_to, Look { bold: false, italic: true, ..look });
            annex.blocks.iter().for_each(|block| content.block(block));
        }
        content.xml.push_str(&open);
        content
    }

    /// `word/document.xml`.
    pub(super) fn xml(&self) -> String {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><w:body>{}</w:body></w:document>"#,
            self.xml
        )
    }

    fn add(&mut self, words: &str, look: Look) {
        self.xml.push_str(&paragraph(words, look));
    }

    /// The issuing body beside the national heading, then what the document is.
    fn head(&mut self, paper: &Paper, letterhead: &Letterhead) {
        let lang = self.lang;
        let (left, right) = (3_600, UPRIGHT - 3_600);
        let center = Look { style: "Cell", align: "center", size: 24, ..Look::default() };
        let bold = Look { bold: true, ..center };
        let superior = letterhead.superior(lang);
        let issuer = or(letterhead.issuer(lang), BLANK);
        let mut body = String::new();
        if !superior.is_empty() {
            body.push_str(&paragraph(&superior, center));
        }
        body.push_str(&paragraph(&issuer, bold));
        body.push_str(&rule(1_300, left - 200));
        let number = Look { size: 26, ..center };
        body.push_str(&paragraph(&number_line(letterhead, lang), number));
        let mut nation = paragraph(NATION.get(lang), bold);
        nation.push_str(&paragraph(MOTTO.get(lang), Look { size: 26, ..bold }));
        nation.push_str(&rule(2_900, right - 200));
        let date = place_and_date(letterhead, lang);
        nation.push_str(&paragraph(&date, Look { italic: true, size: 26, ..center }));
        self.columns(&[(left, body), (right, nation)]);
        let title = or(paper.title.clone(), REPORT.get(lang));
        let look = Look { style: "Title", ..Look::default() };
        self.add(&title, look);
        self.add(&paper.subject, look);
        self.xml.push_str(&rule(2_800, UPRIGHT));
        let label = ADDRESSED.get(lang);
        let center = Look { style: "Center", ..Look::default() };
        match &paper.addressees[..] {
            [] => self.add(&format!("{label} {BLANK}"), center),
            [one] => self.add(&format!("{label} {one}"), center),
            several => {
                let lines: Vec<String> = several.iter().map(|one| format!("- {one}")).collect();
                self.add(&format!("{label}\n{}", lines.join(";\n")), center);
            }
        }
    }

    /// The recipients beside the signature.
    fn foot(&mut self, letterhead: &Letterhead) {
        let lang = self.lang;
        let recipients: Vec<String> = letterhead.recipients(lang).collect();
        let signature = letterhead.signature(lang);
        if recipients.is_empty() && signature.iter().all(String::is_empty) {
            return;
        }
        let small = Look { style: "Cell", size: 22, ..Look::default() };
        let mut left = String::new();
        if !recipients.is_empty() {
            let look = Look { bold: true, italic: true, size: 24, ..small };
            left.push_str(&paragraph(RECIPIENTS.get(lang), look));
        }
        for (at, recipient) in recipients.iter().enumerate() {
            let end = if at + 1 == recipients.len() { '.' } else { ';' };
            let line = format!("- {}{end}", recipient.trim_end_matches(['.', ';']));
            left.push_str(&paragraph(&line, small));
        }
        let bold = Look { style: "Cell", align: "center", bold: true, size: 26, ..Look::default() };
        let [authority, position, name] = signature;
        let mut right = String::new();
        for words in [authority, position].iter().filter(|words| !words.is_empty()) {
            right.push_str(&paragraph(words, bold));
        }
        right.push_str(&paragraph("\n\n\n", bold));
        right.push_str(&paragraph(&name, bold));
        self.columns(&[(UPRIGHT / 2, left), (UPRIGHT / 2, right)]);
    }

    /// Two columns without lines, whose row isn't broken over pages.
    fn columns(&mut self, columns: &[(u32, String)]) {
        let mut grid = String::new();
        let mut cells = String::new();
        for (width, content) in columns {
            let _ = write!(grid, r#"<w:gridCol w:w="{width}"/>"#);
            let content = if content.is_empty() { paragraph("", CELL) } else { content.clone() };
            let _ = write!(
                cells,
                r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>"#
            );
        }
        let _ = write!(
            self.xml,
            r#"<w:tbl><w:tblPr><w:tblW w:w="{UPRIGHT}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr></w:tbl>"#
        );
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Section(title) => {
                self.sections += 1;
                self.headings = 0;
                let title = format!("{}. {}", roman(self.sections), title.to_uppercase());
                self.add(&title, Look { style: "Heading1", ..Look::default() });
            }
            Block::Heading(title) => {
                self.headings += 1;
                let title = format!("{}. {title}", self.headings);
                self.add(&title, Look { style: "Heading2", ..Look::default() });
            }
            Block::Paragraph(words) => self.add(words, Look::default()),
            Block::Item(words) => self.add(&format!("- {words}"), Look::default()),
            Block::Warning(words) => {
                self.add(words, Look { bold: true, italic: true, ..Look::default() });
            }
            Block::Table(sheet) => self.sheet(sheet),
            Block::Figure(picture) => self.figure(picture),
        }
    }

    fn figure(&mut self, picture: &Picture) {
        let (lang, policy) = (self.lang, &self.result.policy);
        let (part, words) = match picture {
            Picture::Stages(counts) => (chart::stages(counts, policy, lang), STAGES),
            Picture::Trend(points) => (chart::trend(points, policy, lang), TREND),
        };
        self.charts.push(part);
        let number = self.charts.len();
        let (width, height) = chart::SIZE;
        let words = words.get(lang);
        let _ = write!(
            self.xml,
            r#"<w:p>{}<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="{1} {number}" descr="{1}"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="rIdChart{number}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"#,
            properties(Look { style: "Center", keep_next: true, ..Look::default() }),
            text(words),
        );
        let caption = format!("{} {number}. {words}", FIGURE.get(lang));
        self.add(&caption, Look { style: "Caption", ..Look::default() });
    }

    fn sheet(&mut self, sheet: &Sheet) {
        let lang = self.lang;
        if !sheet.title.is_empty() {
            self.tables += 1;
            let title = format!("{} {}. {}", TABLE.get(lang), self.tables, sheet.title);
            self.add(&title, Look { style: "Caption", keep_next: true, ..Look::default() });
        }
        let table = &sheet.table;
        let all: u32 = table.columns.iter().map(|column| u32::from(column.width_chars)).sum();
        let widths: Vec<u32> = table
            .columns
            .iter()
            .map(|column| u32::from(column.width_chars) * self.width / all.max(1))
            .collect();
        let mut xml = format!(
            r#"<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="{}" w:type="dxa"/></w:tblPr><w:tblGrid>"#,
            self.width
        );
        for width in &widths {
            let _ = write!(xml, r#"<w:gridCol w:w="{width}"/>"#);
        }
        xml.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        for (column, width) in table.columns.iter().zip(&widths) {
            let look = Look { bold: true, align: "center", ..CELL };
            let cell = paragraph(&column.title, look);
            xml.push_str(&cell_of(*width, "E8ECF1", &cell));
        }
        xml.push_str("</w:tr>");
        let mut groups = sheet.groups.iter().peekable();
        for (at, (cells, beneath)) in table.with_beneath().into_iter().enumerate() {
            while let Some((_, title)) = groups.next_if(|(place, _)| *place <= at) {
                let (title, note) = title.split_once('\n').unwrap_or((title, ""));
                let mut words = paragraph(title, Look { bold: true, keep_next: true, ..CELL });
                if !note.is_empty() {
                    let look = Look { italic: true, keep_next: true, ..CELL };
                    words.push_str(&paragraph(note, look));
                }
                let _ = write!(
                    xml,
                    r#"<w:tr><w:tc><w:tcPr><w:gridSpan w:val="{}"/><w:shd w:val="clear" w:color="auto" w:fill="F5F6F8"/></w:tcPr>{words}</w:tc></w:tr>"#,
                    table.columns.len()
                );
            }
            let mut said: Vec<String> = cells.iter().map(|cell| words(cell, lang)).collect();
            if let (Some(last), Some(note)) = (said.last_mut(), beneath_note(&beneath, lang)) {
                *last = [last.as_str(), &note].join("\n").trim_start().to_owned();
            }
            self.row(&mut xml, &said, sheet, &widths, false);
        }
        if let Some(total) = &table.total {
            let said: Vec<String> = total.iter().map(|cell| words(cell, lang)).collect();
            self.row(&mut xml, &said, sheet, &widths, true);
        }
        self.xml.push_str(&xml);
        self.xml.push_str("</w:tbl>");
        self.add("", CELL);
    }

    fn row(&self, xml: &mut String, said: &[String], sheet: &Sheet, widths: &[u32], bold: bool) {
        xml.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        for ((words, column), width) in said.iter().zip(&sheet.table.columns).zip(widths) {
            let align = match column.kind {
                Kind::Text | Kind::Code => "left",
                Kind::Count | Kind::Percent => "right",
                Kind::Date | Kind::Stage | Kind::Outcome | Kind::Severity => "center",
            };
            let look = Look { align, bold, ..CELL };
            let cell = format!("<w:p>{}{}</w:p>", properties(look), run(words, look));
            xml.push_str(&cell_of(*width, "", &cell));
        }
        xml.push_str("</w:tr>");
    }
}

fn cell_of(width: u32, fill: &str, content: &str) -> String {
    let fill = match fill {
        "" => String::new(),
        fill => format!(r#"<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>"#),
    };
    format!(r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}</w:tcPr>{content}</w:tc>"#)
}

/// A cell as it is printed.
fn words(cell: &Cell, lang: Lang) -> String {
    match cell {
        Cell::Count(count) => texts::number(*count, lang),
        Cell::Percent(percent) => texts::decimal(*percent, lang),
        Cell::Date(date) => texts::day(*date, lang),
        other => other.words(lang),
    }
}

/// The settings of a section: A4, the margins of Decree 30/2020/NĐ-CP, pages counted from 1 with no number
/// on the first.
fn section(width: u32) -> String {
    let size = match width {
        UPRIGHT => r#"w:w="11906" w:h="16838""#,
        _ => r#"w:w="16838" w:h="11906" w:orient="landscape""#,
    };
    format!(
        r#"<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader"/><w:type w:val="nextPage"/><w:pgSz {size}/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>"#
    )
}
