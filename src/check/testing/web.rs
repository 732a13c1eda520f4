//! Conversations of browsers.

use std::net::SocketAddr;

use jiff::Timestamp;
use url::Url;

use crate::check::common;
use crate::check::testing::world::{FOUR, SIX, URL, World};
use crate::evidence;
use crate::model::Outcome::{Inconclusive, NotApplicable};
use crate::model::{
    Blob, BodyEnd, Connected, Conversation, ConversationQuestion, Host, HttpFailure, HttpGet,
    HttpResponse, Name, NetFailure, Outcome, Question, Readings, Recheck, Reply, TlsFailed,
    TlsFailure, TlsSession,
};

/// Another site, to which some worlds redirect.
pub(in crate::check) const OTHER: &str = "https://other.example.vn/";

/// A handshake that brought no certificate: enough for what lies above it.
pub(in crate::check) fn session() -> TlsSession {
    TlsSession {
        elapsed_us: 1,
        version: "TLSv1.3".to_owned(),
        cipher_suite: "TLS13_AES_128_GCM_SHA256".to_owned(),
        ..TlsSession::default()
    }
}

/// No connection.
pub(in crate::check) fn down(failure: NetFailure) -> Conversation {
    Conversation { connect: Err(failure), tls: None, http: None, recheck: None }
}

/// A connection and no handshake.
pub(in crate::check) fn no_tls(failure: TlsFailure) -> Conversation {
    let failed = TlsFailed::new(failure, Vec::new());
    Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: Some(Err(failed)),
        http: None,
        recheck: None,
    }
}

/// A connection, a handshake and no response.
pub(in crate::check) fn no_http(failure: HttpFailure) -> Conversation {
    Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: Some(Ok(session())),
        http: Some(Err(failure)),
        recheck: None,
    }
}

/// A connection, a handshake and a broken exchange.
pub(in crate::check) fn broken(failure: NetFailure) -> Conversation {
    no_http(HttpFailure::Net { failure })
}

/// A response.
pub(in crate::check) fn responds(
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
) -> Conversation {
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
        recheck: None,
    }
}

/// The same response, whose body ended so.
pub(in crate::check) fn ending(mut seen: Conversation, body_end: BodyEnd) -> Conversation {
    if let Some(Ok(response)) = &mut seen.http {
        response.body_end = body_end;
    }
    seen
}

/// A page.
pub(in crate::check) fn html(body: &str) -> Conversation {
    responds(200, &[("content-type", "text/html; charset=utf-8")], body)
}

/// A page of no particular content.
pub(in crate::check) fn page() -> Conversation {
    html("<title>Trang chủ</title><p>Cổng thông tin điện tử của đơn vị")
}

/// A file.
pub(in crate::check) fn file(octets: &[u8]) -> Conversation {
    let mut seen = responds(200, &[("content-type", "application/pkix-cert")], "");
    if let Some(Ok(response)) = &mut seen.http {
        response.body = Blob::new(octets.to_vec());
    }
    seen
}

/// A page that is shown with these certificates.
pub(in crate::check) fn page_with_chain(chain: Vec<Blob>) -> Conversation {
    Conversation { tls: Some(Ok(TlsSession { chain, ..session() })), ..page() }
}

/// The same from an address that answered well earlier in the run, and what it then says to that
/// request.
pub(in crate::check) fn rechecked(mut seen: Conversation, status: Option<u16>) -> Conversation {
    seen.recheck = Some(Box::new(Recheck {
        authority: "www.example.vn".into(),
        path: "/".into(),
        answered_at: Timestamp::UNIX_EPOCH,
        status,
    }));
    seen
}

/// A redirect.
pub(in crate::check) fn to(location: &str) -> Conversation {
    responds(302, &[("location", location)], "")
}

/// No answer: the other side's failure.
pub(in crate::check) fn silent() -> Conversation {
    down(NetFailure::TimedOut)
}

/// Nothing could be sent: our own failure.
pub(in crate::check) fn ours() -> Conversation {
    down(NetFailure::NoRoute)
}

/// A redirect of a guard that sets its cookie.
pub(in crate::check) fn with_cookie(location: &str) -> Conversation {
    responds(302, &[("location", location), ("set-cookie", "guard=1")], "")
}

/// A site that answers so, by attempts over IPv6, and over IPv4.
pub(in crate::check) fn site(six: &[&Conversation], four: &Conversation) -> World {
    World::new("active").published().visits(URL, SIX, six).visit(URL, FOUR, four)
}

/// A site that redirects to another host over IPv6, which answers so.
pub(in crate::check) fn elsewhere(target: &[&Conversation]) -> World {
    site(&[&to(OTHER)], &page()).host("other.example.vn", &["2001:db8::2"]).visits(
        OTHER,
        "2001:db8::2",
        target,
    )
}

/// A site that answers so over IPv6.
pub(in crate::check) fn site_over_ipv6(six: &Conversation) -> World {
    World::new("active").published().visit(URL, SIX, six)
}

/// A page that a guard shows in place of the site's.
pub(in crate::check) fn guard() -> Conversation {
    html("<script src=\"/_Incapsula_Resource?x\"></script>")
}

