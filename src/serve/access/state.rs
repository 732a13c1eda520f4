//! The state of this part: the configuration in force, the sessions, and who has tried to log in.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::oidc::Oidc;
use super::password::{BadPassword, PasswordChecks, PasswordHash};
use super::proof::Proof;
use super::public_page::PublicPage;
use super::role::{Organisations, Role};
use super::secret::{NoRandomness, Secret};
use super::session::{Owner, Session, SessionTable, Sessions};
use super::throttle::Throttle;
use super::token::ApiToken;
use super::visitor::Identity;
use crate::model::{Digest, Lang};
use crate::serve::config::ServeConfig;
use crate::serve::config::access::{AccessConfig, TokenConfig, UserConfig};
use crate::serve::http_client::HttpError;
use crate::store::StoreError;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// ID tokens that are kept for the log-out at the provider.
const ID_TOKENS_MAX: usize = 2_000;

/// Seconds between two lines of the log about the same thing.
const LOGGED_EACH: i64 = 10;

/// Why access can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The sessions can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Passwords can't be checked here.
    #[error(transparent)]
    Password(#[from] BadPassword),
    /// The provider can't be asked.
    #[error("the OpenID Connect provider can't be used: {0}")]
    Oidc(#[from] HttpError),
}

/// Who may what.
pub struct Access {
    current: RwLock<Arc<Current>>,
    pub(super) sessions: Sessions,
    throttle: Mutex<Throttle>,
    checks: PasswordChecks,
    /// By the digest of the session's form key.
    id_tokens: Mutex<HashMap<Digest, String>>,
    clock: Clock,
    is_writing: AtomicBool,
    pub(super) spoofed: Rarely,
    pub(super) bad_tokens: Rarely,
    unwritten: Rarely,
}

/// The configuration in force.
pub struct Current {
    /// What it says of access.
    pub config: AccessConfig,
    /// The URL of this daemon.
    pub base_url: Option<Url>,
    /// Whether browsers come over TLS: to us, or to a proxy in front.
    pub is_secure: bool,
    /// The title of pages.
    pub title: String,
    /// The language where the browser wishes none.
    pub lang: Lang,
    /// What everybody sees.
    pub public: Arc<BTreeSet<PublicPage>>,
    /// The provider.
    pub oidc: Option<Arc<Oidc>>,
    users: HashMap<Arc<str>, usize>,
    tokens: HashMap<Digest, usize>,
    decoy: PasswordHash,
}

/// Why nobody is logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogInError {
    /// The user or the password.
    Wrong,
    /// Too many attempts; seconds to wait.
    Wait(i64),
    /// Too many at this moment.
    Busy,
    /// The operating system gives no random numbers.
    NoRandomness,
}

impl From<NoRandomness> for LogInError {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

/// A token that a program sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SentToken {
    /// A good one.
    Good(Identity),
    /// Its time is over.
    Expired,
    /// Not one of ours.
    Unknown,
}

impl Access {
    /// With the sessions of a table.
    ///
    /// # Errors
    /// When the sessions can't be read, or the configuration can't be put into force.
    pub fn open(
        config: &ServeConfig,
        table: Arc<dyn SessionTable>,
        clock: Clock,
    ) -> Result<Self, AccessError> {
        let access = Self {
            current: RwLock::new(Arc::new(Current::new(config)?)),
            sessions: Sessions::load(table)?,
            throttle: Mutex::default(),
            checks: PasswordChecks::default(),
            id_tokens: Mutex::default(),
            clock,
            is_writing: AtomicBool::new(false),
            spoofed: Rarely::default(),
            bad_tokens: Rarely::default(),
            unwritten: Rarely::default(),
        };
        access.end_what_rests_on_nothing();
        Ok(access)
    }

