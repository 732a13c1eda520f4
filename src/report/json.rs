//! The result as JSON, schema `v6ready/result/1`: a mirror at the edge, never the inner types.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::Sheet;
use super::describe::clean;
use crate::judge::{Counts, Judged, ServiceResult};
use crate::model::{Lang, Stage, Subject, SubjectName, VantageIpv6};

/// The schema's name.
pub const SCHEMA: &str = "v6ready/result/1";

/// A judged run.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "v6ready result, version 1", rename = "Document")]
struct Document<'a> {
    /// `v6ready/result/1`.
    schema: String,
    run: RunDocument,
    summary: SummaryDocument,
    /// What is said of the vantage point itself.
    vantage: Vec<VerdictDocument>,
    #[schemars(with = "Vec<ServiceDocument>")]
    services: Services<'a>,
}

/// Each service's document is made when its turn to be written comes: together they would take
/// more memory than all the rest of a run.
struct Services<'a>(&'a Sheet<'a>);

impl Serialize for Services<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lang = self.0.lang;
        serializer.collect_seq(self.0.result.services.iter().map(|service| {
            let verdicts = service.verdicts.unpack();
            service_document(service, verdicts.iter().map(|j| verdict(j, lang)).collect())
        }))
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
    /// Services at each stage.
    stages: BTreeMap<String, usize>,
}

#[derive(Serialize, JsonSchema)]
struct ServiceDocument {
    /// `ORG/SERVICE`.
    id: String,
    name: String,
    organisation: String,
    category: String,
    /// What is probed.
    target: String,
    state: String,
    /// 0 to 4; null when unknown or retired.
    stage: Option<u8>,
    /// The checks that keep it from the next stage.
    stage_blockers: Vec<String>,
    verdicts: Vec<VerdictDocument>,
}

#[derive(Serialize, JsonSchema)]
struct VerdictDocument {
    check: String,
    revision: u16,
    /// `critical`, `error`, `warning` or `info`; it weighs only when the check fails.
    severity: String,
    /// `pass`, `fail`, `not-applicable` or `inconclusive`.
    outcome: String,
    reason: String,
    subjects: Vec<SubjectDocument>,
    /// One sentence in the report's language.
    message: String,
    /// The evidence, `sha256:…`.
    observations: Vec<String>,
}

#[derive(Default, Serialize, JsonSchema)]
struct SubjectDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_server: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    outcome: String,
    reason: String,
    /// Further particulars; each may occur more than once.
    detail: BTreeMap<String, Vec<String>>,
}

/// Writes the document and a line feed.
///
/// # Errors
/// When `out` can't be written.
pub fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(sheet))?;
    writeln!(out)
}

/// The JSON Schema of the document.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    // A schema is JSON by its nature.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn document<'a>(sheet: &'a Sheet<'a>) -> Document<'a> {
    let result = sheet.result;
    let (run, vantage) = (&result.run, &result.run.vantage);
    let summary = result.summary();
    let verdicts = |list: &[Judged]| list.iter().map(|j| verdict(j, sheet.lang)).collect();
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
        summary: SummaryDocument {
            services: summary.all.services,
            unknown: summary.all.unknown,
            retired: summary.all.retired,
            critical: summary.critical,
            stages: stages(&summary.all),
        },
        vantage: verdicts(&result.vantage),
        services: Services(sheet),
    }
}

fn stages(counts: &Counts) -> BTreeMap<String, usize> {
    Stage::ALL
        .iter()
        .map(|stage| stage.number())
        .map(|number| (number.to_string(), counts.stages[usize::from(number)]))
        .collect()
}

fn service_document(result: &ServiceResult, verdicts: Vec<VerdictDocument>) -> ServiceDocument {
    let service = &result.service;
    ServiceDocument {
        id: service.id.to_string(),
        name: service.name.clone(),
        organisation: service.id.organisation.to_string(),
        category: service.category.id().to_owned(),
        target: service.target.to_string(),
        state: service.state.id().to_owned(),
        stage: result.standing.stage().map(Stage::number),
        stage_blockers: result.blockers.iter().map(|b| b.check.to_owned()).collect(),
        verdicts,
    }
}

fn verdict(judged: &Judged, lang: Lang) -> VerdictDocument {
    let verdict = &judged.verdict;
    VerdictDocument {
        check: judged.check.id.to_owned(),
        revision: judged.check.revision,
        severity: judged.severity.id().to_owned(),
        outcome: verdict.outcome.id().to_owned(),
        reason: verdict.reason.to_owned(),
        subjects: verdict.subjects.iter().map(subject).collect(),
        message: judged.check.message(verdict.reason, lang).to_owned(),
        observations: verdict.observations.iter().map(ToString::to_string).collect(),
    }
}

fn subject(subject: &Subject) -> SubjectDocument {
    let mut document = SubjectDocument {
        outcome: subject.outcome.id().to_owned(),
        reason: subject.reason.to_owned(),
        ..SubjectDocument::default()
    };
    match &subject.name {
        SubjectName::Socket(socket) | SubjectName::Control(socket) => {
            document.address = Some(socket.ip().to_string());
            document.port = Some(socket.port());
        }
        SubjectName::Address(address) => document.address = Some(address.to_string()),
        SubjectName::Host(name) => document.host = Some(name.to_string()),
        SubjectName::NameServer(name, address) => {
            document.name_server = Some(name.to_string());
            document.address = address.map(|address| address.to_string());
        }
        SubjectName::Url(url) => document.url = Some(clean(url)),
    }
    for (key, value) in &subject.detail {
        document.detail.entry((*key).to_owned()).or_default().push(clean(value));
    }
    document
}
