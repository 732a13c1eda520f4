//! After each run: what it means for the alerts, and who is told.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::alert::Kind;
use super::decide::{Audience, Happening, OwnTrouble, decide};
use super::detect::{Limits, sighting};
use crate::judge::{Lineage, RunResult};
use crate::model::{Inventory, RunId, ServiceId, Severity, VantageIpv6};
use crate::report::mail::recipients;
use crate::runs::RunsError;
use crate::runs::named_run::last_before;
use crate::runs::session::ScannedRun;
use crate::runs::stored_run::{end_of_run, filled_in, judge_run, load_run_by_id};
use crate::scan::Ending;
use crate::serve::app::App;
use crate::serve::jobs::state::{JobEvent, ScanRequest};
use crate::store::{ListedRun, Scope, Store};

/// Runs that are gone through at the daemon's start, at the most; of more, the newest.
const CAUGHT_UP_MAX: usize = 20;

/// The key of the alert that the daemon's own side has no IPv6.
const OUTAGE: &str = "own-outage";

/// By what an inventory is known in alerts: its `id`, or its file's name.
pub fn inventory_key(id: Option<&str>, file: &str) -> String {
    let name = || Path::new(file).file_name().map_or(file, |name| name.to_str().unwrap_or(file));
    id.map_or_else(|| name().to_owned(), str::to_owned)
}

/// Tells what a scan of the daemon came to.
pub fn tell(
    app: &App,
    request: &ScanRequest,
    scanned: Result<&ScannedRun, &RunsError>,
    cancelled: Option<&str>,
) {
    let told = match scanned {
        Ok(scanned) if cancelled.is_none() && scanned.ending != Ending::Interrupted => {
            of_scanned(app, request, scanned)
        }
        Err(error) if cancelled.is_none() => {
            let text = format!("{}: {}", request.inventory.display(), error.text());
            own(app, vec![failure(request, Some(text))])
        }
        _ => return,
    };
    note(app, told);
}

/// Tells something of the daemon's own: that it is so, or that it is over.
pub fn tell_own(app: &App, trouble: OwnTrouble) {
    note(app, own(app, vec![trouble]));
}

/// Looks whether time has brought anything to tell, and whether there are runs that nobody has looked at.
pub fn look(app: &App) {
    let due = app.jobs().alerts_due(app.now());
    if due.runs {
        catch_up(app);
    } else if due.time {
        note(app, own(app, Vec::new()));
    }
}

/// Goes through the runs that have ended since the last that was looked at: made by other programs, or just
/// before the daemon was killed.
pub fn catch_up(app: &App) {
    note(app, caught_up(app));
}

fn note(app: &App, told: Result<usize, RunsError>) {
    match told {
        Ok(0) => {}
        Ok(messages) => {
            tracing::info!(messages, "messages wait to be sent");
            app.jobs().tell(JobEvent::Alerts);
            app.jobs().wake_sender();
        }
        Err(error) => tracing::error!(error = error.text(), "alerts can't be decided"),
    }
}

fn own(app: &App, own: Vec<OwnTrouble>) -> Result<usize, RunsError> {
    let store = Store::open_existing(app.db())?;
    decided(app, &store, &Happening { own, ..Happening::default() })
}

fn failure(request: &ScanRequest, problem: Option<String>) -> OwnTrouble {
    OwnTrouble {
        key: format!("run-failed:{}", request.inventory.display()),
        kind: Kind::RunFailed,
        severity: Severity::Error,
        problem,
    }
}

fn of_scanned(app: &App, request: &ScanRequest, scanned: &ScannedRun) -> Result<usize, RunsError> {
    let store = Store::open_existing(app.db())?;
    let listed = store.listed_runs()?;
    let Some(run) = listed.iter().find(|run| run.run.id == scanned.result.run.id) else {
        return Ok(0);
    };
    of_run(app, &store, &listed, run, Some(&scanned.result), vec![failure(request, None)])
}

fn caught_up(app: &App) -> Result<usize, RunsError> {
    let store = Store::open_existing(app.db())?;
    let listed = store.listed_runs()?;
    let mut keys = HashSet::new();
    let mut told = 0;
    for newest in listed.iter().filter(|run| is_looked_at(run)) {
        let key = key_of(newest);
        if !keys.insert(key.clone()) {
            continue;
        }
        let mark = store.alert_mark(&key)?;
        let mut new: Vec<&ListedRun> = listed
            .iter()
            .filter(|run| is_looked_at(run) && key_of(run) == key)
            .take_while(|run| mark.as_ref() != Some(&run.run.id))
            .collect();
        if !app.jobs().has_contacts_of(&key) {
            let of_newest = load_run_by_id(&store, &newest.run.id)?;
            remember_contacts(app, &key, &of_newest.loaded.inventory);
        }
        let is_known = mark.is_some_and(|mark| listed.iter().any(|run| run.run.id == mark));
        new.truncate(if is_known { CAUGHT_UP_MAX } else { 1 });
        for run in new.into_iter().rev() {
            told += of_run(app, &store, &listed, run, None, Vec::new())?;
        }
    }
    told += decided(app, &store, &Happening::default())?;
    Ok(told)
}

