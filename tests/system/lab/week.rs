//! The network team's week: a scan every night at 02:15 by a clock that the test sets, with faults that come and
//! go, an outage of our own, a kill, another policy and a renamed service; and what each morning's output says.

use std::path::PathBuf;
use std::process::Output;

use rusqlite::{Connection, OpenFlags};

use super::RunningLab;
use crate::clock::{self, Clock};
use crate::interop::peers::{Nginx, Peer};
use crate::namespace::{has, run_ip};
use crate::program::{fail, json, start, stderr, succeed, v6ready};

/// Services as `vp/ID`, each with its address; the second one is renamed, and one has a certificate that ends.
const SERVICES: [(&str, &str); 9] = [
    ("cong", "web: \"https://portal.vidu.example/\""),
    ("dich-vu-cong", "web: \"https://dichvucong.vidu.example/\""),
    ("cong-bao", "web: \"https://congbao.vidu.example/\""),
    ("van-ban", "web: \"https://vanban.vidu.example/\""),
    ("chung-thu", "web: \"https://portal.vidu.example:8443/\""),
    ("xa-mot", "web: \"https://www.xamot.coquan.example/\""),
    ("bi-danh", "web: \"https://bidanh.vidu.example/\""),
    // It fails all week, so no morning speaks of it.
    ("tu-choi", "web: \"https://tuchoi.vidu.example/\""),
    ("ten-mien", "zone: vidu.example"),
];

/// The route by which the router says that there is none to the host of `van-ban`.
const CLOSED: &str = "2001:db8:100:4::1/128 via fe80::2 dev near table local";

/// What makes the lab's addresses local, without which this machine has no IPv6.
const OUR_IPV6: [&str; 2] =
    ["local 2001:db8::/32 dev lo table local", "local 3fff::/20 dev lo table local"];

struct Week {
    lab: RunningLab,
    clock: Clock,
    db: PathBuf,
    nginx: Nginx,
    web_server: Option<Peer>,
}

impl Week {
    fn begin(clock: Clock) -> Self {
        let lab = RunningLab::start();
        // An authority of its own beside the lab's, both of which call theirs `ca.pem`.
        std::fs::create_dir(lab.path("nginx")).unwrap();
        let nginx = Nginx::new(&lab.path("nginx"));
        let db = lab.path("tuan.db");
        let mut week = Self { lab, clock, db, nginx, web_server: None };
        week.write_inventory("");
        week
    }

