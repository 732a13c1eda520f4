//! Who serves a zone, as an NS record set says.

use crate::model::{Name, RecordData};

/// The name servers that records name, sorted, each once.
pub(super) fn ns_names<'r>(records: impl IntoIterator<Item = &'r RecordData>) -> Vec<Name> {
    let mut names: Vec<Name> = records
        .into_iter()
        .filter_map(|data| match data {
            RecordData::Ns(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}
