//! From groups of a provider or a proxy to roles.

use std::sync::Arc;

use super::users::{ORGANISATIONS, bound_viewer};
use crate::inventory::section::forms::{ID, LINE};
use crate::inventory::section::key::Key;
use crate::inventory::section::table::Section;
use crate::inventory::section::types::{Parsed, ParsedList, Word};
use crate::model::Text;
use crate::serve::access::role::{Organisations, Role};
use crate::serve::access::rules::GroupRule;

/// What was read of a rule so far.
#[derive(Default)]
pub(super) struct GroupDraft {
    group: Option<String>,
    role: Option<Role>,
    organisations: Vec<Arc<str>>,
}

impl GroupDraft {
    /// The rule, if it is whole.
    pub(super) fn rule(self) -> Option<GroupRule> {
        Some(GroupRule {
            group: self.group?,
            role: self.role.unwrap_or(Role::Viewer),
            organisations: Organisations::listed(self.organisations),
        })
    }
}

pub(super) static GROUP: Section<GroupDraft> = Section {
    any: "a group",
    this: "this group",
    title: Text { en: "Groups", vi: "Nhóm người dùng" },
    about: Text {
        en: "What the members of a group may do. Who is in several has the most that any of them gives; two groups of \
             operators act for the organisations of both.",
        vi: "Quyền của thành viên một nhóm. Người thuộc nhiều nhóm có quyền cao nhất trong các nhóm đó; nếu thuộc hai \
             nhóm vận hành thì được thao tác cho các cơ quan, đơn vị của cả hai nhóm.",
    },
    keys: &[
        Key::new(
            "group",
            &Parsed { form: &LINE, field: |draft: &mut GroupDraft| &mut draft.group },
            "v6-operators",
            Text {
                en: "The group, exactly as the other side writes it.",
                vi: "Tên nhóm, đúng như bên kia gửi.",
            },
        )
        .required(),
        Key::new(
            "role",
            &Word {
                words: Role::ALL,
                id: Role::id,
                default: Some(|| Role::Viewer),
                set: |draft: &mut GroupDraft, role| draft.role = Some(role),
            },
            "operator",
            Text { en: "What its members may do.", vi: "Vai trò của thành viên." },
        ),
        Key::new(
            "organisations",
            &ParsedList {
                item: "an organisation",
                form: &ID,
                field: |draft: &mut GroupDraft| &mut draft.organisations,
            },
            "[vp-ubnd]",
            ORGANISATIONS,
        ),
    ],
    alternatives: &[],
    check: |draft, fields, reader| {
        bound_viewer(draft.role, &draft.organisations, fields, reader);
    },
};
