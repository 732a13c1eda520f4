//! The documentation of the inventory's format, as Markdown: `docs/inventory/`.

use super::format::document::DOCUMENT;
use super::import::documentation as tables;
use super::scaffold::scaffold;
use super::section::description::{Fallback, Outline, Row, Subsection};
use crate::model::{Lang, Text};

const TITLE: Text = Text { en: "The inventory", vi: "Danh mục dịch vụ" };

const NOTE: Text = Text {
    en: "Generated from the tables in `src/inventory/format/`; do not edit. `v6ready inventory init` writes \
         an inventory to start from, `v6ready inventory schema` a JSON Schema for editors, and \
         `v6ready inventory validate` names everything that is wrong with an inventory, with line and column.",
    vi: "Được tạo tự động từ các bảng trong `src/inventory/format/`; không sửa trực tiếp. Lệnh \
         `v6ready inventory init` tạo danh mục ban đầu, `v6ready inventory schema` xuất lược đồ JSON cho \
         trình soạn thảo, `v6ready inventory validate` nêu mọi lỗi của danh mục kèm số dòng và số cột.",
};

const HEAD: Text = Text {
    en: "| key | value | range | default | meaning | example |\n|---|---|---|---|---|---|\n",
    vi: "| khóa | giá trị | phạm vi | mặc định | ý nghĩa | ví dụ |\n|---|---|---|---|---|---|\n",
};

const REQUIRED: Text = Text { en: "**required**", vi: "**bắt buộc**" };

const SAME_AS: Text = Text { en: "as", vi: "như" };

const SEE: Text = Text { en: "See", vi: "Xem" };

const ALTERNATIVES: Text =
    Text { en: "Exactly one of these keys:", vi: "Đúng một trong các khóa sau:" };

const WORDS: Text = Text { en: "Words for", vi: "Các từ dùng cho" };

const EXAMPLE: Text = Text { en: "An example", vi: "Ví dụ" };

/// What an inventory may say: a table for each section, and an example.
pub fn documentation(lang: Lang) -> String {
    let mut page = Page::new(lang, TITLE.get(lang), NOTE.get(lang));
    page.section("", &DOCUMENT);
    page.text.push_str(&tables::documentation(lang));
    let example = scaffold(lang, None);
    page.text.push_str(&format!("\n## {}\n\n```yaml\n{example}```\n", EXAMPLE.get(lang)));
    page.text
}

/// A page of tables, one for each section.
pub(crate) struct Page {
    lang: Lang,
    text: String,
}

impl Page {
    /// Begins with a title and a note.
    pub(crate) fn new(lang: Lang, title: &str, note: &str) -> Self {
        Self { lang, text: format!("# {title}\n\n{note}\n") }
    }

    /// The page as Markdown.
    pub(crate) fn text(self) -> String {
        self.text
    }

    /// A section and those within it. `path` names its place in the file: `settings.timeouts`.
    pub(crate) fn section(&mut self, path: &str, section: &dyn Outline) {
        let lang = self.lang;
        let (title, about) = (section.title().get(lang), section.about().get(lang));
        let heading = match path {
            "" => title.to_owned(),
            path => format!("`{path}`: {title}"),
        };
        let anchor = anchor(path);
        self.text.push_str(&format!("\n<a id=\"{anchor}\"></a>\n## {heading}\n\n{about}\n\n"));
        let (rows, alternatives) = (section.rows(), section.alternatives());
        self.table(path, &rows);
        if !alternatives.is_empty() {
            self.text.push_str(&format!("\n{}\n\n", ALTERNATIVES.get(lang)));
            self.table(path, &alternatives);
        }
        for row in &rows {
            self.words(row);
        }
        for row in &rows {
            if let Some(inner) = row.value.subsection() {
                self.section(&inner_path(path, row, &inner), inner.section);
            }
        }
    }

    fn table(&mut self, path: &str, rows: &[Row]) {
        self.text.push_str(HEAD.get(self.lang));
        for row in rows {
            let cells = [
                format!("`{}`", row.name),
                row.value.label(self.lang),
                row.value
                    .range()
                    .map_or("–".into(), |(least, most)| format!("`{least}` – `{most}`")),
                self.default(row),
                self.meaning(path, row),
                format!("`{}: {}`", row.name, row.example.get(self.lang)),
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|"));
            self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }

    fn default(&self, row: &Row) -> String {
        match row.fallback {
            _ if row.is_required => REQUIRED.get(self.lang).to_owned(),
            Fallback::Value(value) => format!("`{}`", value.get(self.lang)),
            Fallback::SameAs(key) => format!("{} `{key}`", SAME_AS.get(self.lang)),
            Fallback::Words(words) => words.get(self.lang).to_owned(),
            Fallback::OfType => row.value.default(self.lang).unwrap_or_else(|| "–".into()),
        }
    }

    fn meaning(&self, path: &str, row: &Row) -> String {
        let meaning = row.meaning.get(self.lang);
        let Some(inner) = row.value.subsection() else { return meaning.to_owned() };
        let (title, see) = (inner.section.title().get(self.lang), SEE.get(self.lang));
        let link = format!("{see} [{title}](#{}).", anchor(&inner_path(path, row, &inner)));
        format!("{meaning} {link}").trim_start().to_owned()
    }

    fn words(&mut self, row: &Row) {
        let words = row.value.words();
        if words.is_empty() {
            return;
        }
        self.text.push_str(&format!("\n{} `{}`:\n\n", WORDS.get(self.lang), row.name));
        for (word, meaning) in words {
            self.text.push_str(&format!("- `{word}`: {}\n", meaning.get(self.lang)));
        }
    }
}

fn inner_path(path: &str, row: &Row, inner: &Subsection) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    let brackets = if inner.is_list { "[]" } else { "" };
    format!("{path}{dot}{}{brackets}", row.name)
}

fn anchor(path: &str) -> String {
    match path {
        "" => "file".into(),
        path => path.replace("[]", "").replace('.', "-"),
    }
}
