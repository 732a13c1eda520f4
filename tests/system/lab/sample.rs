//! The sample province, at each of its moments.

use serde_json::Value;
use v6ready::lab::{Deadlines, SampleGround};

use crate::namespace;
use crate::program::{json, succeed, v6ready};

#[test]
fn each_moment_is_found_as_it_is() {
    if !namespace::enter(module_path!(), "each_moment_is_found_as_it_is") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("sample.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ground = runtime.block_on(SampleGround::set_up()).unwrap();
    for moment in 0..SampleGround::MOMENTS {
        let servers = tokio::runtime::Runtime::new().unwrap();
        let lab = {
            let _inside = servers.enter();
            ground.start(folder.path(), Deadlines::Short, moment).unwrap()
        };
        let inventory = lab.inventory.to_str().unwrap();
        let begun = std::time::Instant::now();
        let result = json(&succeed(&mut v6ready(&db, &["scan", inventory, "--format", "json"])));
        eprintln!("== {moment} {:?} {}", begun.elapsed(), result["summary"]);
        for service in result["services"].as_array().unwrap() {
            let fails: Vec<String> = service["verdicts"].as_array().unwrap().iter().filter(|v| v["outcome"] == "fail").map(|v| format!("{}:{}", v["check"].as_str().unwrap(), v["reason"].as_str().unwrap())).collect();
            let inc: Vec<String> = service["verdicts"].as_array().unwrap().iter().filter(|v| v["outcome"] == "inconclusive").map(|v| format!("{}:{}", v["check"].as_str().unwrap(), v["reason"].as_str().unwrap())).collect();
            eprintln!("{} {} {fails:?} {}", service["id"], service["stage"], inc.len());
        }
        drop(lab);
        servers.shutdown_background();
    }
    let _: Option<Value> = None;
}
