//! What the operator's own machine does to the program: outputs that can't be written, few threads, a firewall
//! of its own, a log in a file.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use v6ready::model::{
    ConversationQuestion, DnsQuestion, EchoQuestion, Host, Name, NtpQuestion, Observation,
    Question, QuicQuestion, RecordType, Request, Settings, Transport,
};
use v6ready::probe::Live;

use crate::namespace;
use crate::program::{stderr, succeed, v6ready};

/// A run of sixty services, with all its evidence.
const SAMPLE_RUN: &str = "reports/sample-province/runs/2026-03-28.v6ready";

/// Every command that the help lists, with the commands below it: `runs list` is no command, `runs` is.
fn commands() -> BTreeSet<String> {
    fn below(words: &[&str], found: &mut BTreeSet<String>) -> bool {
        let help = Command::new(env!("CARGO_BIN_EXE_v6ready")).args(words).arg("--help").output();
        let help = String::from_utf8(help.unwrap().stdout).unwrap();
        let Some((_, list)) = help.split_once("\nCommands:\n") else { return false };
        let lines = list.lines().take_while(|line| line.starts_with("  "));
        // Further lines of a description stand further to the right.
        let lines = lines.filter(|line| !line.starts_with("   "));
        let names = lines.filter_map(|line| line.split_whitespace().next());
        for name in names.filter(|name| *name != "help") {
            let words = [words, &[name]].concat();
            if !below(&words, found) {
                found.insert(words.join(" "));
            }
        }
        true
    }
    let mut found = BTreeSet::new();
    assert!(below(&[], &mut found));
    found
}

/// Where a command's outputs lead, and with which code one that succeeds has to end.
const OUTPUTS: [(&str, Option<i32>); 7] = [
    (">/dev/full", Some(2)),
    ("2>/dev/full", None),
    (">&-", None),
    ("2>&-", None),
    (">&- 2>&-", None),
    // A reader that is gone before anything is written.
    ("> >(exec <&-)", None),
    (">/dev/full 2>/dev/full", Some(2)),
];

