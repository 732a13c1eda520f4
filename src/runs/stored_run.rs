//! A stored run, judged: the same for a run that has just ended and for one of last year.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::error::RunsError;
use super::load::{self, LoadedInventory};
use super::named_run::{self, NEWEST};
use super::note::TakeNotes;
use super::service_selection::{selection_for, services_of};
use crate::evidence::vantage;
use crate::judge;
use crate::judge::{Excerpt, JudgeContext, Lineage, Rescan, RunResult, ServiceResult};
use crate::model::{
    Evidence, Lang, Observation, ObservationId, Run, RunId, Selection, Service, Vantage,
};
use crate::policy::Policy;
use crate::report::ReportContext;
use crate::store::{ListedRun, Store, StoreError, StoredRun};

/// A run of the store with everything that it takes to judge it.
pub struct LoadedRun {
    /// The run and what it was made from.
    pub stored: StoredRun,
    /// The inventory, policy and trust as they were.
    pub loaded: LoadedInventory,
    /// The services that were chosen.
    pub services: Vec<Arc<Service>>,
    /// Later runs that looked at parts of the inventory again, the newest first. Their results are
    /// those of their services.
    pub rescans: Vec<RescanOfPart>,
    /// Whether somebody named the moment of the judgement.
    pub is_day_given: bool,
}

/// A later run that looked at a part of an inventory again.
pub struct RescanOfPart {
    run: LoadedRun,
    /// How the ids of its services follow from those of the run that it fills in.
    lineage: Lineage,
}

/// When a run ended, or began when it did not end.
pub fn end_of_run(run: &Run) -> Timestamp {
    run.finished_at.unwrap_or(run.started_at)
}

/// Loads the run that a word names. The newest one, which is meant without a word, is filled in with
/// what later runs of parts found.
///
/// # Errors
/// When there is none, or its inventory can't be read any more.
pub fn load_run(
    store: &Store,
    word: Option<&str>,
    notes: TakeNotes<'_>,
) -> Result<LoadedRun, RunsError> {
    match word {
        None | Some(NEWEST) => {
            let listed = store.listed_runs()?;
            filled_in(store, &listed, named_run::newest(&listed, notes)?)
        }
        Some(word) => load_run_by_id(store, &named_run::named_run(store, word, notes)?),
    }
}

/// Loads a run with what later runs of parts found.
///
/// # Errors
/// As [`load_run`].
pub fn filled_in(
    store: &Store,
    listed: &[ListedRun],
    whole: &ListedRun,
) -> Result<LoadedRun, RunsError> {
    let mut run = load_run_by_id(store, &whole.run.id)?;
    for part in named_run::rescans_after(listed, whole) {
        let part = load_run_by_id(store, &part.run.id)?;
        let lineage = Lineage::of(&part.loaded.inventory, &run.loaded.inventory);
        run.rescans.push(RescanOfPart { run: part, lineage });
    }
    Ok(run)
}

/// Loads the run of this id, or the only one whose id begins so.
///
/// # Errors
/// As [`load_run`].
pub fn load_run_by_id(store: &Store, id: &RunId) -> Result<LoadedRun, RunsError> {
    load_stored_run(store.run(id)?)
}

/// Loads a run that was read from the store.
///
/// # Errors
/// When its inventory can't be read any more.
pub fn load_stored_run(stored: StoredRun) -> Result<LoadedRun, RunsError> {
    let loaded = load::restored_inventory(&stored.inputs)?;
    let services = services_of(&loaded.inventory, &Selection::parse(&stored.inputs.only)?);
    Ok(LoadedRun { stored, loaded, services, rescans: Vec::new(), is_day_given: false })
}

impl LoadedRun {
    /// Has the run judged by another policy than its own, where one is named.
    ///
    /// # Errors
    /// When there is no such policy.
    pub fn with_policy(mut self, name: Option<&str>) -> Result<Self, RunsError> {
        if let Some(name) = name {
            (self.loaded.policy, _) = load::named_policy(name)?;
        }
        Ok(self)
    }

    /// Leaves out the services that aren't chosen, where any are, and returns what is left.
    ///
    /// # Errors
    /// When nothing of the inventory is what is chosen.
    pub fn excerpt(
        &mut self,
        only: &[String],
        notes: TakeNotes<'_>,
    ) -> Result<Option<Excerpt>, RunsError> {
        if only.is_empty() {
            return Ok(None);
        }
        let inventory = &self.loaded.inventory;
        let selection = selection_for(inventory, only, notes)?;
        let excerpt = Excerpt::of(selection, &[inventory]);
        self.services.retain(|service| excerpt.covers(&service.id));
        Ok(Some(excerpt))
    }

    /// Has the run judged as of a moment that somebody named: leaves out the later runs that had not ended
    /// then.
    pub fn known_at(mut self, moment: Timestamp) -> Self {
        self.is_day_given = true;
        self.rescans.retain(|part| end_of_run(&part.run.stored.run) <= moment);
        self
    }

