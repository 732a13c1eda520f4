//! Sites whose every text is made to do harm where it is shown: markup, control characters, text
//! that reads backwards, and the beginnings of formulas.

use hickory_proto::rr::rdata::{CAA, MX, PTR, TXT};
use hickory_proto::rr::{Name, RData};

use crate::lab::dns::zone::name;
use crate::lab::site::Site;
use crate::lab::site::hostile_texts::HOSTILE_TEXTS;
use crate::lab::site::listener::{
    CertificateKind, GreetingBehaviour, https, https_html, https_with,
};
use crate::lab::site::page::{Page, article};

use super::mail::healthy;

/// An answer that is not HTTP.
const RAW: &[u8] = b"=HYPERLINK(\"http://xau.example/\")<script>alert('v6ready')</script>\
    \x1b]0;v6ready\x07\x1b[2J\xe2\x80\xae\x9b31m\r\n\r\n";

/// Where the reverse name of site 224's IPv6 address lies.
const REVERSE: &str = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.e.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa";

pub(super) fn sites() -> Vec<Site> {
    vec![
        mail(),
        Site::new(225, "doc-chung-thu", "Chứng thư số có tên độc hại", "docchungthu.vidu.example")
            .ipv6_listener(https_with(CertificateKind::HostileTexts))
            .failing(&[
                ("tls-trusted", "self-signed"),
                ("tls-name", "name-mismatch"),
                ("tls-parity", "different-certificate"),
            ]),
        Site::new(226, "doc-chuyen", "Chuyển hướng độc hại", "docchuyen.vidu.example")
            .ipv6_listener(https(Page::Redirect(format!("javascript:{}", visible()))))
            .failing(&[
                ("web-answers", "leads-nowhere"),
                ("web-status-parity", "only-over-ipv4"),
                ("web-redirects", "bad-location"),
            ]),
        Site::new(
            227,
            "doc-khong-http",
            "Trả lời độc hại không phải HTTP",
            "dockhong.vidu.example",
        )
        .ipv6_listener(https(Page::Raw(RAW)))
        .failing(&[("web-answers", "not-http")]),
        Site::new(238, "doc-trang", "Trang và tiêu đề độc hại", "doctrang.vidu.example")
            .every_listener(https_html(page(), &[("Content-Security-Policy", &policy())]))
            .failing(&[("web-ipv4-literals", "in-page")]),
        Site::new(239, "doc-caa", "CAA độc hại", "doccaa.vidu.example")
            .record(caa("issue"))
            .record(caa("iodef"))
            .failing(&[("dns-caa", "forbidden")]),
    ]
}

/// What of the texts can stand in a header field.
fn visible() -> String {
    HOSTILE_TEXTS.concat().chars().filter(|letter| !letter.is_ascii_control()).collect()
}

/// A page that refers to much, in words that are made to do harm.
fn page() -> String {
    let quoted = visible().replace('"', "&quot;");
    let more = HOSTILE_TEXTS.concat()
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
    let spf = format!("v=spf1 {} -all", HOSTILE_TEXTS.join(" "));
    let txt = |text: &str| RData::TXT(TXT::new(vec![text.to_owned()]));
    Site {
        records: vec![
            RData::MX(MX::new(10, name(exchanger))),
            RData::MX(MX::new(20, hostile_name())),
            txt(&spf),
            txt(HOSTILE_TEXTS[0]),
        ],
        ..site
    }
    .ipv6_greeting(GreetingBehaviour::HostileTexts)
    .other_record(REVERSE, RData::PTR(PTR(hostile_name())))
    .failing(&[
        ("mail-mx-aaaa", "some-without"),
        ("mail-banner", "refuses"),
        ("mail-starttls-parity", "fails-over-ipv6"),
        ("mail-ptr", "other-address"),
        ("mail-spf-ipv6", "broken"),
    ])
}

/// A name that no address belongs to; its labels may have any octets (RFC 2181 §11).
fn hostile_name() -> Name {
    let labels = HOSTILE_TEXTS.map(str::as_bytes);
    let labels = labels[..3].iter().chain(&labels[6..]).copied();
    let labels = labels.chain([&b"docthu"[..], b"vidu", b"example"]);
    Name::from_labels(labels).unwrap_or_else(|_| Name::root())
}

/// A CAA record with a value that is made to do harm.
fn caa(tag: &str) -> RData {
    let mut caa = CAA::new_issue(false, None, Vec::new());
    caa.tag = tag.to_owned();
    caa.value = HOSTILE_TEXTS.concat().into_bytes();
    RData::CAA(caa)
}
