use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::*;
use crate::model::Lang;
use crate::serve::config::Secret;
use crate::serve::config::alerts::{Smtp, SmtpTls, TemplateHook, Webhook};
use crate::serve::trust::Trusted;
use crate::store::{MessageState, NewMessage};

fn minutes(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn stored(tries: u32, made_at: i64) -> StoredMessage {
    StoredMessage {
        number: 1,
        key: "k".into(),
        route: "r".into(),
        channel: "c".into(),
        recipient: None,
        made_at: minutes(made_at),
        state: MessageState::Waiting(minutes(made_at)),
        tries,
        problem: None,
        document: String::new(),
    }
}

#[test]
fn pauses_grow_and_end() {
    let later = NotSent::for_now("x");
    for (tries, expected) in [(0, 15), (1, 30), (4, 240), (8, 3600), (4_000_000_000, 3600)] {
        let again = again_at(&stored(tries, 0), &later, minutes(1)).unwrap();
        assert_eq!(again.duration_since(minutes(1)).as_secs(), expected, "{tries}");
    }
    assert!(again_at(&stored(9, 0), &later, minutes(72 * 60)).is_none());
    let never = NotSent::for_good("x");
    assert!(again_at(&stored(9, 0), &never, minutes(23 * 60)).is_some());
    assert!(again_at(&stored(9, 0), &never, minutes(24 * 60)).is_none());
}

/// A store with these messages in its outbox.
fn outbox(messages: &[(&str, &str)]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("v6ready.db");
    let store = Store::open(&db).unwrap();
    let new: Vec<NewMessage> = messages
        .iter()
        .map(|(key, channel)| NewMessage {
            key: (*key).into(),
            route: "team".into(),
            channel: (*channel).into(),
            recipient: Some("noc@example.vn".into()),
            made_at: minutes(0),
            not_before: minutes(0),
            document: serde_json::to_string(&Message::test(Lang::Vi, minutes(0), None)).unwrap(),
        })
        .collect();
    store.queue_messages(&new).unwrap();
    (folder, db)
}

/// A server on loopback that answers connections one after the other, until it is dropped with the test.
fn server(answer: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().flatten().for_each(answer));
    port
}

/// A mail server that takes every message, and keeps what it was sent.
fn mail_server(kept: Arc<Mutex<Vec<String>>>) -> u16 {
    server(move |stream| {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut out = stream;
        let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes());
        let _ = say("220 mail.example ESMTP");
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|octets| octets > 0) {
            let word = line.trim_end().to_ascii_uppercase();
            let _ = match word.as_str() {
                "DATA" => {
                    let _ = say("354 go on");
                    let mut mail = String::new();
                    let mut part = String::new();
                    while reader.read_line(&mut part).is_ok_and(|octets| octets > 0)
                        && part != ".\r\n"
                    {
                        mail.push_str(&part);
                        part.clear();
                    }
                    kept.lock().unwrap().push(mail);
                    say("250 taken")
                }
                "QUIT" => say("221 bye"),
                word if word.starts_with("EHLO") => say("250 mail.example"),
                _ => say("250 ok"),
            };
            line.clear();
        }
    })
}

/// A web server that answers with these states, one after the other, and keeps the requests.
fn web_server(states: &'static [u16], kept: Arc<Mutex<Vec<(String, String)>>>) -> u16 {
    let turn = std::sync::atomic::AtomicUsize::new(0);
    server(move |stream| {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut head, mut length) = (String::new(), 0);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|octets| octets > 0) && line != "\r\n" {
            let lower = line.to_ascii_lowercase();
            if let Some(octets) = lower.strip_prefix("content-length:") {
                length = octets.trim().parse().unwrap();
            }
            head.push_str(&lower);
            line.clear();
        }
        let mut body = vec![0; length];
        let _ = std::io::Read::read_exact(&mut reader, &mut body);
        kept.lock().unwrap().push((head, String::from_utf8(body).unwrap()));
        let at = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let state = states[at.min(states.len() - 1)];
        let mut out = stream;
        let _ = out.write_all(
            format!("HTTP/1.1 {state} X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno")
                .as_bytes(),
        );
    })
}

fn smtp(port: u16, tls: SmtpTls) -> Channel {
    let smtp = Smtp {
        host: "::1".into(),
        port: Some(port),
        tls,
        ca: None,
        login: None,
        from: "v6ready@example.vn".into(),
        reply_to: None,
    };
    Channel { name: "mail".into(), kind: ChannelKind::Smtp(smtp) }
}

