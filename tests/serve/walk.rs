//! Every page in Chromium: in both languages, with and without its script, looked through by axe-core, and used
//! by two people at once.

use std::collections::BTreeSet;

use crate::daemon::Daemon;
use crate::dashboard::{self, PASSWORD, SERVICE};
use crate::webdriver::{Browser, Driver};

/// Pages that need nobody's leave.
const OPEN: [&str; 2] = ["/login", "/no-such-page"];

/// The tabulator, as WebDriver has it.
const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';

/// A browser and where the daemon is.
struct Reader<'d> {
    browser: Browser<'d>,
    base: String,
}

impl<'d> Reader<'d> {
    fn new(driver: &'d Driver, daemon: &Daemon, lang: &str, has_script: bool) -> Self {
        let base = format!("http://{}", daemon.address);
        Self { browser: driver.browser(lang, has_script), base }
    }

    fn go(&self, path: &str) {
        self.browser.go(&format!("{}{path}", self.base));
    }

    fn log_in(&self, name: &str) {
        self.go("/login?next=%2F");
        self.browser.fill("#name", name);
        self.browser.fill("#password", PASSWORD);
        self.browser.click("#log-in form[action='/login'] button");
        self.browser.wait_for_path("/");
        assert_eq!(self.browser.text("[data-reader]"), name);
    }

    fn choose(&self, key: &str, value: &str) {
        self.browser.click(&format!("button[name={key}][value={value}]"));
        let chosen = format!("button[name={key}][value={value}][aria-pressed=true]");
        self.browser.wait("not chosen", |browser| browser.has(&chosen));
    }

