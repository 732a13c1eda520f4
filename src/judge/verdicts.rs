//! All verdicts of one service, packed: a run keeps those of thousands of services in memory.

mod pack;
mod squeeze;
mod statics;
#[cfg(test)]
mod tests;
mod unpack;

use super::{Finding, Judged};
use crate::check::{CATALOGUE, Check};

/// The verdicts of one service in the order in which they were given. They take a tenth of the
/// memory of what they are made from, and come back exactly as they were.
///
/// [`Verdicts::findings`] reads what most figures need and costs next to nothing;
/// [`Verdicts::unpack`] makes everything anew, so a reader should call it once for each service.
///
/// ```
/// use crate::check::CATALOGUE;
/// use crate::judge::{Judged, Verdicts};
/// use crate::model::Verdict;
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
    /// Those that were given first, and those that came to them.
    Both(Box<[Verdicts; 2]>),
}

impl From<Vec<Judged>> for Verdicts {
    /// Packs them.
    fn from(verdicts: Vec<Judged>) -> Self {
        Self(match pack::pack(&verdicts) {
            Some(packed) => {
                debug_assert_eq!(unpack::unpack(&packed).as_ref(), Some(&verdicts));
                // A copy of its own size: shrunk in place, it would keep the room in which it grew.
                Form::Packed(Box::from(&packed[..]))
            }
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
    /// These verdicts and later ones of other checks, all in the catalogue's order.
    pub fn and(self, later: Vec<Judged>) -> Self {
        Self(Form::Both(Box::new([self, later.into()])))
    }

    /// Every verdict with its subjects and facts, made anew at each call.
    pub fn unpack(&self) -> Vec<Judged> {
        match &self.0 {
            // Everything that was packed can be unpacked: it never left the process.
            Form::Packed(packed) => unpack::unpack(packed).unwrap_or_default(),
            Form::Plain(verdicts) => verdicts.to_vec(),
            Form::Both(both) => {
                in_order(both.iter().flat_map(Verdicts::unpack), |judged| judged.check)
            }
        }
    }

    /// Each check with what it found in short.
    pub fn findings(&self) -> Vec<(&'static Check, Finding)> {
        match &self.0 {
            // As above.
            Form::Packed(packed) => unpack::findings(packed).unwrap_or_default(),
            Form::Plain(verdicts) => Finding::of_all(verdicts),
            Form::Both(both) => in_order(both.iter().flat_map(Verdicts::findings), |(c, _)| *c),
        }
    }

    /// Octets on the heap, without what a plain form's verdicts point to.
    #[cfg(test)]
    fn octets(&self) -> usize {
        match &self.0 {
            Form::Packed(packed) => packed.len(),
            Form::Plain(verdicts) => size_of_val(&**verdicts),
            Form::Both(both) => both.iter().map(Self::octets).sum(),
        }
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
