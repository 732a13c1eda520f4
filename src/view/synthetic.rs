//! Made-up runs, for `benches/view.rs` and `benches/formats.rs`: judged ones, and a view of them that is written as a
//! refresh writes it, without evidence that would take hours to judge.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::error::ViewError;
use super::facts::Facts;
use super::file::{ViewFile, WriteLock};
use super::key::rules_digest;
use super::packed::{compress, pack};
use super::picture::Track;
use super::seen_run::SeenRun;
use super::writer::EditionWriter;
use crate::check::{CATALOGUE, Rule};
use crate::judge::{Judged, RunResult, ServiceResult, Standing, Summary};
use crate::model::{
    Inventory, Outcome, Run, RunId, Service, Settings, Stage, Subject, SubjectName, Vantage,
    Verdict,
};
use crate::policy;
use crate::policy::Policy;
use crate::runs::load::{LoadedInventory, restored_inventory};
use crate::store::{RunInputs, Scope};

/// Organisations that the services are divided among.
const ORGANISATIONS: usize = 60;

/// Of how many services one changes in a run.
const CHANGES_EVERY: u64 = 100;

/// Where the row of made-up numbers begins.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// A view that is being made up.
pub struct Synthetic {
    file: ViewFile,
    lock: WriteLock,
    connection: Connection,
    writer: EditionWriter,
    inventory: Arc<Inventory>,
    policy: Arc<Policy>,
    inputs: RunInputs,
    states: Vec<u64>,
    random: u64,
    runs: i64,
}

impl Synthetic {
    /// Begins the view of a store with so many services.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn begin(db: &Path, services: usize) -> Result<Self, ViewError> {
        let file = ViewFile::beside(db);
        let lock = file.lock()?;
        let connection = file.writer(&lock)?;
        let fault = |detail: String| ViewError::File { path: file.path().to_owned(), detail };
        let inputs = inputs(services);
        let LoadedInventory { inventory, policy, .. } =
            restored_inventory(&inputs).map_err(|error| fault(error.to_string()))?;
        let number = 1;
        connection
            .execute(
                "INSERT INTO edition (number, is_current, rules, policy, track, run, inputs, vantage)
                 VALUES (?1, 1, ?2, ?3, '', '', x'', x'')",
                params![number, rules_digest().0, policy.sha256.0],
            )
            .map_err(|error| file.sqlite(&error))?;
        let writer =
            EditionWriter::open(&connection, number).map_err(|error| file.sqlite(&error))?;
        let states = vec![0; inventory.services.len()];
        let (random, runs) = (SEED, 0);
        Ok(Self { file, lock, connection, writer, inventory, policy, inputs, states, random, runs })
    }

    /// Adds a whole run, a day after the one before.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_run(&mut self, is_latest: bool) -> Result<(), ViewError> {
        for at in 0..self.states.len() {
            self.random = next(self.random);
            if self.runs == 0 || self.random.is_multiple_of(CHANGES_EVERY) {
                self.states[at] = self.random >> 32;
            }
        }
        let position = self.runs;
        self.runs += 1;
        let fault = |detail: &str| ViewError::File {
            path: self.file.path().to_owned(),
            detail: detail.to_owned(),
        };
        let run = run(position).ok_or_else(|| fault("no run has such an id"))?;
        let results: Vec<ServiceResult> = self
            .inventory
            .services
            .iter()
            .zip(&self.states)
            .map(|(service, state)| result(service, *state, &self.policy))
            .collect();
        let seen = SeenRun {
            id: run.id.clone(),
            started_at: run.started_at,
            ended_at: run.finished_at.unwrap_or(run.started_at),
            scope: Scope::Whole,
            ipv6: run.vantage.ipv6,
            summary: Summary::of(&results),
        };
        let _held = &self.lock;
        let transaction =
            self.connection.transaction().map_err(|error| self.file.sqlite(&error))?;
        let edition = self.writer.edition();
        let names = self.inventory.services.iter();
        let names = names.map(|one| (one.id.clone(), one.formerly.clone())).collect();
        let track = Track {
            inventory_id: self.inputs.inventory_id.clone(),
            inventory_file: self.inputs.inventory_file.clone(),
            namesake: 0,
            vantage: run.vantage.name.clone(),
            is_imported: false,
        };
        let write = || -> rusqlite::Result<()> {
            self.writer.begin_run(&transaction, position, &seen, names)?;
            let mut there = HashSet::new();
            for (place, result) in results.iter().enumerate() {
                let facts = Facts::of(result, is_latest);
                there.insert(facts.id.clone());
                self.writer.add(&transaction, position, Scope::Whole, &facts)?;
                let Some(latest) = facts.latest else { continue };
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO latest
                         (edition, place, service, rescan, standing, blockers, verdicts)
                         VALUES (?1, ?2, ?3, NULL, ?4, ?5, ?6)",
                    )?
                    .execute(params![
                        edition,
                        place as i64,
                        facts.definition,
                        facts.standing,
                        latest.blockers,
                        latest.verdicts
                    ])?;
            }
            self.writer.end_whole_run(&transaction, position, &there)?;
            let inputs = serde_json::to_vec(&self.inputs).unwrap_or_default();
            transaction.execute(
                "UPDATE edition SET track = ?2, run = ?3, inputs = ?4, vantage = ?5
                 WHERE number = ?1",
                params![
                    edition,
                    track.to_json(),
                    serde_json::to_string(&run).unwrap_or_default(),
                    compress(&inputs),
                    pack(&[])
                ],
            )?;
            Ok(())
        };
        write().map_err(|error| self.file.sqlite(&error))?;
        transaction.commit().map_err(|error| self.file.sqlite(&error))
    }
}

