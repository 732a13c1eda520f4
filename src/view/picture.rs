//! What is known of an inventory now.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::changes::Moved;
use super::check_row::CheckRow;
use super::figures::{OfDay, OrganisationFigures, Overview};
use super::key::RunKey;
use super::seen_run::SeenRun;
use crate::judge::quarter::{Remedy, Shared, remedies, shared};
use crate::judge::{Lineage, Look, RunResult, ServiceResult, TargetStanding};
use crate::model::{RunId, ServiceId};
use crate::store::Scope;

/// An inventory, as one vantage point sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// The inventory's own `id`.
    pub inventory_id: Option<String>,
    /// The name of the inventory's file, as the newest run was given it.
    pub inventory_file: String,
    /// Which of the inventories it is that go by this file name, from 0.
    pub namesake: u32,
    /// The operator's name of the vantage point.
    pub vantage: String,
    /// Whether all its runs were imported from elsewhere.
    pub is_imported: bool,
}

/// What is known of an inventory now: its newest whole run that shows its state, with what later runs of parts
/// found. It never changes; a refresh puts a new one in its place.
pub struct Picture {
    /// By which rules it was judged.
    pub key: RunKey,
    /// Of which inventory, and from where.
    pub track: Track,
    /// The run, judged, each service as it was when the run that looked at it last ended. Its verdicts have
    /// their subjects; the facts that they cite are read with the service's evidence from the store.
    pub result: RunResult,
    /// The runs of the track, the earliest first: parts among them.
    pub runs: Vec<SeenRun>,
    /// What changed since the whole run before; `None` where there is none.
    pub since_last: Option<Moved>,
    /// What changed since the last whole run of an earlier quarter; `None` where there is none.
    pub since_quarter: Option<Moved>,
    /// By the place of the service in the result: the run since which it has had its standing.
    pub(super) standing_since: Vec<Arc<Look>>,
    pub(super) edition: EditionOfPicture,
    pub(super) made: Made,
}

/// Where the file has what was known earlier.
pub(super) struct EditionOfPicture {
    pub number: i64,
    /// By the place of the run: its position.
    pub positions: Vec<i64>,
    /// From which position on the ids of now follow how from those of then.
    pub lineages: Vec<(i64, Lineage)>,
}

/// What is worked out from a picture when it is first asked for.
#[derive(Default)]
pub(super) struct Made {
    pub(super) shared: OnceLock<Vec<Shared>>,
    pub(super) remedies: OnceLock<Vec<Remedy>>,
    pub(super) checks: OnceLock<Vec<CheckRow>>,
    pub(super) organisation_figures: OnceLock<Vec<OrganisationFigures>>,
    pub(super) targets: OfDay<Vec<TargetStanding>>,
    pub(super) overview: OfDay<Overview>,
    places: OnceLock<HashMap<ServiceId, usize>>,
    texts: OnceLock<Vec<String>>,
    organisations: OnceLock<HashMap<Arc<str>, String>>,
}

impl Track {
    /// Whether this word means the inventory: its `id`, its file, or the file's name with or without its
    /// extension.
    pub fn is_called(&self, word: &str) -> bool {
        let file = Path::new(&self.inventory_file);
        let is = |name: Option<&std::ffi::OsStr>| name.is_some_and(|name| name == word);
        self.inventory_id.as_deref() == Some(word)
            || self.inventory_file == word
            || is(file.file_name())
            || is(file.file_stem())
    }

    pub(super) fn to_json(&self) -> String {
        // Serialising this type to memory can't fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The word for the inventory in addresses: its `id`, or the file's name without its extension.
    pub fn word(&self) -> &str {
        let stem = || Path::new(&self.inventory_file).file_stem().and_then(|stem| stem.to_str());
        self.inventory_id.as_deref().or_else(stem).unwrap_or(&self.inventory_file)
    }
}

impl Picture {
    /// Works out what is the same for everybody who asks, before anybody does.
    pub(super) fn prepare(&self) {
        self.texts();
        self.checks();
        self.shared();
        self.remedies();
        self.organisation_figures();
    }

    /// A service, by the id that it has now.
    pub fn service(&self, id: &ServiceId) -> Option<&ServiceResult> {
        self.result.services.get(self.place_of(id)?)
    }

    /// The place of a service in the result.
    pub(super) fn place_of(&self, id: &ServiceId) -> Option<usize> {
        let places = self.made.places.get_or_init(|| {
            let services = self.result.services.iter().enumerate();
            services.map(|(at, one)| (one.service.id.clone(), at)).collect()
        });
        places.get(id).copied()
    }

    /// The name of an organisation; its id where it has none.
    pub fn organisation_name<'p>(&'p self, id: &'p str) -> &'p str {
        let names = self.made.organisations.get_or_init(|| {
            let all = self.result.inventory.organisations.iter();
            all.map(|one| (Arc::clone(&one.id), one.name.clone())).collect()
        });
        names.get(id).map_or(id, String::as_str)
    }

    /// What is searched for words, by the place of the service.
    pub(super) fn texts(&self) -> &[String] {
        self.made.texts.get_or_init(|| {
            let text = |one: &ServiceResult| {
                let service = &one.service;
                let owner = self.organisation_name(&service.id.organisation);
                format!("{}\n{}\n{}\n{owner}", service.id, service.name, service.target)
                    .to_lowercase()
            };
            self.result.services.iter().map(text).collect()
        })
    }

    /// The position of a run in the file.
    pub(super) fn position_of(&self, run: &RunId) -> Option<i64> {
        let place = self.runs.iter().position(|one| one.id == *run)?;
        self.edition.positions.get(place).copied()
    }

    /// A whole run of the track.
    pub fn run(&self, id: &RunId) -> Option<&SeenRun> {
        self.whole_runs().find(|run| run.id == *id)
    }

    /// The whole runs, the earliest first: the trend.
    pub fn whole_runs(&self) -> impl Iterator<Item = &SeenRun> {
        self.runs.iter().filter(|run| run.scope == Scope::Whole)
    }

    /// The causes that several services fail by, what lifts most services first.
    pub fn shared(&self) -> &[Shared] {
        self.made.shared.get_or_init(|| shared(&self.result))
    }

    /// What is to be done, what lifts most services first.
    pub fn remedies(&self) -> &[Remedy] {
        self.made.remedies.get_or_init(|| remedies(&self.result))
    }
}
