//! A stored run: what it was made from, so that it can be judged again.

use std::path::Path;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::seal;
use super::transfer::Provenance;
use crate::model::{Run, RunCounts, Settings, VantageIpv6};

/// The inventory's name of a run whose services were named on the command line.
pub const COMMAND_LINE: &str = "(command line)";

/// Everything that it takes to judge a run again without any other file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInputs {
    /// The inventory's name as it was given.
    pub inventory_file: String,
    /// The inventory's own `id`, by which it is known under whatever name its file has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory_id: Option<String>,
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

/// How much of an inventory a run was to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Every service.
    Whole,
    /// The services that patterns chose (`scan --only`).
    Part,
    /// Names on the command line, and no inventory (`check --keep`).
    Names,
}

impl Scope {
    const ALL: [Self; 3] = [Self::Whole, Self::Part, Self::Names];

    /// The word that lists and the store use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
            Self::Names => "names",
        }
    }

    /// The scope of this word. What a later version may call otherwise is never taken for a whole.
    pub(super) fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|scope| scope.id() == word).unwrap_or(Self::Part)
    }
}

impl RunInputs {
    /// As others are told of it: in which folder of this machine the inventory lies is nobody else's concern.
    pub(super) fn for_others(mut self) -> Self {
        if let Some(name) = file_name(&self.inventory_file) {
            self.inventory_file = name.to_string_lossy().into_owned();
        }
        self
    }

    /// How much of its inventory the run was to look at.
    pub fn scope(&self) -> Scope {
        match (self.inventory_file.as_str(), self.only.is_empty()) {
            (COMMAND_LINE, _) => Scope::Names,
            (_, false) => Scope::Part,
            (_, true) => Scope::Whole,
        }
    }
}

/// A run in a list: what it was made from, without reading all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRun {
    /// The run.
    pub run: Run,
    /// The inventory's name as it was given.
    pub inventory_file: String,
    /// The inventory's own `id`.
    pub inventory_id: Option<String>,
    /// The policy's name.
    pub policy: String,
    /// How much it was to look at.
    pub scope: Scope,
    /// How many services had which stage, as judged when it ended; `None` when that was not noted.
    pub counts: Option<RunCounts>,
    /// The file that it was imported from; `None` for a run that was made here.
    pub imported: Option<Provenance>,
    /// Which of the inventories it is of that go by its file name, where not all of their runs have an
    /// `id`: those that have no service in common are numbered from 0.
    pub namesake: u32,
}

impl ListedRun {
    /// Whether two runs are of one inventory: of the same `id`, or, where one of them has none, of
    /// the same file name in whatever folder, with services in common.
    pub fn is_of_same_inventory(&self, other: &Self) -> bool {
        let both_have_ids = self.inventory_id.is_some() && other.inventory_id.is_some();
        self.is_of_inventory(&other.inventory_file, other.inventory_id.as_deref())
            && (both_have_ids || self.namesake == other.namesake)
    }

    /// Whether the run is of the inventory in this file, which has this `id`.
    pub fn is_of_inventory(&self, file: &str, id: Option<&str>) -> bool {
        match (&self.inventory_id, id) {
            (Some(one), Some(other)) => one == other,
            _ => file_name(&self.inventory_file) == file_name(file),
        }
    }

    /// Whether it shows the state of all that it was to look at: nothing was left out, and the vantage
    /// point had IPv6.
    pub fn shows_its_scope(&self) -> bool {
        self.run.complete && self.run.vantage.ipv6 != VantageIpv6::Absent
    }
}

pub(super) fn file_name(path: &str) -> Option<&std::ffi::OsStr> {
    Path::new(path).file_name()
}

/// Writes the row of a new run, and seals it; its number.
pub(super) fn insert_run(
    into: &Connection,
    run: &Run,
    inputs: &RunInputs,
    counts: Option<&RunCounts>,
) -> rusqlite::Result<i64> {
    into.execute(
        "INSERT INTO run (id, started_at, run, inputs, scope, inventory_file, inventory_id, policy, counts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            run.id.as_str(),
            run.started_at.as_microsecond(),
            to_json(run),
            to_json(inputs),
            inputs.scope().id(),
            inputs.inventory_file,
            inputs.inventory_id,
            inputs.policy_name,
            counts.map(to_json),
        ],
    )?;
    let number = into.last_insert_rowid();
    seal::seal_row(into, number)?;
    seal::list_run(into, number, run.id.as_str())?;
    Ok(number)
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
