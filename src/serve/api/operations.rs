//! The table of operations.

use schemars::SchemaGenerator;

use super::documents::{
    HistoryDocument, InventoryDocument, ListDocument, PointDocument, RunDocument, ServiceDocument,
};
use super::operation::{Operation, Parameter, Values};
use super::{
    causes, diff, inventory_check, quarters, results, runs, scans, schemas, services, verdicts,
};
use crate::check::CATALOGUE;
use crate::inventory::INVENTORY_OCTETS_MAX;
use crate::judge::Change;
use crate::model::{Category, Text};

const fn query(name: &'static str, description: Text, values: Values) -> Parameter {
    Parameter { name, is_of_path: false, description, values }
}

const fn part(name: &'static str, description: Text, values: Values) -> Parameter {
    Parameter { name, is_of_path: true, description, values }
}

const INVENTORY: Parameter = query(
    "inventory",
    Text {
        en: "The inventory: its `id`, or its file's name with or without `.yaml`. Without it, the first of the configuration.",
        vi: "Danh mục: theo `id`, hoặc tên tệp có hay không có `.yaml`. Nếu bỏ trống, lấy danh mục đầu tiên trong cấu hình.",
    },
    Values::Text,
);
const VANTAGE: Parameter = query(
    "vantage",
    Text {
        en: "The vantage point, by its name. Without it, the one whose runs are made here.",
        vi: "Điểm đo, theo tên. Nếu bỏ trống, lấy điểm đo của các đợt đo thực hiện tại đây.",
    },
    Values::Text,
);
const CURSOR: Parameter = query(
    "cursor",
    Text {
        en: "Where the list goes on: `next` of the page before.",
        vi: "Vị trí tiếp tục của danh sách: `next` của trang trước.",
    },
    Values::Text,
);
const LIMIT: Parameter = query(
    "limit",
    Text { en: "Rows of a page at the most.", vi: "Số dòng tối đa của một trang." },
    Values::Number(1, 1000, 100),
);
const LANG: Parameter = query(
    "lang",
    Text {
        en: "The language of sentences. Without it, that of the configuration.",
        vi: "Ngôn ngữ của câu chữ. Nếu bỏ trống, lấy theo cấu hình.",
    },
    Values::Words(|| vec!["vi", "en"]),
);
const ORGANISATION: Parameter = query(
    "organisation",
    Text {
        en: "Services of this organisation, by its id.",
        vi: "Dịch vụ của cơ quan, đơn vị này, theo mã.",
    },
    Values::Text,
);
const CATEGORY: Parameter = query(
    "category",
    Text { en: "Services of this category.", vi: "Dịch vụ thuộc loại này." },
    Values::Words(|| Category::ALL.iter().map(|one| one.id()).collect()),
);
const TAG: Parameter =
    query("tag", Text { en: "Services with this tag.", vi: "Dịch vụ có nhãn này." }, Values::Text);
