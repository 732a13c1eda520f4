//! The parts of the file and how they are put together.

use std::fmt::Write as _;
use std::io::{self, Cursor, Write};

use jiff::tz::TimeZone;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::content::Content;
use super::markup::text;
use crate::judge::RunResult;
use crate::model::Lang;
use crate::report::letterhead::Letterhead;
use crate::report::office::Paper;

const STYLES: &str = include_str!("../../../templates/office/styles.xml");

const HEADER: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr><w:pStyle w:val="Center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>"#;

const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;

/// Writes the file.
pub(super) fn write(
    paper: &Paper,
    result: &RunResult,
    letterhead: &Letterhead,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let content = Content::of(paper, result, letterhead, lang);
    let charts = content.charts.len();
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), types(charts)),
        ("_rels/.rels".to_owned(), ROOT.to_owned()),
        ("docProps/core.xml".to_owned(), properties(paper, result, lang)),
        ("word/_rels/document.xml.rels".to_owned(), relations(charts)),
        ("word/document.xml".to_owned(), content.xml()),
        ("word/header1.xml".to_owned(), HEADER.to_owned()),
        ("word/styles.xml".to_owned(), STYLES.replace("LANGUAGE", language(lang))),
    ];
    let charts = content.charts.into_iter().enumerate();
    parts.extend(charts.map(|(at, xml)| (format!("word/charts/chart{}.xml", at + 1), xml)));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time, so that the same result gives the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, xml) in parts {
        archive.start_file(name, options).map_err(io::Error::other)?;
        archive.write_all(xml.as_bytes())?;
    }
    let bytes = archive.finish().map_err(io::Error::other)?.into_inner();
    out.write_all(&bytes)
}

fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "vi-VN",
        Lang::En => "en-GB",
    }
}

fn types(charts: usize) -> String {
    const MAIN: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let mut out = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{MAIN}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="{MAIN}.styles+xml"/><Override PartName="/word/header1.xml" ContentType="{MAIN}.header+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#
    );
    for chart in 1..=charts {
        let _ = write!(
            out,
            r#"<Override PartName="/word/charts/chart{chart}.xml" ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>"#
        );
    }
    out + "</Types>"
}

fn relations(charts: usize) -> String {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut out = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdStyles" Type="{KIND}/styles" Target="styles.xml"/><Relationship Id="rIdHeader" Type="{KIND}/header" Target="header1.xml"/>"#
    );
    for chart in 1..=charts {
        let _ = write!(
            out,
            r#"<Relationship Id="rIdChart{chart}" Type="{KIND}/chart" Target="charts/chart{chart}.xml"/>"#
        );
    }
    out + "</Relationships>"
}

fn properties(paper: &Paper, result: &RunResult, lang: Lang) -> String {
    let at = TimeZone::UTC.to_datetime(result.as_of).strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{}</dc:title><dc:language>{}</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created></cp:coreProperties>"#,
        text(&paper.subject),
        language(lang)
    )
}
