//! What each address answered well, to be asked again once it refuses something.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::conversation::Client;
use crate::model::{Conversation, ConversationQuestion, Recheck};

/// The last request that each address answered well in this run.
#[derive(Default)]
pub(super) struct Answered(Mutex<HashMap<SocketAddr, (ConversationQuestion, Timestamp)>>);

impl Answered {
    /// Remembers a request that was answered well. After one that was refused, asks the address again what
    /// it answered last: the difference between a page that nobody may see and a client that may see
    /// nothing any more.
    pub async fn recheck(
        &self,
        client: &Client,
        question: &ConversationQuestion,
        seen: &Conversation,
        asked_at: Timestamp,
    ) -> Option<Recheck> {
        if !seen.is_refusal() {
            if status(seen).is_some_and(|status| status < 400) && question.mss.is_none() {
                self.lock().insert(question.address, (question.clone(), asked_at));
            }
            return None;
        }
        let (earlier, answered_at) = self.lock().get(&question.address).cloned()?;
        let again = if earlier == *question {
            status(seen)
        } else {
            status(&Box::pin(client.converse(&earlier)).await)
        };
        let http = earlier.http?;
        Some(Recheck { authority: http.authority, path: http.path, answered_at, status: again })
    }

    fn lock(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<SocketAddr, (ConversationQuestion, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn status(seen: &Conversation) -> Option<u16> {
    seen.http.as_ref()?.as_ref().ok().map(|response| response.status)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::model::{HttpGet, Settings};

    /// A server that answers each connection with the next of these statuses, and resets it for 0.
    async fn server(statuses: &'static [u16]) -> SocketAddr {
        let listener = TcpListener::bind("[::1]:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            for status in statuses {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 1024]).await.unwrap();
                if *status == 0 {
                    stream.set_zero_linger().unwrap();
                    continue;
                }
                let answer = format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
                stream.shutdown().await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn an_address_that_refuses_is_asked_again_what_it_answered() {
        for (statuses, expected) in [
            // The first answer, the refusal, and the earlier request once more.
            (&[200, 403, 403][..], Some((Some(403), true))),
            (&[302, 503, 503], Some((Some(503), true))),
            (&[200, 403, 200], Some((Some(200), false))),
            (&[200, 429, 0], Some((None, true))),
            (&[200, 0, 0], Some((None, true))),
            (&[200, 0, 200], Some((Some(200), false))),
            // Nothing had been answered before, or nothing was refused.
            (&[404, 403], None),
            (&[403, 403], None),
            (&[200, 404], None),
            (&[200, 500], None),
        ] {
            let address = server(statuses).await;
            let client = Client::new(&Settings::default()).unwrap();
            let answered = Answered::default();
            let mut last = None;
            for path in ["/", "/page"] {
                let http = HttpGet {
                    authority: "www.example.vn".into(),
                    path: path.into(),
                    ..HttpGet::default()
                };
                let question =
                    ConversationQuestion { address, tls: None, http: Some(http), mss: None };
                let seen = client.converse(&question).await;
                last = answered.recheck(&client, &question, &seen, Timestamp::UNIX_EPOCH).await;
            }
            let seen = last.map(|recheck| {
                assert_eq!(&*recheck.path, "/");
                (recheck.status, recheck.is_refused())
            });
            assert_eq!(seen, expected, "{statuses:?}");
        }
    }

    #[tokio::test]
    async fn the_same_request_needs_no_second_one() {
        let address = server(&[200, 403]).await;
        let client = Client::new(&Settings::default()).unwrap();
        let answered = Answered::default();
        let http = HttpGet { path: "/".into(), ..HttpGet::default() };
        let question = ConversationQuestion { address, tls: None, http: Some(http), mss: None };
        let mut last = None;
        for _ in 0..2 {
            let seen = client.converse(&question).await;
            last = answered.recheck(&client, &question, &seen, Timestamp::UNIX_EPOCH).await;
        }
        assert_eq!(last.unwrap().status, Some(403));
    }
}