    /// The inventory, with other words in place of some.
    fn write_inventory(&mut self, changed: &str) {
        let lab = std::fs::read_to_string(&self.lab.inventory).unwrap();
        let head = lab.split("organisations:\n").next().unwrap();
        let mut text = head
            .replacen("version: 1\n", "version: 1\nid: tinh-vidu\n", 1)
            .replacen("[ca.pem]", "[ca.pem, nginx/ca.pem]", 1);
        text.push_str("organisations:\n  - id: vp\n    name: Văn phòng\n    services:\n");
        for (id, target) in SERVICES {
            text.push_str(&format!("      - {{id: {id}, category: portal, {target}}}\n"));
        }
        for change in changed.split_terminator(", ") {
            let (from, to) = change.split_once(" → ").unwrap();
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        std::fs::write(self.lab.path("danh-muc.yaml"), text).unwrap();
    }

    /// The server of `chung-thu`, anew, with a certificate that ends then.
    fn renew_certificate(&mut self, until: &str) {
        self.web_server = None;
        let (certificate, key) =
            self.nginx.certificate_until("portal.vidu.example", until.parse().unwrap());
        let listen = ["[2001:db8:100:1::1]:8443", "198.51.100.1:8443"];
        let servers = listen.map(|listen| {
            format!(
                "server {{ listen {listen} ssl http2; server_name portal.vidu.example; \
                 ssl_certificate {}; ssl_certificate_key {}; \
                 location / {{ return 200 \"Trang thông tin của đơn vị\"; }} }}\n",
                certificate.display(),
                key.display()
            )
        });
        self.web_server = Some(self.nginx.start(&servers));
    }

    /// The scan of a night; the test has no time for further rounds of connections.
    fn scan<'a>(&self, more: &[&'a str]) -> std::process::Command {
        let inventory = self.lab.path("danh-muc.yaml");
        let scan = ["scan", inventory.to_str().unwrap(), "--quick", "--fail-on-worse"];
        v6ready(&self.db, &[&scan[..], more].concat())
    }

    fn run(&self, arguments: &[&str]) -> String {
        stdout(&succeed(&mut v6ready(&self.db, arguments)))
    }

    /// All answers that the store has.
    fn answers(&self) -> i64 {
        let store = Connection::open_with_flags(&self.db, OpenFlags::SQLITE_OPEN_READ_ONLY);
        store.unwrap().query_row("SELECT count(*) FROM answer", [], |row| row.get(0)).unwrap()
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a scan says of the time since the last run, without what depends on chance: the letters and the
/// seconds of run ids, and how late in the night it was.
fn since(output: &Output) -> String {
    let text = stdout(output);
    let since = text.split_once("\nThay đổi so với").map_or("", |(_, since)| since);
    let mut words = Vec::new();
    for line in since.lines() {
        let masked = line.split(' ').map(|word| {
            let is_run = |word: &str| word.len() == 21 && word.as_bytes()[8] == b'T';
            let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
            if is_run(inner) { word.replace(inner, &inner[..8]) } else { word.to_owned() }
        });
        words.push(masked.collect::<Vec<_>>().join(" ").trim_end().to_owned());
    }
    words.join("\n").trim().to_owned()
}

#[test]
fn each_morning_says_what_the_night_found() {
    if !has(&["nginx", "ip"]) {
        return;
    }
    let name = "each_morning_says_what_the_night_found";
    let Some(clock) = clock::enter(module_path!(), name, "2027-03-01T02:00:00+07:00") else {
        return;
    };
    let mut week = Week::begin(clock);
    week.renew_certificate("2027-03-02T12:00:00+07:00");

    println!("Monday: there is no earlier run.");
    week.clock.set("2027-03-01T02:15:00+07:00");
    let monday = succeed(&mut week.scan(&[]));
    println!("{}\n----\n{}", stdout(&monday), stderr(&monday));

    println!("Tuesday: nothing changed.");
    week.clock.set("2027-03-02T02:15:00+07:00");
    let tuesday = succeed(&mut week.scan(&[]));
    println!("{}\n----\n", since(&tuesday));

    println!("Wednesday: a site is closed, and a certificate has ended.");
    run_ip(&format!("-6 route add {CLOSED}"));
    week.clock.set("2027-03-03T02:15:00+07:00");
    let wednesday = week.scan(&["--fail-on", "critical"]).output().unwrap();
    println!("{:?} {}\n----\n{}", wednesday.status, since(&wednesday), stderr(&wednesday));
    println!("It is opened in the morning, and looked at again.");
    run_ip(&format!("-6 route del {CLOSED}"));
    week.clock.set("2027-03-03T09:30:00+07:00");
    let rescan = succeed(&mut week.scan(&["--only", "vp/van-ban"]));
    println!("{}\n----\n", since(&rescan));

    println!("Thursday: the certificate is renewed.");
    week.renew_certificate("2027-06-01T12:00:00+07:00");
    week.clock.set("2027-03-04T02:15:00+07:00");
    let thursday = succeed(&mut week.scan(&[]));
    println!("{}\n----\n", since(&thursday));

    println!("Friday: this machine has no IPv6 itself.");
    for route in OUR_IPV6 {
        run_ip(&format!("-6 route del {route}"));
    }
    week.clock.set("2027-03-05T02:15:00+07:00");
    let friday = week.scan(&[]).output().unwrap();
    println!("{:?} {}\n----\n{}", friday.status, stdout(&friday), stderr(&friday));
    for route in OUR_IPV6 {
        run_ip(&format!("-6 route add {route}"));
    }

    println!("Saturday: the scan is killed, and goes on in the morning.");
    week.clock.set("2027-03-06T02:15:00+07:00");
    week.web_server.as_ref().unwrap().freeze(true);
    let answers = week.answers();
    let mut scan = start(&mut week.scan(&[]));
    while week.answers() < answers + 20 {
        assert!(scan.try_wait().unwrap().is_none(), "the scan has ended");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    scan.kill().unwrap();
    scan.wait().unwrap();
    week.web_server.as_ref().unwrap().freeze(false);
    println!("{}", week.run(&["runs"]));
    week.clock.set("2027-03-06T08:00:00+07:00");
    let saturday = succeed(&mut v6ready(&week.db, &["scan", "--resume", "--fail-on-worse"]));
    println!("{}\n----\n", since(&saturday));

    println!("Sunday: another policy, and another id of a service.");
    week.write_inventory("ipv6-for-gov → ipv6-only, id: dich-vu-cong → id: dich-vu-cong-moi");
    week.clock.set("2027-03-07T02:15:00+07:00");
    let sunday = succeed(&mut week.scan(&[]));
    println!("{}\n----\n", since(&sunday));

    println!("{}", week.run(&["runs"]));
    println!("{}", week.run(&["show", "vp/van-ban", "--history"]));
    println!("{}", week.run(&["show", "vp/chung-thu", "--history"]));
    let out = week.lab.path("quy");
    week.run(&["report", "--quarter", "2027Q1", "--format", "json,markdown", "--out", out.to_str().unwrap()]);
    println!("{}", std::fs::read_to_string(out.join("2027Q1.md")).unwrap());
    let _ = (json(&succeed(&mut v6ready(&week.db, &["runs", "--format", "json"]))), fail);
}
