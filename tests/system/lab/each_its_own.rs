//! To each its own: services chosen by tag, category and organisation everywhere, gates about them, and
//! reports and mails that say nothing of others.

use std::path::Path;
use std::process::Output;

use super::RunningLab;
use crate::namespace;
use crate::program::{fail, json, stderr, succeed, v6ready};

/// Two offices in one zone, with the same name servers, and a third without services. One page of each
/// of the two refuses IPv6.
fn inventory(lab: &RunningLab, second: &str) -> String {
    let text = std::fs::read_to_string(&lab.inventory).unwrap();
    let head = text.split("organisations:\n").next().unwrap();
    let head = head.replacen("version: 1\n", "version: 1\nid: tinh-vidu\n", 1);
    let head = head.replacen("policy: ipv6-for-gov\n", "policy: gated.yaml\n", 1);
    let services = format!(
        "organisations:\n  \
         - id: vp\n    name: Văn phòng\n    contact: Phòng CNTT, cntt@vp.example\n    services:\n      \
           - {{id: mot, category: portal, tags: [thi-diem], web: \"https://portal.vidu.example/\"}}\n      \
           - {{id: hai, category: information-system, web: \"https://{second}.vidu.example/\"}}\n  \
         - id: so\n    name: Sở hàng xóm\n    services:\n      \
           - {{id: ba, name: Dịch vụ hàng xóm, category: portal, tags: [hang-xom], web: \"https://tuchoi.vidu.example/\"}}\n  \
         - id: trong\n    name: Ban chưa có gì\n    services: []\n"
    );
    let path = lab.path("danh-muc.yaml");
    std::fs::write(&path, head + &services).unwrap();
    path.to_str().unwrap().to_owned()
}

