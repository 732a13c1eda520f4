//! How much one conversation may cost, whatever a peer does.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What is left of a conversation's packets and octets, both ways together.
///
/// Each protocol has tighter bounds of its own on what it keeps. This one holds where a peer makes
/// a library send or read without end, and is far above what any conversation of ours needs.
#[derive(Debug)]
pub(super) struct Budget {
    packets_left: AtomicUsize,
    octets_left: AtomicUsize,
    spent: AtomicBool,
}

/// The budget of a conversation doesn't cover what its peer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the peer takes more packets or octets than a conversation may cost")]
pub(super) struct BudgetSpent;

impl Budget {
    /// So many packets and so many octets.
    pub const fn new(packets: usize, octets: usize) -> Self {
        Self {
            packets_left: AtomicUsize::new(packets),
            octets_left: AtomicUsize::new(octets),
            spent: AtomicBool::new(false),
        }
    }

    /// Takes packets and octets from what is left.
    ///
    /// # Errors
    /// Where there is less left of either; from then on every further call fails.
    pub fn spend(&self, packets: usize, octets: usize) -> Result<(), BudgetSpent> {
        let have_packets = take(&self.packets_left, packets);
        let have_octets = take(&self.octets_left, octets);
        if have_packets && have_octets && !self.is_spent() {
            return Ok(());
        }
        self.spent.store(true, Ordering::Relaxed);
        Err(BudgetSpent)
    }

    /// Whether more was asked of it than there was.
    pub fn is_spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed)
    }
}

/// Takes so many, or all that is left where that is less.
fn take(left: &AtomicUsize, count: usize) -> bool {
    let before = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        Some(left.saturating_sub(count))
    });
    before.is_ok_and(|left| left >= count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_is_spent_for_good() {
        let budget = Budget::new(3, 100);
        assert_eq!(budget.spend(1, 60), Ok(()));
        assert!(!budget.is_spent());
        assert_eq!(budget.spend(1, 60), Err(BudgetSpent));
        assert!(budget.is_spent());
        assert_eq!(budget.spend(1, 1), Err(BudgetSpent));
        let budget = Budget::new(1, 100);
        assert_eq!(budget.spend(1, 1), Ok(()));
        assert!(!budget.is_spent());
        assert_eq!(budget.spend(1, 1), Err(BudgetSpent));
    }
}
