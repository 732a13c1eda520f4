//! What the log says of a request: its span, and how it ended.
//!
//! Nothing that a target sent is logged, only our own words for it. Names and paths that may come from
//! a target are logged escaped.

use std::borrow::Cow;

use tracing::Span;

use crate::model::{
    Conversation, Greeting, GreetingFailure, HttpFailure, LegacyAnswer, NetFailure, Question,
    QuicFailure, Reply, Request, TlsFailure,
};

/// The span in which a request is asked.
pub(super) fn request_span(request: &Request) -> Span {
    tracing::debug_span!(
        "request",
        kind = kind(&request.question),
        address = %address(&request.question),
        attempt = request.attempt,
        question = ?request.shown(),
    )
}

fn kind(question: &Question) -> &'static str {
    match question {
        Question::Dns(_) => "dns",
        Question::Conversation(_) => "conversation",
        Question::Greeting(_) => "greeting",
        Question::Ntp(_) => "ntp",
        Question::Route(_) => "route",
        Question::LegacyHello(_) => "legacy-hello",
        Question::Quic(_) => "quic",
        Question::Echo(_) => "echo",
        Question::Origin(_) => "origin",
    }
}

/// Where the request goes: an address, with its port where it has one.
fn address(question: &Question) -> String {
    match question {
        Question::Dns(question) => question.server.to_string(),
        Question::Conversation(question) => question.address.to_string(),
        Question::Greeting(question) => question.address.to_string(),
        Question::Ntp(question) => question.server.to_string(),
        Question::Route(address) => address.to_string(),
        Question::LegacyHello(question) => question.address.to_string(),
        Question::Quic(question) => question.address.to_string(),
        Question::Echo(question) => question.address.to_string(),
        Question::Origin(question) => question.address.to_string(),
    }
}

/// A word or two for how a request ended.
pub(super) fn outcome(reply: &Reply) -> Cow<'static, str> {
    match reply {
        Reply::Dns(message) => match message.decoded() {
            Ok(message) => message.rcode.to_string().into(),
            Err(_) => "malformed".into(),
        },
        Reply::Conversation(seen) => conversation(seen),
        Reply::Greeting(seen) => greeting(seen),
        Reply::Ntp(exchange) => net(exchange.answer.as_ref().err()),
        Reply::DnsFailed(failure) | Reply::Route(Err(failure)) | Reply::Echo(Err(failure)) => {
            failure.reason().into()
        }
        Reply::Route(Ok(_)) => "route found".into(),
        Reply::Echo(Ok(_)) => "answered".into(),
        Reply::LegacyHello(answer) => match answer {
            LegacyAnswer::Accepted { .. } => "accepted".into(),
            LegacyAnswer::Alert { code } => format!("alert {code}").into(),
            LegacyAnswer::HungUp => "hung up".into(),
            LegacyAnswer::OtherAnswer { .. } => "other answer".into(),
            LegacyAnswer::Net { failure } => failure.reason().into(),
        },
        Reply::Quic(Ok(_)) => "handshake completed".into(),
        Reply::Quic(Err(failure)) => match failure {
            QuicFailure::Net { failure } => failure.reason().into(),
            QuicFailure::VersionMismatch => "no version in common".into(),
            QuicFailure::Refused { code, .. } => format!("refused 0x{code:x}").into(),
            QuicFailure::NotQuic { .. } => "not QUIC".into(),
            QuicFailure::Ours { .. } => "failed on our side".into(),
        },
        Reply::Origin(Some(_)) => "looked up".into(),
        Reply::Origin(None) => "no table".into(),
    }
}

fn net(failure: Option<&NetFailure>) -> Cow<'static, str> {
    failure.map_or("answered", NetFailure::reason).into()
}