    /// Puts another configuration into force: sessions of users that are gone, or whose password has
    /// changed, end.
    ///
    /// # Errors
    /// When it can't be; the one in force stays then.
    pub fn reconfigure(&self, config: &ServeConfig) -> Result<(), AccessError> {
        let current = Arc::new(Current::new(config)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
        self.end_what_rests_on_nothing();
        Ok(())
    }

    fn end_what_rests_on_nothing(&self) {
        let current = self.current();
        let ended = self.sessions.end_all(|session| current.identity_of(session).is_none());
        if ended > 0 {
            tracing::info!(ended, "log-in sessions ended with what they rested on");
        }
    }

    /// The configuration in force.
    pub fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Logs somebody in by her password, and gives the secret for her cookie.
    ///
    /// # Errors
    /// Why not. Whether there is such a user can't be told from it, nor from the time that it takes.
    pub async fn log_in(
        &self,
        name: &str,
        password: String,
        from: Option<IpAddr>,
    ) -> Result<Secret, LogInError> {
        let current = self.current();
        let from = from.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        let user = current.user(name);
        // What nobody is called may be a password in the wrong field: the log doesn't have it.
        let shown = user.map_or("(unknown)", |user| &*user.name);
        let attempt = self.throttle(|throttle| throttle.attempt(name, from, self.now()));
        let attempt = attempt.map_err(|wait| {
            tracing::warn!(user = shown, address = %from, "a log-in was put off: too many attempts");
            LogInError::Wait(wait.as_secs() + 1)
        })?;
        let hash = user.map_or(&current.decoy, |user| &user.hash).clone();
        let fits = match self.checks.check(hash, password).await {
            Ok(fits) => fits,
            Err(_) => {
                self.throttle(|throttle| throttle.undo(&attempt));
                return Err(LogInError::Busy);
            }
        };
        let Some(user) = user.filter(|_| fits) else {
            tracing::warn!(user = shown, address = %from, "a log-in failed");
            return Err(LogInError::Wrong);
        };
        self.throttle(|throttle| throttle.succeeded(attempt, self.now()));
        let secret = self.begin(Owner {
            name: Arc::clone(&user.name),
            proof: Proof::Password,
            role: user.role,
            organisations: user.organisations.clone(),
            credential: Digest::of(user.hash.as_str().as_bytes()),
        })?;
        tracing::info!(user = shown, address = %from, "logged in");
        Ok(secret)
    }

    /// Begins a session.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn begin(&self, owner: Owner) -> Result<Secret, NoRandomness> {
        self.sessions.begin(owner, self.current().config.sessions, self.now())
    }

    /// Keeps the ID token of a session for the log-out at the provider. In memory only: it says who
    /// somebody is.
    pub fn keep_id_token(&self, secret: &Secret, token: String) {
        let now = self.now();
        let found = self.sessions.find(&secret.text(), self.current().config.sessions, now);
        let Some(session) = found.map(|found| found.session) else { return };
        let mut tokens = self.id_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() < ID_TOKENS_MAX {
            tokens.insert(session.form_key.digest(), token);
        }
    }

    /// Ends a session, and gives its ID token, if there is one.
    pub fn end(&self, session: &Session) -> Option<String> {
        self.sessions.end(session);
        let mut tokens = self.id_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.remove(&session.form_key.digest())
    }

    /// Writes the sessions that have changed, now. What can't be written stays in memory and is written
    /// later.
    pub async fn write_sessions(self: &Arc<Self>) {
        let access = Arc::clone(self);
        let write = move || access.write_sessions_blocking();
        // Only a panic in it, or the end of the runtime, keeps it from being done.
        let _ = tokio::task::spawn_blocking(write).await;
    }

    /// As [`Access::write_sessions`], for the daemon's end.
    pub fn write_sessions_blocking(&self) {
        if let Err(error) = self.sessions.write(self.current().config.sessions)
            && self.unwritten.is_due(self.now())
        {
            tracing::warn!(%error, "log-in sessions can't be written; they are kept in memory for now");
        }
    }

