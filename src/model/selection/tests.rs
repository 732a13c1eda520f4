use super::*;

fn inventory() -> Inventory {
    let text = "version: 1\norganisations:\n  \
        - {id: syt, name: Sở Y tế, services: [\n      \
            {id: portal, category: portal, tags: [pilot, hosted], web: \"https://a.example/\"},\n      \
            {id: mail, category: internet-service, mail: a.example}]}\n  \
        - {id: vp-ubnd, services: [{id: portal, category: portal, web: \"https://b.example/\"}]}\n  \
        - {id: empty, services: []}\n";
    crate::inventory::parse(text.as_bytes(), "t.yaml").unwrap().inventory
}

fn chosen(patterns: &[&str]) -> Vec<String> {
    let selection = Selection::parse(patterns).unwrap();
    let inventory = inventory();
    let services = inventory.services.iter().filter(|service| selection.matches(service));
    services.map(|service| service.id.to_string()).collect()
}

#[test]
fn patterns_choose() {
    for (patterns, expected) in [
        (&["syt/portal"][..], &["syt/portal"][..]),
        (&["syt"], &["syt/portal", "syt/mail"]),
        (&["*/portal"], &["syt/portal", "vp-ubnd/portal"]),
        (&["s*"], &["syt/portal", "syt/mail"]),
        (&["syt/m??l"], &["syt/mail"]),
        (&["{syt,vp-ubnd}/portal"], &["syt/portal", "vp-ubnd/portal"]),
        (&["tag:pilot"], &["syt/portal"]),
        (&["tag:p*"], &["syt/portal"]),
        (&["tag:pil"], &[]),
        (&["category:internet-service"], &["syt/mail"]),
        (&["category:{portal,internet-service}"], &["syt/portal", "syt/mail", "vp-ubnd/portal"]),
        (&["org:syt"], &["syt/portal", "syt/mail"]),
        (&["org:sy"], &[]),
        (&["tag:pilot", "org:vp-*"], &["syt/portal", "vp-ubnd/portal"]),
        (&[], &["syt/portal", "syt/mail", "vp-ubnd/portal"]),
    ] {
        assert_eq!(chosen(patterns), expected, "{patterns:?}");
    }
}

#[test]
fn what_is_no_pattern_is_refused_with_what_was_meant() {
    for (bad, expected) in [
        ("", "empty"),
        ("/", "empty"),
        ("a/", "empty"),
        ("/b", "empty"),
        ("a/b/c", "more than one"),
        ("a[", "not a pattern"),
        ("{a", "not a pattern"),
        ("tag:", "empty"),
        ("tags:pilot", "did you mean `tag:`?"),
        ("organisation:syt", "`organisation:` is not known"),
        (":x", "`:` is not known"),
        ("org:syt/portal", "without `/`"),
        ("category:portals", "did you mean `category:portal`?"),
        ("category:web", "there are `portal`, `public-service`"),
    ] {
        let error = Selection::parse([bad]).unwrap_err().to_string();
        assert!(error.contains(expected), "{bad}: {error}");
        assert!(error.contains("`tag:…`"), "{error}");
    }
}

#[test]
fn what_an_inventory_does_not_have_is_named_with_what_is_near() {
    let unmatched = |pattern: &str| -> Option<(String, String, bool)> {
        let found = Selection::parse([pattern]).unwrap().unmatched(&inventory()).into_iter().next();
        found.map(|one| (one.to_string(), one.help.unwrap_or_default(), one.is_named))
    };
    for (pattern, message, help) in [
        ("tag:pilto", "has the tag `pilto`", "did you mean `tag:pilot`?"),
        ("tag:zzzzzz", "has the tag", "its tags are `hosted` and `pilot`"),
        (
            "category:infrastructure",
            "no service of the category",
            "`portal` and `internet-service`",
        ),
        ("org:sytt", "no organisation `sytt`", "did you mean `org:syt`?"),
        ("org:Sở Y Tế", "no organisation `Sở Y Tế`", "did you mean `org:syt`?"),
        ("org:zzzzzzz", "no organisation", "its organisations are `syt`, `vp-ubnd` and `empty`"),
        ("org:empty", "the organisation `empty` has no service", ""),
    ] {
        let (text, near, is_named) = unmatched(pattern).unwrap();
        assert!(text.contains(message) && near.contains(help) && is_named, "{text} {near}");
    }
    let (text, near, is_named) = unmatched("syt/portl").unwrap();
    assert!(text.contains("no service") && near.contains("`syt/portal`") && !is_named, "{near}");
    assert!(unmatched("vp-ubn/x").unwrap().1.contains("`vp-ubnd`"));
    assert_eq!(unmatched("syt/zzzzzzzz").unwrap().1, "");
    for good in ["tag:pilot", "category:*", "org:syt", "syt", "*/mail"] {
        assert_eq!(unmatched(good), None, "{good}");
    }
    let without_tags = Selection::parse(["tag:x"]).unwrap();
    let mut inventory = inventory();
    inventory.services.retain(|service| service.tags.is_empty());
    assert!(without_tags.unmatched(&inventory)[0].help.as_ref().unwrap().contains("tags: ["));
}
