//! Tables that are made to exhaust their reader.

use std::cell::Cell;
use std::path::Path;

use v6ready::inventory::import::{
    Budget, STRINGS_MAX, UNPACKED_OCTETS_MAX, csv_table, workbook_tables,
};

use crate::make::{archive, ods};

fn refusal(octets: &[u8]) -> String {
    let is_late = || false;
    match workbook_tables(octets, &Budget::new(&is_late)) {
        Ok(tables) => panic!("{} tables", tables.len()),
        Err(message) => message,
    }
}

/// A workbook whose one sheet and table of texts are these.
fn xlsx(sheet: &str, strings: &str) -> Vec<u8> {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    archive(&[
        (
            "_rels/.rels",
            &format!(
                "<Relationships><Relationship Id=\"r0\" Type=\"{relation}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns:r=\"{relation}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships><Relationship Id=\"r1\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>"),
        ),
        ("xl/sharedStrings.xml", &format!("<sst>{strings}</sst>")),
    ])
}

/// One long text in thousands of cells: some kilobytes that would be gigabytes.
#[test]
fn a_text_in_too_many_cells() {
    let text = "x".repeat(30_000);
    let row = |row: usize| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>");
    let octets = xlsx(&(1..=3000).map(row).collect::<String>(), &format!("<si><t>{text}</t></si>"));
    assert!(octets.len() < 64 << 10);
    assert!(refusal(&octets).contains("more than 36 MiB of memory"), "{}", refusal(&octets));
    let text = "x".repeat(32_768);
    let octets = xlsx(&row(1), &format!("<si><t>{text}</t></si>"));
    assert!(refusal(&octets).contains("more than 32767 characters"), "{}", refusal(&octets));
}

#[test]
fn too_many_texts() {
    let octets = xlsx("", &"<si/>".repeat(STRINGS_MAX + 1));
    assert!(refusal(&octets).contains("more than 200000 different texts"), "{}", refusal(&octets));
}

#[test]
fn too_much_when_unpacked() {
    let tags = "<a/>".repeat(usize::try_from(UNPACKED_OCTETS_MAX).unwrap() / 4);
    let octets = xlsx(&tags, "");
    assert!(octets.len() < 1 << 20);
    assert!(refusal(&octets).contains("unpacked, the workbook has more than 96 MiB"));
}

/// What the reader would keep whole.
#[test]
fn pieces_that_are_too_long() {
    let long = "x".repeat(2 << 20);
    for sheet in [&long, &format!("<!--{long}-->"), &format!("<row r=\"{long}\"/>")] {
        let said = refusal(&xlsx(sheet, ""));
        assert!(said.contains("a text, tag or remark in it has more than 1 MiB"), "{said}");
    }
    let texts = format!("<si><t>{}</t></si>", "x".repeat(30_000)).repeat(450);
    let said = refusal(&xlsx("", &texts));
    assert!(said.contains("more than 12 MiB of different texts"), "{said}");
}

/// The library makes room for as many texts as are declared, and has no room for so many.
#[test]
fn texts_that_are_only_declared() {
    for declared in [
        "uniqueCount=\"9999999999999999999\"",
        "uniqueCount = \"99999999999\"",
        "uniqueCount='200001'",
    ] {
        let whole = xlsx("", "");
        let strings = format!("<sst {declared}></sst>");
        let octets = crate::make::with_part(&whole, "xl/sharedStrings.xml", &strings);
        let said = refusal(&octets);
        assert!(said.contains("says that it has more than 200000 different texts"), "{said}");
    }
}

/// A line of commas, which is a row of empty cells, and one open quote.
#[test]
fn rows_of_text_that_are_too_long() {
    let is_late = || false;
    let said = |octets: &[u8]| csv_table(octets, &Budget::new(&is_late)).unwrap_err();
    let commas = format!("id,web\n{}", ",".repeat(1 << 20));
    assert!(said(commas.as_bytes()).contains("line 2 has more than 16384 cells"));
    let quote = format!("id,web\n\"{}", "x".repeat(3 << 20));
    assert!(said(quote.as_bytes()).contains("line 2 has more than 2 MiB of text"));
    let encoded = [&[0xd0; 5 << 20][..], b",web\n"].concat();
    assert!(said(&encoded).contains("a table in Windows-1258 has at most 4 MiB"));
}

/// One cell repeated over a whole sheet.
#[test]
fn a_cell_repeated() {
    let cell = |columns: u32| {
        format!(
            "<table:table-cell table:number-columns-repeated=\"{columns}\"><text:p>x</text:p></table:table-cell>"
        )
    };
    for (rows, columns, expected) in [
        (1_048_576, 1, "more than 200000 rows"),
        (190_000, 200, "more than 36 MiB of memory"),
        (1, 16_384, "beyond column 256"),
        (u32::MAX, 0, "more than"),
    ] {
        let sheet = format!(
            "<table:table-row table:number-rows-repeated=\"{rows}\">{}</table:table-row>",
            cell(columns)
        );
        let said = refusal(&ods(&sheet));
        assert!(said.contains(expected), "{said}");
    }
}

/// Two cells in opposite corners of a sheet take two rows.
#[test]
fn corners_of_an_old_sheet() {
    let octets = std::fs::read("tests/inventory/tables/corners.xls").unwrap();
    let is_late = || false;
    let tables = workbook_tables(&octets, &Budget::new(&is_late)).unwrap();
    let rows: Vec<_> = tables[0].rows.iter().map(|(row, cells)| (*row, cells.len())).collect();
    assert_eq!(rows, [(1, 1), (65_536, 256)]);
    assert_eq!(tables.len(), 40);
}

/// A text cut by the end of its record goes on in the next one; every damage of such a file is an error or another table.
#[test]
fn damaged_old_workbooks() {
    let whole = std::fs::read("tests/inventory/tables/excel-2003.xls").unwrap();
    let is_late = || false;
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x5a;
        let _ = workbook_tables(&damaged, &Budget::new(&is_late));
        let _ = workbook_tables(&whole[..at], &Budget::new(&is_late));
    }
}

#[test]
fn the_time_is_over() {
    let is_late = || true;
    let text = "a,b\n".repeat(2000);
    assert!(
        csv_table(text.as_bytes(), &Budget::new(&is_late)).unwrap_err().contains("takes too long")
    );
    let book = std::fs::read(Path::new("tests/inventory/tables/excel-2003.xls")).unwrap();
    assert!(workbook_tables(&book, &Budget::new(&is_late)).unwrap_err().contains("takes too long"));
    // The clock is asked now and then, not at each cell.
    let asked = Cell::new(0);
    let counted = || {
        asked.set(asked.get() + 1);
        false
    };
    csv_table(text.as_bytes(), &Budget::new(&counted)).unwrap();
    assert!((1..20).contains(&asked.get()), "{}", asked.get());
}

#[test]
fn files_that_only_look_like_workbooks() {
    for (octets, expected) in [
        (&b"PK\x03\x04 and no more"[..], "is no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "is no XLS workbook"),
        (&archive(&[("a.txt", "x")]), "is no XLSX workbook"),
    ] {
        assert!(refusal(octets).contains(expected), "{}", refusal(octets));
    }
}
