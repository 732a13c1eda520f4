//! What writing takes. Not a test: `cargo test --lib store::tests::cost -- --ignored --nocapture`.

use std::time::Instant;

use super::{dns, id, inputs, opened, run, service};
use crate::model::{NetFailure, Reply};

const FACTS: usize = 20_000;

#[test]
#[ignore = "a measurement"]
fn writing() {
    for _ in 0..5 {
        let (_folder, mut store) = opened();
        let recorder = store.begin(&run("r"), &inputs()).unwrap();
        let facts: Vec<_> = (0..FACTS)
            .map(|n| dns(&format!("host-{n}.example"), 1, Reply::DnsFailed(NetFailure::TimedOut)))
            .collect();
        let began = Instant::now();
        for fact in &facts {
            recorder.record(service("one"), fact);
            for other in ["two", "three"] {
                recorder.share(id(other), fact.request.key().into());
            }
        }
        recorder.finish(&run("r")).unwrap();
        let wrote = began.elapsed();
        let began = Instant::now();
        store.run(&run("r").id).unwrap();
        let opened = began.elapsed();
        eprintln!("{FACTS} facts, {} uses: written in {wrote:?}, opened in {opened:?}", FACTS * 3);
    }
}