#[test]
fn every_command_ends_well_where_its_outputs_can_not_be_written() {
    if !namespace::enter(
        module_path!(),
        "every_command_ends_well_where_its_outputs_can_not_be_written",
    ) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let db = at("v6ready.db");
    for _ in 0..2 {
        succeed(&mut v6ready(&db, &["runs", "import", SAMPLE_RUN]));
    }
    succeed(&mut v6ready(&db, &["runs", "keygen", at("key").to_str().unwrap()]));
    std::fs::copy("inventory.yaml", at("inventory.yaml")).unwrap();
    std::fs::write(at("table.csv"), "organisation,web\nNew office,https://new.example/\n").unwrap();
    let run = std::fs::canonicalize(SAMPLE_RUN).unwrap();
    let run = run.display();
    let nowhere = "settings: {resolvers: ['2001:db8::53'], control_targets: ['2001:db8::1', \
                   '2001:db8:1::1']}";
    let scanned = format!(
        "version: 1\n{nowhere}\norganisations: [{{id: o, services: [{{id: s, category: portal, \
         web: 'https://www.example/'}}]}}]\n"
    );
    std::fs::write(at("nowhere.yaml"), scanned).unwrap();
    // What is to be printed, the code with which it ends, and whether it prints anything to stdout.
    let table: &[(&str, i32, bool)] = &[
        ("report --out out", 0, true),
        ("judge", 0, true),
        ("diff 0 0", 2, false),
        ("runs", 0, true),
        ("runs import RUN", 0, true),
        ("runs export newest -", 0, true),
        ("runs export newest exported", 0, true),
        ("runs backup --replace copy.db", 0, true),
        ("runs restore copy.db --replace", 0, true),
        ("runs verify", 0, true),
        ("runs prune --keep-last 9", 0, false),
        ("runs keygen key", 2, false),
        ("show vp-ubnd/portal", 0, true),
        ("explain", 0, true),
        ("explain dns-aaaa", 0, true),
        ("inventory init -", 0, true),
        ("inventory validate inventory.yaml", 0, true),
        ("inventory import table.csv --into inventory.yaml --dry-run --new-organisations", 0, true),
        ("inventory fmt - <inventory.yaml", 0, true),
        ("inventory diff inventory.yaml nowhere.yaml", 1, true),
        ("inventory suggest", 0, true),
        ("inventory words", 0, true),
        ("inventory schema", 0, true),
        ("policy", 0, true),
        ("policy ipv6-only", 0, true),
        ("completions bash", 0, true),
        ("man", 0, true),
        ("serve hash", 2, false),
        ("serve token --name x --scope read", 0, true),
        ("alerts", 0, false),
        ("alerts test", 2, false),
        ("--help", 0, true),
        ("--version", 0, true),
        ("doctor --inventory nowhere.yaml", 3, true),
        // From here on the newest run is one without IPv6.
        ("check https://www.example/ --inventory nowhere.yaml", 3, true),
        ("scan nowhere.yaml", 3, true),
    ];
    let covers = |command: &str| {
        let is_of = |row: &str| row == command || row.starts_with(&format!("{command} "));
        table.iter().any(|(row, ..)| is_of(row))
    };
    let left_out: Vec<_> = commands().into_iter().filter(|command| !covers(command)).collect();
    // The demonstration scans a whole province; what it prints, `scan` and `report` print.
    assert_eq!(left_out, ["demo"]);
    for (row, code, prints) in table {
        for (outputs, code_where_full) in OUTPUTS {
            let row = row.replace("RUN", &run.to_string());
            let program = env!("CARGO_BIN_EXE_v6ready");
            let script = format!("exec {program} --db v6ready.db {row} {outputs}");
            let done = Command::new("bash")
                .args(["-c", &script])
                .current_dir(folder.path())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let told = stderr(&done);
            let expected = code_where_full.filter(|_| *prints).unwrap_or(*code);
            // An export that nobody reads is lost: that is an error.
            let is_lost = row.ends_with(" -") && row.contains("export") && outputs.contains("exec");
            let expected = if is_lost { 2 } else { expected };
            assert_eq!(done.status.code(), Some(expected), "{row} {outputs}: {told}");
            assert!(!told.contains("panicked"), "{row} {outputs}: {told}");
            if *prints && outputs == ">/dev/full" {
                assert!(told.contains("can't be written") || row.contains("export"), "{told}");
            }
        }
    }
}

