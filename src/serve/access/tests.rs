//! The whole of it, as browsers and programs meet it.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderName, StatusCode};
use jiff::civil::date;
use url::Url;

use super::proxy::Proxy;
use super::public_page::PublicPage;
use super::role::{Organisations, Role, TokenScope};
use super::rules::GroupRule;
use super::testing::{PASSWORD, World, config};
use super::token::ApiToken;
use crate::serve::config::access::TokenConfig;

const OK: u16 = 200;
const GO: u16 = 303;
const NO: u16 = 403;
const WHO: u16 = 401;

fn token(name: &str, scope: TokenScope, organisations: &[&str]) -> (ApiToken, TokenConfig) {
    let token = ApiToken::random().unwrap();
    let config = TokenConfig {
        name: name.into(),
        hash: token.digest(),
        scope,
        until: None,
        organisations: Organisations::listed(organisations.iter().map(|id| (*id).into())),
    };
    (token, config)
}

/// Every page and action × everybody: what is answered.
#[tokio::test]
async fn everybody_may_what_the_table_says() {
    let mut config = config();
    config.access.public = [PublicPage::Overview, PublicPage::Badges].into();
    let tokens = [
        token("metrics", TokenScope::Metrics, &[]),
        token("read", TokenScope::Read, &[]),
        token("operate", TokenScope::Operate, &[]),
        token("operate-a", TokenScope::Operate, &["a"]),
    ];
    config.access.tokens = tokens.iter().map(|(_, config)| config.clone()).collect();
    let world = World::new(&config);
    let mut everybody = vec![world.browser()];
    for name in ["viewer", "of-a", "operator"] {
        everybody.push(world.logged_in(name).await);
    }
    for (token, _) in &tokens {
        let mut program = world.browser();
        program.headers.push(("authorization", format!("Bearer {}", token.text())));
        everybody.push(program);
    }
    // guest, viewer, operator of a, operator, and tokens: metrics, read, operate, operate for a.
    #[rustfmt::skip]
    let table: [(&str, &str, [u16; 8]); 11] = [
        ("GET",  "/page/overview",           [OK,  OK, OK, OK, OK, OK, OK, OK]),
        ("GET",  "/page/badges",             [OK,  OK, OK, OK, OK, OK, OK, OK]),
        ("GET",  "/page/service",            [GO,  OK, OK, OK, NO, OK, OK, OK]),
        ("GET",  "/api/v1/page/service",     [WHO, OK, OK, OK, NO, OK, OK, OK]),
        ("GET",  "/page/metrics",            [GO,  OK, OK, OK, OK, OK, OK, OK]),
        ("GET",  "/page/api",                [GO,  OK, OK, OK, NO, OK, OK, OK]),
        ("POST", "/operate/a",               [WHO, NO, OK, OK, NO, NO, OK, OK]),
        ("POST", "/operate/b",               [WHO, NO, NO, OK, NO, NO, OK, NO]),
        ("POST", "/operate",                 [WHO, NO, NO, OK, NO, NO, OK, NO]),
        ("POST", "/administer",              [WHO, NO, NO, OK, NO, NO, OK, NO]),
        ("GET",  "/account",                 [GO,  OK, OK, OK, WHO, WHO, WHO, WHO]),
    ];
    for (method, path, expected) in table {
        for (browser, expected) in everybody.iter_mut().zip(expected) {
            let answer = match method {
                "GET" => browser.get(path).await,
                _ => browser.submit(path, &[]).await,
            };
            let who = browser.headers.clone();
            assert_eq!(answer.status.as_u16(), expected, "{method} {path} {who:?} {}", answer.body);
        }
    }
    // Every other page is closed to guests.
    for (page, _) in PublicPage::ALL {
        let answer = everybody[0].get(&format!("/page/{}", page.id())).await;
        let is_public = matches!(page, PublicPage::Overview | PublicPage::Badges);
        assert_eq!(answer.status == StatusCode::OK, is_public, "{page:?}");
    }
}

