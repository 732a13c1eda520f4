//! The peers: started from a configuration of their own, ended by their process id.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

use crate::namespace::program_path;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server.
pub struct Peer {
    name: String,
    process: Child,
    log: PathBuf,
}

impl Peer {
    /// Starts a program in the foreground and waits until it accepts connections.
    pub fn start(folder: &Path, name: &str, command: &mut Command, answers_at: &str) -> Self {
        let mut peer = Self::start_unheard(folder, name, command);
        let began = Instant::now();
        while TcpStream::connect(answers_at).is_err() {
            let ended = peer.process.try_wait().unwrap();
            assert!(
                ended.is_none() && began.elapsed() < PATIENCE,
                "{name} does not answer at {answers_at}: {}",
                fs::read_to_string(&peer.log).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        peer
    }

    /// Starts a program in the foreground that accepts no connections.
    pub fn start_unheard(folder: &Path, name: &str, command: &mut Command) -> Self {
        let log = folder.join(format!("{name}.log"));
        let file = fs::File::create(&log).unwrap();
        let process = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), process, log }
    }

    /// Keeps the server from doing anything, or lets it go on; its kernel still takes connections.
    pub fn freeze(&self, frozen: bool) {
        self.signal(if frozen { Signal::SIGSTOP } else { Signal::SIGCONT }).unwrap();
    }

    fn signal(&self, signal: Signal) -> nix::Result<()> {
        kill(Pid::from_raw(self.process.id().try_into().unwrap()), signal)
    }

    /// Ends the server; one that had ended by itself is a failure.
    pub fn stop(mut self) {
        let early = self.process.try_wait().unwrap();
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        assert!(early.is_none(), "{} ended by itself: {log}", self.name);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Asked first, so that a server can end its own children.
        let _ = self.signal(Signal::SIGTERM);
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            if self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Knot DNS, authoritative.
pub struct Knot;

impl Knot {
    /// Starts a server for these zones at these addresses.
    pub fn start(folder: &Path, name: &str, listen: &[&str], zones: &[(&str, String)]) -> Peer {
        let home = folder.join(name);
        fs::create_dir_all(&home).unwrap();
        let home = home.display().to_string();
        let mut config = format!("server:\n  rundir: {home}\n  listen: [");
        config.push_str(&listen.iter().map(|at| format!("{at}@53")).collect::<Vec<_>>().join(", "));
        config.push_str(&format!(
            "]\nlog:\n  - target: stderr\n    any: info\ndatabase:\n  storage: {home}\nzone:\n"
        ));
        for (at, (apex, text)) in zones.iter().enumerate() {
            let file = format!("{home}/{at}.zone");
            fs::write(&file, text).unwrap();
            config
                .push_str(&format!("  - domain: {apex}\n    file: {file}\n    storage: {home}\n"));
        }
        let file = format!("{home}/knot.conf");
        fs::write(&file, config).unwrap();
        let mut command = Command::new(program_path("knotd").unwrap());
        command.args(["-c", &file]);
        let first = listen[0];
        Peer::start(folder, &format!("knot-{name}"), &mut command, &format!("[{first}]:53"))
    }
}

/// Unbound, recursive, at the resolvers' addresses of the inventory.
pub struct Unbound;

impl Unbound {
    /// Starts it with the root servers of the test.
    pub fn start(folder: &Path) -> Peer {
        Self::start_as(folder, "iterator", "")
    }

    /// Starts it with these modules and their settings.
    pub fn start_as(folder: &Path, modules: &str, more: &str) -> Peer {
        let hints = ". 300 NS a.root.example.\na.root.example. 300 AAAA 2001:db8:a::1\n\
                     a.root.example. 300 A 192.0.2.1\n. 300 NS b.root.example.\n\
                     b.root.example. 300 AAAA 2001:db8:b::1\nb.root.example. 300 A 192.0.2.2\n";
        Self::start_from(folder, hints, modules, more)
    }

    /// As [`Self::start_as`], with these root servers.
    pub fn start_from(folder: &Path, root: &str, modules: &str, more: &str) -> Peer {
        let hints = folder.join("root.hints");
        fs::write(&hints, root).unwrap();
        let config = folder.join("unbound.conf");
        fs::write(
            &config,
            format!(
                "server:\n  interface: 2001:db8:53::53\n  interface: 192.0.2.53\n  \
                 access-control: ::/0 allow\n  access-control: 0.0.0.0/0 allow\n  \
                 username: \"\"\n  chroot: \"\"\n  directory: {folder}\n  pidfile: \"\"\n  \
                 use-syslog: no\n  root-hints: {hints}\n  module-config: \"{modules}\"\n  {more}  \
                 do-not-query-localhost: no\n  num-threads: 1\nremote-control:\n  control-enable: no\n",
                folder = folder.display(),
                hints = hints.display(),
            ),
        )
        .unwrap();
        let mut command = Command::new(program_path("unbound").unwrap());
        command.args(["-d", "-c"]).arg(&config);
        Peer::start(folder, "unbound", &mut command, "[2001:db8:53::53]:53")
    }
}

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug)]
pub enum Certificate {
    Good,
    WrongName,
    Expired,
    UnknownRoot,
}

/// nginx, with certificates made for the test.
pub struct Nginx {
    folder: PathBuf,
    authority: CertifiedIssuer<'static, KeyPair>,
    stranger: CertifiedIssuer<'static, KeyPair>,
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

impl Nginx {
    /// Prepares the authority; its certificate is `ca.pem`.
    pub fn new(folder: &Path) -> Self {
        let nginx = Self {
            folder: folder.to_owned(),
            authority: authority("interop"),
            stranger: authority("stranger"),
        };
        fs::write(folder.join("ca.pem"), nginx.authority.pem()).unwrap();
        nginx
    }

