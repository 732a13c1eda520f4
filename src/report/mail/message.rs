//! A mail as files: a message, and text to copy from.

use std::io::{self, Write};

use super::address::addresses;
use super::text;
use crate::model::{Lang, Text};
use crate::report::letterhead::Letterhead;

/// A mail to one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The addresses that its contact names; empty where it names none.
    pub to: Vec<String>,
    /// On one line.
    pub subject: String,
    /// Lines of at most 76 characters, but for long words.
    pub body: String,
    /// The language.
    pub lang: Lang,
}

/// What a mail has beside the result.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// Who signs it.
    pub letterhead: &'a Letterhead,
    /// Files of the same report, which the office attaches.
    pub files: &'a [String],
}

const TO: Text = Text { vi: "Người nhận", en: "To" };
const SUBJECT: Text = Text { vi: "Tiêu đề", en: "Subject" };
const NOBODY: Text = Text {
    vi: "(chưa có địa chỉ thư điện tử trong danh mục dịch vụ)",
    en: "(the inventory has no mail address)",
};

impl Mail {
    /// Writes it as a message (RFC 5322) that mail programs open as a draft: it has no sender and no date
    /// yet.
    ///
    /// # Errors
    /// When `out` can't be written.
    pub fn write_message(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "X-Unsent: 1\r\n")?;
        if !self.to.is_empty() {
            write!(out, "To: {}\r\n", self.to.join(",\r\n "))?;
        }
        write!(out, "Subject: {}\r\n", text::encoded_words(&self.subject))?;
        write!(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n")?;
        write!(out, "Content-Language: {}\r\n", self.lang.tag())?;
        write!(out, "Content-Transfer-Encoding: 8bit\r\n\r\n")?;
        text::write_lines(&self.body, out)
    }

    /// Writes it as text to copy from: the recipient, the subject, then the body.
    ///
    /// # Errors
    /// When `out` can't be written.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let to = match self.to.is_empty() {
            true => NOBODY.get(self.lang).to_owned(),
            false => self.to.join(", "),
        };
        write!(out, "{}: {to}\r\n", TO.get(self.lang))?;
        write!(out, "{}: {}\r\n\r\n", SUBJECT.get(self.lang), self.subject)?;
        text::write_lines(&self.body, out)
    }
}

/// The mail addresses that a contact names.
pub fn recipients(contact: Option<&str>) -> Vec<String> {
    contact.map(addresses).unwrap_or_default()
}
