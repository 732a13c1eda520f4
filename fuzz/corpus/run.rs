//! Seeds from the lab's run.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use v6ready::model::{
    Blob, Greeting, HttpResponse, Observation, Protocol, Question, RecordData, Reply, Request,
    TlsSession,
};
use v6ready::store::Store;

use super::Seeds;

const RUN: &str = "tests/data/lab-run.v6ready";

pub(super) fn add(seeds: &mut Seeds) {
    let packed = std::fs::read(format!("{}/{RUN}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("runs.db")).unwrap();
    let imported = store.import(&*packed, None).unwrap();
    let run = store.run(&imported.run).unwrap();
    let text = run.inputs.inventory.clone();
    let inventory = v6ready::inventory::parse(&text, "inventory.yaml");
    let inventory =
        inventory.map(|parsed| parsed.inventory).unwrap_or_else(|_| panic!("no inventory"));
    let mut seen = Seen::default();
    for service in &inventory.services {
        let evidence = store.evidence_of(&imported.run, &service.id).unwrap();
        let facts: Vec<_> = evidence.all().into_iter().map(|(fact, _)| Arc::clone(fact)).collect();
        facts.iter().for_each(|fact| seen.add(fact, seeds));
        if matches!(service.target.kind(), "zone" | "mail") {
            add_service(&facts, seeds);
        }
    }
    add_lines(&zstd::decode_all(&*packed).unwrap(), seeds);
}

/// What there are seeds of already.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    fn is_new(&mut self, kind: String) -> bool {
        self.0.insert(kind)
    }

    fn add(&mut self, fact: &Arc<Observation>, seeds: &mut Seeds) {
        match &fact.reply {
            Reply::Dns(message) => {
                let Ok(read) = message.decoded() else {
                    return seeds.add("dns_message", message.raw().bytes());
                };
                let types = read.answers.iter().chain(&read.authorities).map(|r| r.record_type);
                let types: BTreeSet<String> = types.map(|kind| kind.to_string()).collect();
                let asked = read.question.as_ref().map(|(_, kind)| kind.to_string());
                let kind = format!("dns {asked:?} {} {types:?} {}", read.rcode, read.truncated);
                if self.is_new(kind) {
                    seeds.add("dns_message", message.raw().bytes());
                }
                for record in &read.answers {
                    if let RecordData::Txt(text) = &record.data
                        && text.starts_with("v=spf1")
                    {
                        seeds.add("spf", text.as_bytes());
                    }
                }
            }
            Reply::Conversation(seen) => {
                if let Some(Ok(session)) = &seen.tls {
                    self.add_session(session, seeds);
                }
                if let Some(Ok(response)) = &seen.http {
                    self.add_response(response, seeds);
                }
            }
            Reply::Greeting(seen) => add_greeting(fact, seen, seeds),
            Reply::Ntp(exchange) => {
                seeds.add(
                    "ntp",
                    exchange.answer.iter().flat_map(Blob::bytes).copied().collect::<Vec<_>>(),
                );
            }
            _ => {}
        }
        let document = fact.document();
        let shape: String = document
            .iter()
            .map(|octet| char::from(*octet))
            .filter(|c| !c.is_ascii_digit())
            .take(160)
            .collect();
        if self.is_new(format!("document {:?} {shape}", std::mem::discriminant(&fact.reply)))
            && self.0.len().is_multiple_of(7)
        {
            seeds.add("observation", document);
        }
    }

    fn add_session(&mut self, session: &TlsSession, seeds: &mut Seeds) {
        let Some(leaf) = session.chain.first() else { return };
        let stapled = session.ocsp.as_ref().map(|response| response.bytes().len());
        let kind = format!(
            "{} {} {} {stapled:?}",
            session.version,
            session.chain.len(),
            leaf.bytes().len() / 16
        );
        if !self.is_new(format!("session {kind}")) {
            return;
        }
        let chain = certificates(&session.chain);
        seeds.add("certificates", chain.clone());
        seeds.add("tls_handshake", flight(&session.version, &chain));
        if let Some(response) = &session.ocsp {
            seeds.add("ocsp", [&chain[..], &[0; 3], response.bytes()].concat());
        }
        let text = STANDARD.encode(leaf.bytes());
        seeds.add(
            "pem",
            format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"),
        );
    }

    fn add_response(&mut self, response: &HttpResponse, seeds: &mut Seeds) {
        let names: BTreeSet<&str> =
            response.headers.iter().map(|(name, _)| name.as_str()).collect();
        let body = response.body.bytes();
        if !self.is_new(format!("response {} {names:?} {}", response.status, body.len() / 64)) {
            return;
        }
        let fields = || {
            response.headers.iter().filter(|(name, _)| {
                !matches!(name.as_str(), "content-length" | "transfer-encoding")
            })
        };
        let mut whole = format!("HTTP/1.1 {} x\r\n", response.status).into_bytes();
        for (name, value) in fields() {
            whole.extend(format!("{name}: ").bytes());
            whole.extend(value.chars().map(|c| c as u8));
            whole.extend(b"\r\n");
        }
        whole.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
        whole.extend(body);
        seeds.add("http1", whole.clone());
        seeds.add("web_service", whole);
        seeds.add("http2", http2(response.status, fields(), body));
        let field = |name| response.header(name).unwrap_or_default();
        let head = format!("{}\n{}\n", field("content-type"), field("content-encoding"));
        seeds.add("http_body", [head.as_bytes(), body].concat());
        match field("content-type") {
            kind if kind.starts_with("text/html") => seeds.add("html", body),
            kind if kind.starts_with("text/css") => seeds.add("css", body),
            _ => {}
        }
    }
}

