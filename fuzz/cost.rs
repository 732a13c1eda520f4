//! What it costs to decode an input: memory by an allocator that counts, time by the thread's own clock.
//!
//! What C libraries allocate for themselves (zstd's window, SQLite's cache) isn't counted.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use nix::libc;

use super::targets::Target;

/// Octets that decoding any input may take at once, the input not counted.
const OCTETS_MAX: usize = 64 << 20;

/// Seconds that decoding may take for each begun MiB of input.
const SECONDS_PER_MIB: f64 = 1.0;

/// Whether this is the optimised build of `cargo xtask fuzz`, in which alone time is measured strictly.
const IS_OPTIMISED: bool = option_env!("V6READY_FUZZ_OPTIMISED").is_some();

/// Without optimisation everything takes longer by about this factor.
const UNOPTIMISED: f64 = 30.0;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, with each thread's octets counted.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(octets: isize) {
    // While a thread ends it has no counters any more.
    let _ = LIVE.try_with(|live| {
        live.set(live.get() + octets);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
    });
}

fn signed(octets: usize) -> isize {
    isize::try_from(octets).unwrap_or(isize::MAX)
}

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-signed(layout.size()));
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(signed(size) - signed(layout.size()));
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// What decoding one input took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Octets at once.
    pub octets: usize,
    /// Time on the processor.
    pub time: Duration,
}

impl Cost {
    /// Decodes an input.
    pub fn of(decode: fn(&[u8]), input: &[u8]) -> Self {
        let (before, began) = (LIVE.get(), thread_time());
        PEAK.set(before);
        decode(input);
        let octets = usize::try_from(PEAK.get() - before).unwrap_or(0);
        Self { octets, time: thread_time().saturating_sub(began) }
    }

    /// What is too much, where something is.
    pub fn excess(&self, target: &Target, input: &[u8]) -> Option<String> {
        let mebibytes = input.len().div_ceil(1 << 20).max(1);
        let allowed = if target.grows_with_input { OCTETS_MAX * mebibytes } else { OCTETS_MAX };
        if self.octets > allowed {
            let (took, allowed) = (self.octets >> 20, allowed >> 20);
            return Some(format!("{took} MiB at once, and {allowed} are allowed"));
        }
        let factor = if IS_OPTIMISED { 1.0 } else { UNOPTIMISED };
        let allowed = SECONDS_PER_MIB * factor * mebibytes as f64;
        (self.time.as_secs_f64() > allowed)
            .then(|| format!("{:.1} s, and {allowed:.0} are allowed", self.time.as_secs_f64()))
    }
}

fn thread_time() -> Duration {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// What this process has had of the processor.
#[allow(dead_code)]
pub fn process_time() -> Duration {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn clock(which: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a value that lives as long as the call.
    let read = unsafe { libc::clock_gettime(which, &mut time) };
    match (read, u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec)) {
        (0, Ok(seconds), Ok(nanoseconds)) => Duration::new(seconds, nanoseconds),
        _ => Duration::ZERO,
    }
}
