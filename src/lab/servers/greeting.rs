//! Servers that speak first: SMTP, IMAP, POP3 and SSH, conformant or as faulty as a site describes them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use socket2::Socket;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::accept::serve_each;
use crate::lab::authority::{Authority, Error};
use crate::lab::site::hostile_texts::HOSTILE_TEXTS;
use crate::lab::site::listener::{GreetingBehaviour, GreetingServer};
use crate::model::{Protocol, Security};

/// Octets of one command that are read.
const COMMAND_MAX: usize = 1024;

/// Between two octets of a tarpit.
const DRIP_EVERY: Duration = Duration::from_millis(200);

/// Serves at a listening socket.
pub(super) fn serve(
    socket: Socket,
    server: GreetingServer,
    authority: &Authority,
) -> Result<(), Error> {
    let config = authority.tls_config(server.host, server.certificate)?;
    Ok(serve_each(socket, move |stream| serve_connection(stream, server, Arc::clone(&config)))?)
}

async fn serve_connection(
    mut stream: TcpStream,
    server: GreetingServer,
    config: Arc<ServerConfig>,
) -> io::Result<()> {
    let tls = TlsAcceptor::from(config);
    if server.security == Security::Implicit {
        let mut stream = tls.accept(stream).await?;
        greet(&mut stream, server).await?;
        converse(&mut stream, server, false).await?;
        return stream.shutdown().await;
    }
    greet(&mut stream, server).await?;
    if converse(&mut stream, server, true).await? {
        if server.behaviour == GreetingBehaviour::NoHandshake {
            return Ok(());
        }
        let mut stream = tls.accept(stream).await?;
        converse(&mut stream, server, false).await?;
        return stream.shutdown().await;
    }
    stream.shutdown().await
}

async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    server: GreetingServer,
) -> io::Result<()> {
    let conformant = match server.protocol {
        Protocol::Smtp => format!("220 {} ESMTP\r\n", server.host),
        Protocol::Imap => "* OK IMAP4rev1\r\n".to_owned(),
        Protocol::Pop3 => "+OK POP3\r\n".to_owned(),
        Protocol::Ssh => "SSH-2.0-lab\r\n".to_owned(),
    };
    let text = match (server.behaviour, server.protocol) {
        (GreetingBehaviour::Silent, _) => {
            // Until the client leaves.
            while stream.read(&mut [0; 64]).await? > 0 {}
            return Ok(());
        }
        (GreetingBehaviour::Tarpit, _) => {
            for octet in conformant.trim_end().bytes().cycle() {
                stream.write_all(&[octet]).await?;
                tokio::time::sleep(DRIP_EVERY).await;
            }
            return Ok(());
        }
        (GreetingBehaviour::Closes, _) => return Err(io::ErrorKind::ConnectionAborted.into()),
        (GreetingBehaviour::OtherProtocol, _) => "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
        (GreetingBehaviour::TemporaryError, _) => "421 4.3.2 Try again later\r\n".to_owned(),
        (GreetingBehaviour::PermanentError, Protocol::Imap) => "* BYE not here\r\n".to_owned(),
        (GreetingBehaviour::PermanentError, Protocol::Pop3) => "-ERR not here\r\n".to_owned(),
        (GreetingBehaviour::HostileTexts, _) => {
            HOSTILE_TEXTS.iter().map(|text| format!("554-{text}\r\n")).collect::<String>()
                + "554 -\r\n"
        }
        (GreetingBehaviour::PermanentError, _) => "554 No SMTP service here\r\n".to_owned(),
        (GreetingBehaviour::RefusesClient, _) => {
            "554 5.7.1 Client host rejected: cannot find your reverse hostname\r\n".to_owned()
        }
        _ => conformant,
    };
    stream.write_all(text.as_bytes()).await
}

/// Answers commands until the client leaves (false) or TLS is to begin (true).
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    server: GreetingServer,
    is_plain: bool,
) -> io::Result<bool> {
    let offers = is_plain
        && server.security == Security::Starttls
        && server.behaviour != GreetingBehaviour::NoStarttls;
    while let Some(command) = command(stream).await? {
        let mut words = command.split_ascii_whitespace().map(str::to_ascii_uppercase);
        let tag = if server.protocol == Protocol::Imap { words.next() } else { None };
        let tag = tag.unwrap_or_default().to_ascii_lowercase();
        let verb = words.next().unwrap_or_default();
        let begins = offers && matches!(verb.as_str(), "STARTTLS" | "STLS");
        let answer = match (server.protocol, verb.as_str()) {
            (Protocol::Smtp, "EHLO") => {
                let more = if offers { "250-STARTTLS\r\n" } else { "" };
                format!("250-{}\r\n{more}250 8BITMIME\r\n", server.host)
            }
            (Protocol::Smtp, "STARTTLS") if begins => "220 2.0.0 Ready\r\n".to_owned(),
            (Protocol::Smtp, "STARTTLS") => "454 4.7.0 Not available\r\n".to_owned(),
            (Protocol::Smtp, "QUIT") => "221 2.0.0 Bye\r\n".to_owned(),
            (Protocol::Imap, "CAPABILITY") => {
                let more = if offers { " STARTTLS" } else { "" };
                format!("* CAPABILITY IMAP4rev1{more}\r\n{tag} OK done\r\n")
            }
            (Protocol::Imap, "STARTTLS") if begins => format!("{tag} OK begin\r\n"),
            (Protocol::Imap, "LOGOUT") => format!("* BYE\r\n{tag} OK done\r\n"),
            (Protocol::Imap, _) => format!("{tag} BAD unknown\r\n"),
            (Protocol::Pop3, "CAPA") if server.behaviour == GreetingBehaviour::NoCapabilities => {
                "-ERR unknown\r\n".to_owned()
            }
            (Protocol::Pop3, "CAPA") => {
                let more = if offers { "STLS\r\n" } else { "" };
                format!("+OK\r\nUIDL\r\n{more}.\r\n")
            }
            (Protocol::Pop3, "STLS") if begins => "+OK begin\r\n".to_owned(),
            (Protocol::Pop3, "QUIT") => "+OK bye\r\n".to_owned(),
            (Protocol::Pop3, _) => "-ERR unknown\r\n".to_owned(),
            (Protocol::Smtp, _) => "502 5.5.1 Unknown\r\n".to_owned(),
            (Protocol::Ssh, _) => return Ok(false),
        };
        stream.write_all(answer.as_bytes()).await?;
        if begins {
            return Ok(true);
        }
        if matches!(verb.as_str(), "QUIT" | "LOGOUT") {
            break;
        }
    }
    Ok(false)
}

/// One line, octet by octet, so that nothing of what follows it is taken away.
async fn command<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    while line.len() < COMMAND_MAX {
        let mut octet = [0];
        if stream.read(&mut octet).await? == 0 {
            return Ok(None);
        }
        if octet == *b"\n" {
            break;
        }
        line.extend(octet);
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}
