//! A real mail server takes an alert by STARTTLS: Postfix, at loopback.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::access::text;
use crate::daemon::{Place, wait_until};

/// What Postfix needs to know, below a folder of its own.
const MAIN: &str = "compatibility_level = 3.6
queue_directory = FOLDER/queue
data_directory = FOLDER/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.example
mydestination = example
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
mail_spool_directory = FOLDER/spool
smtpd_tls_cert_file = FOLDER/server.pem
smtpd_tls_key_file = FOLDER/server.key
smtpd_tls_security_level = encrypt
smtpd_tls_received_header = yes
smtpd_recipient_restrictions = permit_mynetworks, reject
maillog_file = FOLDER/maillog
maillog_file_prefixes = FOLDER
";

/// Its programs, of which one listens.
const MASTER: &str = "127.0.0.1:PORT inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
postlog unix-dgram n - n - 1 postlogd
";

/// Postfix, which ends with the test.
struct Postfix {
    config: String,
}

impl Postfix {
    fn start(folder: &Path, port: u16) -> Self {
        for name in ["config", "queue", "data", "spool"] {
            std::fs::create_dir(folder.join(name)).unwrap();
        }
        let shown = folder.display().to_string();
        let config = folder.join("config");
        std::fs::write(config.join("main.cf"), MAIN.replace("FOLDER", &shown)).unwrap();
        std::fs::write(config.join("master.cf"), MASTER.replace("PORT", &port.to_string()))
            .unwrap();
        let own = Command::new("chown").arg("postfix").arg(folder.join("data")).status().unwrap();
        assert!(own.success());
        // Whoever mail is delivered to writes there.
        let open = Command::new("chmod").arg("1777").arg(folder.join("spool")).status().unwrap();
        assert!(open.success());
        let postfix = Self { config: config.display().to_string() };
        let started = postfix.tell("start");
        assert!(started.success(), "{}", log(folder));
        postfix
    }

    fn tell(&self, what: &str) -> std::process::ExitStatus {
        Command::new("/usr/sbin/postfix")
            .args(["-c", &self.config, what])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.tell("stop");
    }
}

fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("maillog")).unwrap_or_default()
}

/// An authority, and the certificate that it gives the mail server.
fn certify(folder: &Path) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&own, &issuer).unwrap();
    std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    std::fs::write(folder.join("server.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("server.key"), own.serialize_pem()).unwrap();
}

#[test]
fn postfix_takes_an_alert_by_starttls_of_whom_the_configuration_trusts() {
    let place = Place::with("");
    let folder = place.path("");
    // Postfix's programs have users of their own.
    let open = Command::new("chmod").arg("755").arg(&folder).status().unwrap();
    assert!(open.success());
    certify(&folder);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let _postfix = Postfix::start(&folder, port);
    let listens = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    wait_until("Postfix doesn't listen", listens);
    let test = |trust: &str| {
        place.write(
            "serve.yaml",
            &format!(
                "serve:\n  alerts:\n    channels:\n      - {{name: mail, smtp: {{host: localhost, port: {port}, \
                 tls: starttls, {trust}from: v6ready@example}}}}\n    routes:\n      \
                 - {{name: team, channels: [mail], to: [root@example], lang: vi}}\n"
            ),
        );
        let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
        command.args(["--db", "v6ready.db", "--config", "serve.yaml", "alerts", "test"]);
        let output = command.current_dir(&folder).output().unwrap();
        text(&output.stdout) + &text(&output.stderr)
    };
    let said = test("");
    assert!(said.contains("not taken") && said.contains("UnknownIssuer"), "{said}");
    let said = test("ca: ca.pem, ");
    assert!(said.contains("mail: taken"), "{said}\n{}", log(&folder));
    let box_of_root = folder.join("spool/root");
    wait_until("nothing is delivered", || box_of_root.exists());
    wait_until("the mail doesn't come whole", || {
        let mail = std::fs::read_to_string(&box_of_root).unwrap_or_default();
        mail.contains("using TLS") && mail.contains("Message-ID:")
    });
}
