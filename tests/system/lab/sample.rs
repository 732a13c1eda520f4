//! The sample province of `demo --serve` and of the sample reports.

use std::collections::BTreeMap;

use v6ready::lab::{Deadlines, SampleGround};

use crate::namespace;
use crate::program::{json, succeed, text, v6ready};

/// What a moment has to be found as.
struct Found {
    moment: usize,
    /// The services that have neither nothing nor everything, with their stages.
    between: &'static [(&'static str, u64)],
    /// How many have nothing of IPv6.
    nothing: usize,
}

const FOUND: [Found; 2] = [
    Found {
        moment: 2,
        between: &[
            ("so-gd/trang-tin", 3),
            ("so-khcn/do-luong", 2),
            ("so-nnmt/quan-trac", 1),
            ("so-nv/luu-tru", 3),
            ("so-vhttdl/bao-tang", 2),
            ("so-yt/dat-lich", 2),
            ("so-yt/thu-dien-tu", 1),
            ("ttdl/gui-thu", 1),
            ("vp-ubnd/dich-vu-cong", 3),
        ],
        nothing: 28,
    },
    Found {
        moment: SampleGround::MOMENTS - 1,
        between: &[
            ("so-nnmt/dat-dai", 1),
            ("so-nv/luu-tru", 3),
            ("so-tc/dau-tu-cong", 1),
            ("so-xd/quy-hoach", 3),
        ],
        nothing: 7,
    },
];

#[test]
fn what_was_put_into_it_is_found_and_nothing_else() {
    if !namespace::enter(module_path!(), "what_was_put_into_it_is_found_and_nothing_else") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("sample.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ground = runtime.block_on(SampleGround::set_up()).unwrap();
    for Found { moment, between, nothing } in FOUND {
        // The servers of a moment end with their runtime.
        let servers = tokio::runtime::Runtime::new().unwrap();
        let inside = servers.enter();
        let lab = ground.start(folder.path(), Deadlines::Long, moment).unwrap();
        drop(inside);
        let inventory = lab.inventory.to_str().unwrap();
        let result = json(&succeed(&mut v6ready(&db, &["scan", inventory, "--format", "json"])));
        let services = result["services"].as_array().unwrap();
        let stages: BTreeMap<&str, Option<u64>> =
            services.iter().map(|one| (text(&one["id"]), one["stage"].as_u64())).collect();
        assert!(stages.values().all(Option::is_some), "{stages:?}");
        let some: Vec<_> = stages
            .iter()
            .filter_map(|(id, stage)| Some((*id, stage.filter(|stage| (1..4).contains(stage))?)))
            .collect();
        assert_eq!(some, between, "at moment {moment}");
        let found = stages.values().filter(|stage| **stage == Some(0)).count();
        assert_eq!(found, nothing, "at moment {moment}");
    }
}
