//! The network team's week: a scan every night at 02:15 by a clock that the test sets, with faults that come and
//! go, an outage of our own, a kill, another policy and a renamed service; and what each morning's output says.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::RunningLab;
use crate::clock::{self, Clock};
use crate::interop::peers::{Nginx, Peer};
use crate::namespace::{has_all, run_ip};
use crate::program::{LATENCY, fail, start, stderr, succeed, v6ready};

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

/// How long a scan may take until it has some answers.
const PATIENCE: Duration = Duration::from_secs(180);

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
        let week = Self { lab, clock, db, nginx, web_server: None };
        week.write_inventory("");
        week
    }

    /// The inventory, with other words in place of some.
    fn write_inventory(&self, changed: &str) {
        let lab = std::fs::read_to_string(&self.lab.inventory).unwrap();
        let head = lab.split("organisations:\n").next().unwrap();
        let mut text = head.replacen("version: 1\n", "version: 1\nid: tinh-vidu\n", 1).replacen(
            "[ca.pem]",
            "[ca.pem, nginx/ca.pem]",
            1,
        );
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

    /// A scan as each night makes it, in one round of connections for the test's sake.
    fn scan(&self, more: &[&str]) -> Command {
        let (inventory, metrics) = (self.lab.path("danh-muc.yaml"), self.lab.path("tuan.prom"));
        let scan = ["scan", inventory.to_str().unwrap(), "--quick", "--fail-on-worse"];
        let metrics = ["--metrics", metrics.to_str().unwrap()];
        v6ready(&self.db, &[&scan[..], &metrics, more].concat())
    }

    /// Begins a scan and kills it when it has some answers.
    fn kill_a_scan(&self) {
        // A server that takes connections and says nothing keeps the scan from its end.
        let web_server = self.web_server.as_ref().unwrap();
        web_server.freeze(true);
        let least = self.answers() + 20;
        let mut scan = start(&mut self.scan(&[]));
        let began = Instant::now();
        while self.answers() < least {
            assert!(scan.try_wait().unwrap().is_none(), "the scan has ended");
            assert!(began.elapsed() < PATIENCE, "the scan asks nothing");
            std::thread::sleep(Duration::from_millis(10));
        }
        scan.kill().unwrap();
        scan.wait().unwrap();
        web_server.freeze(false);
    }

    fn run(&self, arguments: &[&str]) -> String {
        String::from_utf8(succeed(&mut v6ready(&self.db, arguments)).stdout).unwrap()
    }

    /// Whether a metric has this sample.
    fn has_metric(&self, sample: &str) -> bool {
        let metrics = std::fs::read_to_string(self.lab.path("tuan.prom")).unwrap();
        metrics.lines().any(|line| line == format!("v6ready_{sample}"))
    }

    /// All answers that the store has; 0 where it can't be read at this moment.
    fn answers(&self) -> i64 {
        let store =
            Connection::open_with_flags(&self.db, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        store.query_row("SELECT count(*) FROM answer", [], |row| row.get(0)).unwrap_or(0)
    }
}

/// What the end of a scan's output says of the time since an earlier run.
#[derive(Default)]
struct Since {
    /// Everything after the heading.
    text: String,
    /// The day of the earlier run, as its id has it in UTC.
    day: String,
    /// Each service under the name of its group, with what became of its stage.
    services: Vec<String>,
    /// Whether a service has been left out whose connections took their time, as they do on a busy machine.
    is_latency_left_out: bool,
}

impl Since {
    fn of(output: &Output) -> Self {
        let stdout = String::from_utf8(output.stdout.clone()).unwrap();
        let Some((_, text)) = stdout.split_once("\nThay đổi so với đợt đo ") else {
            return Self::default();
        };
        let (heading, text) = text.split_once('\n').unwrap();
        let mut since =
            Self { text: text.to_owned(), day: heading[..8].to_owned(), ..Self::default() };
        let (mut group, mut lines) = (String::new(), text.lines().peekable());
        while let Some(line) = lines.next() {
            let is_of_service = |line: &&str| line.starts_with("   ");
            match line.strip_prefix("  ") {
                None => group = line.split(':').next().unwrap().to_owned(),
                Some(service) => {
                    let mut checks = Vec::new();
                    while let Some(check) = lines.next_if(is_of_service) {
                        checks.push(check.trim());
                    }
                    if !service.contains('→') && checks.iter().all(|c| c.starts_with(LATENCY)) {
                        since.is_latency_left_out = true;
                    } else {
                        since.services.push(format!("{group}: {service}"));
                    }
                }
            }
        }
        since
    }

    /// Asserts how a night ended and what its morning reads.
    #[track_caller]
    fn assert(output: &Output, code: i32, day: &str, services: &[&str]) -> Self {
        let since = Self::of(output);
        let said = format!("{}{}", since.text, stderr(output));
        assert_eq!(
            (&*since.day, since.services.iter().map(|one| &**one).collect::<Vec<_>>()),
            (day, services.to_vec()),
            "{said}"
        );
        let ended = output.status.code();
        assert!(ended == Some(code) || since.is_latency_left_out && ended == Some(1), "{said}");
        if !day.is_empty() && services.is_empty() && !since.is_latency_left_out {
            assert!(since.text.starts_with("Không có thay đổi."), "{said}");
        }
        since
    }
}

const STAGES: [&str; 3] = [
    "4 sử dụng được trên mạng thuần IPv6",
    "1 đã công bố địa chỉ IPv6",
    "2 truy cập được qua IPv6",
];

#[test]
fn each_morning_says_what_the_night_found() {
    if !has_all(&["nginx", "ip"]) {
        return;
    }
    let name = "each_morning_says_what_the_night_found";
    let Some(clock) = clock::enter(module_path!(), name, "2027-03-01T02:00:00+07:00") else {
        return;
    };
    let mut week = Week::begin(clock);
    week.renew_certificate("2027-03-02T12:00:00+07:00");
    let [four, one, two] = STAGES;

    // Monday: there is no earlier run, which is no reason to fail.
    week.clock.set("2027-03-01T02:15:00+07:00");
    let monday = week.scan(&[]).output().unwrap();
    Since::assert(&monday, 0, "", &[]);
    assert!(stderr(&monday).contains("no earlier complete run"), "{}", stderr(&monday));
    let printed = String::from_utf8_lossy(&monday.stdout);
    assert!(printed.contains("✗ tls-validity") && printed.contains("vp/chung-thu"), "{printed}");

    // Tuesday: nothing changed. What fails since Monday isn't repeated as news.
    week.clock.set("2027-03-02T02:15:00+07:00");
    Since::assert(&week.scan(&[]).output().unwrap(), 0, "20270228", &[]);

    // Wednesday: a site is closed, and a certificate has ended.
    run_ip(&format!("-6 route add {CLOSED}"));
    week.clock.set("2027-03-03T02:15:00+07:00");
    let wednesday = week.scan(&["--fail-on", "critical"]).output().unwrap();
    let worse = [
        format!("suy giảm: vp/van-ban · van-ban: {four} → {one}"),
        format!("suy giảm: vp/chung-thu · chung-thu: {four} → {two}"),
    ];
    let since = Since::assert(&wednesday, 1, "20270301", &[&worse[0], &worse[1]]);
    for check in
        ["reach-port: đạt → không đạt (icmp-no-route)", "(expires-in-7-days) → không đạt (expired)"]
    {
        assert!(since.text.contains(check), "{}", since.text);
    }
    for gate in ["--fail-on critical: 3 services fail", "--fail-on-worse: "] {
        assert!(stderr(&wednesday).contains(gate), "{}", stderr(&wednesday));
    }
    assert!(week.has_metric("service_stage{organisation=\"vp\",service=\"van-ban\"} 1"));
    // It is opened in the morning, looked at again, and Prometheus knows too.
    run_ip(&format!("-6 route del {CLOSED}"));
    week.clock.set("2027-03-03T09:30:00+07:00");
    let rescan = week.scan(&["--only", "vp/van-ban"]).output().unwrap();
    let fixed = format!("đã khắc phục: vp/van-ban · van-ban: {one} → {four}");
    Since::assert(&rescan, 0, "20270302", &[&fixed]);
    assert!(week.has_metric("service_stage{organisation=\"vp\",service=\"van-ban\"} 4"));
    assert!(week.has_metric("service_stage{organisation=\"vp\",service=\"chung-thu\"} 2"));

    // Thursday: the certificate is renewed. Both are told of to whoever only reads the nights.
    week.renew_certificate("2027-06-01T12:00:00+07:00");
    week.clock.set("2027-03-04T02:15:00+07:00");
    let thursday = week.scan(&[]).output().unwrap();
    let renewed = format!("đã khắc phục: vp/chung-thu · chung-thu: {two} → {four}");
    Since::assert(&thursday, 0, "20270302", &[&fixed, &renewed]);

    // Friday: this machine has no IPv6 itself. That blames nobody, and wakes somebody.
    for route in OUR_IPV6 {
        run_ip(&format!("-6 route del {route}"));
    }
    week.clock.set("2027-03-05T02:15:00+07:00");
    let friday = week.scan(&["--fail-on", "critical"]).output().unwrap();
    Since::assert(&friday, 3, "", &[]);
    let said = String::from_utf8_lossy(&friday.stdout);
    assert!(
        said.starts_with("Điểm đo không có IPv6: không kết luận về bất kỳ dịch vụ nào."),
        "{said}"
    );
    assert!(said.contains("chưa xác định: 9") && !said.contains("vp/"), "{said}");
    fail(&mut v6ready(&week.db, &["judge"]), 3);
    assert!(week.has_metric("vantage_ipv6{state=\"absent\"} 1"));
    assert!(week.has_metric("services{stage=\"unknown\"} 9"));
    for route in OUR_IPV6 {
        run_ip(&format!("-6 route add {route}"));
    }

    // Saturday: the scan is killed, and goes on in the morning. It is compared with the last night that saw
    // anything.
    week.clock.set("2027-03-06T02:15:00+07:00");
    week.kill_a_scan();
    assert!(week.run(&["runs"]).lines().nth(1).unwrap().ends_with("interrupted or under way"));
    week.clock.set("2027-03-06T08:00:00+07:00");
    let resume = ["scan", "--resume", "--fail-on-worse"];
    let saturday = v6ready(&week.db, &resume).output().unwrap();
    Since::assert(&saturday, 0, "20270303", &[]);

    // Sunday: another policy, by which the night before is judged again too, and another id of a service.
    week.write_inventory("ipv6-for-gov → ipv6-only, id: dich-vu-cong → id: dich-vu-cong-moi");
    week.clock.set("2027-03-07T02:15:00+07:00");
    let sunday = week.scan(&[]).output().unwrap();
    let new = format!("mới đưa vào danh mục: vp/dich-vu-cong-moi · dich-vu-cong-moi: – → {four}");
    let gone = format!("không còn trong danh mục: vp/dich-vu-cong · dich-vu-cong: {four} → –");
    Since::assert(&sunday, 0, "20270305", &[&new, &gone]);

    the_week_is_remembered(&week);
}

/// The list of runs, the history of a service and the report on the quarter, a week later.
fn the_week_is_remembered(week: &Week) {
    let listed = week.run(&["runs"]);
    let began = listed.lines().skip(1).map(|line| line.split("  ").nth(1).unwrap().trim());
    let nights = [
        "2027-03-07 02:15",
        "2027-03-06 02:15",
        "2027-03-05 02:15",
        "2027-03-04 02:15",
        "2027-03-03 09:30",
        "2027-03-03 02:15",
        "2027-03-02 02:15",
        "2027-03-01 02:15",
    ];
    assert_eq!(
        began.map(|at| &at[..13]).collect::<Vec<_>>(),
        nights.map(|at| &at[..13]),
        "{listed}"
    );
    let [four, one, _] = STAGES;
    let history = week.run(&["show", "vp/van-ban", "--history"]);
    let stages = history.split("\nMức\n").nth(1).unwrap().lines().take(3);
    let stages: Vec<_> = stages.map(|line| line.split("ngày ").nth(1).unwrap()).collect();
    for (said, (day, stage)) in stages.iter().zip([("01", four), ("03", one), ("03", four)]) {
        assert!(said.starts_with(&format!("{day}/03/2027  {stage}")), "{history}");
    }
    let out = week.lab.path("quy");
    let report = ["report", "--quarter", "2027Q1", "--format", "json", "--out"];
    week.run(&[&report[..], &[out.to_str().unwrap()]].concat());
    let text = std::fs::read_to_string(out.join("2027Q1.json")).unwrap();
    let review: Value = serde_json::from_str(&text).unwrap();
    let incident = |service: &str| {
        let incidents = review["incidents"].as_array().unwrap().iter();
        let mut of = incidents.filter(|one| one["services"] == serde_json::json!([service]));
        of.find(|one| !one["failures"][0]["check"].as_str().unwrap().starts_with(LATENCY)).cloned()
    };
    for (service, check) in [("vp/van-ban", "reach-port"), ("vp/chung-thu", "tls-validity")] {
        let incident = incident(service).unwrap_or_else(|| panic!("{}", review["incidents"]));
        assert_eq!(
            (&incident["failures"][0]["check"], &incident["runs"]),
            (&check.into(), &1.into())
        );
    }
    // The store of another machine makes the same report from the quarter's runs.
    let (folder, other) = (week.lab.path("cac-dot-quet"), week.lab.path("khac.db"));
    week.run(&["runs", "export", "--quarter", "2027Q1", folder.to_str().unwrap()]);
    let files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    // The rescan and the night without IPv6 are no part of it.
    assert_eq!(files.len(), 6, "{files:?}");
    succeed(v6ready(&other, &["runs", "import"]).args(files));
    let there = week.lab.path("quy-khac");
    succeed(&mut v6ready(&other, &[&report[..], &[there.to_str().unwrap()]].concat()));
    assert_eq!(std::fs::read_to_string(there.join("2027Q1.json")).unwrap(), text);
}