fn add_greeting(fact: &Observation, seen: &Greeting, seeds: &mut Seeds) {
    let Request { question: Question::Greeting(asked), .. } = &fact.request else { return };
    let mut said = String::new();
    for answer in [&seen.banner, &seen.hello].into_iter().flatten().flatten() {
        for line in &answer.lines {
            said += line;
            said += "\r\n";
        }
        // The next turn.
        said.push('\0');
    }
    let (target, begin) = match asked.protocol {
        Protocol::Smtp => ("smtp", "220 go\r\n"),
        Protocol::Imap => ("imap", "a2 OK go\r\n"),
        Protocol::Pop3 => ("pop3", "+OK go\r\n"),
        Protocol::Ssh => ("ssh", ""),
    };
    let octets = (said + begin).chars().map(|c| c as u8).collect::<Vec<_>>();
    seeds.add(target, octets);
}

/// The DNS messages of a service, each after its length, the first one of its own name.
fn add_service(facts: &[Arc<Observation>], seeds: &mut Seeds) {
    let mut octets = Vec::new();
    for fact in facts {
        if let Reply::Dns(message) = &fact.reply
            && octets.len() + message.size_octets() < super::OCTETS_MAX - 2
        {
            let length = u16::try_from(message.size_octets()).unwrap();
            octets.extend(length.to_be_bytes());
            octets.extend(message.raw().bytes());
        }
    }
    seeds.add("dns_service", octets);
}

/// Certificates as TLS sends them: each after its length.
fn certificates(chain: &[Blob]) -> Vec<u8> {
    let mut octets = Vec::new();
    for certificate in chain {
        octets.extend(&u32::try_from(certificate.bytes().len()).unwrap().to_be_bytes()[1..]);
        octets.extend(certificate.bytes());
    }
    octets
}