#[tokio::test]
async fn a_log_in_leads_back_to_what_was_asked_for_and_a_log_out_ends_it() {
    let world = World::new(&config());
    let mut browser = world.browser();
    let answer = browser.get("/page/services?stage=1&q=a").await;
    assert_eq!(answer.header("location"), "/login?next=%2Fpage%2Fservices%3Fstage%3D1%26q%3Da");
    let answer = browser.get(answer.header("location")).await;
    assert_eq!((answer.status, answer.notice()), (StatusCode::OK, "to-go-on"));
    let csrf = answer.csrf();
    let next = ("next", "/page/services?stage=1&q=a");
    let fields = [("csrf", &*csrf), ("name", "viewer"), ("password", PASSWORD), next];
    let answer = browser.post("/login", &fields).await;
    assert_eq!(answer.header("location"), "/page/services?stage=1&q=a");
    assert_eq!(browser.get("/page/services").await.status, StatusCode::OK);
    assert_eq!(
        browser.get("/login?next=/page/services").await.header("location"),
        "/page/services"
    );
    let stolen = browser.cookies.clone();
    let account = browser.get("/account").await;
    assert!(account.body.contains("viewer") && account.header("cache-control") == "no-store");
    let answer = browser.submit("/logout", &[]).await;
    assert_eq!(answer.header("location"), "/login?out=1");
    assert_eq!(browser.get("/login?out=1").await.notice(), "logged-out");
    assert_eq!(browser.get("/page/services").await.status, StatusCode::SEE_OTHER);
    let mut thief = world.browser();
    thief.cookies = stolen;
    assert_eq!(thief.get("/page/services").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_log_in_begins_a_new_session_and_everywhere_means_all_of_them() {
    let world = World::new(&config());
    let mut planted = world.browser();
    planted.cookies.insert("v6ready".to_owned(), "A".repeat(43));
    planted.get("/page/services").await;
    assert!(!planted.cookies.contains_key("v6ready"), "a cookie that means nothing is removed");
    let mut one = world.logged_in("viewer").await;
    let before = one.cookies["v6ready"].clone();
    let csrf = one.get("/form").await.csrf();
    let fields = [("csrf", &*csrf), ("name", "operator"), ("password", PASSWORD)];
    assert_eq!(one.post("/login", &fields).await.status, StatusCode::SEE_OTHER);
    assert_ne!(one.cookies["v6ready"], before);
    assert_eq!(one.submit("/operate", &[]).await.body, "operator");
    let mut two = world.logged_in("operator").await;
    let mut other = world.logged_in("viewer").await;
    one.submit("/logout", &[("everywhere", "1")]).await;
    assert_eq!(two.get("/page/services").await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.get("/page/services").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_next_page_is_always_one_of_ours() {
    let world = World::new(&config());
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "/login", "x"] {
        let mut browser = world.browser();
        let csrf = browser.get("/login").await.csrf();
        let fields = [("csrf", &*csrf), ("name", "viewer"), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post("/login", &fields).await.header("location"), "/", "{next}");
    }
    let mut browser = world.browser();
    let answer = browser.get("//evil.example/%2e%2e").await;
    assert!(!answer.header("location").starts_with("//"));
}

#[tokio::test]
async fn forms_of_others_are_refused() {
    let world = World::new(&config());
    let mut hers = world.logged_in("operator").await;
    let mut attacker = world.logged_in("viewer").await;
    let foreign = attacker.get("/form").await.csrf();
    for csrf in ["", "x", &foreign] {
        let answer = hers.post("/operate", &[("csrf", csrf)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("stale-form"));
    }
    let csrf = hers.get("/form").await.csrf();
    let good = [("csrf", &*csrf)];
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        hers.headers = vec![(name, value.to_owned()), ("host", "[::1]:8466".to_owned())];
        let answer = hers.post("/operate", &good).await;
        assert!(answer.status == StatusCode::FORBIDDEN && answer.body.contains("foreign-site"));
    }
    hers.headers = vec![("sec-fetch-site", "same-origin".to_owned())];
    assert_eq!(hers.post("/operate", &good).await.status, StatusCode::OK);
    // JSON, as a script of another site could send it as plain text, needs the header.
    let json = || Body::from("{\"inventory\":\"x\"}");
    let answer = hers.send("POST", "/api/v1/operate/a", Some("text/plain"), json()).await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(answer.body.contains("/api#problem-stale-form"));
    hers.headers.push(("x-csrf-token", csrf.clone()));
    let answer = hers.send("POST", "/api/v1/operate/a", Some("application/json"), json()).await;
    assert_eq!(answer.status, StatusCode::OK);
    // A form that uploads a file has it as its first field.
    hers.headers.clear();
    let upload = |fields: &[(&str, &str)]| {
        let field = |(name, value): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        Body::from(fields.iter().map(field).collect::<String>() + "--b--\r\n")
    };
    let kind = Some("multipart/form-data; boundary=b");
    let body = upload(&[("csrf", &csrf), ("file", "inventory")]);
    assert_eq!(hers.send("POST", "/operate", kind, body).await.status, StatusCode::OK);
    for fields in [&[("file", "x"), ("csrf", &*csrf)][..], &[("csrf", "x")], &[]] {
        let answer = hers.send("POST", "/operate", kind, upload(fields)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn the_log_in_itself_can_not_be_forged() {
    let world = World::new(&config());
    let mut attacker = world.browser();
    let csrf = attacker.get("/login").await.csrf();
    let mut victim = world.browser();
    let fields = [("csrf", &*csrf), ("name", "viewer"), ("password", PASSWORD)];
    let answer = victim.post("/login", &fields).await;
    assert_eq!((answer.status, answer.notice()), (StatusCode::BAD_REQUEST, "stale"));
    assert_eq!(attacker.post("/login", &fields).await.status, StatusCode::SEE_OTHER);
    // What is done in nobody's name needs nobody's token.
    assert_eq!(victim.post("/preferences", &[("lang", "vi")]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn guesses_are_slowed_down_and_tell_nothing() {
    let world = World::new(&config());
    let mut browser = world.browser();
    let mut answers = Vec::new();
    for name in ["viewer", "nobody"] {
        for _ in 0..5 {
            let answer = browser.log_in(name, "wrong").await;
            assert_eq!((answer.status, answer.notice()), (StatusCode::UNAUTHORIZED, "wrong"));
            answers.push(answer.body.replace(&answer.csrf(), "").replace(name, ""));
        }
        let answer = browser.log_in(name, PASSWORD).await;
        assert_eq!((answer.status, answer.notice()), (StatusCode::TOO_MANY_REQUESTS, "wait"));
        assert!((1..=31).contains(&answer.header("retry-after").parse().unwrap()));
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]));
    let mut elsewhere = world.browser();
    elsewhere.peer = "[2001:db8::1]:4711".parse().unwrap();
    assert_eq!(elsewhere.log_in("viewer", PASSWORD).await.status, StatusCode::SEE_OTHER);
    world.pass(31);
    assert_eq!(browser.log_in("viewer", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/page/services").await.status, StatusCode::OK);
    let mut long = world.browser();
    let answer = long.log_in("viewer", &"x".repeat(5000)).await;
    assert_eq!(answer.notice(), "wrong");
}

#[tokio::test]
async fn sessions_outlive_a_restart_and_end_with_what_they_rest_on() {
    let (old, mut new) = (config(), config());
    let world = World::new(&old);
    let cookies = world.logged_in("operator").await.cookies;
    let viewer = world.logged_in("viewer").await.cookies;
    let world = world.restarted(&old);
    let get = async |cookies: &BTreeMap<String, String>| {
        let mut browser = world.browser();
        browser.cookies = cookies.clone();
        let answer = browser.submit("/operate", &[]).await;
        answer.status.as_u16()
    };
    assert_eq!((get(&cookies).await, get(&viewer).await), (OK, NO));
    // Another role applies at once.
    new.access.users[0].role = Role::Operator;
    world.access.reconfigure(&new).unwrap();
    assert_eq!((get(&cookies).await, get(&viewer).await), (OK, OK));
    // Another password, or a user who is gone, ends the sessions.
    new.access.users[1].hash = super::password::PasswordHash::of("another").unwrap();
    new.access.users.remove(0);
    world.access.reconfigure(&new).unwrap();
    assert_eq!((get(&cookies).await, get(&viewer).await), (WHO, WHO));
    // And they stay ended, whatever comes back.
    let world = world.restarted(&old);
    let mut browser = world.browser();
    browser.cookies = cookies;
    assert_eq!(browser.get("/page/services").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_store_that_is_full_keeps_nobody_out() {
    let world = World::new(&config());
    world.table.is_full.store(true, std::sync::atomic::Ordering::Relaxed);
    let mut browser = world.logged_in("viewer").await;
    assert_eq!(browser.get("/page/services").await.status, StatusCode::OK);
    browser.submit("/logout", &[]).await;
    assert_eq!(browser.get("/page/services").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sessions_end_with_time_and_their_cookies_change() {
    let world = World::new(&config());
    let mut browser = world.logged_in("viewer").await;
    let first = browser.cookies["v6ready"].clone();
    let csrf = browser.get("/form").await.csrf();
    world.pass(20 * 60);
    let answer = browser.post("/operate/a", &[("csrf", &csrf)]).await;
    assert!(answer.body.contains("not-allowed"), "the form outlives the rotation: {}", answer.body);
    assert_ne!(browser.cookies["v6ready"], first);
    world.pass(8 * 3600);
    assert_eq!(browser.get("/page/services").await.status, StatusCode::SEE_OTHER);
    assert!(!browser.cookies.contains_key("v6ready"));
}

#[tokio::test]
async fn tokens_are_refused_as_programs_understand_it() {
    let mut config = config();
    let (good, mut one) = token("one", TokenScope::Read, &[]);
    let (other, _) = token("other", TokenScope::Read, &[]);
    // 2027-01-15 is the day of this clock.
    one.until = Some(date(2027, 1, 15));
    config.access.tokens = vec![one];
    let world = World::new(&config);
    let ask = async |header: String| {
        let mut program = world.browser();
        program.headers.push(("authorization", header));
        program.get("/api/v1/page/services").await
    };
    let good = format!("Bearer {}", good.text());
    assert_eq!(ask(good.clone()).await.status, StatusCode::OK);
    assert_eq!(ask(good.replace("Bearer", "bearer")).await.status, StatusCode::OK);
    for bad in [
        format!("Bearer {}", other.text()),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer \u{7f}".replace('\u{7f}', "%00"),
        format!("Bearer {}", "A".repeat(100_000)),
    ] {
        let answer = ask(bad).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
        assert!(answer.body.contains("/api#problem-unknown-token"));
    }
    // Another scheme is for a proxy in front.
    let answer = ask("Basic YTpi".to_owned()).await;
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"v6ready\"");
    world.pass(24 * 3600);
    let answer = ask(good).await;
    assert!(answer.body.contains("expired-token"));
    assert!(answer.header("www-authenticate").contains("The token has expired"));
}

#[tokio::test]
async fn a_proxy_says_who_somebody_is_and_nobody_else_does() {
    let mut config = config();
    config.access.users.clear();
    config.access.proxy = Proxy {
        from: vec!["2001:db8:f::/48".parse().unwrap()],
        user_header: Some(HeaderName::from_static("x-remote-user")),
        groups_header: Some(HeaderName::from_static("x-remote-groups")),
        address_header: None,
        groups: vec![GroupRule {
            group: "ops".to_owned(),
            role: Role::Operator,
            organisations: Organisations::All,
        }],
        others: None,
    };
    let world = World::new(&config);
    let mut browser = world.browser();
    browser.peer = "[2001:db8:f::1]:4711".parse().unwrap();
    let said = |user: &str, groups: &str| {
        vec![
            ("x-remote-user", user.to_owned()),
            ("x-remote-groups", groups.to_owned()),
            ("x-forwarded-for", "198.51.100.7, 192.0.2.1".to_owned()),
        ]
    };
    browser.headers = said("an", "staff;ops");
    assert_eq!(browser.submit("/operate", &[]).await.body, "an");
    assert_eq!(browser.get("/address").await.body, "192.0.2.1");
    assert_eq!(browser.post("/operate", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    // Her form is not another's.
    let csrf = browser.get("/form").await.csrf();
    browser.headers = said("binh", "ops");
    let answer = browser.post("/operate", &[("csrf", &csrf)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    browser.headers = said("an", "staff");
    let answer = browser.get("/page/services").await;
    assert!(answer.status == StatusCode::FORBIDDEN && answer.body.contains("no-role"));
    browser.headers = said("an", "ops");
    browser.peer = "[2001:db8:e::1]:4711".parse().unwrap();
    let answer = browser.get("/page/services").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "there is no page to log in at");
    assert_eq!(browser.get("/address").await.body, "2001:db8:e::1");
    assert_eq!(browser.submit("/operate", &[]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let mut config = config();
    let world = World::new(&config);
    let mut browser = world.logged_in("viewer").await;
    for path in ["/login", "/account", "/page/services", "/badge/a.svg", "/nothing", "/assets/x"] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("strict-transport-security"), "");
        let is_badge = path == "/badge/a.svg";
        let policy = if is_badge { "cross-origin" } else { "same-origin" };
        assert_eq!(answer.header("cross-origin-resource-policy"), policy);
    }
    assert_eq!(browser.get("/account").await.header("cache-control"), "no-store");
    assert_eq!(browser.get("/badge/a.svg").await.header("cache-control"), "private, no-cache");
    config.base_url = Some(Url::parse("https://v6.example.gov.vn/").unwrap());
    let world = World::new(&config);
    let mut browser = world.logged_in("viewer").await;
    assert!(browser.cookies.contains_key("__Host-v6ready"), "{:?}", browser.cookies);
    let answer = browser.get("/account").await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn hostile_headers_are_survived() {
    let world = World::new(&config());
    let long = "=;".repeat(20_000);
    for value in ["", ";", "=", "v6ready", "v6ready=", "v6ready=;v6ready=", "v6ready=%00", &long] {
        for name in ["cookie", "accept", "accept-language", "sec-fetch-site", "origin", "host"] {
            let mut browser = world.browser();
            browser.headers.push((name, value.to_owned()));
            let answer = browser.get("/page/services").await;
            assert!(matches!(answer.status.as_u16(), 303 | 401), "{name}: {value}");
        }
    }
    let mut browser = world.browser();
    let answer = browser.get("/login?next=%22%3E%3Cscript%3E&out=%3Cb%3E").await;
    assert!(answer.status == StatusCode::OK && !answer.body.contains("<b>&"));
    let answer = browser.log_in("\"><script>alert(1)</script>", "x").await;
    assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
}

#[tokio::test]
async fn pages_come_in_both_languages() {
    let world = World::new(&config());
    for (lang, expected) in [("vi", "Tên đăng nhập"), ("en", "User name")] {
        let mut browser = world.browser();
        browser.headers.push(("accept-language", lang.to_owned()));
        assert!(browser.get("/login").await.body.contains(expected));
    }
    let mut nobody = config();
    nobody.access.users.clear();
    let world = World::new(&nobody);
    let answer = world.browser().get("/login").await;
    assert!(answer.body.contains("No way to log in has been set up"));
}
