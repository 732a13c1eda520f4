//! An entry of `services`.

use std::collections::HashSet;
use std::sync::Arc;

use super::formerly::{FormerId, Formerly};
use super::kinds::{KINDS, Kind};
use super::plan::{EXEMPTION, ExemptionDraft, GOAL, GoalDraft};
use crate::inventory::reader::Reader;
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms;
use crate::inventory::section::key::{Key, ValueType};
use crate::inventory::section::nested::Within;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Flag, Number, Parsed, ParsedList, Word};
use crate::inventory::tree::NodeId;
use crate::model::suggestion::list;
use crate::model::{Category, Service, ServiceId, State, Target, Text};

#[derive(Default)]
pub(super) struct ServiceDraft {
    pub(super) id: Option<Arc<str>>,
    name: Option<String>,
    category: Option<Category>,
    tags: Vec<Arc<str>>,
    state: State,
    security_level: Option<u8>,
    goal: GoalDraft,
    exemption: ExemptionDraft,
    expect_status: Option<u16>,
    geo_dns: bool,
    pub(super) formerly: Vec<FormerId>,
    subject: Option<Target>,
}

pub(super) static SERVICE: Section<ServiceDraft> = Section {
    any: "a service",
    this: "this service",
    title: Text { en: "Services", vi: "Dịch vụ" },
    about: Text {
        en: "One service: what its owner declares, and one kind, whose value is what is probed. No two \
             services of an organisation have the same id.",
        vi: "Mỗi mục là một dịch vụ: thông tin do đơn vị quản lý khai báo và đúng một khóa chỉ loại dịch \
             vụ, với giá trị là đối tượng được đo.",
    },
    keys: &[
        Key::new(
            "id",
            &Parsed { form: &forms::ID, field: |draft: &mut ServiceDraft| &mut draft.id },
            "portal",
            Text {
                en: "Small letters, digits and hyphens.",
                vi: "Gồm chữ thường không dấu, chữ số và dấu gạch nối; không trùng trong cùng cơ quan, đơn vị.",
            },
        )
        .required(),
        Key::new(
            "name",
            &Parsed { form: &forms::LINE, field: |draft: &mut ServiceDraft| &mut draft.name },
            "Portal of the province",
            Text { en: "Its name in reports.", vi: "Tên trong báo cáo." },
        )
        .example_vi("Cổng thông tin điện tử tỉnh")
        .or(Fallback::SameAs("id")),
        Key::new(
            "category",
            &Word {
                words: &CATEGORIES,
                id: Category::id,
                default: None,
                set: |draft: &mut ServiceDraft, category| draft.category = Some(category),
            },
            "portal",
            Text {
                en: "What kind of service it is for the plan.",
                vi: "Nhóm dịch vụ theo kế hoạch.",
            },
        )
        .required(),
        Key::new(
            "tags",
            &ParsedList {
                item: "a tag",
                form: &forms::ID,
                field: |draft: &mut ServiceDraft| &mut draft.tags,
            },
            "[pilot, data-centre-1]",
            Text {
                en: "Ids of your own, beside the category: `--only tag:pilot` chooses the services that have it.",
                vi: "Các thẻ do đơn vị quản lý tự đặt, bổ sung cho nhóm dịch vụ: `--only tag:pilot` chọn các dịch vụ có thẻ này.",
            },
        )
        .example_vi("[thi-diem, trung-tam-du-lieu-1]"),
        Key::new(
            "state",
            &Word {
                words: &STATES,
                id: State::id,
                default: Some(State::default),
                set: |draft: &mut ServiceDraft, state| draft.state = state,
            },
            "active",
            Text { en: "What is declared of it.", vi: "Trạng thái được khai báo." },
        ),
        Key::new(
            "security_level",
            &Number {
                range: 1..=5,
                field: |draft: &mut ServiceDraft| &mut draft.security_level,
            },
            "3",
            Text {
                en: "The information system's security level (cấp độ).",
                vi: "Cấp độ an toàn hệ thống thông tin theo hồ sơ được phê duyệt.",
            },
        ),
        Key::section(
            "target",
            &Within { section: &GOAL, field: |draft: &mut ServiceDraft| &mut draft.goal },
            "{stage: 3, by: 2026-12-31}",
        ),
        Key::section(
            "exemption",
            &Within { section: &EXEMPTION, field: |draft: &mut ServiceDraft| &mut draft.exemption },
            "{reason: replaced in 2027, until: 2027-06-30}",
        )
        .example_vi("{reason: sẽ thay thế trong năm 2027, until: 2027-06-30}"),
        Key::new(
            "expect_status",
            &Number {
                range: 200..=599,
                field: |draft: &mut ServiceDraft| &mut draft.expect_status,
            },
            "401",
            Text {
                en: "The HTTP status that a web service is to give.",
                vi: "Mã trạng thái HTTP mà dịch vụ web phải trả về; chỉ dùng với loại `web`.",
            },
        ),
        Key::new(
            "geo_dns",
            &Flag { field: |draft: &mut ServiceDraft| &mut draft.geo_dns },
            "true",
            Text {
                en: "Its addresses differ by where they are asked from.",
                vi: "Địa chỉ trả về khác nhau theo nơi truy vấn (geo-DNS).",
            },
        ),
        Key::new(
            "formerly",
            &Formerly { field: |draft: &mut ServiceDraft| &mut draft.formerly },
            "so-tttt/portal",
            Text {
                en: "The id that it had before it was renamed or came under another organisation, or a list of \
                     them: its history goes on under the new one. It stays as long as runs from before are \
                     compared. No two services name the same id, and no two each other.",
                vi: "Mã dịch vụ trước khi đổi mã hoặc chuyển cơ quan, đơn vị, hoặc danh sách các mã đó: lịch sử \
                     của dịch vụ được nối tiếp dưới mã mới. Giữ khóa này chừng nào còn so sánh với các đợt đo \
                     trước đó. Mỗi mã cũ chỉ do một dịch vụ khai báo; hai dịch vụ không khai báo mã của nhau.",
            },
        ),
    ],
    alternatives: &KIND_KEYS,
    check,
};

