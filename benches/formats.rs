//! What reports of a large run take: `cargo bench --bench formats -- 100000` renders each format of a made-up run in a
//! process of its own, and prints how long that took and how much memory it took beside the judged run. `-- 1000 html csv`
//! renders these alone.
//!
//! The run has no evidence: what pages show of it is read one observation at a time, and kept by nobody. What is
//! written is counted and thrown away, but for the unnamed files of a workbook, which lie where `TMPDIR` says.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::{self, Write};
use std::process::Command;
use std::time::Instant;

use v6ready::judge::RunResult;
use v6ready::model::Lang;
use v6ready::report::html::pages::{PageFolder, write_pages};
use v6ready::report::html::{self, Beside};
use v6ready::report::letterhead::Letterhead;
use v6ready::report::{ReportContext, csv, docx, json, junit, markdown, pdf, xlsx};
use v6ready::view::synthetic;

type Render = fn(&ReportContext<'_>, &mut Counted) -> io::Result<()>;

const FORMATS: [(&str, Render); 12] = [
    ("html", |context, out| write_pages(context, &Beside::default(), out)),
    ("html as one file", |context, out| html::write(context, out)),
    ("markdown", |context, out| markdown::write(context, out)),
    ("json", |context, out| json::write(context, out)),
    ("ndjson", |context, out| json::write_lines(context, out)),
    ("csv", |context, out| csv::write_services(context, out)),
    ("verdicts.csv", |context, out| csv::write_verdicts(context, out)),
    ("work.csv", |context, out| csv::write_work_of_run(context, out)),
    ("junit", |context, out| junit::write(context, out)),
    ("xlsx", |context, out| xlsx::write(context, out)),
    ("pdf", |context, out| pdf::write(context, &Letterhead::default(), out)),
    ("docx", |context, out| docx::write_with(context, &Letterhead::default(), &[], out)),
];

/// Says to a process which format it renders.
const RENDERS: &str = "V6READY_FORMATS_RENDERS";

fn main() {
    // Cargo adds a switch of its own.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|one| !one.starts_with("--")).collect();
    let services: usize = arguments.first().and_then(|one| one.parse().ok()).unwrap_or(1_000);
    if let Ok(format) = std::env::var(RENDERS) {
        return render(&format, services);
    }
    println!("{services} services");
    println!(
        "{:<18} {:>9} {:>12} {:>9} {:>12}",
        "format", "seconds", "octets", "files", "MiB beside"
    );
    for (format, _) in FORMATS {
        let is_wanted = arguments.get(1..).is_none_or(<[String]>::is_empty)
            || arguments[1..].iter().any(|one| one == format);
        if is_wanted {
            let program = std::env::current_exe().unwrap();
            let mut command = Command::new(program);
            let status = command.arg(services.to_string()).env(RENDERS, format).status().unwrap();
            assert!(status.success(), "{format}");
        }
    }
}

fn render(format: &str, services: usize) {
    let result: RunResult = synthetic::judged_run(services).expect("a run is made up");
    let (_, write) = FORMATS.iter().find(|(name, _)| *name == format).expect("a known format");
    let context = ReportContext { result: &result, lang: Lang::Vi, find_observation: &|_| None };
    // The peak begins anew here (proc(5)).
    fs::write("/proc/self/clear_refs", "5").expect("Linux");
    let before = kibibytes("VmRSS:");
    let mut out = Counted::default();
    let began = Instant::now();
    write(&context, &mut out).expect("it is written");
    let seconds = began.elapsed().as_secs_f64();
    let beside = kibibytes("VmHWM:").saturating_sub(before) / 1_024;
    println!("{format:<18} {seconds:>9.1} {:>12} {:>9} {beside:>12}", out.octets, out.files.max(1));
}

/// A line of what the kernel says of this process.
fn kibibytes(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a known line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Counts what is written.
#[derive(Default)]
struct Counted {
    octets: u64,
    files: u64,
}

impl Write for Counted {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.octets += octets.len() as u64;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PageFolder for Counted {
    fn stem(&self, of: &[&str]) -> String {
        of.join("-")
    }

    fn write(&mut self, _: &str, page: &str) -> io::Result<()> {
        self.octets += page.len() as u64;
        self.files += 1;
        Ok(())
    }
}
