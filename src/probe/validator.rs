//! Asks the operator's own RPKI validator which payloads cover a route: Routinator's HTTP API,
//! `/api/v1/validity/AS/PREFIX`.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::model::{Origins, Payload, Route};

/// Questions under way at once: it is one machine, and most often a small one.
const IN_FLIGHT: usize = 8;
/// Octets of an answer: some payloads, each of about a hundred.
const ANSWER_OCTETS: usize = 1 << 20;

pub(super) type Error = Box<dyn std::error::Error + Send + Sync>;

/// The validator's client.
pub(super) struct Client {
    address: SocketAddr,
    timeout: Duration,
    places: Semaphore,
}

#[derive(Deserialize)]
struct Answer {
    validated_route: Validated,
}

#[derive(Deserialize)]
struct Validated {
    validity: Validity,
}

#[derive(Deserialize)]
struct Validity {
    #[serde(rename = "VRPs")]
    payloads: Covering,
}

/// Every payload whose prefix covers the route's, by how they differ from it.
#[derive(Deserialize)]
struct Covering {
    matched: Vec<CoveringPayload>,
    unmatched_as: Vec<CoveringPayload>,
    unmatched_length: Vec<CoveringPayload>,
}

#[derive(Deserialize)]
struct CoveringPayload {
    asn: String,
    prefix: String,
    max_length: String,
}

impl Client {
    pub fn new(address: SocketAddr, timeout: Duration) -> Self {
        Self { address, timeout, places: Semaphore::new(IN_FLIGHT) }
    }

    /// Adds the payloads that cover the routes, or why the validator gave none.
    pub async fn complete(&self, mut found: Origins) -> Origins {
        let mut payloads = Vec::new();
        for route in &found.routes {
            let lookup = async {
                let _place = self.places.acquire().await?;
                match timeout(self.timeout, self.covering_payloads(route)).await {
                    Ok(covering) => covering,
                    Err(_) => Err("no answer in time".into()),
                }
            };
            match lookup.await {
                Ok(covering) => payloads.extend(covering),
                Err(error) => {
                    found.validator_failed = Some(format!("{}: {error}", self.address));
                    return found;
                }
            }
        }
        payloads.sort_unstable();
        payloads.dedup();
        found.payloads = Some(payloads);
        found
    }

    async fn covering_payloads(&self, route: &Route) -> Result<Vec<Payload>, Error> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let path = format!("/api/v1/validity/AS{}/{}", route.asn, route.prefix);
        let request = http::Request::get(path)
            .header("host", self.address.to_string())
            .body(Empty::<bytes::Bytes>::new())?;
        let exchange = async {
            let response = sender.send_request(request).await?;
            let status = response.status();
            let body =
                Limited::new(response.into_body(), ANSWER_OCTETS).collect().await?.to_bytes();
            Ok::<_, Error>((status, body))
        };
        tokio::pin!(connection);
        tokio::pin!(exchange);
        let (status, body) = tokio::select! {
            answered = &mut exchange => answered?,
            ended = &mut connection => {
                ended?;
                // What came before the end is still to be read.
                exchange.await?
            }
        };
        if status != http::StatusCode::OK {
            return Err(format!("HTTP status {}", status.as_u16()).into());
        }
        parse_payloads(&body)
    }
}

pub(super) fn parse_payloads(body: &[u8]) -> Result<Vec<Payload>, Error> {
    let answer: Answer = serde_json::from_slice(body)?;
    let covering = answer.validated_route.validity.payloads;
    let payloads = covering.matched.iter().chain(&covering.unmatched_as);
    payloads.chain(&covering.unmatched_length).map(CoveringPayload::payload).collect()
}

impl CoveringPayload {
    fn payload(&self) -> Result<Payload, Error> {
        Ok(Payload {
            prefix: self.prefix.parse()?,
            max_length: self.max_length.parse()?,
            asn: self.asn.trim_start_matches("AS").parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    const ANSWER: &str = r#"{"validated_route": {
        "route": {"origin_asn": "AS64500", "prefix": "2001:db8::/48"},
        "validity": {"state": "invalid", "reason": "length", "description": "…", "VRPs": {
            "matched": [],
            "unmatched_as": [{"asn": "AS64501", "prefix": "2001:db8::/32", "max_length": "48"}],
            "unmatched_length": [{"asn": "AS64500", "prefix": "2001:db8::/32", "max_length": "32"}]
        }}}}"#;

    fn found() -> Origins {
        let route = Route { prefix: "2001:db8::/48".parse().unwrap(), asn: 64500 };
        Origins { routes: vec![route], ..Origins::default() }
    }

    /// A validator that answers this once to whatever it is asked; returns what it was asked.
    async fn validator(answer: String) -> (Client, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut octets = vec![0; 4096];
            let length = stream.read(&mut octets).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&octets[..length]).into_owned()
        });
        (Client::new(address, Duration::from_secs(60)), asked)
    }

    fn ok(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn every_covering_payload_is_taken_over() {
        let (client, asked) = validator(ok(ANSWER)).await;
        let completed = client.complete(found()).await;
        let payloads = completed.payloads.clone().unwrap();
        let seen: Vec<_> = payloads.iter().map(|p| (p.asn, p.max_length)).collect();
        assert_eq!(seen, [(64500, 32), (64501, 48)]);
        let validity = completed.validity(&completed.routes[0]);
        assert_eq!(validity, Some(crate::model::Validity::Invalid));
        let asked = asked.await.unwrap();
        assert!(
            asked.starts_with("GET /api/v1/validity/AS64500/2001:db8::/48 HTTP/1.1"),
            "{asked}"
        );
    }

    #[tokio::test]
    async fn a_validator_that_fails_is_noted() {
        let long = ok(&" ".repeat(ANSWER_OCTETS + 1));
        for (answer, why) in [
            ("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_owned(), "HTTP status 503"),
            (ok("{}"), "validated_route"),
            (ok(&ANSWER.replace("\"48\"", "\"x\"")), "invalid digit"),
            (long, "length limit"),
            (String::new(), "closed"),
        ] {
            let (client, _asked) = validator(answer).await;
            let completed = client.complete(found()).await;
            assert_eq!(completed.payloads, None);
            let failed = completed.validator_failed.unwrap();
            assert!(failed.contains(why), "{failed}");
        }
        let absent = Client::new("127.0.0.1:1".parse().unwrap(), Duration::from_secs(60));
        let failed = absent.complete(found()).await.validator_failed.unwrap();
        assert!(failed.contains("refused"), "{failed}");
    }
}
