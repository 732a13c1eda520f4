//! Against a small provider on loopback, which signs by itself.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::serve::access::role::{Organisations, Role};
use crate::serve::access::rules::GroupRule;
use crate::serve::config::values;

const NOW: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// A key of the provider.
enum Key {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

impl Key {
    fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    fn ecdsa() -> Self {
        Self::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::Ecdsa(_) => "ES256",
        }
    }

    fn jwk(&self, id: &str) -> Value {
        let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        match self {
            Self::Rsa(key) => {
                let (modulus, exponent) = rsa_numbers(key.public_key().as_ref());
                json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
                       "n": text(&modulus), "e": text(&exponent)})
            }
            Self::Ecdsa(key) => {
                // An uncompressed point: 4, x, y.
                let point = key.public_key().as_ref();
                json!({"kty": "EC", "use": "sig", "alg": "ES256", "crv": "P-256", "kid": id,
                       "x": text(&point[1..33]), "y": text(&point[33..])})
            }
        }
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::Ecdsa(key) => key.sign(&random, text.as_bytes()).unwrap().as_ref().to_vec(),
        }
    }

    fn token(&self, id: &str, algorithm: &str, claims: &Value) -> String {
        let header = json!({"alg": algorithm, "kid": id, "typ": "JWT"});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(claims));
        let signature = match algorithm {
            "none" => String::new(),
            "HS256" => {
                let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"client-secret");
                URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, text.as_bytes()))
            }
            _ => URL_SAFE_NO_PAD.encode(self.sign(&text)),
        };
        format!("{text}.{signature}")
    }
}

/// Modulus and exponent of an RSA key (RFC 8017, A.1.1): a sequence of two integers.
fn rsa_numbers(der: &[u8]) -> (Vec<u8>, Vec<u8>) {
    // The content of the value at the beginning, and what is behind it.
    fn value(der: &[u8]) -> (&[u8], &[u8]) {
        let (length, rest) = match der[1] {
            short @ 0..=127 => (usize::from(short), &der[2..]),
            long => {
                let (length, rest) = der[2..].split_at(usize::from(long & 0x7f));
                (length.iter().fold(0, |sum, octet| sum * 256 + usize::from(*octet)), rest)
            }
        };
        rest.split_at(length)
    }
    let unsigned = |octets: &[u8]| octets.strip_prefix(&[0]).unwrap_or(octets).to_vec();
    let (modulus, rest) = value(value(der).0);
    (unsigned(modulus), unsigned(value(rest).0))
}

/// What the provider does.
struct Behaviour {
    key: Key,
    key_id: String,
    /// What is published; the signing key, if nothing else is said.
    published: Option<Value>,
    algorithm: Option<&'static str>,
    challenge: String,
    claims: Value,
    user_info: Value,
    fails: bool,
    issuer: String,
}

type Provider = Arc<Mutex<Behaviour>>;

/// Begins a provider, and a client of it.
async fn start(key: Key) -> (Provider, Oidc) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let provider = Arc::new(Mutex::new(Behaviour {
        key,
        key_id: "one".to_owned(),
        published: None,
        algorithm: None,
        challenge: String::new(),
        claims: json!({}),
        user_info: json!({}),
        fails: false,
        issuer: issuer.clone(),
    }));
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
        .route("/userinfo", get(user_info))
        .with_state(Arc::clone(&provider));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = OidcConfig {
        title: None,
        issuer: Url::parse(&issuer).unwrap(),
        client_id: "v6ready".to_owned(),
        client_secret: Some(values::Secret::new("client-secret")),
        authorities: vec![authority()],
        scopes: vec!["profile".to_owned()],
        user_claim: "preferred_username".to_owned(),
        groups_claim: "groups".to_owned(),
        groups: vec![GroupRule {
            group: "ops".to_owned(),
            role: Role::Operator,
            organisations: Organisations::listed(["a".into()]),
        }],
        others: None,
        clock_skew: std::time::Duration::from_secs(60),
    };
    let base = Url::parse("https://v6.example.gov.vn/").unwrap();
    (provider, Oidc::new(config, &base).unwrap())
}

