//! Where the time of a scan went, as a text for the person who waited for it.

use std::fmt::Write as _;
use std::time::Duration;

use super::texts::number;
use crate::model::{Lang, Limit, RequestKind, Spent, Text, Timings, Work};

/// The text, in lines.
pub fn text(timings: &Timings, lang: Lang) -> String {
    let requests: u64 = timings.kinds.iter().map(|(_, spent)| spent.times).sum();
    let mut page = Page { lang, text: String::new() };
    let lasted = length(timings.lasted, lang);
    let [requests, shared] = [requests, timings.shared].map(|count| whole(count, lang));
    page.line(&match lang {
        Lang::En => {
            format!("Where the time went: {lasted}, {requests} requests, {shared} answers shared")
        }
        Lang::Vi => format!(
            "Thời gian đã sử dụng: {lasted}, {requests} yêu cầu, {shared} lần dùng chung câu trả lời"
        ),
    });
    if timings.slowed > 0 {
        let slowed = whole(timings.slowed, lang);
        page.line(&match lang {
            Lang::En => format!("Asked again more slowly, to be sure of the answer: {slowed}"),
            Lang::Vi => {
                format!("Hỏi lại với tốc độ chậm hơn để chắc chắn về câu trả lời: {slowed}")
            }
        });
    }
    let spent = [
        Text { en: "times", vi: "số lần" },
        Text { en: "together", vi: "tổng cộng" },
        Text { en: "mean", vi: "trung bình" },
        Text { en: "longest", vi: "lâu nhất" },
    ];
    let rows = timings.kinds.iter().map(|(kind, spent)| (kind_name(*kind), *spent));
    page.table(Text { en: "Requests under way", vi: "Yêu cầu đang thực hiện" }, spent, rows);
    let rows = timings.limits.iter().map(|(limit, spent)| (limit_name(*limit), *spent));
    page.table(Text { en: "Waiting for", vi: "Chờ đợi" }, spent, rows);
    let rows = timings.work.iter().map(|(work, spent)| (work_name(*work), *spent));
    page.table(Text { en: "Work of this machine", vi: "Xử lý trên máy này" }, spent, rows);
    page.servers(timings);
    page.text
}

struct Page {
    lang: Lang,
    text: String,
}

impl Page {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{}", text.trim_end());
    }

    fn head(&mut self, name: Text, columns: [Text; 4]) {
        let lang = self.lang;
        let [a, b, c, d] = columns.map(|column| column.get(lang));
        self.line(&format!("  {:<40} {a:>10} {b:>12} {c:>12} {d:>12}", name.get(lang)));
    }

    fn table(&mut self, name: Text, columns: [Text; 4], rows: impl Iterator<Item = (Text, Spent)>) {
        let lang = self.lang;
        for (at, (row, spent)) in rows.enumerate() {
            if at == 0 {
                self.head(name, columns);
            }
            let mean = spent.total / u32::try_from(spent.times.max(1)).unwrap_or(u32::MAX);
            let [total, mean, longest] =
                [spent.total, mean, spent.longest].map(|time| length(time, lang));
            let times = whole(spent.times, lang);
            self.line(&format!(
                "    {:<38} {times:>10} {total:>12} {mean:>12} {longest:>12}",
                row.get(lang)
            ));
        }
    }

    fn servers(&mut self, timings: &Timings) {
        let lang = self.lang;
        for (at, server) in timings.servers.iter().enumerate() {
            if at == 0 {
                self.head(
                    Text { en: "Slowest addresses", vi: "Địa chỉ chậm nhất" },
                    [
                        Text { en: "requests", vi: "yêu cầu" },
                        Text { en: "under way", vi: "thực hiện" },
                        Text { en: "waited", vi: "chờ đợi" },
                        Text { en: "", vi: "" },
                    ],
                );
            }
            let [under_way, waited] =
                [server.under_way, server.waited].map(|time| length(time, lang));
            let requests = whole(server.requests, lang);
            let address = server.address.to_string();
            self.line(&format!("    {address:<38} {requests:>10} {under_way:>12} {waited:>12}"));
        }
    }
}

fn whole(count: u64, lang: Lang) -> String {
    number(usize::try_from(count).unwrap_or(usize::MAX), lang)
}

/// A time in the unit that suits it, with one decimal.
fn length(time: Duration, lang: Lang) -> String {
    let seconds = time.as_secs_f64();
    let text = match seconds {
        _ if seconds >= 3600.0 => format!("{:.1} h", seconds / 3600.0),
        _ if seconds >= 1.0 => format!("{seconds:.1} s"),
        _ => format!("{:.1} ms", seconds * 1000.0),
    };
    match lang {
        Lang::En => text,
        Lang::Vi => text.replace('.', ","),
    }
}