/// A judged run of so many services, without a view.
pub fn judged_run(services: usize) -> Option<RunResult> {
    let LoadedInventory { inventory, policy, .. } = restored_inventory(&inputs(services)).ok()?;
    let run = run(0)?;
    let mut random = SEED;
    let results = inventory.services.iter().map(|service| {
        random = next(random);
        result(service, random >> 32, &policy)
    });
    let services = results.collect();
    let as_of = run.finished_at.unwrap_or(run.started_at);
    Some(RunResult {
        run,
        inventory,
        policy,
        as_of,
        is_day_given: true,
        vantage: Vec::new(),
        services,
        rescans: BTreeMap::new(),
        excerpt: None,
    })
}

/// The next of a row of numbers that are the same each time (xorshift).
fn next(mut random: u64) -> u64 {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    random
}

fn inputs(services: usize) -> RunInputs {
    let name = policy::DEFAULT;
    RunInputs {
        inventory_file: "inventory.yaml".into(),
        inventory_id: Some("bench".into()),
        only: Vec::new(),
        settings: Settings::default(),
        inventory: inventory(services).into_bytes(),
        policy_name: name.into(),
        policy_yaml: policy::built_in(name).unwrap_or_default().into(),
    }
}

fn run(position: i64) -> Option<Run> {
    let began = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (20_000 + position));
    Some(Run {
        id: RunId::parse(&format!("run{position:04}")).ok()?,
        started_at: began,
        finished_at: Some(began + SignedDuration::from_hours(1)),
        vantage: Vantage::new("here", &[]),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        complete: true,
    })
}

fn inventory(services: usize) -> String {
    let mut text = String::from(
        "version: 1\nid: bench\nsettings: {resolvers: [\"192.0.2.53\"]}\norganisations:\n",
    );
    let share = services.div_ceil(ORGANISATIONS);
    for organisation in 0..ORGANISATIONS {
        text.push_str(&format!(
            "  - id: o{organisation}\n    name: Organisation {organisation}\n    services:\n"
        ));
        for service in 0..share.min(services.saturating_sub(organisation * share)) {
            text.push_str(&format!(
                "      - {{id: s{service}, name: Service {service}, category: portal, tags: [t{}], \
                 web: \"https://s{service}.o{organisation}.example/\"}}\n",
                service % 7
            ));
        }
    }
    text
}

/// A service of which most holds; what fails, and on what, follows from its state.
fn result(service: &Arc<Service>, state: u64, policy: &Policy) -> ServiceResult {
    let services = CATALOGUE.iter().filter(|check| !matches!(check.rule, Rule::Vantage(_)));
    let verdicts = services.enumerate().map(|(at, check)| {
        let fails = (state >> (at % 24)) & 0xf == 0xf;
        let outcome = if fails { Outcome::Fail } else { Outcome::Pass };
        let declared = check.reasons.iter().find(|reason| reason.outcome == outcome);
        let declared = declared.or(check.reasons.first());
        let (outcome, reason) =
            declared.map_or((Outcome::Inconclusive, "not-observed"), |one| (one.outcome, one.id));
        let name = format!("2001:db8:{:x}::{:x}", state & 0xfff, at % 3 + 1);
        let subject = name.parse().map(|address| Subject {
            name: SubjectName::Address(address),
            outcome,
            reason,
            detail: vec![("value", format!("{:x}", state >> 8))],
        });
        let verdict =
            Verdict { subjects: subject.into_iter().collect(), ..Verdict::plain(outcome, reason) };
        let severity =
            policy.severity(check.id, reason).unwrap_or_else(|| check.severity_of(reason));
        Judged { check, severity, verdict }
    });
    let stage = Stage::ALL[usize::try_from(state % 5).unwrap_or_default()];
    ServiceResult {
        service: Arc::clone(service),
        standing: Standing::At(stage),
        blockers: Vec::new(),
        verdicts: verdicts.collect(),
    }
}
