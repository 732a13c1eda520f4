//! Whether attempts at the same thing agree, and what it means when they don't.

use crate::model::Detail;

/// Attempts that tell one lost among several from a service that comes and goes.
pub const ATTEMPTS_TO_DECIDE: usize = 3;

/// Attempts at the same thing of which our own side ended none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steadiness {
    /// All ended alike: each succeeded, or none did.
    Steady,
    /// One was lost and every other succeeded: a client that tries once more gets what it wants.
    OneLost {
        /// Of so many attempts.
        of: usize,
    },
    /// Some succeeded and two or more were lost, so that trying once more doesn't help either.
    Flapping {
        /// So many were lost.
        lost: usize,
        /// Of so many attempts, three or more.
        of: usize,
    },
}

impl Steadiness {
    /// What so many attempts that succeeded, and so many that were lost, amount to.
    pub fn of(succeeded: usize, lost: usize) -> Self {
        let of = succeeded + lost;
        match (succeeded, lost) {
            (0, _) | (_, 0) => Self::Steady,
            (_, 1) => Self::OneLost { of },
            (_, lost) => Self::Flapping { lost, of },
        }
    }

    /// Whether it comes and goes.
    pub fn is_flapping(self) -> bool {
        matches!(self, Self::Flapping { .. })
    }

    /// How many of how many attempts were lost, where some were and others not: `lost`, `2/3`.
    pub fn detail(self) -> Option<Detail> {
        let lost = |lost: usize, of: usize| Some(("lost", format!("{lost}/{of}")));
        match self {
            Self::Steady => None,
            Self::OneLost { of } => lost(1, of),
            Self::Flapping { lost: number, of } => lost(number, of),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lost_is_chance_and_two_are_not() {
        use Steadiness::{Flapping, OneLost, Steady};
        for (succeeded, lost, expected) in [
            (3, 0, Steady),
            (0, 3, Steady),
            (0, 0, Steady),
            (1, 1, OneLost { of: 2 }),
            (4, 1, OneLost { of: 5 }),
            (1, 2, Flapping { lost: 2, of: 3 }),
            (3, 2, Flapping { lost: 2, of: 5 }),
        ] {
            assert_eq!(Steadiness::of(succeeded, lost), expected, "{succeeded} {lost}");
        }
        assert_eq!(Steadiness::of(1, 2).detail(), Some(("lost", "2/3".to_owned())));
        assert_eq!(Steadiness::of(1, 0).detail(), None);
    }
}
