//! The daemon's own metrics, and those that depend on today.

use std::io;
use std::path::Path;

use jiff::Timestamp;
use x509_parser::pem::parse_x509_pem;

use super::format::{Sample, family};
use crate::judge::{Progress, day_of};
use crate::serve::app::App;
use crate::view::Picture;

/// Targets, by the day of the scrape.
pub(super) fn write_targets(
    picture: &Picture,
    now: Timestamp,
    page: &mut Vec<u8>,
) -> io::Result<()> {
    let today = day_of(now, &picture.result.inventory.timezone);
    let targets = picture.targets(today, None);
    let samples = |value: fn(&crate::judge::TargetStanding) -> f64| -> Vec<Sample<'_>> {
        let sample = |target| {
            let target: &crate::judge::TargetStanding = target;
            let id = &target.service.id;
            let labels = vec![("organisation", &*id.organisation), ("service", &*id.service)];
            (labels, value(target))
        };
        targets.iter().map(sample).collect()
    };
    family(
        page,
        "service_target_days",
        "Days until the service's target; negative after it.",
        samples(|target| f64::from(target.days_left)),
    )?;
    family(
        page,
        "service_target_reached",
        "Whether the service has reached the stage of its target.",
        samples(|target| if target.progress == Progress::Reached { 1.0 } else { 0.0 }),
    )
}

/// The state of the daemon itself.
pub(super) fn write(app: &App, picture: Option<&Picture>, page: &mut Vec<u8>) -> io::Result<()> {
    let plain = |value: f64| -> [Sample<'static>; 1] { [(Vec::new(), value)] };
    let now = seconds(app.now());
    family(page, "serve_up", "Whether the daemon runs.", plain(1.0))?;
    let db = app.db();
    family(
        page,
        "store_bytes",
        "Octets of the evidence store, with its log.",
        plain((octets(db) + octets_beside(db, "-wal")) as f64),
    )?;
    let view = app.view().file();
    family(
        page,
        "view_bytes",
        "Octets of the judged view, with its log.",
        plain((octets(view) + octets_beside(view, "-wal")) as f64),
    )?;
    let runs = picture.map(|picture| (Vec::new(), picture.runs.len() as f64));
    family(page, "view_runs", "Runs of the inventory that have been judged.", runs)?;
    let age = picture.map(|picture| (Vec::new(), now - seconds(picture.result.as_of)));
    family(
        page,
        "last_complete_run_age_seconds",
        "How long ago the last complete run of the whole inventory ended.",
        age,
    )?;
    let has_fault = app.config_fault().is_some();
    family(
        page,
        "config_fault",
        "Whether the configuration in the file can't be used, so that an earlier one is in force.",
        plain(if has_fault { 1.0 } else { 0.0 }),
    )?;
    let config = app.config();
    let own = config.tls.as_ref().and_then(|files| end_of_certificate(&files.certificate));
    family(
        page,
        "serve_certificate_not_after_timestamp_seconds",
        "When the daemon's own certificate ends.",
        own.map(|end| (Vec::new(), end as f64)),
    )
}

fn seconds(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1000.0
}

fn octets(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

fn octets_beside(path: &Path, ending: &str) -> u64 {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    octets(Path::new(&name))
}

/// When the first certificate of a file ends, in seconds since 1970.
fn end_of_certificate(file: &Path) -> Option<i64> {
    let text = std::fs::read(file).ok()?;
    let (_, pem) = parse_x509_pem(&text).ok()?;
    let certificate = pem.parse_x509().ok()?;
    Some(certificate.validity().not_after.timestamp())
}
