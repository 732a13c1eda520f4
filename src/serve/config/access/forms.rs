//! Forms of text in the sections about access.

use axum::http::HeaderName;
use url::{Host, Url};

use crate::inventory::fault::Fault;
use crate::inventory::section::forms::{Form, any_text};
use crate::inventory::values::text;
use crate::model::{Digest, Text};
use crate::serve::access::password::PasswordHash;
use serde_json::json;

/// Octets of the name of a user or token.
const NAME_OCTETS_MAX: usize = 128;

pub(super) static NAME: Form<String> = Form::new(
    |text| {
        let name = text::one_line(text)?;
        match name.len() <= NAME_OCTETS_MAX && !name.chars().any(char::is_control) {
            true => Ok(name),
            false => Fault::err("the name is too long", "write at most 128 octets"),
        }
    },
    Text { en: "text on one line", vi: "văn bản trên một dòng" },
);

pub(super) static PASSWORD_HASH: Form<PasswordHash> = Form {
    parse: |text| {
        PasswordHash::parse(text)
            .or_else(|error| Fault::err(error.to_string(), "`v6ready serve hash` makes one"))
    },
    label: Text {
        en: "argon2id hash as a PHC string",
        vi: "giá trị băm argon2id theo định dạng PHC",
    },
    schema: || json!({"type": "string", "pattern": "^\\$argon2id\\$"}),
};

pub(super) static TOKEN_HASH: Form<Digest> = Form {
    parse: |text| {
        let digest = Digest::parse(text).filter(|_| text.starts_with("sha256:"));
        digest.map_or_else(
            || {
                Fault::err(
                    "this is not the hash of a token (`sha256:` and 64 hexadecimal digits)",
                    "`v6ready serve token` makes a token and prints the lines for it",
                )
            },
            Ok,
        )
    },
    label: Text {
        en: "`sha256:` and 64 hexadecimal digits",
        vi: "`sha256:` và 64 chữ số thập lục phân",
    },
    schema: || json!({"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}),
};

pub(super) static HEADER: Form<HeaderName> = Form::new(
    |text| {
        let refuse = || {
            let help = "write a name such as `X-Remote-User`; headers of the protocol itself can't be taken";
            Fault::err(format!("`{text}` is not the name of a header that can be taken"), help)
        };
        let Ok(name) = text.parse::<HeaderName>() else { return refuse() };
        let is_of_protocol =
            ["authorization", "connection", "content-length", "cookie", "host", "origin"]
                .contains(&name.as_str());
        if is_of_protocol { refuse() } else { Ok(name) }
    },
    Text { en: "name of a header", vi: "tên trường tiêu đề (header)" },
);

pub(super) static ISSUER: Form<Url> =
    Form { parse: issuer, label: Text { en: "URL", vi: "URL" }, schema: any_text };

/// Over plain HTTP only on this machine: whoever sits between could say who somebody is.
fn issuer(text: &str) -> Result<Url, Fault> {
    let wanted =
        "write it as the provider does, such as `https://login.example.gov.vn/realms/staff`";
    let Ok(url) = Url::parse(text) else {
        return Fault::err(format!("`{text}` is not a URL"), wanted);
    };
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" if url.has_host() => {}
        "http" if is_local => {}
        _ => return Fault::err(format!("`{text}` is not a URL with `https`"), wanted),
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Fault::err(format!("`{text}` has more in it than an issuer has"), wanted);
    }
    Ok(url)
}
