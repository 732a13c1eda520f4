//! Runs that move between stores, copies, and runs that go.

use std::sync::Arc;

use rusqlite::Connection;

use super::{dns, id, inputs, opened, page, run, service};
use crate::model::{NetFailure, Reply, Run, RunId};
use crate::store::*;

/// A finished run of these facts.
fn record(store: &mut Store, name: &str, facts: &[Arc<crate::model::Observation>]) -> RunId {
    let run = run(name);
    let recorder = store.begin(&run, &inputs()).unwrap();
    for fact in facts {
        recorder.record(service("one"), fact);
        recorder.share(id("two"), fact.request.key().into());
    }
    recorder.record(Asker::Vantage, &facts[0]);
    recorder.finish(&Run { complete: true, ..run.clone() }).unwrap();
    run.id
}

fn facts() -> Vec<Arc<crate::model::Observation>> {
    let failed = Reply::DnsFailed(NetFailure::TimedOut);
    vec![dns("a.example", 1, failed), page(&[7; 5000])]
}

#[test]
fn an_exported_run_is_the_same_in_another_store() {
    let (_folder, mut store) = opened();
    let name = record(&mut store, "20261126T000000Z-aaaa", &facts());
    let mut file = Vec::new();
    let exported = store.export(&RunId::of_tests("20261126"), &mut file, None).unwrap();
    assert_eq!((&exported.run, exported.file), (&name, crate::model::Digest::of(&file)));
    let mut again = Vec::new();
    store.export(&name, &mut again, None).unwrap();
    assert_eq!(file, again);
    let (_other_folder, mut other) = opened();
    let unsigned = Provenance { file: exported.file, signer: None };
    let imported = Imported { run: name.clone(), was_known: false, provenance: unsigned };
    assert_eq!(other.import(&file[..], None).unwrap(), imported);
    assert_eq!(other.listed_runs().unwrap()[0].imported, Some(imported.provenance.clone()));
    assert_eq!(other.run(&name).unwrap(), store.run(&name).unwrap());
    for service in ["one", "two"] {
        let evidence = |store: &Store| store.evidence_of(&name, &id(service)).unwrap();
        assert_eq!(evidence(&other).all(), evidence(&store).all());
    }
    let tests = |store: &Store| store.vantage_evidence(&name).unwrap().len();
    assert_eq!(tests(&other), tests(&store));
    // Twice is once, and another run of that name is not taken for it.
    let known = Imported { was_known: true, ..imported };
    assert_eq!(other.import(&file[..], None).unwrap(), known);
    let (_third_folder, mut third) = opened();
    third.begin(&run(name.as_str()), &RunInputs { only: Vec::new(), ..inputs() }).unwrap();
    assert!(matches!(third.import(&file[..], None), Err(TransferError::Taken { .. })));
    let mut back = Vec::new();
    other.export(&name, &mut back, None).unwrap();
    assert_eq!(back, file);
}

#[test]
fn an_exported_run_names_no_folder_of_this_machine() {
    let (_folder, mut store) = opened();
    let name = RunId::of_tests("20261126T000000Z-aaaa");
    let from = RunInputs { inventory_file: "/home/somebody/inventory.yaml".into(), ..inputs() };
    store.begin(&run(name.as_str()), &from).unwrap().flush().unwrap();
    let mut file = Vec::new();
    store.export(&name, &mut file, None).unwrap();
    let (_other_folder, mut other) = opened();
    other.import(&file[..], None).unwrap();
    assert_eq!(other.run(&name).unwrap().inputs.inventory_file, "inventory.yaml");
    // Where it came from it is still the same run.
    assert!(store.import(&file[..], None).unwrap().was_known);
}

