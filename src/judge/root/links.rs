//! Which findings explain which: the order of causes, and the table of what follows from what.

use super::place::Place;
use super::place::Place::{Address, Anywhere, Everywhere, Server, ServerAlike};
use crate::check::common;

/// The checks of services, causes before what may follow from them: names, addresses, connections, TLS,
/// what is said over it, the service as a whole, what its owner declares.
pub(super) const CAUSAL_ORDER: &[&str] = &[
    "dns-ns-aaaa",
    "dns-ns-ipv6-answers",
    "dns-ns-ipv4-answers",
    "dns-aaaa-answered",
    "dns-glue",
    "dns-delegation",
    "dns-ns-diversity",
    "dns-large-answer",
    "dns-consistent",
    "dns-dnssec",
    "dns-aaaa",
    "mail-mx-aaaa",
    "dns-ipv6-only-resolution",
    "address-global",
    "address-owned",
    "address-origin",
    "address-ipv4-embedded",
    "dns-ptr",
    "mail-ptr",
    "mail-spf-ipv6",
    "reach-port",
    "reach-stable",
    "reach-parity",
    "reach-pmtu",
    "reach-echo",
    "reach-latency",
    "mail-banner",
    "tls-handshake",
    "tls-trusted",
    "tls-name",
    "tls-validity",
    "tls-version",
    "tls-key",
    "tls-parity",
    "tls-key-exchange",
    "tls-dane",
    "dns-caa",
    "mail-starttls",
    "mail-starttls-parity",
    "service-answers",
    "web-redirects",
    "web-answers",
    "web-status-parity",
    "web-https",
    "web-content-parity",
    "web-headers-parity",
    "web-subresources",
    "web-ipv4-literals",
    "web-apex-www",
    "web-http3",
    "dns-https-record",
    "ipv6-only-usable",
    "inventory-state",
    "inventory-deadline",
];

/// What a check that finds its lower layer broken rests on, the lowest first.
pub(super) const LAYERS: &[&str] = &[
    "dns-ns-aaaa",
    "dns-aaaa",
    "mail-mx-aaaa",
    "dns-ns-ipv6-answers",
    "reach-port",
    "reach-pmtu",
    "mail-banner",
    "tls-handshake",
    "tls-trusted",
    "tls-name",
    "tls-validity",
    "tls-key",
    "mail-starttls",
    "service-answers",
    "web-redirects",
    "web-answers",
    "web-content-parity",
];

/// The layers of which only checks of certificates take note.
pub(super) const CERTIFICATE: &[&str] = &["tls-trusted", "tls-name", "tls-validity", "tls-key"];

/// Reasons that are about our own side, whatever the check.
pub(super) const OURS: &[&str] = &[
    common::VANTAGE_ABSENT,
    common::VANTAGE_LOST,
    common::OUR_FAULT,
    common::OUR_CLOCK,
    common::NOT_OBSERVED,
    common::MAIL_BLOCKED,
];

/// Reasons for which nothing more can be found out: the first check that has one tells it for the others.
pub(super) const SAME_REASON: &[&str] = &[
    "challenge",
    "zone-not-found",
    "parent-not-seen",
    "unreadable",
    common::CLIENT_CERTIFICATE,
    common::LIMIT,
    common::NOT_VISITED,
    common::REFUSES_OUR_ADDRESS,
    common::REFUSES_OUR_NAME,
    common::DEFERS_US,
];

/// The check of whether an address may be asked at all.
pub(super) const ADDRESS: &str = "address-global";

/// The checks of whether the service's name leads anywhere.
pub(super) const NAME_LEADS: &[&str] = &["dns-aaaa", "mail-mx-aaaa"];

/// The reason of a deadline of which it isn't known whether it was met.
pub(super) const STAGE_UNKNOWN: &str = "stage-unknown";

