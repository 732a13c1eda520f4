use crate::serve::access::public_page::PublicPage;
use crate::serve::access::role::{Organisations, Role, TokenScope};
use crate::serve::config::ServeConfig;
use crate::serve::config::read::read;

const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
    RdescudvJCsgt3ub+b4dWRWJTmaaJObGRdescudvJCs";

fn config(text: &str) -> ServeConfig {
    let text = text.replace("HASH", HASH);
    read(text.as_bytes(), "serve.yaml").map_err(|bad| bad.render(false)).unwrap().0
}

fn problems(text: &str) -> String {
    let text = text.replace("HASH", HASH);
    read(text.as_bytes(), "serve.yaml").unwrap_err().render(false)
}

#[test]
fn what_is_said_of_access_is_read() {
    let config = config(
        "serve:
  base_url: https://v6.example.gov.vn/
  users:
    - {name: an, password_hash: \"HASH\", role: operator, organisations: [vp-ubnd]}
    - {name: Bình Nguyễn, password_hash: \"HASH\"}
  oidc:
    issuer: https://login.example.gov.vn/realms/staff
    client_id: v6ready
    client_secret: very-secret
    groups_claim: realm_access.roles
    groups: [{group: v6-ops, role: operator}, {group: staff}]
    clock_skew: 2m
  proxy: {from: [\"2001:db8::/64\"], user_header: X-Remote-User, others: viewer}
  tokens:
    - name: prometheus
      hash: sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
      scope: metrics
      until: 2027-12-31
  public: [overview, badges, badges]
  sessions: {idle: 2h}
",
    );
    let access = config.access;
    assert_eq!(access.users.len(), 2);
    assert_eq!((&*access.users[0].name, access.users[0].role), ("an", Role::Operator));
    assert!(access.users[0].organisations.include(Some("vp-ubnd")));
    assert!(!access.users[0].organisations.include(Some("other")));
    assert_eq!(access.users[1].organisations, Organisations::All);
    let oidc = access.oidc.unwrap();
    assert_eq!((oidc.groups.len(), oidc.others, oidc.clock_skew.as_secs()), (2, None, 120));
    assert_eq!(
        (oidc.user_claim.as_str(), oidc.shown_title()),
        ("preferred_username", "login.example.gov.vn")
    );
    assert!(!format!("{oidc:?}").contains("very-secret"));
    assert_eq!(access.proxy.user_header.unwrap(), "x-remote-user");
    assert_eq!(access.tokens[0].scope, TokenScope::Metrics);
    assert_eq!(access.public, [PublicPage::Overview, PublicPage::Badges].into());
    assert_eq!(access.sessions.idle.as_secs(), 7200);
    assert_eq!(access.sessions.absolute.as_secs(), 7 * 24 * 3600);
    assert!(read(b"serve: {}", "serve.yaml").unwrap().0.access.public.is_empty());
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_shows_no_secret() {
    let told = problems(
        "serve:
  users:
    - {name: an, password_hash: hunter2}
    - {name: an, password_hash: \"HASH\", organisations: [a]}
    - {name: an, password_hash: \"HASH\", rol: viewer}
  oidc: {issuer: http://login.example.gov.vn/, client_id: x}
  proxy: {from: [\"::/0\"], user_header: Cookie}
  tokens: [{name: t, hash: v6r_secret, scope: admin}]
  public: [overveiw]
  sessions: {idle: 1s}
",
    );
    for expected in [
        "this is not the hash of a password",
        "`v6ready serve hash` makes one",
        "another user is called `an`",
        "`organisations` says for whom an operator acts",
        "did you mean `role`?",
        "is not a URL with `https`",
        "nobody who logs in this way may do anything",
        "`oidc` needs `base_url`",
        "`::/0` is the whole Internet",
        "`Cookie` is not the name of a header that can be taken",
        "this is not the hash of a token",
        "`scope` is `admin`",
        "did you mean `overview`?",
        "`1s` is out of range",
    ] {
        assert!(told.contains(expected), "{expected} is missing in\n{told}");
    }
    assert!(!told.contains("hunter2") && !told.contains("v6r_secret"), "{told}");
}
