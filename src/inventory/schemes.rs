//! Services by the schemes of their URLs: `imaps://mail.example/` is a service of the kind `imaps`.

use super::fault::Fault;
use super::format::kinds;
use crate::model::Target;
use crate::model::suggestion::nearest;

/// Schemes with the kind that each is, and the port where the URL has none and the kind neither. Beside them
/// each kind but `web` is a scheme.
const SCHEMES: [(&str, &str, Option<u16>); 22] = [
    ("dot", "tls", Some(853)),
    ("ftp", "tcp", Some(21)),
    ("ftps", "tls", Some(990)),
    ("ldap", "tcp", Some(389)),
    ("ldaps", "tls", Some(636)),
    ("mqtt", "tcp", Some(1883)),
    ("mqtts", "tls", Some(8883)),
    ("mssql", "tcp", Some(1433)),
    ("mysql", "tcp", Some(3306)),
    ("pop", "tcp", Some(110)),
    ("pop3", "tcp", Some(110)),
    ("pops", "pop3s", None),
    ("postgresql", "tcp", Some(5432)),
    ("rdp", "tcp", Some(3389)),
    ("rtsp", "tcp", Some(554)),
    ("sftp", "ssh", None),
    ("sip", "tcp", Some(5060)),
    ("sips", "tls", Some(5061)),
    ("smtp", "tcp", Some(25)),
    ("smtps", "submission", Some(465)),
    ("ssl", "tls", None),
    ("submissions", "submission", Some(465)),
];

/// The service that a URL names; `None` when the text has no scheme, or one of the web.
pub(super) fn target(text: &str) -> Option<Result<Target, Fault>> {
    let (scheme, rest) = match text.split_once("://") {
        Some(parts) => parts,
        None => ("mail", text.strip_prefix("mailto:")?),
    };
    let scheme = scheme.trim().to_ascii_lowercase();
    if ["http", "https"].contains(&&*scheme) {
        return None;
    }
    Some(of_scheme(&scheme, rest))
}

fn of_scheme(scheme: &str, rest: &str) -> Result<Target, Fault> {
    let own = Target::KINDS.into_iter().find(|kind| *kind == scheme && *kind != "web");
    let found = SCHEMES.iter().find(|(known, ..)| *known == scheme);
    let Some((kind, port)) =
        own.map(|kind| (kind, None)).or(found.map(|(_, kind, port)| (*kind, *port)))
    else {
        let known = SCHEMES.iter().map(|(known, ..)| *known).chain(Target::KINDS);
        let near = nearest(scheme, known).map(|near| format!("did you mean `{near}://`? "));
        return Fault::err(
            format!("`{scheme}` is not a scheme that is known"),
            format!(
                "{}write `tcp:HOST:PORT`, or `tls:HOST:PORT` if it begins with TLS",
                near.unwrap_or_default()
            ),
        );
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once('@') {
        Some((_, domain)) if kind == "mail" => domain,
        Some(_) => {
            return Fault::err(
                "this URL holds a user name or password",
                "delete what stands before the `@`: an inventory is no place for secrets",
            );
        }
        None => authority,
    };
    let has_port =
        host.rsplit_once(':').is_some_and(|(host, _)| host.ends_with(']') || !host.contains(':'));
    match port.filter(|_| !has_port) {
        Some(port) => kinds::target(kind, &format!("{host}:{port}")),
        // Mail is handed in at its own port.
        None if scheme == "smtp" && host.ends_with(":587") => kinds::target("submission", host),
        None => kinds::target(kind, host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::fault::refusal;

    #[test]
    fn urls_of_every_kind() {
        for (text, expected) in [
            ("imaps://mail.example", "imaps:mail.example:993"),
            ("IMAPS://mail.example:1993/", "imaps:mail.example:1993"),
            ("ldaps://ldap.example", "tls:ldap.example:636"),
            ("ldap://[2001:db8::1]", "tcp:[2001:db8::1]:389"),
            ("smtp://mx.example", "tcp:mx.example:25"),
            ("smtp://mx.example:587", "submission:mx.example:587"),
            ("smtps://mx.example", "submission:mx.example:465"),
            ("sftp://files.example/pub", "ssh:files.example:22"),
            ("ntp://time.example", "ntp:time.example:123"),
            ("tcp://app.example:8443", "tcp:app.example:8443"),
            ("zone://tinh.example", "zone:tinh.example"),
            ("mailto:noc@tinh.example", "mail:tinh.example"),
        ] {
            assert_eq!(target(text).unwrap().unwrap().to_string(), expected);
        }
        assert!(target("https://a.example").is_none() && target("a.example").is_none());
        for (text, expected) in [
            ("tls://a.example", "port is missing"),
            ("imapss://a.example", "did you mean `imaps://`"),
            ("gopher://a.example", "write `tcp:HOST:PORT`"),
            ("ftp://u:p@a.example", "no place for secrets"),
            ("ssh://", "→"),
        ] {
            let found = refusal(target(text).unwrap());
            assert!(found.contains(expected), "{text}: {found}");
        }
    }

    #[test]
    fn every_scheme_leads_to_a_kind() {
        for (scheme, ..) in SCHEMES {
            assert!(of_scheme(scheme, "a.example:1").is_ok(), "{scheme}");
        }
    }
}
