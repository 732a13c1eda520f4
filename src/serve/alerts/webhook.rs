//! Messages to programs: signed JSON, or what a template makes of it.

use aws_lc_rs::hmac;
use jiff::Timestamp;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};
use serde::Serialize;
use serde_json::json;
use url::Url;

use super::http::{Post, post};
use super::mail::plain_text;
use super::message::{Group, Message};
use super::sending::NotSent;
use crate::model::{Severity, hex};
use crate::serve::config::alerts::{TemplateHook, Webhook};

/// The form of what a webhook gets.
pub const SCHEMA: &str = "v6ready/alert/1";

/// Octets of a template.
const TEMPLATE_OCTETS_MAX: u64 = 256 * 1024;

/// What a webhook gets of a message.
pub fn payload(key: &str, route: &str, message: &Message) -> Vec<u8> {
    let document = json!({"schema": SCHEMA, "id": key, "route": route, "message": message});
    document.to_string().into_bytes()
}

/// The signature of a body at a time: `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of the seconds, a dot
/// and the body.
pub fn signature(secret: &str, body: &[u8], at: Timestamp) -> String {
    let seconds = at.as_second().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(seconds.as_bytes());
    context.update(b".");
    context.update(body);
    format!("t={seconds},v1={}", hex(context.sign().as_ref()))
}

/// Sends a message to a webhook.
///
/// # Errors
/// Why it was not taken.
pub async fn send(
    webhook: &Webhook,
    key: &str,
    route: &str,
    message: &Message,
    now: Timestamp,
) -> Result<(), NotSent> {
    let body = payload(key, route, message);
    let mut headers = vec![("idempotency-key".to_owned(), key.to_owned())];
    if let Some(secret) = &webhook.secret {
        headers.push(("v6ready-signature".to_owned(), signature(secret.reveal(), &body, now)));
    }
    let trusted = &webhook.ca;
    let content_type = "application/json";
    post(Post { url: &webhook.url, content_type, headers, body, trusted }).await
}

/// Sends a message in the form that a template gives it.
///
/// # Errors
/// Why it was not taken; also when the template can't be read or used.
pub async fn send_by_template(
    hook: &TemplateHook,
    key: &str,
    route: &str,
    message: &Message,
) -> Result<(), NotSent> {
    let url = Url::parse(hook.url.reveal())
        .map_err(|error| NotSent::for_good(format!("the chat's URL: {error}")))?;
    let body = rendered(hook, key, route, message)?.into_bytes();
    let mut headers = vec![("idempotency-key".to_owned(), key.to_owned())];
    if let Some((header, value)) = &hook.authorization {
        headers.push((header.clone(), value.reveal().to_owned()));
    }
    let (content_type, trusted) = (hook.content_type.as_str(), &hook.ca);
    post(Post { url: &url, content_type, headers, body, trusted }).await
}

fn rendered(
    hook: &TemplateHook,
    key: &str,
    route: &str,
    message: &Message,
) -> Result<String, NotSent> {
    use std::io::Read as _;
    let name = hook.file.display();
    let mut text = String::new();
    let read = std::fs::File::open(&hook.file)
        .and_then(|file| file.take(TEMPLATE_OCTETS_MAX).read_to_string(&mut text));
    read.map_err(|error| NotSent::for_good(format!("{name} can't be read: {error}")))?;
    render(&text, &hook.content_type, key, route, message)
        .map_err(|problem| NotSent::for_good(format!("{name}: {problem}")))
}

/// What a template knows.
#[derive(Serialize)]
struct TemplateValues<'a> {
    id: &'a str,
    route: &'a str,
    subject: &'a str,
    text: String,
    lang: &'a str,
    severity: Option<Severity>,
    groups: &'a [Group],
    base_url: Option<&'a str>,
    is_test: bool,
}

/// What a template makes of a message. In JSON every value is written as JSON, quotes included; in HTML and
/// XML it is escaped.
///
/// # Errors
/// What is wrong with the template, with its line.
pub fn render(
    template: &str,
    content_type: &str,
    key: &str,
    route: &str,
    message: &Message,
) -> Result<String, String> {
    let mut environment = Environment::new();
    let escape = match content_type {
        kind if kind.contains("json") => AutoEscape::Json,
        kind if kind.contains("html") || kind.contains("xml") => AutoEscape::Html,
        _ => AutoEscape::None,
    };
    environment.set_auto_escape_callback(move |_| escape.clone());
    let told = |error: minijinja::Error| match error.line() {
        Some(line) => format!("line {line}: {error}"),
        None => error.to_string(),
    };
    environment.add_template("template", template).map_err(told)?;
    let values = TemplateValues {
        id: key,
        route,
        subject: &message.subject,
        text: plain_text(message),
        lang: message.lang.tag(),
        severity: message.groups.iter().map(|group| group.severity).min(),
        groups: &message.groups,
        base_url: message.base_url.as_deref(),
        is_test: message.is_test,
    };
    let values = Value::from(Serde(values));
    environment.get_template("template").and_then(|one| one.render(values)).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;
    use crate::serve::alerts::message::{Entry, Heading};

    const EXAMPLES: [(&str, &str); 5] = [
        ("slack", include_str!("../../../docs/alerts/slack.json")),
        ("teams", include_str!("../../../docs/alerts/teams.json")),
        ("telegram", include_str!("../../../docs/alerts/telegram.json")),
        ("mattermost", include_str!("../../../docs/alerts/mattermost.json")),
        ("zalo", include_str!("../../../docs/alerts/zalo.json")),
    ];

    /// A message whose texts would break out of JSON where they are not written as such.
    fn hostile() -> Message {
        let entry = |service: Option<&str>| Entry {
            alert: "a".into(),
            service: service.map(str::to_owned),
            service_name: Some("\"}],\"x\":\"".into()),
            organisation_name: None,
            detail: "a\"\\\n</script>{{ 7*7 }}".into(),
            began_at: Timestamp::UNIX_EPOCH,
            resolved_at: None,
            url: None,
        };
        let group = Group {
            heading: Heading::Begun,
            title: "\"quoted\" \u{202e}".into(),
            kind: "worse".into(),
            severity: Severity::Error,
            check: None,
            reason: None,
            remedy: None,
            entries: vec![entry(Some("o/s")), entry(None)],
            more: 0,
        };
        let test = Message::test(Lang::Vi, Timestamp::UNIX_EPOCH, None);
        Message { subject: "Cổng \"x\"\n".into(), groups: vec![group], ..test }
    }

    #[test]
    fn the_example_templates_make_json_of_any_message() {
        let test = Message::test(Lang::En, Timestamp::UNIX_EPOCH, Some("https://v6.example/"));
        for (name, template) in EXAMPLES {
            for message in [&hostile(), &test] {
                let body = render(template, "application/json", "k", "r", message).unwrap();
                let read = serde_json::from_str::<serde_json::Value>(&body);
                assert!(read.is_ok(), "{name}: {read:?}\n{body}");
                assert!(!body.contains("49"), "{name}: {body}");
            }
        }
    }

    #[test]
    fn a_signature_is_the_documented_one() {
        // printf '60.{}' | openssl dgst -sha256 -hmac s3cret
        let expected = "t=60,v1=7b0d24808b800d3cd1b7349ea76eea05c22006bace620a86ca334e5e0da526ef";
        assert_eq!(signature("s3cret", b"{}", Timestamp::from_second(60).unwrap()), expected);
    }
}
