//! What the operator says of whom to tell what.

mod channels;
mod routes;

pub use channels::{Channel, ChannelKind, Smtp, SmtpTls, TemplateHook, Webhook};
pub use routes::{Contacts, Hours, Maintenance, Outside, Route};

use std::collections::BTreeSet;
use std::time::Duration;

use crate::inventory::reader::Reader;
use crate::inventory::section::key::Key;
use crate::inventory::section::nested::{ListOf, Within};
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Interval, Number};
use crate::model::Text;

/// What the operator says of whom to tell what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertsConfig {
    /// Days before a certificate's end from which it is told.
    pub certificate_days: u16,
    /// Days before a target's deadline from which it is told.
    pub target_days: u16,
    /// So many changes of one thing within `flapping_within` are told as one that goes to and fro.
    pub flapping_changes: u8,
    /// See `flapping_changes`.
    pub flapping_within: Duration,
    /// How messages go out.
    pub channels: Vec<Channel>,
    /// Who is told what.
    pub routes: Vec<Route>,
    /// When services are worked on.
    pub maintenance: Vec<Maintenance>,
    /// What each organisation's contact is told.
    pub contacts: Option<Contacts>,
    pub(in crate::serve) contacts_draft: routes::ContactsDraft,
}

impl Default for AlertsConfig {
    fn default() -> Self {
        Self {
            certificate_days: 21,
            target_days: 60,
            flapping_changes: 4,
            flapping_within: Duration::from_secs(6 * 3600),
            channels: Vec::new(),
            routes: Vec::new(),
            maintenance: Vec::new(),
            contacts: None,
            contacts_draft: routes::ContactsDraft::default(),
        }
    }
}

impl AlertsConfig {
    /// The channel of this name.
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }
}

pub(crate) static ALERTS: Section<AlertsConfig> = Section {
    any: "`alerts`",
    this: "`alerts`",
    title: Text { en: "Alerts", vi: "Cảnh báo" },
    about: Text {
        en: "Whom the daemon tells what changed. Without a route it keeps alerts for its pages alone.",
        vi: "Dịch vụ thông báo thay đổi cho ai. Nếu không khai báo tuyến thông báo nào, cảnh báo chỉ hiển thị trên \
             các trang.",
    },
    keys: &[
        Key::new(
            "certificate_days",
            &Number {
                range: 1..=366,
                field: |draft: &mut AlertsConfig| &mut draft.certificate_days,
            },
            "21",
            Text {
                en: "Days before its end from which a certificate is told of.",
                vi: "Số ngày trước khi chứng thư số hết hạn thì bắt đầu cảnh báo.",
            },
        ),
        Key::new(
            "target_days",
            &Number { range: 1..=3660, field: |draft: &mut AlertsConfig| &mut draft.target_days },
            "60",
            Text {
                en: "Days before its deadline from which a target that isn't reached is told of.",
                vi: "Số ngày trước thời hạn thì bắt đầu cảnh báo về mục tiêu chưa đạt.",
            },
        ),
        Key::new(
            "flapping_changes",
            &Number {
                range: 2..=100,
                field: |draft: &mut AlertsConfig| &mut draft.flapping_changes,
            },
            "4",
            Text {
                en: "Something that broke so often within `flapping_within` is told once more, as going to \
                     and fro, and then only when it has lasted that long.",
                vi: "Sự cố lặp lại chừng ấy lần trong khoảng `flapping_within` được báo thêm một lần là không ổn \
                     định, sau đó chỉ báo khi đã kéo dài chừng ấy thời gian.",
            },
        ),
        Key::new(
            "flapping_within",
            &Interval {
                range: Duration::from_secs(600)..=Duration::from_secs(7 * 86_400),
                field: |draft: &mut AlertsConfig| &mut draft.flapping_within,
            },
            "6h",
            Text { en: "See `flapping_changes`.", vi: "Xem `flapping_changes`." },
        ),
        Key::section(
            "channels",
            &ListOf {
                section: &channels::CHANNEL,
                one_at_least: false,
                add: |draft: &mut AlertsConfig, channel, fields, reader| {
                    if let Some(channel) = channels::finished(channel, fields, reader) {
                        draft.channels.push(channel);
                    }
                },
            },
            "[{name: mail, smtp: {…}}]",
        ),
        Key::section(
            "routes",
            &ListOf {
                section: &routes::ROUTE,
                one_at_least: false,
                add: |draft: &mut AlertsConfig, route, _, _| draft.routes.push(route),
            },
            "[{name: team, channels: [mail], …}]",
        ),
        Key::section(
            "maintenance",
            &ListOf {
                section: &routes::MAINTENANCE,
                one_at_least: false,
                add: |draft: &mut AlertsConfig, window, _, _| draft.maintenance.push(window),
            },
            "[{from: …, to: …}]",
        ),
        Key::section(
            "contacts",
            &Within {
                section: &routes::CONTACTS,
                field: |draft: &mut AlertsConfig| &mut draft.contacts_draft,
            },
            "{channel: mail}",
        ),
    ],
    alternatives: &[],
    check,
};

/// Names that are used twice, and channels that don't exist.
fn check(draft: &mut AlertsConfig, fields: &Fields<AlertsConfig>, reader: &mut Reader<'_, '_>) {
    let span = |key: &str| fields.entry(key).map_or(fields.span, |(span, _)| span);
    let mut names = BTreeSet::new();
    for name in draft.channels.iter().map(|channel| &channel.name) {
        if !names.insert(name.clone()) {
            let message = format!("two channels are called `{name}`");
            reader.error(span("channels"), &message, Some("give each a name of its own"));
        }
    }
    let mut routes = BTreeSet::new();
    for route in &draft.routes {
        if !routes.insert(route.name.clone()) {
            let message = format!("two routes are called `{}`", route.name);
            reader.error(span("routes"), &message, Some("give each a name of its own"));
        }
        for channel in &route.channels {
            known_channel(
                draft,
                channel,
                &format!("route `{}`", route.name),
                span("routes"),
                reader,
            );
        }
        let needs_recipient = route.channels.iter().any(|name| {
            draft.channel(name).is_some_and(|channel| matches!(channel.kind, ChannelKind::Smtp(_)))
        });
        if needs_recipient && route.to.is_empty() {
            let message = format!("route `{}` sends mail, and says to nobody", route.name);
            reader.error(span("routes"), &message, Some("add `to: [noc@example.gov.vn]`"));
        }
    }
    if fields.entry("contacts").is_some() {
        draft.contacts = draft.contacts_draft.contacts();
    }
    if let Some(contacts) = &draft.contacts {
        let at = span("contacts");
        match draft.channel(&contacts.channel) {
            Some(channel) if !matches!(channel.kind, ChannelKind::Smtp(_)) => {
                let message = format!("channel `{}` sends no mail", channel.name);
                reader.error(at, &message, Some("contacts get mail: name a channel with `smtp`"));
            }
            Some(_) => {}
            None => known_channel(draft, &contacts.channel, "`contacts`", at, reader),
        }
    }
}

fn known_channel(
    draft: &AlertsConfig,
    name: &str,
    of: &str,
    span: crate::inventory::source::Span,
    reader: &mut Reader<'_, '_>,
) {
    if draft.channel(name).is_some() {
        return;
    }
    let names = || draft.channels.iter().map(|channel| channel.name.as_str());
    let help = match crate::model::suggestion::nearest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if draft.channels.is_empty() => "add it to `channels`".to_owned(),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    };
    reader.error(span, &format!("{of}: there is no channel `{name}`"), Some(&help));
}

#[cfg(test)]
mod tests;