fn config(channels: Vec<Channel>) -> AlertsConfig {
    AlertsConfig { channels, ..AlertsConfig::default() }
}

#[tokio::test]
async fn a_mail_is_taken_once() {
    let mails = Arc::default();
    let port = mail_server(Arc::clone(&mails));
    let (_folder, db) = outbox(&[("m1", "mail"), ("m2", "mail")]);
    let config = config(vec![smtp(port, SmtpTls::Off)]);
    let turn = deliver(&db, &config, &|| minutes(1)).await.unwrap();
    assert_eq!(turn.sent, 2);
    let again = deliver(&db, &config, &|| minutes(2)).await.unwrap();
    assert_eq!(again, Turn::default());
    let mails = mails.lock().unwrap();
    assert_eq!(mails.len(), 2);
    assert!(mails[0].contains("Message-ID: <m1@example.vn>"), "{}", mails[0]);
}

#[tokio::test]
async fn nothing_is_sent_without_the_tls_that_is_asked_for() {
    let mails = Arc::default();
    let port = mail_server(Arc::clone(&mails));
    let (_folder, db) = outbox(&[("m1", "mail")]);
    let strict = config(vec![smtp(port, SmtpTls::StartTls)]);
    let turn = deliver(&db, &strict, &|| minutes(1)).await.unwrap();
    assert!(turn.channels["mail"].is_err());
    assert!(mails.lock().unwrap().is_empty());
    // The server offers none, so this way it goes without.
    let mild = config(vec![smtp(port, SmtpTls::Opportunistic)]);
    assert_eq!(deliver(&db, &mild, &|| minutes(90)).await.unwrap().sent, 1);
}

#[tokio::test]
async fn a_webhook_is_tried_again_under_the_same_name_and_signed() {
    let requests = Arc::default();
    let port = web_server(&[503, 200], Arc::clone(&requests));
    let (_folder, db) = outbox(&[("w1", "hook")]);
    let hook = Webhook {
        url: format!("http://[::1]:{port}/v6?a=b").parse().unwrap(),
        secret: Some(Secret::new("s3cret")),
        ca: Trusted::default(),
    };
    let kind = ChannelKind::Webhook(hook);
    let config = config(vec![Channel { name: "hook".into(), kind }]);
    let turn = deliver(&db, &config, &|| minutes(1)).await.unwrap();
    let problem = turn.channels["hook"].as_ref().unwrap_err();
    assert!(problem.contains("503") && !problem.contains("s3cret"), "{problem}");
    // Not before its time.
    assert_eq!(deliver(&db, &config, &|| minutes(1)).await.unwrap(), Turn::default());
    assert_eq!(deliver(&db, &config, &|| minutes(2)).await.unwrap().sent, 1);
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].1, requests[1].1);
    for ((head, body), at) in requests.iter().zip([1, 2]) {
        assert!(head.starts_with("post /v6?a=b http/1.1"), "{head}");
        assert!(head.contains("idempotency-key: w1"), "{head}");
        let signature = webhook::signature("s3cret", body.as_bytes(), minutes(at));
        assert!(head.contains(&format!("v6ready-signature: {signature}")), "{head}");
        let value: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&value["schema"], &value["id"]), (&webhook::SCHEMA.into(), &"w1".into()));
    }
}