#[test]
fn a_file_that_was_cut_off_or_changed_leaves_nothing() {
    let (_folder, mut store) = opened();
    let name = record(&mut store, "r", &facts());
    let mut file = Vec::new();
    store.export(&name, &mut file, None).unwrap();
    let (_other_folder, mut other) = opened();
    for end in [0, 1, file.len() / 2, file.len() - 1] {
        assert!(other.import(&file[..end], None).is_err(), "{end}");
        assert!(other.runs().unwrap().is_empty());
    }
    for at in (0..file.len()).step_by(file.len() / 40 + 1) {
        let mut changed = file.clone();
        changed[at] ^= 0x10;
        // A flag of the frame's header may not matter; then nothing else may have changed either.
        if other.import(&changed[..], None).is_ok() {
            let mut back = Vec::new();
            other.export(&name, &mut back, None).unwrap();
            assert_eq!(back, file, "{at}");
            other.prune(std::slice::from_ref(&name)).unwrap();
        }
        assert!(other.runs().unwrap().is_empty(), "{at}");
    }
    // The same lines without their end, with one too many, or of a newer kind.
    let lines = String::from_utf8(zstd::stream::decode_all(&file[..]).unwrap()).unwrap();
    let without = lines.trim_end().rsplit_once('\n').unwrap().0;
    let newer = lines.replace(RUN_SCHEMA, "v6ready/run/2");
    for text in [without, &format!("{without}\n{lines}"), &format!("{lines}x\n"), &newer, "{}\n"] {
        let packed = zstd::bulk::compress(text.as_bytes(), 1).unwrap();
        assert!(other.import(&packed[..], None).is_err(), "{text}");
        assert!(other.runs().unwrap().is_empty());
    }
    let packed = zstd::bulk::compress(newer.as_bytes(), 1).unwrap();
    assert!(matches!(other.import(&packed[..], None), Err(TransferError::Newer { .. })));
}

#[test]
fn what_other_runs_rest_on_stays() {
    let (_folder, mut store) = opened();
    let own = page(&[9; 5000]);
    let shared = facts();
    let first = record(&mut store, "first", &[Arc::clone(&shared[0]), own]);
    let second = record(&mut store, "second", &shared);
    assert_eq!(store.verify().unwrap(), Contents { runs: 2, observations: 3, blobs: 2 });
    store.prune(&[first]).unwrap();
    assert_eq!(store.verify().unwrap(), Contents { runs: 1, observations: 2, blobs: 1 });
    assert_eq!(store.evidence_of(&second, &id("one")).unwrap().len(), 2);
    store.prune(&[second]).unwrap();
    assert_eq!(store.verify().unwrap(), Contents::default());
}

#[test]
fn nothing_is_pruned_or_imported_under_a_scan() {
    let (_folder, mut store) = opened();
    let name = record(&mut store, "r", &facts());
    let mut file = Vec::new();
    store.export(&name, &mut file, None).unwrap();
    let _scan = store.begin(&run("s"), &inputs()).unwrap();
    assert!(matches!(store.prune(&[name]), Err(StoreError::Busy { .. })));
    let imported = store.import(&file[..], None);
    assert!(matches!(imported, Err(TransferError::Store(StoreError::Busy { .. }))));
}

#[test]
fn a_copy_is_whole_while_a_scan_goes_on() {
    let (folder, mut store) = opened();
    record(&mut store, "r", &facts());
    let recorder = store.begin(&run("s"), &inputs()).unwrap();
    let fact = dns("b.example", 1, Reply::DnsFailed(NetFailure::Refused));
    recorder.record(service("one"), &fact);
    recorder.flush().unwrap();
    let copy = folder.path().join("copy.db");
    store.copy_to(&copy).unwrap();
    assert!(store.copy_to(&copy).is_err(), "a copy is written over");
    let copied = Store::open_existing(&copy).unwrap();
    assert_eq!(copied.verify().unwrap(), store.verify().unwrap());
    assert_eq!(copied.evidence_of(&RunId::of_tests("s"), &id("one")).unwrap().len(), 1);
    drop(recorder);
}

#[test]
fn every_kind_of_damage_is_found() {
    for damage in [
        "UPDATE blob SET octets = x'00'",
        "DELETE FROM blob",
        "UPDATE observation SET document = x'00'",
        "PRAGMA foreign_keys = OFF; DELETE FROM answer",
        "UPDATE run SET inputs = '{}'",
    ] {
        let (folder, mut store) = opened();
        record(&mut store, "r", &facts());
        store.verify().unwrap();
        let hand = Connection::open(folder.path().join("v6ready.db")).unwrap();
        hand.execute_batch(damage).unwrap();
        assert!(matches!(store.verify(), Err(StoreError::Damaged { .. })), "{damage}");
    }
}
