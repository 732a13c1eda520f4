//! `v6ready report --quarter`: finds the runs that a quarter's report speaks of, and judges all of
//! them by today's rules under one policy.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};

use super::cli::{AsOf, ReportArgs, ReportFormat};
use super::error::CliError;
use super::gate::Gate;
use super::load;
use super::report::{letterhead, write_whole};
use super::stored_run::{self, LoadedRun};
use crate::judge;
use crate::judge::quarter::{Material, Point, Previous, Quarter, Review};
use crate::judge::{Counts, JudgeContext};
use crate::model::{Run, RunId, VantageIpv6};
use crate::policy::Policy;
use crate::report::letterhead::Letterhead;
use crate::report::quarter::{self, QuarterContext};
use crate::report::{ReportContext, csv, junit, pdf, xlsx};
use crate::store::{ListedRun, Store};

/// Earlier quarters in the trend at the most: two years.
const EARLIER_QUARTERS_MAX: usize = 8;

/// Writes the quarter's files and names them on stdout.
///
/// # Errors
/// When the quarter has no run, the store can't be read, or a file can't be written.
pub(super) fn report(
    store: &Store,
    quarter: Quarter,
    args: &ReportArgs,
) -> Result<ExitCode, CliError> {
    let question = Question {
        quarter,
        run: args.run.as_deref(),
        as_of: args.as_of,
        policy: args.policy.as_deref(),
    };
    let review = review(store, &question)?;
    let lang = args.lang.unwrap_or(review.closing.inventory.lang);
    let sheet = QuarterContext { review: &review, lang };
    let problem = |path: &Path, error: io::Error| {
        CliError::mend(format!("{} can't be written: {error}", path.display()))
    };
    let letterhead = letterhead(args.letterhead.as_deref())?;
    fs::create_dir_all(&args.out).map_err(|error| problem(&args.out, error))?;
    for (ending, write) in args.format.iter().flat_map(|format| renderers(*format)) {
        let path: PathBuf = args.out.join(format!("{quarter}{ending}"));
        write_whole(&path, |out| write(&sheet, &letterhead, out))
            .map_err(|error| problem(&path, error))?;
        println!("{}", path.display());
    }
    Ok(Gate::of(&args.gate).judge(&review.closing))
}

type Renderer = fn(&QuarterContext<'_>, &Letterhead, &mut dyn io::Write) -> io::Result<()>;

/// The files of a format: how each one's name ends, and who writes it.
fn renderers(format: ReportFormat) -> &'static [(&'static str, Renderer)] {
    match format {
        ReportFormat::Html => &[(".html", |sheet, _, out| quarter::html::write(sheet, out))],
        ReportFormat::Markdown => &[(".md", |sheet, _, out| quarter::markdown::write(sheet, out))],
        ReportFormat::Json => &[(".json", |sheet, _, out| quarter::json::write(sheet, out))],
        ReportFormat::Pdf => &[(".pdf", pdf::quarter::write)],
        ReportFormat::Xlsx => &[(".xlsx", |sheet, _, out| xlsx::quarter::write(sheet, out))],
        // The services and verdicts of the closing run, and the work that the quarter leaves.
        ReportFormat::Csv => &[
            (".csv", |sheet, _, out| csv::write_services(&closing_sheet(sheet), out)),
            (".verdicts.csv", |sheet, _, out| csv::write_verdicts(&closing_sheet(sheet), out)),
            (".work.csv", |sheet, _, out| csv::write_work(sheet, out)),
        ],
        ReportFormat::Junit => {
            &[(".junit.xml", |sheet, _, out| junit::write(&closing_sheet(sheet), out))]
        }
    }
}

/// The closing run by itself, without evidence.
fn closing_sheet<'a>(sheet: &QuarterContext<'a>) -> ReportContext<'a> {
    ReportContext { result: &sheet.review.closing, lang: sheet.lang, facts: &|_| None }
}

/// The closing run of a quarter: the last complete one of a whole inventory.
///
/// # Errors
/// When there is none, or the store can't be read.
pub(super) fn closing(store: &Store, quarter: Quarter) -> Result<RunId, CliError> {
    let listed = store.listed().map_err(CliError::of_error)?;
    let timezone = timezone(store, &listed, None)?;
    closing_run(&candidates(listed, &timezone), quarter, None, &timezone)
}