fn kind_name(kind: RequestKind) -> Text {
    match kind {
        RequestKind::DnsUdp => Text { en: "DNS over UDP", vi: "DNS qua UDP" },
        RequestKind::DnsTcp => Text { en: "DNS over TCP", vi: "DNS qua TCP" },
        RequestKind::Connection => Text { en: "TCP connections", vi: "Kết nối TCP" },
        RequestKind::Tls => Text { en: "TLS handshakes", vi: "Bắt tay TLS" },
        RequestKind::Http => Text { en: "HTTP pages", vi: "Trang HTTP" },
        RequestKind::Https => Text { en: "HTTPS pages", vi: "Trang HTTPS" },
        RequestKind::Greeting => Text { en: "mail greetings", vi: "Lời chào thư điện tử" },
        RequestKind::Ntp => Text { en: "NTP", vi: "NTP" },
        RequestKind::LegacyHello => Text { en: "old versions of TLS", vi: "Phiên bản TLS cũ" },
        RequestKind::Quic => Text { en: "QUIC handshakes", vi: "Bắt tay QUIC" },
        RequestKind::Echo => Text { en: "ICMP echoes", vi: "Gói ICMP echo" },
        RequestKind::Route => Text { en: "routes of this machine", vi: "Tuyến của máy này" },
        RequestKind::Origin => Text {
            en: "tables of routes and validator",
            vi: "Bảng định tuyến và bộ kiểm chứng",
        },
    }
}

fn limit_name(limit: Limit) -> Text {
    match limit {
        Limit::PerHost => {
            Text { en: "others at the address (per_host)", vi: "kết nối khác (per_host)" }
        }
        Limit::PerHostInterval => Text {
            en: "the address (per_host_interval)",
            vi: "tới lượt ở địa chỉ (per_host_interval)",
        },
        Limit::Concurrency => {
            Text { en: "open conversations (concurrency)", vi: "số kết nối (concurrency)" }
        }
        Limit::EchoesInFlight => Text { en: "other ICMP echoes", vi: "các gói ICMP echo khác" },
        Limit::DnsPerSecond => Text {
            en: "name servers (dns_per_second)",
            vi: "máy chủ tên miền (dns_per_second)",
        },
        Limit::DnsInFlight => Text { en: "other DNS questions", vi: "các truy vấn DNS khác" },
        Limit::RetryInterval => {
            Text { en: "another try (retry_interval)", vi: "lần thử lại (retry_interval)" }
        }
        Limit::RoundInterval => {
            Text { en: "the next round (round_interval)", vi: "vòng tiếp theo (round_interval)" }
        }
        Limit::Processors => {
            Text { en: "this machine's processors", vi: "bộ xử lý của máy này" }
        }
    }
}

fn work_name(work: Work) -> Text {
    match work {
        Work::Planning => Text { en: "planning what to ask", vi: "lập kế hoạch truy vấn" },
        Work::Judging => Text { en: "judging", vi: "đánh giá" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ServerTime;

    fn timings() -> Timings {
        let ms = Duration::from_millis;
        let spent = |times, total, longest| Spent { times, total: ms(total), longest: ms(longest) };
        Timings {
            lasted: ms(32_140),
            kinds: RequestKind::ALL.map(|kind| (kind, spent(1200, 2400, 3000))).to_vec(),
            limits: Limit::ALL.map(|limit| (limit, spent(3, 7_500_000, 10))).to_vec(),
            work: Work::ALL.map(|work| (work, spent(1, 1, 1))).to_vec(),
            servers: vec![ServerTime {
                address: [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x53].into(),
                requests: 40,
                under_way: ms(80),
                waited: ms(19_000),
            }],
            shared: 17,
            slowed: 2,
        }
    }

    #[test]
    fn both_languages_have_every_row() {
        for lang in [Lang::En, Lang::Vi] {
            let text = text(&timings(), lang);
            let rows = RequestKind::ALL.len() + Limit::ALL.len() + Work::ALL.len() + 1;
            assert_eq!(text.lines().count(), 2 + rows + 4, "{text}");
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= 92, "{text}");
        }
    }

    #[test]
    fn numbers_have_the_languages_form() {
        let [en, vi] = [Lang::En, Lang::Vi].map(|lang| text(&timings(), lang));
        assert!(
            en.starts_with("Where the time went: 32.1 s, 15,600 requests, 17 answers shared\n")
        );
        assert!(vi.starts_with("Thời gian đã sử dụng: 32,1 s, 15.600 yêu cầu, "));
        let row = "    DNS over UDP                                1,200        2.4 s       2.0 ms        3.0 s";
        assert!(en.lines().any(|line| line == row), "{en}");
        assert!(en.contains("2.1 h"));
    }

    #[test]
    fn what_was_not_asked_has_no_table() {
        let text = text(&Timings::default(), Lang::En);
        assert_eq!(text, "Where the time went: 0.0 ms, 0 requests, 0 answers shared\n");
    }
}
