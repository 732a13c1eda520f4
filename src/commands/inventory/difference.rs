//! `v6ready inventory diff A B`.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use schemars::JsonSchema;
use serde::Serialize;

use super::text::text_of;
use crate::commands::cli::ResultFormat;
use crate::commands::error::CliError;
use crate::commands::exit_code::GATE_FAILED;
use crate::commands::terminal;
use crate::inventory::{
    self, EntryChange, EntryDifference, InventoryDifference, Parsed, ValueChange,
};
use crate::model::{Lang, Text};
use crate::report::describe::clean;

/// The schema's name.
const SCHEMA: &str = "v6ready/inventory-diff/1";

const NOT_SAID: Text = Text { en: "(not said)", vi: "(không khai báo)" };
const SAME: Text =
    Text { en: "the inventories say the same", vi: "hai danh mục có nội dung như nhau" };
const ORGANISATION: Text = Text { en: "organisation", vi: "cơ quan, đơn vị" };
const FORMERLY: Text = Text { en: "formerly", vi: "trước đây là" };
const SERVICES: Text = Text { en: "services", vi: "dịch vụ" };
const ORGANISATIONS: Text = Text { en: "organisations", vi: "cơ quan, đơn vị" };
const COUNTED: [(EntryChange, Text); 4] = [
    (EntryChange::Added, Text { en: "added", vi: "thêm" }),
    (EntryChange::Removed, Text { en: "removed", vi: "bỏ" }),
    (EntryChange::Renamed, Text { en: "renamed", vi: "đổi mã" }),
    (EntryChange::Changed, Text { en: "changed", vi: "thay đổi" }),
];

