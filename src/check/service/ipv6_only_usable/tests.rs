//! The cases of `ipv6-only-usable`.

use hickory_proto::op::ResponseCode;

use crate::check::common;
use crate::check::testing::dns::{answer, authoritative, message, nxdomain, servfail, unasked};
use crate::check::testing::mail::{
    MX_HOST, MX_IPV4, MX_IPV6, address_of, friendly, mail_published,
};
use crate::check::testing::service::{conversation, six_socket};
use crate::check::testing::web::{
    broken, ending, html, no_http, no_tls, ours, page, rechecked, responds, silent, to,
};
use crate::check::testing::world::{SIX, URL, World};
use crate::check::testing::zone::ServerQuery;
use crate::check::testing::zone_table::{without_glue, without_ipv6};
use crate::evidence;
use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use crate::model::{
    BodyEnd, Connected, Conversation, ConversationQuestion, HttpFailure, Name, NetFailure, Outcome,
    Question, RecordType, Reply, TlsFailure, Transport,
};

pub(in crate::check) const CASES: &[fn()] = &[
    the_way_of_a_browser_without_ipv4,
    required_resources,
    a_sender_without_ipv4,
    names_that_a_resolver_without_ipv4_does_not_find,
    a_client_that_connects_or_asks,
];

/// Plain HTTP, so that no certificate matters.
const PLAIN: &str = "http://www.example.vn/";

const OTHER: &str = "http://other.example.vn/";

fn site(attempts: &[&Conversation]) -> World {
    World::with_service(&format!("web: \"{PLAIN}\"")).published().visits(PLAIN, SIX, attempts)
}

fn usable(world: &World) -> (Outcome, &'static str) {
    world.outcome_of("ipv6-only-usable")
}