/// Reasons for which a check doesn't concern a service because a layer below has failed.
pub(super) const FOLLOWING: &[&str] = &[
    common::NO_IPV6,
    common::NO_MX,
    common::NO_ZONE,
    common::SERVER_FAILS,
    "no-ipv6-servers",
    "name-absent",
    "down",
    "not-comparable",
    "silent-with-small-packets-too",
];

/// One way in which a finding follows from another.
pub(super) struct Link {
    /// The check whose finding explains.
    pub cause: &'static str,
    /// Its reasons, or those of the things that it names; any when empty.
    pub causes: &'static [&'static str],
    /// The check whose finding follows.
    pub effect: &'static str,
    /// Its reasons.
    pub effects: &'static [&'static str],
    /// Where the cause has to be.
    pub place: Place,
}

const fn link(
    cause: &'static str,
    causes: &'static [&'static str],
    effect: &'static str,
    effects: &'static [&'static str],
    place: Place,
) -> Link {
    Link { cause, causes, effect, effects, place }
}

const ANY: &[&str] = &[];

/// Reasons for which a look-up comes back without an answer.
const UNANSWERED: &[&str] = &[
    "servfail",
    "refused",
    "other-rcode",
    "malformed",
    "lame",
    "truncated",
    "no-answer",
    "unanswered",
];

/// What name servers that don't answer, or answer wrongly, say.
const UNUSABLE: &[&str] = &["servers-silent", "servers-unusable"];

/// How a name server fails over either family.
const SERVER_FAILURES: &[&str] = &[
    "silent",
    "udp-only",
    "tcp-only",
    "truncated",
    "refuses",
    "lame",
    "servfail",
    "other-rcode",
    "malformed",
];

/// What makes an answer bogus.
const BROKEN_SIGNATURES: &[&str] = &[
    "expired",
    "not-yet-valid",
    "bad-signature",
    "no-matching-key",
    "missing-signature",
    "bad-denial",
];

/// How packets are lost or turned away before they come to the server.
const FILTERED: &[&str] = &[
    "timed-out",
    "icmp-no-route",
    "icmp-prohibited",
    "icmp-beyond-scope",
    "icmp-address-unreachable",
    "icmp-policy-failed",
    "icmp-reject-route",
    "icmp-other",
    common::SOME_FAIL,
];

/// How a handshake ends at a port that is open now and then.
const BROKEN_OFF: &[&str] = &["flapping", "reset", "closed", "timed-out"];

/// How certificates differ between the families.
const OTHER_CERTIFICATE: &[&str] =
    &["different-certificate", "different-chain", "another-leaf-of-same-names"];