    /// The run whose result of a service counts, with the service as that run knew it: this one, or a
    /// later one that looked at it again.
    pub fn last_look<'a>(&'a self, service: &'a Arc<Service>) -> (&'a Self, &'a Arc<Service>) {
        let again = self.rescans.iter().find_map(|RescanOfPart { run, lineage }| {
            let now = lineage.now(&service.id)?;
            let same = run.services.iter().find(|known| known.id == *now)?;
            Some((run, same))
        });
        again.unwrap_or((self, service))
    }

    /// How the run is judged as it was when it ended, under a policy that may be a later run's.
    pub fn context_at_its_end<'a>(&'a self, policy: &'a Policy) -> JudgeContext<'a> {
        let run = &self.stored.run;
        JudgeContext { policy, ..self.judge_context(&run.vantage, end_of_run(run)) }
    }

    fn judge_context<'a>(&'a self, vantage: &'a Vantage, as_of: Timestamp) -> JudgeContext<'a> {
        JudgeContext {
            inventory: &self.loaded.inventory,
            vantage,
            policy: &self.loaded.policy,
            trust: &self.loaded.trust,
            as_of,
            is_day_given: self.is_day_given,
        }
    }
}

/// Judges every service of a run from the evidence in the store, one service in memory at a time.
///
/// # Errors
/// When the store is damaged: no report is made from half the evidence.
pub fn judge_run(store: &Store, run: &LoadedRun, as_of: Timestamp) -> Result<RunResult, RunsError> {
    let (vantage, tests) = tested_vantage(store, run)?;
    let context = run.judge_context(&vantage, as_of);
    let mut rescans = BTreeMap::new();
    let services = run.services.iter().map(|known| {
        let (by, service) = run.last_look(known);
        let id = &by.stored.run.id;
        let evidence = store.evidence_of(id, &service.id)?;
        if *id == run.stored.run.id {
            return Ok(judge::judge_service(&context, service, &evidence));
        }
        let ended_at = end_of_run(&by.stored.run);
        let later = JudgeContext {
            policy: &run.loaded.policy,
            is_day_given: run.is_day_given,
            ..by.judge_context(&by.stored.run.vantage, as_of.max(ended_at))
        };
        rescans.insert(known.id.clone(), Rescan { run: id.clone(), ended_at });
        // Under a new id, too, it is in the place of the service that the run knows.
        let service = match service.id == known.id {
            true => Arc::clone(service),
            false => Arc::new(Service { id: known.id.clone(), ..Service::clone(service) }),
        };
        Ok(judge::judge_service(&later, &service, &evidence))
    });
    let services = services.collect::<Result<_, RunsError>>()?;
    Ok(RunResult { rescans, ..run_result(run, &context, &tests, services) })
}

/// The result of a run whose services were judged while it lasted.
///
/// # Errors
/// When the store is damaged.
pub fn result_of_judged(
    store: &Store,
    run: &LoadedRun,
    services: Vec<ServiceResult>,
    as_of: Timestamp,
) -> Result<RunResult, RunsError> {
    let (vantage, tests) = tested_vantage(store, run)?;
    Ok(run_result(run, &run.judge_context(&vantage, as_of), &tests, services))
}

/// What the tests of the vantage point showed, and the tests.
fn tested_vantage(store: &Store, run: &LoadedRun) -> Result<(Vantage, Evidence), RunsError> {
    let LoadedRun { stored: StoredRun { run, .. }, loaded, .. } = run;
    let tests = store.vantage_evidence(&run.id)?;
    let vantage = match run.finished_at {
        Some(_) => run.vantage.clone(),
        // A killed run could not write down what its tests showed.
        None => Vantage {
            clock: run.vantage.clock.clone(),
            ..vantage::state_so_far(&run.vantage.name, &tests, &loaded.inventory.settings)
        },
    };
    Ok((vantage, tests))
}

fn run_result(
    run: &LoadedRun,
    context: &JudgeContext<'_>,
    vantage_tests: &Evidence,
    services: Vec<ServiceResult>,
) -> RunResult {
    let LoadedRun { stored, loaded, .. } = run;
    RunResult {
        run: Run { vantage: context.vantage.clone(), ..stored.run.clone() },
        inventory: Arc::clone(&loaded.inventory),
        policy: Arc::clone(&loaded.policy),
        as_of: context.as_of,
        is_day_given: context.is_day_given,
        vantage: judge::judge_vantage(context, vantage_tests),
        services,
        rescans: BTreeMap::new(),
        excerpt: None,
    }
}

/// Gives renderers the observations that verdicts cite. What can't be read ends the report.
pub struct Citations<'s> {
    store: &'s Store,
    failure: RefCell<Option<StoreError>>,
}

impl<'s> Citations<'s> {
    /// Nothing has been cited yet.
    pub fn of(store: &'s Store) -> Self {
        Self { store, failure: RefCell::new(None) }
    }

    /// An observation; what can't be read is remembered.
    pub fn find(&self, id: ObservationId) -> Option<Arc<Observation>> {
        let found = self.store.cited_observation(id);
        found.map_err(|error| self.failure.borrow_mut().get_or_insert(error).to_string()).ok()
    }

    /// Whether everything that was cited until now could be read.
    ///
    /// # Errors
    /// The first thing that could not.
    pub fn all_found(&self) -> Result<(), StoreError> {
        self.failure.borrow_mut().take().map_or(Ok(()), Err)
    }

    /// Whether something that was cited could not be read.
    pub fn have_failed(&self) -> bool {
        self.failure.borrow().is_some()
    }
}

/// Gives a renderer its evidence from the store.
///
/// # Errors
/// The renderer's own, and when something that it showed can't be read.
pub fn with_report_context<T, E>(
    store: &Store,
    result: &RunResult,
    lang: Lang,
    render: impl FnOnce(&ReportContext<'_>) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<StoreError>,
{
    let citations = Citations::of(store);
    let find_observation = |id: ObservationId| citations.find(id);
    let rendered = render(&ReportContext { result, lang, find_observation: &find_observation })?;
    citations.all_found()?;
    Ok(rendered)
}
