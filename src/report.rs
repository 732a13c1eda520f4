//! What readers see of a judged run: pure renderers, which write to a given [`std::io::Write`] and
//! know neither files nor the clock.
//!
//! Each format of a run has its file or folder and takes a [`ReportContext`]; [`quarter`] and
//! [`difference`] render a [`Review`](crate::judge::quarter::Review) and a
//! [`Comparison`](crate::judge::Comparison) likewise. What several formats need is beside them: the
//! [`table`]s, the [`causes`] that failures are grouped by, the [`parts`] that services fall into, the
//! [`texts`] in both languages, and [`describe`], which makes observations readable and hostile text
//! harmless.
//!
//! Imports [`model`](crate::model), what [`judge`](crate::judge) gives, the metadata of
//! [`check`](crate::check)s, [`policy`](crate::policy), and from [`evidence`](crate::evidence) how
//! certificates and delegations are read.

pub mod causes;
pub mod chart;
pub mod csv;
pub mod describe;
pub mod difference;
pub mod docx;
mod excerpt;
pub mod failures;
mod greeting;
pub mod history;
pub mod html;
pub mod json;
pub mod junit;
pub mod letterhead;
pub mod mail;
pub mod markdown;
pub mod metrics;
pub mod office;
pub mod organisation;
mod outages;
pub mod overview;
pub mod owner;
pub mod parts;
pub mod path;
pub mod pdf;
pub mod quarter;
pub mod table;
pub mod terminal;
pub mod texts;
pub mod timings;
mod tls_session;
pub mod verdict_blocks;
pub mod xlsx;

use std::sync::Arc;

use crate::judge::RunResult;
use crate::model::{Lang, Observation, ObservationId};

/// What every renderer is given.
#[derive(Clone, Copy)]
pub struct ReportContext<'a> {
    /// The judged run.
    pub result: &'a RunResult,
    /// The reader's language.
    pub lang: Lang,
    /// Finds an observation that a verdict cites, so that evidence can be shown beside it.
    pub find_observation: &'a dyn Fn(ObservationId) -> Option<Arc<Observation>>,
}

#[cfg(test)]
pub(crate) mod tests;
