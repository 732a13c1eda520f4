//! Every check there is, from the lists of the areas.

use std::sync::LazyLock;

use super::rule::Check;
use super::{address, dns, inventory, mail, reach, service, tls, vantage, web};

/// The rules of an area: a `mod` line each, in the order of reports.
///
/// One line compiles a rule, puts it into the catalogue, and has its tables run for the test that every
/// reason has a row, so that none can be forgotten.
macro_rules! rules {
    ($(mod $rule:ident;)+) => {
        $(pub(super) mod $rule;)+

        /// The area's checks, in the order of reports.
        pub(super) static CHECKS: &[&$crate::check::rule::Check] = &[$(&$rule::CHECK),+];

        /// The tables of each check, in the same order.
        #[cfg(test)]
        pub(super) static TABLES: &[&[fn()]] = &[$($rule::tests::CASES),+];
    };
}

/// Every check, in the order of reports: those about a service's stage come after all that may give
/// it one.
pub static CATALOGUE: LazyLock<Vec<&'static Check>> = LazyLock::new(|| {
    [
        dns::CHECKS,
        address::CHECKS,
        reach::CHECKS,
        tls::CHECKS,
        web::CHECKS,
        mail::CHECKS,
        service::CHECKS,
        inventory::CHECKS,
        vantage::CHECKS,
    ]
    .concat()
});

/// The check of this id.
pub fn find(id: &str) -> Option<&'static Check> {
    CATALOGUE.iter().copied().find(|check| check.id == id)
}

/// A check with its tables.
#[cfg(test)]
pub(in crate::check) type CheckTables = (&'static Check, &'static [fn()]);

/// Every check with its tables, in the order of the catalogue.
#[cfg(test)]
pub(in crate::check) fn tables() -> Vec<CheckTables> {
    let tables = [
        dns::TABLES,
        address::TABLES,
        reach::TABLES,
        tls::TABLES,
        web::TABLES,
        mail::TABLES,
        service::TABLES,
        inventory::TABLES,
        vantage::TABLES,
    ];
    CATALOGUE.iter().copied().zip(tables.concat()).collect()
}

#[cfg(test)]
mod tests;
