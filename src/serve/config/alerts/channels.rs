//! How messages go out: by mail, to a program's URL, or to a chat by a template.

use std::path::PathBuf;

use url::Url;

use super::super::values::{Beside, Secret, SecretFile, SecretText};
use crate::inventory::fault::Fault;
use crate::inventory::reader::Reader;
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms::{self, Form};
use crate::inventory::section::key::Key;
use crate::inventory::section::nested::Within;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Number, Parsed, Word};
use crate::model::Text;
use crate::serve::trust::Trusted;

/// A way by which messages go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// What routes call it.
    pub name: String,
    /// Which way.
    pub kind: ChannelKind,
}

/// The ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// By mail.
    Smtp(Smtp),
    /// JSON to a URL, signed.
    Webhook(Webhook),
    /// To a URL in whatever form a template gives it.
    Template(TemplateHook),
}

/// A mail server that takes messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    /// Its host.
    pub host: String,
    /// Its port; by `tls` where it is not given.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// Authorities beside the usual ones, in PEM.
    pub ca: Option<PathBuf>,
    /// The user and the password.
    pub login: Option<(String, Secret)>,
    /// The sender.
    pub from: String,
    /// Where answers go.
    pub reply_to: Option<String>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmtpTls {
    /// `STARTTLS`, and nothing is sent without it.
    #[default]
    StartTls,
    /// `STARTTLS` where the server offers it.
    Opportunistic,
    /// TLS from the first octet on.
    Implicit,
    /// None.
    Off,
}

impl SmtpTls {
    /// The word in the configuration.
    pub fn id(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Opportunistic => "opportunistic",
            Self::Implicit => "tls",
            Self::Off => "off",
        }
    }

    /// The port that is usual for it (RFC 8314, RFC 6409, RFC 5321).
    pub fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
            Self::Opportunistic | Self::Off => 25,
        }
    }
}

/// A program that takes JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Where.
    pub url: Url,
    /// With which the body is signed.
    pub secret: Option<Secret>,
    /// Whom it trusts.
    pub ca: Trusted,
}

/// A program that takes whatever a template makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateHook {
    /// Where. May be secret, as that of many chats is.
    pub url: Secret,
    /// The type of the body.
    pub content_type: String,
    /// The header that says who sends it, and its value.
    pub authorization: Option<(String, Secret)>,
    /// The template's file.
    pub file: PathBuf,
    /// Whom it trusts.
    pub ca: Trusted,
}

#[derive(Default)]
pub(super) struct ChannelDraft {
    name: Option<String>,
    smtp: SmtpDraft,
    webhook: WebhookDraft,
    template: TemplateDraft,
}

#[derive(Default)]
struct SmtpDraft {
    host: Option<String>,
    port: Option<u16>,
    tls: SmtpTls,
    ca: Option<PathBuf>,
    user: Option<String>,
    password: Option<Secret>,
    from: Option<String>,
    reply_to: Option<String>,
}

#[derive(Default)]
struct WebhookDraft {
    url: Option<Url>,
    secret: Option<Secret>,
    ca: Option<PathBuf>,
}

#[derive(Default)]
struct TemplateDraft {
    url: Option<Secret>,
    content_type: Option<String>,
    header: Option<String>,
    authorization: Option<Secret>,
    file: Option<PathBuf>,
    ca: Option<PathBuf>,
}