/// What follows from what; the first that holds counts. Within one effect the deeper cause comes first.
pub(super) const LINKS: &[Link] = &[
    // Name servers.
    link("dns-ns-aaaa", ANY, "dns-ns-ipv6-answers", &["not-global"], Server),
    link("dns-ns-aaaa", &["none", "only-one"], "dns-ns-diversity", &["one-address"], Anywhere),
    link(
        "dns-ns-aaaa",
        &["cannot-be-found", "no-such-name"],
        "dns-ns-ipv4-answers",
        &["no-ipv4-servers"],
        Anywhere,
    ),
    link("dns-ns-aaaa", ANY, "dns-delegation", &["child-not-seen"], Server),
    link("dns-ns-aaaa", &["none"], "dns-aaaa", &["no-server"], Everywhere),
    link("dns-ns-aaaa", &["none"], "dns-ipv6-only-resolution", &["no-ipv6-server"], Server),
    link("dns-ns-ipv6-answers", ANY, "dns-ns-ipv4-answers", SERVER_FAILURES, ServerAlike),
    link("dns-ns-ipv6-answers", ANY, "dns-delegation", &["child-not-seen"], Server),
    link("dns-ns-ipv6-answers", ANY, "dns-aaaa", UNANSWERED, Everywhere),
    link("dns-ns-ipv6-answers", ANY, "mail-mx-aaaa", UNANSWERED, Everywhere),
    link("dns-ns-ipv6-answers", ANY, "dns-ipv6-only-resolution", UNUSABLE, Server),
    link("dns-aaaa-answered", &["nxdomain"], "dns-consistent", &["different-aaaa"], Anywhere),
    link("dns-aaaa-answered", &["nxdomain"], "dns-dnssec", &["bad-denial"], Server),
    link("dns-aaaa-answered", ANY, "dns-aaaa", UNANSWERED, Everywhere),
    link("dns-aaaa-answered", ANY, "dns-ipv6-only-resolution", UNUSABLE, Everywhere),
    link("dns-glue", &["missing"], "dns-ipv6-only-resolution", &["glue-missing"], Server),
    link("dns-dnssec", BROKEN_SIGNATURES, "dns-aaaa", &["bogus"], Anywhere),
    link("dns-dnssec", BROKEN_SIGNATURES, "mail-mx-aaaa", &["bogus"], Anywhere),
    link("dns-dnssec", BROKEN_SIGNATURES, "tls-dane", &["bogus"], Anywhere),
    // Names and addresses.
    link("dns-aaaa", &["chain-looped"], "dns-ipv6-only-resolution", &["alias-loop"], Anywhere),
    link(
        "dns-aaaa",
        &["chain-too-long"],
        "dns-ipv6-only-resolution",
        &["alias-too-long"],
        Anywhere,
    ),
    link("dns-aaaa", ANY, "ipv6-only-usable", &["not-published"], Anywhere),
    link("dns-aaaa", ANY, "inventory-state", &["active-but-gone"], Anywhere),
    link("mail-mx-aaaa", ANY, "ipv6-only-usable", &["not-published"], Anywhere),
    link("mail-mx-aaaa", ANY, "inventory-state", &["active-but-gone"], Anywhere),
    link("dns-ns-aaaa", &["no-such-zone"], "inventory-state", &["active-but-gone"], Anywhere),
    link("dns-ipv6-only-resolution", ANY, "ipv6-only-usable", &["resolution-blocked"], Anywhere),
    link("address-global", ANY, "address-owned", &["undeclared"], Address),
    link("address-global", ANY, "address-origin", &["not-in-table"], Address),
    // Connections.
    link("reach-port", ANY, "reach-parity", &["closed-over-ipv6"], Address),
    link("reach-port", &["flapping"], "reach-parity", &["flapping-over-ipv6"], Address),
    link("reach-port", &["flapping"], "reach-stable", &["flapping"], Address),
    link("reach-port", FILTERED, "reach-echo", &["no-reply", "icmp-error"], Address),
    link("reach-port", &["flapping"], "tls-handshake", BROKEN_OFF, Address),
    link("reach-port", ANY, "web-https", &["only-over-ipv4"], Address),
    link("reach-port", &["flapping"], "web-https", &["flapping"], Address),
    link("reach-port", ANY, "service-answers", &["no-connection"], Address),
    link("reach-port", &["flapping"], "service-answers", &["flapping"], Address),
    link("reach-port", ANY, "mail-starttls-parity", &["fails-over-ipv6"], Address),
    link("reach-port", ANY, "ipv6-only-usable", &["unreachable"], Anywhere),
    link("reach-port", &["flapping"], "ipv6-only-usable", &["flapping"], Anywhere),
    link("reach-parity", &["closed-over-ipv6"], "web-https", &["only-over-ipv4"], Address),
    link("reach-pmtu", &["black-hole"], "reach-echo", &["only-small"], Address),
    link("reach-pmtu", &["black-hole"], "tls-handshake", &["timed-out"], Address),
    link("reach-pmtu", &["black-hole"], "web-answers", &["no-response"], Address),
    // TLS.
    link("tls-handshake", ANY, "tls-version", &["only-old-versions"], Address),
    link("tls-handshake", &["key-too-short"], "tls-key", &["refused-key", "weak-key"], Address),
    link("tls-handshake", ANY, "service-answers", &["no-handshake"], Address),
    link("tls-handshake", ANY, "web-redirects", &["target-tls-failed"], Anywhere),
    link("tls-handshake", ANY, "ipv6-only-usable", &["handshake-failed"], Anywhere),
    link("tls-trusted", ANY, "tls-parity", OTHER_CERTIFICATE, Address),
    link("tls-trusted", ANY, "ipv6-only-usable", &["certificate-invalid"], Anywhere),
    link("tls-name", ANY, "tls-parity", OTHER_CERTIFICATE, Address),
    link("tls-name", ANY, "ipv6-only-usable", &["certificate-invalid"], Anywhere),
    link("tls-validity", ANY, "tls-parity", OTHER_CERTIFICATE, Address),
    link("tls-validity", ANY, "ipv6-only-usable", &["certificate-invalid"], Anywhere),
    link("tls-key", ANY, "tls-parity", OTHER_CERTIFICATE, Address),
    link("tls-key", ANY, "ipv6-only-usable", &["certificate-invalid"], Anywhere),
    // Mail.
    link("mail-banner", ANY, "mail-starttls-parity", &["fails-over-ipv6"], Address),
    link("mail-banner", ANY, "ipv6-only-usable", &["no-answer"], Anywhere),
    link(
        "mail-starttls",
        ANY,
        "mail-starttls-parity",
        &["fails-over-ipv6", "not-offered-over-ipv6"],
        Address,
    ),
    // Other kinds.
    link("service-answers", ANY, "ipv6-only-usable", &["no-answer"], Anywhere),
    // Web.
    link("web-redirects", ANY, "web-answers", &["leads-nowhere"], Address),
    link("web-redirects", ANY, "web-status-parity", &["only-over-ipv4"], Address),
    link("web-redirects", ANY, "web-https", &["leads-nowhere"], Anywhere),
    link(
        "web-redirects",
        &["target-without-ipv6"],
        "web-ipv4-literals",
        &["in-redirect"],
        Anywhere,
    ),
    link("web-redirects", ANY, "ipv6-only-usable", &["redirect-blocked"], Anywhere),
    link("web-redirects", &["target-unreachable"], "ipv6-only-usable", &["unreachable"], Anywhere),
    link("web-answers", ANY, "web-status-parity", &["different-status", "only-over-ipv4"], Address),
    link("web-answers", &["flapping"], "web-status-parity", &["flapping"], Address),
    link("web-answers", ANY, "ipv6-only-usable", &["no-page", "error-status"], Anywhere),
    link("web-content-parity", &["another-page"], "web-headers-parity", HEADERS_DIFFER, Address),
    link(
        "web-content-parity",
        &["unreadable-over-ipv6"],
        "ipv6-only-usable",
        &["no-page", "page-unreadable"],
        Anywhere,
    ),
    link(
        "web-content-parity",
        &["unreadable-over-ipv6"],
        "web-subresources",
        &["unreadable"],
        Anywhere,
    ),
    link("web-subresources", ANY, "web-ipv4-literals", &["unreadable"], Anywhere),
    link("web-subresources", ANY, "ipv6-only-usable", &["page-unreadable"], Anywhere),
    link("web-subresources", ANY, "ipv6-only-usable", &["resource-blocked"], Anywhere),
    // What name servers that answer for addresses alone, or without EDNS alone, leave unknown.
    link("dns-large-answer", EDNS, "dns-caa", &[common::UNRESOLVED], Everywhere),
    link("dns-large-answer", EDNS, "dns-https-record", &[common::UNRESOLVED], Everywhere),
    link("dns-large-answer", EDNS, "web-apex-www", &[common::UNRESOLVED], Everywhere),
    link("dns-large-answer", EDNS, "inventory-state", &[common::UNRESOLVED], Everywhere),
    link("dns-ns-ipv6-answers", ANY, "dns-caa", &[common::UNRESOLVED], Everywhere),
    link("dns-ns-ipv6-answers", ANY, "dns-https-record", &[common::UNRESOLVED], Everywhere),
];

const EDNS: &[&str] = &["edns-refused"];

const HEADERS_DIFFER: &[&str] = &["missing-over-ipv6", "different", "only-over-ipv6"];