#[tokio::test]
async fn a_chat_gets_what_its_template_makes() {
    let requests = Arc::default();
    let port = web_server(&[200], Arc::clone(&requests));
    let (folder, db) = outbox(&[("c1", "chat")]);
    let file = folder.path().join("chat.json");
    std::fs::write(&file, r#"{"text": {{ subject }}, "test": {{ is_test }}}"#).unwrap();
    let hook = TemplateHook {
        url: Secret::new(format!("http://[::1]:{port}/token")),
        content_type: "application/json".into(),
        authorization: Some(("authorization".into(), Secret::new("Bearer x"))),
        file: file.clone(),
        ca: Trusted::default(),
    };
    let kind = ChannelKind::Template(hook);
    let config = config(vec![Channel { name: "chat".into(), kind }]);
    assert_eq!(deliver(&db, &config, &|| minutes(1)).await.unwrap().sent, 1);
    let (head, body) = requests.lock().unwrap()[0].clone();
    assert!(head.contains("authorization: bearer x"), "{head}");
    let value: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(value["text"], "[v6ready] Thông báo thử");
    // A template that can't be used says where it is wrong, and the message waits.
    std::fs::write(&file, "{\n{{ subject").unwrap();
    let (_other, db) = outbox(&[("c2", "chat")]);
    let turn = deliver(&db, &config, &|| minutes(1)).await.unwrap();
    let problem = turn.channels["chat"].as_ref().unwrap_err();
    assert!(problem.contains("chat.json: line 2"), "{problem}");
}

#[tokio::test]
async fn a_channel_that_went_and_a_server_that_is_away_lose_nothing() {
    let (_folder, db) = outbox(&[("m1", "gone"), ("m2", "mail")]);
    // Nobody listens at the port that was just given up.
    let port = TcpListener::bind("[::1]:0").unwrap().local_addr().unwrap().port();
    let config = config(vec![smtp(port, SmtpTls::Off)]);
    let turn = deliver(&db, &config, &|| minutes(1)).await.unwrap();
    assert_eq!(turn.sent, 0);
    assert!(turn.channels.values().all(Result::is_err));
    let store = Store::open_existing(&db).unwrap();
    assert_eq!(store.due_messages(minutes(2), 10).unwrap().len(), 2);
}

/// Answers a mail client until it has enough; what it says goes to `kept`. Returns true when it wants TLS.
fn converse(
    stream: &mut (impl std::io::Read + std::io::Write),
    has_tls: bool,
    kept: &Mutex<Vec<String>>,
) -> bool {
    let mut line = Vec::new();
    let mut in_data = false;
    let mut octet = [0];
    while stream.read(&mut octet).is_ok_and(|octets| octets == 1) {
        line.push(octet[0]);
        if !line.ends_with(b"\r\n") {
            continue;
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        kept.lock().unwrap().push(text.clone());
        if in_data && text != "." {
            continue;
        }
        let answer = match text.split(' ').next().unwrap_or_default() {
            "EHLO" if has_tls => "250-mail.example\r\n250 AUTH PLAIN\r\n",
            "EHLO" => "250-mail.example\r\n250 STARTTLS\r\n",
            "STARTTLS" => "220 go on\r\n",
            "AUTH" => "235 welcome\r\n",
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        in_data = text == "DATA";
        let _ = stream.write_all(answer.as_bytes());
        let _ = stream.flush();
        if text == "STARTTLS" {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn starttls_and_a_log_in_go_by_the_authority_that_is_named() {
    let made = rcgen::generate_simple_self_signed(vec!["::1".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let (tls, said) = (Arc::new(tls), Arc::new(Mutex::new(Vec::new())));
    let heard = Arc::clone(&said);
    let port = server(move |mut stream| {
        let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
        if converse(&mut stream, false, &heard) {
            let connection = rustls::ServerConnection::new(Arc::clone(&tls)).unwrap();
            converse(&mut rustls::StreamOwned::new(connection, stream), true, &heard);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, made.cert.pem()).unwrap();
    let mut channel = smtp(port, SmtpTls::StartTls);
    let ChannelKind::Smtp(settings) = &mut channel.kind else { panic!() };
    settings.login = Some(("u".into(), Secret::new("p4ss")));
    let (_folder, db) = outbox(&[("m1", "mail")]);
    // Nobody vouches for the server: nothing but its name for us is told to it.
    let turn = deliver(&db, &config(vec![channel.clone()]), &|| minutes(1)).await.unwrap();
    assert!(turn.channels["mail"].as_ref().is_err_and(|problem| !problem.contains("p4ss")));
    assert!(!said.lock().unwrap().iter().any(|line| line.starts_with("AUTH")));
    let ChannelKind::Smtp(settings) = &mut channel.kind else { panic!() };
    settings.ca = Some(ca);
    let turn = deliver(&db, &config(vec![channel]), &|| minutes(90)).await.unwrap();
    assert_eq!(turn.channels["mail"], Ok(()));
    let said = said.lock().unwrap();
    // base64 of NUL u NUL p4ss.
    assert!(said.iter().any(|line| line == "AUTH PLAIN AHUAcDRzcw=="), "{said:?}");
    assert!(said.iter().any(|line| line == "Message-ID: <m1@example.vn>"), "{said:?}");
}
