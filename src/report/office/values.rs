//! The values that a template may ask for. Texts are cleaned here; numbers stay numbers.

use serde::Serialize;

use super::matter::Matter;
use crate::judge::quarter::Group;
use crate::judge::{Change, Counts, Progress};
use crate::model::{Lang, Outcome, Stage};
use crate::report::causes::causes;
use crate::report::describe::{clean, prose};
use crate::report::letterhead::Letterhead;
use crate::report::quarter::{change, kind, quarter_name};
use crate::report::{overview, owner, quarter, texts};

/// Names in one list of the body at the most, so that it stays short whatever the size.
const NAMES_MAX: usize = 3;

/// Causes that the body tells.
const CAUSES_MAX: usize = 5;

/// Characters of a name in the body.
const NAME_MAX: usize = 120;

macro_rules! values {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*; $($dotted:literal)*) => {
        /// The values of a template.
        #[derive(Serialize)]
        pub(super) struct Values { $($(#[$doc])* pub $name: $type,)* }

        /// What a template may ask for; what the items of lists have is not among it.
        pub(super) const NAMES: &[&str] = &[$(stringify!($name),)* $($dotted,)*];
    };
}

values! {
    /// `quý IV năm 2026`; missing in the report of one run.
    quarter: Option<String>,
    /// The day of the judgement.
    judged_on: String,
    /// When the run ended.
    measured_at: String,
    /// The inventory's title.
    inventory: String,
    /// The organisation that the report is written to; missing when it is about all.
    organisation: Option<String>,
    /// The body above the one that reports; may be empty.
    superior: String,
    /// The body that reports; may be empty.
    issuer: String,
    /// The letterhead's paragraphs before the first section.
    opening: Vec<String>,
    /// The letterhead's paragraphs after the last section.
    closing: Vec<String>,
    /// The letterhead's subject; may be empty.
    subject: String,
    /// Services of the inventory.
    services: usize,
    /// Those that are not retired.
    counted: usize,
    /// Those that are retired.
    retired: usize,
    /// Organisations with services.
    organisations: usize,
    /// Services that reached the stage that is aimed at.
    reached: usize,
    /// Services that did not.
    behind: usize,
    /// Services of which it is not known.
    undecided: usize,
    /// Services of which it is known.
    decided: usize,
    /// The share of those that reached it; missing where nothing is known.
    share: Option<String>,
    /// Services whose stage is unknown.
    unknown: usize,
    /// Services whose name does not exist.
    absent: usize,
    /// Services with failures of the highest severity.
    critical: usize,
    /// The stage that is aimed at.
    aim: StageValue,
    /// All stages that are judged.
    stages: Vec<StageValue>,
    /// The vantage point's name.
    vantage: String,
    /// The policy's title.
    policy: String,
    /// What the policy rests on.
    policy_source: String,
    /// The days whose runs count for the quarter; missing for one run.
    period: Option<PeriodValue>,
    /// What weakens the report.
    caveats: Vec<String>,
    /// The categories.
    categories: Vec<GroupValue>,
    /// The organisations with the highest share.
    best: Vec<GroupValue>,
    /// The organisations with the lowest share.
    worst: Vec<GroupValue>,
    /// The quarter that this one is compared with.
    previous: Option<PreviousValue>,
    /// Points of the trend.
    trend: usize,
    /// What the policy asks of all services.
    plan: Option<PlanValue>,
    /// The targets of the services.
    targets: TargetsValue,
    /// Recorded exemptions.
    exemptions: usize,
    /// Exemptions that have ended.
    exemptions_expired: usize,
    /// Exemptions that end soon.
    exemptions_soon: usize,
    /// What came and went within the quarter.
    incidents: usize,
    /// The causes of failures, what lifts most services first.
    causes: Vec<CauseValue>,
    /// All causes of failures.
    causes_total: usize,
    /// The cause that most services share.
    shared: Option<SharedValue>,
    /// Why something could not be found out.
    unknowns: Vec<CauseValue>,
    /// Whose servers and services others depend on.
    providers: Vec<String>,
    ;
    "aim.number" "aim.name" "period.first" "period.last"
    "previous.quarter" "previous.share" "previous.points" "previous.direction" "previous.improved"
    "previous.worsened" "previous.became_unknown" "previous.appeared" "previous.disappeared"
    "previous.worsened_names" "previous.words"
    "plan.stage" "plan.by" "plan.ended" "plan.overdue" "plan.left" "plan.reached" "plan.behind"
    "plan.unknown" "plan.exempt" "plan.progress" "plan.words"
    "targets.total" "targets.missed" "targets.undetermined" "targets.due" "targets.exempt"
    "targets.reached"
    "shared.kind" "shared.name" "shared.services" "shared.lifts"
}

/// A stage.
#[derive(Serialize)]
pub(super) struct StageValue {
    pub number: u8,
    pub name: &'static str,
}

#[derive(Serialize)]
pub(super) struct PeriodValue {
    pub first: String,
    pub last: String,
}

/// The services of a category or an organisation.
#[derive(Serialize)]
pub(super) struct GroupValue {
    pub name: String,
    pub services: usize,
    pub reached: usize,
    pub decided: usize,
    pub share: Option<String>,
}

#[derive(Serialize)]
pub(super) struct PreviousValue {
    pub quarter: String,
    pub share: Option<String>,
    /// The difference of both shares without its sign, in points.
    pub points: Option<String>,
    /// `up`, `down` or `same`.
    pub direction: &'static str,
    pub improved: usize,
    pub worsened: usize,
    pub became_unknown: usize,
    pub appeared: usize,
    pub disappeared: usize,
    pub worsened_names: Vec<String>,
    /// All of these counts in words.
    pub words: String,
}

#[derive(Serialize)]
pub(super) struct PlanValue {
    pub stage: u8,
    pub by: String,
    /// Whether its deadline has passed.
    pub ended: bool,
    /// Days since the deadline, or 0.
    pub overdue: u32,
    /// Days to the deadline, or 0.
    pub left: u32,
    pub reached: usize,
    pub behind: usize,
    pub unknown: usize,
    pub exempt: usize,
    /// `missed`, `undetermined`, `due`, `exempt` or `reached`.
    pub progress: &'static str,
    /// The same in words.
    pub words: &'static str,
}

#[derive(Serialize)]
pub(super) struct TargetsValue {
    pub total: usize,
    pub missed: usize,
    pub undetermined: usize,
    pub due: usize,
    pub exempt: usize,
    pub reached: usize,
}

/// A cause.
#[derive(Serialize)]
pub(super) struct CauseValue {
    /// One sentence without its full stop.
    pub finding: String,
    pub services: usize,
    pub lifts: usize,
    pub holds: usize,
    /// How it is fixed; may be empty.
    pub remedy: String,
}

#[derive(Serialize)]
pub(super) struct SharedValue {
    pub kind: String,
    pub name: String,
    pub services: usize,
    pub lifts: usize,
}

impl Values {
    pub(super) fn of(matter: &Matter<'_>, letterhead: &Letterhead) -> Self {
        let (lang, result) = (matter.lang, matter.result);
        let summary = result.summary();
        let counts = summary.all;
        let aim = result.policy.aim();
        let zone = &result.inventory.timezone;
        let stage =
            |stage: Stage| StageValue { number: stage.number(), name: stage.name().get(lang) };
        let share = |counts: &Counts| counts.percent_at_least(aim).map(|p| texts::percent(p, lang));
        let group = |name: String, counts: &Counts| GroupValue {
            name: shortened(&name),
            services: counts.counted(),
            reached: counts.at_least(aim),
            decided: counts.decided(aim),
            share: share(counts),
        };
        let ranked = ranked(&matter.organisations, aim);
        let ends = ranked.len().min(NAMES_MAX).min(ranked.len() / 2);
        let target = |progress| matter.targets.iter().filter(|t| t.progress == progress).count();
        let ended_at = result.run.finished_at.unwrap_or(result.run.started_at);
        Self {
            quarter: matter.quarter.map(|quarter| quarter_name(quarter, lang)),
            judged_on: texts::day(crate::judge::day_of(result.as_of, zone), lang),
            measured_at: texts::moment(ended_at, zone, lang),
            inventory: shortened(&clean(&result.inventory.title)),
            organisation: result.organisation().map(|_| shortened(&overview::subject(result))),
            superior: letterhead.superior(lang),
            issuer: letterhead.issuer(lang),
            opening: letterhead.opening(lang).collect(),
            closing: letterhead.closing(lang).collect(),
            subject: letterhead.subject(lang),
            services: counts.services,
            counted: counts.counted(),
            retired: counts.retired,
            organisations: matter.organisations.len(),
            reached: counts.at_least(aim),
            behind: counts.below(aim),
            undecided: counts.undecided(aim),
            decided: counts.decided(aim),
            share: share(&counts),
            unknown: counts.unknown,
            absent: counts.absent,
            critical: summary.critical,
            aim: stage(aim),
            stages: Stage::ALL
                .into_iter()
                .filter(|one| *one <= result.policy.highest_stage())
                .map(stage)
                .collect(),
            vantage: shortened(&clean(&result.run.vantage.name)),
            policy: clean(result.policy.title(lang)),
            policy_source: clean(result.policy.source(lang)),
            period: matter.quarter.map(|quarter| {
                let period = result.inventory.reporting;
                PeriodValue {
                    first: texts::day(quarter.first_counting_day(period), lang),
                    last: texts::day(quarter.last_counting_day(period), lang),
                }
            }),
            caveats: matter.caveats.clone(),
            categories: matter
                .categories
                .iter()
                .map(|one| group(texts::category(one.of).get(lang).to_owned(), &one.counts))
                .collect(),
            best: ranked[..ends]
                .iter()
                .map(|one| group(clean(&one.of.name), &one.counts))
                .collect(),
            worst: ranked[ranked.len() - ends..]
                .iter()
                .rev()
                .map(|one| group(clean(&one.of.name), &one.counts))
                .collect(),
            previous: previous(matter),
            trend: matter.trend.len(),
            plan: plan(matter),
            targets: TargetsValue {
                total: matter.targets.len(),
                missed: target(Progress::Missed),
                undetermined: target(Progress::Undetermined),
                due: target(Progress::Due),
                exempt: target(Progress::Exempt),
                reached: target(Progress::Reached),
            },
            exemptions: matter.exemptions.len(),
            exemptions_expired: matter.exemptions.iter().filter(|one| one.expired).count(),
            exemptions_soon: matter.exemptions.iter().filter(|one| one.expires_soon).count(),
            incidents: matter.incidents.len(),
            causes: matter
                .effects
                .iter()
                .take(CAUSES_MAX)
                .map(|effect| CauseValue {
                    finding: sentence(effect.check.message(effect.reason, lang)),
                    services: effect.services.len(),
                    lifts: effect.lifts,
                    holds: effect.holds,
                    remedy: effect.check.remedy(effect.reason, lang).map(prose).unwrap_or_default(),
                })
                .collect(),
            causes_total: matter.effects.len(),
            shared: matter.shared.first().map(|shared| SharedValue {
                kind: lower_first(kind(&shared.cause).get(lang)),
                name: shortened(&quarter::cause(shared, lang)),
                services: shared.services.len(),
                lifts: shared.lifts,
            }),
            unknowns: unknowns(matter),
            providers: providers(matter),
        }
    }
}

/// The organisations of which something is known, the highest share first, then the larger ones.
pub(super) fn ranked<T>(groups: &[Group<T>], aim: Stage) -> Vec<&Group<T>> {
    let mut ranked: Vec<(&Group<T>, f64)> = groups
        .iter()
        .filter_map(|group| Some((group, group.counts.percent_at_least(aim)?)))
        .collect();
    ranked.sort_by(|(a, x), (b, y)| {
        y.total_cmp(x).then(b.counts.decided(aim).cmp(&a.counts.decided(aim)))
    });
    ranked.into_iter().map(|(group, _)| group).collect()
}

fn previous(matter: &Matter<'_>) -> Option<PreviousValue> {
    let lang = matter.lang;
    let aim = matter.result.policy.aim();
    let previous = matter.previous?;
    let before = previous.result.summary().all.percent_at_least(aim);
    let now = matter.result.summary().all.percent_at_least(aim);
    // As it is printed, so that no sum is wrong to a reader.
    let tenths = |share: f64| (share * 10.0).round();
    let points = before.zip(now).map(|(before, now)| (tenths(now) - tenths(before)) / 10.0);
    let with = |change: Change| matter.changes.iter().filter(move |one| one.change == change);
    let words: Vec<String> = Change::ALL
        .into_iter()
        .filter(|one| with(*one).next().is_some())
        .map(|one| {
            let count = texts::number(with(one).count(), lang);
            match lang {
                Lang::Vi => format!("{count} dịch vụ {}", change(one).get(lang)),
                Lang::En => format!("{count} {}", change(one).get(lang)),
            }
        })
        .collect();
    let worsened: Vec<String> =
        with(Change::Worse).map(|one| named(matter, &one.service)).collect();
    Some(PreviousValue {
        quarter: quarter_name(previous.quarter, lang),
        share: before.map(|share| texts::percent(share, lang)),
        points: points.map(|points| texts::decimal(points.abs(), lang)),
        direction: match points {
            Some(points) if points > 0.0 => "up",
            Some(points) if points < 0.0 => "down",
            _ => "same",
        },
        improved: with(Change::Better).count(),
        worsened: worsened.len(),
        became_unknown: with(Change::Unknown).count(),
        appeared: with(Change::New).count(),
        disappeared: with(Change::Gone).count(),
        worsened_names: few(worsened, lang),
        words: words.join("; "),
    })
}

fn plan(matter: &Matter<'_>) -> Option<PlanValue> {
    let plan = matter.plan.as_ref()?;
    let days = plan.days_left;
    Some(PlanValue {
        stage: plan.goal.stage.number(),
        by: texts::day(plan.goal.by, matter.lang),
        ended: days < 0,
        overdue: if days < 0 { days.unsigned_abs() } else { 0 },
        left: u32::try_from(days).unwrap_or(0),
        reached: plan.reached,
        behind: plan.behind,
        unknown: plan.unknown,
        exempt: plan.exempt,
        progress: plan.progress.id(),
        words: quarter::progress(plan.progress).get(matter.lang),
    })
}

fn unknowns(matter: &Matter<'_>) -> Vec<CauseValue> {
    let mut found = causes(matter.result, Outcome::Inconclusive);
    found.sort_by_key(|cause| std::cmp::Reverse(cause.services.len()));
    let value = |cause: &crate::report::causes::Cause<'_>| CauseValue {
        finding: sentence(cause.message(matter.lang)),
        services: cause.services.len(),
        lifts: 0,
        holds: 0,
        remedy: cause.remedy(matter.lang).map(prose).unwrap_or_default(),
    };
    found.iter().take(CAUSES_MAX).map(value).collect()
}

/// The name servers, hosts of others and declared networks that several services fail by.
fn providers(matter: &Matter<'_>) -> Vec<String> {
    use crate::judge::quarter::SharedCause;
    let is_others = |cause: &SharedCause| {
        matches!(
            cause,
            SharedCause::NameServer(_) | SharedCause::ThirdParty(_) | SharedCause::Network { .. }
        )
    };
    let all = matter.shared.iter().filter(|shared| is_others(&shared.cause));
    few(all.map(|shared| shortened(&quarter::cause(shared, matter.lang))).collect(), matter.lang)
}

/// A service with its organisation, as running text names it.
fn named(matter: &Matter<'_>, service: &crate::model::Service) -> String {
    let name = shortened(&clean(&service.name));
    match owner::owner(matter.result, &service.id) {
        Some(owner) if matter.result.organisation().is_none() => {
            format!("{name} ({})", shortened(&clean(&owner.name)))
        }
        _ => name,
    }
}

/// The first names, and how many more there are.
pub(super) fn few(mut names: Vec<String>, lang: Lang) -> Vec<String> {
    let more = names.len().saturating_sub(NAMES_MAX);
    names.truncate(NAMES_MAX);
    if more > 0 {
        let more = texts::number(more, lang);
        names.push(match lang {
            Lang::Vi => format!("và {more} trường hợp khác"),
            Lang::En => format!("and {more} more"),
        });
    }
    names
}

/// A name that doesn't fill a page.
pub(super) fn shortened(name: &str) -> String {
    match name.chars().count() {
        ..=NAME_MAX => name.to_owned(),
        _ => name.chars().take(NAME_MAX).chain(['…']).collect(),
    }
}

/// A finding as a part of a sentence.
fn sentence(finding: &str) -> String {
    prose(finding).trim_end_matches('.').to_owned()
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
