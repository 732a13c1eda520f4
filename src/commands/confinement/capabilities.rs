//! Privileges of the superuser (capabilities(7)): given up before anything is read, but for two.
//!
//! A scan keeps `CAP_NET_RAW`, unused, until [`RawSockets::while_allowed`] has opened the sockets for echo. Who runs as
//! root on files of another user keeps the rights to them.

use rustix::io::Errno;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};

use super::reach::Reach;

/// What it takes to work on the files of another user, and to leave them their owner.
const OTHERS_FILES: CapabilitySet =
    CapabilitySet::CHOWN.union(CapabilitySet::DAC_OVERRIDE).union(CapabilitySet::FOWNER);

/// Numbers of capabilities that the kernel may know.
const NUMBERS: std::ops::Range<u32> = 0..64;

/// Gives up everything but the right to raw sockets, where it is needed and there, and the rights to the files of other
/// users that are named. No program that is started can gain any.
pub(super) fn reduce(needs_raw_sockets: bool, reach: &Reach) {
    if let Err(error) = set_no_new_privs(true) {
        tracing::warn!(%error, "other programs could still be given privileges");
    }
    let Ok(had) = capabilities(None) else { return };
    if had.permitted.is_empty() && had.inheritable.is_empty() {
        tracing::info!("there are no privileges to give up");
        return;
    }
    // Where these aren't there, there is nothing to remove them from.
    let _ = clear_ambient_capability_set();
    let bounding = empty_bounding_set();
    let raw = if needs_raw_sockets { CapabilitySet::NET_RAW } else { CapabilitySet::empty() };
    let kept = had.permitted & (raw | OTHERS_FILES);
    // To see what would be refused without them.
    if !set(kept, CapabilitySet::empty()) {
        return;
    }
    let others = if reach.is_refused() { kept & OTHERS_FILES } else { CapabilitySet::empty() };
    set(kept & (raw | others), others);
    tracing::info!(
        kept_for_files_of_others = %names(others),
        kept_for_raw_sockets = %names(kept & raw),
        bounding_set = bounding,
        "gave up privileges"
    );
}

fn empty_bounding_set() -> &'static str {
    let mut known = NUMBERS.map(|number| CapabilitySet::from_bits_retain(1 << number));
    let refused = known.any(|one| {
        matches!(remove_capability_from_bounding_set(one), Err(error) if error != Errno::INVAL)
    });
    if refused { "as it was" } else { "empty" }
}

fn set(permitted: CapabilitySet, effective: CapabilitySet) -> bool {
    let sets = CapabilitySets { effective, permitted, inheritable: CapabilitySet::empty() };
    let done = set_capabilities(None, sets);
    if let Err(error) = done {
        tracing::warn!(%error, "privileges can't be given up");
    }
    done.is_ok()
}

fn names(set: CapabilitySet) -> String {
    let names: Vec<_> = set.iter_names().map(|(name, _)| name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}

/// What threads keep that ask the network: only what files of another user take.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct WorkerRights(CapabilitySet);

impl WorkerRights {
    /// Gives up the rest, in the calling thread.
    pub(in crate::commands) fn apply(self) {
        let Ok(had) = capabilities(None) else { return };
        if had.permitted != self.0 {
            set(self.0, self.0);
        }
    }
}

/// The right to open raw sockets, where the process has it.
#[derive(Debug)]
pub(in crate::commands) struct RawSockets {
    raw: CapabilitySet,
    workers: WorkerRights,
}

impl RawSockets {
    /// What [`reduce`] has left of it.
    pub(in crate::commands) fn left() -> Self {
        let permitted = capabilities(None).map_or(CapabilitySet::empty(), |left| left.permitted);
        let workers = WorkerRights(permitted - CapabilitySet::NET_RAW);
        Self { raw: permitted & CapabilitySet::NET_RAW, workers }
    }

    /// What threads may keep that are started before the right is gone.
    pub(in crate::commands) fn workers(&self) -> WorkerRights {
        self.workers
    }

    /// Uses the right once, and gives it up for good.
    pub(in crate::commands) fn while_allowed<T>(self, open: impl FnOnce() -> T) -> T {
        if self.raw.is_empty() {
            return open();
        }
        set(self.workers.0 | self.raw, self.workers.0 | self.raw);
        let opened = open();
        set(self.workers.0, self.workers.0);
        opened
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a thread has that does this.
    fn left_by(what: impl FnOnce() + Send) -> CapabilitySets {
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                what();
                capabilities(None).unwrap()
            });
            thread.join().unwrap()
        })
    }

    #[test]
    fn only_the_right_to_raw_sockets_waits_for_its_use() {
        let had = capabilities(None).unwrap().permitted & CapabilitySet::NET_RAW;
        let none = CapabilitySet::empty();
        let sets =
            |permitted, effective| CapabilitySets { permitted, effective, inheritable: none };
        let reach = Reach::default();
        assert_eq!(left_by(|| reduce(false, &reach)), sets(none, none));
        assert_eq!(left_by(|| reduce(true, &reach)), sets(had, none));
        let after_use = left_by(|| {
            reduce(true, &reach);
            let raw = RawSockets::left();
            let while_used = raw.while_allowed(|| capabilities(None).unwrap());
            assert_eq!(while_used, sets(had, had));
        });
        assert_eq!(after_use, sets(none, none));
        let worker = left_by(|| {
            reduce(true, &reach);
            RawSockets::left().workers().apply();
        });
        assert_eq!(worker, sets(none, none));
    }
}
