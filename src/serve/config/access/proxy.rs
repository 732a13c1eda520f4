//! The proxy in front.

use axum::http::HeaderName;
use ipnet::IpNet;

use super::forms::HEADER;
use super::groups::{GROUP, GroupDraft};
use super::oidc::{OTHERS, nobody_may};
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms::PREFIX;
use crate::inventory::section::key::Key;
use crate::inventory::section::nested::ListOf;
use crate::inventory::section::table::Section;
use crate::inventory::section::types::{Parsed, ParsedList, Word};
use crate::model::Text;
use crate::serve::access::proxy::Proxy;
use crate::serve::access::role::Role;
use crate::serve::access::rules::GroupRule;

/// What was read of the proxy so far.
#[derive(Default)]
pub(in crate::serve::config) struct ProxyDraft {
    from: Vec<IpNet>,
    user_header: Option<HeaderName>,
    groups_header: Option<HeaderName>,
    address_header: Option<HeaderName>,
    groups: Vec<GroupRule>,
    others: Option<Role>,
}

impl ProxyDraft {
    /// The proxy that was read.
    pub(super) fn proxy(self) -> Proxy {
        let Self { from, user_header, groups_header, address_header, groups, others } = self;
        Proxy { from, user_header, groups_header, address_header, groups, others }
    }
}

pub(in crate::serve::config) static PROXY: Section<ProxyDraft> = Section {
    any: "`proxy`",
    this: "`proxy`",
    title: Text { en: "A proxy in front", vi: "Máy chủ ủy quyền (proxy) phía trước" },
    about: Text {
        en: "A proxy through which people come. Its headers are taken only from the addresses in `from`; it must \
             remove such headers from what browsers send.",
        vi: "Máy chủ ủy quyền mà người dùng truy cập qua đó. Chỉ chấp nhận trường tiêu đề từ các địa chỉ trong `from`; \
             máy chủ này phải loại bỏ các trường tiêu đề đó khỏi yêu cầu của trình duyệt.",
    },
    keys: &[
        Key::new(
            "from",
            &ParsedList {
                item: "an address prefix",
                form: &PREFIX,
                field: |draft: &mut ProxyDraft| &mut draft.from,
            },
            "[\"::1/128\"]",
            Text { en: "From where it connects.", vi: "Dải địa chỉ mà máy chủ này kết nối từ đó." },
        )
        .required(),
        Key::new(
            "user_header",
            &Parsed { form: &HEADER, field: |draft: &mut ProxyDraft| &mut draft.user_header },
            "X-Remote-User",
            Text {
                en: "The header that says who somebody is, where the proxy logs people in.",
                vi: "Trường tiêu đề cho biết tên người dùng, nếu máy chủ này thực hiện việc đăng nhập.",
            },
        ),
        Key::new(
            "groups_header",
            &Parsed { form: &HEADER, field: |draft: &mut ProxyDraft| &mut draft.groups_header },
            "X-Remote-Groups",
            Text {
                en: "The header with the groups, with `,`, `;` or `|` between them.",
                vi: "Trường tiêu đề chứa các nhóm, phân cách bằng `,`, `;` hoặc `|`.",
            },
        ),
        Key::new(
            "address_header",
            &Parsed { form: &HEADER, field: |draft: &mut ProxyDraft| &mut draft.address_header },
            "X-Real-IP",
            Text {
                en: "The header with the browser's address: by it attempts to log in are slowed down.",
                vi: "Trường tiêu đề chứa địa chỉ của trình duyệt, dùng để hạn chế số lần thử đăng nhập.",
            },
        )
        .or(Fallback::Value(Text { en: "X-Forwarded-For", vi: "X-Forwarded-For" })),
        Key::section(
            "groups",
            &ListOf {
                section: &GROUP,
                one_at_least: false,
                add: |draft: &mut ProxyDraft, group: GroupDraft, _, _| {
                    draft.groups.extend(group.rule());
                },
            },
            "[{group: v6-operators, role: operator}]",
        ),
        Key::new(
            "others",
            &Word {
                words: Role::ALL,
                id: Role::id,
                default: None,
                set: |draft: &mut ProxyDraft, role| draft.others = Some(role),
            },
            "viewer",
            OTHERS,
        )
        .or(Fallback::Words(Text { en: "nothing", vi: "không có quyền nào" })),
    ],
    alternatives: &[],
    check: |draft, fields, reader| {
        if draft.user_header.is_some() {
            nobody_may(&draft.groups, draft.others, fields, reader);
        } else if let Some((span, _)) = fields.entry("groups_header").or(fields.entry("groups")) {
            let help = "add `user_header`, or delete the groups";
            reader.error(span, "groups are given, but no header with the user's name", Some(help));
        }
    },
};
