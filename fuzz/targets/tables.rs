//! Tables of services as offices hand them over.

use std::io::{Cursor, Write as _};

use v6ready::inventory;
use v6ready::inventory::import::{
    Base, Budget, ListFormat, ListOptions, Options, Table, Terms, Words, candidates, csv_table,
    doubts, is_workbook, list_candidates, list_format, merge, workbook_tables,
};
use v6ready::model::{Category, Name};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// A table in text, put into an inventory.
pub fn csv(octets: &[u8]) {
    if let Ok(table) = csv_table(octets, &Budget::new(&|| false)) {
        import(&[table]);
    }
}

/// The list of another tool, by what it holds.
pub fn list(octets: &[u8]) {
    let options = ListOptions {
        origin: Name::parse("example.gov.vn").ok(),
        words: Words::built_in(),
        now: "2026-11-30T00:00:00Z".parse().ok(),
    };
    let format = list_format(octets).unwrap_or(ListFormat::Names);
    let reading = list_candidates(format, octets, &options, &Budget::new(&|| false));
    for candidate in reading.into_iter().flat_map(|reading| reading.candidates) {
        assert!(!candidate.place.is_empty());
    }
}

/// A text that is laid out: it says the same afterwards, and is laid out.
pub fn layout(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    if let Ok(once) = inventory::laid_out(text) {
        assert_eq!(inventory::laid_out(&once).as_ref(), Ok(&once));
    }
}

/// A workbook of any kind.
pub fn workbook(octets: &[u8]) {
    let _ = is_workbook(octets);
    if let Ok(tables) = workbook_tables(octets, &Budget::new(&|| false)) {
        import(&tables);
    }
}

/// What the tables say, put into an inventory. The services are as many as their rows; what the reading of
/// large ones takes is looked at by itself.
fn import(tables: &[Table]) {
    if tables.iter().map(|table| table.rows.len()).sum::<usize>() > 2000 {
        return;
    }
    let reading = candidates(tables, &Options::default());
    let base = Base {
        text: "version: 1\norganisations:\n  - id: so-y-te\n    name: Sở Y tế\n    services: []\n",
        file: "inventory.yaml",
        is_new: false,
    };
    let terms = Terms {
        organisation: Some("so-y-te".to_owned()),
        category: Some(Category::Portal),
        updates: true,
        ..Terms::default()
    };
    let _ = doubts(&base, &reading.candidates, &terms);
    if let Ok(merged) = merge(&base, &reading.candidates, &terms) {
        let parsed = inventory::parse(merged.text.as_bytes(), "t.yaml");
        assert!(parsed.is_ok(), "{}", merged.text);
    }
}

/// What stands in the sheet of an XLSX workbook, and after empty octets its texts and its styles.
pub fn xlsx_parts(octets: &[u8]) {
    let mut parts = octets.splitn(3, |octet| *octet == 0);
    let mut next = || parts.next().unwrap_or_default();
    let (sheet, strings, styles) = (next(), next(), next());
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let root = format!(
        "<Relationships>{}</Relationships>",
        related("r0", "officeDocument", "xl/workbook.xml")
    );
    let of_book = format!(
        "<Relationships>{}{}{}</Relationships>",
        related("r1", "worksheet", "worksheets/sheet1.xml"),
        related("r2", "sharedStrings", "sharedStrings.xml"),
        related("r3", "styles", "styles.xml"),
    );
    let book = format!(
        "<workbook xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let within =
        |head: &str, part: &[u8], tail: &str| [head.as_bytes(), part, tail.as_bytes()].concat();
    workbook(&archive(&[
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", of_book.as_bytes()),
        ("xl/worksheets/sheet1.xml", &within("<worksheet>", sheet, "</worksheet>")),
        ("xl/sharedStrings.xml", &within("<sst>", strings, "</sst>")),
        ("xl/styles.xml", &within("<styleSheet>", styles, "</styleSheet>")),
    ]));
}

/// What stands in the sheet of an ODS workbook.
pub fn ods_parts(octets: &[u8]) {
    let head = "<?xml version=\"1.0\"?><office:document-content><office:body><office:spreadsheet><table:table table:name=\"S\">";
    let tail = "</table:table></office:spreadsheet></office:body></office:document-content>";
    workbook(&archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &[head.as_bytes(), octets, tail.as_bytes()].concat()),
    ]));
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, octets) in parts {
        let written = archive.start_file(*name, stored);
        written.unwrap_or_else(|error| panic!("{error}"));
        archive.write_all(octets).unwrap_or_else(|error| panic!("{error}"));
    }
    archive.finish().unwrap_or_else(|error| panic!("{error}")).into_inner()
}
