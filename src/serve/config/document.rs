//! The section `serve` as a whole.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use url::Url;

use super::access::{
    AccessConfig, OIDC, OidcDraft, PROXY, ProxyDraft, SESSIONS, TOKEN, USER, WordList,
};
use super::alerts::{ALERTS, AlertsConfig};
use super::schedules::{BACKUPS, Backups, RETENTION, Retention, SCHEDULE, Schedule};
use super::values::{AllBeside, Beside, LetterheadFile};
use crate::inventory::fault::Fault;
use crate::inventory::reader::Reader;
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms::{self, Form};
use crate::inventory::section::key::Key;
use crate::inventory::section::nested::{ListOf, Within};
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Parsed, Word};
use crate::model::{Lang, Text};
use crate::report::letterhead::Letterhead;
use crate::serve::access::public_page::PublicPage;
use crate::serve::tls::{self, TlsFile, TlsFiles};

/// Where the daemon listens when nothing is said.
pub const LISTEN: &str = "[::1]:8466";

/// The daemon's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The URL by which others come to it.
    pub base_url: Option<Url>,
    /// The title of its pages.
    pub title: Option<String>,
    /// The language of pages where the browser wishes none.
    pub lang: Lang,
    /// The certificate and its key, for TLS.
    pub tls: Option<TlsFiles>,
    /// The inventories; the first is the one that pages show where none is chosen.
    pub inventories: Vec<PathBuf>,
    /// The letterhead of reports.
    pub letterhead: Letterhead,
    /// When which scans are made.
    pub schedules: Vec<Schedule>,
    /// Which runs are kept.
    pub retention: Retention,
    /// When the store is copied; `None` = never.
    pub backups: Option<Backups>,
    /// Who may what.
    pub access: AccessConfig,
    /// Whom to tell what.
    pub alerts: AlertsConfig,
}

impl ServeConfig {
    /// Whether a proxy stands in front, which may have a certificate of its own.
    pub fn has_proxy(&self) -> bool {
        !self.access.proxy.from.is_empty()
    }
}

impl Default for ServeConfig {
    fn default() -> Self {
        Draft::default().config()
    }
}

/// What has been read so far.
#[derive(Default)]
pub(crate) struct Draft {
    listen: Option<SocketAddr>,
    base_url: Option<Url>,
    title: Option<String>,
    lang: Lang,
    tls: TlsDraft,
    inventories: Vec<PathBuf>,
    letterhead: Letterhead,
    schedules: Vec<Schedule>,
    retention: Retention,
    backups: Backups,
    pub(super) access: AccessConfig,
    oidc: OidcDraft,
    proxy: ProxyDraft,
    pub(super) alerts: AlertsConfig,
}

#[derive(Default)]
struct TlsDraft {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Draft {
    pub(super) fn config(mut self) -> ServeConfig {
        self.access.take_others(self.oidc, self.proxy);
        let default = || SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 8466));
        let TlsDraft { certificate, key } = self.tls;
        ServeConfig {
            listen: self.listen.unwrap_or_else(default),
            base_url: self.base_url,
            title: self.title,
            lang: self.lang,
            tls: certificate.zip(key).map(|(certificate, key)| TlsFiles { certificate, key }),
            inventories: self.inventories,
            letterhead: self.letterhead,
            schedules: self.schedules,
            retention: self.retention,
            backups: Some(self.backups).filter(|backups| backups.file.is_some()),
            access: self.access,
            alerts: self.alerts,
        }
    }
}