/// The highest layer that was reached, and how it ended.
fn conversation(seen: &Conversation) -> Cow<'static, str> {
    let Conversation { connect, tls, http, .. } = seen;
    if let Err(failure) = connect {
        return format!("connect: {}", failure.reason()).into();
    }
    if let Some(Err(failed)) = tls {
        return format!("tls: {}", tls_failure(&failed.failure)).into();
    }
    match http {
        Some(Ok(response)) => format!("http: status {}", response.status).into(),
        Some(Err(failure)) => format!("http: {}", http_failure(failure)).into(),
        None if tls.is_some() => "tls: handshake completed".into(),
        None => "connected".into(),
    }
}

fn tls_failure(failure: &TlsFailure) -> Cow<'static, str> {
    match failure {
        TlsFailure::Net { failure } => failure.reason().into(),
        TlsFailure::Alert { code, .. } => format!("alert {code}").into(),
        TlsFailure::NothingInCommon { .. } => "nothing in common".into(),
        TlsFailure::BadSignature { .. } => "bad signature".into(),
        TlsFailure::NotTls { .. } => "not TLS".into(),
        TlsFailure::OldVersions { .. } => "only old versions".into(),
        TlsFailure::OldSuites { .. } => "only old suites".into(),
        TlsFailure::WeakKey { .. } => "weak key".into(),
        TlsFailure::ClientCertificate { .. } => "asks for a client certificate".into(),
        TlsFailure::ChainTooLarge => "chain too large".into(),
        TlsFailure::Ours { .. } => "failed on our side".into(),
    }
}

fn http_failure(failure: &HttpFailure) -> &'static str {
    match failure {
        HttpFailure::Net { failure } => failure.reason(),
        HttpFailure::HeadersTooLarge => "headers too large",
        HttpFailure::TlsAlert { .. } => "TLS alert",
        HttpFailure::NotHttp { .. } => "not HTTP",
        HttpFailure::Malformed { .. } => "malformed HTTP",
        HttpFailure::Http2 { .. } => "HTTP/2 error",
    }
}

fn greeting(seen: &Greeting) -> Cow<'static, str> {
    let failed = [&seen.banner, &seen.hello].into_iter().flatten().find_map(|a| a.as_ref().err());
    match failed {
        Some(GreetingFailure::Net { failure }) => format!("greeting: {}", failure.reason()).into(),
        Some(GreetingFailure::Slow { .. }) => "greeting: too slow".into(),
        Some(GreetingFailure::TooLong) => "greeting: too long".into(),
        Some(GreetingFailure::NotProtocol { .. }) => "greeting: another protocol".into(),
        None if seen.banner.is_some() && seen.conversation.tls.is_none() => "greeted".into(),
        None => conversation(&seen.conversation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Answer, Connected, Meaning};

    #[test]
    fn outcomes_hold_no_word_of_a_target() {
        let hostile = "\u{1b}[31mred".to_owned();
        let answer = Answer { elapsed_us: 1, meaning: Meaning::Yes, lines: vec![hostile.clone()] };
        let conversation = Conversation {
            connect: Ok(Connected { elapsed_us: 1 }),
            tls: None,
            http: Some(Err(HttpFailure::NotHttp { detail: hostile.clone() })),
            recheck: None,
        };
        let greeting = Greeting {
            conversation: Conversation { http: None, ..conversation.clone() },
            banner: Some(Ok(answer)),
            hello: Some(Err(GreetingFailure::NotProtocol { detail: hostile.clone() })),
            starttls: None,
            refused_ehlo: None,
        };
        for (reply, expected) in [
            (Reply::Conversation(Box::new(conversation)), "http: not HTTP"),
            (Reply::Greeting(Box::new(greeting)), "greeting: another protocol"),
            (
                Reply::Quic(Err(QuicFailure::Refused { code: 0x178, detail: hostile })),
                "refused 0x178",
            ),
            (Reply::DnsFailed(NetFailure::TimedOut), "timed-out"),
        ] {
            assert_eq!(outcome(&reply), expected);
        }
    }
}
