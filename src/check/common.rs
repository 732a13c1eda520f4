//! Reasons that any check may give, because they are about us or about the run.

use crate::evidence::query::Gap;
use crate::model::{Outcome, Text};

/// A reason that every check shares.
pub struct CommonReason {
    /// The stable word.
    pub id: &'static str,
    /// The outcome that it always goes with.
    pub outcome: Outcome,
    /// One sentence that says what it means.
    pub message: Text,
    /// What would let us find out.
    pub remedy: Text,
}

/// The observation that the check needs was never made.
pub const NOT_OBSERVED: &str = "not-observed";
/// What was observed was observed while the vantage point was not working.
pub const VANTAGE_LOST: &str = "vantage-lost";
/// The vantage point had no IPv6 or no resolver at all.
pub const VANTAGE_ABSENT: &str = "vantage-absent";
/// Our own machine could not ask.
pub const OUR_FAULT: &str = "our-fault";
/// It follows from dates, and our own clock was wrong.
pub const OUR_CLOCK: &str = "our-clock";
/// The host name could not be resolved, so nothing could be asked of its addresses.
pub const UNRESOLVED: &str = "unresolved";
/// The visit rules forbid to contact the address.
pub const NOT_VISITED: &str = "not-visited";
/// What the public is shown leads into a network that is declared as internal.
pub const INTERNAL_NETWORK: &str = "internal-network";
/// A limit of ours stopped the asking.
pub const LIMIT: &str = "limit-reached";
/// The server asks for a certificate of the client, and shows nothing more without one.
pub const CLIENT_CERTIFICATE: &str = "client-certificate-required";
/// The server answered at first and then refused the scanner whatever it asked.
pub const TURNED_AWAY: &str = "turned-away";
/// The service is declared as retired.
pub const RETIRED: &str = "retired";
/// The service publishes no IPv6 address.
pub const NO_IPV6: &str = "no-ipv6-address";
/// The service publishes no IPv4 address, so there is nothing to compare with.
pub const NO_IPV4: &str = "no-ipv4-address";
/// The layer below failed; that failure is another check's.
pub const LOWER_LAYER: &str = "lower-layer-failed";
/// The domain names no mail exchanger.
pub const NO_MX: &str = "no-mail-exchanger";
/// No mail exchanger can be reached over any family: our own network may keep mail back.
pub const MAIL_BLOCKED: &str = "outgoing-mail-blocked";
/// A server doesn't answer, or not so that anything could be compared; another check judges that.
pub const SERVER_FAILS: &str = "server-fails";
/// A mail server refuses the vantage point's address: it says nothing of the server.
pub const REFUSES_OUR_ADDRESS: &str = "refuses-our-address";
/// A mail server refuses the name by which the vantage point introduces itself.
pub const REFUSES_OUR_NAME: &str = "refuses-our-name";
/// A mail server asks the vantage point to come back later, at every attempt.
pub const DEFERS_US: &str = "defers-us";
/// The name that is declared as a zone is none.
pub const NO_ZONE: &str = "no-zone";
/// The check is about another kind of service.
pub const OTHER_KIND: &str = "other-kind";

/// Declared by checks of mail domains, as a pass: some exchanger or address passes, which is enough for
/// senders, and of others it is not known.
pub const SOME_KNOWN: &str = "some-known";
/// Declared by the same checks, as a warning: some fail, and others pass, which is enough for senders.
pub const SOME_FAIL: &str = "some-fail";

/// The reason that goes with a gap in the evidence.
pub fn reason_of(gap: Gap) -> &'static str {
    match gap {
        Gap::NotObserved => NOT_OBSERVED,
        Gap::NotVisited => NOT_VISITED,
        Gap::InternalNetwork => INTERNAL_NETWORK,
        Gap::OurFault => OUR_FAULT,
        Gap::OurClock => OUR_CLOCK,
        Gap::Limit => LIMIT,
        Gap::Unresolved => UNRESOLVED,
        Gap::ClientCertificate => CLIENT_CERTIFICATE,
        Gap::TurnedAway => TURNED_AWAY,
    }
}

