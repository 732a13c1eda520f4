//! The pages that can be made public, each by itself.

use crate::model::Text;

/// A page, with what is beneath it. Whoever isn't logged in sees it only where `public:` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicPage {
    /// The first page.
    Overview,
    /// The list of services.
    Services,
    /// One service, with verdicts and evidence.
    Service,
    /// The list of organisations and the page of each.
    Organisations,
    /// The checks and who fails them.
    Checks,
    /// What to fix first.
    Causes,
    /// The runs and what changed between two of them.
    Runs,
    /// The reports of quarters.
    Quarters,
    /// The inventory as it was read.
    Inventory,
    /// The vantage points.
    Vantage,
    /// The alerts.
    Alerts,
    /// About this installation.
    About,
    /// The badges.
    Badges,
    /// The metrics.
    Metrics,
    /// What programs read: `/api/v1`.
    Api,
}

impl PublicPage {
    /// All pages, each with what it shows.
    pub const ALL: &'static [(Self, Text)] = &[
        (Self::Overview, Text { en: "the overview", vi: "trang tổng quan" }),
        (Self::Services, Text { en: "the list of services", vi: "danh sách dịch vụ" }),
        (
            Self::Service,
            Text {
                en: "each service with its verdicts and their evidence",
                vi: "trang của từng dịch vụ, gồm kết luận và dữ liệu đo",
            },
        ),
        (
            Self::Organisations,
            Text {
                en: "the organisations and the page of each",
                vi: "danh sách cơ quan, đơn vị và trang của từng cơ quan, đơn vị",
            },
        ),
        (
            Self::Checks,
            Text {
                en: "the checks and who fails them",
                vi: "các phép kiểm tra và dịch vụ không đạt",
            },
        ),
        (
            Self::Causes,
            Text {
                en: "the causes: what to fix first", vi: "các nguyên nhân cần khắc phục trước"
            },
        ),
        (
            Self::Runs,
            Text {
                en: "the runs and what changed between two of them",
                vi: "các đợt đo và thay đổi giữa hai đợt đo",
            },
        ),
        (Self::Quarters, Text { en: "the reports of quarters", vi: "báo cáo quý" }),
        (Self::Inventory, Text { en: "the inventory as it was read", vi: "danh mục dịch vụ" }),
        (Self::Vantage, Text { en: "the vantage points", vi: "các điểm đo" }),
        (Self::Alerts, Text { en: "the alerts", vi: "các cảnh báo" }),
        (
            Self::About,
            Text {
                en: "the page about this installation", vi: "trang giới thiệu hệ thống"
            },
        ),
        (
            Self::Badges,
            Text {
                en: "the badges of organisations and services",
                vi: "huy hiệu của cơ quan, đơn vị và dịch vụ",
            },
        ),
        (Self::Metrics, Text { en: "the metrics, `/metrics`", vi: "số liệu giám sát, `/metrics`" }),
        (
            Self::Api,
            Text {
                en: "what programs read, `/api/v1`",
                vi: "giao diện lập trình `/api/v1`, gồm cả dữ liệu đo",
            },
        ),
    ];

    /// How it is written in the configuration.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Services => "services",
            Self::Service => "service",
            Self::Organisations => "organisations",
            Self::Checks => "checks",
            Self::Causes => "causes",
            Self::Runs => "runs",
            Self::Quarters => "quarters",
            Self::Inventory => "inventory",
            Self::Vantage => "vantage",
            Self::Alerts => "alerts",
            Self::About => "about",
            Self::Badges => "badges",
            Self::Metrics => "metrics",
            Self::Api => "api",
        }
    }
}
