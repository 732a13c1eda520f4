//! The file as a whole.

use std::sync::Arc;

use serde_json::json;

use super::formerly;
use super::listed_twice;
use super::networks::{NETWORK, Networks};
use super::organisations::{ORGANISATION, Organisations};
use super::reporting::{REPORTING, ReportingDraft};
use super::settings::{SETTINGS, SettingsDraft};
use crate::inventory::fault::Fault;
use crate::inventory::reader::Reader;
use crate::inventory::reference::{FileReference, FileReferences};
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms::{self, Form};
use crate::inventory::section::key::Key;
use crate::inventory::section::nested::{ListOf, Within};
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{File, Parsed, Word};
use crate::inventory::tree::NodeId;
use crate::inventory::values::text;
use crate::model::{self, Digest, Inventory, Lang, Text};

/// The title of an inventory that has none.
pub(in crate::inventory) const TITLE: Text =
    Text { vi: "Mức độ sẵn sàng IPv6", en: "IPv6 readiness" };

/// The time zone of an inventory that names none.
const TIME_ZONE: &str = "UTC";

/// Reads the whole document. What comes back is meaningful only if the reader found no error.
pub(in crate::inventory) fn read(
    reader: &mut Reader<'_, '_>,
    root: NodeId,
    sha256: Digest,
) -> Option<Content> {
    let mut draft = Draft::default();
    DOCUMENT.read(reader, root, &mut draft)?;
    Some(draft.content(sha256))
}

/// What a document says.
pub(in crate::inventory) struct Content {
    pub(in crate::inventory) inventory: Inventory,
    pub(in crate::inventory) files: FileReferences,
    /// Other names of organisations, by their ids.
    pub(in crate::inventory) also: Vec<(Arc<str>, String)>,
}

#[derive(Default)]
pub(in crate::inventory) struct Draft {
    version: Option<u8>,
    id: Option<Arc<str>>,
    title: Option<String>,
    lang: Lang,
    timezone: Option<String>,
    reporting: ReportingDraft,
    settings: SettingsDraft,
    networks: Networks,
    policy: Option<FileReference>,
    organisations: Organisations,
}

pub(in crate::inventory) static DOCUMENT: Section<Draft> = Section {
    any: "the inventory",
    this: "the inventory",
    title: Text { en: "The file", vi: "Cấu trúc chung của tệp" },
    about: Text {
        en: "An inventory is one YAML document.",
        vi: "Danh mục dịch vụ là một tài liệu YAML.",
    },
    keys: &[
        Key::new(
            "version",
            &Parsed { form: &VERSION, field: |draft: &mut Draft| &mut draft.version },
            "1",
            Text { en: "The version of this format.", vi: "Phiên bản của định dạng này." },
        )
        .required(),
        Key::new(
            "id",
            &Parsed { form: &forms::ID, field: |draft: &mut Draft| &mut draft.id },
            "province",
            Text {
                en: "What the inventory is known by: with an `id`, runs belong together though the file is renamed. \
                     Without one, they do when their files have the same name, in whatever folder, and services in \
                     common. Runs of different inventories are never compared.",
                vi: "Mã của danh mục: khi có mã, các đợt đo vẫn thuộc cùng một danh mục dù tệp được đổi tên. Khi \
                     không có mã, các đợt đo thuộc cùng một danh mục nếu các tệp cùng tên, bất kể ở thư mục nào, \
                     và có dịch vụ chung. Các đợt đo của danh mục khác nhau không được so sánh với nhau.",
            },
        ),
        Key::new(
            "title",
            &Parsed { form: &forms::LINE, field: |draft: &mut Draft| &mut draft.title },
            "IPv6 readiness of the province",
            Text { en: "The title of reports.", vi: "Tiêu đề của báo cáo." },
        )
        .example_vi("Mức độ sẵn sàng IPv6 của tỉnh")
        .or(Fallback::Value(TITLE)),
        Key::new(
            "lang",
            &Word {
                words: &LANGS,
                id: Lang::tag,
                default: Some(Lang::default),
                set: |draft: &mut Draft, lang| draft.lang = lang,
            },
            "vi",
            Text { en: "The language of reports.", vi: "Ngôn ngữ của báo cáo." },
        ),
        Key::new(
            "timezone",
            &Parsed { form: &forms::TIME_ZONE, field: |draft: &mut Draft| &mut draft.timezone },
            "Asia/Ho_Chi_Minh",
            Text {
                en: "An IANA time zone, such as Asia/Ho_Chi_Minh; quarters and dates are counted in it.",
                vi: "Múi giờ theo tên của IANA, ví dụ Asia/Ho_Chi_Minh; quý và ngày được tính theo múi giờ này.",
            },
        )
        .or(Fallback::Value(Text { en: TIME_ZONE, vi: TIME_ZONE })),
        Key::section(
            "reporting",
            &Within { section: &REPORTING, field: |draft: &mut Draft| &mut draft.reporting },
            "{period: decree-09-2019}",
        ),
        Key::section(
            "settings",
            &Within { section: &SETTINGS, field: |draft: &mut Draft| &mut draft.settings },
            "{attempts: 3}",
        ),
        Key::new(
            "networks",
            &ListOf {
                section: &NETWORK,
                one_at_least: false,
                add: |draft: &mut Draft, network, fields, reader| {
                    draft.networks.add(network, fields, reader);
                },
            },
            "[{prefix: \"2001:db8:100::/40\", name: Data centre}]",
            Text {
                en: "Declared address ranges; the longest match counts.",
                vi: "Các dải địa chỉ được khai báo; dải dài nhất chứa địa chỉ được áp dụng.",
            },
        )
        .example_vi("[{prefix: \"2001:db8:100::/40\", name: Trung tâm dữ liệu}]"),
        Key::new(
            "policy",
            &File { form: &POLICY, field: |draft: &mut Draft| &mut draft.policy },
            "ipv6-for-gov",
            Text {
                en: "A built-in policy (ipv6-for-gov, ipv6-only) or a file beside the inventory.",
                vi: "Bộ tiêu chí đánh giá có sẵn (ipv6-for-gov, ipv6-only) hoặc tên tệp đặt cạnh danh mục.",
            },
        )
        .or(Fallback::Value(Text { en: "ipv6-for-gov", vi: "ipv6-for-gov" })),
        Key::section(
            "organisations",
            &ListOf {
                section: &ORGANISATION,
                one_at_least: true,
                add: |draft: &mut Draft, organisation, fields, reader| {
                    draft.organisations.add(organisation, fields, reader);
                },
            },
            "[{id: …, services: […]}]",
        )
        .required(),
    ],
    alternatives: &[],
    check,
};

