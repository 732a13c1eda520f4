//! A stored run: what it was made from, so that it can be judged again.

use serde::{Deserialize, Serialize};

use crate::model::{Run, Settings};

/// Everything that it takes to judge a run again without any other file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInputs {
    /// The inventory's name as it was given.
    pub inventory_file: String,
    /// The inventory's text as it was read.
    #[serde(with = "text")]
    pub inventory: Vec<u8>,
    /// The patterns that services were chosen by; empty = all.
    pub only: Vec<String>,
    /// The settings in force, with what other files held.
    pub settings: Settings,
    /// The policy's name.
    pub policy_name: String,
    /// The policy's text.
    pub policy_yaml: String,
}

/// A run with what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// The run.
    pub run: Run,
    /// What it was made from.
    pub inputs: RunInputs,
}

/// A run in a list: what it was made from, without reading all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRun {
    /// The run.
    pub run: Run,
    /// The inventory's name as it was given.
    pub inventory_file: String,
    /// Whether it was to look at every service of its inventory.
    pub whole: bool,
}

/// The JSON text of a row. Serialising these types to memory can't fail: no map has non-string
/// keys.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// An inventory is UTF-8 text, and reads better as such.
mod text {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(octets))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        String::deserialize(deserializer).map(String::into_bytes)
    }
}
