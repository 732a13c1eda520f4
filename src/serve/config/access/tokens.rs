//! Tokens of programs.

use std::sync::Arc;

use jiff::civil::Date;

use super::forms::{NAME, TOKEN_HASH};
use crate::inventory::reader::Reader;
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms::{DATE, ID};
use crate::inventory::section::key::Key;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Parsed, ParsedList, Word};
use crate::model::{Digest, Text};
use crate::serve::access::role::{Organisations, TokenScope};

/// A token of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenConfig {
    /// What it is called.
    pub name: Arc<str>,
    /// The SHA-256 of the token.
    pub hash: Digest,
    /// What it is for.
    pub scope: TokenScope,
    /// The last day on which it is taken, UTC.
    pub until: Option<Date>,
    /// For whom it acts.
    pub organisations: Organisations,
}

/// What was read of a token so far.
#[derive(Default)]
pub(in crate::serve::config) struct TokenDraft {
    name: Option<String>,
    hash: Option<Digest>,
    scope: Option<TokenScope>,
    until: Option<Date>,
    organisations: Vec<Arc<str>>,
}

impl TokenDraft {
    /// The token, if nothing is missing and there is none like it.
    pub(super) fn token(
        self,
        known: &[TokenConfig],
        fields: &Fields<Self>,
        reader: &mut Reader<'_, '_>,
    ) -> Option<TokenConfig> {
        let Self { name: Some(name), hash: Some(hash), scope: Some(scope), until, organisations } =
            self
        else {
            return None;
        };
        let mut doubled = |key: &str, message: String, help: &str| {
            let span = fields.entry(key).map_or(fields.span, |(span, _)| span);
            reader.error(span, &message, Some(help));
        };
        if known.iter().any(|token| *token.name == *name) {
            let message = format!("another token is called `{name}`");
            doubled("name", message, "give each token a name of its own");
            return None;
        }
        if let Some(other) = known.iter().find(|token| token.hash == hash) {
            let message = format!("this is the same token as `{}`", other.name);
            doubled("hash", message, "make another one with `v6ready serve token`");
            return None;
        }
        Some(TokenConfig {
            name: name.into(),
            hash,
            scope,
            until,
            organisations: Organisations::listed(organisations),
        })
    }
}

pub(in crate::serve::config) static TOKEN: Section<TokenDraft> = Section {
    any: "a token",
    this: "this token",
    title: Text { en: "Tokens", vi: "Mã truy cập (token)" },
    about: Text {
        en: "By which programs show who they are: `Authorization: Bearer …`. `v6ready serve token` makes one, shows \
             it once, and prints the lines for here.",
        vi: "Mã để chương trình khác truy cập: `Authorization: Bearer …`. Lệnh `v6ready serve token` tạo mã, chỉ hiển \
             thị một lần và in các dòng cấu hình để đưa vào đây.",
    },
    keys: &[
        Key::new(
            "name",
            &Parsed { form: &NAME, field: |draft: &mut TokenDraft| &mut draft.name },
            "grafana",
            Text { en: "What it is called.", vi: "Tên của mã truy cập." },
        )
        .required(),
        Key::new(
            "hash",
            &Parsed { form: &TOKEN_HASH, field: |draft: &mut TokenDraft| &mut draft.hash },
            "sha256:…",
            Text {
                en: "The SHA-256 of the token. The token itself is not kept.",
                vi: "Giá trị SHA-256 của mã. Bản thân mã không được lưu.",
            },
        )
        .required(),
        Key::new(
            "scope",
            &Word {
                words: TokenScope::ALL,
                id: TokenScope::id,
                default: None,
                set: |draft: &mut TokenDraft, scope| draft.scope = Some(scope),
            },
            "read",
            Text { en: "What it is for.", vi: "Phạm vi sử dụng." },
        )
        .required(),
        Key::new(
            "until",
            &Parsed { form: &DATE, field: |draft: &mut TokenDraft| &mut draft.until },
            "2027-12-31",
            Text {
                en: "The last day on which it is taken, UTC.",
                vi: "Ngày cuối cùng mã còn hiệu lực, theo giờ UTC.",
            },
        )
        .or(Fallback::Words(Text { en: "no end", vi: "không thời hạn" })),
        Key::new(
            "organisations",
            &ParsedList {
                item: "an organisation",
                form: &ID,
                field: |draft: &mut TokenDraft| &mut draft.organisations,
            },
            "[vp-ubnd]",
            Text {
                en: "The organisations for which a token with the scope `operate` acts; all, if nothing is said.",
                vi: "Các cơ quan, đơn vị mà mã có phạm vi `operate` được thao tác; nếu không khai báo thì áp dụng cho \
                     tất cả.",
            },
        ),
    ],
    alternatives: &[],
    check: |draft, fields, reader| {
        if let Some((span, _)) = fields.entry("organisations")
            && draft.scope.is_some_and(|scope| scope != TokenScope::Operate)
        {
            let help = "write `scope: operate`, or delete `organisations`: a token that reads reads everything";
            reader.error(
                span,
                "`organisations` says for whom a token acts, and this one doesn't",
                Some(help),
            );
        }
    },
};
