//! What a visitor gets, in one sentence.

use crate::judge::Standing;
use crate::model::{Stage, Text};

/// By where the service stands.
pub fn sentence(standing: Standing) -> Text {
    match standing {
        Standing::Absent => Text {
            vi: "Tên của dịch vụ không tồn tại trong hệ thống tên miền: không người dùng nào truy cập được.",
            en: "The service's name does not exist in the DNS: nobody reaches it.",
        },
        Standing::NotCounted => Text {
            vi: "Dịch vụ được khai báo là đã ngừng hoạt động nên không được đánh giá.",
            en: "The service is declared as retired and is not judged.",
        },
        Standing::Unknown { at_least: Stage::Ipv4Only } => Text {
            vi: "Chưa xác định được người dùng có IPv6 nhận được gì. Lý do được nêu bên dưới.",
            en: "What a visitor with IPv6 gets could not be found out. The reasons are below.",
        },
        Standing::Unknown { .. } => Text {
            vi: "Chưa xác định được đầy đủ người dùng có IPv6 nhận được gì; các mức đã xác nhận được nêu bên dưới.",
            en: "What a visitor with IPv6 gets could not be found out in full; the stages that are known to hold are below.",
        },
        Standing::At(Stage::Ipv4Only) => Text {
            vi: "Mọi người dùng đều truy cập qua IPv4. Người dùng trên mạng thuần IPv6 chỉ truy cập được nếu nhà mạng có bộ chuyển đổi (NAT64).",
            en: "Every visitor comes over IPv4. One in an IPv6-only network gets there only if the network translates (NAT64).",
        },
        Standing::At(Stage::Addressed) => Text {
            vi: "Dịch vụ đã công bố địa chỉ IPv6, nhưng không phải địa chỉ nào cũng phục vụ: thiết bị của người dùng phải chờ rồi chuyển sang IPv4, hoặc không truy cập được.",
            en: "An IPv6 address is published, but not every address serves: a visitor's device waits and falls back to IPv4, or gets nothing.",
        },
        Standing::At(Stage::Reachable) => Text {
            vi: "Người dùng kết nối được qua IPv6, nhưng chưa nhận được đúng dịch vụ như qua IPv4, hoặc chứng thư số chưa hợp lệ trên mọi địa chỉ.",
            en: "A visitor connects over IPv6, but does not get the same service as over IPv4, or the certificate is not valid at every address.",
        },
        Standing::At(Stage::AtParity) => Text {
            vi: "Người dùng có cả IPv4 và IPv6 nhận được cùng một dịch vụ. Người dùng chỉ có IPv6 chưa nhận được đầy đủ.",
            en: "A visitor with both IPv4 and IPv6 gets the same service over either. One with IPv6 alone does not get all of it.",
        },
        Standing::At(Stage::Ipv6OnlyUsable) => Text {
            vi: "Người dùng chỉ có IPv6 nhận được toàn bộ dịch vụ.",
            en: "A visitor with IPv6 alone gets the whole service.",
        },
    }
}