const STAGE: Parameter = query(
    "stage",
    Text {
        en: "Services at this stage; `absent`, `unknown` and `retired` are those without one.",
        vi: "Dịch vụ ở mức này; `absent`, `unknown` và `retired` là dịch vụ không có mức.",
    },
    Values::Words(|| services::STANDINGS.iter().map(|(word, _)| *word).collect()),
);
const CHECK: Parameter = query(
    "check",
    Text {
        en: "Services with a finding of this check: that it fails, or what `outcome` and `reason` say.",
        vi: "Dịch vụ có kết luận của tiêu chí này: không đạt, hoặc theo `outcome` và `reason`.",
    },
    Values::Words(|| CATALOGUE.iter().map(|check| check.id).collect()),
);
const REASON: Parameter = query(
    "reason",
    Text {
        en: "Services with a finding for this reason, of `check` or any.",
        vi: "Dịch vụ có kết luận vì lý do này, của `check` hoặc của tiêu chí bất kỳ.",
    },
    Values::Text,
);
const OUTCOME: Parameter = query(
    "outcome",
    Text {
        en: "Services with a finding of this outcome, of `check` or any.",
        vi: "Dịch vụ có kết luận này, của `check` hoặc của tiêu chí bất kỳ.",
    },
    Values::Words(|| services::OUTCOMES.iter().map(|(word, _)| *word).collect()),
);
const SEVERITY: Parameter = query(
    "severity",
    Text {
        en: "Services with a failure of at least this severity.",
        vi: "Dịch vụ có lỗi từ mức nghiêm trọng này trở lên.",
    },
    Values::Words(|| services::SEVERITIES.iter().map(|(word, _)| *word).collect()),
);
const CHANGE: Parameter = query(
    "change",
    Text {
        en: "Services that changed so since the whole run before.",
        vi: "Dịch vụ thay đổi theo hướng này so với đợt đo toàn bộ trước.",
    },
    Values::Words(|| Change::ALL.iter().map(|one| one.id()).collect()),
);
const TEXT: Parameter = query(
    "q",
    Text {
        en: "Services with these words in their id, name, target or organisation's name.",
        vi: "Dịch vụ có các từ này trong mã, tên, đích kiểm tra hoặc tên cơ quan, đơn vị.",
    },
    Values::Text,
);
const SORT: Parameter = query(
    "sort",
    Text {
        en: "What the list is sorted by: the inventory's order when nothing is said, the worst or latest first for the others.",
        vi: "Tiêu chí sắp xếp: mặc định theo thứ tự trong danh mục; với các tiêu chí khác, xấu nhất hoặc mới nhất trước.",
    },
    Values::Words(|| services::ORDERS.iter().map(|(word, _)| *word).collect()),
);
const ORDER: Parameter = query(
    "order",
    Text { en: "The direction of `sort`.", vi: "Chiều của `sort`." },
    Values::Words(|| vec!["ascending", "descending"]),
);
const OF_ORGANISATION: Parameter = part(
    "organisation",
    Text { en: "The organisation's id.", vi: "Mã cơ quan, đơn vị." },
    Values::Text,
);
const OF_SERVICE: Parameter = part(
    "service",
    Text {
        en: "The service's id within its organisation.",
        vi: "Mã dịch vụ trong cơ quan, đơn vị.",
    },
    Values::Text,
);

/// Operations without a body.
const PLAIN: Operation = Operation {
    method: "GET",
    path: "",
    id: "",
    summary: Text { en: "", vi: "" },
    description: Text { en: "", vi: "" },
    parameters: &[],
    body: &[],
    body_schema: None,
    body_octets_max: 1024,
    answer: |_: &mut SchemaGenerator| true.into(),
    handle: runs::inventories,
};

