//! What a section says of itself: all that the JSON Schema and the documentation need.

use serde_json::{Map, Value, json};

use crate::model::{Lang, Text};

/// A type of value, without the draft that it is read into.
pub(crate) trait Described {
    /// Its JSON Schema, without a description.
    fn schema(&self) -> Value;

    /// What the schema's description says behind the meaning of the key.
    fn schema_note(&self) -> &'static str {
        ""
    }

    /// What is written, as Markdown: `whole number`, `URL`.
    fn label(&self, lang: Lang) -> String;

    /// The least and the greatest value, as they are written.
    fn range(&self) -> Option<(String, String)> {
        None
    }

    /// What holds for a missing key, as Markdown.
    fn default(&self, _: Lang) -> Option<String> {
        None
    }

    /// The words that it can be, each with its meaning.
    fn words(&self) -> Vec<(&'static str, Text)> {
        Vec::new()
    }

    /// The section that it is written as.
    fn subsection(&self) -> Option<Subsection> {
        None
    }
}

/// A section within another.
pub(crate) struct Subsection {
    pub(crate) section: &'static dyn Outline,
    /// Whether it is a list of such sections.
    pub(crate) is_list: bool,
}

/// What holds for a missing key, where its type doesn't say it.
#[derive(Clone, Copy)]
pub(crate) enum Fallback {
    /// The default of the type, or nothing.
    OfType,
    /// This value, as it is written.
    Value(Text),
    /// The value of another key.
    SameAs(&'static str),
    /// What these words say. The schema says them too.
    Words(Text),
}

/// A row of a section's table, without its draft.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) value: &'static dyn Described,
    pub(crate) is_required: bool,
    pub(crate) fallback: Fallback,
    /// Sentences; empty where a section explains itself.
    pub(crate) meaning: Text,
    /// A value as YAML.
    pub(crate) example: Text,
}

/// A section, without its draft.
pub(crate) trait Outline: Sync {
    /// Its heading.
    fn title(&self) -> Text;

    /// What it is for.
    fn about(&self) -> Text;

    /// Its keys.
    fn rows(&self) -> Vec<Row>;

    /// The keys of which exactly one is given.
    fn alternatives(&self) -> Vec<Row>;
}

/// The JSON Schema of a section.
pub(crate) fn schema(section: &dyn Outline) -> Value {
    let (rows, alternatives) = (section.rows(), section.alternatives());
    let required: Vec<&str> =
        rows.iter().filter(|row| row.is_required).map(|row| row.name).collect();
    let either: Vec<Value> =
        alternatives.iter().map(|row| json!({"required": [row.name]})).collect();
    let properties: Map<String, Value> =
        rows.iter().chain(&alternatives).map(|row| (row.name.to_owned(), property(row))).collect();
    let mut schema =
        json!({"type": "object", "additionalProperties": false, "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if !either.is_empty() {
        schema["oneOf"] = json!(either);
    }
    schema
}

fn property(row: &Row) -> Value {
    let mut schema = row.value.schema();
    let meaning = row.meaning.get(Lang::En);
    if !meaning.is_empty() {
        let meaning = match row.fallback {
            Fallback::Words(words) => {
                format!("{}; default: {}.", meaning.trim_end_matches('.'), words.get(Lang::En))
            }
            _ => meaning.to_owned(),
        };
        schema["description"] = json!(format!("{meaning}{}", row.value.schema_note()));
    }
    schema
}
