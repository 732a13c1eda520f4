//! Users with a password.

use std::sync::Arc;

use super::forms::{NAME, PASSWORD_HASH};
use crate::inventory::reader::Reader;
use crate::inventory::section::forms::ID;
use crate::inventory::section::key::Key;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Parsed, ParsedList, Word};
use crate::model::Text;
use crate::serve::access::password::PasswordHash;
use crate::serve::access::role::{Organisations, Role};

/// A user with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserConfig {
    /// What she logs in as.
    pub name: Arc<str>,
    /// The hash of her password.
    pub hash: PasswordHash,
    /// Her role.
    pub role: Role,
    /// For whom she acts.
    pub organisations: Organisations,
}

/// What was read of a user so far.
#[derive(Default)]
pub(in crate::serve::config) struct UserDraft {
    name: Option<String>,
    hash: Option<PasswordHash>,
    role: Option<Role>,
    organisations: Vec<Arc<str>>,
}

impl UserDraft {
    /// The user, if nothing is missing and nobody is called the same.
    pub(super) fn user(
        self,
        known: &[UserConfig],
        fields: &Fields<Self>,
        reader: &mut Reader<'_, '_>,
    ) -> Option<UserConfig> {
        let Self { name: Some(name), hash: Some(hash), role, organisations } = self else {
            return None;
        };
        if known.iter().any(|user| *user.name == *name) {
            let span = fields.entry("name").map_or(fields.span, |(span, _)| span);
            let message = format!("another user is called `{name}`");
            reader.error(span, &message, Some("give each user a name of her own"));
            return None;
        }
        Some(UserConfig {
            name: name.into(),
            hash,
            role: role.unwrap_or(Role::Viewer),
            organisations: Organisations::listed(organisations),
        })
    }
}

pub(in crate::serve::config) static USER: Section<UserDraft> = Section {
    any: "a user",
    this: "this user",
    title: Text { en: "Users", vi: "Người dùng" },
    about: Text {
        en: "Who logs in with a password. `v6ready serve hash` makes the hash. When a user is removed here, or the \
             hash changes, her sessions end.",
        vi: "Người đăng nhập bằng mật khẩu. Lệnh `v6ready serve hash` tạo giá trị băm. Khi người dùng bị xóa khỏi \
             đây hoặc giá trị băm thay đổi, các phiên đăng nhập của người đó kết thúc.",
    },
    keys: &[
        Key::new(
            "name",
            &Parsed { form: &NAME, field: |draft: &mut UserDraft| &mut draft.name },
            "an",
            Text { en: "What she logs in as.", vi: "Tên đăng nhập." },
        )
        .required(),
        Key::new(
            "password_hash",
            &Parsed { form: &PASSWORD_HASH, field: |draft: &mut UserDraft| &mut draft.hash },
            "\"$argon2id$v=19$m=19456,t=2,p=1$…\"",
            Text { en: "The hash of her password.", vi: "Giá trị băm của mật khẩu." },
        )
        .required(),
        Key::new(
            "role",
            &Word {
                words: Role::ALL,
                id: Role::id,
                default: Some(|| Role::Viewer),
                set: |draft: &mut UserDraft, role| draft.role = Some(role),
            },
            "operator",
            Text { en: "What she may do.", vi: "Vai trò." },
        ),
        Key::new(
            "organisations",
            &ParsedList {
                item: "an organisation",
                form: &ID,
                field: |draft: &mut UserDraft| &mut draft.organisations,
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

/// What a list of organisations means.
pub(super) const ORGANISATIONS: Text = Text {
    en: "The organisations for which an operator may start and cancel runs and acknowledge alerts; all of them, if \
         nothing is said. Everything can be seen in any case.",
    vi: "Các cơ quan, đơn vị mà người vận hành được bắt đầu, hủy đợt đo và xác nhận cảnh báo; nếu không khai báo thì \
         áp dụng cho tất cả. Quyền xem không bị giới hạn.",
};

/// A viewer acts for nobody: a list of organisations would promise that she sees only those.
pub(super) fn bound_viewer<D>(
    role: Option<Role>,
    organisations: &[Arc<str>],
    fields: &Fields<D>,
    reader: &mut Reader<'_, '_>,
) {
    if organisations.is_empty() || role == Some(Role::Operator) {
        return;
    }
    if let Some((span, _)) = fields.entry("organisations") {
        let help = "add `role: operator`, or delete `organisations`: whoever is logged in sees all of them";
        reader.error(
            span,
            "`organisations` says for whom an operator acts, and this is none",
            Some(help),
        );
    }
}
