//! What mails need to know of the other files of a report.

use crate::commands::terminal;
use crate::judge::RunResult;
use crate::report::mail::recipients;

/// How the names of a mail's files end: the message, and the text to copy from.
pub(super) const MAIL_ENDINGS: [&str; 2] = [".eml", ".mail.txt"];

/// Endings of files that an office attaches to a mail.
const ATTACHED: [&str; 5] = [".html", ".pdf", ".docx", ".xlsx", ".md"];

/// The names of the files that are written with a mail and that people read.
pub(super) fn attached<'e>(stem: &str, endings: impl Iterator<Item = &'e str>) -> Vec<String> {
    endings.filter(|ending| ATTACHED.contains(ending)).map(|e| format!("{stem}{e}")).collect()
}

/// Notes on stderr that a mail has nobody to go to.
pub(super) fn note_missing_recipient(result: &RunResult) {
    let Some(organisation) = result.organisation() else { return };
    let contact = organisation.contact.as_deref();
    if !recipients(contact).is_empty() {
        return;
    }
    let id = &organisation.id;
    match contact {
        None => terminal::note(format_args!(
            "the mail to `{id}` has no recipient: the inventory names no `contact` of it"
        )),
        Some(_) => terminal::note(format_args!(
            "the mail to `{id}` has no recipient: its `contact` names no mail address"
        )),
    }
}
