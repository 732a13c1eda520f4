use super::*;
use crate::model::{Lang, Severity};
use crate::serve::config::ServeConfig;
use crate::serve::config::read::read;

const WHOLE: &str = r#"
serve:
  base_url: https://v6.example.gov.vn/
  inventories: [inventory.yaml]
  schedules:
    - {name: nightly, cron: "30 1 * * *", timezone: Asia/Ho_Chi_Minh, watch: 15m, only: ["tag:pilot"]}
  retention: {keep_last: 60}
  backups: {file: copy.db, keep: 3}
  alerts:
    certificate_days: 10
    channels:
      - name: mail
        smtp: {host: mail.example.gov.vn, user: u, password: p4ss, from: v6ready@example.gov.vn}
      - name: hook
        webhook: {url: "https://hooks.example.gov.vn/v6ready", secret: s3cret}
      - name: chat
        template: {url: "https://chat.example/x", file: slack.json, authorization: t0ken, header: Access_Token}
    routes:
      - name: team
        channels: [mail, chat]
        to: [noc@example.gov.vn]
        severity: warning
        only: ["org:a", "tag:pilot"]
        checks: ["tls-*"]
        lang: en
        remind: 0s
        hours: {days: [mon, fri], from: "07:30", to: "17:00", outside: nothing}
      - {name: duty, channels: [hook]}
    contacts: {channel: mail}
    maintenance:
      - {from: 2026-12-05T22:00, to: 2026-12-06T04:00, only: ["org:a"], note: New firewall}
"#;

fn parsed(text: &str) -> ServeConfig {
    let (config, warnings) = read(text.as_bytes(), "v6ready.yaml")
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    assert!(warnings.is_empty());
    config
}

fn problems(text: &str) -> String {
    match read(text.as_bytes(), "v6ready.yaml") {
        Ok(_) => panic!("it is read"),
        Err(problems) => problems.render(false).to_string(),
    }
}

#[test]
fn everything_is_read() {
    let config = parsed(WHOLE);
    let alerts = &config.alerts;
    assert_eq!((alerts.certificate_days, alerts.target_days), (10, 60));
    let ChannelKind::Smtp(smtp) = &alerts.channel("mail").unwrap().kind else { panic!() };
    assert_eq!((smtp.tls, smtp.tls.port()), (SmtpTls::StartTls, 587));
    let ChannelKind::Template(chat) = &alerts.channel("chat").unwrap().kind else { panic!() };
    assert_eq!(chat.authorization.as_ref().unwrap().0, "access_token");
    let [team, duty] = &alerts.routes[..] else { panic!() };
    assert_eq!((team.severity, team.lang), (Severity::Warning, Lang::En));
    assert!(team.remind.is_zero() && team.checks[0].is_match("tls-name"));
    assert_eq!(team.hours.as_ref().unwrap().outside, Outside::Nothing);
    assert!(duty.hours.is_none() && duty.severity == Severity::Error);
    assert_eq!(alerts.contacts.as_ref().unwrap().channel, "mail");
    let (from, to) = alerts.maintenance[0].span().unwrap();
    assert_eq!(from.to_string(), "2026-12-05T15:00:00Z");
    assert_eq!(to.duration_since(from).as_hours(), 6);
    assert_eq!(config.schedules[0].watch, Duration::from_secs(900));
    assert_eq!(config.retention.keep_last, Some(60));
    assert_eq!(config.backups.as_ref().unwrap().keep, 3);
    // Secrets show nowhere.
    let shown = format!("{config:?}");
    for secret in ["p4ss", "s3cret", "t0ken", "chat.example"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (from, to, expected) in [
        ("channels: [mail, chat]", "channels: [mial, chat]", "did you mean `mail`?"),
        ("name: duty", "name: team", "two routes are called `team`"),
        ("name: hook\n", "name: mail\n", "two channels are called `mail`"),
        ("to: [noc@example.gov.vn]", "per_hour: 3", "sends mail, and says to nobody"),
        ("noc@example.gov.vn]", "NOC <noc@example.gov.vn>]", "is not a mail address"),
        ("contacts: {channel: mail}", "contacts: {channel: hook}", "sends no mail"),
        ("checks: [\"tls-*\"]", "checks: [tls-nmae]", "did you mean `tls-name`?"),
        ("only: [\"org:a\", \"tag:pilot\"]", "only: [\"orgg:a\"]", "did you mean `org:`?"),
        ("days: [mon, fri]", "days: [monday]", "`monday` is not a day of the week"),
        ("from: \"07:30\"", "from: \"7.30\"", "is not a time of day"),
        ("to: 2026-12-06T04:00", "to: 2026-12-05T04:00", "ends before it begins"),
        ("cron: \"30 1 * * *\"", "cron: \"30 25 * * *\"", "is not a cron expression"),
        ("watch: 15m", "watch: 10s", "shorter than a minute"),
        ("base_url: https://v6.example.gov.vn/", "title: x", "a link that ends them"),
        (", password: p4ss", "", "a log-in is a user and a password"),
        ("user: u", "tls: off, user: u", "not sent without TLS"),
        (
            "secret: s3cret}",
            "secret: s3cret}\n        smtp: {host: a, from: a@example.vn}",
            "sends in one way",
        ),
        ("severity: warning", "severity: wraning", "`warning`"),
        ("remind: 0s", "remnid: 0s", "did you mean `remind`?"),
    ] {
        assert!(WHOLE.contains(from), "{from}");
        let told = problems(&WHOLE.replacen(from, to, 1));
        assert!(told.contains(expected), "{to}: {told}");
        assert!(told.contains("v6ready.yaml:"), "{to}: {told}");
        assert!(!told.contains("p4ss") && !told.contains("s3cret"), "{told}");
    }
}
