//! The targets under libFuzzer. `V6READY_FUZZ_TARGET` chooses one; with `V6READY_FUZZ_WORDS` its words are
//! written to that file, as libFuzzer's `-dict=` reads them.

#![no_main]

mod cost;
#[macro_use]
mod targets;

use std::sync::LazyLock;

use cost::Cost;
use libfuzzer_sys::fuzz_target;
use targets::{TARGETS, Target};

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("V6READY_FUZZ_TARGET").unwrap_or_default();
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        panic!("V6READY_FUZZ_TARGET is one of {}", names.join(" "))
    });
    // What is made once, for all inputs, is none of their costs.
    (target.decode)(b"");
    target
});

fuzz_target!(
    init: {
        if let Some(path) = std::env::var_os("V6READY_FUZZ_WORDS") {
            let shown = |word: &&[u8]| {
                let octets = word.iter().map(|octet| format!("\\x{octet:02x}"));
                format!("\"{}\"\n", octets.collect::<String>())
            };
            let words: String = TARGET.words.iter().map(shown).collect();
            std::fs::write(path, words).unwrap_or_else(|error| panic!("{error}"));
            std::process::exit(0);
        }
    },
    |input: &[u8]| {
        let cost = Cost::of(TARGET.decode, input);
        if let Some(excess) = cost.excess(&TARGET, input) {
            panic!("{}: {excess}", TARGET.name);
        }
    }
);
