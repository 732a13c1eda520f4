//! Servers whose cipher suites our first TLS library has no word for.

use std::sync::Arc;

use s2n_tls::config::Builder;
use s2n_tls::security::Policy;
use s2n_tls_tokio::TlsAcceptor;
use socket2::Socket;

use super::accept::serve_each;
use super::http1;
use crate::lab::authority::Error;
use crate::lab::site::page::Page;

/// RSA key exchange with AES and CBC, and nothing else.
const ONLY_RSA_KEY_EXCHANGE: &str = "20170816_healthcheck";

/// Serves a page with this chain and key.
pub(super) fn serve(
    socket: Socket,
    (chain, key): &(String, String),
    page: &Page,
    host: &'static str,
) -> Result<(), Error> {
    let mut builder = Builder::new();
    builder
        .with_system_certs(false)?
        .set_security_policy(&Policy::from_version(ONLY_RSA_KEY_EXCHANGE)?)?
        .set_max_blinding_delay(1)?
        .load_pem(chain.as_bytes(), key.as_bytes())?;
    let tls = TlsAcceptor::new(builder.build()?);
    let page = Arc::new(page.clone());
    serve_each(socket, move |stream| {
        let (tls, page) = (tls.clone(), Arc::clone(&page));
        async move {
            if let Ok(stream) = tls.accept(stream).await {
                http1::answer(stream, &page, host).await?;
            }
            std::io::Result::Ok(())
        }
    })?;
    Ok(())
}
