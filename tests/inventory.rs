//! The owner's starting inventory is a good one.

#[test]
fn the_inventory_is_good() {
    let text = include_bytes!("../inventory.yaml");
    let parsed = v6ready::inventory::parse(text, "inventory.yaml")
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    assert_eq!(parsed.inventory.services.len(), 28);
}
