//! The words of the pages about access, in both languages.

use crate::serve::pages::words::words;

words! {
    /// What somebody is told who is refused.
    RefusalWords {
        title_401: "Cần đăng nhập", "Please log in";
        title_403: "Không có quyền truy cập", "You may not do this";
        log_in: "Đăng nhập", "Log in";
        home: "Về trang tổng quan", "To the overview";
        not_logged_in: "Trang này chỉ dành cho người đã đăng nhập.", "This is only for those who are logged in.";
        not_logged_in_help: "Vui lòng đăng nhập; chương trình khác cần gửi mã truy cập (token).", "Please log in; a program needs a token.";
        not_allowed: "Tài khoản này không được phép thực hiện thao tác đó.", "This account may not do that.";
        not_allowed_help: "Chỉ người vận hành của toàn hệ thống được phép. Quản trị viên phân quyền trong tệp cấu hình.", "Only an operator of the whole installation may. Whoever runs it gives roles in its configuration.";
        other_organisation: "Tài khoản này không được thao tác cho cơ quan, đơn vị đó.", "This account does not act for that organisation.";
        other_organisation_help: "Quản trị viên khai báo các cơ quan, đơn vị của người vận hành trong tệp cấu hình.", "The configuration says for which organisations an operator acts.";
        unknown_token: "Mã truy cập (token) không hợp lệ.", "The token is not known.";
        unknown_token_help: "Lệnh `v6ready serve token` tạo mã mới; giá trị băm của mã phải có trong tệp cấu hình.", "`v6ready serve token` makes one; its hash must be in the configuration.";
        expired_token: "Mã truy cập (token) đã hết hạn.", "The token has expired.";
        expired_token_help: "Lệnh `v6ready serve token` tạo mã mới.", "`v6ready serve token` makes another one.";
        narrow_token: "Phạm vi của mã truy cập (token) không bao gồm thao tác này.", "The token is for less than this.";
        narrow_token_help: "Phạm vi được khai báo tại khóa `scope` của mã trong tệp cấu hình.", "Its `scope` in the configuration says what it is for.";
        foreign_site: "Yêu cầu đến từ một trang web khác nên bị từ chối.", "The request comes from another site, and was refused.";
        foreign_site_help: "Hãy mở trang của hệ thống này rồi thực hiện lại. Nếu truy cập qua proxy, cần khai báo `base_url`.", "Open a page of this installation and do it there. Behind a proxy, `base_url` must be given.";
        stale_form: "Biểu mẫu không còn hiệu lực; chưa có thao tác nào được thực hiện.", "The form is no longer valid; nothing was done.";
        stale_form_help: "Hãy tải lại trang rồi gửi lại. Trình duyệt phải cho phép cookie. Chương trình cần gửi tiêu đề `X-CSRF-Token` hoặc dùng mã truy cập.", "Reload the page and send it again. The browser must accept cookies. A script needs the header `X-CSRF-Token`, or a token.";
        long_form: "Dữ liệu gửi lên quá lớn.", "What was sent is too large.";
        long_form_help: "Chưa có thao tác nào được thực hiện.", "Nothing was done.";
        stranger: "Tài khoản đã đăng nhập nhưng chưa được cấp quyền nào.", "You are logged in, but have no role here.";
        stranger_help: "Vui lòng đề nghị quản trị viên cấp quyền cho nhóm người dùng tương ứng trong tệp cấu hình.", "Ask whoever runs this to give your group a role in the configuration.";
        unusable_proxy: "Thông tin do máy chủ ủy quyền (proxy) gửi không sử dụng được.", "What the proxy says of you can't be used.";
        unusable_proxy_help: "Nhật ký của hệ thống ghi rõ nguyên nhân.", "The log of the daemon has the cause.";
    }
}

