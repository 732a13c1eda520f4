//! What an office sends to an organisation: a subject, whom it goes to, and a plain text that says what
//! is to be done. As a message that mail programs open as a draft, and as text to copy from.

mod address;
mod letter;
mod text;

use std::io::{self, Write};

use address::addresses;
use letter::Letter;

use super::letterhead::Letterhead;
use super::quarter::{QuarterContext, quarter_name};
use super::{ReportContext, organisation, overview, texts};
use crate::judge::{Change, ServiceChange, SinceLast};
use crate::model::{Lang, Text};

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
    /// The mail about a run.
    pub fn of_run(
        context: &ReportContext<'_>,
        since: Option<&SinceLast>,
        beside: &Beside<'_>,
    ) -> Self {
        let (lang, result) = (context.lang, context.result);
        let at = result.run.finished_at.unwrap_or(result.run.started_at);
        let day = texts::day(crate::judge::day_of(at, &result.inventory.timezone), lang);
        let occasion = match lang {
            Lang::Vi => format!("ngày {day}"),
            Lang::En => day,
        };
        let mut changes: Vec<&ServiceChange> =
            since.iter().flat_map(|since| &since.services).map(|one| &one.change).collect();
        changes.retain(|change| change.is_change());
        Letter {
            context: *context,
            occasion,
            weaknesses: overview::warnings(context),
            compared: organisation::change_sentences(context, since),
            changes,
            beside: *beside,
        }
        .mail()
    }

    /// The mail about a quarter.
    pub fn of_quarter(context: &QuarterContext<'_>, beside: &Beside<'_>) -> Self {
        let (review, lang) = (context.review, context.lang);
        let run = ReportContext { result: &review.closing, lang, find_observation: &|_| None };
        let caveats = review.caveats.iter();
        Letter {
            context: run,
            occasion: quarter_name(review.quarter, lang),
            weaknesses: caveats.map(|caveat| super::quarter::caveat(caveat, lang)).collect(),
            compared: compared_quarters(context),
            changes: review.changes.iter().filter(|change| change.is_change()).collect(),
            beside: *beside,
        }
        .mail()
    }

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

/// What a quarter is compared with, and how many services moved.
fn compared_quarters(context: &QuarterContext<'_>) -> Vec<String> {
    let (review, lang) = (context.review, context.lang);
    // That there is none is among the caveats.
    let Some(previous) = &review.previous else { return Vec::new() };
    let quarter = quarter_name(previous.quarter, lang);
    let of = |change| texts::number(review.changed(change).count(), lang);
    let (better, worse, unknown) = (of(Change::Better), of(Change::Worse), of(Change::Unknown));
    vec![match lang {
        Lang::Vi => format!(
            "So với {quarter}: {better} dịch vụ tốt lên, {worse} kém đi, {unknown} không còn xác định được."
        ),
        Lang::En => format!(
            "Since {quarter}: {better} services got better, {worse} got worse, {unknown} are no longer known."
        ),
    }]
}

/// The mail addresses that a contact names.
pub fn recipients(contact: Option<&str>) -> Vec<String> {
    contact.map(addresses).unwrap_or_default()
}

#[cfg(test)]
mod tests;
