//! Every page, in both languages, over a stored run and over an inventory whose texts are hostile.

mod site;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::{Method, StatusCode};
use site::{Page, Site};

use super::blocks::Moment;
use crate::check::CATALOGUE;
use crate::model::Lang;
use crate::serve::access::PublicPage;

/// Octets of a page.
const PAGE_OCTETS_MAX: usize = 200_000;
/// Pages that a walk sees at the most.
const PAGES_MAX: usize = 2500;

const SECTIONS: [&str; 11] = [
    "/",
    "/services",
    "/organisations",
    "/checks",
    "/causes",
    "/runs",
    "/quarters",
    "/inventory",
    "/vantage",
    "/alerts",
    "/about",
];

/// Walks from the first page along every link and returns the pages by their addresses.
async fn walk(site: &Site, lang: &str) -> BTreeMap<String, Page> {
    let (mut seen, mut open) = (BTreeMap::new(), VecDeque::from(["/".to_owned()]));
    while let Some(address) = open.pop_front() {
        if seen.contains_key(&address) || seen.len() >= PAGES_MAX {
            continue;
        }
        let page = site.get(&address, lang).await;
        assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.main());
        if page.is_html() {
            let links = page.links();
            open.extend(links.into_iter().filter(|link| !is_of_others(link)));
        }
        seen.insert(address, page);
    }
    seen
}

/// What other parts of the daemon answer.
fn is_of_others(link: &str) -> bool {
    ["/api/", "/login", "/account", "/badge"].iter().any(|start| link.starts_with(start))
}

#[tokio::test]
async fn every_link_of_every_page_leads_to_a_sound_page() {
    let site = Site::of_demo();
    for lang in ["vi", "en"] {
        let pages = walk(&site, lang).await;
        for section in SECTIONS {
            assert!(pages.contains_key(section), "{section}");
        }
        for check in CATALOGUE.iter().filter(|check| check.is_about_services()) {
            assert!(pages.contains_key(&format!("/checks/{}", check.id)), "{}", check.id);
        }
        assert!(pages.keys().any(|address| address.starts_with("/services/")));
        for (address, page) in pages.iter().filter(|(_, page)| page.is_html()) {
            sound(address, page, lang);
        }
    }
}

/// The tags without the values of their attributes, in which texts of others may stand escaped.
fn tags(html: &str) -> impl Iterator<Item = String> {
    html.split('<').skip(1).map(|rest| {
        let (mut tag, mut is_value) = (String::from("<"), false);
        for character in rest.chars() {
            match character {
                '"' => is_value = !is_value,
                '>' if !is_value => break,
                _ if is_value => {}
                other => tag.extend(other.to_lowercase()),
            }
        }
        tag
    })
}

/// What holds for every page.
fn sound(address: &str, page: &Page, lang: &str) {
    let html = &page.body;
    assert!(html.len() < PAGE_OCTETS_MAX, "{address}: {} octets", html.len());
    assert!(html.starts_with("<!doctype html>"), "{address}");
    assert!(html.contains(&format!("<html lang=\"{lang}\"")), "{address}");
    assert_eq!(html.matches("<h1").count(), 1, "{address}");
    assert!(html.contains("<main id=\"content\""), "{address}");
    for tag in tags(html) {
        for forbidden in ["<style", " style=", " on"] {
            assert!(!tag.contains(forbidden), "{address}: {tag}");
        }
    }
    for script in html.split("<script").skip(1) {
        assert!(script.starts_with(" src=\"/assets/pages-"), "{address}");
    }
    for attribute in ["href=\"", "src=\"", "action=\""] {
        for target in html.split(attribute).skip(1) {
            assert!(
                target.starts_with(['/', '#']) && !target.starts_with("//"),
                "{address}: {target:.40}"
            );
        }
    }
    let ids: Vec<&str> =
        html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len(), "{address}: {ids:?}");
    for label in html.split("<label").skip(1).filter(|label| label.contains(" for=\"")) {
        let named = label.split(" for=\"").nth(1).unwrap().split('"').next().unwrap();
        if label.find('>') > label.find(" for=") {
            assert!(distinct.contains(named), "{address}: a label for {named}");
        }
    }
    for form in html.split("<form").skip(1).filter(|form| form.starts_with(" method=\"post\"")) {
        let form = form.split("</form>").next().unwrap();
        assert!(form.contains("name=\"csrf\" value=\""), "{address}: {form}");
    }
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn texts_of_others_stay_texts() {
    let site = Site::of_hostile_inventory();
    for lang in ["vi", "en"] {
        for (address, page) in walk(&site, lang).await {
            if page.is_html() {
                sound(&address, &page, lang);
                assert!(!page.body.contains("<script>"), "{address}");
                assert!(!page.body.contains("<img src=x"), "{address}");
                assert!(!page.body.contains('\u{202e}'), "{address}");
            }
        }
        let page = site.get("/services?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", lang).await;
        sound("/services", &page, lang);
        let page = site.get("/services?stage=%3Cscript%3E", lang).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        sound("/services", &page, lang);
    }
}