words! {
    /// The page to log in at.
    LogInWords {
        title: "Đăng nhập", "Log in";
        name: "Tên đăng nhập", "User name";
        password: "Mật khẩu", "Password";
        submit: "Đăng nhập", "Log in";
        at_provider: "Đăng nhập qua", "Log in with";
        or_password: "Hoặc đăng nhập bằng mật khẩu", "Or with a password";
        to_go_on: "Trang được yêu cầu chỉ dành cho người đã đăng nhập.", "What you asked for is only for those who are logged in.";
        none: "Chưa khai báo cách đăng nhập nào.", "No way to log in has been set up.";
        none_help: "Quản trị viên khai báo người dùng tại khóa `users`, `oidc` hoặc `proxy` trong tệp cấu hình.", "Whoever runs this names users in the configuration, under `users`, `oidc` or `proxy`.";
        by_proxy: "Việc đăng nhập do máy chủ ủy quyền (proxy) phía trước thực hiện; yêu cầu này không đi qua máy chủ đó.", "The proxy in front logs people in, and this request did not come through it.";
        wrong: "Tên đăng nhập hoặc mật khẩu không đúng.", "The user name or the password is wrong.";
        wait: "Đã thử quá nhiều lần. Vui lòng chờ rồi thử lại. Số giây cần chờ:", "Too many attempts. Please wait, then try again. Seconds to wait:";
        busy: "Có quá nhiều người đang đăng nhập. Vui lòng thử lại sau vài giây.", "Too many people are logging in. Please try again in a few seconds.";
        stale: "Biểu mẫu đã hết hiệu lực. Vui lòng thử lại; trình duyệt phải cho phép cookie.", "The form was no longer valid. Please try again; the browser must accept cookies.";
        no_random: "Hiện không thể đăng nhập; nhật ký của hệ thống ghi rõ nguyên nhân.", "Nobody can log in at the moment; the log has the cause.";
        logged_out: "Đã đăng xuất.", "You are logged out.";
        unencrypted: "Kết nối này không được mã hóa: mật khẩu có thể bị đọc trộm trên đường truyền.", "This connection is not encrypted: the password can be read on its way.";
        provider_failed: "Không sử dụng được hệ thống đăng nhập. Vui lòng thử lại sau; nhật ký ghi rõ nguyên nhân.", "The log-in provider can't be used. Please try again later; the log has the cause.";
        provider_no_flow: "Lần đăng nhập này đã hết hạn hoặc được bắt đầu ở trình duyệt khác. Vui lòng thử lại.", "This log-in took too long, or was begun in another browser. Please try again.";
        provider_refused: "Hệ thống đăng nhập đã từ chối. Vui lòng thử lại.", "The log-in provider refused. Please try again.";
        provider_token: "Không xác minh được câu trả lời của hệ thống đăng nhập. Nhật ký ghi rõ nguyên nhân.", "What the log-in provider answered could not be verified. The log has the cause.";
        provider_stranger: "Tài khoản đã đăng nhập nhưng chưa được cấp quyền nào tại đây. Vui lòng liên hệ quản trị viên.", "You are logged in there, but have no role here. Please ask whoever runs this.";
    }
}

words! {
    /// The page about one's own account.
    AccountWords {
        title: "Tài khoản", "Account";
        name: "Tên", "Name";
        role: "Vai trò", "Role";
        viewer: "người xem", "viewer";
        viewer_means: "Được xem mọi trang.", "Sees every page.";
        operator: "người vận hành", "operator";
        operator_means: "Được xem mọi trang, bắt đầu và hủy đợt đo, xác nhận cảnh báo.", "Sees every page, starts and cancels runs, acknowledges alerts.";
        acts_for: "Thao tác cho", "Acts for";
        everything: "tất cả cơ quan, đơn vị", "all organisations";
        proof: "Cách đăng nhập", "Logged in by";
        by_password: "mật khẩu", "a password";
        by_oidc: "hệ thống đăng nhập một lần", "the log-in provider";
        by_proxy: "máy chủ ủy quyền (proxy) phía trước", "the proxy in front";
        since: "Đăng nhập lúc", "Logged in at";
        ends: "Phải đăng nhập lại", "Log in again";
        idle_hours: "sau thời gian không sử dụng", "after so long without use";
        at_latest: "chậm nhất lúc", "at the latest at";
        sessions: "Số phiên đang mở", "Open sessions";
        log_out: "Đăng xuất", "Log out";
        log_out_everywhere: "Đăng xuất khỏi mọi thiết bị", "Log out everywhere";
        proxy_note: "Việc đăng xuất thực hiện tại máy chủ ủy quyền.", "You log out at the proxy.";
        provider_title: "Đã đăng xuất", "You are logged out";
        provider_note: "Đã đăng xuất khỏi hệ thống này. Phiên tại hệ thống đăng nhập một lần vẫn còn hiệu lực.", "You are logged out here. You are still logged in at the log-in provider.";
        provider_go: "Đăng xuất cả ở đó", "Log out there too";
        home: "Về trang tổng quan", "To the overview";
    }
}
