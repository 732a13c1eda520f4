//! Messages as mail: plain text and HTML, with an end to them by one click (RFC 8058).

use std::time::{Duration, SystemTime};

use askama::Template as _;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::message::{Entry, Group, Heading, Message};
use super::sending::NotSent;
use super::texts;
use crate::model::Lang;
use crate::serve::config::alerts::{Smtp, SmtpTls};
use crate::serve::trust;

/// How long a mail server may take for one answer.
const DEADLINE: Duration = Duration::from_secs(30);

/// A mail to somebody.
pub struct Mail<'a> {
    /// Names it on each try.
    pub key: &'a str,
    /// To whom.
    pub to: &'a [String],
    /// What.
    pub message: &'a Message,
}

/// Sends a mail.
///
/// # Errors
/// Why it was not taken.
pub async fn send(smtp: &Smtp, mail: &Mail<'_>) -> Result<(), NotSent> {
    let message = built(smtp, mail)?;
    let transport = transport(smtp)?;
    match transport.send(message).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let mut problem = format!("{}: {error}", smtp.host);
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                problem.push_str(&format!(": {cause}"));
                source = cause.source();
            }
            let problem = super::message::one_line(&problem);
            Err(NotSent { problem, is_permanent: error.is_permanent() })
        }
    }
}