#[test]
fn the_way_of_a_browser_without_ipv4() {
    let large = no_http(HttpFailure::HeadersTooLarge);
    let away = |status| rechecked(responds(503, &[], ""), status);
    let stranger = no_http(HttpFailure::NotHttp { detail: "220 ftp".to_owned() });
    let leads = |location: &str| site(&[&to(location)]);
    let elsewhere = |addresses: &[&str]| leads(OTHER).host("other.example.vn", addresses);
    let two = |first: &Conversation, second: &Conversation| {
        elsewhere(&["2001:db8::2", "2001:db8::3"]).visit(OTHER, "2001:db8::2", first).visit(
            OTHER,
            "2001:db8::3",
            second,
        )
    };
    let endless = |limit: usize| {
        let mut world = leads(&format!("{PLAIN}0"));
        world.inventory.settings.limits.redirects = limit;
        (0..22).fold(world, |world, step| {
            world.visit(&format!("{PLAIN}{step}"), SIX, &to(&format!("{PLAIN}{}", step + 1)))
        })
    };
    let cookie = responds(302, &[("location", PLAIN), ("set-cookie", "guard=1")], "");
    let walled =
        |then: &Conversation| site(&[&cookie]).visits_with_cookies(PLAIN, SIX, "guard=1", &[then]);
    let look = |reply: &Reply| leads(OTHER).dns("other.example.vn", RecordType::AAAA, reply);
    let rows = [
        (site(&[&page()]), (Pass, "usable")),
        (site(&[&silent(), &silent()]), (Fail, "unreachable")),
        (site(&[&broken(NetFailure::Reset), &broken(NetFailure::Reset)]), (Fail, "no-page")),
        (site(&[&stranger]), (Fail, "no-page")),
        (site(&[&responds(503, &[], "")]), (Fail, "error-status")),
        (site(&[&responds(429, &[], "")]), (Inconclusive, "challenge")),
        (site(&[&away(Some(403)); 3]), (Inconclusive, common::TURNED_AWAY)),
        (
            leads(OTHER).host("other.example.vn", &["2001:db8::2"]).visits(
                OTHER,
                "2001:db8::2",
                &[&away(None); 3],
            ),
            (Inconclusive, common::TURNED_AWAY),
        ),
        (site(&[&away(Some(200)); 3]), (Fail, "error-status")),
        (site(&[&large]), (Inconclusive, common::LIMIT)),
        (site(&[&silent(), &page()]), (Pass, "usable")),
        (site(&[&silent(), &silent(), &page()]), (Fail, "flapping")),
        (site(&[&ours(), &silent()]), (Inconclusive, common::OUR_FAULT)),
        (site(&[&silent(), &ours()]), (Inconclusive, common::OUR_FAULT)),
        (two(&page(), &silent()), (Pass, "usable")),
        (two(&silent(), &page()), (Pass, "usable")),
        (two(&silent(), &silent()), (Fail, "unreachable")),
        // One address that is unknown may be the one that works.
        (two(&ours(), &silent()), (Inconclusive, common::OUR_FAULT)),
        (two(&silent(), &ours()), (Inconclusive, common::OUR_FAULT)),
        (elsewhere(&["192.0.2.2"]), (Fail, "redirect-blocked")),
        (leads(PLAIN), (Fail, "redirect-blocked")),
        (site(&[&cookie]), (Inconclusive, common::NOT_OBSERVED)),
        (walled(&page()), (Pass, "usable")),
        (walled(&cookie), (Fail, "redirect-blocked")),
        (leads("ftp://www.example.vn/"), (Fail, "redirect-blocked")),
        (leads("http://[fe80::1]/"), (Fail, "redirect-blocked")),
        (endless(20), (Fail, "redirect-blocked")),
        (endless(10), (Inconclusive, common::LIMIT)),
        (look(&servfail()), (Inconclusive, common::UNRESOLVED)),
        (look(&unasked()), (Inconclusive, common::OUR_FAULT)),
        (leads(OTHER), (Inconclusive, common::NOT_OBSERVED)),
        (site(&[&ending(page(), BodyEnd::TimedOut)]), (Inconclusive, "page-unreadable")),
        (site(&[&ending(page(), BodyEnd::Limit)]), (Inconclusive, common::LIMIT)),
        (site(&[&responds(200, &[("content-type", "image/png")], "")]), (Pass, "usable")),
    ];
    for (at, (world, expected)) in rows.iter().enumerate() {
        assert_eq!(usable(world), *expected, "row {at}");
    }
    let named = |reply: &Reply| {
        usable(&World::new("active").dns("www.example.vn", RecordType::AAAA, reply))
    };
    assert_eq!(named(&answer(&[])), (Fail, "not-published"));
    assert_eq!(named(&servfail()), (Inconclusive, common::UNRESOLVED));
    assert_eq!(named(&unasked()), (Inconclusive, common::OUR_FAULT));
    // Over TLS a certificate has to be shown that is for the name.
    let alert = TlsFailure::Alert { code: 40, name: "handshake_failure".to_owned() };
    for (seen, expected) in [
        (page(), (Fail, "certificate-invalid")),
        (no_tls(alert), (Fail, "handshake-failed")),
        (no_tls(TlsFailure::ChainTooLarge), (Inconclusive, common::LIMIT)),
        (no_tls(TlsFailure::Ours { detail: "?".to_owned() }), (Inconclusive, common::OUR_FAULT)),
    ] {
        let world = World::new("active").published().visit(URL, SIX, &seen);
        assert_eq!(usable(&world), expected, "{seen:?}");
    }
}

#[test]
fn required_resources() {
    let loads =
        |host: &str| site(&[&html(&format!("<script src=\"http://{host}/a.js\"></script>"))]);
    let own = || loads("js.example.vn").host("js.example.vn", &["2001:db8::a", "192.0.2.10"]);
    let at = "[2001:db8::a]:80";
    let four = |seen: &Conversation| {
        let world = own().reaches("js.example.vn", at, &[&silent(), &silent()]);
        world.reaches("js.example.vn", "192.0.2.10:80", &[seen, seen])
    };
    let up = Conversation {
        connect: Ok(Connected { elapsed_us: 1 }),
        tls: None,
        http: None,
        recheck: None,
    };
    for (world, expected, step) in [
        (own().reaches("js.example.vn", at, &[&up]), (Pass, "usable"), "resource-over-ipv6"),
        (four(&up), (Fail, "resource-blocked"), "resource-blocked"),
        (four(&silent()), (Pass, "usable"), "dead-link"),
        (four(&ours()), (Inconclusive, common::OUR_FAULT), common::OUR_FAULT),
        (own(), (Inconclusive, common::NOT_OBSERVED), common::NOT_OBSERVED),
        (
            loads("cdn.example.com").host("cdn.example.com", &["192.0.2.12"]),
            (Pass, "usable"),
            "third-party",
        ),
    ] {
        let verdict = world.verdict("ipv6-only-usable");
        assert_eq!((verdict.outcome, verdict.reason), expected, "{step}");
        assert_eq!(verdict.subjects.last().map(|subject| subject.reason), Some(step));
    }
    let retired = World::with_service(&format!("web: \"{PLAIN}\", state: retired"));
    assert_eq!(usable(&retired), (NotApplicable, common::RETIRED));
}

