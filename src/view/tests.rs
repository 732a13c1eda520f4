//! The view beside what judging the runs themselves says.

pub(crate) mod world;

use std::sync::Arc;

use jiff::civil::date;

use self::world::{World, judged};
use super::{ServiceFilter, ServiceOrder, Sorting, StandingFilter, View};
use crate::judge::{
    Change, Finding, Histories, History, Judged, Lineage, Look, RunResult, ServiceChange, Sight,
    changes,
};
use crate::model::{ServiceId, Verdict};
use crate::store::{Scope, Store};

/// Different histories that are made up.
const HISTORIES: u64 = 8;

/// Runs of each.
const RUNS: usize = 7;

#[test]
fn the_view_says_what_judging_the_runs_says() {
    for seed in 1..=HISTORIES {
        let mut world = World::new(seed);
        let view = View::open(world.db()).unwrap();
        for _ in 0..RUNS {
            world.scan();
            view.refresh().unwrap();
            agrees(&world, &view);
        }
        // Another process, one that was restarted, and all made anew.
        agrees(&world, &View::open(world.db()).unwrap());
        assert!(view.rebuild().unwrap().added >= world.runs().len());
        agrees(&world, &view);
        assert_eq!(view.refresh().unwrap(), super::Refreshed::default());
        // The oldest run is deleted, and then the newest.
        for at in [0, world.runs().len() - 2] {
            let id = world.runs()[at].clone();
            world.delete(&id);
            view.refresh().unwrap();
            agrees(&world, &view);
        }
    }
}

/// Compares all that a view says with the runs of the store.
fn agrees(world: &World, view: &View) {
    let store = Store::open_existing(world.db()).unwrap();
    let track = world.track(&store);
    let Some(newest) = track.iter().rposition(|run| run.scope == Scope::Whole) else {
        assert!(view.pictures().is_empty());
        return;
    };
    let picture = view.picture("i", None).unwrap();
    let whole_before_parts = judged(&store, &track[newest].run.id, None);
    let policy = Arc::clone(&whole_before_parts.policy);
    let now = world.filled_in(&store, &whole_before_parts, &track[newest + 1..]);
    assert_eq!(picture.key.run, now.run.id);
    assert_eq!(picture.key.policy, policy.sha256);
    assert_eq!(picture.result.rescans, now.rescans);
    let seen = |result: &RunResult| -> Vec<_> {
        let all = result.services.iter();
        all.map(|one| {
            let verdicts: Vec<Judged> =
                one.verdicts.unpack().into_iter().map(without_facts).collect();
            (one.service.clone(), one.standing, one.blockers.clone(), verdicts)
        })
        .collect()
    };
    assert_eq!(seen(&picture.result), seen(&now));
    assert_eq!(picture.result.vantage.len(), now.vantage.len());

    let results: Vec<RunResult> =
        track.iter().map(|run| judged(&store, &run.run.id, Some(&policy))).collect();
    assert_eq!(picture.runs.len(), track.len());
    for (seen, result) in picture.runs.iter().zip(&results) {
        assert_eq!(seen.id, result.run.id);
        assert_eq!(seen.summary, result.summary(), "{}", seen.id);
    }
    let whole: Vec<&RunResult> = results
        .iter()
        .zip(&track)
        .filter(|(_, run)| run.scope == Scope::Whole)
        .map(|(result, _)| result)
        .collect();
    for before in &whole {
        for after in &whole {
            let said = view.changes(&picture, &before.run.id, &after.run.id).unwrap();
            assert_eq!(
                told(&said.services),
                told(&news(before, after)),
                "{} {}",
                before.run.id,
                after.run.id
            );
        }
    }
    let before_last = whole.len().checked_sub(2).map(|at| whole[at]);
    let since = picture.since_last.as_ref().map(|moved| told(&moved.services));
    assert_eq!(since, before_last.map(|before| told(&news(before, &now))));

    let mut histories = Histories::default();
    for result in &results {
        let lineage = Lineage::of(&now.inventory, &result.inventory);
        let sights = result
            .services
            .iter()
            .filter_map(|one| Some((lineage.now(&one.service.id)?.clone(), Sight::of(one))));
        let run = &result.run;
        let look = Look { run: run.id.clone(), at: run.finished_at.unwrap() };
        histories.add(look, sights.collect::<Vec<_>>());
    }
    for service in &now.services {
        let id = &service.service.id;
        let said = view.history(&picture, id).unwrap().unwrap();
        let expected = histories.of(id).unwrap();
        assert_eq!(outline(&said), outline(expected), "{id}");
        let since = &picture.row_of(id).unwrap().since.run;
        assert_eq!(*since, expected.standings.last().unwrap().look.run, "{id}");
    }
    let gone = ServiceId { organisation: "o".into(), service: "never".into() };
    assert!(view.history(&picture, &gone).unwrap().is_none());
}

fn without_facts(judged: Judged) -> Judged {
    Judged { verdict: Verdict { observations: Vec::new(), ..judged.verdict }, ..judged }
}

fn news(before: &RunResult, after: &RunResult) -> Vec<ServiceChange> {
    let mut all = changes(before, after);
    all.retain(ServiceChange::is_news);
    all
}

fn told(changes: &[ServiceChange]) -> Vec<String> {
    let one = |change: &ServiceChange| {
        let ServiceChange { service, formerly, change, before, after, checks } = change;
        format!("{service:?} {formerly:?} {change:?} {before:?} {after:?} {checks:?}")
    };
    changes.iter().map(one).collect()
}

