//! What the view keeps of one judged service.

use super::codes::{finding_code, place_of, standing_code};
use super::packed::pack;
use crate::check::CATALOGUE;
use crate::judge::{Finding, Roots, ServiceResult};
use crate::model::{Outcome, Service, ServiceId};

/// A judged service in the numbers of the view's file.
pub(super) struct Facts {
    /// The id under which the track's whole run knows it.
    pub id: ServiceId,
    pub definition: String,
    pub standing: i64,
    /// By the place of the check in the catalogue; -1 where it was not asked.
    pub findings: Vec<i64>,
    /// Its verdicts, where it is one of the newest.
    pub latest: Option<Latest>,
}

/// What is kept of a service of the newest run beside its facts.
pub(super) struct Latest {
    pub blockers: String,
    pub verdicts: Vec<u8>,
}

impl Facts {
    /// The facts of a service; with its verdicts, when they are the newest.
    pub fn of(result: &ServiceResult, is_latest: bool) -> Self {
        let verdicts = result.verdicts.unpack();
        let roots = Roots::of(&verdicts);
        let mut findings = vec![-1; CATALOGUE.len()];
        for (at, judged) in verdicts.iter().enumerate() {
            let code = finding_code(judged.check, &Finding::of(judged), roots.at(at));
            if let (Some(place), Some(code)) = (place_of(judged.check), code) {
                findings[place] = code;
            }
        }
        let latest =
            is_latest.then(|| Latest { blockers: blockers(result), verdicts: pack(&verdicts) });
        Self {
            id: result.service.id.clone(),
            definition: definition(&result.service),
            standing: standing_code(result.standing),
            findings,
            latest,
        }
    }
}

/// A service as the view's file has it.
pub(super) fn definition(service: &Service) -> String {
    // Serialising this type to memory can't fail.
    serde_json::to_string(service).unwrap_or_default()
}

fn blockers(result: &ServiceResult) -> String {
    let all: Vec<(&str, &str, Outcome)> =
        result.blockers.iter().map(|one| (one.check, one.reason, one.outcome)).collect();
    serde_json::to_string(&all).unwrap_or_default()
}