/// A domain whose exchanger's name is asked for at one root server, which replies so to every
/// question on the path.
fn from_the_root(vn: &Reply, host: &Reply) -> World {
    let mut world = mail_published().greets(MX_IPV6, &friendly()).greets(MX_IPV4, &friendly());
    let hints = ". NS a.root.\na.root. AAAA 2001:db8::53\n";
    world.inventory.settings.root_hints = Some(hints.to_owned());
    let asked = [("vn", RecordType::NS, vn), (MX_HOST, RecordType::AAAA, host)];
    for (name, record_type, reply) in asked {
        for transport in [Transport::Udp, Transport::Tcp] {
            let server = "[2001:db8::53]:53".parse().unwrap();
            let name = Name::from_presentation(name);
            let question = evidence::dns::exchange::server_question(
                server,
                transport,
                &name,
                record_type,
                false,
            );
            let question = Question::Dns(question);
            for attempt in 1..=2 {
                world.observe(question.clone(), attempt, reply.clone());
            }
        }
    }
    world
}

#[test]
fn a_sender_without_ipv4() {
    let six = answer(&[address_of("mx.example.vn.", MX_IPV6)]);
    let away = Reply::DnsFailed(NetFailure::TimedOut);
    for (vn, host, expected) in [
        (authoritative(&nxdomain()), authoritative(&six), (Pass, "usable")),
        // The root's servers are always there: it is our network that keeps us from them.
        (servfail(), servfail(), (Inconclusive, common::OUR_FAULT)),
        (away, six.clone(), (Inconclusive, common::OUR_FAULT)),
        (unasked(), six, (Inconclusive, common::OUR_FAULT)),
    ] {
        let world = from_the_root(&vn, &host);
        assert_eq!(world.outcome_of("ipv6-only-usable"), expected, "{vn:?}");
    }
    let unasked = mail_published().greets(MX_IPV6, &friendly()).greets(MX_IPV4, &friendly());
    assert_eq!(unasked.outcome_of("ipv6-only-usable"), (Pass, "usable"));
}

#[test]
fn names_that_a_resolver_without_ipv4_does_not_find() {
    let declared = [
        &format!("web: \"{PLAIN}\""),
        "tcp: \"www.example.vn:8443\"",
        "ntp: www.example.vn",
        "imaps: www.example.vn",
    ];
    for declared in declared {
        let change = |asked: &ServerQuery<'_>| without_glue(asked).or_else(|| without_ipv6(asked));
        let world = World::with_zone(declared, &change);
        assert_eq!(usable(&world), (Fail, "resolution-blocked"), "{declared}");
    }
}

#[test]
fn a_client_that_connects_or_asks() {
    let question = Question::Conversation(ConversationQuestion {
        address: six_socket(8443),
        tls: None,
        http: None,
        mss: None,
    });
    for (seen, expected) in [
        (conversation(Ok(()), None), (Pass, "usable")),
        (silent(), (Fail, "unreachable")),
        (ours(), (Inconclusive, common::OUR_FAULT)),
    ] {
        let world = World::with_service("tcp: \"www.example.vn:8443\"").published();
        let world = world.both_attempts(&question, &Reply::Conversation(Box::new(seen.clone())));
        assert_eq!(usable(&world), expected, "{seen:?}");
    }
    let refuses = message(ResponseCode::ServFail, &[]);
    let mut world = World::with_service("dns: www.example.vn").published();
    for transport in [Transport::Udp, Transport::Tcp] {
        let question = evidence::service::name_server_question(six_socket(53), transport);
        world = world.both_attempts(&question, &refuses);
    }
    assert_eq!(usable(&world), (Fail, "no-answer"));
}