/// The closing run of each quarter, of each inventory.
///
/// # Errors
/// When the store can't be read.
pub(super) fn closings(store: &Store) -> Result<HashSet<RunId>, CliError> {
    let listed = store.listed().map_err(CliError::of_error)?;
    if !listed.iter().any(is_candidate) {
        return Ok(HashSet::new());
    }
    let timezone = timezone(store, &listed, None)?;
    let mut closings = HashMap::new();
    for run in candidates(listed, &timezone) {
        let file = Path::new(&run.file).file_name().map(ToOwned::to_owned);
        closings.insert((file, Quarter::of(run.day)), run.run.id);
    }
    Ok(closings.into_values().collect())
}

/// When a run ended, or began when it did not end.
pub(super) fn ended_at(run: &Run) -> Timestamp {
    run.finished_at.unwrap_or(run.started_at)
}

/// What is asked for.
pub(super) struct Question<'a> {
    /// The quarter.
    pub quarter: Quarter,
    /// The closing run, when it is named.
    pub run: Option<&'a str>,
    /// The moment of the judgement; default: the end of the closing run.
    pub as_of: Option<AsOf>,
    /// The policy; default: the closing run's own.
    pub policy: Option<&'a str>,
}

/// A run that can close a quarter or stand in a trend.
struct Candidate {
    run: Run,
    file: String,
    ended_at: Timestamp,
    day: Date,
}

/// Reviews a quarter from the runs of a store.
///
/// # Errors
/// When there is no such run, or the store can't be read.
pub(super) fn review(store: &Store, question: &Question<'_>) -> Result<Review, CliError> {
    let listed = store.listed().map_err(CliError::of_error)?;
    let timezone = timezone(store, &listed, question.run)?;
    let as_of = question.as_of.map(|as_of| as_of.moment(&timezone));
    let candidates = candidates(listed, &timezone);
    let id = match question.run {
        Some(run) => RunId(run.to_owned()),
        None => closing_run(&candidates, question.quarter, as_of, &timezone)?,
    };
    let mut closing = stored_run::open(store, Some(&id.0))?;
    if let Some(policy) = question.policy {
        (closing.loaded.policy, _) = load::policy(policy)?;
    }
    let policy = closing.loaded.policy.clone();
    let ended_at = ended_at(&closing.stored.run);
    let closing_id = closing.stored.run.id.clone();
    let file = closing.stored.inputs.inventory_file.clone();
    let series: Vec<Candidate> = candidates
        .into_iter()
        .filter(|run| run.run.id != closing_id && is_same_file(&run.file, &file))
        .filter(|run| run.ended_at <= ended_at)
        .collect();
    let (mut earlier, weekly) = chosen(&series, question.quarter);
    let previous = earlier.pop().map(|run| previous(store, run, &policy)).transpose()?;
    let ids: Vec<&RunId> = earlier.iter().chain(&weekly).map(|run| &run.run.id).collect();
    let mut points = points(store.path(), &ids, &policy)?;
    points.extend(previous.as_ref().map(|previous| Point::of(&previous.result)));
    let closing = stored_run::judge(store, &closing, as_of.unwrap_or(ended_at))?;
    Ok(Review::of(Material { quarter: question.quarter, closing, previous, points }))
}

/// By whose clocks quarters begin: the named run's inventory, or the newest whole run's.
fn timezone(store: &Store, listed: &[ListedRun], run: Option<&str>) -> Result<String, CliError> {
    let newest = || listed.iter().find(|run| is_candidate(run)).map(|run| run.run.id.0.as_str());
    match run.or_else(newest) {
        Some(run) => Ok(stored_run::open(store, Some(run))?.loaded.inventory.timezone.clone()),
        None => Err(CliError::mend("the store holds no complete run of a whole inventory")
            .help("`v6ready scan` without `--only` makes one; `v6ready runs` lists what there is")),
    }
}

/// Whether a run says how a whole inventory stood.
fn is_candidate(listed: &ListedRun) -> bool {
    listed.whole
        && listed.run.complete
        && listed.run.vantage.ipv6 != VantageIpv6::Absent
        && listed.inventory_file != load::COMMAND_LINE
}

