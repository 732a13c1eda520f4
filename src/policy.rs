//! Policies: which checks gate which stage, and how much each failure matters.
//!
//! A [`Policy`] is read from a small YAML file. Two are built in ([`BUILT_IN`]); print one with
//! `v6ready policy NAME`, change it, and name the file in the inventory. It knows checks and reasons
//! only by their names, which the caller confirms ([`Policy::parse`]).
//!
//! Imports [`model`](crate::model) and nothing else of this crate.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{BadPattern, Digest, Goal, Lang, Selection, Severity, Stage, Target};

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its digest, so that a verdict can say under which rules it was given.
    pub sha256: Digest,
    /// The text that it was read from.
    pub yaml: String,
    title: Localised,
    source: Localised,
    stages: BTreeMap<u8, Vec<String>>,
    kinds: BTreeMap<String, BTreeMap<u8, Vec<String>>>,
    severity: BTreeMap<String, Severity>,
    goal: Option<Goal>,
    run_gates: Vec<RunGate>,
}

/// What must hold of a run's services, or of those that are chosen, for the run to pass.
#[derive(Clone, Debug)]
pub struct RunGate {
    /// The services that it is about.
    pub only: Selection,
    /// The share of them, in percent of those whose stage is known, that must have reached a stage.
    pub reach: Option<(Stage, f64)>,
    /// None of them may fail a check this severely.
    pub fail_on: Option<Severity>,
}

/// Why a text is no policy.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{name}: {message}")]
pub struct PolicyError {
    /// The file or built-in name.
    pub name: String,
    /// What is wrong, with line and column where the YAML parser knows them.
    pub message: String,
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Localised {
    vi: String,
    en: String,
}

/// A policy: which checks gate which stage, how much each failure matters, and what a run must show to
/// pass.
#[derive(Deserialize, JsonSchema)]
#[schemars(title = "v6ready policy, version 1", rename = "Policy")]
#[serde(deny_unknown_fields)]
struct Document {
    /// 1.
    version: u8,
    /// What results call it.
    name: String,
    /// What readers of reports see.
    title: Localised,
    /// The documents that it is based on.
    #[serde(default)]
    source: Localised,
    /// The checks that a service must pass to reach a stage (1 to 4), beside those of the stages before
    /// it. A gate closes on a failure of severity `critical` or `error`.
    stages: BTreeMap<u8, Vec<String>>,
    /// The same for kinds of services that other checks speak of, instead of those above.
    #[serde(default)]
    kinds: BTreeMap<String, BTreeMap<u8, Vec<String>>>,
    /// Severities that differ from the catalogue's: of a check, or of `check/reason`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, SeverityWord>")]
    severity: BTreeMap<String, Severity>,
    /// The stage to be reached, and by when, for services that name no target of their own.
    #[serde(default)]
    target: Option<DefaultGoal>,
    /// What must hold of a run: `scan`, `report` and `judge` end with exit code 1 where it does not.
    #[serde(default)]
    gates: Vec<RunGateDocument>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Target")]
#[serde(deny_unknown_fields)]
struct DefaultGoal {
    /// 1 to 4.
    #[schemars(with = "u8")]
    stage: Stage,
    /// The last day on which reaching it is in time.
    #[schemars(with = "String")]
    by: Date,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Gate")]
#[serde(deny_unknown_fields)]
struct RunGateDocument {
    /// The services that it is about: `ORG/SERVICE`, `tag:TAG`, `category:CATEGORY` or `org:ORG`, any of
    /// which is enough; without it, all.
    #[serde(default)]
    only: Vec<String>,
    /// The stage that must have been reached, with `percent`.
    #[serde(default)]
    #[schemars(with = "Option<u8>")]
    stage: Option<Stage>,
    /// By how many of those whose stage is known, 0 to 100.
    #[serde(default)]
    percent: Option<f64>,
    /// No check may fail this severely.
    #[serde(default)]
    #[schemars(with = "Option<SeverityWord>")]
    fail_on: Option<Severity>,
}

/// A severity as the schema has it.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "it is only described")]
enum SeverityWord {
    Critical,
    Error,
    Warning,
    Info,
}

/// The JSON Schema of policies.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    // A schema is JSON by its nature.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The built-in policies by name.
pub const BUILT_IN: [(&str, &str); 2] = [
    ("ipv6-for-gov", include_str!("policy/ipv6-for-gov.yaml")),
    ("ipv6-only", include_str!("policy/ipv6-only.yaml")),
];

/// The policy of an inventory that names none.
pub const DEFAULT: &str = "ipv6-for-gov";

/// The text of a built-in policy.
pub fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, yaml)| *yaml)
}

