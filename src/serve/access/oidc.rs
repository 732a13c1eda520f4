//! Log-in at an OpenID Connect provider: the authorization code flow with PKCE, state and nonce.
//!
//! What was begun is kept in memory for some minutes, by its state, and bound to the browser that began
//! it by a cookie. The provider's metadata and keys are fetched when they are first needed, and again each
//! hour or when a token is signed with a key that isn't known.

mod claims;
mod provider_client;

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, Scope,
    SignatureVerificationError, TokenResponse as _, UserInfoClaims,
};
use url::Url;

use super::next::LocalPath;
use super::rules::{Grant, granted};
use super::secret::Secret;
use crate::model::Digest;
use crate::serve::config::access::OidcConfig;
use crate::serve::http_client::HttpError;
use claims::{AllClaims, add, groups_of, has, name_of, payload};
pub use provider_client::ProviderClient;

/// The path to which the provider sends the browser back.
pub const CALLBACK: &str = "/login/oidc/callback";

/// How long somebody may take at the provider.
const FLOW_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// Log-ins that are under way.
const FLOWS_MAX: usize = 2_000;

/// How long the provider's metadata and keys are used.
const METADATA_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// How old a token may be at the most.
const TOKEN_AGE_MAX: SignedDuration = SignedDuration::from_mins(10);

/// The provider, and who is about to log in there.
pub struct Oidc {
    config: OidcConfig,
    redirect: Url,
    after_log_out: Url,
    http: ProviderClient,
    metadata: Mutex<Option<(Timestamp, Arc<ProviderMetadataWithLogout>)>>,
    flows: Mutex<HashMap<String, Flow>>,
}

/// A log-in that is under way.
struct Flow {
    began: Timestamp,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    browser: Digest,
    next: LocalPath,
}

/// Where the browser goes to log in.
#[derive(Debug)]
pub struct Begun {
    /// The provider's page.
    pub url: Url,
    /// For a cookie, by which the browser is known again.
    pub browser: Secret,
}

/// Who has logged in.
#[derive(Debug)]
pub struct LoggedIn {
    /// What she is called.
    pub name: String,
    /// What she may do.
    pub grant: Grant,
    /// Where she wanted to go.
    pub next: LocalPath,
    /// The token, for the log-out there.
    pub id_token: String,
}

/// What the provider sends the browser back with.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Callback {
    /// To be exchanged for tokens.
    pub code: Option<String>,
    /// Which log-in this is.
    pub state: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// The issuer (RFC 9207).
    pub iss: Option<String>,
}

/// Why nobody is logged in. The details are for the log; a page says which of these it is.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// It can't be reached, or isn't what the configuration says.
    #[error("the provider can't be used: {0}")]
    Provider(String),
    /// No log-in of this browser is under way: it took too long, or the link is from elsewhere.
    #[error("no log-in of this browser is under way")]
    NoFlow,
    /// The user or the provider has refused.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The token isn't good.
    #[error("the provider's token is not valid: {0}")]
    Token(String),
    /// Who she is is known, and she may do nothing here.
    #[error("`{name}` is in no group that may do anything here")]
    Stranger {
        /// Who it is.
        name: String,
    },
}

impl Oidc {
    /// The provider of a configuration; `base` is the URL of this daemon.
    ///
    /// # Errors
    /// When an authority that is to be trusted can't be used.
    pub fn new(config: OidcConfig, base: &Url) -> Result<Self, HttpError> {
        let join = |path: &str| base.join(path.trim_start_matches('/'));
        let (redirect, after) = match (join(CALLBACK), join("login")) {
            (Ok(redirect), Ok(after)) => (redirect, after),
            (Err(error), _) | (_, Err(error)) => return Err(HttpError::Url(error.to_string())),
        };
        let http = ProviderClient::new(&config.authorities)?;
        let (metadata, flows) = (Mutex::default(), Mutex::default());
        Ok(Self { config, redirect, after_log_out: after, http, metadata, flows })
    }

    /// The configuration that it was made from.
    pub fn config(&self) -> &OidcConfig {
        &self.config
    }