static VERSION: Form<u8> =
    Form { parse: version, label: Text { en: "`1`", vi: "`1`" }, schema: || json!({"const": 1}) };

static POLICY: Form<String> = Form::new(
    text::one_line,
    Text { en: "name of a policy, or file name", vi: "tên bộ tiêu chí, hoặc tên tệp" },
);

/// The languages of reports.
static LANGS: [(Lang, Text); 2] = [
    (Lang::Vi, Text { en: "Vietnamese", vi: "tiếng Việt" }),
    (Lang::En, Text { en: "English", vi: "tiếng Anh" }),
];

fn version(text: &str) -> Result<u8, Fault> {
    match text {
        "1" => Ok(1),
        _ => Fault::err(
            format!("version `{text}` is not known to this program"),
            "write `version: 1`, or use a newer v6ready",
        ),
    }
}

fn check(draft: &mut Draft, fields: &Fields<Draft>, reader: &mut Reader<'_, '_>) {
    let Organisations { services, claims, .. } = &draft.organisations;
    formerly::check(claims, services.iter().map(|placed| &*placed.service), reader);
    listed_twice::warn(services, reader);
    has_a_service(draft, fields, reader);
}

fn has_a_service(draft: &Draft, fields: &Fields<Draft>, reader: &mut Reader<'_, '_>) {
    if draft.organisations.services_given == 0
        && let Some((span, _)) = fields.entry("organisations")
    {
        let help =
            "add one: `services: [{id: portal, category: portal, web: https://portal.example/}]`";
        reader.error(span, "the inventory has no service", Some(help));
    }
}

impl Draft {
    fn content(self, sha256: Digest) -> Content {
        let (settings, mut files) = self.settings.settings();
        let policy = self.policy.as_ref().map(|policy| policy.path.clone());
        // A built-in policy has a plain name; what looks like a path is one.
        if policy.as_ref().is_some_and(|name| name.contains(['.', '/', '\\'])) {
            files.policy_file = self.policy;
        } else {
            files.policy_name = self.policy;
        }
        let inventory = Inventory {
            id: self.id,
            title: self.title.unwrap_or_else(|| TITLE.get(self.lang).to_owned()),
            lang: self.lang,
            timezone: self.timezone.unwrap_or_else(|| TIME_ZONE.to_owned()),
            reporting: self.reporting.period,
            settings,
            networks: model::Networks::new(self.networks.list),
            policy,
            organisations: self.organisations.list,
            services: self.organisations.services.into_iter().map(|one| one.service).collect(),
            sha256,
        };
        Content { inventory, files, also: self.organisations.also }
    }
}
