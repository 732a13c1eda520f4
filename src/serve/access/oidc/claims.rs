//! What a token says of its user, beside what the standard names.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::AdditionalClaims;
use serde_json::Value;

/// Octets of a name that is shown.
const NAME_OCTETS_MAX: usize = 128;

/// Groups that are looked at.
const GROUPS_MAX: usize = 10_000;

/// As claims have it: objects of anything.
pub(super) type Claims = serde_json::Map<String, Value>;

/// Claims that no standard names.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct AllClaims {
    #[serde(flatten)]
    pub(super) all: Claims,
}

impl AdditionalClaims for AllClaims {}

/// All claims of a token that has been verified.
pub(super) fn payload(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// Adds what the user-info endpoint says, where the token says nothing: those claims too that the standard names.
pub(super) fn add(claims: &mut Claims, more: &impl serde::Serialize) {
    let Ok(Value::Object(more)) = serde_json::to_value(more) else { return };
    for (key, value) in more {
        claims.entry(key).or_insert(value);
    }
}

/// Whether a claim is there.
pub(super) fn has(claims: &Claims, claim: &str) -> bool {
    at(claims, claim).is_some()
}

/// The user's name by the claim that has it, or else her subject.
pub(super) fn name_of(claims: &Claims, claim: &str) -> Option<String> {
    let usable = |name: &&str| {
        !name.trim().is_empty()
            && name.len() <= NAME_OCTETS_MAX
            && !name.chars().any(char::is_control)
    };
    let name = at(claims, claim).and_then(Value::as_str).filter(usable);
    let name = name.or_else(|| claims.get("sub")?.as_str().filter(usable));
    name.map(|name| name.trim().to_owned())
}

/// The groups by the claim that has them; `None` when it isn't there.
pub(super) fn groups_of(claims: &Claims, claim: &str) -> Option<Vec<String>> {
    match at(claims, claim)? {
        Value::String(group) => Some(vec![group.clone()]),
        Value::Array(groups) => {
            let groups = groups.iter().filter_map(Value::as_str).take(GROUPS_MAX);
            Some(groups.map(str::to_owned).collect())
        }
        _ => Some(Vec::new()),
    }
}

/// A claim by its own name, which may have dots in it (`https://example.org/groups`), or by the names
/// of the objects that it is in.
fn at<'c>(claims: &'c Claims, claim: &str) -> Option<&'c Value> {
    if let Some(value) = claims.get(claim) {
        return Some(value);
    }
    let (first, rest) = claim.split_once('.')?;
    at(claims.get(first)?.as_object()?, rest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_groups_are_found_where_the_configuration_says() {
        let claims = json!({
            "sub": "7",
            "preferred_username": "an",
            "empty": " ",
            "groups": ["a", 1, "b"],
            "one": "a",
            "https://example.org/groups": ["c"],
            "realm_access": {"roles": ["d"]},
            "number": 7,
        });
        let claims = claims.as_object().unwrap();
        assert_eq!(name_of(claims, "preferred_username").as_deref(), Some("an"));
        for claim in ["email", "empty", "number", "groups", "realm_access.roles"] {
            assert_eq!(name_of(claims, claim).as_deref(), Some("7"), "{claim}");
        }
        assert_eq!(name_of(&Claims::new(), "sub"), None);
        let groups = |claim: &str| groups_of(claims, claim).map(|groups| groups.join(","));
        assert_eq!(groups("groups").as_deref(), Some("a,b"));
        assert_eq!(groups("one").as_deref(), Some("a"));
        assert_eq!(groups("https://example.org/groups").as_deref(), Some("c"));
        assert_eq!(groups("realm_access.roles").as_deref(), Some("d"));
        assert_eq!(groups("realm_access.other"), None);
        assert_eq!(groups("one.other"), None);
        assert_eq!(groups("number").as_deref(), Some(""));
        assert_eq!(payload("a.b.c"), None);
    }
}