    /// Begins a log-in.
    ///
    /// # Errors
    /// When the provider can't be reached.
    pub async fn begin(&self, next: LocalPath, now: Timestamp) -> Result<Begun, OidcError> {
        let metadata = self.metadata(now, false).await?;
        let provider = |error: &dyn Error| OidcError::Provider(causes(error));
        let browser = Secret::random().map_err(|error| provider(&error))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = CoreClient::from_provider_metadata(
            (*metadata).clone(),
            ClientId::new(self.config.client_id.clone()),
            None,
        )
        .set_redirect_uri(RedirectUrl::from_url(self.redirect.clone()));
        let mut request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        for scope in self.config.scopes.iter().filter(|scope| *scope != "openid") {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        let flow = Flow { began: now, nonce, verifier, browser: browser.digest(), next };
        let mut flows = self.flows.lock().unwrap_or_else(PoisonError::into_inner);
        flows.retain(|_, flow| now.duration_since(flow.began) < FLOW_LASTS);
        if flows.len() >= FLOWS_MAX {
            let oldest =
                flows.iter().min_by_key(|(_, flow)| flow.began).map(|(key, _)| key.clone());
            oldest.and_then(|key| flows.remove(&key));
        }
        flows.insert(state.secret().clone(), flow);
        Ok(Begun { url, browser })
    }

    /// Ends a log-in with what the provider has sent the browser back with.
    ///
    /// # Errors
    /// Why nobody is logged in.
    pub async fn finish(
        &self,
        callback: Callback,
        browser: Option<&str>,
        now: Timestamp,
    ) -> Result<LoggedIn, OidcError> {
        let flow = self.take_flow(&callback, browser, now)?;
        if callback.iss.is_some_and(|iss| iss != self.metadata_issuer()) {
            return Err(OidcError::Token("another issuer answered (`iss`)".to_owned()));
        }
        if let Some(error) = callback.error {
            return Err(OidcError::Refused(format!("{error:?}")));
        }
        let code = callback.code.ok_or(OidcError::NoFlow)?;
        let metadata = self.metadata(now, false).await?;
        let secret = self.config.client_secret.as_ref();
        let client = |metadata: &ProviderMetadataWithLogout| {
            CoreClient::from_provider_metadata(
                metadata.clone(),
                ClientId::new(self.config.client_id.clone()),
                secret.map(|secret| ClientSecret::new(secret.reveal().to_owned())),
            )
            .set_redirect_uri(RedirectUrl::from_url(self.redirect.clone()))
        };
        let mut known = client(&metadata);
        let request = known
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| OidcError::Provider(causes(&error)))?;
        let tokens = request
            .set_pkce_verifier(flow.verifier)
            .request_async(&self.http)
            .await
            .map_err(|error| OidcError::Provider(causes(&error)))?;
        let bad = |error: &dyn Error| OidcError::Token(causes(error));
        let id_token =
            tokens.id_token().ok_or_else(|| OidcError::Token("there is no ID token".to_owned()))?;
        let skew = SignedDuration::try_from(self.config.clock_skew).unwrap_or_default();
        macro_rules! verify {
            ($client:expr) => {{
                let verifier = $client
                    .id_token_verifier()
                    .set_allowed_algs(ALGORITHMS)
                    .set_time_fn(move || system_time(now - skew).into())
                    .set_issue_time_verifier_fn(move |issued| {
                        plausible(SystemTime::from(issued), now, skew)
                    });
                id_token.claims(&verifier, &flow.nonce).cloned()
            }};
        }
        let claims = match verify!(known) {
            // Signed with a key that came after ours were fetched.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                known = client(&*self.metadata(now, true).await?);
                verify!(known)
            }
            verified => verified,
        }
        .map_err(|error| bad(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let verifier = known.id_token_verifier().set_allowed_algs(ALGORITHMS);
            let algorithm = id_token.signing_alg().map_err(|error| bad(&error))?;
            let key = id_token.signing_key(&verifier).map_err(|error| bad(&error))?;
            let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
                .map_err(|error| bad(&error))?;
            if hash != *expected {
                return Err(OidcError::Token("the access token is another one's".to_owned()));
            }
        }
        // What was verified, with the claims that no standard names.
        let id_token = id_token.to_string();
        let mut all = payload(&id_token)
            .ok_or_else(|| OidcError::Token("its claims can't be read".to_owned()))?;
        let has_groups = groups_of(&all, &self.config.groups_claim).is_some();
        let needs_groups = !has_groups && !self.config.groups.is_empty();
        let needs_name = !has(&all, &self.config.user_claim);
        if (needs_groups || needs_name) && metadata.userinfo_endpoint().is_some() {
            let more: Result<UserInfoClaims<AllClaims, CoreGenderClaim>, _> = known
                .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
                .map_err(|error| OidcError::Provider(causes(&error)))?
                .request_async(&self.http)
                .await;
            match more {
                Ok(more) => add(&mut all, &more),
                Err(error) if needs_groups => return Err(OidcError::Provider(causes(&error))),
                Err(error) => {
                    let error = causes(&error);
                    tracing::warn!(error, "the user-info endpoint can't be asked for the name");
                }
            }
        }
        let name = name_of(&all, &self.config.user_claim)
            .ok_or_else(|| OidcError::Token("it has no usable name of the user".to_owned()))?;
        let groups = groups_of(&all, &self.config.groups_claim).unwrap_or_default();
        let groups = groups.iter().map(String::as_str);
        match granted(&self.config.groups, self.config.others, groups) {
            Some(grant) => Ok(LoggedIn { name, grant, next: flow.next, id_token }),
            None => Err(OidcError::Stranger { name }),
        }
    }

