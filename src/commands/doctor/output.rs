//! The findings on stdout.

use std::io::{self, Write as _};

use schemars::JsonSchema;
use serde::Serialize;

use super::finding::{Finding, Point, State};
use super::texts;
use crate::commands::terminal;
use crate::model::{Lang, Text};
use crate::report::describe::clean;

/// The schema's name.
const SCHEMA: &str = "v6ready/doctor/1";

/// Columns before a sentence.
const INDENT: usize = 26;

/// What the points are called.
const NAMES: [(Point, Text); 11] = [
    (Point::Ipv6, Text { en: "IPv6", vi: "IPv6" }),
    (Point::Ipv4, Text { en: "IPv4", vi: "IPv4" }),
    (Point::Resolver, Text { en: "Resolver", vi: "Máy chủ phân giải" }),
    (Point::Icmp, Text { en: "ICMP echo", vi: "ICMP echo" }),
    (Point::Udp443, Text { en: "UDP port 443", vi: "UDP cổng 443" }),
    (Point::Port25, Text { en: "TCP port 25", vi: "TCP cổng 25" }),
    (Point::Ptr, Text { en: "Names of own addresses", vi: "Tên miền ngược" }),
    (Point::Clock, Text { en: "Clock", vi: "Đồng hồ" }),
    (Point::OpenFiles, Text { en: "Open files", vi: "Số tệp được mở" }),
    (Point::Threads, Text { en: "Threads", vi: "Số luồng" }),
    (Point::Memory, Text { en: "Memory", vi: "Bộ nhớ" }),
];

/// A line for each finding, and below it what mends it.
pub(super) fn text(findings: &[Finding], lang: Lang) -> io::Result<()> {
    let mut out = terminal::results();
    for finding in findings {
        let sign = match finding.state {
            State::Pass => '✓',
            State::Fail => '✗',
            State::Unknown => '?',
        };
        let name = name(finding.point, lang);
        let gap = INDENT.saturating_sub(2 + name.chars().count()).max(1);
        writeln!(out, "{sign} {name}{}{}", " ".repeat(gap), clean(&sentence(finding, lang)))?;
        if let Some(mend) = finding.say.mend() {
            writeln!(out, "{}→ {}", " ".repeat(INDENT), mend.get(lang))?;
        }
    }
    let verdict = match is_usable(findings) {
        true => texts::USABLE,
        false => texts::UNUSABLE,
    };
    writeln!(out, "\n{}", verdict.get(lang))?;
    out.flush()
}

/// As JSON, schema `v6ready/doctor/1`.
pub(super) fn json(findings: &[Finding], lang: Lang) -> io::Result<()> {
    let findings_out = findings.iter().map(|finding| FindingDocument {
        id: finding.point.id(),
        state: finding.state.id(),
        message: sentence(finding, lang),
        mend: finding.say.mend().map(|mend| mend.get(lang)),
    });
    let document = Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        is_vantage_point: is_usable(findings),
        findings: findings_out.collect(),
    };
    let mut out = terminal::results();
    serde_json::to_writer_pretty(&mut out, &document)?;
    writeln!(out)?;
    out.flush()
}

/// The JSON Schema of the document.
pub(in crate::commands) fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    // A schema is JSON by its nature.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// What is said of a finding.
fn sentence(finding: &Finding, lang: Lang) -> String {
    finding.say.text().get(lang).replacen("{}", &finding.value, 1)
}

fn name(point: Point, lang: Lang) -> &'static str {
    let found = NAMES.iter().find(|(known, _)| *known == point);
    found.map_or(point.id(), |(_, name)| name.get(lang))
}

fn is_usable(findings: &[Finding]) -> bool {
    let blocks = |finding: &&Finding| {
        finding.state == State::Fail
            && matches!(
                finding.point,
                Point::Ipv6 | Point::Resolver | Point::OpenFiles | Point::Threads
            )
    };
    !findings.iter().any(|finding| blocks(&finding))
}

/// What this host lets a scan do.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "v6ready doctor, version 1")]
struct Document {
    /// `v6ready/doctor/1`.
    schema: &'static str,
    /// The version of the program.
    version: &'static str,
    /// Whether scans from here judge anything.
    is_vantage_point: bool,
    /// One for each point that is looked at.
    findings: Vec<FindingDocument>,
}

#[derive(Serialize, JsonSchema)]
struct FindingDocument {
    /// The point: `ipv6`, `resolver`, `udp-443`, …
    id: &'static str,
    #[schemars(extend("enum" = State::ALL.map(State::id)))]
    state: &'static str,
    /// A sentence in the language that was asked for.
    message: String,
    /// What would fix it or make it known; absent where nothing has to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<&'static str>,
}
