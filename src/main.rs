//! The program; see the library's `commands`.

use std::process::ExitCode;

// Planning and judging make and drop many small values; this allocator makes them cheaper and,
// with many services under way, keeps memory together.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Huge pages would keep memory that is hardly used. Where they can't be turned off, they stay.
    let _ = nix::sys::prctl::set_thp_disable(true);
    // The panic's message has been printed by then.
    std::panic::catch_unwind(v6ready::commands::main)
        .unwrap_or_else(|_| ExitCode::from(v6ready::commands::INTERNAL_FAULT))
}
