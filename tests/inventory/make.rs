//! Workbooks made for tests, and imports as a user runs them.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rust_xlsxwriter::{Format, Workbook, Worksheet};
use zip::write::{SimpleFileOptions, ZipWriter};

/// A folder with an inventory that imports go into.
pub struct Office {
    folder: tempfile::TempDir,
}

/// What an import said and left.
pub struct Import {
    /// Its exit code.
    pub code: Option<i32>,
    /// Its results.
    pub stdout: String,
    /// Its notes and errors.
    pub stderr: String,
    /// Each service as `ORG/SERVICE TARGET`.
    pub services: Vec<String>,
    /// The inventory's text.
    pub text: String,
}

impl Office {
    /// With no inventory yet.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With an inventory.
    pub fn with(inventory: &str) -> Self {
        let office = Self::new();
        std::fs::write(office.inventory(), inventory).unwrap();
        office
    }

    fn inventory(&self) -> PathBuf {
        self.folder.path().join("inventory.yaml")
    }

    /// Writes a file beside the inventory.
    pub fn file(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, octets).unwrap();
        path
    }

    /// Imports a table of these octets.
    pub fn import(&self, name: &str, octets: &[u8], arguments: &[&str]) -> Import {
        self.import_file(&self.file(name, octets), arguments)
    }

    /// Imports a file.
    pub fn import_file(&self, file: &Path, arguments: &[&str]) -> Import {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .args(["inventory", "import"])
            .arg(file)
            .arg("--into")
            .arg(self.inventory())
            .args(arguments)
            .output()
            .unwrap();
        let text = std::fs::read_to_string(self.inventory()).unwrap_or_default();
        let parsed = v6ready::inventory::parse(text.as_bytes(), "t.yaml");
        let services = parsed.map(|parsed| parsed.inventory.services).unwrap_or_default();
        Import {
            code: status.code(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
            services: services.iter().map(|s| format!("{} {}", s.id, s.target)).collect(),
            text,
        }
    }
}

/// A workbook with one sheet.
pub fn xlsx(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

/// Writes rows of text from a row on; empty texts are no cells.
pub fn rows(sheet: &mut Worksheet, first: u32, rows: &[&[&str]]) {
    for (row, cells) in (first..).zip(rows) {
        for (column, text) in (0..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write(row, column, *text).unwrap();
        }
    }
}

/// Merges cells with a text.
pub fn merge(sheet: &mut Worksheet, from: (u32, u16), to: (u32, u16), text: &str) {
    sheet.merge_range(from.0, from.1, to.0, to.1, text, &Format::new()).unwrap();
}

/// An archive of parts.
pub fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook in ODS with this content of its one sheet.
pub fn ods(sheet: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:body><office:spreadsheet>\
         <table:table table:name=\"Trang tính1\">{sheet}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ])
}

/// The same archive with another part of this name.
pub fn with_part(octets: &[u8], name: &str, text: &str) -> Vec<u8> {
    let mut whole = zip::ZipArchive::new(Cursor::new(octets)).unwrap();
    let mut made = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..whole.len() {
        let part = whole.by_index_raw(at).unwrap();
        if part.name().unwrap() != name {
            made.raw_copy_file(part).unwrap();
        }
    }
    made.start_file(name, SimpleFileOptions::default()).unwrap();
    made.write_all(text.as_bytes()).unwrap();
    made.finish().unwrap().into_inner()
}
