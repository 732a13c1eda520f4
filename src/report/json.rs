//! The result as JSON, schema `v6ready/result/1`: a mirror at the edge, never the inner types.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::ReportContext;
use super::describe::clean;
use super::excerpt::ExcerptDocument;
use super::quarter::json::change::change;
pub(crate) use super::quarter::json::change::{ChangeDocument, change as change_document};
use crate::judge::{Counts, Judged, Rescan, Root, Roots, ServiceResult, SinceLast};
use crate::model::{Lang, ObservationId, Stage, Subject, SubjectName, VantageIpv6};

/// The schema's name.
pub const SCHEMA: &str = "v6ready/result/1";

/// A judged run.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "v6ready result, version 1", rename = "Document")]
struct Document<'a> {
    /// `v6ready/result/1`.
    schema: String,
    run: RunDocument,
    /// What of the run is shown; missing where all of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<ExcerptDocument>,
    summary: SummaryDocument,
    /// What is said of the vantage point itself.
    vantage: Vec<VerdictDocument<'a>>,
    #[schemars(with = "Vec<ServiceDocument>")]
    services: Services<'a>,
    /// What a scan found otherwise than the last whole run of the same inventory before it; missing
    /// where there is none, and in reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<SinceDocument>,
}

#[derive(Serialize, JsonSchema)]
struct SinceDocument {
    /// That run.
    run: String,
    /// When it ended. RFC 3339, UTC.
    ended_at: String,
    /// Services that are worse in anything, or no longer known.
    worse: usize,
    /// Services that changed.
    changes: Vec<ChangeDocument>,
}

/// The run that looked at a service again.
#[derive(Serialize, JsonSchema)]
struct RescanDocument {
    run: String,
    /// When it ended. RFC 3339, UTC.
    ended_at: String,
}

/// Each service's document is made when its turn to be written comes: together they would take
/// more memory than all the rest of a run.
struct Services<'a> {
    context: &'a ReportContext<'a>,
    /// Whether they are written here, and not on lines of their own.
    are_here: bool,
}

impl Serialize for Services<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let here = if self.are_here { usize::MAX } else { 0 };
        serializer.collect_seq(self.context.each_service().take(here))
    }
}

impl ReportContext<'_> {
    fn each_service(&self) -> impl Iterator<Item = OneService<'_>> {
        let (result, lang) = (self.result, self.lang);
        result.services.iter().map(move |service| {
            let rescan = result.rescans.get(&service.service.id);
            OneService { service, rescan, lang }
        })
    }
}

struct OneService<'a> {
    service: &'a ServiceResult,
    rescan: Option<&'a Rescan>,
    lang: Lang,
}

impl Serialize for OneService<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let verdicts = self.service.verdicts.unpack();
        let roots = Roots::of(&verdicts);
        let verdicts = verdicts.iter().enumerate();
        let verdicts =
            verdicts.map(|(at, judged)| verdict(judged, roots.at(at), self.lang)).collect();
        service_document(self.service, self.rescan, verdicts).serialize(serializer)
    }
}

#[derive(Serialize, JsonSchema)]
struct RunDocument {
    id: String,
    /// RFC 3339, UTC.
    started_at: String,
    /// RFC 3339, UTC; null while the run lasts or after it was interrupted.
    finished_at: Option<String>,
    /// When it was judged. RFC 3339, UTC.
    as_of: String,
    vantage: VantageDocument,
    /// The version of v6ready that gathered the evidence.
    version: String,
    /// The inventory's SHA-256, in hexadecimal.
    inventory_sha256: String,
    policy: PolicyDocument,
    /// Whether everything that was to be asked was asked.
    complete: bool,
}

