//! Configurations that are good, and what is said of those that are not.

use super::read::read;

/// Everything that is wrong, one line each.
fn problems(text: &str) -> Vec<String> {
    match read(text.as_bytes(), "serve.yaml") {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn nothing_need_be_said() {
    for text in ["", "# nothing\n", "db: x.db\n", "serve:\n", "serve: {}\nscan: {vantage: noc}\n"] {
        let (config, warnings) = read(text.as_bytes(), "serve.yaml").unwrap();
        assert_eq!(config.listen.to_string(), "[::1]:8466", "{text}");
        assert!(warnings.is_empty() && config.listen.ip().is_loopback(), "{text}");
    }
}

#[test]
fn what_is_said_is_taken() {
    let text = "serve:\n  listen: \"[::]:443\"\n  base_url: https://v6.example/a\n  title: T\n  lang: en\n  \
                inventories: [a.yaml, /srv/b.yaml]\n";
    let (config, _) = read(text.as_bytes(), "/etc/v6ready/serve.yaml").unwrap();
    assert_eq!(config.listen.to_string(), "[::]:443");
    assert_eq!(config.base_url.unwrap().as_str(), "https://v6.example/a/");
    let inventories: Vec<_> =
        config.inventories.iter().map(|file| file.display().to_string()).collect();
    assert_eq!(inventories, ["/etc/v6ready/a.yaml", "/srv/b.yaml"]);
}

#[test]
fn each_fault_has_its_place_and_what_would_be_right() {
    for (text, place, message, help) in [
        ("serve: [1]", "1:8", "`serve` is a list", "a mapping"),
        ("[1]", "1:1", "the configuration is a list", "a mapping"),
        ("serve: {listen: 8466}", "1:17", "not an address with a port", "\"[::1]:8466\""),
        (
            "serve: {listen: localhost:8466}",
            "1:17",
            "not an address with a port",
            "192.0.2.10:8466",
        ),
        ("serve: {liste: x}", "1:9", "`liste` is not a key", "did you mean `listen`?"),
        ("serve: {lang: fr}", "1:15", "`lang` is `fr`", "`vi` and `en`"),
        ("serve: {base_url: v6.example}", "1:19", "not a URL", "https://v6.example.gov.vn/"),
        ("serve: {base_url: \"https://a/?b\"}", "1:19", "can't be the beginning", "https://"),
        ("serve: {title: }", "1:14", "`title` has no value", "delete the key"),
        ("serve: {tls: {key: a}}", "1:14", "has no `certificate`", "certificate: server.pem"),
        ("serve: {inventories: a.yaml}", "1:22", "`inventories` is text", "a list"),
        ("serve: {title: a, title: b}", "1:19", "given twice", "line 1"),
        ("serve: {title: a", "1:", "not YAML", ""),
        ("serve:\n\ttitle: a\n", "2:", "not YAML", "spaces"),
    ] {
        let said = problems(text);
        let fits = |line: &String| {
            line.starts_with(&format!("serve.yaml:{place}"))
                && line.contains(message)
                && line.contains(help)
        };
        assert!(said.iter().any(fits), "{text}: {said:#?}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let text = "serve:\n  listen: x\n  titel: y\n  lang: z\n  base_url: w\n";
    assert_eq!(problems(text).len(), 4, "{:#?}", problems(text));
}

#[test]
fn no_message_shows_what_is_secret() {
    for text in [
        "serve: {client_secret: hush-hush, titel: x}\n",
        "serve:\n  passwd: hush-hush\n",
        "serve:\n  password: hush-hush\n  title: [\n",
        "serve:\n  token: \"hush-hush\"\n\tx: y\n",
        "serve: {listen: \"http://an:hush-hush@a.example/\"}\n",
    ] {
        let Err(problems) = read(text.as_bytes(), "serve.yaml") else { panic!("{text}") };
        let shown = problems.render(false);
        assert!(!shown.contains("hush-hush"), "{text}: {shown}");
    }
    assert_eq!(format!("{:?}", super::Secret::new("hush-hush")), "Secret(…)");
}
