//! A dashboard over the sample province's runs, as if they had been made here.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use v6ready::model::{Evidence, ServiceId};
use v6ready::store::{Asker, Recorder, Store, StoredRun};

use crate::access::{run, text};
use crate::daemon::Place;

/// The password of every user.
pub const PASSWORD: &str = "một mật khẩu khá dài";

/// A service of the sample province that is at no end of the stages.
pub const SERVICE: &str = "so-xd/quy-hoach";

/// What asks nobody but closed ports of this machine.
const SETTINGS: &str = "settings: {resolvers: [\"[::1]:9\"], control_targets: [\"[::1]:9\", \"[::1]:11\"], attempts: 1}\n";

/// The place of a dashboard with two operators, `an` and `binh`, and a viewer, `chi`; with more of the
/// configuration.
pub fn place(more: &str) -> Place {
    let place = Place::with("");
    let hash = run(&place, &["hash"], PASSWORD);
    let hash = text(&hash.stdout);
    let user = |name: &str, role: &str| {
        format!("    - {{name: {name}, role: {role}, password_hash: \"{}\"}}\n", hash.trim())
    };
    let users = [("an", "operator"), ("binh", "operator"), ("chi", "viewer")];
    let users: String = users.map(|(name, role)| user(name, role)).concat();
    place.write(
        "serve.yaml",
        &format!("serve:\n  listen: \"127.0.0.1:0\"\n  inventories: [inventory.yaml]\n  users:\n{users}{more}"),
    );
    fill(&place);
    place
}

/// Records the sample province's runs in the place's store.
fn fill(place: &Place) {
    let others = place.path("others.db");
    let runs = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample-province/runs");
    let mut files: Vec<_> =
        std::fs::read_dir(runs).unwrap().map(|entry| entry.unwrap().path()).collect();
    // Of two quarters and several weeks; more would only take longer.
    files.sort();
    files.drain(..2);
    for file in &files {
        let imported = Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .arg("--db")
            .arg(&others)
            .args(["--quiet", "runs", "import"])
            .arg(file)
            .output()
            .unwrap();
        assert!(imported.status.success(), "{}", text(&imported.stderr));
    }
    let others = Store::open_existing(&others).unwrap();
    let mut store = Store::open(&place.path("v6ready.db")).unwrap();
    let mut runs = others.runs().unwrap();
    runs.sort_by_key(|run| run.started_at);
    for run in runs {
        let StoredRun { mut run, mut inputs } = others.run(&run.id).unwrap();
        let inventory = text(&inputs.inventory);
        place.write("inventory.yaml", &asking_nobody(&inventory));
        let parsed = v6ready::inventory::parse(inventory.as_bytes(), "inventory.yaml");
        let services = parsed.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        run.vantage.name = nix::unistd::gethostname().unwrap().into_string().unwrap();
        inputs.inventory_file = place.path("inventory.yaml").display().to_string();
        let unfinished = v6ready::model::Run { finished_at: None, complete: false, ..run.clone() };
        let recorder = store.begin(&unfinished, &inputs).unwrap();
        let mut known = HashSet::new();
        let evidence = others.vantage_evidence(&run.id).unwrap();
        for (observation, _) in evidence.all() {
            recorder.record(Asker::Vantage, observation);
        }
        for service in &services.inventory.services {
            let evidence = others.evidence_of(&run.id, &service.id).unwrap();
            record(&recorder, &service.id, &evidence, &mut known);
        }
        recorder.finish(&run).unwrap();
    }
}

/// What a service rests on: a request was made once, whoever asked for it.
fn record(
    recorder: &Recorder,
    service: &ServiceId,
    evidence: &Evidence,
    known: &mut HashSet<String>,
) {
    for (observation, _) in evidence.all() {
        let key = observation.request.key();
        match known.insert(key.clone()) {
            true => drop(recorder.record(Asker::Service(service.clone()), observation)),
            false => recorder.share(service.clone(), key.into()),
        }
    }
}

/// The inventory with the same services, and settings by which nobody is asked.
fn asking_nobody(inventory: &str) -> String {
    let (before, rest) = inventory.split_once("settings:\n").unwrap();
    let (_, networks) = rest.split_once("networks:\n").unwrap();
    format!("{before}{SETTINGS}networks:\n{networks}")
}
