//! One cause, one line: a port that is closed, and an outage of our own, from run to run.

use std::path::PathBuf;

use serde_json::Value;

use super::RunningLab;
use crate::namespace;
use crate::program::{fail, json, stderr, succeed, v6ready};

/// Two pages, the second of which may be one whose port is closed over IPv6; and what is asked of the
/// vantage point, which may be what nobody answers.
fn inventory(lab: &RunningLab, second: &str, is_cut_off: bool) -> String {
    let text = std::fs::read_to_string(&lab.inventory).unwrap();
    let mut head = text.split("organisations:\n").next().unwrap().to_owned();
    if is_cut_off {
        let targets = head.lines().find(|line| line.contains("control_targets:")).unwrap();
        let nobody =
            "  control_targets: [\"[2001:db8:100:ffff::1]:53\", \"[2001:db8:101:ffff::1]:53\"]";
        head = head.replace(targets, nobody);
    }
    let services = format!(
        "organisations:\n  - id: vp\n    name: Văn phòng\n    services:\n      \
         - {{id: mot, category: portal, web: \"https://portal.vidu.example/\"}}\n      \
         - {{id: hai, category: portal, web: \"https://{second}.vidu.example/\"}}\n"
    );
    let path = lab.path("danh-muc.yaml");
    std::fs::write(&path, head + &services).unwrap();
    path.to_str().unwrap().to_owned()
}

struct Runs {
    lab: RunningLab,
    db: PathBuf,
}

impl Runs {
    fn stdout(&self, arguments: &[&str]) -> String {
        String::from_utf8(succeed(&mut v6ready(&self.db, arguments)).stdout).unwrap()
    }

    /// The JUnit report of the newest run, which ends with this exit code.
    fn junit(&self, code: i32) -> String {
        let out = self.lab.path("junit");
        let run = &json(&succeed(&mut v6ready(&self.db, &["runs", "--format", "json"])))[0]["id"];
        let run = run.as_str().unwrap().to_owned();
        let report = ["report", "--run", &run, "--format", "junit", "--lang", "en", "--out"];
        let arguments = [&report[..], &[out.to_str().unwrap()]].concat();
        match code {
            0 => drop(self.stdout(&arguments)),
            code => drop(fail(&mut v6ready(&self.db, &arguments), code)),
        }
        std::fs::read_to_string(out.join(format!("{run}.junit.xml"))).unwrap()
    }
}

/// The lines under a service, up to the next one or the next heading.
fn below<'a>(text: &'a str, service: &str) -> Vec<&'a str> {
    let rest = text.split(&format!("  {service} · ")).nth(1).unwrap_or_default();
    rest.lines().skip(1).take_while(|line| line.starts_with("      ")).collect()
}

#[test]
fn a_closed_port_and_an_outage_of_our_own_are_one_line_each() {
    if !namespace::enter(module_path!(), "a_closed_port_and_an_outage_of_our_own_are_one_line_each")
    {
        return;
    }
    let lab = RunningLab::start();
    let runs = Runs { db: lab.path("run.db"), lab };
    runs.stdout(&["scan", &inventory(&runs.lab, "dichvucong", false)]);

    // The port is closed: one cause, and in one line what follows from it.
    let scanned = runs.stdout(&["scan", &inventory(&runs.lab, "tuchoi", false)]);
    let causes: Vec<&str> = scanned.lines().filter(|line| line.starts_with(['✗', '?'])).collect();
    assert_eq!(causes.len(), 1, "{scanned}");
    assert!(causes[0].starts_with("✗ reach-port ") && scanned.contains("↳ Kéo theo"), "{scanned}");
    let diff = runs.stdout(&["diff", "--lang", "en"]);
    let lines = below(&diff, "vp/hai");
    assert_eq!(lines.len(), 2, "{diff}");
    assert!(lines[0].contains("reach-port: pass → fail (refused)"), "{diff}");
    assert!(lines[1].contains("more findings follow from it"), "{diff}");
    let all = runs.stdout(&["diff", "--lang", "en", "-v"]);
    assert!(below(&all, "vp/hai").len() > 10, "{all}");
    let document = json(&succeed(&mut v6ready(&runs.db, &["diff", "--format", "json"])));
    let checks = document["changes"][0]["checks"].as_array().unwrap();
    let roots: Vec<&Value> =
        checks.iter().filter(|one| one["change"] == "worse" && one["root"].is_null()).collect();
    assert_eq!(roots.len(), 1, "{document}");
    assert_eq!(roots[0]["check"], "reach-port");

    // One service: what fails first, the rest on demand, and as a document.
    let shown = runs.stdout(&["show", "vp/hai", "--lang", "en"]);
    let signs: Vec<&str> =
        shown.lines().filter(|line| line.starts_with(['✗', '?', '✓', '–'])).collect();
    assert!(signs[0].starts_with("✗ reach-port") && signs.len() == 2, "{shown}");
    assert!(signs[1].ends_with("(`--all`)"), "{shown}");
    let all = runs.stdout(&["show", "vp/hai", "--lang", "en", "--all"]);
    assert!(all.contains("↳ ✗ reach-parity") && all.contains("✓ dns-aaaa"), "{all}");
    for text in [&shown, &all] {
        assert!(!text.contains("Aaaa(") && !text.contains("Some("), "{text}");
    }
    let document = json(&succeed(&mut v6ready(&runs.db, &["show", "vp/hai", "--format", "json"])));
    assert_eq!(document["services"].as_array().unwrap().len(), 1);
    let verdicts = document["services"][0]["verdicts"].as_array().unwrap();
    let parity = verdicts.iter().find(|one| one["check"] == "reach-parity").unwrap();
    assert_eq!(parity["root"], "reach-port");

    // One failure of the test pages, which tells the rest.
    let junit = runs.junit(0);
    assert_eq!(junit.matches("<failure").count(), 1, "{junit}");
    assert!(junit.contains("more findings follow from it: reach-parity"), "{junit}");

    // An outage of our own says nothing of the services, in one line.
    let cut_off = inventory(&runs.lab, "tuchoi", true);
    let said = fail(&mut v6ready(&runs.db, &["scan", &cut_off]), 3);
    assert!(said.contains("no working IPv6"), "{said}");
    let diff = succeed(&mut v6ready(&runs.db, &["diff", "--lang", "en"]));
    let (said, diff) = (stderr(&diff), String::from_utf8(diff.stdout).unwrap());
    let outage: Vec<&str> = diff.lines().filter(|line| line.contains("services: 2")).collect();
    assert_eq!(outage.len(), 1, "{said}{diff}");
    assert!(!diff.contains("vp/mot") && !diff.contains("vp/hai"), "{diff}");
    let junit = runs.junit(3);
    assert_eq!(
        (junit.matches("<failure").count(), junit.matches("vantage-absent").count()),
        (1, 1)
    );
}