/// Every common reason.
pub static COMMON_REASONS: &[CommonReason] = &[
    CommonReason {
        id: NOT_OBSERVED,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Dữ liệu đo cần cho tiêu chí này chưa được thu thập.",
            en: "The observation that this check needs was not made.",
        },
        remedy: Text {
            vi: "Quét lại; nếu đợt đo bị gián đoạn, dùng tùy chọn `scan --resume`.",
            en: "Scan again; if the run was interrupted, use `scan --resume`.",
        },
    },
    CommonReason {
        id: VANTAGE_LOST,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Dữ liệu đo được thu thập trong lúc điểm đo bị mất kết nối nên không dùng để kết luận.",
            en: "It was observed while the vantage point itself was cut off, so it judges nobody.",
        },
        remedy: Text {
            vi: "Khôi phục kết nối IPv6 và máy chủ phân giải tên miền của điểm đo, sau đó đo lại.",
            en: "Restore the vantage point's IPv6 and resolver, then scan again.",
        },
    },
    CommonReason {
        id: VANTAGE_ABSENT,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Điểm đo không có IPv6 hoặc không phân giải được tên miền, nên không thể kết luận.",
            en: "The vantage point had no IPv6 or no resolver, so nothing can be said.",
        },
        remedy: Text {
            vi: "Quét từ máy có kết nối IPv6 và có máy chủ phân giải tên miền hoạt động.",
            en: "Scan from a machine that has IPv6 and a working resolver.",
        },
    },
    CommonReason {
        id: OUR_FAULT,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Máy đo không gửi được yêu cầu; đây không phải lỗi của dịch vụ.",
            en: "Our own machine could not ask; that says nothing about the service.",
        },
        remedy: Text {
            vi: "Kiểm tra tuyến, tường lửa và giới hạn tài nguyên của máy đo, sau đó đo lại.",
            en: "Check the scanner's own routes, firewall and resource limits, then scan again.",
        },
    },
    CommonReason {
        id: OUR_CLOCK,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Đồng hồ của máy đo sai nên không so sánh được ngày tháng; đây không phải lỗi của dịch vụ.",
            en: "Our own machine's clock was wrong, so dates could not be compared; that says nothing about the service.",
        },
        remedy: Text {
            vi: "Chỉnh đồng hồ của máy đo (xem tiêu chí vantage-clock), sau đó đo lại.",
            en: "Set the scanner's clock (see vantage-clock), then scan again.",
        },
    },
    CommonReason {
        id: UNRESOLVED,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Tên máy chủ chưa phân giải được nên chưa thể kiểm tra các địa chỉ.",
            en: "The host name could not be resolved, so its addresses could not be tested.",
        },
        remedy: Text {
            vi: "Xem kết luận của tiêu chí dns-aaaa.", en: "See what dns-aaaa says."
        },
    },
    CommonReason {
        id: NOT_VISITED,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Địa chỉ này không được truy cập theo quy tắc an toàn: địa chỉ riêng, nội bộ hoặc đặc biệt chưa được khai báo.",
            en: "This address was not contacted: it is private, local or special and no declared network covers it.",
        },
        remedy: Text {
            vi: "Nếu địa chỉ thuộc mạng của đơn vị, khai báo dải địa chỉ trong mục `networks` với `internal: true`.",
            en: "If the address is yours, declare its prefix under `networks` with `internal: true`.",
        },
    },
    CommonReason {
        id: INTERNAL_NETWORK,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Địa chỉ này thuộc mạng khai báo là nội bộ; dịch vụ không khai báo nội bộ nên điểm đo không truy cập.",
            en: "This address lies in a network that is declared as internal, and the service is not: it was not contacted.",
        },
        remedy: Text {
            vi: "Khai báo `state: internal` nếu dịch vụ chỉ dùng trong mạng nội bộ; nếu không, sửa địa chỉ hoặc liên kết trỏ vào mạng nội bộ.",
            en: "Declare `state: internal` if the service is for the inside only; otherwise correct the address or the link that leads inside.",
        },
    },
    CommonReason {
        id: LIMIT,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Việc đo dừng lại vì đã chạm giới hạn của chương trình.",
            en: "Asking stopped at one of our own limits.",
        },
        remedy: Text {
            vi: "Xem minh chứng để biết giới hạn nào; dịch vụ có số địa chỉ, số máy chủ thư hoặc số lần chuyển hướng bất thường, hoặc có trang dung lượng quá lớn.",
            en: "The evidence shows which limit; the service has unusually many addresses, exchangers or redirects, or very large pages.",
        },
    },
    CommonReason {
        id: CLIENT_CERTIFICATE,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Máy chủ yêu cầu chứng thư số của máy khách; điểm đo không có chứng thư số này nên không thấy được phần phía sau.",
            en: "The server asks for a client certificate; the scanner has none, so what lies behind could not be seen.",
        },
        remedy: Text {
            vi: "Kiểm tra thủ công qua IPv6 bằng trình duyệt có chứng thư số được máy chủ chấp nhận.",
            en: "Test by hand over IPv6, with a browser that has a certificate which the server accepts.",
        },
    },
    CommonReason {
        id: TURNED_AWAY,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Máy chủ đã trả lời lúc đầu, sau đó từ chối mọi yêu cầu của điểm đo, kể cả yêu cầu đã từng được trả lời (thường do giới hạn tần suất); không biết người dùng nhận được gì.",
            en: "The server answered at first and then refused whatever the scanner asked, also what it had answered before (commonly a rate limit); what visitors get is not known.",
        },
        remedy: Text {
            vi: "Đề nghị đơn vị quản trị được miễn địa chỉ của điểm đo khỏi giới hạn tần suất, hoặc tăng `per_host_interval`, sau đó đo lại: nếu máy chủ thực sự hỏng, lần quét sau bị từ chối ngay từ đầu và tiêu chí này sẽ không đạt.",
            en: "Ask the server's operator to exempt the vantage point's address from limits, or raise `per_host_interval`, then scan again: a server that is really broken refuses the next run from its first request on, and then fails this check.",
        },
    },
    CommonReason {
        id: RETIRED,
        outcome: Outcome::NotApplicable,
        message: Text {
            vi: "Dịch vụ được khai báo là đã ngừng hoạt động.",
            en: "The service is declared as retired.",
        },
        remedy: Text { vi: "Không cần thực hiện.", en: "Nothing to do." },
    },
    CommonReason {
        id: NO_IPV6,
        outcome: Outcome::NotApplicable,
        message: Text {
            vi: "Dịch vụ không công bố địa chỉ IPv6 nào để kiểm tra.",
            en: "The service publishes no IPv6 address to test.",
        },
        remedy: Text {
            vi: "Xem kết luận của tiêu chí dns-aaaa.", en: "See what dns-aaaa says."
        },
    },
    CommonReason {
        id: NO_IPV4,
        outcome: Outcome::NotApplicable,
        message: Text {
            vi: "Dịch vụ không công bố địa chỉ IPv4 nào để so sánh.",
            en: "The service publishes no IPv4 address to compare with.",
        },
        remedy: Text { vi: "Không cần thực hiện.", en: "Nothing to do." },
    },
    CommonReason {
        id: LOWER_LAYER,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Tầng bên dưới không hoạt động nên chưa kiểm tra được; lỗi đó thuộc tiêu chí khác.",
            en: "The layer below failed, so this could not be tested; that failure is another check's.",
        },
        remedy: Text {
            vi: "Khắc phục tầng bên dưới trước (kết nối, bắt tay TLS), sau đó đo lại.",
            en: "Mend the layer below first (connection, TLS handshake), then scan again.",
        },
    },
    CommonReason {
        id: NO_MX,
        outcome: Outcome::NotApplicable,
        message: Text {
            vi: "Tên miền không khai báo máy chủ thư (MX) nào để kiểm tra.",
            en: "The domain names no mail exchanger to test.",
        },
        remedy: Text {
            vi: "Xem kết luận của tiêu chí mail-mx-aaaa.",
            en: "See what mail-mx-aaaa says.",
        },
    },
    CommonReason {
        id: MAIL_BLOCKED,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Không kết nối được cổng 25 của bất kỳ máy chủ thư nào qua cả IPv6 và IPv4; có thể mạng của điểm đo chặn thư gửi đi.",
            en: "No mail exchanger could be reached on port 25 over either family; the network of the vantage point may be blocking outgoing mail.",
        },
        remedy: Text {
            vi: "Quét từ mạng cho phép kết nối ra cổng 25, hoặc đề nghị nhà cung cấp dịch vụ mở cổng này.",
            en: "Scan from a network that lets connections to port 25 out, or ask its operator to open it.",
        },
    },
    CommonReason {
        id: REFUSES_OUR_ADDRESS,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Máy chủ thư từ chối chính địa chỉ của điểm đo (tên ngược, danh sách chặn hoặc chính sách), nên không thể kết luận về dịch vụ.",
            en: "The mail server refuses the vantage point's own address (its reverse name, a block list or a policy), which says nothing of the service.",
        },
        remedy: Text {
            vi: "Tạo bản ghi PTR có tên phân giải ngược lại đúng địa chỉ của điểm đo (xem tiêu chí vantage-mail), gỡ địa chỉ khỏi danh sách chặn, sau đó đo lại.",
            en: "Give the vantage point's address a PTR record whose name leads back to it (see vantage-mail), have it taken off block lists, then scan again.",
        },
    },
    CommonReason {
        id: REFUSES_OUR_NAME,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Máy chủ thư từ chối tên mà điểm đo dùng trong lệnh EHLO, nên không thể kết luận về dịch vụ.",
            en: "The mail server refuses the name that the vantage point gave in EHLO, which says nothing of the service.",
        },
        remedy: Text {
            vi: "Khai báo tên đầy đủ của điểm đo tại `settings.helo`, hoặc tạo bản ghi PTR cho địa chỉ của điểm đo, sau đó đo lại.",
            en: "Declare the vantage point's full name as `settings.helo`, or give its address a PTR record, then scan again.",
        },
    },
    CommonReason {
        id: DEFERS_US,
        outcome: Outcome::Inconclusive,
        message: Text {
            vi: "Máy chủ thư yêu cầu điểm đo quay lại sau ở mọi lần thử (danh sách xám hoặc giới hạn tần suất), nên không thể kết luận về dịch vụ.",
            en: "The mail server asked the vantage point to come back later at every attempt (greylisting or a rate limit), which says nothing of the service.",
        },
        remedy: Text {
            vi: "Quét lại sau một giờ; đề nghị đơn vị quản trị được miễn địa chỉ của điểm đo.",
            en: "Scan again in an hour; ask the server's operator to exempt the vantage point's address.",
        },
    },
    CommonReason {
        id: NO_ZONE,
        outcome: Outcome::NotApplicable,
        message: Text {
            vi: "Tên được khai báo là vùng nhưng không phải là một vùng tên miền.",
            en: "The name is declared as a zone, and there is no such zone.",
        },
        remedy: Text {
            vi: "Xem kết luận của tiêu chí dns-ns-aaaa.",
            en: "See what dns-ns-aaaa says.",
        },
    },
    CommonReason {
        id: SERVER_FAILS,
        outcome: Outcome::NotApplicable,
        message: Text {
            vi: "Máy chủ không trả lời được nên không có gì để đánh giá; lỗi đó thuộc tiêu chí khác.",
            en: "The server gives no usable answer, so there is nothing to judge here; that failure is another check's.",
        },
        remedy: Text {
            vi: "Xem kết luận của các tiêu chí dns-ns-ipv6-answers, dns-ns-ipv4-answers và dns-aaaa.",
            en: "See what dns-ns-ipv6-answers, dns-ns-ipv4-answers and dns-aaaa say.",
        },
    },
    CommonReason {
        id: OTHER_KIND,
        outcome: Outcome::NotApplicable,
        message: Text {
            vi: "Tiêu chí này không áp dụng cho loại dịch vụ này.",
            en: "This check is not about services of this kind.",
        },
        remedy: Text { vi: "Không cần thực hiện.", en: "Nothing to do." },
    },
];