impl Policy {
    /// Reads a policy. `knows` says whether a check id, or a reason of it, exists.
    ///
    /// # Errors
    /// When the YAML is not a policy, or names a check, a reason or a stage that doesn't exist.
    pub fn parse(
        name: &str,
        yaml: &str,
        knows: impl Fn(&str, Option<&str>) -> bool,
    ) -> Result<Self, PolicyError> {
        let error = |message: String| PolicyError { name: name.to_owned(), message };
        let document: Document =
            serde_saphyr::from_str(yaml).map_err(|problem| error(problem.to_string()))?;
        if document.version != 1 {
            return Err(error(format!("version {} is not known; 1 is", document.version)));
        }
        if let Some(unknown) = document.kinds.keys().find(|kind| !Target::KINDS.contains(&&***kind))
        {
            return Err(error(format!("`kinds` names `{unknown}`, which is no kind of service")));
        }
        for (stage, checks) in document.stages.iter().chain(document.kinds.values().flatten()) {
            if !(1..=4).contains(stage) {
                return Err(error(format!("stage {stage} can't be gated; 1 to 4 can")));
            }
            if let Some(unknown) = checks.iter().find(|id| !knows(id, None)) {
                return Err(error(format!(
                    "stage {stage} is gated by `{unknown}`, which is no check"
                )));
            }
        }
        for key in document.severity.keys() {
            let (id, reason) = match key.split_once('/') {
                Some((id, reason)) => (id, Some(reason)),
                None => (key.as_str(), None),
            };
            if !knows(id, reason) {
                return Err(error(format!(
                    "`severity` names `{key}`, which is no check or reason"
                )));
            }
        }
        let run_gates = document.gates.iter().enumerate().map(|(at, gate)| {
            gate.read(&document.stages)
                .map_err(|problem| error(format!("gate {}: {problem}", at + 1)))
        });
        let run_gates = run_gates.collect::<Result<_, _>>()?;
        Ok(Self {
            name: document.name,
            sha256: Digest::of(yaml.as_bytes()),
            yaml: yaml.to_owned(),
            title: document.title,
            source: document.source,
            stages: document.stages,
            kinds: document.kinds,
            severity: document.severity,
            run_gates,
            goal: document.target.map(|target| Goal { stage: target.stage, by: target.by }),
        })
    }

    /// The title that readers see.
    pub fn title(&self, lang: Lang) -> &str {
        self.title.get(lang)
    }

    /// The documents that the policy is based on.
    pub fn source(&self, lang: Lang) -> &str {
        self.source.get(lang)
    }

    /// The checks that gate a stage, beside those of the stages before it. `None` when the policy
    /// doesn't judge this stage, so that no service counts as having reached it.
    pub fn gates(&self, stage: Stage) -> Option<&[String]> {
        self.stages.get(&stage.number()).map(Vec::as_slice)
    }

    /// The checks that gate a stage for services of a kind (see [`Target::kind`]): those of
    /// [`Policy::gates`], unless the policy has gates of the kind's own. A kind whose own gates leave
    /// a stage out doesn't count as having reached it.
    pub fn gates_of(&self, kind: &str, stage: Stage) -> Option<&[String]> {
        match self.kinds.get(kind) {
            Some(stages) => stages.get(&stage.number()).map(Vec::as_slice),
            None => self.gates(stage),
        }
    }

    /// The highest stage that this policy judges.
    pub fn highest_stage(&self) -> Stage {
        Stage::ALL
            .into_iter()
            .skip(1)
            .take_while(|stage| self.gates(*stage).is_some())
            .last()
            .unwrap_or(Stage::Ipv4Only)
    }

    /// The stage that the policy aims at: that of its target, or the highest one that it judges.
    pub fn aim(&self) -> Stage {
        self.goal.as_ref().map_or_else(|| self.highest_stage(), |goal| goal.stage)
    }

    /// The severity that the policy gives to a failure, if it gives one of its own. A key
    /// `check/reason` goes before a key `check`.
    pub fn severity(&self, check: &str, reason: &str) -> Option<Severity> {
        self.severity
            .get(&format!("{check}/{reason}"))
            .or_else(|| self.severity.get(check))
            .copied()
    }

    /// The severities that the policy gives of its own: of a check, or of `check/reason`.
    pub fn severities(&self) -> impl Iterator<Item = (&str, Severity)> {
        self.severity.iter().map(|(key, severity)| (key.as_str(), *severity))
    }

    /// What must hold of a run for it to pass, beside what is asked for on the command line.
    pub fn run_gates(&self) -> &[RunGate] {
        &self.run_gates
    }

