//! Trains a dictionary for the store's documents from the committed demo run, and compares it with the
//! shipped one. `cargo xtask dictionary` runs this.
//!
//! The shipped dictionary is a part of the store's format and stays as it is: another one comes with
//! a new format, beside it.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;

use v6ready::store::{DICTIONARY, documents_of_run, train_dictionary, try_dictionary};

const RUN: &str = "tests/data/lab-run.v6ready";
const OUT: &str = "target/dictionary/documents.dict";

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents = documents_of_run(File::open(root.join(RUN))?)?;
    // Half of them to learn from, the other half to try it on; then all of them for the file.
    let (learned, tried): (Vec<_>, Vec<_>) =
        documents.iter().cloned().enumerate().partition(|(at, _)| at % 2 == 0);
    let half = train_dictionary(learned.into_iter().map(|(_, document)| document))?;
    let tried: Vec<_> = tried.into_iter().map(|(_, document)| document).collect();
    for (name, dictionary) in [("trained on the other half", &half[..]), ("shipped", DICTIONARY)] {
        let result = try_dictionary(dictionary, &tried)?;
        let percent = |octets: usize| octets as f64 * 100.0 / result.plain_octets as f64;
        println!(
            "{name}: {:.1} % of {} documents are left, {:.1} % without a dictionary",
            percent(result.with_octets),
            tried.len(),
            percent(result.without_octets),
        );
    }
    let out = root.join(OUT);
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&out, train_dictionary(documents.into_iter())?)?;
    println!("{OUT}: trained on all of them");
    Ok(())
}
