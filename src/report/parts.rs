//! The parts that services fall into by where they stand. Charts, legends and tables of counts have
//! all of them in one order, so that each adds up to the services that are counted.

use super::texts;
use crate::judge::{Counts, Standing};
use crate::model::{Lang, Stage, Text};
use crate::policy::Policy;

/// Services that stand at the same place. Those that are retired are in no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Their name doesn't exist.
    Absent,
    /// They have reached this stage.
    At(Stage),
    /// Their stage is unknown.
    Unknown,
}

impl Part {
    /// The parts under a policy: from worse to better those that are known, then what is unknown. A
    /// stage that the policy doesn't judge is none.
    pub fn all(policy: &Policy) -> impl Iterator<Item = Self> {
        let stages = Stage::ALL.into_iter().filter(|stage| is_judged_stage(policy, *stage));
        std::iter::once(Self::Absent).chain(stages.map(Self::At)).chain([Self::Unknown])
    }

    /// How many services are in it.
    pub fn count(self, counts: &Counts) -> usize {
        match self {
            Self::Absent => counts.absent,
            Self::At(stage) => counts.stages[usize::from(stage.number())],
            Self::Unknown => counts.unknown,
        }
    }

    /// What it is called: for a stage its number and name.
    pub fn label(self, lang: Lang) -> String {
        match self {
            Self::Absent => texts::ABSENT.get(lang).to_owned(),
            Self::At(stage) => format!("{} {}", stage.number(), stage.name().get(lang)),
            Self::Unknown => texts::UNKNOWN.get(lang).to_owned(),
        }
    }

    /// What it is called over a column of counts.
    pub fn heading(self, lang: Lang) -> String {
        match self {
            Self::At(stage) => format!("{} {}", texts::STAGE.get(lang), stage.number()),
            other => texts::capitalised(&other.label(lang)),
        }
    }

    /// The letter or digit by which pages colour it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Absent => "a",
            Self::At(Stage::Ipv4Only) => "0",
            Self::At(Stage::Addressed) => "1",
            Self::At(Stage::Reachable) => "2",
            Self::At(Stage::AtParity) => "3",
            Self::At(Stage::Ipv6OnlyUsable) => "4",
            Self::Unknown => "u",
        }
    }
}

/// The letter or digit by which pages colour a service's standing.
pub fn class_of(standing: Standing) -> &'static str {
    match standing {
        Standing::Absent => Part::Absent.class(),
        Standing::At(stage) => Part::At(stage).class(),
        Standing::Unknown { .. } => Part::Unknown.class(),
        Standing::NotCounted => "r",
    }
}

/// A standing: the stage's number and name, or why there is none.
pub fn standing(standing: Standing, lang: Lang) -> String {
    match standing {
        Standing::At(stage) => Part::At(stage).label(lang),
        Standing::Absent => Part::Absent.label(lang),
        Standing::Unknown { .. } => Part::Unknown.label(lang),
        Standing::NotCounted => texts::RETIRED.get(lang).to_owned(),
    }
}

/// The headings over [`counts`].
pub fn count_headings(lang: Lang) -> Vec<String> {
    let fixed = |text: Text| texts::capitalised(text.get(lang));
    std::iter::once(fixed(texts::SERVICES))
        .chain([Part::Absent.heading(lang)])
        .chain(Stage::ALL.into_iter().map(|stage| Part::At(stage).heading(lang)))
        .chain([Part::Unknown.heading(lang), fixed(texts::RETIRED)])
        .collect()
}

/// The cells of a table of counts: services, those whose name doesn't exist, each stage, unknown,
/// retired. A stage that the policy doesn't judge has no count: `–`, and not 0.
pub fn counts(counts: &Counts, policy: &Policy, lang: Lang) -> Vec<String> {
    let stages = Stage::ALL.into_iter().map(|stage| match is_judged_stage(policy, stage) {
        true => texts::number(Part::At(stage).count(counts), lang),
        false => NOT_JUDGED.to_owned(),
    });
    std::iter::once(texts::number(counts.services, lang))
        .chain([texts::number(counts.absent, lang)])
        .chain(stages)
        .chain([texts::number(counts.unknown, lang), texts::number(counts.retired, lang)])
        .collect()
}

/// Written for the count of a stage that the policy doesn't judge.
const NOT_JUDGED: &str = "–";

/// Whether a policy says which services reach a stage; stage 0 needs no gate.
fn is_judged_stage(policy: &Policy, stage: Stage) -> bool {
    stage <= policy.highest_stage()
}