fn transport(smtp: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>, NotSent> {
    let tls = match smtp.tls {
        SmtpTls::Off => Tls::None,
        SmtpTls::StartTls => Tls::Required(parameters(smtp)?),
        SmtpTls::Opportunistic => Tls::Opportunistic(parameters(smtp)?),
        SmtpTls::Implicit => Tls::Wrapper(parameters(smtp)?),
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
        .port(smtp.port.unwrap_or(smtp.tls.port()))
        .tls(tls)
        .timeout(Some(DEADLINE));
    if let Some((user, password)) = &smtp.login {
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        transport = transport.credentials(credentials);
    }
    Ok(transport.build())
}

fn parameters(smtp: &Smtp) -> Result<TlsParameters, NotSent> {
    let mut trusted = trust::of_system();
    let mut parameters = TlsParameters::builder(smtp.host.clone());
    if !trusted.is_empty() {
        parameters = parameters.certificate_store(CertificateStore::None);
    }
    if let Some(path) = &smtp.ca {
        trusted.extend(trust::of_file(path).map_err(NotSent::for_good)?);
    }
    for authority in trusted {
        let authority = Certificate::from_der(authority.to_vec())
            .map_err(|error| NotSent::for_good(error.to_string()))?;
        parameters = parameters.add_root_certificate(authority);
    }
    parameters.build_rustls().map_err(|error| NotSent::for_good(error.to_string()))
}

/// The message as it goes out: the same octets on each try, but for the boundary of its parts.
fn built(smtp: &Smtp, mail: &Mail<'_>) -> Result<lettre::Message, NotSent> {
    let address = |text: &str| {
        let read = text.parse::<Mailbox>();
        read.map_err(|error| NotSent::for_good(format!("`{text}` is no mail address: {error}")))
    };
    let from = address(&smtp.from)?;
    let message = mail.message;
    let made_at = SystemTime::UNIX_EPOCH
        + Duration::from_secs(u64::try_from(message.at.as_second()).unwrap_or_default());
    let mut builder = lettre::Message::builder()
        .message_id(Some(format!("<{}@{}>", mail.key, from.email.domain())))
        .date(made_at)
        .from(from)
        .subject(super::message::one_line(&message.subject))
        .header(AutoSubmitted);
    for to in mail.to {
        builder = builder.to(address(to)?);
    }
    if let Some(reply_to) = &smtp.reply_to {
        builder = builder.reply_to(address(reply_to)?);
    }
    if let Some(url) = &message.unsubscribe {
        builder = builder.header(ListUnsubscribe(format!("<{url}>"))).header(OneClick);
    }
    let html = html(message).map_err(|error| NotSent::for_good(error.to_string()))?;
    builder
        .multipart(MultiPart::alternative_plain_html(plain_text(message), html))
        .map_err(|error| NotSent::for_good(error.to_string()))
}

/// A message as plain text.
pub fn plain_text(message: &Message) -> String {
    let lang = message.lang;
    let mut lines: Vec<String> = Vec::new();
    let mut last = None;
    for group in &message.groups {
        if last != Some(group.heading) && !message.is_test {
            lines.push(format!("== {} ==", texts::heading(group.heading, lang)));
            lines.push(String::new());
        }
        last = Some(group.heading);
        lines.push(group.title.clone());
        for entry in &group.entries {
            lines.push(format!("- {}", entry_text(entry, message)));
            if let Some(url) = &entry.url {
                lines.push(format!("  {url}"));
            }
        }
        if group.more > 0 {
            lines.push(format!("  {} ({})", texts::MORE.get(lang), group.more));
        }
        if let Some(remedy) = &group.remedy {
            lines.push(format!("{}: {remedy}", texts::REMEDY.get(lang)));
        }
        lines.push(String::new());
    }
    if let Some(url) = &message.base_url {
        lines.push(format!("{}: {url}", texts::OPEN.get(lang)));
    }
    lines.push(texts::SENDER.get(lang).to_owned());
    if let Some(url) = &message.unsubscribe {
        lines.push(texts::WHY_CONTACT.get(lang).to_owned());
        lines.push(format!("{}: {url}", texts::UNSUBSCRIBE.get(lang)));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// An alert in one line: whose, what of it, since when.
fn entry_text(entry: &Entry, message: &Message) -> String {
    let mut parts = Vec::new();
    match (&entry.organisation_name, &entry.service_name) {
        (Some(organisation), Some(service)) => parts.push(format!("{organisation}: {service}")),
        (_, Some(service)) => parts.push(service.clone()),
        _ => {}
    }
    if !entry.detail.is_empty() {
        parts.push(entry.detail.clone());
    }
    parts.push(since(entry, message.lang));
    parts.join("; ")
}

fn since(entry: &Entry, lang: Lang) -> String {
    let moment = |at| crate::report::texts::moment(at, ZONE, lang);
    match entry.resolved_at {
        None => format!("{} {}", texts::SINCE.get(lang), moment(entry.began_at)),
        Some(end) => format!("{} – {}", moment(entry.began_at), moment(end)),
    }
}

/// The time zone of the times in messages, which is named beside them.
const ZONE: &str = crate::serve::config::schedules::TIMEZONE;

#[derive(askama::Template)]
#[template(path = "serve/alerts/mail.html")]
struct MailPage<'a> {
    message: &'a Message,
    sections: Vec<(&'static str, Vec<&'a Group>)>,
    lang: Lang,
}

impl MailPage<'_> {
    fn line(&self, entry: &Entry) -> String {
        entry_text(entry, self.message)
    }

    fn colour(&self, group: &Group) -> &'static str {
        match (group.heading, group.severity) {
            (Heading::Ended | Heading::Silent, _) => "#1b6e3a",
            (_, crate::model::Severity::Critical | crate::model::Severity::Error) => "#a4161a",
            _ => "#8a5a00",
        }
    }
}

/// A message as HTML. Every text in it is escaped.
fn html(message: &Message) -> askama::Result<String> {
    let mut sections: Vec<(&'static str, Vec<&Group>)> = Vec::new();
    for group in &message.groups {
        let heading = match message.is_test {
            true => "",
            false => texts::heading(group.heading, message.lang),
        };
        match sections.last_mut() {
            Some((last, groups)) if *last == heading => groups.push(group),
            _ => sections.push((heading, vec![group])),
        }
    }
    MailPage { message, sections, lang: message.lang }.render()
}

/// Says that no person wrote it, so that no person's absence answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

/// Where messages like this one are ended (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

/// That a POST to it is enough (RFC 8058).
#[derive(Clone)]
struct OneClick;

type Unreadable = Box<dyn std::error::Error + Send + Sync>;

/// A header whose name and value are ours: plain ASCII without line ends.
macro_rules! own_header {
    ($type:ty, $name:literal, |$this:ident| $value:expr) => {
        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Unreadable> {
                Err("it is only written".into())
            }

            fn display(&self) -> HeaderValue {
                let $this = self;
                let value: String = $value;
                HeaderValue::dangerous_new_pre_encoded(Self::name(), value.clone(), value)
            }
        }
    };
}

own_header!(AutoSubmitted, "Auto-Submitted", |_this| "auto-generated".to_owned());
own_header!(ListUnsubscribe, "List-Unsubscribe", |this| this.0.clone());
own_header!(OneClick, "List-Unsubscribe-Post", |_this| "List-Unsubscribe=One-Click".to_owned());

#[cfg(test)]
mod tests;