/// A channel of what was read, where it is one.
pub(super) fn finished(
    draft: ChannelDraft,
    fields: &Fields<ChannelDraft>,
    reader: &mut Reader<'_, '_>,
) -> Option<Channel> {
    let given = ["smtp", "webhook", "template"].map(|key| fields.entry(key).is_some());
    if given.iter().filter(|given| **given).count() != 1 {
        let help = "give it one of `smtp`, `webhook` and `template`";
        reader.error(fields.span, "a channel sends in one way", Some(help));
        return None;
    }
    let kind = if given[0] {
        let SmtpDraft { host, port, tls, ca, user, password, from, reply_to } = draft.smtp;
        if user.is_some() != password.is_some() {
            let help = "give both `user` and `password`, or neither";
            reader.error(fields.span, "a log-in is a user and a password", Some(help));
        }
        if user.is_some() && tls == SmtpTls::Off {
            let help = "set `tls: starttls`, or leave out `user`";
            reader.error(fields.span, "a password is not sent without TLS", Some(help));
        }
        let login = user.zip(password);
        ChannelKind::Smtp(Smtp { host: host?, port, tls, ca, login, from: from?, reply_to })
    } else if given[1] {
        let WebhookDraft { url, secret, ca } = draft.webhook;
        ChannelKind::Webhook(Webhook { url: url?, secret, ca: Trusted::beside(ca) })
    } else {
        let TemplateDraft { url, content_type, header, authorization, file, ca } = draft.template;
        let header = header.unwrap_or_else(|| "authorization".to_owned());
        let authorization = authorization.map(|value| (header, value));
        let content_type = content_type.unwrap_or_else(|| "application/json".to_owned());
        ChannelKind::Template(TemplateHook {
            url: url?,
            content_type,
            authorization,
            file: file?,
            ca: Trusted::beside(ca),
        })
    };
    Some(Channel { name: draft.name?, kind })
}