pub(crate) static SERVE: Section<Draft> = Section {
    any: "`serve`",
    this: "`serve`",
    title: Text { en: "The daemon", vi: "Dịch vụ nền" },
    about: Text {
        en: "What `v6ready serve` does. Everything here may be missing. Names of files are relative to the \
             folder of this file.",
        vi: "Cấu hình của `v6ready serve`. Mọi khóa trong nhóm này đều không bắt buộc. Tên tệp được tính từ thư \
             mục chứa tệp này.",
    },
    keys: &[
        Key::new(
            "listen",
            &Parsed { form: &ADDRESS, field: |draft: &mut Draft| &mut draft.listen },
            "\"[2001:db8::10]:8466\"",
            Text {
                en: "The address and port at which the daemon listens.",
                vi: "Địa chỉ và cổng mà dịch vụ lắng nghe.",
            },
        )
        .or(Fallback::Value(Text { en: LISTEN, vi: LISTEN })),
        Key::new(
            "base_url",
            &Parsed { form: &BASE_URL, field: |draft: &mut Draft| &mut draft.base_url },
            "https://v6.example.gov.vn/",
            Text {
                en: "The URL by which people come to it: mails and badges link to it.",
                vi: "URL mà người dùng truy cập; thư và huy hiệu liên kết tới URL này.",
            },
        ),
        Key::new(
            "title",
            &Parsed { form: &forms::LINE, field: |draft: &mut Draft| &mut draft.title },
            "IPv6 readiness of the province",
            Text { en: "The title of its pages.", vi: "Tiêu đề của các trang." },
        )
        .example_vi("Mức độ sẵn sàng IPv6 của tỉnh")
        .or(Fallback::Words(Text {
            en: "that of the inventory", vi: "tiêu đề của danh mục"
        })),
        Key::new(
            "lang",
            &Word {
                words: &LANGS,
                id: Lang::tag,
                default: Some(Lang::default),
                set: |draft: &mut Draft, lang| draft.lang = lang,
            },
            "vi",
            Text {
                en: "The language of pages where the browser wishes none, and of messages.",
                vi: "Ngôn ngữ của các trang khi trình duyệt không yêu cầu, và của thông báo.",
            },
        ),
        Key::section(
            "tls",
            &Within { section: &TLS, field: |draft: &mut Draft| &mut draft.tls },
            "{certificate: server.pem, key: server.key}",
        ),
        Key::new(
            "inventories",
            &AllBeside { field: |draft: &mut Draft| &mut draft.inventories },
            "[inventory.yaml]",
            Text {
                en: "The inventories that it scans and shows, the first before the others.",
                vi: "Các danh mục được đo và hiển thị; danh mục đầu tiên được hiển thị trước.",
            },
        ),
        Key::new(
            "letterhead",
            &LetterheadFile { field: |draft: &mut Draft| &mut draft.letterhead },
            "letterhead.yaml",
            Text {
                en: "The letterhead of the quarters' PDF, as `report --letterhead` takes it. Without it, its \
                     parts are left blank.",
                vi: "Tệp phần đầu văn bản của báo cáo quý dạng PDF, như `report --letterhead`. Nếu không có, các \
                     phần này để trống.",
            },
        ),
        Key::section(
            "schedules",
            &ListOf {
                section: &SCHEDULE,
                one_at_least: false,
                add: |draft: &mut Draft, schedule, _, _| draft.schedules.push(schedule),
            },
            "[{name: nightly, …}]",
        ),
        Key::section(
            "retention",
            &Within { section: &RETENTION, field: |draft: &mut Draft| &mut draft.retention },
            "{keep_days: 400}",
        ),
        Key::section(
            "backups",
            &Within { section: &BACKUPS, field: |draft: &mut Draft| &mut draft.backups },
            "{file: /var/backups/v6ready.db}",
        ),
        Key::section(
            "alerts",
            &Within { section: &ALERTS, field: |draft: &mut Draft| &mut draft.alerts },
            "{channels: […], routes: […]}",
        ),
        Key::section(
            "users",
            &ListOf {
                section: &USER,
                one_at_least: false,
                add: |draft: &mut Draft, user, fields, reader| {
                    draft.access.add_user(user, fields, reader);
                },
            },
            "[{name: an, password_hash: \"$argon2id$…\", role: operator}]",
        ),
        Key::section(
            "oidc",
            &Within { section: &OIDC, field: |draft: &mut Draft| &mut draft.oidc },
            "{issuer: https://login.example.gov.vn/realms/staff, client_id: v6ready, others: viewer}",
        ),
        Key::section(
            "proxy",
            &Within { section: &PROXY, field: |draft: &mut Draft| &mut draft.proxy },
            "{from: [\"::1/128\"], user_header: X-Remote-User, others: viewer}",
        ),
        Key::section(
            "tokens",
            &ListOf {
                section: &TOKEN,
                one_at_least: false,
                add: |draft: &mut Draft, token, fields, reader| {
                    draft.access.add_token(token, fields, reader);
                },
            },
            "[{name: prometheus, hash: \"sha256:…\", scope: metrics}]",
        ),
        Key::new(
            "public",
            &WordList {
                item: "a public page",
                words: PublicPage::ALL,
                id: PublicPage::id,
                add: |draft: &mut Draft, page| {
                    draft.access.public.insert(page);
                },
            },
            "[overview, badges]",
            Text {
                en: "What is shown to those who are not logged in, page by page.",
                vi: "Các trang mà người chưa đăng nhập được xem.",
            },
        )
        .or(Fallback::Words(Text { en: "nothing", vi: "không có trang nào" })),
        Key::section(
            "sessions",
            &Within { section: &SESSIONS, field: |draft: &mut Draft| &mut draft.access.sessions },
            "{idle: 2h, absolute: 24h}",
        ),
    ],
    alternatives: &[],
    check,
};