    /// A `server` block without TLS.
    pub fn plain(&self, address: &str, host: &str, body: &str) -> String {
        let listen = socket(address, 80);
        format!("server {{ listen {listen}; server_name {host}; location / {{ {body} }} }}\n")
    }

    /// A `server` block with TLS. Directives of the server go before the first `return`.
    pub fn tls(&self, address: &str, host: &str, which: Certificate, body: &str) -> String {
        let listen = socket(address, 443);
        // A host has one certificate of a kind, whatever address it is on.
        let stem = format!("{}/{host}-{which:?}", self.folder.display());
        if !Path::new(&format!("{stem}.pem")).exists() {
            let (certificate, key) = self.certificate(host, which);
            fs::write(format!("{stem}.pem"), certificate).unwrap();
            fs::write(format!("{stem}.key"), key).unwrap();
        }
        let (server, location) = match body.split_once("ssl_protocols") {
            Some((_, rest)) => {
                let (protocols, rest) = rest.split_once(';').unwrap();
                (format!("ssl_protocols{protocols}; ssl_ciphers ALL:@SECLEVEL=0;"), rest)
            }
            None => (String::new(), body),
        };
        format!(
            "server {{ listen {listen} ssl http2; server_name {host}; {server} \
             ssl_certificate {stem}.pem; ssl_certificate_key {stem}.key; \
             location / {{ {location} }} }}\n"
        )
    }

    /// The same with a good certificate and these directives of the server.
    pub fn tls_with(&self, address: &str, host: &str, server: &str, body: &str) -> String {
        let block = self.tls(address, host, Certificate::Good, body);
        block.replacen("ssl_certificate ", &format!("{server} ssl_certificate "), 1)
    }

    /// As [`Self::tls_with`], with an RSA key and without HTTP/2.
    pub fn tls_for_rsa(&self, address: &str, host: &str, server: &str, body: &str) -> String {
        let stem = format!("{}/{host}-Rsa", self.folder.display());
        if !Path::new(&format!("{stem}.pem")).exists() {
            let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
            let (certificate, key) = self.certificate_for(host, Certificate::Good, &key);
            fs::write(format!("{stem}.pem"), certificate).unwrap();
            fs::write(format!("{stem}.key"), key).unwrap();
        }
        let block = self.tls_with(address, host, server, body);
        block.replace(&format!("{host}-Good"), &format!("{host}-Rsa")).replace(" http2", "")
    }

    /// Directives for a server that wants its clients to have a certificate of the authority.
    pub fn asking_clients(&self) -> String {
        let authority = self.folder.join("ca.pem");
        format!("ssl_verify_client on; ssl_client_certificate {};", authority.display())
    }

    /// A leaf for a host with its chain, and its key, both PEM.
    pub fn certificate(&self, host: &str, which: Certificate) -> (String, String) {
        self.certificate_for(host, which, &KeyPair::generate().unwrap())
    }

    fn certificate_for(&self, host: &str, which: Certificate, key: &KeyPair) -> (String, String) {
        let name = match which {
            Certificate::WrongName => "khac.tinh.example",
            _ => host,
        };
        let issuer = match which {
            Certificate::UnknownRoot => &self.stranger,
            _ => &self.authority,
        };
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = match which {
            Certificate::Expired => (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1)),
            _ => (date_time_ymd(2024, 1, 1), date_time_ymd(2054, 1, 1)),
        };
        let leaf = params.signed_by(key, issuer).unwrap();
        let chain = match which {
            // With the root in it: without, it can't be told from a missing intermediate.
            Certificate::UnknownRoot => leaf.pem() + &issuer.pem(),
            _ => leaf.pem(),
        };
        (chain, key.serialize_pem())
    }

    /// A good certificate for a host that ends then, and its key, as files.
    pub fn certificate_until(&self, host: &str, until: Timestamp) -> (PathBuf, PathBuf) {
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        let end = Duration::from_secs(until.as_second().try_into().unwrap());
        params.not_after = date_time_ymd(1970, 1, 1) + end;
        params.not_before = date_time_ymd(2024, 1, 1);
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.authority).unwrap();
        let path = |kind| self.folder.join(format!("{host}-{}.{kind}", until.as_second()));
        fs::write(path("pem"), leaf.pem()).unwrap();
        fs::write(path("key"), key.serialize_pem()).unwrap();
        (path("pem"), path("key"))
    }

    /// Starts it with these `server` blocks.
    pub fn start(&self, servers: &[String]) -> Peer {
        let home = self.folder.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {home}/{kind};\n"))
            .collect();
        let config = self.folder.join("nginx.conf");
        fs::write(
            &config,
            format!(
                "daemon off; master_process off; pid {home}/nginx.pid; error_log stderr warn;\n\
                 events {{ worker_connections 512; }}\n\
                 http {{ access_log off; server_tokens off;\n{temporary}{} }}\n",
                servers.concat()
            ),
        )
        .unwrap();
        let mut command = Command::new(program_path("nginx").unwrap());
        command.arg("-e").arg("stderr").arg("-p").arg(&self.folder).arg("-c").arg(&config);
        let first = servers[0].split("listen ").nth(1).unwrap();
        let first = first.split([' ', ';']).next().unwrap();
        Peer::start(&self.folder, "nginx", &mut command, first)
    }
}

/// An address and a port, as they are written together.
pub fn socket(address: &str, port: u16) -> String {
    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
}