/// A server's first flight, as far as it is in clear.
fn flight(version: &str, chain: &[u8]) -> Vec<u8> {
    let message = |kind: u8, body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind], &length[1..], body].concat()
    };
    let mut hello = [&[3, 3][..], &[7; 32], &[0]].concat();
    let mut messages = Vec::new();
    if version == "TLSv1.3" {
        // With a key of X25519.
        hello.extend([0x13, 0x01, 0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32]);
        hello.extend([9; 32]);
        messages.extend(message(2, &hello));
    } else {
        hello.extend([0xc0, 0x2b, 0, 0, 9, 0xff, 0x01, 0, 1, 0, 0, 23, 0, 0]);
        messages.extend(message(2, &hello));
        let length = u32::try_from(chain.len()).unwrap().to_be_bytes();
        messages.extend(message(11, &[&length[1..], chain].concat()));
        let exchange = [&[3, 0, 29, 32][..], &[9; 32], &[4, 3, 0, 8], &[5; 8]].concat();
        messages.extend(message(12, &exchange));
        messages.extend(message(14, &[]));
    }
    let mut octets = Vec::new();
    for part in messages.chunks(4000) {
        octets.extend([22, 3, 3]);
        octets.extend(u16::try_from(part.len()).unwrap().to_be_bytes());
        octets.extend(part);
    }
    octets
}

/// A response over HTTP/2, its header fields as literals (RFC 7541 §6.2.2).
fn http2<'r>(
    status: u16,
    fields: impl Iterator<Item = &'r (String, String)>,
    body: &[u8],
) -> Vec<u8> {
    let mut block = Vec::new();
    let status = (":status".to_owned(), status.to_string());
    for (name, value) in std::iter::once(status).chain(fields.cloned()) {
        let value: Vec<u8> = value.chars().map(|c| c as u8).take(126).collect();
        if name.len() > 126 || matches!(name.as_str(), "connection" | "keep-alive") {
            continue;
        }
        block.extend([0, u8::try_from(name.len()).unwrap()]);
        block.extend(name.bytes());
        block.push(u8::try_from(value.len()).unwrap());
        block.extend(value);
    }
    let frame = |kind: u8, flags: u8, stream: u32, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
    };
    let mut octets = frame(4, 0, 0, &[0, 3, 0, 0, 0, 100]);
    octets.extend(frame(4, 1, 0, &[]));
    octets.extend(frame(1, 4, 1, &block));
    octets.extend(frame(0, 1, 1, body));
    octets
}

/// Small runs out of the lines of a large one.
fn add_lines(lines: &[u8], seeds: &mut Seeds) {
    let mut lines = lines.split(|octet| *octet == b'\n');
    let mut head: serde_json::Value = serde_json::from_slice(lines.next().unwrap()).unwrap();
    let inventory = "version: 1\norganisations:\n  - id: o\n    services: [{id: s, category: portal, web: \"https://www.example/\"}]\n";
    head["run"]["inputs"]["inventory"] = inventory.into();
    head["run"]["inputs"]["inventory_file"] = "inventory.yaml".into();
    let head = serde_json::to_string(&head).unwrap() + "\n";
    seeds.add("run_lines", head.as_bytes());
    let lines: Vec<&[u8]> = lines.collect();
    let answers: Vec<&[u8]> =
        lines.iter().copied().filter(|line| line.starts_with(b"{\"answer\"")).collect();
    let small = |line: &&&[u8]| line.starts_with(b"{\"observation\"") && line.len() < 2000;
    for some in lines.iter().filter(small).step_by(450).collect::<Vec<_>>().chunks(3) {
        let mut run = head.clone().into_bytes();
        for line in some {
            run.extend(**line);
            run.push(b'\n');
            let read: serde_json::Value = serde_json::from_slice(line).unwrap();
            let digest =
                v6ready::model::Digest::of(read["observation"].as_str().unwrap().as_bytes());
            let digest = digest.to_string();
            let has = |answer: &&&[u8]| String::from_utf8_lossy(answer).contains(&digest);
            if let Some(answer) = answers.iter().find(has) {
                run.extend(*answer);
                run.push(b'\n');
            }
        }
        seeds.add("run_lines", run.clone());
        let end = format!("{{\"end\":{{\"sha256\":\"{}\"}}}}\n", v6ready::model::Digest::of(&run));
        run.write_all(end.as_bytes()).unwrap();
        seeds.add("run_file", zstd::encode_all(&*run, 1).unwrap());
    }
}
