//! Runs from other hosts, and what stands in a store.

use std::cell::RefCell;

use tempfile::TempDir;
use v6ready::model::{Digest, Lang, Observation};
use v6ready::report::describe;
use v6ready::store::{SigningKey, Store, TrustedKeys};

/// A run file as it is.
pub fn run_file(octets: &[u8]) {
    import(octets);
}

/// The lines of a run file, which are packed and get an end that fits.
pub fn run_lines(octets: &[u8]) {
    let mut lines = octets.to_vec();
    if lines.last() != Some(&b'\n') {
        lines.push(b'\n');
    }
    let end = format!("{{\"end\":{{\"sha256\":\"{}\"}}}}\n", Digest::of(&lines));
    lines.extend(end.as_bytes());
    let packed = zstd::encode_all(&*lines, 1).unwrap_or_else(|error| panic!("{error}"));
    import(&packed);
}

thread_local! {
    static STORE: RefCell<Option<(Store, TempDir)>> = const { RefCell::new(None) };
}

/// Imports into a store that is empty, and verifies what was taken.
fn import(octets: &[u8]) {
    STORE.with_borrow_mut(|kept| {
        let (store, _) = kept.get_or_insert_with(|| {
            let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
            let store = Store::open(&folder.path().join("runs.db"));
            (store.unwrap_or_else(|error| panic!("{error}")), folder)
        });
        if store.import(octets, None).is_ok() {
            store.verify().unwrap_or_else(|error| panic!("what was taken is damaged: {error}"));
            *kept = None;
        }
    });
}

/// Keys, private and public.
pub fn signing_keys(octets: &[u8]) {
    let _ = SigningKey::from_pem(octets);
    let _ = TrustedKeys::parse(&String::from_utf8_lossy(octets));
}

/// The document of a stored observation.
pub fn observation(octets: &[u8]) {
    let Ok(observation) = Observation::from_document(octets) else { return };
    let document = observation.document();
    let again = Observation::from_document(&document);
    assert!(again.is_ok_and(|again| again.document() == document), "it can't be read again");
    let _ = (observation.mismatch(), observation.blobs().len(), observation.reply.timed_out());
    for lang in [Lang::Vi, Lang::En] {
        let _ = describe::observation(&observation, lang);
    }
}
