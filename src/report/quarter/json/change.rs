//! How a service changed, as a document; the comparison of two runs has it too.

use schemars::JsonSchema;
use serde::Serialize;

use crate::judge::{Finding, ServiceChange, Standing};
use crate::model::Stage;

/// A service that changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ChangeDocument {
    service: String,
    /// The id that it had before, where it was renamed or moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    formerly: Option<String>,
    /// `worse`, `unknown`, `better`, `known`, `new`, `gone` or `same` (only checks, or its
    /// id, changed).
    change: String,
    before: Option<StandingDocument>,
    after: Option<StandingDocument>,
    checks: Vec<CheckChangeDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct StandingDocument {
    /// `at-stage`; `absent` when the service's name does not exist in the DNS; `unknown`; `retired`.
    kind: String,
    /// 0 to 4; null when unknown or retired, 0 when absent.
    stage: Option<u8>,
    /// The highest stage that is known to be reached; null for a retired service.
    at_least: Option<u8>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CheckChangeDocument {
    check: String,
    /// `worse`, `unknown`, `better`, `known` or `otherwise`.
    change: String,
    before: FindingDocument,
    after: FindingDocument,
    /// What explains the change: another check of this service that changed, or `vantage` where it lies
    /// on our own side; missing where nothing else does.
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FindingDocument {
    outcome: String,
    reason: String,
    severity: String,
}

/// A service's change as a document.
pub(crate) fn change(change: &ServiceChange) -> ChangeDocument {
    ChangeDocument {
        service: change.service.id.to_string(),
        formerly: change.formerly.as_ref().map(ToString::to_string),
        change: change.change.id().to_owned(),
        before: change.before.map(standing),
        after: change.after.map(standing),
        checks: change
            .checks
            .iter()
            .map(|check| CheckChangeDocument {
                check: check.check.to_owned(),
                change: check.change.id().to_owned(),
                before: finding(&check.before),
                after: finding(&check.after),
                root: check.root.id().map(str::to_owned),
            })
            .collect(),
    }
}

/// Where a service stands, as a document.
pub(super) fn standing(standing: Standing) -> StandingDocument {
    StandingDocument {
        kind: standing.id().to_owned(),
        stage: standing.stage().map(Stage::number),
        at_least: standing.at_least().map(Stage::number),
    }
}

fn finding(finding: &Finding) -> FindingDocument {
    FindingDocument {
        outcome: finding.outcome.id().to_owned(),
        reason: finding.reason.to_owned(),
        severity: finding.severity.id().to_owned(),
    }
}
