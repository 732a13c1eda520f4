//! The seeds: made of what the lab answered in `tests/data/lab-run.v6ready`, of the tables and documents in
//! the repository, and of a few texts written for it. `cargo xtask generate` writes them.

mod made;
mod run;

use std::collections::BTreeMap;
use std::path::Path;

/// Octets of one seed: small ones are tried more often.
const OCTETS_MAX: usize = 12 * 1024;

/// Seeds of one target that are kept.
const SEEDS_MAX: usize = 40;

/// The seeds of each target.
#[derive(Default)]
struct Seeds(BTreeMap<&'static str, Vec<Vec<u8>>>);

impl Seeds {
    /// Adds a seed, unless it is known, too long or one too many.
    fn add(&mut self, target: &'static str, octets: impl Into<Vec<u8>>) {
        let octets = octets.into();
        let of_target = self.0.entry(target).or_default();
        let fits = octets.len() <= OCTETS_MAX && of_target.len() < SEEDS_MAX;
        if fits && !of_target.contains(&octets) {
            of_target.push(octets);
        }
    }
}

#[test]
fn the_corpus_is_fresh() {
    let mut seeds = Seeds::default();
    made::add(&mut seeds);
    run::add(&mut seeds);
    let files: BTreeMap<String, Vec<u8>> = seeds
        .0
        .into_iter()
        .flat_map(|(target, all)| {
            let named = move |(at, octets)| (format!("fuzz/corpus/{target}/{at:02}"), octets);
            all.into_iter().enumerate().map(named)
        })
        .collect();
    let octets: usize = files.values().map(Vec::len).sum();
    assert!(octets < 2 << 20, "{octets} octets of seeds are too many");
    for target in super::TARGETS {
        let kept = super::files(&super::root().join("corpus").join(target.name));
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        let kept = kept.iter().map(|path| format!("fuzz/corpus/{}/{}", target.name, name(path)));
        let old: Vec<String> = kept.filter(|path| !files.contains_key(path)).collect();
        assert!(old.is_empty(), "delete what is made no more: {}", old.join(" "));
        let first = format!("fuzz/corpus/{}/00", target.name);
        assert!(files.contains_key(&first), "{} has no seed", target.name);
    }
    xtask::assert_fresh(files.iter().map(|(path, octets)| (path.clone(), &octets[..])));
}
