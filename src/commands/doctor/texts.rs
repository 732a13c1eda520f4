//! What is said of the findings, in both languages.

use crate::model::Text;

pub(super) const USABLE: Text = Text {
    en: "This host can be a vantage point.",
    vi: "Máy này đủ điều kiện làm điểm đo.",
};
pub(super) const UNUSABLE: Text = Text {
    en: "This host can't be a vantage point yet.",
    vi: "Máy này chưa đủ điều kiện làm điểm đo.",
};

macro_rules! sentences {
    ($($name:ident: $en:literal, $vi:literal $(, mend: $mend_en:literal, $mend_vi:literal)?;)*) => {
        /// A sentence; `{}` stands for the value of the finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Say { $($name),* }

        impl Say {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),*];

            /// The sentence.
            pub(super) fn text(self) -> Text {
                match self { $(Self::$name => Text { en: $en, vi: $vi }),* }
            }

            /// What mends it, or would make it known.
            pub(super) fn mend(self) -> Option<Text> {
                match self {
                    $(Self::$name => None$(.or(Some(Text { en: $mend_en, vi: $mend_vi })))?),*
                }
            }
        }
    };
}

sentences! {
    NotAsked: "was not asked for", "chưa được kiểm tra";
    Ipv6Works: "{} control targets answer", "{} đích đối chứng có phản hồi";
    NoIpv6Route: "there is no route to the IPv6 Internet", "không có tuyến đến Internet IPv6",
        mend: "give the host a global IPv6 address and a default route (`ip -6 route show default`)",
        "cấp địa chỉ IPv6 toàn cầu và tuyến mặc định cho máy (`ip -6 route show default`)";
    Ipv6Silent: "there is a route, but {} control targets answer",
        "có tuyến nhưng chỉ có {} đích đối chứng phản hồi",
        mend: "look for a firewall that drops IPv6, or a router that has no IPv6 upstream (`traceroute -6`)",
        "kiểm tra tường lửa chặn IPv6 hoặc bộ định tuyến không có kết nối IPv6 (`traceroute -6`)";
    Ipv4Works: "{} targets answer", "{} đích có phản hồi";
    NoIpv4Route: "there is no route to the IPv4 Internet; comparisons with IPv4 stay unknown",
        "không có tuyến đến Internet IPv4; không so sánh được với IPv4",
        mend: "give the host IPv4 too; an address behind NAT is enough",
        "cấp thêm IPv4 cho máy; địa chỉ sau NAT là đủ";
    NoIpv4Target: "there is a route; the inventory names no IPv4 control target to ask",
        "có tuyến; danh mục không khai báo đích đối chứng IPv4",
        mend: "add one to `settings: {control_targets: [...]}`",
        "bổ sung vào `settings: {control_targets: [...]}`";
    Ipv4Silent: "there is a route, but {} targets answer", "có tuyến nhưng chỉ có {} đích phản hồi",
        mend: "look for a firewall that drops what goes out over IPv4", "kiểm tra tường lửa chặn kết nối ra qua IPv4";
    ResolverWorks: "{} answers", "{} có phản hồi";
    SomeResolversSilent: "answers, but not {}", "có phản hồi, trừ {}",
        mend: "take the silent one out of /etc/resolv.conf or of the inventory's `resolvers`",
        "bỏ máy chủ không phản hồi khỏi /etc/resolv.conf hoặc khóa `resolvers` của danh mục";
    NoResolver: "none is configured", "chưa khai báo máy chủ phân giải",
        mend: "name one in /etc/resolv.conf or in the inventory: `settings: {resolvers: [...]}`",
        "khai báo trong /etc/resolv.conf hoặc trong danh mục: `settings: {resolvers: [...]}`";
    ResolverSilent: "{} does not answer", "{} không phản hồi",
        mend: "start it, let packets through to it, or name another one", "khởi động máy chủ này, cho phép kết nối hoặc khai báo máy chủ khác";
    EchoWorks: "echo requests are answered", "yêu cầu echo có phản hồi";
    EchoForbidden: "this user may not send echo requests", "tài khoản này không được phép gửi yêu cầu echo",
        mend: "name a group of this user in the sysctl net.ipv4.ping_group_range, or give the program CAP_NET_RAW",
        "khai báo nhóm của tài khoản trong sysctl net.ipv4.ping_group_range hoặc cấp CAP_NET_RAW cho chương trình";
    EchoSilent: "they may be sent, and nobody answers", "được phép gửi nhưng không có phản hồi",
        mend: "let ICMPv6 through: without it, large packets and path MTU can't be judged",
        "cho phép ICMPv6; nếu bị chặn thì không đánh giá được gói lớn và MTU đường truyền";
    NoTarget: "nobody to ask was named", "chưa khai báo đích để kiểm tra",
        mend: "name a host: `--target www.example.gov.vn`", "khai báo máy chủ: `--target www.example.gov.vn`";
    NoTargetAddress: "the target has no address", "đích không có địa chỉ",
        mend: "name another target", "khai báo đích khác";
    Udp443Works: "goes out and back", "gửi và nhận được";
    Udp443Silent: "nothing comes back: the target has no HTTP/3, or UDP port 443 is closed on the way",
        "không có phản hồi: đích không hỗ trợ HTTP/3 hoặc UDP cổng 443 bị chặn",
        mend: "name a target with HTTP/3; if that is silent too, let UDP to port 443 out",
        "khai báo đích có HTTP/3; nếu vẫn không phản hồi, cho phép UDP cổng 443 đi ra";
    OwnFirewall: "this host's own firewall forbids it", "tường lửa của máy này không cho phép",
        mend: "let it out (`nft list ruleset`)", "cho phép đi ra (`nft list ruleset`)";
    NoExchanger: "the target has no mail exchanger", "đích không có máy chủ nhận thư",
        mend: "name a domain that takes mail: `--target example.gov.vn`", "khai báo tên miền có thư điện tử: `--target example.gov.vn`";
    Port25Works: "goes out: {}", "kết nối được: {}";
    Port25Closed: "{}: none answers", "{}: không máy chủ nào phản hồi",
        mend: "ask the network's provider to open TCP port 25 outwards; until then mail domains stay unknown",
        "đề nghị nhà cung cấp mạng mở TCP cổng 25 chiều ra; trước khi mở, chưa đánh giá được tên miền thư điện tử";
    Port25Silent: "{} does not answer: it is closed there, or on the way",
        "{} không phản hồi: cổng đóng tại đích hoặc bị chặn trên đường",
        mend: "name a second target of another network", "khai báo thêm đích thuộc mạng khác";
    Named: "{}", "{}";
    Nameless: "no name leads to it and back: {}", "chưa có tên miền ngược khớp: {}",
        mend: "ask whoever runs the network for a PTR record, and publish an AAAA or A record of that name; without it mail \
         servers may turn this host away",
        "đề nghị đơn vị quản lý mạng tạo bản ghi PTR và công bố bản ghi AAAA hoặc A của tên đó; nếu không có, máy chủ thư có \
         thể từ chối máy này";
    NoOwnAddress: "nothing was sent, so the own address isn't known", "chưa gửi được gói tin nào nên chưa biết địa chỉ của máy",
        mend: "fix IPv6 or IPv4 first", "khắc phục IPv6 hoặc IPv4 trước";
    NoGlobalAddress: "no own address is seen elsewhere as it is ({})", "không có địa chỉ nào được nhìn thấy từ bên ngoài ({})",
        mend: "behind NAT the name is a matter of the translated address", "khi dùng NAT, tên miền ngược thuộc về địa chỉ sau chuyển đổi";
    ClockRight: "agrees with {} witnesses", "khớp với {} nguồn đối chiếu";
    ClockUnknown: "too few say what time it is", "chưa đủ nguồn để đối chiếu thời gian",
        mend: "name a web site by `--target`, and keep the clock by NTP (`timedatectl`)",
        "khai báo trang thông tin bằng `--target` và đồng bộ đồng hồ bằng NTP (`timedatectl`)";
    ClockWrong: "it is wrong by {}", "sai lệch {}",
        mend: "keep it by NTP (`timedatectl set-ntp true`); until then dates judge nobody",
        "đồng bộ bằng NTP (`timedatectl set-ntp true`); trước khi sửa, các mốc thời gian không được dùng để đánh giá";
    NoSockets: "{}", "{}",
        mend: "raise the limit on open files: `ulimit -n`, `LimitNOFILE=`", "tăng giới hạn số tệp mở: `ulimit -n`, `LimitNOFILE=`";
    Files: "{} are allowed", "được phép mở {} tệp";
    FewFiles: "fewer are allowed than a scan opens: {}", "thấp hơn nhu cầu của một đợt đo: {}",
        mend: "raise the limit (`ulimit -n`, `LimitNOFILE=`), or lower the inventory's `concurrency`",
        "tăng giới hạn (`ulimit -n`, `LimitNOFILE=`) hoặc giảm khóa `concurrency` của danh mục";
    Threads: "{} workers can be started", "khởi động được {} luồng xử lý";
    TooFewThreads: "{}", "không đủ luồng: {}",
        mend: "raise the limit on processes: `ulimit -u`, `TasksMax=`, `pids.max`",
        "tăng giới hạn số tiến trình: `ulimit -u`, `TasksMax=`, `pids.max`";
    Memory: "{} are free", "còn trống {}";
    LittleMemory: "too little is free: {}", "không đủ bộ nhớ trống: {}",
        mend: "give the machine, unit or container more (`MemoryMax=`)", "tăng bộ nhớ cho máy, dịch vụ hoặc vùng chứa (`MemoryMax=`)";
    LimitUnknown: "the system doesn't say", "hệ thống không cung cấp thông tin";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_value() {
        for say in Say::ALL {
            let Text { en, vi } = say.text();
            assert_eq!(en.matches("{}").count(), vi.matches("{}").count(), "{say:?}");
            assert!(say.mend().is_none_or(|mend| !mend.en.is_empty() && !mend.vi.is_empty()));
        }
    }
}
