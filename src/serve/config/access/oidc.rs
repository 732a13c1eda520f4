//! The OpenID Connect provider.

use std::path::PathBuf;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use url::Url;

use super::forms::ISSUER;
use super::groups::{GROUP, GroupDraft};
use crate::inventory::reader::Reader;
use crate::inventory::section::description::Fallback;
use crate::inventory::section::forms::LINE;
use crate::inventory::section::key::Key;
use crate::inventory::section::nested::ListOf;
use crate::inventory::section::table::{Fields, Section};
use crate::inventory::section::types::{Interval, Parsed, ParsedList, Word};
use crate::model::Text;
use crate::serve::access::role::Role;
use crate::serve::access::rules::GroupRule;
use crate::serve::config::values::{Beside, Secret, SecretFile, SecretText};
use crate::serve::trust;

/// The provider that people log in at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcConfig {
    /// Its name on the button; `None` for the host of the issuer.
    pub title: Option<String>,
    /// The issuer, exactly as it calls itself.
    pub issuer: Url,
    /// What it calls us.
    pub client_id: String,
    /// By which it knows us; `None` for a public client.
    pub client_secret: Option<Secret>,
    /// Authorities of its certificate beside the usual ones.
    pub authorities: Vec<CertificateDer<'static>>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that is the user's name.
    pub user_claim: String,
    /// The claim that has the groups; dots lead into objects.
    pub groups_claim: String,
    /// What the groups may do.
    pub groups: Vec<GroupRule>,
    /// What those may do who are in none of them.
    pub others: Option<Role>,
    /// By how much the clocks may differ.
    pub clock_skew: Duration,
}

/// What was read of the provider so far.
pub(in crate::serve::config) struct OidcDraft {
    title: Option<String>,
    issuer: Option<Url>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    ca_file: Option<PathBuf>,
    authorities: Vec<CertificateDer<'static>>,
    scopes: Vec<String>,
    user_claim: Option<String>,
    groups_claim: Option<String>,
    groups: Vec<GroupRule>,
    others: Option<Role>,
    clock_skew: Duration,
}

impl Default for OidcDraft {
    fn default() -> Self {
        Self {
            title: None,
            issuer: None,
            client_id: None,
            client_secret: None,
            ca_file: None,
            authorities: Vec::new(),
            scopes: Vec::new(),
            user_claim: None,
            groups_claim: None,
            groups: Vec::new(),
            others: None,
            clock_skew: Duration::from_secs(60),
        }
    }
}

/// The claims and scopes where nothing is said.
const USER_CLAIM: &str = "preferred_username";
const GROUPS_CLAIM: &str = "groups";
const SCOPES: [&str; 1] = ["profile"];

impl OidcDraft {
    /// The provider that was read, if there is one.
    pub(super) fn provider(self) -> Option<OidcConfig> {
        let scopes = match self.scopes.is_empty() {
            true => SCOPES.map(str::to_owned).to_vec(),
            false => self.scopes,
        };
        Some(OidcConfig {
            title: self.title,
            issuer: self.issuer?,
            client_id: self.client_id?,
            client_secret: self.client_secret,
            authorities: self.authorities,
            scopes,
            user_claim: self.user_claim.unwrap_or_else(|| USER_CLAIM.to_owned()),
            groups_claim: self.groups_claim.unwrap_or_else(|| GROUPS_CLAIM.to_owned()),
            groups: self.groups,
            others: self.others,
            clock_skew: self.clock_skew,
        })
    }
}

