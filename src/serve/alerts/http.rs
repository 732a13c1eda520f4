//! One POST to a receiver of messages.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use url::Url;

use super::sending::NotSent;
use crate::serve::http_client::{Bounds, HttpClient, HttpError, Request};
use crate::serve::trust::Trusted;

/// Of an answer only the status counts; its beginning is told where it is no good one.
const BOUNDS: Bounds = Bounds {
    within: Duration::from_secs(30),
    answer_octets_max: 4096,
    is_whole: false,
    may_be_plain: true,
};

/// What is sent.
pub(super) struct Post<'a> {
    /// Where to.
    pub url: &'a Url,
    /// The type of the body.
    pub content_type: &'a str,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whom it trusts.
    pub trusted: &'a Trusted,
}

/// Sends it; every answer of 200 to 299 takes it. What may be secret of the URL is in no message.
pub(super) async fn post(post: Post<'_>) -> Result<(), NotSent> {
    let host = post.url.host_str().unwrap_or("?").to_owned();
    let tls = post.trusted.client().map_err(NotSent::for_good)?;
    let sent = HttpClient::new(tls, BOUNDS).send(request(post)?).await;
    let answer = sent.map_err(|error| match error {
        HttpError::Url(_) => NotSent::for_good(format!("{host}: the URL can't be asked")),
        error => NotSent::for_now(error.to_string()),
    })?;
    let status = answer.status().as_u16();
    if (200..300).contains(&status) {
        return Ok(());
    }
    let text = String::from_utf8_lossy(answer.body());
    let problem = format!("{host} answered {status} {}", super::message::one_line(text.trim()));
    // Too many, too early, or trouble of its own: later it may be taken.
    match status {
        408 | 425 | 429 | 500.. => Err(NotSent::for_now(problem)),
        _ => Err(NotSent::for_good(problem)),
    }
}

fn request(post: Post<'_>) -> Result<Request, NotSent> {
    let bad = |what: &str| NotSent::for_good(format!("{what} can't stand in a header"));
    let mut request = http::Request::post(post.url.as_str())
        .header(USER_AGENT, concat!("v6ready/", env!("CARGO_PKG_VERSION")))
        .body(post.body)
        .map_err(|_| bad("the URL"))?;
    let headers = request.headers_mut();
    let value = |text: &str, what: &str| HeaderValue::from_str(text).map_err(|_| bad(what));
    headers.insert(CONTENT_TYPE, value(post.content_type, "`content_type`")?);
    for (name, text) in &post.headers {
        let header = HeaderName::try_from(name).map_err(|_| bad(name))?;
        headers.insert(header, value(text, name)?);
    }
    Ok(request)
}
