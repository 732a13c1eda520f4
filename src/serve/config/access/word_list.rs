//! A list of words of a closed set, each once.

use serde_json::{Value, json};

use crate::inventory::reader::Reader;
use crate::inventory::section::description::Described;
use crate::inventory::section::key::ValueType;
use crate::inventory::tree::NodeId;
use crate::model::{Lang, Text};

/// Some words of a closed set.
pub(in crate::serve::config) struct WordList<D, T: 'static> {
    /// One of them, in messages: `a public page`.
    pub(in crate::serve::config) item: &'static str,
    /// The words, each with its meaning.
    pub(in crate::serve::config) words: &'static [(T, Text)],
    /// How a word is written.
    pub(in crate::serve::config) id: fn(T) -> &'static str,
    /// Takes one of them.
    pub(in crate::serve::config) add: fn(&mut D, T),
}

impl<D, T: Copy + Sync> ValueType<D> for WordList<D, T> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        for item in reader.items(node, format_args!("`{name}`")).unwrap_or_default() {
            let ids = self.words.iter().map(|(word, _)| (self.id)(*word));
            if let Some(at) = reader.word(*item, self.item, ids) {
                (self.add)(draft, self.words[at].0);
            }
        }
    }
}

impl<D, T: Copy + Sync> Described for WordList<D, T> {
    fn schema(&self) -> Value {
        let ids: Vec<_> = self.words().into_iter().map(|(id, _)| id).collect();
        json!({"type": "array", "items": {"enum": ids}})
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "list of the words below", vi: "danh sách các từ nêu dưới đây" }
            .get(lang)
            .to_owned()
    }

    fn words(&self) -> Vec<(&'static str, Text)> {
        self.words.iter().map(|(word, meaning)| ((self.id)(*word), *meaning)).collect()
    }
}
