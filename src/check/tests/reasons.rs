//! Every reason that a check declares is given by some row of the tables beside its rule.

use crate::check::catalogue;
use crate::check::testing::reasons::reasons_in;

#[test]
fn every_reason_has_a_row() {
    let mut missing = Vec::new();
    for (check, cases) in catalogue::tables() {
        let given = reasons_in(check, cases);
        let without = check.reasons.iter().filter(|reason| !given.contains(reason.id));
        missing.extend(without.map(|reason| format!("{}: {}", check.id, reason.id)));
    }
    assert!(missing.is_empty(), "{} reasons without a row:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn every_check_has_a_table() {
    let tables: Vec<_> = catalogue::tables().into_iter().map(|(check, _)| check.id).collect();
    let checks: Vec<_> = catalogue::CATALOGUE.iter().map(|check| check.id).collect();
    assert_eq!(tables, checks);
}