#[test]
fn entries_of_one_day_have_their_times() {
    let ats = ["2026-11-01T01:00:00Z", "2026-11-02T01:00:00Z", "2026-11-02T05:30:00Z"]
        .map(|at| at.parse().unwrap());
    let shown = Moment::days(&ats, "Asia/Ho_Chi_Minh", Lang::Vi).into_iter().map(|one| one.shown);
    let expected = ["01/11/2026", "08:00 ngày 02/11/2026", "12:30 ngày 02/11/2026"];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn the_trend_of_few_days_has_every_run() {
    let page = Site::of_hostile_inventory().get("/", "vi").await;
    let trend = page.body.split("class=\"trend\"").nth(1).unwrap().split("</svg>").next().unwrap();
    let below: Vec<&str> = trend
        .split("<text class=\"q\"")
        .skip(1)
        .map(|text| text.split(['>', '<']).nth(1).unwrap())
        .collect();
    assert_eq!(below, ["2026Q4", "08:00", "12:30"]);
}

#[tokio::test]
async fn a_bad_value_is_told_with_what_would_be_right() {
    let site = Site::of_demo();
    for (address, right) in [
        ("/services?stage=7", "/services?stage=absent"),
        ("/services?category=portals", "/services?category=portal"),
        ("/services?check=dns-aaa", "/services?check="),
        ("/services?outcome=failed", "/services?outcome=fail"),
        ("/services?severity=bad", "/services?severity=critical"),
        ("/services?change=up", "/services?change=worse"),
        ("/services?sort=stage", "/services?sort=standing"),
        ("/services?order=up", "/services?order=ascending"),
        ("/services?page=0&amp;q=a", "/services"),
        ("/services?page=x", "/services"),
        ("/services?organisation=nobody", "/services?organisation="),
        ("/?inventory=other", "/?inventory="),
        ("/runs/compare?from=no-such-run", "/runs/compare?from="),
        ("/quarters/2026-4", "/quarters/"),
        ("/alerts?state=closed", "/alerts?state=all"),
    ] {
        for lang in ["vi", "en"] {
            let page = site.get(address, lang).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{address}");
            sound(address, &page, lang);
            let help = page.links().into_iter().find(|link| link.starts_with(right));
            let help = help.unwrap_or_else(|| panic!("{address}: {}", page.main()));
            assert_eq!(site.get(&help, lang).await.status, StatusCode::OK, "{help}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_can_t_be_asked_so_is_told_on_a_page() {
    let site = Site::of_demo();
    for address in [
        "/no-such-page",
        "/services/nobody/nothing",
        "/organisations/nobody",
        "/checks/no-such-check",
        "/runs/no-such-run",
        "/runs/no-such-run/events",
        "/quarters/1999Q1",
        "/quarters/2026Q4/docx",
    ] {
        let page = site.get(address, "en").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{address}: {}", page.main());
        sound(address, &page, "en");
    }
    let page = site.send(Method::DELETE, "/services", "vi", "").await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    sound("/services", &page, "vi");
    for address in ["/alerts/maintenance", "/inventory/check"] {
        let page = site.send(Method::POST, address, "vi", "to=x").await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{address}");
        sound(address, &page, "vi");
    }
    let page = site.send(Method::POST, "/runs/no-such-run/cancel", "vi", "").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    sound("cancel", &page, "vi");
    let page = site.get("/assets/pages-0000000000000000.css", "en").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn assets_are_kept_for_ever() {
    let site = Site::of_demo();
    let page = site.get("/about", "en").await;
    let style = page.body.split("href=\"/assets/").nth(1).unwrap().split('"').next().unwrap();
    let style = site.get(&format!("/assets/{style}"), "en").await;
    assert_eq!(style.status, StatusCode::OK);
    assert!(style.header("cache-control").contains("immutable"));
    assert!(style.header("content-type").starts_with("text/css"));
}

#[tokio::test]
async fn language_and_theme_are_chosen_by_a_form_that_leads_back() {
    let site = Site::of_demo();
    let chosen = site
        .send(Method::POST, "/preferences", "en", "lang=vi&theme=dark&back=%2Fservices%3Fstage%3D0")
        .await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert_eq!(chosen.header("location"), "/services?stage=0");
    let cookies = chosen.all("set-cookie");
    assert!(cookies.iter().any(|cookie| cookie.starts_with("v6ready_lang=vi; Path=/")));
    assert!(cookies.iter().any(|cookie| cookie.starts_with("v6ready_theme=dark; Path=/")));
    let away = site.send(Method::POST, "/preferences", "en", "lang=xx&back=//evil.example").await;
    assert_eq!(away.header("location"), "/");
    assert!(away.all("set-cookie").is_empty());
}

#[tokio::test]
async fn whoever_may_see_nothing_is_led_to_the_log_in_and_sees_no_forms_where_pages_are_public() {
    let nothing = Site::of_demo().for_guests(&[]);
    for section in SECTIONS {
        let page = nothing.get(section, "en").await;
        assert_ne!(page.status, StatusCode::OK, "{section}");
        assert!(!page.body.contains("class=\"pill"), "{section}");
    }
    let public = Site::of_demo().for_guests(&[PublicPage::Overview, PublicPage::Organisations]);
    let page = public.get("/organisations", "vi").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("/scan\""));
    let navigation: Vec<_> =
        page.links().into_iter().filter(|link| SECTIONS.contains(&&**link)).collect();
    assert!(
        navigation.iter().all(|link| ["/", "/organisations"].contains(&&**link)),
        "{navigation:?}"
    );
    assert!(!page.body.contains('@'), "contacts are for those who are logged in");
}

#[tokio::test]
async fn a_dry_run_of_an_inventory_tells_line_and_column_and_what_would_change() {
    let site = Site::of_demo();
    let broken = site.upload("version: 1\norganizations: []\n").await;
    assert_eq!(broken.status, StatusCode::OK, "{}", broken.main());
    assert!(broken.body.contains("data-line=\"2\" data-column=\"1\""), "{}", broken.main());
    assert!(broken.body.contains("did you mean `organisations`?"));
    sound("/inventory/check", &broken, "en");
    let good = site
        .upload(
            "version: 1\norganisations:\n  - id: new\n    services:\n      - {id: portal, \
             category: portal, web: https://portal.example/}\n",
        )
        .await;
    assert!(good.body.contains("new/portal"), "{}", good.main());
    assert!(good.body.contains("banner good"));
    let nothing = site.upload("").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}
