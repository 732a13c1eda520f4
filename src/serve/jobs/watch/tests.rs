use super::*;

fn glimpse(addresses: Option<&[&str]>, contacts: &[(&str, Reached)]) -> Glimpse {
    Glimpse {
        addresses: addresses.map(|all| all.iter().map(|one| one.parse().unwrap()).collect()),
        contacts: contacts.iter().map(|(at, reached)| (at.parse().unwrap(), *reached)).collect(),
    }
}

#[test]
fn a_service_differs_as_far_as_both_can_tell() {
    use Reached::{Nothing, Response};
    const AT: &str = "[2001:db8::1]:443";
    let well = glimpse(Some(&["2001:db8::1"]), &[(AT, Response(2))]);
    for (now, expected) in [
        (well.clone(), false),
        (glimpse(Some(&["2001:db8::1"]), &[(AT, Nothing)]), true),
        (glimpse(Some(&["2001:db8::1"]), &[(AT, Response(5))]), true),
        (glimpse(Some(&["2001:db8::2"]), &[("[2001:db8::2]:443", Response(2))]), true),
        (glimpse(Some(&[]), &[]), true),
        // What can't be told is no change.
        (glimpse(None, &[]), false),
        (glimpse(Some(&["2001:db8::1"]), &[]), false),
    ] {
        assert_eq!(now.differs(&well), expected, "{now:?}");
        assert_eq!(well.differs(&now), expected, "{now:?}");
    }
}