/// A provider sends browsers back by our own URL, and mails have links to it; names are used once.
fn check(draft: &mut Draft, fields: &Fields<Draft>, reader: &mut Reader<'_, '_>) {
    if let (Some((span, _)), None) = (fields.entry("oidc"), &draft.base_url) {
        let help = "add `base_url: https://…`: the provider sends browsers back there";
        reader.error(span, "`oidc` needs `base_url`", Some(help));
    }
    if draft.base_url.is_none() && draft.alerts.contacts.is_some() {
        let span = fields.entry("alerts").map_or(fields.span, |(span, _)| span);
        let help = "add `base_url: https://v6.example.gov.vn/`";
        reader.error(span, "mails to contacts have a link that ends them", Some(help));
    }
    let mut names = std::collections::BTreeSet::new();
    for schedule in &draft.schedules {
        if !names.insert(schedule.name.as_str()) {
            let span = fields.entry("schedules").map_or(fields.span, |(span, _)| span);
            let message = format!("two schedules are called `{}`", schedule.name);
            reader.error(span, &message, Some("give each a name of its own"));
        }
    }
}

static TLS: Section<TlsDraft> = Section {
    any: "`tls`",
    this: "`tls`",
    title: Text { en: "TLS", vi: "TLS" },
    about: Text {
        en: "The daemon's own certificate. Its files are read again when they change. Without it, connections \
             are plain: for loopback, and behind a proxy.",
        vi: "Chứng thư số của dịch vụ. Tệp được đọc lại khi thay đổi. Nếu không có, kết nối không được mã hóa: \
             chỉ dùng trên máy này hoặc sau máy chủ ủy quyền (proxy).",
    },
    keys: &[
        Key::new(
            "certificate",
            &Beside { field: |draft: &mut TlsDraft| &mut draft.certificate },
            "server.pem",
            Text {
                en: "A PEM file with the certificate and those that lead to its authority.",
                vi: "Tệp PEM gồm chứng thư số của máy chủ và các chứng thư số trung gian.",
            },
        )
        .required(),
        Key::new(
            "key",
            &Beside { field: |draft: &mut TlsDraft| &mut draft.key },
            "server.key",
            Text {
                en: "A PEM file with the certificate's key. Only the daemon's user should be able to read it.",
                vi: "Tệp PEM chứa khóa bí mật của chứng thư số. Chỉ tài khoản chạy dịch vụ được quyền đọc.",
            },
        )
        .required(),
    ],
    alternatives: &[],
    check: check_tls,
};

/// Reads the files, so that a key that doesn't fit is told where it is named.
fn check_tls(draft: &mut TlsDraft, fields: &Fields<TlsDraft>, reader: &mut Reader<'_, '_>) {
    let (Some(certificate), Some(key)) = (&draft.certificate, &draft.key) else { return };
    let files = TlsFiles { certificate: certificate.clone(), key: key.clone() };
    let named = |key: &str, reader: &Reader<'_, '_>| {
        fields.entry(key).map_or(fields.span, |(_, node)| reader.tree.node(node).span)
    };
    match tls::load(&files) {
        Err(fault) => {
            let at = match fault.file {
                TlsFile::Certificate => named("certificate", reader),
                TlsFile::Key => named("key", reader),
            };
            reader.error(at, &fault.message, Some(&fault.help));
        }
        Ok(_) if is_open_to_all(key) => {
            let message = format!("{} can be read by every user of this machine", key.display());
            reader.warn(named("key", reader), &message, Some("`chmod o-r` takes that away"));
        }
        Ok(_) => {}
    }
}

fn is_open_to_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

/// The languages of pages.
static LANGS: [(Lang, Text); 2] = [
    (Lang::Vi, Text { en: "Vietnamese", vi: "tiếng Việt" }),
    (Lang::En, Text { en: "English", vi: "tiếng Anh" }),
];

static ADDRESS: Form<SocketAddr> =
    Form::new(address, Text { en: "IP address and port", vi: "địa chỉ IP và cổng" });

static BASE_URL: Form<Url> = Form::new(base_url, Text { en: "URL", vi: "URL" });

fn address(text: &str) -> Result<SocketAddr, Fault> {
    text.parse().or_else(|_| {
        Fault::err(
            format!("`{text}` is not an address with a port"),
            format!(
                "write it as `\"{LISTEN}\"`, or as `192.0.2.10:8466`; `[::]:8466` is every address"
            ),
        )
    })
}

fn base_url(text: &str) -> Result<Url, Fault> {
    let wanted = "write it as `https://v6.example.gov.vn/`, with a `/` at its end";
    let Ok(mut url) = Url::parse(text) else {
        return Fault::err(format!("`{text}` is not a URL"), wanted);
    };
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !is_plain {
        return Fault::err(format!("`{text}` can't be the beginning of other URLs"), wanted);
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}
