//! The kinds of services: each is a key whose value is what is probed.

use serde_json::Value;
use url::Url;

use crate::inventory::fault::Fault;
use crate::inventory::section::description::Described;
use crate::inventory::section::forms::any_text;
use crate::inventory::values::{host, web};
use crate::model::suggestion::list;
use crate::model::{Endpoint, Lang, Name, Target, Text};

/// A kind of service.
pub(in crate::inventory) struct Kind {
    /// Its key.
    pub(super) name: &'static str,
    subject: Subject,
    pub(super) example: &'static str,
    pub(super) meaning: Text,
}

/// What the value of a kind means.
enum Subject {
    Url(fn(Url) -> Target),
    Domain(fn(Name) -> Target),
    /// A host, and the port where none is written; without one, the port must be written.
    Endpoint(fn(Endpoint) -> Target, Option<u16>),
}

/// Every kind, in the order of [`Target::KINDS`].
pub(in crate::inventory) static KINDS: [Kind; Target::KINDS.len()] = [
    Kind {
        name: "web",
        subject: Subject::Url(Target::Web),
        example: "https://portal.example/",
        meaning: Text {
            en: "A web site: its http or https URL.",
            vi: "Cổng, trang thông tin điện tử: URL http hoặc https.",
        },
    },
    Kind {
        name: "mail",
        subject: Subject::Domain(Target::Mail),
        example: "example.gov.vn",
        meaning: Text {
            en: "The mail of a domain.",
            vi: "Thư điện tử của tên miền (phần sau dấu `@`).",
        },
    },
    Kind {
        name: "zone",
        subject: Subject::Domain(Target::Zone),
        example: "example.gov.vn",
        meaning: Text {
            en: "A DNS zone, judged on its own.",
            vi: "Vùng (zone) DNS, được đánh giá riêng.",
        },
    },
    Kind {
        name: "dns",
        subject: Subject::Endpoint(Target::Dns, Some(53)),
        example: "resolver.example.gov.vn",
        meaning: Text {
            en: "A name server or resolver: HOST or HOST:PORT.",
            vi: "Máy chủ tên miền hoặc máy chủ phân giải tên miền (resolver).",
        },
    },
    Kind {
        name: "ntp",
        subject: Subject::Endpoint(Target::Ntp, Some(123)),
        example: "ntp.example.gov.vn",
        meaning: Text { en: "A time server: HOST or HOST:PORT.", vi: "Máy chủ thời gian." },
    },
    Kind {
        name: "tls",
        subject: Subject::Endpoint(Target::Tls, None),
        example: "\"ldap.example.gov.vn:636\"",
        meaning: Text { en: "A service over TLS: HOST:PORT.", vi: "Dịch vụ trên TLS." },
    },
    Kind {
        name: "tcp",
        subject: Subject::Endpoint(Target::Tcp, None),
        example: "\"app.example.gov.vn:8443\"",
        meaning: Text { en: "A service over TCP: HOST:PORT.", vi: "Dịch vụ trên TCP." },
    },
    Kind {
        name: "imap",
        subject: Subject::Endpoint(Target::Imap, Some(143)),
        example: "imap.example.gov.vn",
        meaning: Text { en: "IMAP with STARTTLS: HOST or HOST:PORT.", vi: "IMAP với STARTTLS." },
    },
    Kind {
        name: "imaps",
        subject: Subject::Endpoint(Target::Imaps, Some(993)),
        example: "imap.example.gov.vn",
        meaning: Text { en: "IMAP over TLS: HOST or HOST:PORT.", vi: "IMAP trên TLS." },
    },
    Kind {
        name: "pop3s",
        subject: Subject::Endpoint(Target::Pop3s, Some(995)),
        example: "pop.example.gov.vn",
        meaning: Text { en: "POP3 over TLS: HOST or HOST:PORT.", vi: "POP3 trên TLS." },
    },
    Kind {
        name: "submission",
        subject: Subject::Endpoint(Target::Submission, Some(587)),
        example: "smtp.example.gov.vn",
        meaning: Text {
            en: "Mail submission: HOST or HOST:PORT.",
            vi: "Máy chủ tiếp nhận thư gửi đi của người dùng (submission).",
        },
    },
    Kind {
        name: "ssh",
        subject: Subject::Endpoint(Target::Ssh, Some(22)),
        example: "ssh.example.gov.vn",
        meaning: Text { en: "SSH: HOST or HOST:PORT.", vi: "SSH." },
    },
];

/// What is probed, from the kind's key and its value.
pub(in crate::inventory) fn target(kind: &str, text: &str) -> Result<Target, Fault> {
    match KINDS.iter().find(|known| known.name == kind) {
        Some(kind) => kind.target(text),
        None => Fault::err(
            format!("`{kind}` is not a kind of service"),
            format!("the kinds are {}", list(Target::KINDS)),
        ),
    }
}

impl Kind {
    pub(super) fn target(&self, text: &str) -> Result<Target, Fault> {
        match self.subject {
            Subject::Url(target) => web::url(text).map(target),
            Subject::Domain(target) => host::domain(text).map(target),
            Subject::Endpoint(target, port) => host::endpoint(text, port).map(target),
        }
    }
}

impl Described for Kind {
    fn schema(&self) -> Value {
        any_text()
    }

    fn label(&self, lang: Lang) -> String {
        let label = match self.subject {
            Subject::Url(_) => Text { en: "URL", vi: "URL" },
            Subject::Domain(_) => Text { en: "domain", vi: "tên miền" },
            Subject::Endpoint(_, Some(_)) => Text {
                en: "host, with or without a port",
                vi: "máy chủ, có hoặc không kèm cổng kết nối (port)",
            },
            Subject::Endpoint(_, None) => {
                Text { en: "host and port", vi: "máy chủ và cổng kết nối (port)" }
            }
        };
        label.get(lang).to_owned()
    }

    fn default(&self, lang: Lang) -> Option<String> {
        let Subject::Endpoint(_, Some(port)) = self.subject else { return None };
        let label = Text { en: "port", vi: "cổng kết nối" };
        Some(format!("{} {port}", label.get(lang)))
    }
}
