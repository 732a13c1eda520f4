use super::source::OCTETS_MAX;
use super::*;

/// A good inventory but for its services, which follow.
const HEAD: &str = "version: 1\norganisations:\n  - id: o\n    services:\n";

fn problems(octets: &[u8]) -> Diagnostics {
    match parse(octets, "t.yaml") {
        Ok(_) => panic!("{}", String::from_utf8_lossy(&octets[..octets.len().min(200)])),
        Err(problems) => problems,
    }
}

#[test]
fn what_is_no_inventory_is_refused_where_it_goes_wrong() {
    let nested = format!("version: 1\norganisations: {}", "[".repeat(50_000));
    let bomb: String = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
        let inner = format!("*a{}, ", level - 1).repeat(9);
        format!("{text}a{level}: &a{level} [{inner}]\n")
    });
    let mut wrong = Vec::new();
    for (text, line, column, expected) in [
        (&b""[..], 1, 1, "it is empty"),
        (b"\xef\xbb\xbf", 1, 1, "it is empty"),
        (b"# nothing but a comment\n", 1, 1, "it is empty"),
        (b"42\n", 1, 1, "a mapping"),
        (b"[]\n", 1, 1, "a mapping"),
        (b"version: 1\ntitle: \xff\n", 2, 8, "not UTF-8"),
        (b"\xef\xbb\xbfversion: 1\ntitle: \xc3(\n", 2, 8, "not UTF-8"),
        // UTF-16, as some editors save "Unicode".
        (b"\xff\xfev\0e\0r\0", 1, 1, "not UTF-8"),
        (b"version: 1\nversion: 1\n", 2, 1, "`version` is given twice"),
        (b"version: 1\n---\nversion: 1\n", 2, 1, "a second YAML document"),
        (b"version: 1\norganisations: *gone\n", 2, 16, "not YAML"),
        // The parser names the value before the tab.
        (b"version: 1\n\ttitle: x\n", 1, 10, "indent with spaces, not with tabs"),
        (b"version: 1\ntitle: \"no end\n", 2, 8, "not YAML"),
        (b"version: 2\norganisations: []\n", 1, 10, "version `2`"),
        (nested.as_bytes(), 2, 0, "nested more than 32 deep"),
        (bomb.as_bytes(), 0, 0, "more than 5000000 values"),
    ] {
        let problems = problems(text);
        let reported: Vec<_> = problems.iter().map(ToString::to_string).collect();
        let is_it = |problem: &Diagnostic| {
            let help = problem.help.as_deref().unwrap_or_default();
            // 0: anywhere.
            [0, problem.line].contains(&line)
                && [0, problem.column].contains(&column)
                && (problem.message.contains(expected) || help.contains(expected))
        };
        if !problems.iter().any(is_it) {
            wrong.push((expected, reported));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_huge_file_is_refused_unread() {
    let problems = problems(&vec![b' '; OCTETS_MAX + 1]);
    assert!(problems.iter().next().is_some_and(|first| first.message.contains("are read")));
}

/// However much is wrong, all of it is counted and a bounded part of it is kept and shown.
#[test]
fn many_faults_are_counted_and_few_are_kept() {
    let services = 3000;
    let mut text = HEAD.to_owned();
    for _ in 0..services {
        text.push_str("      - {id: A b, nmae: x, category: portl, web: \"a b\"}\n");
    }
    let problems = problems(text.as_bytes());
    assert_eq!(problems.count(), 4 * services);
    assert_eq!(problems.iter().count(), 1000);
    assert!(problems.render(false).ends_with("and 11900 more\n"));
}

/// One line of a megabyte is neither quoted whole nor searched again for each fault.
#[test]
fn a_file_of_one_line_stays_cheap() {
    let services = vec!["{id: A b, category: portl, web: \"a b\"}"; 20_000].join(", ");
    let text = format!("{{version: 1, organisations: [{{id: o, services: [{services}]}}]}}");
    let problems = problems(text.as_bytes());
    assert_eq!(problems.count(), 60_000);
    assert!(problems.render(false).len() < 1_000_000);
}

#[test]
fn payloads_come_from_one_source() {
    let with = |data: &str| {
        format!(
            "{HEAD}      - {{id: s, category: portal, web: \"https://a.vn\"}}\nsettings: {{origin_data: {{routes: r.txt{data}}}}}\n"
        )
    };
    let good = parse(with(", validator: \"[::1]:8323\"").as_bytes(), "t.yaml");
    let settings =
        good.unwrap_or_else(|problems| panic!("{}", problems.render(false))).inventory.settings;
    assert_eq!(settings.rpki_validator, Some("[::1]:8323".parse().unwrap()));
    for (data, expected) in [
        (", vrps: v.json, validator: \"[::1]:8323\"", "two sources for the same"),
        (", validator: rpki.example", "rpki.example"),
    ] {
        let problems = problems(with(data).as_bytes());
        assert!(
            problems.iter().any(|p| p.message.contains(expected)),
            "{}",
            problems.render(false)
        );
    }
}

/// A faulty value doesn't hide what is wrong with the keys after it.
#[test]
fn a_service_is_read_to_its_end() {
    let service = "{id: s, state: open, category: portal, web: \"https://a.vn\", \
                   security_level: 6, exemption: {until: soon}}";
    let problems = problems(format!("{HEAD}      - {service}\n").as_bytes());
    let messages: Vec<_> = problems.iter().map(|problem| &*problem.message).collect();
    assert_eq!(
        messages,
        [
            "`state` is `open`, which is not known",
            "`security_level` is 6, which is out of range",
            "this exemption has no `reason`",
            "`soon` is not a date",
        ]
    );
}

#[test]
fn tags_are_ids_each_once() {
    let parsed = |tags: &str| {
        let text = format!(
            "version: 1\norganisations:\n  - id: o\n    services:\n      \
             - {{id: s, category: portal, tags: {tags}, web: \"https://example.vn/\"}}\n"
        );
        super::parse(text.as_bytes(), "t.yaml")
    };
    let good = parsed("[pilot, 2026, pilot]").unwrap();
    let tags: Vec<_> = good.inventory.services[0].tags.iter().map(|tag| &**tag).collect();
    assert_eq!(tags, ["pilot", "2026"]);
    assert!(good.warnings[0].message.contains("the tag `pilot` is given twice"));
    for (bad, expected) in [
        ("[Thí điểm]", "write `thi-diem`"),
        ("pilot", "a list (`- item`) is wanted here"),
        ("[[a]]", "text is wanted here"),
    ] {
        let text = parsed(bad).unwrap_err().render(false);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn former_ids_are_told_apart() {
    let good = format!(
        "{HEAD}      - {{id: a, category: portal, web: \"https://a.vn\", formerly: x/a}}\n      \
         - {{id: b, category: portal, web: \"https://b.vn\", formerly: [x/b, o/old]}}\n      \
         # The name was given to something new.\n      \
         - {{id: c-old, category: portal, web: \"https://old.c.vn\", formerly: o/c}}\n      \
         - {{id: c, category: portal, web: \"https://c.vn\", formerly: o/c-trial}}\n"
    );
    let parsed = parse(good.as_bytes(), "t.yaml");
    let parsed = parsed.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    assert!(parsed.warnings.is_empty());
    let former: Vec<Vec<String>> = parsed
        .inventory
        .services
        .iter()
        .map(|service| service.formerly.iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(former[1], ["x/b", "o/old"]);

    for (services, line, column, expected) in [
        (&["formerly: portal"][..], 5, 74, "doesn't say the organisation"),
        (&["formerly: [x/a, Sở/a]"], 5, 80, "write `so`"),
        (&["formerly: o/s0"], 5, 74, "`o/s0` is this service's own id"),
        (&["formerly: x/a", "formerly: [y/b, x/a]"], 6, 80, "named by `o/s0` already"),
        (&["formerly: [x/a, x/a]"], 5, 80, "named by `o/s0` already"),
        (&["formerly: o/s1", "geo_dns: true"], 5, 74, "in the inventory too"),
        (
            &["formerly: o/s1", "formerly: o/s0, expect_status: 401"],
            0,
            0,
            "lead to each other by their `formerly`",
        ),
        (
            &["formerly: o/s2", "formerly: o/s0, geo_dns: true", "formerly: o/s1"],
            0,
            0,
            "lead to each other by their `formerly`",
        ),
    ] {
        let mut text = HEAD.to_owned();
        for (at, rest) in services.iter().enumerate() {
            // One of the rows is about two entries of the same host.
            let host = if services[1..] == ["geo_dns: true"] { 0 } else { at };
            text += &format!(
                "      - {{id: s{at}, category: portal, web: \"https://s{host}.example/\", {rest}}}\n"
            );
        }
        let problems = problems(text.as_bytes());
        let is_it = |problem: &Diagnostic| {
            let help = problem.help.as_deref().unwrap_or_default();
            [0, problem.line].contains(&line)
                && [0, problem.column].contains(&column)
                && (problem.message.contains(expected) || help.contains(expected))
        };
        let found = problems.iter().filter(|problem| is_it(problem)).count();
        let errors = problems.iter().filter(|problem| problem.weight == Weight::Error).count();
        assert_eq!((found, errors), (1, 1), "{}", problems.render(false));
    }
}

#[test]
fn what_is_listed_twice_is_warned_of_with_both_places() {
    let text = format!(
        "{HEAD}      - {{id: a, category: portal, web: \"https://www.example/\"}}\n      \
         - {{id: b, category: portal, web: \"https://WWW.example:443\"}}\n      \
         - {{id: c, category: internet-service, imaps: mail.example}}\n  - id: p\n    services:\n      \
         - {{id: c, category: internet-service, imaps: \"MAIL.example:993\"}}\n      \
         # Other ports, kinds and paths of a host are something else.\n      \
         - {{id: d, category: portal, web: \"http://www.example/\"}}\n      \
         - {{id: e, category: portal, web: \"https://www.example/login\"}}\n      \
         - {{id: f, category: internet-service, imap: mail.example}}\n      \
         - {{id: g, category: internet-service, tls: \"mail.example:993\"}}\n      \
         - {{id: h, category: internet-service, mail: mail.example}}\n      \
         - {{id: i, category: infrastructure, zone: mail.example}}\n"
    );
    let warnings = parse(text.as_bytes(), "t.yaml").unwrap().warnings;
    let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    let [web, imaps] = &warnings[..] else { panic!("{warnings:#?}") };
    assert!(
        web.starts_with("t.yaml:6:40: `https://www.example/` is listed twice: `o/b` has the same web as `o/a` at t.yaml:5:40"),
        "{web}"
    );
    assert!(
        imaps.starts_with("t.yaml:10:52: `imaps:mail.example:993` is listed twice: `p/c` has the same imaps as `o/c` at t.yaml:7:52"),
        "{imaps}"
    );
}