static CATEGORIES: [(Category, Text); Category::ALL.len()] = [
    (Category::Portal, Text { en: "portal", vi: "cổng thông tin điện tử" }),
    (
        Category::PublicService,
        Text { en: "public-service portal", vi: "cổng dịch vụ công trực tuyến" },
    ),
    (Category::InformationSystem, Text { en: "information system", vi: "hệ thống thông tin" }),
    (Category::Infrastructure, Text { en: "infrastructure", vi: "hạ tầng" }),
    (
        Category::InternetService,
        Text { en: "basic internet service", vi: "dịch vụ Internet cơ bản" },
    ),
];

static STATES: [(State, Text); State::ALL.len()] = [
    (State::Active, Text { en: "in use by the public", vi: "đang cung cấp cho người dùng" }),
    (
        State::Retired,
        Text {
            en: "taken out of service; it should no longer answer",
            vi: "đã ngừng hoạt động; máy chủ không còn trả lời",
        },
    ),
    (
        State::Internal,
        Text {
            en: "reachable only inside a declared internal network",
            vi: "chỉ truy cập được trong mạng nội bộ đã khai báo",
        },
    ),
    (
        State::Redirected,
        Text {
            en: "only redirects to another service", vi: "chỉ chuyển hướng đến dịch vụ khác"
        },
    ),
    (
        State::Ipv6Only,
        Text {
            en: "deliberately without IPv4", vi: "thuần IPv6, chủ động không dùng IPv4"
        },
    ),
];

/// The kinds as keys.
static KIND_KEYS: [Key<ServiceDraft>; KINDS.len()] = {
    let mut keys = [kind_key(&KINDS[0]); KINDS.len()];
    let mut at = 1;
    while at < KINDS.len() {
        keys[at] = kind_key(&KINDS[at]);
        at += 1;
    }
    keys
};

const fn kind_key(kind: &'static Kind) -> Key<ServiceDraft> {
    Key::new(kind.name, kind, kind.example, kind.meaning)
}

impl ValueType<ServiceDraft> for Kind {
    fn read(
        &self,
        reader: &mut Reader<'_, '_>,
        node: NodeId,
        name: &str,
        draft: &mut ServiceDraft,
    ) {
        draft.subject = reader.value(node, format_args!("`{name}`"), |text| self.target(text));
        if let Some(Target::Web(url)) = &draft.subject
            && url.fragment().is_some()
        {
            let span = reader.tree.node(node).span;
            reader.warn(span, "what follows the `#` is never sent to a server", Some("delete it"));
        }
    }
}

/// Reads the one kind that is given, and sees whether the other keys fit it.
fn check(draft: &mut ServiceDraft, fields: &Fields<ServiceDraft>, reader: &mut Reader<'_, '_>) {
    keep_each_tag_once(draft, fields, reader);
    let given = fields.alternatives();
    // The first one written counts.
    let Some((kind, others)) = given.split_first() else {
        let kinds = list(Target::KINDS);
        let help = format!("add one of the kinds {kinds}: `web: https://portal.example/`");
        reader.error(fields.span, "this service doesn't say what is probed", Some(&help));
        return;
    };
    for other in others {
        let message = format!("this service names two kinds, `{}` and `{}`", kind.name, other.name);
        let help = "keep one of them, and make the other a service of its own";
        reader.error(other.span, &message, Some(help));
    }
    kind.read(reader, draft);
    if let (Some(subject), Some((span, _))) = (&draft.subject, fields.entry("expect_status"))
        && !matches!(subject, Target::Web(_))
    {
        let message = format!("`expect_status` has no meaning for the kind `{}`", subject.kind());
        let help = "delete it: only `web` services have an HTTP status";
        reader.error(span, &message, Some(help));
    }
}

fn keep_each_tag_once(
    draft: &mut ServiceDraft,
    fields: &Fields<ServiceDraft>,
    reader: &mut Reader<'_, '_>,
) {
    let mut seen = HashSet::new();
    let mut twice = Vec::new();
    draft.tags.retain(|tag| {
        let is_new = seen.insert(Arc::clone(tag));
        twice.extend((!is_new).then(|| Arc::clone(tag)));
        is_new
    });
    if let Some((span, _)) = fields.entry("tags") {
        for tag in twice {
            let message = format!("the tag `{tag}` is given twice");
            reader.warn(span, &message, Some("delete one of them"));
        }
    }
}

impl ServiceDraft {
    /// The service, when nothing that it needs is missing or faulty.
    pub(super) fn service(self, organisation: Arc<str>) -> Option<Service> {
        let id = self.id?;
        Some(Service {
            name: self.name.unwrap_or_else(|| id.to_string()),
            id: ServiceId { organisation, service: id },
            category: self.category?,
            tags: self.tags,
            target: self.subject?,
            state: self.state,
            security_level: self.security_level,
            goal: self.goal.goal(),
            exemption: self.exemption.exemption(),
            expect_status: self.expect_status,
            geo_dns: self.geo_dns,
            formerly: self.formerly.into_iter().map(|former| former.id).collect(),
        })
    }
}