/// Bodies that were not read as a whole, and the outcome.
pub(in crate::check) fn half_seen() -> Vec<(Conversation, (Outcome, &'static str))> {
    let coded = [("content-type", "text/html"), ("content-encoding", "gzip")];
    vec![
        (ending(page(), BodyEnd::TimedOut), (Inconclusive, "unreadable")),
        (responds(200, &coded, "no gzip"), (Inconclusive, "unreadable")),
        (ending(page(), BodyEnd::Limit), (Inconclusive, common::LIMIT)),
        (guard(), (Inconclusive, "challenge")),
        (responds(429, &[], ""), (Inconclusive, "challenge")),
        (
            responds(503, &[("content-type", "text/html")], "<p>503"),
            (Inconclusive, common::LOWER_LAYER),
        ),
        (silent(), (Inconclusive, common::LOWER_LAYER)),
        (ours(), (Inconclusive, common::OUR_FAULT)),
    ]
}

/// A site that answers so over each family.
pub(in crate::check) fn site_over_both(six: &[&Conversation], four: &[&Conversation]) -> World {
    World::new("active").published().visits(URL, SIX, six).visits(URL, FOUR, four)
}

/// Rows in which there is nothing to compare, for each check that compares pages.
pub(in crate::check) fn assert_nothing_to_compare(id: &str) {
    let elsewhere = to("https://other.example.vn/");
    let away = rechecked(responds(403, &[], ""), Some(403));
    let later =
        |last: &Conversation| {
            site_over_both(&[&elsewhere], &[&page()])
                .host("other.example.vn", &["2001:db8::2"])
                .visit("https://other.example.vn/", "2001:db8::2", last)
        };
    let rows = [
        (site_over_both(&[&silent(), &silent()], &[&page()]), (NotApplicable, "not-comparable")),
        (site_over_both(&[&page()], &[&silent(), &silent()]), (NotApplicable, "not-comparable")),
        (site_over_both(&[&ours(), &ours()], &[&page()]), (Inconclusive, common::OUR_FAULT)),
        (site_over_both(&[&silent(), &ours()], &[&page()]), (Inconclusive, common::OUR_FAULT)),
        (site_over_both(&[&page()], &[&ours(), &ours()]), (Inconclusive, common::OUR_FAULT)),
        (site_over_both(&[&page()], &[]), (Inconclusive, common::NOT_OBSERVED)),
        (later(&ours()), (Inconclusive, common::OUR_FAULT)),
        (later(&silent()), (NotApplicable, "not-comparable")),
        (site_over_both(&[&responds(429, &[], "")], &[&page()]), (Inconclusive, "challenge")),
        (site_over_both(&[&page()], &[&responds(429, &[], "")]), (Inconclusive, "challenge")),
        (site_over_both(&[&away; 3], &[&page()]), (Inconclusive, common::TURNED_AWAY)),
        (site_over_both(&[&page()], &[&away; 3]), (Inconclusive, common::TURNED_AWAY)),
        (site_over_both(&[&away; 3], &[&away; 3]), (Inconclusive, common::TURNED_AWAY)),
    ];
    for (at, (world, expected)) in rows.iter().enumerate() {
        assert_eq!(world.outcome_of(id), *expected, "{id} row {at}");
    }
    assert_eq!(
        World::new("ipv6-only").published().outcome_of(id),
        (NotApplicable, common::NO_IPV4)
    );
}

impl World {
    /// A GET of the URL at this address, attempt by attempt.
    pub(in crate::check) fn visits(self, url: &str, at: &str, attempts: &[&Conversation]) -> Self {
        self.visits_with(url, at, attempts, |_| {})
    }

    /// The same over HTTP/1.1, of a server that demanded it.
    pub(in crate::check) fn visits_over_http1(
        self,
        url: &str,
        at: &str,
        attempts: &[&Conversation],
    ) -> Self {
        self.visits_with(url, at, attempts, |ask| ask.only_http1 = true)
    }

    /// The same with cookies.
    pub(in crate::check) fn visits_with_cookies(
        self,
        url: &str,
        at: &str,
        cookies: &str,
        attempts: &[&Conversation],
    ) -> Self {
        self.visits_with(url, at, attempts, |ask| ask.cookies = Some(cookies.into()))
    }

    fn visits_with(
        mut self,
        url: &str,
        at: &str,
        attempts: &[&Conversation],
        edit: impl Fn(&mut HttpGet),
    ) -> Self {
        let url = Url::parse(url).unwrap();
        let port = url.port_or_known_default().unwrap();
        let at = SocketAddr::new(at.parse().unwrap(), port);
        // A host that sends us away is asked again: it does so each time.
        let sends_away = |seen: &&Conversation| matches!(&seen.http, Some(Ok(response)) if response.turns_away());
        let mut attempts = attempts.to_vec();
        if let Some(last) = attempts.last().copied().filter(sends_away)
            && attempts.iter().all(sends_away)
        {
            attempts.resize(attempts.len().max(3), last);
        }
        for (attempt, seen) in attempts.iter().enumerate() {
            let mut seen = (*seen).clone();
            if url.scheme() == "http" {
                seen.tls = None;
            }
            let mut question = evidence::service::conversation_question(&url, at);
            question.http.iter_mut().for_each(&edit);
            let question = Question::Conversation(question);
            self.observe(question, attempt as u8 + 1, Reply::Conversation(Box::new(seen)));
        }
        self
    }

    /// The same in every attempt.
    pub(in crate::check) fn visit(self, url: &str, at: &str, seen: &Conversation) -> Self {
        self.visits(url, at, &[seen, seen])
    }

    /// A connection to a server, with TLS at port 443 and without it elsewhere.
    pub(in crate::check) fn reaches(
        mut self,
        host: &str,
        at: &str,
        attempts: &[&Conversation],
    ) -> Self {
        let at: SocketAddr = at.parse().unwrap();
        let host = Host::Name(Name::from_presentation(host));
        let tls = (at.port() == 443).then_some(host);
        let question = ConversationQuestion { address: at, tls, http: None, mss: None };
        for (attempt, seen) in attempts.iter().enumerate() {
            let reply = Reply::Conversation(Box::new((*seen).clone()));
            self.observe(Question::Conversation(question.clone()), attempt as u8 + 1, reply);
        }
        self
    }
}
