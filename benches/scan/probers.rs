//! The scan's own probers, asked what the bare loop asks: what each answer costs as evidence, without
//! planning, judging, storing and reporting.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::StreamExt as _;
use url::Url;
use v6ready::evidence::service::conversation_question;
use v6ready::model::{
    ConversationQuestion, DnsQuestion, Host, LegacyHelloQuestion, LegacyVersion, Name, Question,
    RecordType, Request, Settings, Transport,
};
use v6ready::probe::Live;

use crate::bare::AT_ONCE;
use crate::servers;

/// As [`crate::bare::run`].
pub fn run(services: usize, [lookups, hellos, connects]: [usize; 3]) {
    let resolver = SocketAddr::new(servers::RESOLVER.into(), 53);
    let settings = Settings { resolvers: vec![resolver], ..Settings::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let live = Arc::new(Live::new(&settings).unwrap());
        let pages = (1..=services).flat_map(|number| {
            let host = servers::host(number);
            servers::addresses(number).into_iter().flat_map(move |address| {
                [("https", 443), ("http", 80)].map(|(scheme, port)| {
                    let url = Url::parse(&format!("{scheme}://{host}/")).unwrap();
                    let at = SocketAddr::new(address, port);
                    Question::Conversation(conversation_question(&url, at))
                })
            })
        });
        let lookups = (0..lookups).map(|number| {
            Question::Dns(DnsQuestion {
                server: resolver,
                transport: Transport::Udp,
                name: name(number % services + 1),
                record_type: RecordType::AAAA,
                recursion_desired: true,
                checking_disabled: false,
                dnssec_ok: false,
                without_edns: false,
            })
        });
        let opened = (0..hellos + connects).map(|number| {
            // Not more often than it is gentle: each of both addresses in turn.
            let service = number % services + 1;
            let address = servers::addresses(service)[number / services % 2];
            let address = SocketAddr::new(address, 443);
            match number < hellos {
                true => Question::LegacyHello(LegacyHelloQuestion {
                    address,
                    host: Host::Name(name(service)),
                    version: LegacyVersion::Tls10,
                }),
                false => Question::Conversation(ConversationQuestion {
                    address,
                    tls: None,
                    http: None,
                    mss: None,
                }),
            }
        });
        futures_util::stream::iter(pages.chain(lookups).chain(opened))
            .map(|question| {
                let live = Arc::clone(&live);
                tokio::spawn(async move { live.ask(&Request::first(question)).await })
            })
            .buffer_unordered(AT_ONCE)
            .for_each(async |done| drop(done.unwrap()))
            .await;
    });
}

fn name(service: usize) -> Name {
    Name::from_presentation(&servers::host(service))
}