#[derive(Serialize, JsonSchema)]
struct VantageDocument {
    name: String,
    /// `working`, `absent` or `lost`.
    ipv6: Ipv6,
    resolver: Option<String>,
    /// The prefixes in which the resolver synthesises AAAA records (RFC 7050).
    dns64: Vec<String>,
    /// Whether the resolver validates DNSSEC; null when it could not be told.
    validates_dnssec: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Ipv6 {
    Working,
    Absent,
    Lost,
}

#[derive(Serialize, JsonSchema)]
struct PolicyDocument {
    name: String,
    /// In hexadecimal.
    sha256: String,
}

#[derive(Serialize, JsonSchema)]
struct SummaryDocument {
    /// All services, unknown and retired ones included.
    services: usize,
    /// Services whose stage is unknown.
    unknown: usize,
    /// Services that are declared as retired.
    retired: usize,
    /// Services with at least one critical failure.
    critical: usize,
    /// Services at each stage; those whose name does not exist are counted at 0.
    stages: BTreeMap<String, usize>,
    /// Services whose name does not exist.
    absent: usize,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ServiceDocument")]
struct ServiceDocument<'a> {
    /// `ORG/SERVICE`.
    id: String,
    name: &'a str,
    organisation: &'a str,
    category: &'a str,
    /// The owner's own, by which services are chosen.
    tags: Vec<&'a str>,
    /// What is probed.
    target: String,
    state: &'a str,
    /// 0 to 4; null when unknown or retired, 0 when absent.
    stage: Option<u8>,
    /// `at-stage`; `absent` when its name does not exist in the DNS; `unknown`; `retired`.
    standing: &'a str,
    /// The checks that keep it from the next stage.
    stage_blockers: Vec<&'a str>,
    /// The later run of a part that this result is from; missing where it is the run's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    rescanned: Option<RescanDocument>,
    verdicts: Vec<VerdictDocument<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "VerdictDocument")]
struct VerdictDocument<'a> {
    check: &'a str,
    revision: u16,
    /// `critical`, `error`, `warning` or `info`; it weighs only when the check fails.
    severity: &'a str,
    /// `pass`, `fail`, `not-applicable` or `inconclusive`.
    outcome: &'a str,
    reason: &'a str,
    /// What explains it: the check of this service from whose finding it follows, or `vantage` where our
    /// own side kept us from finding out; missing where nothing else does.
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<&'a str>,
    subjects: Vec<SubjectDocument<'a>>,
    /// One sentence in the report's language.
    message: &'a str,
    /// The evidence, `sha256:…`.
    #[schemars(with = "Vec<String>")]
    observations: &'a [ObservationId],
}

#[derive(Default, Serialize, JsonSchema)]
#[schemars(rename = "SubjectDocument")]
struct SubjectDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_server: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    outcome: &'a str,
    reason: &'a str,
    /// Further particulars; each may occur more than once.
    detail: BTreeMap<&'a str, Vec<String>>,
}

/// Writes the document and a line feed.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_since(context, None, out)
}

/// Writes the document of a scan, with what it found otherwise than the last whole run.
///
/// # Errors
/// When `out` can't be written.
pub fn write_since(
    context: &ReportContext<'_>,
    since: Option<&SinceLast>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let since = since.map(|since| SinceDocument {
        run: since.run.to_string(),
        ended_at: since.ended_at.to_string(),
        worse: since.worse_count(),
        changes: since
            .services
            .iter()
            .filter(|service| service.change.is_change())
            .map(|service| change(&service.change))
            .collect(),
    });
    serde_json::to_writer_pretty(&mut *out, &Document { since, ..document(context) })?;
    writeln!(out)
}

/// Writes the document as a stream: a line that is the document with no services, then each service on a
/// line of its own.
///
/// # Errors
/// When `out` can't be written.
pub fn write_lines(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let services = Services { context, are_here: false };
    serde_json::to_writer(&mut *out, &Document { services, ..document(context) })?;
    writeln!(out)?;
    for service in context.each_service() {
        serde_json::to_writer(&mut *out, &service)?;
        writeln!(out)?;
    }
    Ok(())
}

