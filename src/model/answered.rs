//! Whether an observation can be the answer to its own request.

use super::{Family, Observation, Question, Reply};

impl Observation {
    /// What of the reply can't have come of the request: a reply of another kind, or a DNS message
    /// that repeats another question. What our own probers write down never has it; what others hand
    /// over may. The octets of a DNS message have to be attached.
    pub fn mismatch(&self) -> Option<&'static str> {
        match (&self.request.question, &self.reply) {
            (Question::Dns(asked), Reply::Dns(message)) => {
                // What can't be read, or repeats no question, is a fact about the server.
                let message = message.decoded().ok()?;
                let (name, record_type) = message.question.as_ref()?;
                let is_repeated = *record_type == asked.record_type
                    && asked.name.labels().is_none_or(|asked| name.labels() == Some(asked));
                (!is_repeated).then_some("the DNS message answers another question")
            }
            (Question::Conversation(asked), Reply::Conversation(seen)) => {
                let has_more = asked.tls.is_none() && seen.tls.is_some()
                    || asked.http.is_none() && seen.http.is_some();
                has_more.then_some("the conversation has a part that was not asked for")
            }
            (Question::Route(target), Reply::Route(Ok(source))) => (Family::of(*target)
                != Family::of(*source))
            .then_some("the route is one of the other address family"),
            (Question::Dns(_), Reply::DnsFailed(_))
            | (Question::Route(_), Reply::Route(Err(_)))
            | (Question::Greeting(_), Reply::Greeting(_))
            | (Question::Ntp(_), Reply::Ntp(_))
            | (Question::LegacyHello(_), Reply::LegacyHello(_))
            | (Question::Quic(_), Reply::Quic(_))
            | (Question::Echo(_), Reply::Echo(_))
            | (Question::Origin(_), Reply::Origin(_)) => None,
            _ => Some("the reply is of another kind than the question"),
        }
    }
}

#[cfg(test)]
mod tests {
    use hickory_proto::op::{Message, MessageType, OpCode, Query};
    use jiff::Timestamp;

    use super::*;
    use crate::model::{
        Blob, Connected, Conversation, ConversationQuestion, DnsMessage, DnsQuestion, Name,
        NetFailure, RecordType, Request, Transport,
    };

    fn mismatch(question: Question, reply: Reply) -> Option<&'static str> {
        let request = Request::first(question);
        Observation { request, observed_at: Timestamp::UNIX_EPOCH, elapsed_us: 0, reply }.mismatch()
    }

    fn dns(name: &str) -> Question {
        Question::Dns(DnsQuestion {
            server: "[2001:db8::53]:53".parse().unwrap(),
            transport: Transport::Udp,
            name: Name::from_presentation(name),
            record_type: RecordType::AAAA,
            recursion_desired: true,
            checking_disabled: false,
            dnssec_ok: false,
            without_edns: false,
        })
    }

    fn message(repeated: Option<(&str, u16)>) -> Reply {
        let mut message = Message::new(7, MessageType::Response, OpCode::Query);
        if let Some((name, record_type)) = repeated {
            let name = hickory_proto::rr::Name::from_ascii(name).unwrap();
            message.add_query(Query::query(name, record_type.into()));
        }
        Reply::Dns(DnsMessage::new(Blob::new(message.to_vec().unwrap())))
    }

    #[test]
    fn a_reply_fits_its_question_or_not() {
        let conversation = |tls: bool| {
            Question::Conversation(ConversationQuestion {
                address: "[2001:db8::1]:443".parse().unwrap(),
                tls: tls.then(|| crate::model::Host::parse("a.example").unwrap()),
                http: None,
                mss: None,
            })
        };
        let seen = || {
            Reply::Conversation(Box::new(Conversation {
                connect: Ok(Connected { elapsed_us: 1 }),
                tls: Some(Err(crate::model::TlsFailed::new(
                    crate::model::TlsFailure::Alert { code: 80, name: "internal_error".into() },
                    Vec::new(),
                ))),
                http: None,
                recheck: None,
            }))
        };
        let route = |text: &str| Question::Route(text.parse().unwrap());
        let source = || Reply::Route(Ok("2001:db8::9".parse().unwrap()));
        for (question, reply, fits) in [
            (dns("a.example"), message(Some(("A.example.", 28))), true),
            (dns("a.example"), message(None), true),
            (dns("a.example"), Reply::DnsFailed(NetFailure::TimedOut), true),
            (dns("a.example"), message(Some(("b.example.", 28))), false),
            (dns("a.example"), message(Some(("a.example.", 1))), false),
            (dns("a.example"), source(), false),
            (dns("a.example"), seen(), false),
            (conversation(true), seen(), true),
            (conversation(false), seen(), false),
            (conversation(true), message(None), false),
            (route("2001:db8::1"), source(), true),
            (route("192.0.2.1"), source(), false),
            (route("192.0.2.1"), Reply::Route(Err(NetFailure::NoRoute)), true),
        ] {
            let mismatch = mismatch(question.clone(), reply);
            assert_eq!(mismatch.is_none(), fits, "{question}: {mismatch:?}");
        }
    }
}
