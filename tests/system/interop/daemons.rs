//! Mail, time and shell servers: started in the foreground from a configuration of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::peers::Peer;
use crate::namespace::program_path;

/// A certificate and its key, as files.
pub struct Identity {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Identity {
    /// Writes both.
    pub fn write(folder: &Path, stem: &str, (certificate, key): &(String, String)) -> Self {
        let path = |extension| folder.join(format!("{stem}.{extension}"));
        let identity = Self { certificate: path("pem"), key: path("key") };
        fs::write(&identity.certificate, certificate).unwrap();
        fs::write(&identity.key, key).unwrap();
        identity
    }
}

/// Runs a program that has to succeed.
fn run(program: &str, arguments: &[&str]) {
    let done = Command::new(program_path(program).unwrap()).args(arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{program} {arguments:?}: {stderr}");
}

/// Lets every user pass through: servers give up their privileges.
fn open(folder: &Path) {
    run("chmod", &["a+rx", &folder.display().to_string()]);
}

/// Postfix, as mail exchanger and for submission.
pub struct Postfix;

impl Postfix {
    /// Starts a master whose services are these lines of `master.cf`. Its queue needs users of its
    /// own, so it takes a real root to start it.
    pub fn start(folder: &Path, host: &str, identity: &Identity, services: &[String]) -> Peer {
        let home = folder.join("postfix");
        for part in ["config", "spool", "data"] {
            fs::create_dir_all(home.join(part)).unwrap();
        }
        open(folder);
        open(&home);
        run("chown", &["postfix", &home.join("data").display().to_string()]);
        let main = format!(
            "compatibility_level = 3.6\nmyhostname = {host}\nmydestination =\n\
             local_transport = error:none\nalias_maps =\nalias_database =\n\
             inet_protocols = all\nmynetworks = [::1]/128\nqueue_directory = {home}/spool\n\
             data_directory = {home}/data\ndaemon_directory = /usr/lib/postfix/sbin\n\
             command_directory = /usr/sbin\nmail_owner = postfix\nsetgid_group = postdrop\n\
             smtpd_tls_cert_file = {certificate}\nsmtpd_tls_key_file = {key}\n\
             smtpd_tls_security_level = may\nmaillog_file = /dev/stdout\n",
            home = home.display(),
            certificate = identity.certificate.display(),
            key = identity.key.display(),
        );
        fs::write(home.join("config/main.cf"), main).unwrap();
        let mut master = services.join("");
        // Name, type, private, unprivileged, chroot, wake-up, limit and program.
        master.push_str(
            "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
             tlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\n\
             bounce unix - - n - 0 bounce\nerror unix - - n - - error\n\
             proxymap unix - - n - - proxymap\nanvil unix - - n - 1 anvil\n\
             postlog unix-dgram n - n - 1 postlogd\n",
        );
        fs::write(home.join("config/master.cf"), master).unwrap();
        let config = home.join("config").display().to_string();
        // Its queue's folders are made here. The master itself is the peer: `postfix start-fg` would
        // leave it behind when it is ended.
        run("postfix", &["-c", &config, "check"]);
        let mut command = Command::new(program_path("master").unwrap());
        command.args(["-c", &config, "-s"]);
        let first = services[0].split(' ').next().unwrap();
        Peer::start(folder, "postfix", &mut command, first)
    }

    /// A line of `master.cf` for an SMTP service at one address, with settings of its own.
    pub fn service(address: &str, port: u16, settings: &str) -> String {
        let at = super::peers::socket(address, port);
        format!("{at} inet n - n - - smtpd{settings}\n")
    }
}

/// Dovecot, for IMAP and POP3.
pub struct Dovecot;

impl Dovecot {
    /// Starts it at these addresses.
    pub fn start(folder: &Path, addresses: &[&str], identity: &Identity) -> Peer {
        let home = folder.join("dovecot");
        fs::create_dir_all(&home).unwrap();
        open(folder);
        open(&home);
        let identity = (identity.certificate.display(), identity.key.display());
        let version =
            Command::new(program_path("dovecot").unwrap()).arg("--version").output().unwrap();
        let version = String::from_utf8_lossy(&version.stdout).into_owned();
        // Since 2.4 a configuration names the version that it was written for.
        let (head, tls) = match version.starts_with("2.3") {
            true => (
                String::new(),
                format!(
                    "ssl_cert = <{}\nssl_key = <{}\n\
                     passdb {{\n  driver = static\n  args = password=unused\n}}\n",
                    identity.0, identity.1
                ),
            ),
            false => (
                "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n".to_owned(),
                format!(
                    "ssl_server_cert_file = {}\nssl_server_key_file = {}\n\
                     passdb static {{\n  password = unused\n}}\n",
                    identity.0, identity.1
                ),
            ),
        };
        let config = format!(
            "{head}protocols = imap pop3\nlisten = {}\nbase_dir = {home}/run\n\
             log_path = /dev/stderr\nssl = required\n{tls}",
            addresses.join(", "),
            home = home.display(),
        );
        let file = home.join("dovecot.conf");
        fs::write(&file, config).unwrap();
        let mut command = Command::new(program_path("dovecot").unwrap());
        command.arg("-F").arg("-c").arg(&file);
        let first = super::peers::socket(addresses[0], 993);
        Peer::start(folder, "dovecot", &mut command, &first)
    }
}

/// chrony, as a time server that leaves this machine's clock alone.
pub struct Chrony;

impl Chrony {
    /// Starts it at an address of each family; `settings` say what it takes for the time.
    pub fn start(folder: &Path, name: &str, [ipv6, ipv4]: [&str; 2], settings: &str) -> Peer {
        let home = folder.join(name);
        fs::create_dir_all(&home).unwrap();
        let config = format!(
            "bindaddress {ipv6}\nbindaddress {ipv4}\nallow\ncmdport 0\npidfile {home}/pid\n\
             driftfile {home}/drift\n{settings}\n",
            home = home.display(),
        );
        let file = home.join("chrony.conf");
        fs::write(&file, config).unwrap();
        let mut command = Command::new(program_path("chronyd").unwrap());
        command.args(["-d", "-x", "-u", "root", "-f"]).arg(&file);
        Peer::start_unheard(folder, name, &mut command)
    }
}

/// The OpenSSH server.
pub struct OpenSsh;

impl OpenSsh {
    /// Starts it at these addresses.
    pub fn start(folder: &Path, addresses: &[&str]) -> Peer {
        // It gives up its privileges in this folder, which Debian makes when it starts the service.
        run("mount", &["-t", "tmpfs", "tmpfs", "/run"]);
        fs::create_dir_all("/run/sshd").unwrap();
        let key = folder.join("ssh.key");
        let key = key.display().to_string();
        run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &key]);
        let mut config = format!("HostKey {key}\nPidFile none\nUsePAM no\n");
        for address in addresses {
            config.push_str(&format!("ListenAddress {}\n", super::peers::socket(address, 22)));
        }
        let file = folder.join("sshd.conf");
        fs::write(&file, config).unwrap();
        let mut command = Command::new(program_path("sshd").unwrap());
        command.args(["-D", "-e", "-f"]).arg(&file);
        Peer::start(folder, "sshd", &mut command, &super::peers::socket(addresses[0], 22))
    }
}