/// The JSON Schema of the document.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    // A schema is JSON by its nature.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn document<'a>(context: &'a ReportContext<'a>) -> Document<'a> {
    let result = context.result;
    let (run, vantage) = (&result.run, &result.run.vantage);
    let summary = result.summary();
    Document {
        schema: SCHEMA.to_owned(),
        run: RunDocument {
            id: run.id.to_string(),
            started_at: run.started_at.to_string(),
            finished_at: run.finished_at.map(|at| at.to_string()),
            as_of: result.as_of.to_string(),
            vantage: VantageDocument {
                name: vantage.name.clone(),
                ipv6: match vantage.ipv6 {
                    VantageIpv6::Working => Ipv6::Working,
                    VantageIpv6::Absent => Ipv6::Absent,
                    VantageIpv6::Lost => Ipv6::Lost,
                },
                resolver: vantage.resolver.clone(),
                dns64: vantage.dns64.iter().map(ToString::to_string).collect(),
                validates_dnssec: vantage.validates_dnssec,
            },
            version: run.version.clone(),
            inventory_sha256: result.inventory.sha256.hex(),
            policy: PolicyDocument {
                name: result.policy.name.clone(),
                sha256: result.policy.sha256.hex(),
            },
            complete: run.complete,
        },
        excerpt: ExcerptDocument::of(result),
        summary: SummaryDocument {
            services: summary.all.services,
            unknown: summary.all.unknown,
            retired: summary.all.retired,
            critical: summary.critical,
            stages: stages(&summary.all),
            absent: summary.all.absent,
        },
        vantage: result
            .vantage
            .iter()
            .map(|judged| verdict(judged, Root::Itself, context.lang))
            .collect(),
        services: Services { context, are_here: true },
        since: None,
    }
}

fn stages(counts: &Counts) -> BTreeMap<String, usize> {
    Stage::ALL
        .into_iter()
        .map(|stage| (stage.number().to_string(), counts.numbered(stage)))
        .collect()
}

fn service_document<'a>(
    result: &'a ServiceResult,
    rescan: Option<&Rescan>,
    verdicts: Vec<VerdictDocument<'a>>,
) -> ServiceDocument<'a> {
    let service = &result.service;
    ServiceDocument {
        id: service.id.to_string(),
        name: &service.name,
        organisation: &service.id.organisation,
        category: service.category.id(),
        tags: service.tags.iter().map(|tag| &**tag).collect(),
        target: service.target.to_string(),
        state: service.state.id(),
        stage: result.standing.stage().map(Stage::number),
        standing: result.standing.id(),
        stage_blockers: result.blockers.iter().map(|blocker| blocker.check).collect(),
        rescanned: rescan.map(|rescan| RescanDocument {
            run: rescan.run.to_string(),
            ended_at: rescan.ended_at.to_string(),
        }),
        verdicts,
    }
}

fn verdict(judged: &Judged, root: Root, lang: Lang) -> VerdictDocument<'_> {
    let verdict = &judged.verdict;
    VerdictDocument {
        check: judged.check.id,
        revision: judged.check.revision,
        severity: judged.severity.id(),
        outcome: verdict.outcome.id(),
        reason: verdict.reason,
        root: root.id(),
        subjects: verdict.subjects.iter().map(subject).collect(),
        message: judged.check.message(verdict.reason, lang),
        observations: &verdict.observations,
    }
}

fn subject(subject: &Subject) -> SubjectDocument<'_> {
    let mut document = SubjectDocument {
        outcome: subject.outcome.id(),
        reason: subject.reason,
        ..SubjectDocument::default()
    };
    match &subject.name {
        SubjectName::Socket(socket) | SubjectName::Control(socket) => {
            document.address = Some(socket.ip());
            document.port = Some(socket.port());
        }
        SubjectName::Address(address) => document.address = Some(*address),
        SubjectName::Host(name) => document.host = Some(name.as_str()),
        SubjectName::NameServer(name, address) => {
            document.name_server = Some(name.as_str());
            document.address = *address;
        }
        SubjectName::Url(url) => document.url = Some(clean(url)),
    }
    for (key, value) in &subject.detail {
        document.detail.entry(key).or_default().push(clean(value));
    }
    document
}