fn outline(history: &History) -> String {
    let checks = history.checks().map(|(check, steps)| {
        let steps: Vec<(String, Finding)> =
            steps.iter().map(|step| (step.look.run.to_string(), step.value)).collect();
        format!("{} {steps:?}", check.id)
    });
    let checks: Vec<String> = checks.collect();
    let History { looks, first, last, ids, standings, .. } = history;
    format!("{looks} {first:?} {last:?} {ids:?} {standings:?} {checks:#?}")
}

#[test]
fn a_damaged_view_or_another_versions_is_made_anew() {
    let mut world = World::new(3);
    (0..3).for_each(|_| world.scan());
    let view = View::open(world.db()).unwrap();
    view.refresh().unwrap();
    let file = view.file().to_owned();
    let log = file.with_file_name(format!("{}-wal", file.file_name().unwrap().to_str().unwrap()));
    drop(view);
    let sound = std::fs::read(&file).unwrap();
    let cut = |at: usize| sound[..at.min(sound.len())].to_vec();
    let mut scrambled = sound.clone();
    let middle = scrambled.len() / 2;
    scrambled[100..middle].iter_mut().for_each(|octet| *octet ^= 0x5a);
    let mut newer = sound.clone();
    newer[60..64].copy_from_slice(&9_u32.to_be_bytes());
    for bad in [b"no database".to_vec(), Vec::new(), cut(5000), scrambled, newer] {
        let _ = std::fs::remove_file(&log);
        std::fs::write(&file, &bad).unwrap();
        let view = View::open(world.db()).unwrap();
        view.refresh().unwrap();
        agrees(&world, &view);
    }
    // What was deleted while it is open comes back as well.
    let view = View::open(world.db()).unwrap();
    std::fs::remove_file(&file).unwrap();
    let _ = std::fs::remove_file(&log);
    let picture = view.picture("i.yaml", None).unwrap();
    let id = picture.result.services[0].service.id.clone();
    assert!(view.history(&picture, &id).unwrap().is_none());
    view.refresh().unwrap();
    agrees(&world, &view);
}

#[test]
fn lists_are_chosen_sorted_and_cut_into_pages() {
    let mut world = World::new(5);
    (0..4).for_each(|_| world.scan());
    let view = View::open(world.db()).unwrap();
    view.refresh().unwrap();
    let picture = view.picture("i", None).unwrap();
    let all = picture.result.services.len();
    let everything = ServiceFilter::default();
    let mut seen = Vec::new();
    let pages = picture.services(&everything, Sorting::default(), 1, 2).pages;
    assert_eq!(pages, all.div_ceil(2));
    for page in 1..=pages {
        let page = picture.services(&everything, Sorting::default(), page, 2);
        assert_eq!(page.total, all);
        seen.extend(page.rows.iter().map(|row| row.result.service.id.clone()));
    }
    let ids: Vec<_> = picture.result.services.iter().map(|one| one.service.id.clone()).collect();
    assert_eq!(seen, ids);
    assert!(picture.services(&everything, Sorting::default(), pages + 1, 2).rows.is_empty());
    let count = |filter: ServiceFilter| picture.chosen(&filter, Sorting::default()).len();
    let by_standing = [StandingFilter::Absent, StandingFilter::Unknown, StandingFilter::Retired]
        .into_iter()
        .chain(crate::model::Stage::ALL.map(StandingFilter::At));
    let standings =
        by_standing.map(|one| count(ServiceFilter { standing: Some(one), ..Default::default() }));
    assert_eq!(standings.sum::<usize>(), all);
    for check in picture.checks() {
        let id = Some(check.check.id);
        for outcome in ["pass", "fail", "not-applicable", "inconclusive"] {
            let outcome = serde_json::from_str(&format!("\"{outcome}\"")).unwrap();
            let filter = ServiceFilter { check: id, outcome: Some(outcome), ..Default::default() };
            assert_eq!(count(filter), check.count(outcome), "{}", check.check.id);
        }
        let failing = ServiceFilter { check: id, ..Default::default() };
        assert_eq!(count(failing), check.count(crate::model::Outcome::Fail));
    }
    assert_eq!(
        count(ServiceFilter { text: Some("SERVICE  www".into()), ..Default::default() }),
        all
    );
    assert_eq!(count(ServiceFilter { text: Some("nothing".into()), ..Default::default() }), 0);
    assert_eq!(count(ServiceFilter { organisation: Some("o".into()), ..Default::default() }), all);
    let changed: usize = Change::ALL
        .iter()
        .map(|change| count(ServiceFilter { change: Some(*change), ..Default::default() }))
        .sum();
    assert_eq!(changed, all);
    for by in [
        ServiceOrder::Inventory,
        ServiceOrder::Id,
        ServiceOrder::Organisation,
        ServiceOrder::Name,
        ServiceOrder::Standing,
        ServiceOrder::Severity,
        ServiceOrder::Since,
        ServiceOrder::Deadline,
    ] {
        let mut sorted = picture.chosen(&everything, Sorting { by, reversed: false });
        let mut reversed = picture.chosen(&everything, Sorting { by, reversed: true });
        reversed.reverse();
        assert_eq!(sorted, reversed);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..all).collect::<Vec<_>>());
    }
    let overview = picture.overview(date(2026, 6, 1));
    assert_eq!(overview.summary.all.services, all);
    let organisations = picture.organisations(date(2026, 6, 1));
    assert_eq!(organisations.iter().map(|one| one.counts.services).sum::<usize>(), all);
}