/// The runs that may stand in a report, the earliest first.
fn candidates(listed: Vec<ListedRun>, timezone: &str) -> Vec<Candidate> {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let mut candidates: Vec<_> = listed
        .into_iter()
        .filter(is_candidate)
        .map(|listed| {
            let ended_at = ended_at(&listed.run);
            let day = zone.to_datetime(ended_at).date();
            Candidate { run: listed.run, file: listed.inventory_file, ended_at, day }
        })
        .collect();
    candidates.sort_by(|a, b| (a.ended_at, &a.run.id).cmp(&(b.ended_at, &b.run.id)));
    candidates
}

fn closing_run(
    candidates: &[Candidate],
    quarter: Quarter,
    as_of: Option<Timestamp>,
    timezone: &str,
) -> Result<RunId, CliError> {
    let closing = candidates
        .iter()
        .rev()
        .filter(|run| as_of.is_none_or(|as_of| run.ended_at <= as_of))
        .find(|run| Quarter::of(run.day) == quarter);
    if let Some(closing) = closing {
        return Ok(closing.run.id.clone());
    }
    let mut quarters: Vec<_> = candidates.iter().map(|run| Quarter::of(run.day)).collect();
    quarters.dedup();
    let quarters: Vec<_> = quarters.iter().map(ToString::to_string).collect();
    let before = if as_of.is_some() { " before the moment of the judgement" } else { "" };
    Err(CliError::mend(format!(
        "no complete run of a whole inventory ended in {quarter}{before}, by the clocks of {timezone}"
    ))
    .help(format!("the store has such runs in {}", quarters.join(", "))))
}

/// One store serves one inventory; the folder that it is read from may change.
fn is_same_file(a: &str, b: &str) -> bool {
    Path::new(a).file_name() == Path::new(b).file_name()
}

/// The closing runs of earlier quarters, and the last run of each week of this one; both the
/// earliest first.
fn chosen(series: &[Candidate], quarter: Quarter) -> (Vec<&Candidate>, Vec<&Candidate>) {
    let mut closings = BTreeMap::new();
    let mut weeks = BTreeMap::new();
    for run in series {
        let its = Quarter::of(run.day);
        if its < quarter {
            closings.insert(its, run);
        } else if its == quarter {
            let week = run.day.iso_week_date();
            weeks.insert((week.year(), week.week()), run);
        }
    }
    let mut earlier: Vec<_> = closings.into_values().collect();
    earlier.drain(..earlier.len().saturating_sub(EARLIER_QUARTERS_MAX));
    (earlier, weeks.into_values().collect())
}

fn previous(store: &Store, run: &Candidate, policy: &Arc<Policy>) -> Result<Previous, CliError> {
    let mut case = stored_run::open(store, Some(&run.run.id.0))?;
    case.loaded.policy = Arc::clone(policy);
    let result = stored_run::judge(store, &case, run.ended_at)?;
    Ok(Previous { quarter: Quarter::of(run.day), result })
}

/// Judges where the services of several runs stood, on all processors: each thread has a
/// connection of its own.
fn points(db: &Path, ids: &[&RunId], policy: &Policy) -> Result<Vec<Point>, CliError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = ids.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = ids
            .chunks(share)
            .map(|ids| {
                scope.spawn(move || {
                    let store = Store::open_existing(db).map_err(CliError::of_error)?;
                    ids.iter()
                        .map(|id| point(&store, id, policy))
                        .collect::<Result<Vec<_>, CliError>>()
                })
            })
            .collect();
        let mut points = Vec::new();
        for worker in workers {
            let judged = worker.join().map_err(|_| CliError::fault("a judging thread has died"))?;
            points.extend(judged?);
        }
        Ok(points)
    })
}

fn point(store: &Store, id: &RunId, policy: &Policy) -> Result<Point, CliError> {
    let LoadedRun { stored, loaded, services } = stored_run::open(store, Some(&id.0))?;
    let run = stored.run;
    let bench = JudgeContext {
        inventory: &loaded.inventory,
        vantage: &run.vantage,
        policy,
        trust: &loaded.trust,
        as_of: ended_at(&run),
    };
    let mut counts = Counts::default();
    for service in &services {
        let evidence = store.evidence_of(&run.id, &service.id).map_err(CliError::of_error)?;
        counts.add(judge::judge_standing(&bench, service, &evidence));
    }
    let day = judge::day_of(bench.as_of, &loaded.inventory.timezone);
    Ok(Point {
        run: run.id.clone(),
        quarter: Quarter::of(day),
        day,
        counts,
        vantage: run.vantage.name.clone(),
        ipv6: run.vantage.ipv6,
    })
}
