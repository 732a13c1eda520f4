//! Servers that speak first: SMTP, IMAP, POP3 and SSH, as friendly or as odd as a site has it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use socket2::Socket;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::authority::Authority;
use super::province::{Greeter, HOSTILE, Manner};
use super::web_server::PATIENCE;
use crate::model::{Protocol, Security};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Octets of one command that are read.
const COMMAND_MAX: usize = 1024;

/// Between two octets of a tarpit.
const DRIP: Duration = Duration::from_millis(200);

/// Serves at a socket that listens.
pub(super) fn start(socket: Socket, greeter: Greeter, authority: &Authority) -> Result<(), Error> {
    let config = authority.server(greeter.host, greeter.certificate)?;
    let listener = TcpListener::from_std(socket.into())?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let config = Arc::clone(&config);
            tokio::spawn(tokio::time::timeout(PATIENCE, visit(stream, greeter, config)));
        }
    });
    Ok(())
}

async fn visit(
    mut stream: TcpStream,
    greeter: Greeter,
    config: Arc<ServerConfig>,
) -> io::Result<()> {
    let tls = TlsAcceptor::from(config);
    if greeter.security == Security::Implicit {
        let mut stream = tls.accept(stream).await?;
        greet(&mut stream, greeter).await?;
        converse(&mut stream, greeter, false).await?;
        return stream.shutdown().await;
    }
    greet(&mut stream, greeter).await?;
    if converse(&mut stream, greeter, true).await? {
        if greeter.manner == Manner::BreaksTls {
            return Ok(());
        }
        let mut stream = tls.accept(stream).await?;
        converse(&mut stream, greeter, false).await?;
        return stream.shutdown().await;
    }
    stream.shutdown().await
}

async fn greet<S: AsyncWrite + Unpin>(stream: &mut S, greeter: Greeter) -> io::Result<()> {
    let friendly = match greeter.protocol {
        Protocol::Smtp => format!("220 {} ESMTP\r\n", greeter.host),
        Protocol::Imap => "* OK IMAP4rev1\r\n".to_owned(),
        Protocol::Pop3 => "+OK POP3\r\n".to_owned(),
        Protocol::Ssh => "SSH-2.0-lab\r\n".to_owned(),
    };
    let text = match (greeter.manner, greeter.protocol) {
        (Manner::Silent, _) => {
            tokio::time::sleep(PATIENCE).await;
            return Ok(());
        }
        (Manner::Tarpit, _) => {
            for octet in friendly.trim_end().bytes().cycle() {
                stream.write_all(&[octet]).await?;
                tokio::time::sleep(DRIP).await;
            }
            return Ok(());
        }
        (Manner::HangsUp, _) => return Err(io::ErrorKind::ConnectionAborted.into()),
        (Manner::Stranger, _) => "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
        (Manner::Later, _) => "421 4.3.2 Try again later\r\n".to_owned(),
        (Manner::Refuses, Protocol::Imap) => "* BYE not here\r\n".to_owned(),
        (Manner::Refuses, Protocol::Pop3) => "-ERR not here\r\n".to_owned(),
        (Manner::Hostile, _) => {
            HOSTILE.iter().map(|text| format!("554-{text}\r\n")).collect::<String>() + "554 -\r\n"
        }
        (Manner::Refuses, _) => "554 5.7.1 No service for you\r\n".to_owned(),
        _ => friendly,
    };
    stream.write_all(text.as_bytes()).await
}

/// Answers commands until the client leaves (false) or TLS is to begin (true).
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    greeter: Greeter,
    is_plain: bool,
) -> io::Result<bool> {
    let offers =
        is_plain && greeter.security == Security::Starttls && greeter.manner != Manner::NoTls;
    let denies = greeter.manner == Manner::DeniesTls;
    while let Some(command) = command(stream).await? {
        let mut words = command.split_ascii_whitespace().map(str::to_ascii_uppercase);
        let tag = if greeter.protocol == Protocol::Imap { words.next() } else { None };
        let tag = tag.unwrap_or_default().to_ascii_lowercase();
        let verb = words.next().unwrap_or_default();
        let begins = offers && !denies && matches!(verb.as_str(), "STARTTLS" | "STLS");
        let answer = match (greeter.protocol, verb.as_str()) {
            (Protocol::Smtp, "EHLO") if greeter.manner == Manner::NoHello => {
                "550 5.7.1 Not to you\r\n".to_owned()
            }
            (Protocol::Smtp, "EHLO") => {
                let more = if offers { "250-STARTTLS\r\n" } else { "" };
                format!("250-{}\r\n{more}250 8BITMIME\r\n", greeter.host)
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
