//! The network team's day: nightly runs of a small inventory in the lab, a fault that comes and goes, and
//! what each morning's output says.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use super::RunningLab;
use crate::namespace;
use crate::program::{fail, json, stderr, succeed, v6ready};

/// Two good pages, the second of which can be pointed at a server that refuses IPv6.
fn inventory(lab: &RunningLab, file: &str, second: &str) -> String {
    let text = std::fs::read_to_string(&lab.inventory).unwrap();
    let head = text.split("organisations:\n").next().unwrap();
    let head = head.replacen("version: 1\n", "version: 1\nid: tinh-vidu\n", 1);
    let services = format!(
        "organisations:\n  - id: vp\n    name: Văn phòng\n    services:\n      \
         - {{id: mot, category: portal, web: \"https://portal.vidu.example/\"}}\n      \
         - {{id: hai, category: portal, web: \"https://{second}.vidu.example/\"}}\n"
    );
    let path = lab.path(file);
    std::fs::write(&path, head + &services).unwrap();
    path.to_str().unwrap().to_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The ids of the runs, the newest first, each with its scope.
fn runs(db: &Path) -> Vec<(String, String)> {
    let runs = json(&succeed(&mut v6ready(db, &["runs", "--format", "json"])));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    runs.as_array().unwrap().iter().map(|run| (text(&run["id"]), text(&run["scope"]))).collect()
}

struct Day {
    lab: RunningLab,
    db: PathBuf,
}

impl Day {
    fn run(&self, arguments: &[&str]) -> Output {
        succeed(&mut v6ready(&self.db, arguments))
    }
}

#[test]
fn what_changed_is_said_and_a_rescan_fills_in() {
    if !namespace::enter(module_path!(), "what_changed_is_said_and_a_rescan_fills_in") {
        return;
    }
    let lab = RunningLab::start();
    let day = Day { db: lab.path("day.db"), lab };
    let good = inventory(&day.lab, "danh-muc.yaml", "dichvucong");

    // The first night: nothing to compare with, which is no reason to fail.
    let first = day.run(&["scan", &good, "--fail-on-worse"]);
    assert!(stderr(&first).contains("no earlier complete run"), "{}", stderr(&first));
    assert!(!stdout(&first).contains("Thay đổi so với"));
    // `check` stores nothing unless it is to be kept.
    fail(&mut v6ready(&day.db, &["check", "portal.vidu.example", "--quick"]), 3);
    assert_eq!(runs(&day.db).len(), 1);
    names_are_checked_as_the_inventory_says(&day, &good);
    let kept = day.lab.path("kept.db");
    fail(&mut v6ready(&kept, &["check", "portal.vidu.example", "--keep"]), 3);
    assert_eq!(runs(&kept)[0].1, "names");
    let unnamed = fail(&mut v6ready(&kept, &["judge"]), 2);
    assert!(unnamed.contains("no run of a whole inventory"), "{unnamed}");
    // What is inconclusive is so however it is asked for.
    fail(&mut v6ready(&kept, &["judge", "--run", &runs(&kept)[0].0]), 3);

    // The second night, under a new name of the file: one is worse, and the gates that fail are all told.
    let bad = inventory(&day.lab, "danh-muc-moi.yaml", "tuchoi");
    let second = fail(
        &mut v6ready(
            &day.db,
            &["scan", &bad, "--fail-on-worse", "--fail-on", "critical", "--fail-under", "100"],
        ),
        1,
    );
    for gate in ["--fail-under 100", "--fail-on critical", "--fail-on-worse: 1 service is worse"] {
        assert!(second.contains(gate), "{second}");
    }
    let diff = stdout(&day.run(&["diff", "--lang", "en"]));
    assert!(diff.contains("worsened: 1") && diff.contains("vp/hai"), "{diff}");
    assert_eq!(diff, stdout(&day.run(&["diff", "previous", "newest", "--lang", "en"])));

    // Mended, and looked at again: it is fixed, and the whole is filled in.
    let mended = inventory(&day.lab, "danh-muc-moi.yaml", "dichvucong");
    let rescan = stdout(&day.run(&["scan", &mended, "--only", "vp/hai", "--quick"]));
    assert!(rescan.contains("đã khắc phục: 1"), "{rescan}");
    let ids = runs(&day.db);
    let [(part, scope), (whole, _), (first, _)] = &ids[..] else { panic!("{ids:?}") };
    assert_eq!(scope, "part");
    let result = json(&day.run(&["judge", "--format", "json"]));
    assert_eq!(result["run"]["id"], **whole);
    assert_eq!(result["services"][1]["rescanned"]["run"], **part);
    assert!(result["services"][0].get("rescanned").is_none());
    assert_eq!(result["services"][1]["stage"], 4, "{}", result["services"][1]);
    let shown = stdout(&day.run(&["show", "vp/hai"]));
    assert!(shown.contains("Đã đo lại") && shown.contains(&**part), "{shown}");
    // By its id the whole is as it was.
    let as_it_was = json(&day.run(&["judge", "--run", whole, "--format", "json"]));
    assert_eq!(as_it_was["services"][1]["stage"], 1);
    fail(
        &mut v6ready(
            &day.db,
            &[
                "report",
                "--run",
                whole,
                "--fail-on",
                "critical",
                "--out",
                day.lab.path("r").to_str().unwrap(),
            ],
        ),
        1,
    );
    day.run(&["report", "--fail-on", "critical", "--out", day.lab.path("r").to_str().unwrap()]);
    let exported = day.lab.path("run.v6ready");
    day.run(&["runs", "export", "newest", exported.to_str().unwrap()]);
    let other = day.lab.path("other.db");
    let imported = succeed(&mut v6ready(&other, &["runs", "import", exported.to_str().unwrap()]));
    assert_eq!(stdout(&imported).trim(), whole);

    // The third night: whole again, and better than the second.
    let third = json(&day.run(&["scan", &mended, "--format", "json", "--fail-on-worse"]));
    assert_eq!(third["since"]["run"], **whole);
    assert_eq!(
        (&third["since"]["worse"], &third["since"]["changes"][0]["change"]),
        (&Value::from(0), &Value::from("better"))
    );
    let history = stdout(&day.run(&["show", "vp/hai", "--history", "--lang", "en"]));
    let steps = |check: &str| {
        let below = history.split(&format!("  {check}\n")).nth(1).unwrap_or_default();
        below.lines().take_while(|line| line.starts_with("    ")).count()
    };
    assert_eq!(steps("reach-port"), 3, "{history}");
    assert!(history.contains("Runs: 4") && history.contains(first), "{history}");
    the_quarter_tells_of_it(&day);
    // A quick run doesn't look for everything, and doesn't call that worse.
    day.run(&["scan", &mended, "--quick", "--fail-on-worse"]);

    // Another inventory's runs are not compared with these.
    let text = std::fs::read_to_string(&mended).unwrap();
    let strange = day.lab.path("khac.yaml");
    std::fs::write(&strange, text.replace("id: tinh-vidu", "id: tinh-khac")).unwrap();
    day.run(&["scan", strange.to_str().unwrap(), "--only", "vp/mot", "--quick"]);
    let strange = &runs(&day.db)[0].0;
    let refused = fail(&mut v6ready(&day.db, &["diff", first, strange]), 2);
    assert!(refused.contains("different inventories"), "{refused}");
    day.run(&["diff", first, strange, "--any-inventory"]);
}

/// Resolvers, authorities and networks are those of the inventory, without which nothing can be asked here.
fn names_are_checked_as_the_inventory_says(day: &Day, inventory: &str) {
    let check = ["check", "portal.vidu.example", "zone:vidu.example", "--inventory", inventory];
    let seen = stdout(&day.run(&[&check[..], &["--quick", "--lang", "en"]].concat()));
    assert!(seen.contains("check/portal-vidu-example · https://portal.vidu.example/"), "{seen}");
    assert!(seen.contains("Stage: 4 usable over IPv6 alone"), "{seen}");
    assert!(seen.contains("zone:vidu.example"), "{seen}");
    assert_eq!(runs(&day.db).len(), 1);
    // A kept run needs no file to be judged again, on whatever day.
    let kept = day.lab.path("named.db");
    succeed(&mut v6ready(&kept, &[&check[..], &["--quick", "--keep"]].concat()));
    let (id, scope) = &runs(&kept)[0];
    assert_eq!(scope, "names");
    let judge = ["judge", "--run", id, "--as-of", "2100-01-01"];
    let judged = |more: [&str; 2]| succeed(&mut v6ready(&kept, &[&judge[..], &more].concat()));
    assert_eq!(json(&judged(["--format", "json"]))["run"]["as_of"], "2100-01-01T16:59:59Z");
    for (lang, word) in [("en", "Services: 2"), ("vi", "Số dịch vụ: 2")] {
        let shown = stdout(&judged(["--lang", lang]));
        assert!(shown.contains(word), "{shown}");
    }
}

/// A service that is renamed and comes under another organisation is itself, whatever looks back.
#[test]
fn a_service_that_moves_keeps_its_history() {
    if !namespace::enter(module_path!(), "a_service_that_moves_keeps_its_history") {
        return;
    }
    let lab = RunningLab::start();
    let day = Day { db: lab.path("moved.db"), lab };
    let before = inventory(&day.lab, "danh-muc.yaml", "tuchoi");
    day.run(&["scan", &before, "--quick"]);
    let text = std::fs::read_to_string(&before).unwrap();
    let moved = text.replace(
        "      - {id: hai, category",
        "  - id: so\n    services:\n      - {id: cong, formerly: vp/hai, category",
    );
    std::fs::write(&before, &moved).unwrap();

    // Nothing is new and nothing is gone.
    let second = stdout(&day.run(&["scan", &before, "--quick", "--lang", "en", "--fail-on-worse"]));
    assert!(second.contains("renamed or moved: 1"), "{second}");
    assert!(second.contains("so/cong (formerly vp/hai)"), "{second}");
    assert!(!second.contains("gone: ") && !second.contains("new: "), "{second}");
    let diff = json(&day.run(&["diff", "--format", "json"]));
    assert_eq!(diff["changes"][0]["formerly"], "vp/hai", "{diff}");
    assert_eq!((&diff["summary"]["new"], &diff["summary"]["gone"]), (&0.into(), &0.into()));
    let keys = &diff["inventory"]["changed"][0]["keys"][0];
    assert_eq!((&keys["before"], &keys["after"]), (&"vp/hai".into(), &"so/cong".into()));
    assert_eq!(diff["inventory"]["added"], serde_json::json!([]));
    // The other way round, too.
    let back = json(&day.run(&["diff", "newest", "previous", "--format", "json"]));
    assert_eq!((&back["summary"]["new"], &back["summary"]["gone"]), (&0.into(), &0.into()));

    // A rescan of a part, by the new id, fills in; and mends.
    let mended = moved.replace("tuchoi.vidu", "dichvucong.vidu");
    std::fs::write(&before, mended).unwrap();
    let rescan =
        stdout(&day.run(&["scan", &before, "--only", "so/cong", "--quick", "--lang", "en"]));
    assert!(rescan.contains("fixed: 1"), "{rescan}");

    // Its history is one, under either id.
    for id in ["so/cong", "vp/hai"] {
        let history = stdout(&day.run(&["show", id, "--history", "--lang", "en"]));
        assert!(history.contains("so/cong ·") && history.contains("Runs: 3"), "{history}");
        let ids = history.split("Service id\n").nth(1).unwrap().lines().take(2);
        let ids: Vec<_> = ids.map(|line| line.contains("vp/hai")).collect();
        assert_eq!(ids, [true, false], "{history}");
    }
    let unknown = fail(&mut v6ready(&day.db, &["show", "vp/hai"]), 2);
    assert!(unknown.contains("it is `so/cong` now"), "{unknown}");

    // The page of the report folds it away, with each change.
    let out = day.lab.path("trang");
    let report = ["report", "--format", "html", "--lang", "en", "--out", out.to_str().unwrap()];
    let pages = stdout(&day.run(&report));
    let page = std::fs::read_to_string(pages.trim()).unwrap();
    assert!(page.contains("<summary>History (Runs: 3,"), "{page}");
    assert!(page.contains("<li>reach-port: ") && page.contains("vp/hai → "), "{page}");
    the_quarter_follows(&day);
}

/// The first run is another service's only by its id.
fn the_quarter_follows(day: &Day) {
    let now = jiff::Timestamp::now().in_tz("Asia/Ho_Chi_Minh").unwrap();
    let quarter = format!("{}Q{}", now.year(), (now.month() - 1) / 3 + 1);
    let out = day.lab.path("quy");
    let report = ["report", "--quarter", &quarter, "--format", "json,html,xlsx", "--out"];
    day.run(&[&report[..], &[out.to_str().unwrap()]].concat());
    let text = std::fs::read_to_string(out.join(format!("{quarter}.json"))).unwrap();
    let review: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(review["closing"]["id"], *runs(&day.db)[1].0, "{review}");
    assert!(out.join(format!("{quarter}.xlsx")).exists());
}

/// What came and went between the first and the last run of the quarter is an incident of it.
fn the_quarter_tells_of_it(day: &Day) {
    let now = jiff::Timestamp::now().in_tz("Asia/Ho_Chi_Minh").unwrap();
    let quarter = format!("{}Q{}", now.year(), (now.month() - 1) / 3 + 1);
    let out = day.lab.path("quy");
    let report = ["report", "--quarter", &quarter, "--format", "json", "--out"];
    day.run(&[&report[..], &[out.to_str().unwrap()]].concat());
    let text = std::fs::read_to_string(out.join(format!("{quarter}.json"))).unwrap();
    let review: Value = serde_json::from_str(&text).unwrap();
    let incidents = review["incidents"].as_array().unwrap();
    let fault = incidents.iter().find(|incident| {
        incident["failures"].as_array().unwrap().iter().any(|f| f["check"] == "reach-port")
    });
    let fault = fault.unwrap_or_else(|| panic!("{incidents:?}"));
    assert_eq!(fault["services"], serde_json::json!(["vp/hai"]));
    assert_eq!((&fault["runs"], &fault["change"]), (&Value::from(1), &Value::from("worse")));
}