    /// The goal for services that have none of their own.
    pub fn goal(&self) -> Option<&Goal> {
        self.goal.as_ref()
    }
}

impl RunGateDocument {
    /// The gate, when it asks for something that can be.
    fn read(&self, stages: &BTreeMap<u8, Vec<String>>) -> Result<RunGate, String> {
        let only = Selection::parse(&self.only)
            .map_err(|BadPattern { pattern, why }| format!("`{pattern}`: {why}"))?;
        let reach = match (self.stage, self.percent) {
            (Some(stage), Some(percent)) => Some((stage, percent)),
            (None, None) => None,
            _ => return Err("`stage` and `percent` belong together".to_owned()),
        };
        if let Some((stage, percent)) = reach {
            if !(0.0..=100.0).contains(&percent) {
                return Err(format!("`percent` is {percent}; it lies between 0 and 100"));
            }
            if (1..=stage.number()).any(|below| !stages.contains_key(&below)) {
                return Err(format!(
                    "no service can reach stage {}: `stages` says nothing of it, or of one below it",
                    stage.number()
                ));
            }
        }
        if reach.is_none() && self.fail_on.is_none() {
            return Err("it asks for nothing: give `stage` and `percent`, or `fail_on`".to_owned());
        }
        Ok(RunGate { only, reach, fail_on: self.fail_on })
    }
}

impl Localised {
    fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_policies_are_policies() {
        for (name, yaml) in BUILT_IN {
            let policy = Policy::parse(name, yaml, |_, _| true).unwrap();
            assert_eq!(policy.name, name);
            // A zone has no address of its own that would let it fail what a web site can fail.
            for stage in Stage::ALL.into_iter().skip(1) {
                assert_ne!(policy.gates_of("zone", stage), policy.gates(stage), "{name} {stage:?}");
            }
            assert_eq!(policy.gates_of("web", Stage::Reachable), policy.gates(Stage::Reachable));
            assert_eq!(policy.highest_stage(), Stage::Ipv6OnlyUsable);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let parse = |yaml: &str| {
            Policy::parse("p.yaml", yaml, |id, reason| {
                id == "dns-aaaa" && reason.is_none_or(|reason| reason == "no-data")
            })
            .map_err(|error| error.to_string())
        };
        let head = "version: 1\nname: p\ntitle: {vi: P, en: P}\n";
        let good =
            format!("{head}stages: {{1: [dns-aaaa]}}\nseverity: {{dns-aaaa/no-data: info}}\n");
        let policy = parse(&good).unwrap();
        assert_eq!(policy.severity("dns-aaaa", "no-data"), Some(Severity::Info));
        assert_eq!(policy.severity("dns-aaaa", "nxdomain"), None);
        let gates = |gate: &str| format!("{head}stages: {{1: [dns-aaaa]}}\ngates: [{gate}]\n");
        let gated =
            parse(&gates("{only: [tag:portal], stage: 1, percent: 99.5, fail_on: critical}"))
                .unwrap();
        let [gate] = gated.run_gates() else { panic!() };
        assert_eq!(gate.only.to_string(), "tag:portal");
        assert_eq!(gate.reach, Some((Stage::Addressed, 99.5)));
        assert_eq!(gate.fail_on, Some(Severity::Critical));
        for (yaml, expected) in [
            (
                gates("{only: [tga:portal], stage: 1, percent: 1}"),
                "gate 1: `tga:portal`: `tga:` is not known",
            ),
            (gates("{stage: 1}"), "belong together"),
            (gates("{only: [a/b]}"), "asks for nothing"),
            (gates("{stage: 1, percent: 101}"), "between 0 and 100"),
            (gates("{stage: 3, percent: 1}"), "no service can reach stage 3"),
            (gates("{fail_on: grave}"), "grave"),
            (format!("{head}stages: {{1: [dns-a]}}\n"), "`dns-a`, which is no check"),
            (format!("{head}stages: {{0: [dns-aaaa]}}\n"), "stage 0 can't be gated"),
            (format!("{head}stages: {{}}\nseverity: {{dns-aaaa/x: info}}\n"), "`dns-aaaa/x`"),
            (format!("{head}stages: {{}}\nkinds: {{ftp: {{1: [dns-aaaa]}}}}\n"), "`ftp`"),
            (
                format!("{head}stages: {{}}\nkinds: {{zone: {{1: [x]}}}}\n"),
                "`x`, which is no check",
            ),
            (format!("{head}stages: {{}}\nstage: 1\n"), "stage"),
            ("version: 2\nname: p\ntitle: {vi: P, en: P}\nstages: {}\n".into(), "version 2"),
        ] {
            let error = parse(&yaml).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
