//! The daemon's HTTP client as `openidconnect` asks for one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::pki_types::CertificateDer;

use crate::serve::http_client::{Bounds, HttpClient, HttpError};
use crate::serve::trust;

const BOUNDS: Bounds = Bounds {
    within: Duration::from_secs(15),
    answer_octets_max: 1 << 20,
    is_whole: true,
    may_be_plain: false,
};

/// The client.
pub struct ProviderClient(Arc<HttpClient>);

impl ProviderClient {
    /// One that trusts the usual authorities, and these.
    ///
    /// # Errors
    /// When one of these is no certificate.
    pub fn new(more: &[CertificateDer<'static>]) -> Result<Self, HttpError> {
        let tls = trust::client(more).map_err(|error| HttpError::Authorities(error.to_string()))?;
        Ok(Self(Arc::new(HttpClient::new(tls, BOUNDS))))
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}
