//! Reports as HTML in Chromium: looked through by axe-core, in both languages, light and dark, on a desk and on a
//! telephone. Nothing is fetched from anywhere.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../serve/patience.rs"]
mod patience;
#[path = "../serve/switches.rs"]
mod switches;
#[path = "../serve/webdriver.rs"]
#[allow(dead_code)]
mod webdriver;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use webdriver::Driver;

/// The reports of the sample province in both languages: as one file, as a folder, and of a quarter.
fn write_reports(folder: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let db = folder.join("store.db");
    let program = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
        let output = command.arg("--db").arg(&db).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let runs = std::fs::read_dir(root.join("reports/sample-province/runs")).unwrap();
    let mut runs: Vec<PathBuf> = runs.map(|entry| entry.unwrap().path()).collect();
    runs.sort();
    let runs = runs.split_off(runs.len().saturating_sub(2));
    for run in &runs {
        program(&["runs", "import", run.to_str().unwrap()]);
    }
    for lang in ["vi", "en"] {
        let out = folder.join(lang);
        let out = out.to_str().unwrap();
        for form in ["file", "folder"] {
            program(&["report", "--html", form, "--lang", lang, "--out", out]);
        }
        let quarter = ["--quarter", "2026Q4", "--as-of", "2026-12-31"];
        program(&[&["report", "--lang", lang, "--out", out][..], &quarter].concat());
    }
}

/// The HTML files of a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "html")).collect();
    pages.sort();
    pages
}

/// One page of each kind, and the service that has most to say.
fn chosen(reports: &Path) -> Vec<PathBuf> {
    let mut chosen = pages(reports);
    let folders = std::fs::read_dir(reports).unwrap().map(|entry| entry.unwrap().path());
    let folder = folders.into_iter().find(|path| path.is_dir()).unwrap();
    chosen.extend(pages(&folder));
    for kind in ["organisations", "causes"] {
        chosen.extend(pages(&folder.join(kind)).into_iter().take(1));
    }
    let services = std::fs::read_dir(folder.join("services")).unwrap();
    let services = services.flat_map(|organisation| pages(&organisation.unwrap().path()));
    chosen.extend(services.max_by_key(|page| std::fs::metadata(page).unwrap().len()));
    assert!(chosen.len() >= 6, "{chosen:?}");
    chosen
}

#[test]
fn every_page_of_a_report_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    write_reports(folder.path());
    let driver = Driver::start();
    let browser = driver.browser("vi", true);
    let mut all = Vec::new();
    for (lang, theme) in [("vi", "light"), ("en", "dark")] {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
        for page in chosen(&folder.path().join(lang)) {
            let desk =
                json!({"width": 1280, "height": 1000, "deviceScaleFactor": 1, "mobile": false});
            browser.devtools("Emulation.setDeviceMetricsOverride", desk);
            browser.devtools("Emulation.setEmulatedMedia", features.clone());
            browser.go(&format!("file://{}", page.display()));
            let is_said = |what: &str| format!("{} {lang} {theme}: {what}", page.display());
            assert_eq!(browser.run("return document.documentElement.lang"), lang);
            assert!(browser.has("main h1"), "{}", is_said("no heading"));
            // What is folded away is looked at, too.
            browser.run("document.querySelectorAll('details').forEach(one => one.open = true)");
            all.extend(browser.faults().iter().map(|fault| is_said(fault)));
            for width in [1280, 390] {
                let screen = json!({"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 400});
                browser.devtools("Emulation.setDeviceMetricsOverride", screen);
                let wide = browser.run("return document.documentElement.scrollWidth");
                if wide.as_i64().unwrap() > width {
                    all.push(is_said(&format!("{wide} wide on a screen of {width}")));
                }
            }
        }
    }
    let elsewhere = browser.asked_for().into_iter().filter(|url| !url.starts_with("file:///"));
    let is_own =
        |url: &String| ["data:", "about:", "chrome:"].iter().any(|own| url.starts_with(own));
    all.extend(elsewhere.filter(|url| !is_own(url)).map(|url| format!("asked for {url}")));
    all.extend(browser.complaints());
    assert!(all.is_empty(), "{}", all.join("\n"));
}