pub(super) static CHANNEL: Section<ChannelDraft> = Section {
    any: "a channel",
    this: "this channel",
    title: Text { en: "Channels", vi: "Kênh gửi thông báo" },
    about: Text {
        en: "How messages go out. `v6ready alerts test` sends one by each.",
        vi: "Cách gửi thông báo. Lệnh `v6ready alerts test` gửi thử qua từng kênh.",
    },
    keys: &[
        Key::new(
            "name",
            &Parsed { form: &forms::LINE, field: |draft: &mut ChannelDraft| &mut draft.name },
            "mail",
            Text { en: "What routes call it.", vi: "Tên dùng trong các tuyến thông báo." },
        )
        .required(),
        Key::section(
            "smtp",
            &Within { section: &SMTP, field: |draft: &mut ChannelDraft| &mut draft.smtp },
            "{host: mail.example.gov.vn, from: v6ready@example.gov.vn}",
        ),
        Key::section(
            "webhook",
            &Within { section: &WEBHOOK, field: |draft: &mut ChannelDraft| &mut draft.webhook },
            "{url: https://hooks.example.gov.vn/v6ready}",
        ),
        Key::section(
            "template",
            &Within { section: &TEMPLATE, field: |draft: &mut ChannelDraft| &mut draft.template },
            "{url: https://chat.example/hook, file: slack.json}",
        ),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

static SMTP: Section<SmtpDraft> = Section {
    any: "`smtp`",
    this: "`smtp`",
    title: Text { en: "Mail", vi: "Thư điện tử" },
    about: Text {
        en: "A mail server that takes messages.",
        vi: "Máy chủ thư tiếp nhận thông báo.",
    },
    keys: &[
        Key::new(
            "host",
            &Parsed { form: &HOST, field: |draft: &mut SmtpDraft| &mut draft.host },
            "mail.example.gov.vn",
            Text {
                en: "The server's name or address.", vi: "Tên miền hoặc địa chỉ của máy chủ."
            },
        )
        .required(),
        Key::new(
            "port",
            &Number { range: 1..=65535, field: |draft: &mut SmtpDraft| &mut draft.port },
            "587",
            Text { en: "Its port.", vi: "Cổng của máy chủ." },
        )
        .or(Fallback::Words(Text {
            en: "587 with `starttls`, 465 with `tls`, else 25",
            vi: "587 với `starttls`, 465 với `tls`, còn lại là 25",
        })),
        Key::new(
            "tls",
            &Word {
                words: &TLS_WORDS,
                id: SmtpTls::id,
                default: Some(SmtpTls::default),
                set: |draft: &mut SmtpDraft, tls| draft.tls = tls,
            },
            "starttls",
            Text { en: "How the connection is protected.", vi: "Cách bảo vệ kết nối." },
        ),
        Key::new(
            "ca",
            &Beside { field: |draft: &mut SmtpDraft| &mut draft.ca },
            "ca.pem",
            Text {
                en: "A PEM file with authorities that are trusted beside the usual ones.",
                vi: "Tệp PEM gồm các tổ chức chứng thực được tin cậy thêm.",
            },
        ),
        Key::new(
            "user",
            &Parsed { form: &forms::LINE, field: |draft: &mut SmtpDraft| &mut draft.user },
            "v6ready",
            Text { en: "Who logs in.", vi: "Tên đăng nhập." },
        ),
        Key::new(
            "password",
            &SecretText { field: |draft: &mut SmtpDraft| &mut draft.password },
            "${SMTP_PASSWORD}",
            Text { en: "With which password.", vi: "Mật khẩu đăng nhập." },
        ),
        Key::new(
            "password_file",
            &SecretFile { field: |draft: &mut SmtpDraft| &mut draft.password },
            "smtp.password",
            Text { en: "A file that holds the password.", vi: "Tệp chứa mật khẩu." },
        ),
        Key::new(
            "from",
            &Parsed { form: &MAILBOX, field: |draft: &mut SmtpDraft| &mut draft.from },
            "v6ready@example.gov.vn",
            Text { en: "The sender.", vi: "Địa chỉ người gửi." },
        )
        .required(),
        Key::new(
            "reply_to",
            &Parsed { form: &MAILBOX, field: |draft: &mut SmtpDraft| &mut draft.reply_to },
            "noc@example.gov.vn",
            Text { en: "Where answers go.", vi: "Địa chỉ nhận thư trả lời." },
        ),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

static TLS_WORDS: [(SmtpTls, Text); 4] = [
    (
        SmtpTls::StartTls,
        Text { en: "STARTTLS; nothing is sent without it", vi: "bắt buộc STARTTLS" },
    ),
    (
        SmtpTls::Opportunistic,
        Text {
            en: "STARTTLS where the server offers it", vi: "STARTTLS nếu máy chủ hỗ trợ"
        },
    ),
    (SmtpTls::Implicit, Text { en: "TLS from the first octet on", vi: "TLS ngay từ đầu" }),
    (SmtpTls::Off, Text { en: "none: for a server on this machine", vi: "không dùng TLS" }),
];

static WEBHOOK: Section<WebhookDraft> = Section {
    any: "`webhook`",
    this: "`webhook`",
    title: Text { en: "Webhook", vi: "Webhook" },
    about: Text {
        en: "A program that takes JSON by POST. docs/serve/alerts.md says what it gets and how it is signed.",
        vi: "Chương trình nhận JSON bằng phương thức POST; định dạng và cách ký được nêu tại docs/serve/alerts.md.",
    },
    keys: &[
        Key::new(
            "url",
            &Parsed { form: &URL, field: |draft: &mut WebhookDraft| &mut draft.url },
            "https://hooks.example.gov.vn/v6ready",
            Text { en: "Where it is.", vi: "Địa chỉ nhận." },
        )
        .required(),
        Key::new(
            "secret",
            &SecretText { field: |draft: &mut WebhookDraft| &mut draft.secret },
            "${WEBHOOK_SECRET}",
            Text {
                en: "With which messages are signed.", vi: "Khóa dùng để ký thông báo."
            },
        ),
        Key::new(
            "secret_file",
            &SecretFile { field: |draft: &mut WebhookDraft| &mut draft.secret },
            "webhook.secret",
            Text { en: "A file that holds the secret.", vi: "Tệp chứa khóa." },
        ),
        Key::new(
            "ca",
            &Beside { field: |draft: &mut WebhookDraft| &mut draft.ca },
            "ca.pem",
            Text {
                en: "A PEM file with authorities that are trusted beside the usual ones.",
                vi: "Tệp PEM gồm các tổ chức chứng thực được tin cậy thêm.",
            },
        ),
    ],
    alternatives: &[],
    check: |_, _, _| {},
};

static TEMPLATE: Section<TemplateDraft> = Section {
    any: "`template`",
    this: "`template`",
    title: Text { en: "Chats", vi: "Kênh trò chuyện" },
    about: Text {
        en: "A chat that takes messages by POST, in the form that a template gives them. docs/alerts/ has some.",
        vi: "Kênh trò chuyện nhận thông báo bằng phương thức POST theo mẫu; thư mục docs/alerts/ có sẵn một số \
             mẫu.",
    },
    keys: &[
        Key::new(
            "url",
            &SecretText { field: |draft: &mut TemplateDraft| &mut draft.url },
            "${CHAT_URL}",
            Text {
                en: "Where it is. It is kept secret.", vi: "Địa chỉ nhận; được giữ bí mật."
            },
        ),
        Key::new(
            "url_file",
            &SecretFile { field: |draft: &mut TemplateDraft| &mut draft.url },
            "chat.url",
            Text { en: "A file that holds the URL.", vi: "Tệp chứa địa chỉ nhận." },
        ),
        Key::new(
            "file",
            &Beside { field: |draft: &mut TemplateDraft| &mut draft.file },
            "slack.json",
            Text { en: "The template.", vi: "Tệp mẫu." },
        )
        .required(),
        Key::new(
            "content_type",
            &Parsed {
                form: &forms::LINE,
                field: |draft: &mut TemplateDraft| &mut draft.content_type,
            },
            "application/json",
            Text { en: "The type of the body.", vi: "Kiểu nội dung." },
        )
        .or(Fallback::Value(Text { en: "application/json", vi: "application/json" })),
        Key::new(
            "authorization",
            &SecretText { field: |draft: &mut TemplateDraft| &mut draft.authorization },
            "${CHAT_TOKEN}",
            Text {
                en: "The value of the header that says who sends it.",
                vi: "Giá trị của tiêu đề xác thực.",
            },
        ),
        Key::new(
            "header",
            &Parsed { form: &HEADER, field: |draft: &mut TemplateDraft| &mut draft.header },
            "access_token",
            Text { en: "The name of that header.", vi: "Tên của tiêu đề đó." },
        )
        .or(Fallback::Value(Text { en: "authorization", vi: "authorization" })),
        Key::new(
            "ca",
            &Beside { field: |draft: &mut TemplateDraft| &mut draft.ca },
            "ca.pem",
            Text {
                en: "A PEM file with authorities that are trusted beside the usual ones.",
                vi: "Tệp PEM gồm các tổ chức chứng thực được tin cậy thêm.",
            },
        ),
    ],
    alternatives: &[],
    check: |draft: &mut TemplateDraft, fields: &Fields<TemplateDraft>, reader| match &draft.url {
        Some(at) => {
            if let Err(Fault { .. }) = url(at.reveal()) {
                let help = "it begins with `https://` or `http://`";
                reader.error(fields.span, "the chat's `url` is no URL", Some(help));
            }
        }
        None => {
            let given = ["url", "url_file"].iter().any(|key| fields.entry(key).is_some());
            if !given {
                let help = "add `url: ${CHAT_URL}`, or `url_file`";
                reader.error(fields.span, "`template` has no `url`", Some(help));
            }
        }
    },
};

static HEADER: Form<String> =
    Form::new(header, Text { en: "name of a header", vi: "tên tiêu đề HTTP" });

fn header(text: &str) -> Result<String, Fault> {
    match http::HeaderName::try_from(text) {
        Ok(name) => Ok(name.as_str().to_owned()),
        Err(_) => Fault::err(
            format!("`{text}` is not the name of a header"),
            "write it as `authorization` or `access_token`",
        ),
    }
}

static HOST: Form<String> =
    Form::new(host, Text { en: "host name or address", vi: "tên miền hoặc địa chỉ" });

/// One mail address.
pub(super) static MAILBOX: Form<String> =
    Form::new(mailbox, Text { en: "mail address", vi: "địa chỉ thư điện tử" });

static URL: Form<Url> = Form::new(url, Text { en: "URL", vi: "URL" });

fn host(text: &str) -> Result<String, Fault> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    match url::Host::parse(text).is_ok() || bare.parse::<std::net::IpAddr>().is_ok() {
        true => Ok(bare.to_owned()),
        false => Fault::err(
            format!("`{text}` is not a host"),
            "write a name or an address; the port has a key of its own",
        ),
    }
}

fn mailbox(text: &str) -> Result<String, Fault> {
    match text.parse::<lettre::Address>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Fault::err(
            format!("`{text}` is not a mail address"),
            "write it as `noc@example.gov.vn`, without a name",
        ),
    }
}

fn url(text: &str) -> Result<Url, Fault> {
    let is_usable = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    match Url::parse(text) {
        Ok(url) if is_usable(&url) => Ok(url),
        _ => Fault::err(format!("`{text}` is not a URL"), "it begins with `https://` or `http://`"),
    }
}
