//! What the operator says of users, single sign-on, tokens, and what is public.

mod forms;
mod groups;
mod oidc;
mod proxy;
mod sessions;
mod tokens;
mod users;
mod word_list;

use std::collections::BTreeSet;

use crate::inventory::reader::Reader;
use crate::inventory::section::table::Fields;
use crate::serve::access::proxy::Proxy;
use crate::serve::access::public_page::PublicPage;
use crate::serve::access::session::SessionTimes;
use tokens::TokenDraft;
use users::UserDraft;

pub use oidc::OidcConfig;
pub(super) use oidc::{OIDC, OidcDraft};
pub(super) use proxy::{PROXY, ProxyDraft};
pub(super) use sessions::SESSIONS;
pub(super) use tokens::TOKEN;
pub use tokens::TokenConfig;
pub(super) use users::USER;
pub use users::UserConfig;
pub(super) use word_list::WordList;

/// Who may what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessConfig {
    /// Users with a password.
    pub users: Vec<UserConfig>,
    /// The provider that others log in at.
    pub oidc: Option<OidcConfig>,
    /// The proxy in front.
    pub proxy: Proxy,
    /// Tokens of programs.
    pub tokens: Vec<TokenConfig>,
    /// What everybody sees.
    pub public: BTreeSet<PublicPage>,
    /// When sessions end.
    pub sessions: SessionTimes,
}

impl AccessConfig {
    /// Takes a user that was read.
    pub(super) fn add_user(
        &mut self,
        draft: UserDraft,
        fields: &Fields<UserDraft>,
        reader: &mut Reader<'_, '_>,
    ) {
        let user = draft.user(&self.users, fields, reader);
        self.users.extend(user);
    }

    /// Takes a token that was read.
    pub(super) fn add_token(
        &mut self,
        draft: TokenDraft,
        fields: &Fields<TokenDraft>,
        reader: &mut Reader<'_, '_>,
    ) {
        let token = draft.token(&self.tokens, fields, reader);
        self.tokens.extend(token);
    }

    /// Takes the provider and the proxy that were read.
    pub(super) fn take_others(&mut self, oidc: OidcDraft, proxy: ProxyDraft) {
        self.oidc = oidc.provider();
        self.proxy = proxy.proxy();
    }

    /// Whether anybody can show who she is.
    pub fn knows_anybody(&self) -> bool {
        !self.users.is_empty() || self.oidc.is_some() || self.proxy.user_header.is_some()
    }
}

#[cfg(test)]
mod tests;
