//! Sites whose every text is made to do harm where it is shown: markup, control characters, text
//! that reads backwards, and the beginnings of formulas.

use hickory_proto::rr::rdata::{CAA, MX, PTR, TXT};
use hickory_proto::rr::{Name, RData};

use super::mail::healthy;
use super::{Door, Greeter, Manner, Page, Site, article, bad, good, html};
use crate::lab::authority::Certificate;

/// Texts that no report may pass on as they are.
pub const HOSTILE: [&str; 8] = [
    "<script>alert('v6ready')</script>",
    "\"><img src=x onerror=alert('v6ready')>",
    "=HYPERLINK(\"http://xau.example/\",\"v6ready\")",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u{1b}]0;v6ready\u{7}\u{1b}[2J\u{1b}[31m",
    "\u{202e}elpmaxe\u{2066}\u{200b}\u{9b}31m",
];

/// An answer that is not HTTP.
const RAW: &[u8] = b"=HYPERLINK(\"http://xau.example/\")<script>alert('v6ready')</script>\
    \x1b]0;v6ready\x07\x1b[2J\xe2\x80\xae\x9b31m\r\n\r\n";

/// Where the reverse name of site 224's IPv6 address lies.
const REVERSE: &str = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.e.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa";

pub(super) fn sites() -> Vec<Site> {
    vec![
        mail(),
        Site::new(225, "doc-chung-thu", "Chứng thư số có tên độc hại", "docchungthu.vidu.example")
            .over_ipv6(bad(Certificate::Hostile))
            .fails(&[
                ("tls-trusted", "self-signed"),
                ("tls-name", "name-mismatch"),
                ("tls-parity", "different-certificate"),
            ]),
        Site::new(226, "doc-chuyen", "Chuyển hướng độc hại", "docchuyen.vidu.example")
            .over_ipv6(good(Page::Redirect(format!("javascript:{}", visible()))))
            .fails(&[("web-status-parity", "only-over-ipv4"), ("web-redirects", "bad-location")]),
        Site::new(
            227,
            "doc-khong-http",
            "Trả lời độc hại không phải HTTP",
            "dockhong.vidu.example",
        )
        .over_ipv6(good(Page::Raw(RAW)))
        .fails(&[("web-answers", "not-http")]),
        Site::new(238, "doc-trang", "Trang và tiêu đề độc hại", "doctrang.vidu.example")
            .everywhere(html(page(), &[("Content-Security-Policy", &policy())]))
            .fails(&[("web-ipv4-literals", "in-page")]),
        Site::new(239, "doc-caa", "CAA độc hại", "doccaa.vidu.example")
            .record(caa("issue"))
            .record(caa("iodef"))
            .fails(&[("dns-caa", "forbidden")]),
    ]
}

/// What of the texts can stand in a header field.
fn visible() -> String {
    HOSTILE.concat().chars().filter(|letter| !letter.is_ascii_control()).collect()
}

/// A page that refers to much, in words that are made to do harm.
fn page() -> String {
    let quoted = visible().replace('"', "&quot;");
    let more = HOSTILE.concat()
        + &format!(
            "<title>{quoted}</title><a href=\"http://198.51.100.10/{quoted}\">x</a>\
             <img src=\"https://portal.vidu.example/{quoted}\">\
             <img src=\"https://{quoted}/\"><script src=\"javascript:{quoted}\"></script>"
        );
    article("Trang chủ", &more)
}

fn policy() -> String {
    format!("img-src http://198.51.100.10/{}", visible().replace(';', ""))
}

/// A mail domain: exchanger, greeting, text records and reverse name.
fn mail() -> Site {
    let (host, exchanger) = ("docthu.vidu.example", "mx.docthu.vidu.example");
    let site = healthy(224, "doc-thu", "Thư độc hại", host, exchanger);
    let doors = site.doors.iter().cloned().map(|(socket, door)| match door {
        Door::Greets(greeter) if socket.is_ipv6() => {
            (socket, Door::Greets(Greeter { manner: Manner::Hostile, ..greeter }))
        }
        other => (socket, other),
    });
    let spf = format!("v=spf1 {} -all", HOSTILE.join(" "));
    let txt = |text: &str| RData::TXT(TXT::new(vec![text.to_owned()]));
    Site {
        doors: doors.collect(),
        records: vec![
            RData::MX(MX::new(10, crate::lab::dns::name(exchanger))),
            RData::MX(MX::new(20, named())),
            txt(&spf),
            txt(HOSTILE[0]),
        ],
        ..site
    }
    .other(REVERSE, RData::PTR(PTR(named())))
    .fails(&[
        ("mail-mx-aaaa", "some-without"),
        ("mail-banner", "refuses"),
        ("mail-ptr", "other-address"),
        ("mail-spf-ipv6", "broken"),
    ])
}

/// A name that no address belongs to; its labels may have any octets (RFC 2181 §11).
fn named() -> Name {
    let labels = HOSTILE.map(str::as_bytes);
    let labels = labels[..3].iter().chain(&labels[6..]).copied();
    let labels = labels.chain([&b"docthu"[..], b"vidu", b"example"]);
    Name::from_labels(labels).unwrap_or_else(|_| Name::root())
}

/// A CAA record with a value that is made to do harm.
fn caa(tag: &str) -> RData {
    let mut caa = CAA::new_issue(false, None, Vec::new());
    caa.tag = tag.to_owned();
    caa.value = HOSTILE.concat().into_bytes();
    RData::CAA(caa)
}
