//! The view as the rest of the program has it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::changes::RunChanges;
use super::error::ViewError;
use super::file::ViewFile;
use super::judging::RunToJudge;
use super::key::RunKey;
use super::load;
use super::past::EditionReader;
use super::picture::Picture;
use super::refresh::{Refresh, Refreshed};
use crate::judge::{History, ServiceResult};
use crate::model::{RunId, ServiceId};
use crate::store::Store;

/// Comparisons that are kept, as readers turn pages of them.
const COMPARISONS_MAX: usize = 8;

/// Changed services of all comparisons that are kept, but for the newest: some 3 KiB each.
const COMPARED_SERVICES_MAX: usize = 10_000;

/// The view of one store.
pub struct View {
    db: PathBuf,
    file: ViewFile,
    pictures: RwLock<Arc<Vec<Arc<Picture>>>>,
    comparisons: Mutex<VecDeque<Compared>>,
    /// Held while two runs are compared: one comparison at a time bounds the memory that they take, and who
    /// asks for the same finds it ready.
    comparing: Mutex<()>,
    loaded: Mutex<VecDeque<Arc<RunToJudge>>>,
    /// Held by the one refresh of this process.
    refreshing: Mutex<()>,
}

/// Runs that are kept as they were loaded, so that services are judged again without reading all of them.
const LOADED_MAX: usize = 4;

/// A comparison of two runs of an edition.
struct Compared {
    edition: i64,
    changes: Arc<RunChanges>,
}

impl View {
    /// Opens the view of a store, with what it knew when it was last refreshed. Where there is none, or it is
    /// damaged or another version's, there are no pictures until [`View::refresh`] has made it anew.
    ///
    /// # Errors
    /// When the file can't be read for another reason.
    pub fn open(db: &Path) -> Result<Self, ViewError> {
        let view = Self {
            db: db.to_owned(),
            file: ViewFile::beside(db),
            pictures: RwLock::default(),
            comparisons: Mutex::default(),
            comparing: Mutex::default(),
            loaded: Mutex::default(),
            refreshing: Mutex::default(),
        };
        view.publish()?;
        Ok(view)
    }

    /// The store.
    pub fn db(&self) -> &Path {
        &self.db
    }

    /// The view's own file.
    pub fn file(&self) -> &Path {
        self.file.path()
    }

    /// Adds the runs that have ended since, and leaves out those that are gone. Takes as long as judging
    /// takes; readers see the earlier pictures until it is done.
    ///
    /// # Errors
    /// When the store or the view can't be read or written, or another process writes to the view. What was
    /// shown before stays.
    pub fn refresh(&self) -> Result<Refreshed, ViewError> {
        self.bring_up(false)
    }

    /// Judges everything anew. Readers see the earlier pictures until a track is done, and so they do when
    /// this is killed.
    ///
    /// # Errors
    /// As [`View::refresh`].
    pub fn rebuild(&self) -> Result<Refreshed, ViewError> {
        self.bring_up(true)
    }

    fn bring_up(&self, anew: bool) -> Result<Refreshed, ViewError> {
        let _one = self.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = self.file.lock()?;
        let store = Store::open_existing(&self.db)?;
        let mut published = || self.publish();
        let mut refresh = Refresh {
            file: &self.file,
            store: &store,
            lock: &lock,
            published: &mut published,
            done: Refreshed::default(),
        };
        refresh.run(anew)?;
        Ok(refresh.done)
    }

