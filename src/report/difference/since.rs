//! What a scan found otherwise than the last whole run, as the end of what it prints.

use std::io::{self, Write};

use super::collapse::lines;
use super::text::{Dress as _, Plain, service_line};
use crate::judge::{Change, RunResult, ServiceSince, SinceLast};
use crate::model::{Lang, Text};
use crate::report::outages::outages;
use crate::report::terminal::Display;
use crate::report::{quarter, texts};

/// Services of one direction that are listed; `diff` has them all. A rescan answers for more.
const LISTED_MAX: usize = 5;
const RESCANNED_MAX: usize = 20;

/// The directions that are listed as they are; the rest is only worth it for a rescan.
const LISTED: [Change; 6] =
    [Change::Worse, Change::Unknown, Change::Better, Change::Known, Change::New, Change::Gone];

const SINCE: Text = Text { vi: "Thay đổi so với đợt đo", en: "Since run" };
const NOTHING: Text = Text { vi: "Không có thay đổi", en: "Nothing changed" };
const RENAMED: Text =
    Text { vi: "đổi mã hoặc chuyển cơ quan, đơn vị", en: "renamed or moved" };
const FIXED: Text = Text { vi: "đã khắc phục", en: "fixed" };
const STILL_FAILING: Text = Text { vi: "vẫn không đạt", en: "still failing" };
const NOTHING_FAILS: Text =
    Text { vi: "không có tiêu chí nào không đạt", en: "nothing fails" };

/// Prints for a terminal.
///
/// # Errors
/// When `out` can't be written.
pub fn plain(
    since: &SinceLast,
    result: &RunResult,
    lang: Lang,
    display: Display,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out)?;
    let at = texts::moment(since.ended_at, &result.inventory.timezone, lang);
    let heading = format!("{} {} ({at})", SINCE.get(lang), since.run);
    let mut page = Plain { color: display.color, out };
    page.title(&heading)?;
    let groups: Vec<_> = groups(since)
        .map(|(change, name, services)| (change, name, services.collect::<Vec<_>>()))
        .filter(|(.., services)| !services.is_empty())
        .collect();
    if groups.is_empty() {
        return page.paragraph(&format!("{}.", NOTHING.get(lang)));
    }
    for (change, name, services) in groups {
        let count = texts::number(services.len(), lang);
        page.group(&format!("{}: {count}", name.get(lang)), change)?;
        // A rescan answers for each service that it looked at.
        let are_listed = display.all || since.is_rescan;
        let is_outage = |one: &&ServiceSince| !are_listed && one.change.outage().is_some();
        let (ours, services): (Vec<_>, Vec<_>) = services.into_iter().partition(is_outage);
        let (outages, _) = outages(ours.iter().map(|one| &one.change));
        outages.iter().try_for_each(|outage| page.item(&outage.line(lang)))?;
        let listed_max = match (display.all, since.is_rescan) {
            (true, _) => usize::MAX,
            (false, true) => RESCANNED_MAX,
            (false, false) => LISTED_MAX,
        };
        for service in services.iter().take(listed_max) {
            write_service(service, since.is_rescan, display.all, lang, &mut page)?;
        }
        if let more @ 1.. = services.len().saturating_sub(listed_max) {
            let more = texts::number(more, lang);
            let (before, after) = (&since.run, &result.run.id);
            let which = format!("`v6ready diff {before} {after}`");
            page.item(&format!("{} {more} ({which})", texts::MORE.get(lang)))?;
        }
    }
    Ok(())
}

type Group<'a> = (Change, Text, Box<dyn Iterator<Item = &'a ServiceSince> + 'a>);

/// The directions with their names and services. What is fixed goes before what is only better. A rescan
/// also says what stayed as it was: that is what it was made to find out.
fn groups(since: &SinceLast) -> impl Iterator<Item = Group<'_>> {
    let rest = [Change::Otherwise, Change::Same].into_iter().filter(|change| {
        // Of a whole run, what merely has another id.
        since.is_rescan || *change == Change::Same
    });
    LISTED.into_iter().chain(rest).flat_map(move |change| {
        let name = match (since.is_rescan, change) {
            (false, Change::Same) => RENAMED,
            _ => quarter::change(change),
        };
        let of = |fixed: bool| since.moved(change).filter(move |one| one.is_fixed() == fixed);
        let fixed: Group<'_> = (change, FIXED, Box::new(of(true)));
        [fixed, (change, name, Box::new(of(false)))]
    })
}

fn write_service(
    service: &ServiceSince,
    is_rescan: bool,
    all: bool,
    lang: Lang,
    page: &mut Plain<'_>,
) -> io::Result<()> {
    page.item(&service_line(&service.change, lang))?;
    lines(&service.change, all, lang).iter().try_for_each(|line| page.below(line))?;
    // What got worse is named above; what else fails belongs to a rescan's answer.
    let news = |id: &str| {
        service.change.checks.iter().any(|check| check.check == id && check.change == Change::Worse)
    };
    let still: Vec<&str> = service.failing.iter().copied().filter(|id| !news(id)).collect();
    match (is_rescan, still.is_empty()) {
        (true, false) => page.below(&format!("{}: {}", STILL_FAILING.get(lang), still.join(", "))),
        (true, true) if !service.change.is_change() => page.below(NOTHING_FAILS.get(lang)),
        _ => Ok(()),
    }
}