    /// Nothing came from elsewhere, and no page broke its own policy.
    fn stayed_at_home(&self) {
        let elsewhere: Vec<String> = self
            .browser
            .asked_for()
            .into_iter()
            .filter(|url| !url.starts_with(&format!("{}/", self.base)) && !is_browsers_own(url))
            .collect();
        assert!(elsewhere.is_empty(), "{elsewhere:#?}");
        let complaints = self.browser.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    /// All pages: those of the navigation, and one of each kind that they lead to.
    fn pages(&self) -> Vec<String> {
        self.go("/");
        let mut pages = self.links("nav.side a");
        assert!(pages.len() >= 11, "{pages:?}");
        for (page, selector) in [
            ("/organisations", "tbody th a"),
            ("/checks", "tbody td.n a.fail, tbody th a"),
            ("/runs", "#list tbody th a"),
            ("/quarters", "tbody th a"),
            ("/causes", "#work a[href^='/checks/']"),
        ] {
            self.go(page);
            pages.extend(self.links(selector).into_iter().take(1));
        }
        self.go("/");
        pages.extend(self.links("#since-last p.dim a").into_iter().take(1));
        pages.extend(
            [
                "/inventory/suggestions",
                "/alerts?state=all",
                "/account",
                "/api",
                "/services?stage=7",
            ]
            .map(str::to_owned),
        );
        pages.push(format!("/services/{SERVICE}"));
        pages.extend(OPEN.map(str::to_owned));
        pages
    }

    fn links(&self, selector: &str) -> Vec<String> {
        let script = format!(
            "return [...document.querySelectorAll(\"{selector}\")].map(a => a.getAttribute('href'))"
        );
        let links = self.browser.run(&script);
        links.as_array().unwrap().iter().map(|link| link.as_str().unwrap().to_owned()).collect()
    }
}

/// What a browser loads without a server.
fn is_browsers_own(url: &str) -> bool {
    ["data:", "about:", "chrome:", "chrome-error:", "devtools:"]
        .iter()
        .any(|one| url.starts_with(one))
}

/// A made-up inventory with something wrong in its second line.
const BROKEN: &str = "version: 1\norganizations: []\n";

#[test]
fn every_page_is_sound_in_both_languages_with_its_script() {
    let place = dashboard::place("");
    let daemon = place.start();
    daemon.get_until("/readyz", |answer| answer.status == 200);
    let driver = Driver::start();
    let reader = Reader::new(&driver, &daemon, "vi", true);
    // Who isn't logged in is led to the log-in, in the browser's language, and then on.
    reader.go("/causes");
    assert!(reader.browser.here().starts_with("/login?next=%2Fcauses"), "{}", reader.browser.url());
    assert_eq!(reader.browser.run("return document.documentElement.lang"), "vi");
    reader.log_in("an");
    let pages = reader.pages();
    let mut faults = Vec::new();
    for (lang, theme) in [("vi", "light"), ("en", "dark")] {
        reader.go("/");
        reader.choose("lang", lang);
        reader.choose("theme", theme);
        let mut titles = BTreeSet::new();
        for page in &pages {
            reader.go(page);
            let browser = &reader.browser;
            // A page that waits for work comes by itself.
            browser.wait("it never comes", |browser| !browser.has("[data-reload]"));
            assert_eq!(browser.run("return document.documentElement.lang"), lang, "{page}");
            assert!(browser.has("main h1"), "{page}");
            titles.insert(browser.title());
            faults.extend(
                reader.browser.faults().into_iter().map(|fault| format!("{page} {lang}: {fault}")),
            );
            let overflow = "return document.documentElement.scrollWidth - innerWidth";
            assert!(browser.run(overflow).as_i64().unwrap() <= 0, "{page} is too wide");
        }
        assert!(titles.len() > pages.len() - 4, "{titles:#?}");
    }
    // A dry run has a page of its own.
    place.write("broken.yaml", BROKEN);
    reader.go("/inventory");
    reader.browser.upload("#i-file", &place.path("broken.yaml"));
    reader.browser.click("#dry-run button");
    reader.browser.wait("no fault", |browser| browser.has("[data-line='2'][data-column='1']"));
    faults.extend(reader.browser.faults());
    // On a telephone no page is wider than it.
    let telephone =
        serde_json::json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true});
    reader.browser.devtools("Emulation.setDeviceMetricsOverride", telephone);
    for page in &pages {
        reader.go(page);
        let width = reader.browser.run("return document.documentElement.scrollWidth");
        assert!(width.as_i64().unwrap() <= 390, "{page} is {width} wide");
    }
    reader.stayed_at_home();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn everything_can_be_done_without_a_script() {
    let place = dashboard::place("");
    let mut daemon = place.start();
    daemon.get_until("/readyz", |answer| answer.status == 200);
    let driver = Driver::start();
    let reader = Reader::new(&driver, &daemon, "en", false);
    let browser = &reader.browser;
    reader.log_in("an");
    for page in reader.pages() {
        reader.go(&page);
        browser.wait("it never comes", |browser| {
            let is_there = !browser.has("[data-reload]");
            if !is_there {
                browser.reload();
            }
            is_there
        });
        assert!(browser.has("main h1"), "{page}");
    }
    // Services are chosen, sorted by a heading, and gone through.
    reader.go("/services");
    let all = browser.text("#found b");
    browser.fill("#f-q", "quy-hoach");
    browser.click("#filter button");
    browser.wait("not filtered", |browser| browser.text("#found b") == "1");
    assert_ne!(all, "1");
    browser.click("tbody th a");
    browser.wait_for_path(&format!("/services/{SERVICE}"));
    assert!(browser.has("#history"));
    reader.go("/services");
    browser.click("thead a[href*='sort=standing']");
    browser.wait("not sorted", |browser| browser.has("th[aria-sort=ascending]"));
    browser.click("th[aria-sort] a");
    browser.wait("not reversed", |browser| browser.has("th[aria-sort=descending]"));
    // Two runs are compared.
    reader.go("/runs");
    browser.click("#comparison button");
    browser.wait("no comparison", |browser| browser.has("#changes"));
    // A scan is made now, and its end is seen; from here it finds no way to ask anybody.
    reader.go("/runs");
    let before = reader.links("#list tbody th a").len();
    browser.click("#scan-now");
    browser.wait("no run", |browser| browser.here().starts_with("/runs/"));
    let run = browser.here();
    browser.wait("it doesn't end", |browser| {
        browser.reload();
        !browser.has("[data-live]")
    });
    reader.go("/runs");
    assert_eq!(reader.links("#list tbody th a").len(), before + 1, "{run}");
    // Its outage is told, and taken note of.
    browser.wait("no alert", |browser| {
        reader.go("/alerts");
        browser.has("[data-alert]")
    });
    browser.click("[data-alert] details.take summary");
    browser.fill("[data-alert] input[name=note]", "the line is down <b>");
    browser.click("[data-alert] button");
    browser.wait("not noted", |browser| browser.main().contains("the line is down <b>"));
    // A window of maintenance, from its beginning to its end.
    reader.go("/alerts");
    browser.run(
        "document.querySelector('#m-from').value = '2026-12-01T22:00';
         document.querySelector('#m-to').value = '2099-12-02T02:00';",
    );
    browser.fill("#m-only", "so-xd/*");
    browser.click("#add-maintenance button");
    browser.wait("no window", |browser| browser.text("#maintenance table").contains("so-xd/*"));
    browser.click("#maintenance table button");
    browser.wait("not ended", |browser| !browser.has("#maintenance table form"));
    // Logged out.
    browser.click("form[action='/logout'] button");
    browser.wait("not logged out", |browser| !browser.has("[data-reader]"));
    reader.go("/account");
    assert!(browser.here().starts_with("/login"), "{}", browser.url());
    reader.stayed_at_home();
    drop(reader);
    assert!(daemon.end().success(), "{}", daemon.said);
}