    /// Where the browser goes to log out at the provider, if that is possible. What is known of the
    /// provider by now decides: a log-out doesn't wait for it.
    pub fn log_out_url(&self, id_token: Option<&str>) -> Option<Url> {
        let metadata = self.known_metadata()?;
        let endpoint = metadata.additional_metadata().end_session_endpoint.clone()?;
        let mut url = LogoutRequest::from(endpoint)
            .set_client_id(ClientId::new(self.config.client_id.clone()))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(
                self.after_log_out.clone(),
            ))
            .http_get_url();
        if let Some(id_token) = id_token {
            url.query_pairs_mut().append_pair("id_token_hint", id_token);
        }
        Some(url)
    }

    fn take_flow(
        &self,
        callback: &Callback,
        browser: Option<&str>,
        now: Timestamp,
    ) -> Result<Flow, OidcError> {
        let state = callback.state.as_ref().ok_or(OidcError::NoFlow)?;
        let browser = browser.and_then(Secret::parse).ok_or(OidcError::NoFlow)?.digest();
        let mut flows = self.flows.lock().unwrap_or_else(PoisonError::into_inner);
        // A state that was overheard elsewhere doesn't end the log-in of the browser that has it.
        let is_hers =
            |flow: &Flow| flow.browser == browser && now.duration_since(flow.began) < FLOW_LASTS;
        match flows.get(state).is_some_and(is_hers) {
            true => flows.remove(state).ok_or(OidcError::NoFlow),
            false => Err(OidcError::NoFlow),
        }
    }

    fn metadata_issuer(&self) -> String {
        let known = self.known_metadata();
        known.map_or_else(|| self.config.issuer.to_string(), |known| known.issuer().to_string())
    }

    fn known_metadata(&self) -> Option<Arc<ProviderMetadataWithLogout>> {
        let metadata = self.metadata.lock().unwrap_or_else(PoisonError::into_inner);
        metadata.as_ref().map(|(_, metadata)| Arc::clone(metadata))
    }

    async fn metadata(
        &self,
        now: Timestamp,
        anew: bool,
    ) -> Result<Arc<ProviderMetadataWithLogout>, OidcError> {
        let known = self.metadata.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, metadata)) = &known
            && !anew
            && now.duration_since(*at) < METADATA_LASTS
        {
            return Ok(Arc::clone(metadata));
        }
        // The issuer as it is written: `https://a.example` and `https://a.example/` are two.
        let text = self.config.issuer.as_str();
        let written = match self.config.issuer.path() {
            "/" => text.trim_end_matches('/'),
            _ => text,
        };
        let issuer = IssuerUrl::new(written.to_owned())
            .map_err(|error| OidcError::Provider(causes(&error)))?;
        match ProviderMetadataWithLogout::discover_async(issuer, &self.http).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                let entry = Some((now, Arc::clone(&metadata)));
                *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = entry;
                Ok(metadata)
            }
            Err(error) => Err(OidcError::Provider(causes(&error))),
        }
    }
}

/// Signatures by keys that only the provider has. With `HS256` the client's secret would sign too.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// As the library has times.
fn system_time(time: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(time.as_second()).unwrap_or_default())
}

/// Whether a token can have been issued then.
fn plausible(issued: SystemTime, now: Timestamp, skew: SignedDuration) -> Result<(), String> {
    let issued = Timestamp::try_from(issued).map_err(|error| error.to_string())?;
    let age = now.duration_since(issued);
    if age < -skew {
        return Err(format!("it was issued in the future, at {issued}; it is {now} here"));
    }
    if age > TOKEN_AGE_MAX + skew {
        return Err(format!("it was issued long ago, at {issued}; it is {now} here"));
    }
    Ok(())
}

/// An error with its causes on one line.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
