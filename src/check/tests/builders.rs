//! Conversations of browsers, made by hand.

use hickory_proto::rr::rdata::SOA;

use super::*;
use crate::model::{
    BodyEnd, HttpFailure, HttpResponse, Readings, TlsFailed, TlsFailure, TlsSession,
};

/// A handshake that brought no certificate: enough for what lies above it.
pub(super) fn session() -> TlsSession {
    TlsSession {
        elapsed_us: 1,
        version: "TLSv1.3".to_owned(),
        cipher_suite: "TLS13_AES_128_GCM_SHA256".to_owned(),
        group: None,
        alpn: None,
        chain: Vec::new(),
        ocsp: None,
    }
}

/// No connection.
pub(super) fn down(failure: NetFailure) -> Conversation {
    Conversation { connect: Err(failure), tls: None, http: None }
}

/// A connection and no handshake.
pub(super) fn no_tls(failure: TlsFailure) -> Conversation {
    let failed = TlsFailed { failure, chain: Vec::new() };
    Conversation { connect: Ok(Connected { elapsed_us: 1 }), tls: Some(Err(failed)), http: None }
}

/// A connection, a handshake and no response.
pub(super) fn no_http(failure: HttpFailure) -> Conversation {
    Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: Some(Ok(session())),
        http: Some(Err(failure)),
    }
}

/// A connection, a handshake and a broken exchange.
pub(super) fn broken(failure: NetFailure) -> Conversation {
    no_http(HttpFailure::Net { failure })
}

/// A response.
pub(super) fn responds(status: u16, headers: &[(&str, &str)], body: &str) -> Conversation {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let response = HttpResponse {
        elapsed_us: 1,
        version: "HTTP/1.1".to_owned(),
        status,
        headers: headers.collect(),
        body: Blob::new(body.as_bytes().to_vec()),
        body_end: BodyEnd::Complete,
        readings: Readings::default(),
    };
    Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: Some(Ok(session())),
        http: Some(Ok(response)),
    }
}

/// The same response, whose body ended so.
pub(super) fn ending(mut seen: Conversation, body_end: BodyEnd) -> Conversation {
    if let Some(Ok(response)) = &mut seen.http {
        response.body_end = body_end;
    }
    seen
}

/// A page.
pub(super) fn html(body: &str) -> Conversation {
    responds(200, &[("content-type", "text/html; charset=utf-8")], body)
}

/// A page that says nothing in particular.
pub(super) fn page() -> Conversation {
    html("<title>Trang chủ</title><p>Cổng thông tin điện tử của đơn vị")
}

/// A redirect.
pub(super) fn to(location: &str) -> Conversation {
    responds(302, &[("location", location)], "")
}

impl World {
    /// A GET of the URL at this address, attempt by attempt.
    pub(super) fn visits(mut self, url: &str, at: &str, attempts: &[&Conversation]) -> Self {
        let url = Url::parse(url).unwrap();
        let port = url.port_or_known_default().unwrap();
        let at = SocketAddr::new(at.parse().unwrap(), port);
        for (attempt, seen) in attempts.iter().enumerate() {
            let mut seen = (*seen).clone();
            if url.scheme() == "http" {
                seen.tls = None;
            }
            let question =
                Question::Conversation(evidence::service::conversation_question(&url, at));
            self.seen(question, attempt as u8 + 1, Reply::Conversation(Box::new(seen)));
        }
        self
    }

    /// The same in every attempt.
    pub(super) fn visit(self, url: &str, at: &str, seen: &Conversation) -> Self {
        self.visits(url, at, &[seen, seen])
    }

    /// A connection to a server, with TLS at port 443 and without it elsewhere.
    pub(super) fn reaches(mut self, host: &str, at: &str, attempts: &[&Conversation]) -> Self {
        let at: SocketAddr = at.parse().unwrap();
        let host = crate::model::Host::Name(Name::from_presentation(host));
        let tls = (at.port() == 443).then_some(host);
        let question =
            crate::model::ConversationQuestion { address: at, tls, http: None, mss: None };
        for (attempt, seen) in attempts.iter().enumerate() {
            let reply = Reply::Conversation(Box::new((*seen).clone()));
            self.seen(Question::Conversation(question.clone()), attempt as u8 + 1, reply);
        }
        self
    }

    /// One reply after the other to a question.
    pub(super) fn in_turn(mut self, question: &Question, replies: &[Reply]) -> Self {
        for (attempt, reply) in replies.iter().enumerate() {
            self.seen(question.clone(), attempt as u8 + 1, reply.clone());
        }
        self
    }

    /// A host with these addresses, and no other.
    pub(super) fn host(self, name: &str, addresses: &[&str]) -> Self {
        let owner = format!("{name}.");
        let of = |is_ipv6: bool| {
            let found = addresses.iter().filter(|text| text.contains(':') == is_ipv6);
            let records: Vec<_> = found.map(|text| (owner.as_str(), address(text).1)).collect();
            answer(&records)
        };
        let (aaaa, a) = (of(true), of(false));
        self.dns(name, RecordType::AAAA, &aaaa).dns(name, RecordType::A, &a)
    }
}

/// No answer from the resolver.
pub(super) fn servfail() -> Reply {
    message(ResponseCode::ServFail, &[])
}

/// No such name.
pub(super) fn nxdomain() -> Reply {
    message(ResponseCode::NXDomain, &[])
}

/// The resolver could not be asked.
pub(super) fn unasked() -> Reply {
    Reply::DnsFailed(NetFailure::NoRoute)
}

/// A negative answer that names the zone.
pub(super) fn negative(apex: &str) -> Reply {
    let name = |text: &str| WireName::from_ascii(text).unwrap();
    let soa = SOA::new(name(apex), name(apex), 1, 1, 1, 1, 1);
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.authorities.push(Record::from_rdata(name(apex), 60, RData::SOA(soa)));
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}

/// The same message, with authority.
pub(super) fn authoritative(reply: &Reply) -> Reply {
    let Reply::Dns(message) = reply else { panic!("{reply:?} is no message") };
    let mut message = Message::from_vec(message.raw().bytes()).unwrap();
    message.metadata.authoritative = true;
    Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
}