/// Every operation.
pub static OPERATIONS: &[Operation] = &[
    Operation {
        path: "/inventories",
        id: "listInventories",
        summary: Text { en: "The inventories", vi: "Các danh mục dịch vụ" },
        description: Text {
            en: "Each inventory as one vantage point sees it, with the figures of its newest run.",
            vi: "Từng danh mục theo từng điểm đo, kèm số liệu của đợt đo mới nhất.",
        },
        answer: |all| all.subschema_for::<ListDocument<InventoryDocument>>(),
        handle: runs::inventories,
        ..PLAIN
    },
    Operation {
        path: "/runs",
        id: "listRuns",
        summary: Text { en: "The runs of the store", vi: "Các đợt đo trong kho" },
        description: Text {
            en: "All runs, the newest first: those that last, were interrupted or were imported among them.",
            vi: "Mọi đợt đo, mới nhất trước, kể cả đợt đang chạy, bị gián đoạn hoặc được nhập từ nơi khác.",
        },
        parameters: &[
            query(
                "scope",
                Text {
                    en: "Runs of whole inventories, of parts, or of names.",
                    vi: "Đợt đo toàn bộ danh mục, một phần, hoặc theo tên.",
                },
                Values::Words(|| vec!["whole", "part", "names"]),
            ),
            CURSOR,
            LIMIT,
        ],
        answer: |all| all.subschema_for::<ListDocument<RunDocument>>(),
        handle: runs::runs,
        ..PLAIN
    },
    Operation {
        path: "/runs/{run}",
        id: "getRun",
        summary: Text { en: "One run", vi: "Một đợt đo" },
        description: Text {
            en: "What is known of a run without judging it.",
            vi: "Thông tin về một đợt đo, không đánh giá lại.",
        },
        parameters: &[part(
            "run",
            Text { en: "The whole id of the run.", vi: "Mã đầy đủ của đợt đo." },
            Values::Text,
        )],
        answer: |all| all.subschema_for::<RunDocument>(),
        handle: runs::run,
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/runs",
        id: "startRun",
        summary: Text { en: "Start a run", vi: "Bắt đầu một đợt đo" },
        description: Text {
            en: "Scans an inventory, or the services of it that `only` chooses, and answers the id that the run \
                 has. Needs a token with the scope `operate`. Body: `inventory`, `only`, `quick`, each of which may \
                 be missing.",
            vi: "Đo một danh mục, hoặc các dịch vụ mà `only` chọn, và trả lời mã của đợt đo. Cần mã truy cập có \
                 phạm vi `operate`. Nội dung gửi: `inventory`, `only`, `quick`, đều có thể bỏ trống.",
        },
        body: &["application/json"],
        body_schema: Some(scans::start_schema),
        body_octets_max: 1 << 16,
        answer: |all| all.subschema_for::<scans::StartedDocument>(),
        handle: scans::start,
        ..PLAIN
    },
    Operation {
        method: "DELETE",
        path: "/runs/{run}",
        id: "cancelRun",
        summary: Text { en: "Cancel a run", vi: "Hủy một đợt đo" },
        description: Text {
            en: "Has a run that goes on end, or takes one back that waits. What was asked until then stays in the \
                 store. Needs a token with the scope `operate`.",
            vi: "Kết thúc đợt đo đang chạy hoặc rút đợt đo đang chờ. Kết quả đã thu thập vẫn được giữ trong kho. \
                 Cần mã truy cập có phạm vi `operate`.",
        },
        parameters: &[part(
            "run",
            Text { en: "The whole id of the run.", vi: "Mã đầy đủ của đợt đo." },
            Values::Text,
        )],
        answer: |all| all.subschema_for::<scans::StartedDocument>(),
        handle: scans::cancel,
        ..PLAIN
    },
    Operation {
        path: "/live",
        id: "listLiveRuns",
        summary: Text {
            en: "The runs that go on or wait",
            vi: "Các đợt đo đang chạy hoặc đang chờ",
        },
        description: Text {
            en: "The run that goes on, then those that wait in their order.",
            vi: "Đợt đo đang chạy, sau đó là các đợt đang chờ theo thứ tự.",
        },
        answer: |all| all.subschema_for::<ListDocument<scans::LiveDocument>>(),
        handle: scans::live,
        ..PLAIN
    },
    Operation {
        path: "/trend",
        id: "getTrend",
        summary: Text { en: "The stages over time", vi: "Mức sẵn sàng theo thời gian" },
        description: Text {
            en: "The whole runs of an inventory, the earliest first, all judged by the same rules under the policy of the newest.",
            vi: "Các đợt đo toàn bộ của một danh mục, cũ nhất trước, đều được đánh giá theo cùng bộ quy tắc và bộ tiêu chí đánh giá của đợt mới nhất.",
        },
        parameters: &[INVENTORY, VANTAGE, CURSOR, LIMIT],
        answer: |all| all.subschema_for::<ListDocument<PointDocument>>(),
        handle: runs::trend,
        ..PLAIN
    },
    Operation {
        path: "/services",
        id: "listServices",
        summary: Text { en: "The services", vi: "Các dịch vụ" },
        description: Text {
            en: "Where the services that all filters choose stand now.",
            vi: "Hiện trạng của các dịch vụ thỏa mọi điều kiện lọc.",
        },
        parameters: &[
            INVENTORY,
            VANTAGE,
            ORGANISATION,
            CATEGORY,
            TAG,
            STAGE,
            CHECK,
            REASON,
            OUTCOME,
            SEVERITY,
            CHANGE,
            TEXT,
            SORT,
            ORDER,
            CURSOR,
            LIMIT,
        ],
        answer: |all| all.subschema_for::<ListDocument<ServiceDocument>>(),
        handle: services::services,
        ..PLAIN
    },
    Operation {
        path: "/services/{organisation}/{service}",
        id: "getService",
        summary: Text {
            en: "One service with its verdicts", vi: "Một dịch vụ và các kết luận"
        },
        description: Text {
            en: "A document of the schema `v6ready/result/1` with this one service, judged from its evidence: its verdicts name the observations that they cite.",
            vi: "Tài liệu theo lược đồ `v6ready/result/1` chỉ gồm dịch vụ này, đánh giá từ dữ liệu đo; mỗi kết luận nêu các quan sát mà nó viện dẫn.",
        },
        parameters: &[OF_ORGANISATION, OF_SERVICE, INVENTORY, VANTAGE, LANG],
        answer: schemas::result_schema,
        handle: results::service,
        ..PLAIN
    },
    Operation {
        path: "/services/{organisation}/{service}/history",
        id: "getHistory",
        summary: Text { en: "One service over time", vi: "Một dịch vụ theo thời gian" },
        description: Text {
            en: "Its stage and what each check found, from which run on, judged by the same rules.",
            vi: "Mức sẵn sàng và kết luận của từng tiêu chí, kể từ đợt đo nào, đánh giá theo cùng bộ tiêu chí.",
        },
        parameters: &[OF_ORGANISATION, OF_SERVICE, INVENTORY, VANTAGE],
        answer: |all| all.subschema_for::<HistoryDocument>(),
        handle: services::history,
        ..PLAIN
    },
    Operation {
        path: "/results",
        id: "getResults",
        summary: Text {
            en: "Results as files have them", vi: "Kết quả theo lược đồ của tệp"
        },
        description: Text {
            en: "A document of the schema `v6ready/result/1` with the services that all filters choose. The next page is in the header `Link`. Verdicts of lists name no observations: those of one service do.",
            vi: "Tài liệu theo lược đồ `v6ready/result/1` gồm các dịch vụ thỏa mọi điều kiện lọc. Trang tiếp theo nằm trong tiêu đề `Link`. Kết luận trong danh sách không nêu quan sát; kết luận của từng dịch vụ có nêu.",
        },
        parameters: &[
            INVENTORY,
            VANTAGE,
            ORGANISATION,
            CATEGORY,
            TAG,
            STAGE,
            CHECK,
            REASON,
            OUTCOME,
            SEVERITY,
            CHANGE,
            TEXT,
            SORT,
            ORDER,
            CURSOR,
            LIMIT,
            LANG,
        ],
        answer: schemas::result_schema,
        handle: results::results,
        ..PLAIN
    },
    Operation {
        path: "/verdicts",
        id: "listVerdicts",
        summary: Text { en: "What checks say", vi: "Kết luận của các tiêu chí" },
        description: Text {
            en: "The verdicts on the services that all filters choose: those of `check`, `outcome` and `reason`; without `outcome` and `reason`, the failures.",
            vi: "Kết luận đối với các dịch vụ thỏa mọi điều kiện lọc: theo `check`, `outcome` và `reason`; nếu không có `outcome` và `reason` thì chỉ gồm kết luận không đạt.",
        },
        parameters: &[
            INVENTORY,
            VANTAGE,
            ORGANISATION,
            CATEGORY,
            TAG,
            STAGE,
            CHECK,
            REASON,
            OUTCOME,
            SEVERITY,
            CHANGE,
            TEXT,
            SORT,
            ORDER,
            CURSOR,
            LIMIT,
            LANG,
        ],
        answer: |all| all.subschema_for::<ListDocument<verdicts::VerdictDocument>>(),
        handle: verdicts::verdicts,
        ..PLAIN
    },
    Operation {
        path: "/observations/{digest}",
        id: "getObservation",
        summary: Text { en: "A piece of evidence", vi: "Một dữ liệu đo" },
        description: Text {
            en: "An observation that a verdict cites, as it was recorded.",
            vi: "Quan sát mà kết luận viện dẫn, đúng như đã ghi.",
        },
        parameters: &[part(
            "digest",
            Text {
                en: "`sha256:` and 64 hexadecimal digits, as verdicts cite it.",
                vi: "`sha256:` và 64 chữ số thập lục phân, như kết luận viện dẫn.",
            },
            Values::Pattern("^(sha256:)?[0-9a-fA-F]{64}$"),
        )],
        answer: schemas::observation_schema,
        handle: results::observation,
        ..PLAIN
    },
    Operation {
        path: "/diff",
        id: "getDiff",
        summary: Text { en: "Two runs side by side", vi: "So sánh hai đợt đo" },
        description: Text {
            en: "What changed between two whole runs of an inventory, both judged by the same rules.",
            vi: "Thay đổi giữa hai đợt đo toàn bộ của một danh mục, cùng được đánh giá theo một bộ tiêu chí.",
        },
        parameters: &[
            query(
                "before",
                Text {
                    en: "A run's id, `previous` (when nothing is said) or `newest`.",
                    vi: "Mã đợt đo, `previous` (mặc định) hoặc `newest`.",
                },
                Values::Text,
            ),
            query(
                "after",
                Text {
                    en: "A run's id, `newest` (when nothing is said) or `previous`.",
                    vi: "Mã đợt đo, `newest` (mặc định) hoặc `previous`.",
                },
                Values::Text,
            ),
            query(
                "change",
                Text {
                    en: "Services that are listed under this direction.",
                    vi: "Dịch vụ được xếp vào hướng thay đổi này.",
                },
                Values::Words(|| Change::ALL.iter().map(|one| one.id()).collect()),
            ),
            INVENTORY,
            VANTAGE,
            CURSOR,
            LIMIT,
        ],
        answer: |all| all.subschema_for::<diff::DiffDocument>(),
        handle: diff::diff,
        ..PLAIN
    },
    Operation {
        path: "/quarters/{quarter}",
        id: "getQuarter",
        summary: Text { en: "A quarter", vi: "Một quý" },
        description: Text {
            en: "Where the inventory stood at the end of a quarter, and what changed within it.",
            vi: "Hiện trạng của danh mục vào cuối quý và thay đổi trong quý.",
        },
        parameters: &[
            part(
                "quarter",
                Text { en: "Such as `2026Q4`.", vi: "Ví dụ `2026Q4`." },
                Values::Pattern("^[0-9]{4}[Qq][1-4]$"),
            ),
            INVENTORY,
            VANTAGE,
        ],
        answer: |all| all.subschema_for::<quarters::QuarterDocument>(),
        handle: quarters::quarter,
        ..PLAIN
    },
    Operation {
        path: "/causes",
        id: "listCauses",
        summary: Text { en: "What to mend first", vi: "Việc cần khắc phục trước" },
        description: Text {
            en: "The causes of failures, those first that lift most services by at least one stage.",
            vi: "Nguyên nhân của các kết luận không đạt, trước hết là nguyên nhân mà khi khắc phục sẽ nâng được nhiều dịch vụ nhất lên ít nhất một mức.",
        },
        parameters: &[INVENTORY, VANTAGE, CURSOR, LIMIT, LANG],
        answer: |all| all.subschema_for::<ListDocument<causes::CauseDocument>>(),
        handle: causes::causes,
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/inventory/check",
        id: "checkInventory",
        summary: Text { en: "Is this an inventory?", vi: "Kiểm tra danh mục" },
        description: Text {
            en: "Reads an inventory and says what is wrong with it, with line and column. Nothing of it is kept, and no file that it names is opened.",
            vi: "Đọc một danh mục và nêu lỗi kèm dòng, cột. Không lưu lại nội dung và không mở tệp nào mà danh mục nhắc tới.",
        },
        body: &["application/yaml", "application/x-yaml", "text/yaml", "text/plain"],
        body_schema: Some(schemas::inventory_schema),
        body_octets_max: INVENTORY_OCTETS_MAX,
        answer: |all| all.subschema_for::<inventory_check::InventoryCheckDocument>(),
        handle: inventory_check::check,
        ..PLAIN
    },
];