fn policy(lab: &RunningLab, gates: &str) {
    let built_in = v6ready::policy::built_in("ipv6-for-gov").unwrap();
    std::fs::write(lab.path("gated.yaml"), format!("{built_in}\ngates: [{gates}]\n")).unwrap();
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn ids(output: &Output) -> Vec<String> {
    let result = json(output);
    let services = result["services"].as_array().unwrap().iter();
    services.map(|service| service["id"].as_str().unwrap().to_owned()).collect()
}

fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn each_office_gets_its_own_and_gates_hold_for_what_they_choose() {
    if !namespace::enter(
        module_path!(),
        "each_office_gets_its_own_and_gates_hold_for_what_they_choose",
    ) {
        return;
    }
    let lab = RunningLab::start();
    let db = lab.path("each.db");
    let run = |arguments: &[&str]| succeed(&mut v6ready(&db, arguments));
    let failed = |arguments: &[&str], code| fail(&mut v6ready(&db, arguments), code);
    let good = inventory(&lab, "dichvucong");

    // What the inventory doesn't have is said before anything is sent, with what was meant.
    policy(&lab, "{only: [tag:thi-diem], stage: 3, percent: 100}");
    for (only, expected) in [
        ("tag:thidiem", "did you mean `tag:thi-diem`?"),
        ("tags:thi-diem", "did you mean `tag:`?"),
        ("category:portals", "did you mean `category:portal`?"),
        ("org:vpp", "did you mean `org:vp`?"),
    ] {
        let refused = failed(&["scan", &good, "--only", only], 2);
        assert!(refused.contains(expected), "{refused}");
    }
    policy(&lab, "{only: [tag:thi-diemm], stage: 3, percent: 100}");
    for command in [&["scan", &good][..], &["inventory", "validate", &good]] {
        let refused = failed(command, 2);
        assert!(refused.contains("has a gate for `tag:thi-diemm`"), "{refused}");
        assert!(refused.contains("did you mean `tag:thi-diem`?"), "{refused}");
    }
    assert!(!db.exists());

    // A gate of the policy about the tag holds, one about the category doesn't.
    policy(&lab, "{only: [tag:thi-diem], stage: 3, percent: 100}");
    run(&["scan", &good]);
    policy(
        &lab,
        "{only: [tag:thi-diem], stage: 3, percent: 100}, {only: [category:portal], stage: 3, percent: 100}",
    );
    let own_policy = lab.path("gated.yaml");
    let own_policy = own_policy.to_str().unwrap();
    let gate = failed(&["judge", "--policy", own_policy], 1);
    assert!(
        gate.contains("the policy's gate for category:portal (stage 3, 100 %): 1 of 2 services"),
        "{gate}"
    );
    assert!(gate.contains("not so/ba") && !gate.contains("tag:thi-diem"), "{gate}");
    run(&["judge", "--policy", own_policy, "--only", "tag:thi-diem"]);

    // Everything that selects understands the same.
    let judged = |only: &str| ids(&run(&["judge", "--only", only, "--format", "json"]));
    assert_eq!(judged("tag:thi-diem"), ["vp/mot"]);
    assert_eq!(judged("category:portal"), ["vp/mot", "so/ba"]);
    assert_eq!(judged("org:vp"), ["vp/mot", "vp/hai"]);
    assert_eq!(judged("*/hai"), ["vp/hai"]);
    failed(&["judge", "--only", "tag:nothing-like-it"], 2);
    let shown = stdout(&run(&["show", "category:portal"]));
    assert!(shown.contains("vp/mot") && shown.contains("so/ba") && !shown.contains("vp/hai"));
    assert!(failed(&["show", "tag:thidiem"], 2).contains("did you mean `tag:thi-diem`?"));
    let terminal = stdout(&run(&["judge", "--only", "org:so"]));
    assert!(terminal.contains("Phạm vi: org:so") && !terminal.contains("vp/"), "{terminal}");
    // The work list says whose it is.
    let worse = inventory(&lab, "tuchoi");
    let second = stdout(&run(&["scan", &worse, "--policy", "ipv6-for-gov", "--all"]));
    assert!(second.contains("Văn phòng (Phòng CNTT, cntt@vp.example):"), "{second}");
    let diff = |only: &str| stdout(&run(&["diff", "--only", only, "--lang", "en"]));
    assert!(diff("org:vp").contains("vp/hai") && !diff("tag:thi-diem").contains("vp/hai"));
    let history = stdout(&run(&["show", "org:vp", "--history", "--lang", "en"]));
    assert!(history.contains("vp/mot ·") && history.contains("vp/hai ·"), "{history}");

    reports(&lab, &db);
}

fn reports(lab: &RunningLab, db: &Path) {
    let folder = lab.path("offices");
    let out = folder.to_str().unwrap();
    let formats = "html,markdown,pdf,xlsx,csv,json,mail";
    let split = succeed(&mut v6ready(db, &["report", "--split", out, "--format", formats]));
    let noted = stderr(&split);
    assert!(noted.contains("the mail to `so` has no recipient"), "{noted}");
    assert!(!noted.contains("`vp`"), "{noted}");
    let made = files(&folder);
    assert_eq!(made.len(), 3 * 10, "{made:?}");
    let text = |office: &str, ending: &str| {
        let name =
            made.iter().find(|n| n.starts_with(&format!("{office}-")) && n.ends_with(ending));
        std::fs::read_to_string(folder.join(name.unwrap())).unwrap()
    };
    for ending in [".html", ".md", ".work.csv", ".verdicts.csv", ".json", ".eml", ".mail.txt"] {
        let own = text("vp", ending);
        for other in ["hàng xóm", "so/ba", "hang-xom", "Ban chưa có gì"] {
            assert!(!own.contains(other), "{ending} says `{other}`");
        }
        assert!(!text("so", ending).contains("vp/"), "{ending}");
    }
    let mail = text("vp", ".mail.txt");
    for expected in [
        "Người nhận: cntt@vp.example",
        "Kính gửi: Văn phòng",
        "vp/hai: suy giảm (mức 4",
        "So với đợt đo",
        "Tệp kèm theo: vp-",
    ] {
        assert!(mail.contains(expected), "{expected}: {mail}");
    }
    assert!(text("trong", ".mail.txt").contains("không có dịch vụ nào của cơ quan, đơn vị này"));
    let page = text("vp", ".html");
    assert!(page.contains("Thay đổi so với đợt đo trước") && page.contains("Mục tiêu và thời hạn"));

    // One alone, by its name; the quarter's likewise, with figures of its own.
    let one = lab.path("one");
    let report = ["report", "--organisation", "văn phòng", "--lang", "en", "--format", "mail"];
    let report = [&report[..], &["--out", one.to_str().unwrap()]].concat();
    succeed(&mut v6ready(db, &report));
    assert_eq!(files(&one).len(), 2);
    let now = jiff::Timestamp::now().in_tz("Asia/Ho_Chi_Minh").unwrap();
    let quarter = format!("{}Q{}", now.year(), (now.month() - 1) / 3 + 1);
    let quarterly = lab.path("quarterly");
    let split = ["report", "--quarter", &quarter, "--format", "json,html,mail", "--split"];
    succeed(&mut v6ready(db, &[&split[..], &[quarterly.to_str().unwrap()]].concat()));
    let review = std::fs::read_to_string(quarterly.join(format!("vp-{quarter}.json"))).unwrap();
    assert!(!review.contains("so/ba") && !review.contains("hàng xóm"));
    let review: serde_json::Value = serde_json::from_str(&review).unwrap();
    let points = review["trend"].as_array().unwrap();
    assert!(points.iter().all(|point| point["counts"]["services"] == 2), "{points:?}");
    assert_eq!(review["excerpt"]["organisation"]["contact"], "Phòng CNTT, cntt@vp.example");

    // A part of the whole names its files after what it is of.
    let part = lab.path("part");
    let report = ["report", "--only", "tag:thi-diem", "--out", part.to_str().unwrap()];
    succeed(&mut v6ready(db, &report));
    assert!(files(&part)[0].starts_with("tag-thi-diem-2"), "{:?}", files(&part));
    let refused = fail(&mut v6ready(db, &["report", "--format", "mail"]), 2);
    assert!(refused.contains("--organisation ORG"), "{refused}");
    let refused = fail(&mut v6ready(db, &["report", "--organisation", "vpp"]), 2);
    assert!(refused.contains("did you mean `vp`?"), "{refused}");
}
