//! The systemd units: what they start, in the order in which systemd starts it. No service manager runs here;
//! `tests/pipelines.rs` lets systemd read them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

use jiff::civil::Date;
use serde_json::Value;

use super::{Host, files, make_executable, printed};
use crate::namespace::{self, has_all};

const SERVICES: [&str; 3] =
    ["v6ready.service", "v6ready-quarter.service", "v6ready-alert@.service"];

/// The settings of a unit, in order, whatever their section.
struct Unit(Vec<(String, String)>);

impl Unit {
    fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with(['#', '[']) && !line.is_empty());
        let setting = |line: &str| {
            let (key, value) = line.split_once('=').unwrap();
            (key.to_owned(), value.to_owned())
        };
        Self(lines.map(setting).collect())
    }

    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, value)| &**value)
    }

    fn one<'a>(&'a self, key: &'a str) -> &'a str {
        self.all(key).next().unwrap_or_else(|| panic!("no {key}="))
    }
}

/// How a unit ended: the exit code that systemd would show, and what was written to the journal.
struct Ended {
    code: i32,
    journal: String,
}

impl Host {
    /// Starts a unit: its `ExecStart=` lines until one fails, and then the `ExecStopPost=` lines.
    fn start_unit(&self, unit: &Unit, instance: &str, environment: &[(&str, &str)]) -> Ended {
        for folder in unit.all("StateDirectory").flat_map(|folders| folders.split(' ')) {
            let folder = folder.replacen("v6ready", &self.text("state"), 1);
            fs::create_dir_all(folder).unwrap();
        }
        let mut ended = Ended { code: 0, journal: String::new() };
        for line in unit.all("ExecStart") {
            if ended.code == 0 {
                ended.code = self.exec(unit, line, instance, environment, &mut ended.journal);
            }
        }
        for line in unit.all("ExecStopPost") {
            let code = self.exec(unit, line, instance, environment, &mut ended.journal);
            if ended.code == 0 {
                ended.code = code;
            }
        }
        ended
    }

    fn exec(
        &self,
        unit: &Unit,
        line: &str,
        instance: &str,
        environment: &[(&str, &str)],
        journal: &mut String,
    ) -> i32 {
        // Specifiers are for systemd to expand; quotes mean to it what they mean to a shell here.
        let line = line.replace("%i", instance).replace("%%", "\u{0}");
        assert!(!line.contains('%'), "{line}");
        let line = line.replace('\u{0}', "%");
        let folder = unit.all("WorkingDirectory").next().unwrap_or("/");
        let mut sh = self.command("sh", Path::new(folder));
        sh.args(["-c", &format!("exec {line}")]).envs(environment.iter().copied());
        sh.envs(unit.all("Environment").map(|setting| setting.split_once('=').unwrap()));
        let output = sh.output().unwrap();
        journal.push_str(&printed(&output));
        output.status.code().unwrap()
    }
}

/// Takes one request of a webhook, and gives its body.
fn webhook() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks/noc", listener.local_addr().unwrap());
    let taking = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
        String::from_utf8(body).unwrap()
    });
    (url, taking)
}

#[test]
fn the_units_run_night_after_night_and_tell_of_what_is_worse() {
    let name = "the_units_run_night_after_night_and_tell_of_what_is_worse";
    if !has_all(&["curl"]) || !namespace::enter(module_path!(), name) {
        return;
    }
    let host = Host::new();
    for folder in ["etc", "lib"] {
        fs::create_dir(host.path(folder)).unwrap();
    }
    fs::write(host.path("etc/config.yaml"), host.example("systemd/config.yaml")).unwrap();
    fs::write(host.path("lib/alert"), host.example("systemd/alert")).unwrap();
    make_executable(&host.path("lib/alert"));
    let units: BTreeMap<_, _> = SERVICES
        .map(|name| (name, Unit::read(&host.example(&format!("systemd/{name}")))))
        .into_iter()
        .collect();
    let nightly = &units["v6ready.service"];
    let night = |night| {
        host.write_inventory(&host.path("etc"), night);
        host.start_unit(nightly, "", &[])
    };

    let first = night(0);
    assert_eq!(first.code, 0, "{}", first.journal);
    let second = night(1);
    assert_eq!(second.code, 1, "{}", second.journal);
    // What doesn't wake anybody is an interruption, and nothing else.
    assert_eq!(nightly.all("SuccessExitStatus").collect::<Vec<_>>(), ["130"]);
    // The report and the copy are made all the same.
    assert_eq!(files(&host.path("state/backup")), ["v6ready.db", "v6ready.db.1"]);
    let reports = files(&host.path("state/reports"));
    assert_eq!(reports.iter().filter(|name| name.ends_with(".html")).count(), 2, "{reports:?}");
    let metrics = fs::read(host.path("state/metrics/v6ready.prom")).unwrap();
    let told = "v6ready_services_changed{change=\"worse\"} 1\n";
    assert!(String::from_utf8_lossy(&metrics).contains(told));

    // It is told.
    let alert = &units["v6ready-alert@.service"];
    assert_eq!(nightly.one("OnFailure"), "v6ready-alert@%n.service");
    fs::write(host.path("journal"), &second.journal).unwrap();
    host.install("journalctl", &format!("cat {}", host.text("journal")));
    host.install("sendmail", &format!("cat > {}", host.text("mail")));
    let (url, taking) = webhook();
    let environment = [
        ("MONITOR_SERVICE_RESULT", "exit-code"),
        ("MONITOR_EXIT_STATUS", "1"),
        ("ALERT_MAIL", "noc@vidu.example"),
        ("ALERT_WEBHOOK", &url),
    ];
    let told = host.start_unit(alert, "v6ready.service", &environment);
    assert_eq!(told.code, 0, "{}", told.journal);
    let mail = fs::read_to_string(host.path("mail")).unwrap();
    let posted: Value = serde_json::from_str(&taking.join().unwrap()).unwrap();
    for text in [&*mail, posted["text"].as_str().unwrap()] {
        assert!(text.contains("something is worse") && text.contains("vp/hai"), "{text}");
    }
    assert!(mail.starts_with("To: noc@vidu.example\nSubject: v6ready.service on "), "{mail}");
    // Nobody to tell is a failure too.
    assert_eq!(host.start_unit(alert, "v6ready.service", &[]).code, 1);

    // The quarter that ended five days ago has no run yet, which is said; the one under way has two.
    let quarter = &units["v6ready-quarter.service"];
    let now = jiff::Timestamp::now().in_tz("Asia/Ho_Chi_Minh").unwrap().date();
    let ended = now - jiff::SignedDuration::from_hours(5 * 24);
    let name = |day: Date| format!("{}Q{}", day.year(), (day.month() - 1) / 3 + 1);
    let report = host.start_unit(quarter, "", &[]);
    if name(ended) == name(now) {
        assert_eq!(report.code, 0, "{}", report.journal);
        let reports = files(&host.path("state/reports"));
        for ending in [".html", ".pdf", ".xlsx", "-runs"] {
            assert!(reports.contains(&format!("{}{ending}", name(now))), "{reports:?}");
        }
    } else {
        assert_eq!(report.code, 2, "{}", report.journal);
    }
}
