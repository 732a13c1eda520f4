//! All verdicts of one service in little memory: a run keeps those of thousands of services.
//!
//! [`Part`] is the form in which they are kept, [`words`] turns the program's own words into numbers
//! and back, [`compression`] is zstd. Nothing of this ever leaves the process.

mod compression;
mod part;
#[cfg(test)]
mod tests;
mod words;

use part::Part;

use super::{Finding, Judged};
use crate::check::{CATALOGUE, Check};

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
pub struct Verdicts {
    /// Those that were given together.
    parts: Box<[Part]>,
}

impl From<Vec<Judged>> for Verdicts {
    /// Packs them.
    fn from(verdicts: Vec<Judged>) -> Self {
        Self { parts: Box::new([Part::of(verdicts)]) }
    }
}

impl FromIterator<Judged> for Verdicts {
    fn from_iter<T: IntoIterator<Item = Judged>>(verdicts: T) -> Self {
        verdicts.into_iter().collect::<Vec<_>>().into()
    }
}

impl Verdicts {
    /// These verdicts and later ones of other checks, all in the catalogue's order.
    pub fn and(self, later: Vec<Judged>) -> Self {
        let parts = self.parts.into_iter().chain([Part::of(later)]);
        Self { parts: parts.collect() }
    }

    /// Every verdict with its subjects and facts, made anew at each call.
    pub fn unpack(&self) -> Vec<Judged> {
        match &*self.parts {
            [part] => part.verdicts(),
            parts => in_order(parts.iter().flat_map(Part::verdicts), |judged| judged.check),
        }
    }

    /// Each check with what it found in short.
    pub fn findings(&self) -> Vec<(&'static Check, Finding)> {
        match &*self.parts {
            [part] => part.findings(),
            parts => in_order(parts.iter().flat_map(Part::findings), |(check, _)| check),
        }
    }

    /// Octets on the heap.
    #[cfg(test)]
    fn octets(&self) -> usize {
        size_of_val(&*self.parts) + self.parts.iter().map(Part::octets).sum::<usize>()
    }
}

/// In the catalogue's order; what isn't in it comes last.
pub(super) fn in_order<T>(
    all: impl Iterator<Item = T>,
    check: impl Fn(&T) -> &'static Check,
) -> Vec<T> {
    let place = |check: &'static Check| CATALOGUE.iter().position(|at| std::ptr::eq(*at, check));
    let mut all: Vec<T> = all.collect();
    all.sort_by_cached_key(|one| place(check(one)).unwrap_or(usize::MAX));
    all
}
