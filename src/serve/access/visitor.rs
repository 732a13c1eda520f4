//! Who asks, and what she may do. Every handler takes a [`Visitor`].

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::csrf::CsrfToken;
use super::proof::Proof;
use super::public_page::PublicPage;
use super::refusal::{Refusal, Why};
use super::role::{Organisations, Permission, Role, TokenScope};
use super::wanted::Wanted;
use crate::model::Lang;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Somebody who isn't logged in.
    Guest,
    /// A person.
    User {
        /// The name in the configuration, or what the provider or the proxy calls her.
        name: Arc<str>,
        /// What she may do.
        role: Role,
        /// For whom an operator acts.
        organisations: Organisations,
        /// How she showed it.
        proof: Proof,
    },
    /// A program with a token.
    Token {
        /// The token's name.
        name: Arc<str>,
        /// What it is for.
        scope: TokenScope,
        /// For whom it acts.
        organisations: Organisations,
    },
}

/// Who asks, what she may do, and in what form a refusal is told.
///
/// [`protect`](super::protect) finds out who it is, once for each request; a handler that isn't
/// behind it refuses everybody.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub(super) identity: Identity,
    pub(super) public: Arc<BTreeSet<PublicPage>>,
    pub(super) csrf: Option<CsrfToken>,
    pub(super) wanted: Wanted,
    /// Why a guest is refused.
    pub(super) why_guest: Why,
}

impl Visitor {
    /// Somebody who isn't logged in.
    pub(super) fn guest(public: Arc<BTreeSet<PublicPage>>, wanted: Wanted) -> Self {
        let why_guest = Why::NotLoggedIn;
        Self { identity: Identity::Guest, public, csrf: None, wanted, why_guest }
    }

    /// Whether she may do this.
    pub fn may(&self, what: Permission<'_>) -> bool {
        match (what, &self.identity) {
            (Permission::ViewPage(page), _) if self.public.contains(&page) => true,
            (Permission::ViewPage(_), Identity::User { .. }) => true,
            (Permission::ViewPage(page), Identity::Token { scope, .. }) => {
                *scope >= TokenScope::Read || page == PublicPage::Metrics
            }
            (
                Permission::Operate(of),
                Identity::User { role: Role::Operator, organisations, .. },
            )
            | (
                Permission::Operate(of),
                Identity::Token { scope: TokenScope::Operate, organisations, .. },
            ) => organisations.include(of),
            (
                Permission::Administer,
                Identity::User { role: Role::Operator, organisations, .. }
                | Identity::Token { scope: TokenScope::Operate, organisations, .. },
            ) => *organisations == Organisations::All,
            _ => false,
        }
    }

    /// Refuses what she may not do.
    ///
    /// # Errors
    /// The refusal, which a handler returns: a page with a way to log in, or a problem document.
    pub fn require(&self, what: Permission<'_>) -> Result<(), Refusal> {
        if self.may(what) {
            return Ok(());
        }
        Err(match &self.identity {
            Identity::Guest => Refusal::new(self.why_guest, &self.wanted),
            Identity::User { role, .. } => {
                Refusal::not_allowed(&self.wanted, what, *role == Role::Operator)
            }
            Identity::Token { scope, .. } => {
                Refusal::narrow_token(&self.wanted, what, *scope == TokenScope::Operate)
            }
        })
    }

    /// Who it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The name of the person or token; a guest has none.
    pub fn name(&self) -> Option<&str> {
        match &self.identity {
            Identity::Guest => None,
            Identity::User { name, .. } | Identity::Token { name, .. } => Some(name),
        }
    }

    /// The role of a person.
    pub fn role(&self) -> Option<Role> {
        match &self.identity {
            Identity::User { role, .. } => Some(*role),
            _ => None,
        }
    }

    /// Whether she may act for this organisation, to show or hide a button.
    pub fn may_operate(&self, organisation: Option<&str>) -> bool {
        self.may(Permission::Operate(organisation))
    }

    /// Who did something, for the record of it: `an`, or `token nightly`.
    pub fn actor(&self) -> String {
        match &self.identity {
            Identity::Guest => "guest".to_owned(),
            Identity::User { name, .. } => name.to_string(),
            Identity::Token { name, .. } => format!("token {name}"),
        }
    }

    /// Whether there is a session that she can end.
    pub fn may_log_out(&self) -> bool {
        matches!(self.identity, Identity::User { proof: Proof::Password | Proof::Oidc, .. })
    }

    /// In what form she wants to be answered.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// What every form that she sends must carry, in a field named [`CsrfToken::FIELD`]. Whoever has
    /// no session of a browser has none and needs none.
    pub fn csrf(&self) -> Option<&CsrfToken> {
        self.csrf.as_ref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Refusal::not_logged_in(&Wanted::of(parts, Lang::default())))
    }
}