    /// Writes the sessions that have changed, sometime soon.
    pub fn write_sessions_soon(self: &Arc<Self>) {
        if !self.sessions.is_unwritten() || self.is_writing.swap(true, Ordering::AcqRel) {
            return;
        }
        let access = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            access.write_sessions_blocking();
            access.is_writing.store(false, Ordering::Release);
        });
    }

    /// Whose token this is.
    pub fn token(&self, text: &str) -> SentToken {
        let current = self.current();
        let found = ApiToken::parse(text).and_then(|token| current.token(token.digest()));
        let Some(token) = found else { return SentToken::Unknown };
        let today = TimeZone::UTC.to_datetime(self.now()).date();
        if token.until.is_some_and(|until| until < today) {
            return SentToken::Expired;
        }
        SentToken::Good(Identity::Token {
            name: Arc::clone(&token.name),
            scope: token.scope,
            organisations: token.organisations.clone(),
        })
    }

    fn throttle<T>(&self, act: impl FnOnce(&mut Throttle) -> T) -> T {
        act(&mut self.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Current {
    fn new(config: &ServeConfig) -> Result<Self, AccessError> {
        let access = config.access.clone();
        let users = access.users.iter().enumerate();
        let users = users.map(|(at, user)| (Arc::clone(&user.name), at)).collect();
        let tokens = access.tokens.iter().enumerate();
        let tokens = tokens.map(|(at, token)| (token.hash, at)).collect();
        let is_https = |url: &Url| url.scheme() == "https";
        let oidc = match (&access.oidc, &config.base_url) {
            (Some(oidc), Some(base)) => Some(Arc::new(Oidc::new(oidc.clone(), base)?)),
            _ => None,
        };
        Ok(Self {
            base_url: config.base_url.clone(),
            is_secure: config.tls.is_some() || config.base_url.as_ref().is_some_and(is_https),
            title: config.title.clone().unwrap_or_else(|| "v6ready".to_owned()),
            lang: config.lang,
            public: Arc::new(access.public.clone()),
            oidc,
            users,
            tokens,
            decoy: PasswordHash::decoy_like(access.users.first().map(|user| &user.hash))?,
            config: access,
        })
    }

    /// Whether there is a page to log in at.
    pub fn can_log_in(&self) -> bool {
        !self.users.is_empty() || self.oidc.is_some()
    }

    fn user(&self, name: &str) -> Option<&UserConfig> {
        self.users.get(name).and_then(|at| self.config.users.get(*at))
    }

    fn token(&self, hash: Digest) -> Option<&TokenConfig> {
        self.tokens.get(&hash).and_then(|at| self.config.tokens.get(*at))
    }

    /// What sessions of the provider rest on.
    pub fn oidc_credential(&self) -> Option<Digest> {
        self.config.oidc.as_ref().map(|oidc| Digest::of(oidc.basis().as_bytes()))
    }

    /// Who a session's owner is by the configuration in force, if what she showed still holds.
    pub fn identity_of(&self, session: &Session) -> Option<Identity> {
        let owner = &session.owner;
        let identity = |role: Role, organisations: &Organisations| Identity::User {
            name: Arc::clone(&owner.name),
            role,
            organisations: organisations.clone(),
            proof: owner.proof,
        };
        match owner.proof {
            Proof::Password => {
                let user = self.user(&owner.name)?;
                let holds = Digest::of(user.hash.as_str().as_bytes()) == owner.credential;
                holds.then(|| identity(user.role, &user.organisations))
            }
            Proof::Oidc => (self.oidc_credential()? == owner.credential)
                .then(|| identity(owner.role, &owner.organisations)),
            Proof::Proxy => None,
        }
    }
}

/// Keeps the log from being filled by those who send the same again and again.
#[derive(Debug, Default)]
pub struct Rarely(AtomicI64);

impl Rarely {
    /// Whether it is time for another line.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let (now, last) = (now.as_second(), self.0.load(Ordering::Relaxed));
        let is_due = last == 0 || (now - last).abs() >= LOGGED_EACH;
        is_due && self.0.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}
