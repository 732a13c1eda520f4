use jiff::Timestamp;

use super::*;
use crate::model::Severity;

/// A message with names that would do harm where they are not escaped.
fn message(lang: Lang) -> Message {
    let entry = |service: &str| Entry {
        alert: "a1".into(),
        service: Some(format!("org/{service}")),
        service_name: Some("<b onclick=x>Cổng \"dịch vụ\"".into()),
        organisation_name: Some("Sở & ban".into()),
        detail: "[2001:db8::1]:443".into(),
        began_at: Timestamp::UNIX_EPOCH,
        resolved_at: None,
        url: Some(format!("https://v6.example/services/org/{service}")),
    };
    let group = Group {
        heading: Heading::Begun,
        title: "Cổng không mở".into(),
        kind: "worse".into(),
        severity: Severity::Critical,
        check: Some("reach-port".into()),
        reason: Some("refused".into()),
        remedy: Some("Mở cổng".into()),
        entries: vec![entry("a"), entry("b")],
        more: 0,
    };
    Message {
        subject: "[v6ready] 2 sự cố mới – Cổng không mở\r\nBcc: x@example.vn".into(),
        lang,
        at: Timestamp::UNIX_EPOCH,
        groups: vec![group],
        base_url: Some("https://v6.example/".into()),
        unsubscribe: Some("https://v6.example/alerts/unsubscribe?organisation=org&address=a%40example.vn&signature=00112233445566778899aabbccddeeff".into()),
        is_test: false,
    }
}

fn smtp() -> Smtp {
    Smtp {
        host: "localhost".into(),
        port: None,
        tls: SmtpTls::Off,
        ca: None,
        login: None,
        from: "v6ready@example.vn".into(),
        reply_to: Some("noc@example.vn".into()),
    }
}

#[test]
fn a_mail_has_its_headers_and_no_others() {
    let message = message(Lang::Vi);
    let to = ["a@example.vn".to_owned()];
    let mail = Mail { key: "k-1", to: &to, message: &message };
    let text = String::from_utf8(built(&smtp(), &mail).unwrap().formatted()).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    let names: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split(':').next())
        .collect();
    for name in ["Message-ID", "Date", "From", "To", "Reply-To", "Subject", "Auto-Submitted"] {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name}: {head}");
    }
    assert!(!names.contains(&"Bcc"), "{head}");
    assert!(head.contains("Message-ID: <k-1@example.vn>"), "{head}");
    assert!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{head}");
    let link = format!("List-Unsubscribe: <{}>", message.unsubscribe.as_ref().unwrap());
    assert!(head.contains(&link), "{head}");
    assert!(head.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"), "{head}");
}

#[test]
fn texts_of_others_are_escaped_in_html() {
    for lang in [Lang::Vi, Lang::En] {
        let html = html(&message(lang)).unwrap();
        assert!(!html.contains("<b onclick") && html.contains("&#60;b onclick"), "{html}");
        assert!(html.contains("Sở &#38; ban"), "{html}");
        let text = plain_text(&message(lang));
        assert!(text.contains("Cổng không mở\n- Sở & ban: <b onclick"), "{text}");
        assert!(text.contains(texts::UNSUBSCRIBE.get(lang)), "{text}");
    }
}