/// A command of a user who may have so many threads, this one included.
fn with_threads(folder: &Path, threads: u32, arguments: &[&str]) -> Output {
    // Nobody else on this machine counts for this user.
    let user = format!("--reuid={}", 3_000_000 + std::process::id());
    Command::new("setpriv")
        .args([&user, "--regid=65534", "--clear-groups", "prlimit"])
        .arg(format!("--nproc={threads}"))
        .arg(env!("CARGO_BIN_EXE_v6ready"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn few_threads_are_an_error_that_holds_no_lock() {
    if !namespace::enter(module_path!(), "few_threads_are_an_error_that_holds_no_lock") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    std::fs::copy("inventory.yaml", folder.path().join("inventory.yaml")).unwrap();
    let scan = ["--db", "v6ready.db", "scan", "--quick", "--only", "tag:none-has-it"];
    let scan = &scan[..4];
    for threads in 1..=3 {
        let done = with_threads(folder.path(), threads, scan);
        assert_eq!(done.status.code(), Some(2), "{threads}: {}", stderr(&done));
        assert!(stderr(&done).contains("ulimit -u"), "{}", stderr(&done));
        assert!(!folder.path().join("v6ready.db").exists(), "{threads}");
    }
    // Enough for one worker: it finds no IPv6 here, and says so.
    let done = with_threads(folder.path(), 4, scan);
    assert_eq!(done.status.code(), Some(3), "{}", stderr(&done));
    // Judging takes the threads that it gets.
    let judged = with_threads(folder.path(), 1, &["--db", "v6ready.db", "judge"]);
    assert_eq!(judged.status.code(), Some(3), "{}", stderr(&judged));
}

#[test]
fn a_log_in_a_file_has_no_colours() {
    if !namespace::enter(module_path!(), "a_log_in_a_file_has_no_colours") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log_of = |more: &[&str]| {
        let mut scan = Command::new(env!("CARGO_BIN_EXE_v6ready"));
        scan.args(["-vv", "--db"]).arg(folder.path().join("v6ready.db")).args(more);
        let done = scan.args(["scan", "inventory.yaml", "--quick"]).output().unwrap();
        assert_eq!(done.status.code(), Some(3));
        stderr(&done)
    };
    for arguments in [&[][..], &["--color", "auto"], &["--log-format", "json"]] {
        let log = log_of(arguments);
        assert!(log.contains("scan started") && !log.contains('\u{1b}'), "{log}");
    }
    assert!(log_of(&["--color", "always"]).contains('\u{1b}'));
}

/// One question of each kind to an address.
fn questions(address: &str) -> [(&'static str, Question); 5] {
    let at = |port: u16| format!("[{address}]:{port}").parse().unwrap();
    let soa = DnsQuestion {
        server: at(53),
        transport: Transport::Udp,
        name: Name::root(),
        record_type: RecordType::SOA,
        recursion_desired: false,
        checking_disabled: false,
        dnssec_ok: false,
        without_edns: false,
    };
    let tcp = ConversationQuestion { address: at(443), tls: None, http: None, mss: None };
    let quic = QuicQuestion { address: at(443), host: Host::parse("www.example").unwrap() };
    let echo = EchoQuestion { address: address.parse().unwrap(), payload_octets: 32 };
    [
        ("udp", Question::Dns(soa)),
        ("ntp", Question::Ntp(NtpQuestion { server: at(123) })),
        ("quic", Question::Quic(quic)),
        ("tcp", Question::Conversation(tcp)),
        ("echo", Question::Echo(echo)),
    ]
}

fn ask_all(address: &str) -> Vec<(&'static str, Observation)> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let live = Live::new(&Settings::default()).unwrap();
        let questions = questions(address);
        let asked = questions.into_iter().map(|(kind, question)| {
            let live = &live;
            async move { (kind, live.ask(&Request::first(question)).await) }
        });
        let mut asked: FuturesUnordered<_> = asked.collect();
        let mut answers = Vec::new();
        while let Some(answer) = asked.next().await {
            answers.push(answer);
        }
        answers
    })
}

/// What our own firewall drops or rejects is ours in each protocol; what nobody answers is not.
#[test]
fn what_our_own_firewall_drops_is_our_fault() {
    let name = "what_our_own_firewall_drops_is_our_fault";
    let needed = namespace::is_inside() || namespace::has_all(&["nft"]);
    if !needed || !namespace::enter(module_path!(), name) {
        return;
    }
    // A link whose other end answers nothing.
    for arguments in [
        "link set lo up",
        "link add ours type veth peer name theirs",
        "link set ours up",
        "link set theirs up",
        "-6 addr add 2001:db8:ffff::1/64 dev ours nodad",
        "-6 neigh add 2001:db8:ffff::2 lladdr 02:00:00:00:00:01 dev ours",
    ] {
        namespace::run_ip(arguments);
    }
    let far = "2001:db8:ffff::2";
    let is_ours = |observation: &Observation| {
        let reply = serde_json::to_string(&observation.reply).unwrap();
        reply.contains("not-permitted") || reply.contains("\"other\"")
    };
    for (kind, observation) in ask_all(far) {
        assert!(
            observation.reply.timed_out(),
            "{kind} without a firewall: {:?}",
            observation.reply
        );
    }
    let nft = |rules: &str| {
        let done = Command::new("nft").arg(rules).status().unwrap();
        assert!(done.success(), "{rules}");
    };
    nft("add table inet own");
    nft("add chain inet own out { type filter hook output priority 0; }");
    for verdict in ["drop", "reject"] {
        nft("flush chain inet own out");
        nft(&format!("add rule inet own out ip6 daddr {far} {verdict}"));
        for (kind, observation) in ask_all(far) {
            assert!(is_ours(&observation), "{kind}, {verdict}: {:?}", observation.reply);
        }
    }
}
