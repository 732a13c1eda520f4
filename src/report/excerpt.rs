//! What of a run a JSON document shows, when it is not all of it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::judge::RunResult;

/// A part of a run that is shown by itself.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct ExcerptDocument {
    /// The organisation that it is written to; null when it is not to one alone.
    organisation: Option<OrganisationDocument>,
    /// The patterns that services were chosen by; empty when all are shown.
    only: Vec<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OrganisationDocument {
    id: String,
    name: String,
    contact: Option<String>,
}

impl ExcerptDocument {
    /// That of a result; `None` for a whole run.
    pub(super) fn of(result: &RunResult) -> Option<Self> {
        let excerpt = result.excerpt.as_ref()?;
        Some(Self {
            organisation: excerpt.organisation().map(|own| OrganisationDocument {
                id: own.id.to_string(),
                name: own.name.clone(),
                contact: own.contact.clone(),
            }),
            only: excerpt.selection().patterns().map(str::to_owned).collect(),
        })
    }
}