/// Any authority: loopback is asked without TLS.
fn authority() -> rustls::pki_types::CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["ca.example".to_owned()]).unwrap();
    made.cert.der().clone()
}

async fn discovery(State(provider): State<Provider>) -> Json<Value> {
    let provider = provider.lock().unwrap();
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/end"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
    }))
}

async fn jwks(State(provider): State<Provider>) -> Json<Value> {
    let provider = provider.lock().unwrap();
    let own = || provider.key.jwk(&provider.key_id);
    Json(json!({"keys": [provider.published.clone().unwrap_or_else(own)]}))
}

async fn token(
    State(provider): State<Provider>,
    Form(sent): Form<HashMap<String, String>>,
) -> (http::StatusCode, Json<Value>) {
    let provider = provider.lock().unwrap();
    let challenge = Digest::of(sent["code_verifier"].as_bytes());
    let is_good = URL_SAFE_NO_PAD.encode(challenge.0) == provider.challenge
        && sent["code"] == "the-code"
        && sent["redirect_uri"] == "https://v6.example.gov.vn/login/oidc/callback";
    if provider.fails || !is_good {
        return (http::StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})));
    }
    let algorithm = provider.algorithm.unwrap_or(provider.key.algorithm());
    let id_token = provider.key.token(&provider.key_id, algorithm, &provider.claims);
    let answer = json!({"access_token": "access", "token_type": "Bearer", "id_token": id_token});
    (http::StatusCode::OK, Json(answer))
}

async fn user_info(State(provider): State<Provider>) -> Json<Value> {
    Json(provider.lock().unwrap().user_info.clone())
}

/// Goes to the provider and comes back with a code; `change` spoils the claims.
async fn log_in(
    provider: &Provider,
    oidc: &Oidc,
    change: impl FnOnce(&mut Value),
) -> Result<LoggedIn, OidcError> {
    let (callback, browser) = come_back(provider, oidc, change).await;
    oidc.finish(callback, Some(&browser.text()), now()).await
}

async fn come_back(
    provider: &Provider,
    oidc: &Oidc,
    change: impl FnOnce(&mut Value),
) -> (Callback, Secret) {
    let next = LocalPath::parse("/services?stage=1").unwrap();
    let begun = oidc.begin(next, now()).await.unwrap();
    let query: HashMap<String, String> = begun.url.query_pairs().into_owned().collect();
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["scope"], "openid profile");
    let mut provider = provider.lock().unwrap();
    provider.challenge = query["code_challenge"].clone();
    provider.claims = json!({
        "iss": provider.issuer,
        "aud": "v6ready",
        "sub": "7",
        "exp": NOW + 300,
        "iat": NOW - 5,
        "nonce": query["nonce"],
        "preferred_username": "an",
        "groups": ["staff", "ops"],
    });
    change(&mut provider.claims);
    let callback = Callback {
        code: Some("the-code".to_owned()),
        state: Some(query["state"].clone()),
        error: None,
        iss: None,
    };
    (callback, begun.browser)
}

fn refusal(done: Result<LoggedIn, OidcError>) -> String {
    done.unwrap_err().to_string()
}

#[tokio::test]
async fn somebody_logs_in_with_either_kind_of_key() {
    for key in [Key::rsa(), Key::ecdsa()] {
        let (provider, oidc) = start(key).await;
        let user = log_in(&provider, &oidc, |_| {}).await.unwrap();
        assert_eq!((user.name.as_str(), user.next.as_str()), ("an", "/services?stage=1"));
        assert_eq!(user.grant.role, Role::Operator);
        assert!(user.grant.organisations.include(Some("a")));
        assert!(!user.grant.organisations.include(Some("b")));
        let url = oidc.log_out_url(Some(&user.id_token)).unwrap();
        let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(query["id_token_hint"], user.id_token);
        assert_eq!(query["post_logout_redirect_uri"], "https://v6.example.gov.vn/login");
    }
}