pub(in crate::serve::config) static OIDC: Section<OidcDraft> = Section {
    any: "`oidc`",
    this: "`oidc`",
    title: Text { en: "OpenID Connect", vi: "OpenID Connect" },
    about: Text {
        en: "A provider that people log in at: Keycloak, Entra ID, Google and others. Register \
             `BASE_URL/login/oidc/callback` there as the redirect URI, with the authorization code flow and PKCE. \
             `base_url` must be given.",
        vi: "Hệ thống đăng nhập một lần mà người dùng đăng nhập qua đó: Keycloak, Entra ID, Google và các hệ thống khác. \
             Đăng ký `BASE_URL/login/oidc/callback` làm địa chỉ chuyển hướng (redirect URI), dùng luồng mã ủy quyền \
             (authorization code) với PKCE. Bắt buộc khai báo `base_url`.",
    },
    keys: &[
        Key::new(
            "issuer",
            &Parsed { form: &ISSUER, field: |draft: &mut OidcDraft| &mut draft.issuer },
            "https://login.example.gov.vn/realms/staff",
            Text {
                en: "The issuer, exactly as the provider calls itself. Over plain HTTP only on this machine.",
                vi: "Địa chỉ issuer, đúng như hệ thống đăng nhập công bố. Chỉ dùng HTTP không mã hóa trên máy này.",
            },
        )
        .required(),
        Key::new(
            "client_id",
            &Parsed { form: &LINE, field: |draft: &mut OidcDraft| &mut draft.client_id },
            "v6ready",
            Text { en: "What the provider calls this client.", vi: "Mã ứng dụng (client ID)." },
        )
        .required(),
        Key::new(
            "client_secret",
            &SecretText { field: |draft: &mut OidcDraft| &mut draft.client_secret },
            "${OIDC_SECRET}",
            Text {
                en: "The client's secret; a public client has none.",
                vi: "Khóa bí mật của ứng dụng (client secret); ứng dụng công khai không có.",
            },
        ),
        Key::new(
            "client_secret_file",
            &SecretFile { field: |draft: &mut OidcDraft| &mut draft.client_secret },
            "oidc.secret",
            Text {
                en: "A file with the client's secret, in place of `client_secret`.",
                vi: "Tệp chứa khóa bí mật của ứng dụng, thay cho `client_secret`.",
            },
        ),
        Key::new(
            "ca_file",
            &Beside { field: |draft: &mut OidcDraft| &mut draft.ca_file },
            "ca.pem",
            Text {
                en: "A PEM file with authorities that are trusted beside the usual ones.",
                vi: "Tệp PEM gồm các tổ chức chứng thực được tin cậy thêm.",
            },
        )
        .or(Fallback::Words(Text {
            en: "those of the system alone",
            vi: "chỉ danh sách của hệ điều hành",
        })),
        Key::new(
            "title",
            &Parsed { form: &LINE, field: |draft: &mut OidcDraft| &mut draft.title },
            "the province's portal",
            Text { en: "Its name on the button.", vi: "Tên hiển thị trên nút đăng nhập." },
        )
        .example_vi("Cổng đăng nhập của tỉnh")
        .or(Fallback::Words(Text { en: "the host of the issuer", vi: "tên máy chủ của issuer" })),
        Key::new(
            "scopes",
            &ParsedList {
                item: "a scope",
                form: &LINE,
                field: |draft: &mut OidcDraft| &mut draft.scopes,
            },
            "[profile, groups]",
            Text { en: "What is asked for beside `openid`.", vi: "Các scope yêu cầu ngoài `openid`." },
        )
        .or(Fallback::Value(Text { en: "[profile]", vi: "[profile]" })),
        Key::new(
            "user_claim",
            &Parsed { form: &LINE, field: |draft: &mut OidcDraft| &mut draft.user_claim },
            "email",
            Text {
                en: "The claim that is shown as the user's name. Without it, her `sub` is.",
                vi: "Claim dùng làm tên hiển thị của người dùng. Nếu không có, dùng `sub`.",
            },
        )
        .or(Fallback::Value(Text { en: USER_CLAIM, vi: USER_CLAIM })),
        Key::new(
            "groups_claim",
            &Parsed { form: &LINE, field: |draft: &mut OidcDraft| &mut draft.groups_claim },
            "realm_access.roles",
            Text {
                en: "The claim that has the groups or roles, a text or a list; dots lead into objects.",
                vi: "Claim chứa nhóm hoặc vai trò, là văn bản hoặc danh sách; dấu chấm dẫn vào đối tượng con.",
            },
        )
        .or(Fallback::Value(Text { en: GROUPS_CLAIM, vi: GROUPS_CLAIM })),
        Key::section(
            "groups",
            &ListOf {
                section: &GROUP,
                one_at_least: false,
                add: |draft: &mut OidcDraft, group: GroupDraft, _, _| {
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
                set: |draft: &mut OidcDraft, role| draft.others = Some(role),
            },
            "viewer",
            OTHERS,
        )
        .or(Fallback::Words(Text { en: "nothing", vi: "không có quyền nào" })),
        Key::new(
            "clock_skew",
            &Interval {
                range: Duration::ZERO..=Duration::from_secs(600),
                field: |draft: &mut OidcDraft| &mut draft.clock_skew,
            },
            "2m",
            Text {
                en: "By how much the provider's clock may differ from ours.",
                vi: "Độ lệch cho phép giữa đồng hồ của hệ thống đăng nhập và máy này.",
            },
        ),
    ],
    alternatives: &[],
    check,
};

/// What the key `others` means.
pub(super) const OTHERS: Text = Text {
    en: "What those may do who are in none of the groups.",
    vi: "Vai trò của người không thuộc nhóm nào ở trên.",
};

fn check(draft: &mut OidcDraft, fields: &Fields<OidcDraft>, reader: &mut Reader<'_, '_>) {
    nobody_may(&draft.groups, draft.others, fields, reader);
    let (Some(path), Some((span, _))) = (&draft.ca_file, fields.entry("ca_file")) else { return };
    match trust::of_file(path) {
        Ok(found) => draft.authorities = found,
        Err(message) => {
            reader.error(span, &message, Some("it should be a PEM file with `BEGIN CERTIFICATE`"));
        }
    }
}

/// Says so when whoever shows who she is may do nothing all the same.
pub(super) fn nobody_may<D>(
    groups: &[GroupRule],
    others: Option<Role>,
    fields: &Fields<D>,
    reader: &mut Reader<'_, '_>,
) {
    let was_wrong = fields.entry("groups").is_some() || fields.entry("others").is_some();
    if groups.is_empty() && others.is_none() && !was_wrong {
        let help = "add `groups: [{group: …, role: viewer}]`, or `others: viewer` for everybody";
        reader.error(fields.span, "nobody who logs in this way may do anything", Some(help));
    }
}

impl OidcConfig {
    /// Its name on the button.
    pub fn shown_title(&self) -> &str {
        self.title.as_deref().or(self.issuer.host_str()).unwrap_or_default()
    }

    /// What sessions that it began rest on, as a text to compare digests of.
    pub fn basis(&self) -> String {
        let Self { issuer, client_id, user_claim, groups_claim, groups, others, .. } = self;
        format!("{issuer}\n{client_id}\n{user_claim}\n{groups_claim}\n{groups:?}\n{others:?}")
    }
}
