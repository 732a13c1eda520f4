//! The pages that the navigation lists.

use crate::model::Text;
use crate::serve::access::PublicPage;

/// A page of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its word, for links and for programs.
    pub id: &'static str,
    /// Its path.
    pub path: &'static str,
    /// Its name.
    pub name: Text,
    /// Who may see it.
    pub page: PublicPage,
}

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident $id:literal $path:literal $vi:literal $en:literal $page:ident)*) => {
        $($(#[$doc])* pub const $name: Section = Section {
            id: $id, path: $path, name: Text { vi: $vi, en: $en }, page: PublicPage::$page,
        };)*
        /// All, in the order of the navigation.
        pub const SECTIONS: &[Section] = &[$($name),*];
    };
}

sections! {
    /// The first look.
    OVERVIEW "overview" "/" "Tổng quan" "Overview" Overview
    /// The services.
    SERVICES "services" "/services" "Dịch vụ" "Services" Services
    /// The organisations.
    ORGANISATIONS "organisations" "/organisations" "Cơ quan, đơn vị" "Organisations" Organisations
    /// The checks.
    CHECKS "checks" "/checks" "Tiêu chí" "Checks" Checks
    /// What to fix first.
    CAUSES "causes" "/causes" "Nguyên nhân" "Causes" Causes
    /// The runs.
    RUNS "runs" "/runs" "Đợt đo" "Runs" Runs
    /// The reports of quarters.
    QUARTERS "quarters" "/quarters" "Báo cáo quý" "Quarters" Quarters
    /// The inventory.
    INVENTORY "inventory" "/inventory" "Danh mục" "Inventory" Inventory
    /// The vantage points.
    VANTAGE "vantage" "/vantage" "Điểm đo" "Vantage points" Vantage
    /// The alerts.
    ALERTS "alerts" "/alerts" "Cảnh báo" "Alerts" Alerts
    /// This installation.
    ABOUT "about" "/about" "Giới thiệu" "About" About
}