#[tokio::test]
async fn a_token_that_is_not_good_logs_nobody_in() {
    let (provider, oidc) = start(Key::ecdsa()).await;
    let with = async |change: fn(&mut Value)| refusal(log_in(&provider, &oidc, change).await);
    let told = with(|claims| claims["nonce"] = json!("another")).await;
    assert!(told.contains("not valid") && told.to_lowercase().contains("nonce"), "{told}");
    let told = with(|claims| drop(claims.as_object_mut().unwrap().remove("nonce"))).await;
    assert!(told.contains("not valid"), "{told}");
    let told = with(|claims| claims["aud"] = json!("another")).await;
    assert!(told.contains("not valid") && told.contains("audience"), "{told}");
    let told = with(|claims| claims["aud"] = json!(["v6ready", "another"])).await;
    assert!(told.contains("not valid"), "{told}");
    let told = with(|claims| claims["iss"] = json!("https://evil.example")).await;
    assert!(told.contains("not valid") && told.contains("issuer"), "{told}");
    let told = with(|claims| claims["exp"] = json!(NOW - 61)).await;
    assert!(told.contains("not valid") && told.contains("expired"), "{told}");
    let told = with(|claims| claims["iat"] = json!(NOW + 61)).await;
    assert!(told.contains("in the future"), "{told}");
    let told = with(|claims| claims["iat"] = json!(NOW - 3600)).await;
    assert!(told.contains("long ago"), "{told}");
    let told = with(|claims| claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA")).await;
    assert!(told.contains("access token"), "{told}");
}

#[tokio::test]
async fn clocks_may_differ_a_little() {
    let (provider, oidc) = start(Key::ecdsa()).await;
    assert!(log_in(&provider, &oidc, |claims| claims["exp"] = json!(NOW - 59)).await.is_ok());
    assert!(log_in(&provider, &oidc, |claims| claims["iat"] = json!(NOW + 59)).await.is_ok());
}

#[tokio::test]
async fn signatures_of_others_are_not_taken() {
    let (provider, oidc) = start(Key::rsa()).await;
    for algorithm in ["none", "HS256"] {
        provider.lock().unwrap().algorithm = Some(algorithm);
        let told = refusal(log_in(&provider, &oidc, |_| {}).await);
        assert!(!told.contains("no log-in"), "{algorithm}: {told}");
    }
    provider.lock().unwrap().algorithm = None;
    // Another key under the same name.
    let published = provider.lock().unwrap().key.jwk("one");
    provider.lock().unwrap().published = Some(published);
    provider.lock().unwrap().key = Key::rsa();
    let told = refusal(log_in(&provider, &oidc, |_| {}).await);
    assert!(told.contains("not valid") && told.to_lowercase().contains("signature"), "{told}");
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_fetched() {
    let (provider, oidc) = start(Key::ecdsa()).await;
    assert!(log_in(&provider, &oidc, |_| {}).await.is_ok());
    {
        let mut provider = provider.lock().unwrap();
        provider.key = Key::ecdsa();
        provider.key_id = "two".to_owned();
    }
    assert!(log_in(&provider, &oidc, |_| {}).await.is_ok());
}

#[tokio::test]
async fn who_is_in_no_group_may_do_nothing_and_groups_may_be_asked_for() {
    let (provider, oidc) = start(Key::ecdsa()).await;
    let none = |claims: &mut Value| claims["groups"] = json!(["staff"]);
    let done = log_in(&provider, &oidc, none).await;
    assert!(matches!(done, Err(OidcError::Stranger { name }) if name == "an"));
    let without = |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove("groups"));
    provider.lock().unwrap().user_info = json!({"sub": "7", "groups": ["ops"]});
    assert_eq!(log_in(&provider, &oidc, without).await.unwrap().grant.role, Role::Operator);
    // Of another user they are not taken.
    provider.lock().unwrap().user_info = json!({"sub": "8", "groups": ["ops"]});
    assert!(log_in(&provider, &oidc, without).await.is_err());
}

#[tokio::test]
async fn a_name_that_the_token_lacks_is_asked_for() {
    let (provider, oidc) = start(Key::ecdsa()).await;
    let nameless = |claims: &mut Value| {
        drop(claims.as_object_mut().unwrap().remove("preferred_username"));
    };
    let user_info = json!({"sub": "7", "preferred_username": "binh", "groups": ["none"]});
    provider.lock().unwrap().user_info = user_info;
    let user = log_in(&provider, &oidc, nameless).await.unwrap();
    assert_eq!((user.name.as_str(), user.grant.role), ("binh", Role::Operator));
    // The subject is known without it.
    provider.lock().unwrap().user_info = json!({"sub": "8", "preferred_username": "chi"});
    assert_eq!(log_in(&provider, &oidc, nameless).await.unwrap().name, "7");
}

#[tokio::test]
async fn a_log_in_belongs_to_the_browser_that_began_it_and_happens_once() {
    let (provider, oidc) = start(Key::ecdsa()).await;
    let (callback, browser) = come_back(&provider, &oidc, |_| {}).await;
    let other = Secret::random().unwrap().text();
    for browser in [None, Some(""), Some(other.as_str())] {
        let done = oidc.finish(callback.clone(), browser, now()).await;
        assert!(matches!(done, Err(OidcError::NoFlow)));
    }
    let browser = browser.text();
    let elsewhere = Callback { state: Some("another".to_owned()), ..callback.clone() };
    let done = oidc.finish(elsewhere, Some(&browser), now()).await;
    assert!(matches!(done, Err(OidcError::NoFlow)));
    assert!(oidc.finish(callback.clone(), Some(&browser), now()).await.is_ok());
    let again = oidc.finish(callback, Some(&browser), now()).await;
    assert!(matches!(again, Err(OidcError::NoFlow)));

    let (callback, browser) = come_back(&provider, &oidc, |_| {}).await;
    let late = now() + FLOW_LASTS;
    let done = oidc.finish(callback, Some(&browser.text()), late).await;
    assert!(matches!(done, Err(OidcError::NoFlow)));
}

#[tokio::test]
async fn what_the_provider_refuses_is_told() {
    let (provider, oidc) = start(Key::ecdsa()).await;
    let (callback, browser) = come_back(&provider, &oidc, |_| {}).await;
    let refused = Callback { error: Some("access_denied\n".to_owned()), ..callback };
    let told = refusal(oidc.finish(refused, Some(&browser.text()), now()).await);
    assert!(told.contains("\"access_denied\\n\""), "{told}");
    let (callback, browser) = come_back(&provider, &oidc, |_| {}).await;
    let mixed = Callback { iss: Some("https://evil.example".to_owned()), ..callback };
    let told = refusal(oidc.finish(mixed, Some(&browser.text()), now()).await);
    assert!(told.contains("another issuer"), "{told}");
    provider.lock().unwrap().fails = true;
    let told = refusal(log_in(&provider, &oidc, |_| {}).await);
    assert!(told.contains("can't be used"), "{told}");
}

#[tokio::test]
async fn a_provider_that_is_another_or_is_gone_is_told() {
    let (provider, oidc) = start(Key::ecdsa()).await;
    provider.lock().unwrap().issuer = "https://evil.example".to_owned();
    let told = oidc.begin(LocalPath::home(), now()).await.unwrap_err().to_string();
    assert!(told.contains("issuer"), "{told}");
    let mut config = oidc.config().clone();
    // A port that nothing listens at any more.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    config.issuer = Url::parse(&issuer).unwrap();
    let base = Url::parse("https://v6.example.gov.vn/").unwrap();
    let oidc = Oidc::new(config, &base).unwrap();
    let told = oidc.begin(LocalPath::home(), now()).await.unwrap_err().to_string();
    assert!(told.contains("can't be reached"), "{told}");
}