/// Compares two files and prints what differs.
///
/// # Errors
/// What is wrong with either.
pub(super) fn run(
    before: &Path,
    after: &Path,
    format: ResultFormat,
    lang: Option<Lang>,
) -> Result<ExitCode, CliError> {
    if before == Path::new("-") && after == Path::new("-") {
        return Err(CliError::operator("only one of the two can be stdin"));
    }
    let (before_text, before_name, before) = read(before)?;
    let (after_text, after_name, after) = read(after)?;
    let lang = lang.unwrap_or(after.inventory.lang);
    let difference = InventoryDifference::of((&before, &before_text), (&after, &after_text));
    let mut out = terminal::results();
    match format {
        ResultFormat::Text => print(&difference, lang, &mut out)?,
        ResultFormat::Json => {
            let document = Document::of(&difference, &before_name, &after_name);
            serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(if difference.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(GATE_FAILED) })
}

fn read(file: &Path) -> Result<(String, String, Parsed), CliError> {
    let (octets, name) = text_of(file)?;
    let parsed = inventory::parse(&octets, &name).map_err(|problems| {
        terminal::print_diagnostics(&problems);
        CliError::operator(format!("{name}: {problems}"))
    })?;
    // A good inventory is UTF-8.
    Ok((String::from_utf8_lossy(&octets).into_owned(), name, parsed))
}

fn print(difference: &InventoryDifference, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    if difference.is_empty() {
        return writeln!(out, "{}", SAME.get(lang));
    }
    for change in &difference.head {
        writeln!(out, "~ {}", value(change, lang))?;
    }
    let organisation = format!("{} ", ORGANISATION.get(lang));
    for (prefix, entries) in
        [(&*organisation, &difference.organisations), ("", &difference.services)]
    {
        for entry in entries {
            print_entry(prefix, entry, lang, out)?;
        }
    }
    let parts = [(ORGANISATIONS, &difference.organisations), (SERVICES, &difference.services)];
    for (what, entries) in parts {
        let counts: Vec<String> = COUNTED
            .iter()
            .map(|(change, word)| {
                (entries.iter().filter(|entry| entry.change == *change).count(), word)
            })
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{} {count}", word.get(lang)))
            .collect();
        if !counts.is_empty() {
            writeln!(out, "{}: {}", what.get(lang), counts.join(", "))?;
        }
    }
    Ok(())
}

fn print_entry(
    prefix: &str,
    entry: &EntryDifference,
    lang: Lang,
    out: &mut impl Write,
) -> io::Result<()> {
    let sign = match entry.change {
        EntryChange::Added => '+',
        EntryChange::Removed => '-',
        EntryChange::Renamed | EntryChange::Changed => '~',
    };
    let formerly = entry.formerly.as_ref();
    let formerly =
        formerly.map(|id| format!("  ({} {id})", FORMERLY.get(lang))).unwrap_or_default();
    writeln!(out, "{sign} {prefix}{}  {}{formerly}", entry.id, clean(&entry.shown))?;
    for change in &entry.values {
        writeln!(out, "    {}", value(change, lang))?;
    }
    Ok(())
}

fn value(change: &ValueChange, lang: Lang) -> String {
    let shown = |value: &Option<String>| value.as_deref().map_or(NOT_SAID.get(lang).into(), clean);
    format!("{}: {} → {}", clean(&change.key), shown(&change.from), shown(&change.to))
}

/// The JSON Schema of the document.
pub(in crate::commands) fn schema() -> String {
    let schema = schemars::schema_for!(Document<'static>);
    // A schema is JSON by its nature.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// What two inventories say otherwise.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "v6ready inventory diff, version 1")]
struct Document<'d> {
    /// `v6ready/inventory-diff/1`.
    schema: &'static str,
    /// The file of the first one.
    before: &'d str,
    /// The file of the second one.
    after: &'d str,
    /// Whether nothing differs.
    is_same: bool,
    /// Outside of organisations and services.
    head: Vec<ValueDocument<'d>>,
    /// In the order of the second, and then what only the first has.
    organisations: Vec<EntryDocument<'d>>,
    /// In the same order.
    services: Vec<EntryDocument<'d>>,
}

#[derive(Serialize, JsonSchema)]
struct EntryDocument<'d> {
    #[schemars(extend("enum" = EntryChange::ALL.map(change_id)))]
    change: &'static str,
    /// Of an organisation, or of a service as `ORG/SERVICE`: in the second, or in the first when only that has it.
    id: &'d str,
    /// The id in the first, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    formerly: Option<&'d str>,
    /// The name of an organisation, the target of a service.
    shown: &'d str,
    /// What differs of it; empty where only one has it.
    values: Vec<ValueDocument<'d>>,
}

#[derive(Serialize, JsonSchema)]
struct ValueDocument<'d> {
    /// The key of the inventory; of what stands within others all of them: `settings.timeouts.dns`.
    key: &'d str,
    /// What the first one says; `null` when it doesn't say it.
    from: Option<&'d str>,
    /// What the second one says.
    to: Option<&'d str>,
}

/// The word that the JSON uses.
fn change_id(change: EntryChange) -> &'static str {
    match change {
        EntryChange::Added => "added",
        EntryChange::Removed => "removed",
        EntryChange::Renamed => "renamed",
        EntryChange::Changed => "changed",
    }
}

impl<'d> Document<'d> {
    fn of(difference: &'d InventoryDifference, before: &'d str, after: &'d str) -> Self {
        let values = |values: &'d [ValueChange]| {
            let documents = values.iter().map(|one| ValueDocument {
                key: &one.key,
                from: one.from.as_deref(),
                to: one.to.as_deref(),
            });
            documents.collect()
        };
        let entries = |entries: &'d [EntryDifference]| {
            let documents = entries.iter().map(|one| EntryDocument {
                change: change_id(one.change),
                id: &one.id,
                formerly: one.formerly.as_deref(),
                shown: &one.shown,
                values: values(&one.values),
            });
            documents.collect()
        };
        Self {
            schema: SCHEMA,
            before,
            after,
            is_same: difference.is_empty(),
            head: values(&difference.head),
            organisations: entries(&difference.organisations),
            services: entries(&difference.services),
        }
    }
}