    /// Reads the pictures that the file has now, unless they are those that are shown.
    fn publish(&self) -> Result<(), ViewError> {
        let pictures = Arc::new(load::pictures(&self.file)?);
        pictures.iter().for_each(|picture| picture.prepare());
        *self.pictures.write().unwrap_or_else(PoisonError::into_inner) = pictures;
        self.comparisons.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    /// Takes over what another process has written to the view (`v6ready judge --rebuild`).
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn reload(&self) -> Result<(), ViewError> {
        self.publish()
    }

    /// An edition that is shown is in the file no more: another process has put one in its place, and the
    /// reader asks again.
    fn replaced(&self) -> Result<(), ViewError> {
        self.publish()
    }

    /// What is known of every inventory, as each vantage point sees it; the newest first.
    pub fn pictures(&self) -> Arc<Vec<Arc<Picture>>> {
        Arc::clone(&self.pictures.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The picture of an inventory: the one whose `id`, file or file's name this is, seen from the vantage
    /// point of this name; without a name from where the newest run was made here, or else anywhere.
    pub fn picture(&self, inventory: &str, vantage: Option<&str>) -> Option<Arc<Picture>> {
        let pictures = self.pictures();
        let of_it = pictures.iter().filter(|picture| picture.track.is_called(inventory));
        let seen = of_it.filter(|one| vantage.is_none_or(|name| *one.track.vantage == *name));
        // Of equals the first one: the newest.
        seen.min_by_key(|picture| picture.track.is_imported).cloned()
    }

    /// A service of a picture over all runs that looked at it, by the id that it has now; `None` where
    /// nothing is known of it, or the view is being made anew.
    ///
    /// # Errors
    /// When the view can't be read.
    pub fn history(
        &self,
        picture: &Picture,
        service: &ServiceId,
    ) -> Result<Option<History>, ViewError> {
        let edition = picture.edition.number;
        let policy = &picture.result.policy;
        let history = self.file.read(|connection| {
            if !is_there(connection, edition)? {
                return Ok(None);
            }
            let reader = EditionReader { connection, edition, policy };
            reader.history(service, &picture.edition.lineages).map(Some)
        })?;
        match history {
            Some(Some(history)) => Ok(history),
            _ => self.replaced().map(|()| None),
        }
    }

    /// A service of a picture, judged again from the evidence in the store: with the names of the facts that
    /// its verdicts cite. `None` where the run doesn't have it.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn judge_again(
        &self,
        store: &Store,
        picture: &Picture,
        service: &ServiceId,
    ) -> Result<Option<ServiceResult>, ViewError> {
        let result = &picture.result;
        let (run, to_judge) = match result.rescans.get(service) {
            None => {
                let run = self.loaded(store, &result.run.id)?;
                let one = run.one(service);
                (run, one)
            }
            Some(rescan) => {
                let run = self.loaded(store, &rescan.run)?;
                let known = result.inventory.services.iter().filter(|one| one.id == *service);
                let known: Vec<_> = known.cloned().collect();
                let one = run.known_to(&known, &result.inventory).pop();
                (run, one)
            }
        };
        let Some(to_judge) = to_judge else { return Ok(None) };
        run.judge(store, &result.policy, &to_judge).map(Some)
    }

    fn loaded(&self, store: &Store, id: &RunId) -> Result<Arc<RunToJudge>, ViewError> {
        let kept = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = kept().iter().find(|run| run.run.id == *id) {
            return Ok(Arc::clone(run));
        }
        let run = Arc::new(RunToJudge::load(store, id)?);
        let mut runs = kept();
        runs.push_front(Arc::clone(&run));
        runs.truncate(LOADED_MAX);
        Ok(run)
    }

    /// What changed between two whole runs of a picture's track, in whatever order. As `after`, the
    /// picture's own run is taken as it was by itself, without what later runs of parts found
    /// ([`Picture::since_last`] has those).
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
            let run = picture.run(id).zip(picture.position_of(id));
            run.ok_or_else(|| ViewError::NoSuchRun { run: id.clone() })
        };
        let ((before, from), (after, to)) = (whole(before)?, whole(after)?);
        let edition = picture.edition.number;
        let is_it = |one: &&Compared| {
            one.edition == edition
                && one.changes.before.id == before.id
                && one.changes.after.id == after.id
        };
        let kept = || self.comparisons.lock().unwrap_or_else(PoisonError::into_inner);
        let known = || kept().iter().find(is_it).map(|one| Arc::clone(&one.changes));
        if let Some(known) = known() {
            return Ok(known);
        }
        let _one = self.comparing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known() {
            return Ok(known);
        }
        let policy = &picture.result.policy;
        let services = self.file.read(|connection| {
            if !is_there(connection, edition)? {
                return Ok(None);
            }
            EditionReader { connection, edition, policy }.changes(from, to).map(Some)
        })?;
        let Some(services) = services.flatten() else {
            self.replaced()?;
            return Err(ViewError::Replaced);
        };
        let key = RunKey { run: after.id.clone(), ..picture.key.clone() };
        let changes =
            Arc::new(RunChanges { key, before: before.clone(), after: after.clone(), services });
        let mut comparisons = kept();
        comparisons.push_front(Compared { edition, changes: Arc::clone(&changes) });
        let mut services = 0;
        let kept = comparisons.iter().take(COMPARISONS_MAX).take_while(|one| {
            services += one.changes.services.len();
            services <= COMPARED_SERVICES_MAX
        });
        let kept = kept.count().max(1);
        comparisons.truncate(kept);
        Ok(changes)
    }
}

/// Whether the file still has an edition.
fn is_there(connection: &rusqlite::Connection, edition: i64) -> rusqlite::Result<bool> {
    let mut query = connection
        .prepare_cached("SELECT count(*) FROM edition WHERE number = ?1 AND is_current")?;
    query.query_row([edition], |row| row.get(0))
}