#[test]
fn two_people_see_one_state_and_neither_is_the_other() {
    let place = dashboard::place("");
    let daemon = place.start();
    daemon.get_until("/readyz", |answer| answer.status == 200);
    let driver = Driver::start();
    let an = Reader::new(&driver, &daemon, "vi", true);
    let binh = Reader::new(&driver, &daemon, "en", true);
    an.log_in("an");
    binh.log_in("binh");
    // One checks a service again; the other sees the run while it lasts, or when it has ended.
    an.go(&format!("/services/{SERVICE}"));
    an.browser.click("#check-again");
    an.browser.wait("still there", |browser| browser.here() == format!("/services/{SERVICE}"));
    for reader in [&an, &binh] {
        reader.browser.wait("no alert", |browser| {
            reader.go("/alerts");
            browser.has("[data-alert]")
        });
    }
    // Both have the page open; one takes note, and what the other sends later is honestly answered.
    binh.browser.click("[data-alert] details.take summary");
    an.browser.click("[data-alert] details.take summary");
    an.browser.fill("[data-alert] input[name=note]", "đã báo nhà mạng");
    an.browser.click("[data-alert] button");
    an.browser.wait("not noted", |browser| browser.main().contains("đã báo nhà mạng"));
    binh.browser.fill("[data-alert] input[name=note]", "me too");
    binh.browser.click("[data-alert] form button");
    binh.browser.wait("not told", |browser| browser.main().contains("me too"));
    let seen = binh.browser.main();
    assert!(
        seen.contains("đã báo nhà mạng") && seen.contains("an") && seen.contains("binh"),
        "{seen}"
    );
    an.go("/alerts");
    assert!(an.browser.main().contains("me too"));
    // Each is still who she was, in her language.
    assert_eq!(an.browser.text("[data-reader]"), "an");
    assert_eq!(binh.browser.text("[data-reader]"), "binh");
    assert_eq!(binh.browser.run("return document.documentElement.lang"), "en");
    // A form of a session that has ended meanwhile does nothing, and says why.
    binh.go("/runs");
    let before = binh.links("#list tbody th a").len();
    let form = "fetch('/logout', {method: 'POST', headers: {'content-type': 'application/x-www-form-urlencoded'}, \
                body: 'csrf=' + encodeURIComponent(document.querySelector('[name=csrf]').value)}) \
                .then(answer => arguments[0](answer.status))";
    assert_eq!(binh.browser.run_until_called(form), 200);
    binh.browser.click("#scan-now");
    binh.browser.wait("not refused", |browser| {
        browser.has("#problem[data-why]") || browser.here().starts_with("/login")
    });
    an.go("/runs");
    assert_eq!(an.links("#list tbody th a").len(), before);
    assert_eq!(an.browser.text("[data-reader]"), "an");
    // The keyboard alone leads past the navigation, and to what can be done.
    an.go("/services");
    an.browser.press(TAB);
    let focused = "return document.activeElement.className || document.activeElement.id";
    assert_eq!(an.browser.run(focused), "skip");
    an.browser.press(ENTER);
    an.browser.wait("not at the content", |browser| browser.run(focused) == "content");
    an.browser.press(TAB);
    an.browser.wait("not in the filter", |browser| browser.run(focused) == "f-q");
    let outline = "const style = getComputedStyle(document.activeElement); \
                   return style.outlineStyle + ' ' + style.outlineWidth";
    let outline = an.browser.run(outline).as_str().unwrap().to_owned();
    assert!(!outline.starts_with("none") && !outline.ends_with(" 0px"), "{outline}");
    // A viewer reads, and is offered nothing that she may not do.
    let chi = Reader::new(&driver, &daemon, "en", true);
    chi.log_in("chi");
    for page in ["/runs", "/alerts", &format!("/services/{SERVICE}")] {
        chi.go(page);
        let forms = "return document.querySelectorAll('main form[method=post]').length";
        assert_eq!(chi.browser.run(forms), 0, "{page}");
    }
    for reader in [&an, &binh, &chi] {
        reader.stayed_at_home();
    }
}