/// Whether a run says anything of services, or of our own side.
fn is_looked_at(run: &ListedRun) -> bool {
    run.imported.is_none() && run.scope != Scope::Names && run.run.finished_at.is_some()
}

fn key_of(run: &ListedRun) -> String {
    inventory_key(run.inventory_id.as_deref(), &run.inventory_file)
}

fn of_run(
    app: &App,
    store: &Store,
    listed: &[ListedRun],
    run: &ListedRun,
    judged: Option<&RunResult>,
    mut own: Vec<OwnTrouble>,
) -> Result<usize, RunsError> {
    own.push(OwnTrouble {
        key: OUTAGE.to_owned(),
        kind: Kind::OwnOutage,
        severity: Severity::Critical,
        problem: is_cut_off(run).then(|| format!("{} – {}", run.run.vantage.name, run.run.id)),
    });
    let inventory = key_of(run);
    if !run.shows_its_scope() {
        return decided(app, store, &Happening { inventory, run: None, own });
    }
    let loaded;
    let after = match judged {
        Some(judged) => judged,
        None => {
            let run = load_run_by_id(store, &run.run.id)?;
            let as_of = end_of_run(&run.stored.run);
            loaded = judge_run(store, &run, as_of)?;
            &loaded
        }
    };
    remember_contacts(app, &inventory, &after.inventory);
    // What was so when an inventory is looked at for the first time is no news.
    let before = match store.alert_mark(&inventory)? {
        Some(_) => last_look_before(store, listed, run, after)?,
        None => None,
    };
    let config = app.config();
    let limits = Limits {
        certificate_days: config.alerts.certificate_days,
        target_days: config.alerts.target_days,
    };
    let sighting = sighting(before.as_ref(), after, limits);
    let id: RunId = after.run.id.clone();
    decided(app, store, &Happening { inventory, run: Some((id, sighting)), own })
}

/// Whether our own side had no IPv6 when the run ended.
fn is_cut_off(run: &ListedRun) -> bool {
    let vantage = &run.run.vantage;
    let at_end = || {
        let last = vantage.lost.iter().map(|window| window.to).max();
        last.zip(run.run.finished_at).is_some_and(|(lost_until, end)| lost_until >= end)
    };
    match vantage.ipv6 {
        VantageIpv6::Absent => true,
        VantageIpv6::Lost => at_end(),
        VantageIpv6::Working => false,
    }
}

/// What was known of the run's services before it: the last whole run, and later runs of parts, under the
/// same policy.
fn last_look_before(
    store: &Store,
    listed: &[ListedRun],
    run: &ListedRun,
    after: &RunResult,
) -> Result<Option<RunResult>, RunsError> {
    let Some(whole) = last_before(listed, run) else { return Ok(None) };
    let mut before = filled_in(store, listed, whole)?.known_at(run.run.started_at);
    before.loaded.policy = Arc::clone(&after.policy);
    let lineage = Lineage::of(&after.inventory, &before.loaded.inventory);
    let seen: HashSet<&ServiceId> =
        after.services.iter().filter_map(|one| lineage.then(&one.service.id)).collect();
    before.services.retain(|service| seen.contains(&service.id));
    let as_of = end_of_run(&before.stored.run);
    judge_run(store, &before, as_of).map(Some)
}

fn remember_contacts(app: &App, inventory: &str, of: &Inventory) {
    let contacts: BTreeMap<String, Vec<String>> = of
        .organisations
        .iter()
        .map(|one| (one.id.to_string(), recipients(one.contact.as_deref())))
        .filter(|(_, addresses)| !addresses.is_empty())
        .collect();
    app.jobs().set_contacts(inventory, contacts);
}

fn decided(app: &App, store: &Store, happening: &Happening) -> Result<usize, RunsError> {
    let config = app.config();
    let base_url = config.base_url.as_ref().map(url::Url::as_str);
    let contacts = app.jobs().contacts();
    let audience = Audience { config: &config.alerts, base_url, contacts: &contacts };
    Ok(decide(store, happening, &audience, app.now())?)
}
