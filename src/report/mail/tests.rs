use super::*;
use crate::report::letterhead::Letterhead;
use crate::report::tests::excerpt::own;
use crate::report::tests::sample::golden;

fn mail(lang: Lang, contact: Option<&str>) -> (Mail, String) {
    let mut whole = golden();
    let inventory = std::sync::Arc::make_mut(&mut whole.inventory);
    inventory.organisations[0].contact = contact.map(str::to_owned);
    let result = whole.limited_to(&own(&whole));
    let context = ReportContext { result: &result, lang, find_observation: &|_| None };
    let letterhead =
        Letterhead::parse("version: 1\nissuer: {vi: Sở mẫu, en: Sample body}").unwrap();
    let files = ["o0.pdf".to_owned(), "o0.xlsx".to_owned()];
    let mail = Mail::of_run(&context, None, &Beside { letterhead: &letterhead, files: &files });
    let mut text = Vec::new();
    mail.write_text(&mut text).unwrap();
    (mail, String::from_utf8(text).unwrap())
}

#[test]
fn a_mail_says_who_what_and_by_when_in_both_languages() {
    let (mail, text) = mail(Lang::Vi, Some("Phòng CNTT, it@example.vn"));
    assert_eq!(mail.to, ["it@example.vn"]);
    for expected in [
        "Người nhận: it@example.vn\r\n",
        "Tiêu đề: Mức độ sẵn sàng IPv6 của Cổng thông tin điện tử, ngày 26/11/2026\r\n",
        "Kính gửi: Cổng thông tin điện tử\r\n",
        "Đầu mối liên hệ: Phòng CNTT, it@example.vn\r\n",
        "VIỆC CẦN THỰC HIỆN\r\n",
        "Biện pháp khắc phục: ",
        "MỤC TIÊU VÀ THỜI HẠN\r\n",
        "chậm nhất ngày 31/12/2026",
        "còn 34 ngày",
        "THAY ĐỔI\r\n",
        "TỪNG DỊCH VỤ\r\n",
        "Tệp kèm theo: o0.pdf, o0.xlsx\r\n",
        "Trân trọng.\r\nSở mẫu\r\n",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let (mail, text) = self::mail(Lang::En, Some("it@example.vn"));
    assert_eq!(mail.subject, "IPv6 readiness of Cổng thông tin điện tử, 26 November 2026");
    for expected in [
        "To: it@example.vn\r\n",
        "WHAT IS TO BE DONE\r\n",
        "How to fix it: ",
        "(34 days left); now: stage 0 IPv4 only",
        "EVERY SERVICE\r\n",
        "Yours faithfully,\r\nSample body\r\n",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let lines = text.split("\r\n").map(|line| line.chars().count());
    assert!(lines.max().unwrap() <= 76 || text.contains("https://"));
}

#[test]
fn a_message_is_a_draft_for_whom_it_is() {
    let (mail, _) = mail(Lang::Vi, Some("a@example.vn; b@example.vn"));
    let mut bytes = Vec::new();
    mail.write_message(&mut bytes).unwrap();
    let message = String::from_utf8(bytes).unwrap();
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("X-Unsent: 1\r\nTo: a@example.vn,\r\n b@example.vn\r\nSubject: =?"));
    assert!(head.contains("charset=utf-8") && head.contains("Content-Language: vi"));
    assert!(body.starts_with("Kính gửi: "));
}

#[test]
fn without_an_address_there_is_no_recipient_and_the_mail_says_why() {
    for contact in [None, Some("điện thoại 0258 000 000")] {
        let (mail, text) = mail(Lang::Vi, contact);
        assert!(mail.to.is_empty());
        assert!(text.contains("Người nhận: (chưa có địa chỉ thư điện tử"), "{text}");
        let contact = contact.unwrap_or("chưa khai báo trong danh mục dịch vụ");
        assert!(text.contains(&format!("Đầu mối liên hệ: {contact}\r\n")), "{text}");
        let mut message = Vec::new();
        mail.write_message(&mut message).unwrap();
        assert!(!String::from_utf8(message).unwrap().contains("\r\nTo:"));
    }
}
