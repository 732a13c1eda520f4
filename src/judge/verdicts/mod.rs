//! All verdicts of one service, packed: a run keeps those of thousands of services in memory.

mod pack;
mod squeeze;
mod statics;
#[cfg(test)]
mod tests;
mod unpack;

use super::{Finding, Judged};
use crate::check::Check;

/// The verdicts of one service in the order in which they were given. They take a tenth of the
/// memory of what they are made from, and come back exactly as they were.
///
/// [`Verdicts::findings`] reads what most figures need and costs next to nothing;
/// [`Verdicts::unpack`] makes everything anew, so a reader should call it once for each service.
///
/// ```
/// use v6ready::check::CATALOGUE;
/// use v6ready::judge::{Judged, Verdicts};
/// use v6ready::model::Verdict;
///
/// let verdict = Verdict::inconclusive("not-observed");
/// let judged = Judged { check: CATALOGUE[0], severity: CATALOGUE[0].severity, verdict };
/// let verdicts: Verdicts = vec![judged.clone()].into();
/// assert_eq!(verdicts.unpack(), [judged]);
/// ```
#[derive(Clone)]
pub struct Verdicts(Form);

#[derive(Clone)]
enum Form {
    Packed(Box<[u8]>),
    /// What packing would not have given back as it was: a check outside the catalogue, a name that
    /// isn't in its normal form.
    Plain(Box<[Judged]>),
}

impl From<Vec<Judged>> for Verdicts {
    /// Packs them. The pack is read once before it replaces what it was made from, so that reading it
    /// later can't fail.
    fn from(verdicts: Vec<Judged>) -> Self {
        let packed = pack::pack(&verdicts)
            .filter(|packed| unpack::unpack(packed).is_some_and(|again| again == verdicts));
        Self(match packed {
            // A copy of its own size: shrunk in place, it would keep the room in which it grew.
            Some(packed) => Form::Packed(Box::from(&packed[..])),
            None => Form::Plain(verdicts.into()),
        })
    }
}

impl FromIterator<Judged> for Verdicts {
    fn from_iter<T: IntoIterator<Item = Judged>>(verdicts: T) -> Self {
        verdicts.into_iter().collect::<Vec<_>>().into()
    }
}

impl Verdicts {
    /// Every verdict with its subjects and facts, made anew at each call.
    pub fn unpack(&self) -> Vec<Judged> {
        match &self.0 {
            // It was read when it was packed.
            Form::Packed(packed) => unpack::unpack(packed).unwrap_or_default(),
            Form::Plain(verdicts) => verdicts.to_vec(),
        }
    }

    /// Each check with what it found in short.
    pub fn findings(&self) -> Vec<(&'static Check, Finding)> {
        match &self.0 {
            // As above.
            Form::Packed(packed) => unpack::findings(packed).unwrap_or_default(),
            Form::Plain(verdicts) => verdicts.iter().map(|j| (j.check, Finding::of(j))).collect(),
        }
    }

    /// Octets on the heap, without what a plain form's verdicts point to.
    #[cfg(test)]
    fn octets(&self) -> usize {
        match &self.0 {
            Form::Packed(packed) => packed.len(),
            Form::Plain(verdicts) => size_of_val(&**verdicts),
        }
    }
}
