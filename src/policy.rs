//! Policies: which checks gate which stage, and how much each failure matters.
//!
//! A [`Policy`] is read from a small YAML file. Two are built in ([`BUILT_IN`]); print one with
//! `v6ready policy NAME`, change it, and name the file in the inventory. It knows checks and reasons
//! only by their names, which the caller confirms ([`Policy::parse`]).
//!
//! Imports [`model`](crate::model) and nothing else of this crate.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::model::{Digest, Goal, Lang, Severity, Stage, Target};

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

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Localised {
    vi: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u8,
    name: String,
    title: Localised,
    #[serde(default)]
    source: Localised,
    stages: BTreeMap<u8, Vec<String>>,
    #[serde(default)]
    kinds: BTreeMap<String, BTreeMap<u8, Vec<String>>>,
    #[serde(default)]
    severity: BTreeMap<String, Severity>,
    #[serde(default)]
    target: Option<DefaultGoal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultGoal {
    stage: Stage,
    by: Date,
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
        Ok(Self {
            name: document.name,
            sha256: Digest::of(yaml.as_bytes()),
            yaml: yaml.to_owned(),
            title: document.title,
            source: document.source,
            stages: document.stages,
            kinds: document.kinds,
            severity: document.severity,
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

    /// The goal for services that have none of their own.
    pub fn goal(&self) -> Option<&Goal> {
        self.goal.as_ref()
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
        for (yaml, expected) in [
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
