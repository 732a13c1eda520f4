//! Do people see the same page over both families?

use super::helpers::{both_families, outcome_of_incomparable};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::web::page::Unreadable;
use crate::evidence::web::{self, ContentParity, RedirectChain};
use crate::model::{Detail, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-content-parity",
    sources: &["internet.nl", "Broder 1997, On the resemblance and containment of documents"],
    severity: Severity::Error,
    revision: 4,
    reasons: &[
        Reason::pass("same"),
        Reason::pass("varies"),
        // The gravest first.
        Reason::fail("another-page"),
        Reason::fail("unreadable-over-ipv6"),
        Reason::fail_as("different", Severity::Warning),
        Reason::fail_as("end-unmarked-over-ipv6", Severity::Warning),
        Reason::inconclusive("challenge"),
        Reason::not_applicable("not-comparable"),
        Reason::not_applicable("unreadable"),
        Reason::not_applicable("not-text"),
    ],
    doc: Doc::new(
        include_str!("web_content_parity.en.md"),
        include_str!("web_content_parity.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let (ipv6, ipv4) = both_families(context)?;
    let compared = web::content_parity(&context.view, &ipv6, &ipv4);
    let pairs = ipv6.iter().zip(&compared.addresses);
    let mut subjects: Vec<Subject> =
        pairs.map(|(chain, (_, likeness))| subject(chain, &ipv4, likeness)).collect();
    // The gravest gives the reason.
    let place = |subject: &Subject| {
        let place = CHECK.reasons.iter().position(|reason| reason.id == subject.reason);
        if subject.outcome == Outcome::Fail { place } else { Some(CHECK.reasons.len()) }
    };
    subjects.sort_by_key(place);
    let nothing = subjects.first().map_or("not-text", |subject| subject.reason);
    let varies = subjects.iter().any(|subject| subject.reason == "varies");
    let pass = if varies { "varies" } else { "same" };
    Ok(Verdict::worst_of(subjects, pass, nothing).citing(compared.observations))
}

fn subject(
    chain: &RedirectChain<'_>,
    ipv4: &[RedirectChain<'_>],
    likeness: &ContentParity,
) -> Subject {
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    let per_cent = |part: &u8| -> Vec<Detail> { vec![("words-in-common", format!("{part}%"))] };
    let (outcome, reason, detail) = match likeness {
        ContentParity::Same(part) => (Pass, "same", per_cent(part)),
        ContentParity::Varies(part) => (Pass, "varies", per_cent(part)),
        ContentParity::EndUnmarked(part) => (Fail, "end-unmarked-over-ipv6", per_cent(part)),
        ContentParity::Different(part) => (Fail, "different", per_cent(part)),
        ContentParity::AnotherPage(part) => (Fail, "another-page", per_cent(part)),
        ContentParity::UnreadableOverIpv6(why) => {
            let what = if *why == Unreadable::Coding { "content-coding" } else { "broke-off" };
            (Fail, "unreadable-over-ipv6", vec![("failure", what.to_owned())])
        }
        ContentParity::Challenge(family) => {
            (Inconclusive, "challenge", vec![("over", family.to_string())])
        }
        ContentParity::Unreadable(Unreadable::NotText) => (NotApplicable, "not-text", Vec::new()),
        ContentParity::Unreadable(Unreadable::TooLarge) => {
            (Inconclusive, common::LIMIT, Vec::new())
        }
        ContentParity::Unreadable(_) => (NotApplicable, "unreadable", Vec::new()),
        ContentParity::NothingToCompare => {
            let (outcome, reason) = outcome_of_incomparable(chain, ipv4);
            (outcome, reason, Vec::new())
        }
        ContentParity::Unknown(gap) => (Inconclusive, common::reason_of(*gap), Vec::new()),
    };
    socket(chain.start, outcome, reason, detail)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::web::{
        assert_nothing_to_compare, broken, ending, html, ours, page, responds, site_over_both,
    };
    use crate::check::testing::world::{FOUR, SIX, URL, WWW, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{BodyEnd, NetFailure};

    pub(in crate::check) const CASES: &[fn()] =
        &[words_over_both_families, the_gravest_address_gives_the_reason];

    #[test]
    fn words_over_both_families() {
        let id = "web-content-parity";
        assert_nothing_to_compare(id);
        let other = html("<title>It works!</title><p>The default page of a server nobody set up");
        let third = html("<title>Bảo trì</title><p>Hệ thống đang được bảo trì, xin quay lại sau");
        let menu = "giới thiệu cơ cấu tổ chức tin tức sự kiện văn bản điều hành thủ tục hành chính";
        let news = |text: &str| html(&format!("<p>{menu}</p><p>{text}</p>"));
        let (first, second) = (
            news("hội nghị tổng kết công tác của toàn ngành và biểu dương khen thưởng"),
            news("khai mạc lễ hội mùa xuân trên địa bàn các xã miền núi phía bắc"),
        );
        let (short, word) = (html("<p>Xin chào"), html("<p>Welcome"));
        let (nothing, long) = (html(""), html(&format!("<p>{menu}")));
        let picture = responds(200, &[("content-type", "image/png")], "");
        let coded =
            responds(200, &[("content-type", "text/html"), ("content-encoding", "gzip")], "x");
        let cut_off = ending(page(), BodyEnd::TimedOut);
        let broken_off = || BodyEnd::Broken { detail: "no last chunk".to_owned() };
        let unmarked = ending(page(), broken_off());
        let menus = html(&format!("<p>{menu}</p><p>{menu} của tỉnh và các xã"));
        let half = ending(html(&format!("<p>{menu}")), broken_off());
        let empty = ending(html(""), broken_off());
        let large = ending(page(), BodyEnd::Limit);
        let (away, mine) = (broken(NetFailure::Reset), ours());
        let (guard, error) = (responds(429, &[], ""), responds(503, &[], ""));
        for (six, four, expected) in [
            (vec![&page()], vec![&page()], (Pass, "same")),
            (vec![&large], vec![&page()], (Pass, "same")),
            (vec![&other], vec![&page()], (Inconclusive, common::NOT_OBSERVED)),
            (vec![&other, &other], vec![&page(), &page()], (Fail, "another-page")),
            (vec![&nothing, &nothing], vec![&long, &long], (Fail, "another-page")),
            (vec![&other, &page()], vec![&page(), &page()], (Pass, "same")),
            (vec![&first, &first], vec![&second, &second], (Fail, "different")),
            // What varies has its menus in common with itself, and so over both families.
            (vec![&first, &second], vec![&third, &long], (Pass, "varies")),
            (vec![&other, &third], vec![&page(), &page()], (Fail, "another-page")),
            // Over IPv4 alone it is another page at each look.
            (vec![&other, &other], vec![&page(), &third], (Pass, "varies")),
            // A page of a few words differs at once, which needn't make it another page.
            (vec![&word, &word], vec![&short, &short], (Fail, "different")),
            // It isn't shown a second time, which other checks say.
            (vec![&other, &away, &away], vec![&page(), &page()], (Fail, "another-page")),
            (vec![&other, &mine, &mine], vec![&page(), &page()], (Inconclusive, common::OUR_FAULT)),
            // The other looks were the guard's.
            (vec![&page(), &guard], vec![&page()], (Pass, "same")),
            (vec![&error, &page()], vec![&page()], (Pass, "same")),
            (vec![&error], vec![&page()], (NotApplicable, "not-comparable")),
            (vec![&cut_off], vec![&page()], (Inconclusive, common::NOT_OBSERVED)),
            (vec![&cut_off, &cut_off], vec![&page()], (Fail, "unreadable-over-ipv6")),
            (vec![&cut_off, &page()], vec![&page()], (Pass, "same")),
            // A page whose end isn't marked is a page; half a page isn't.
            (vec![&unmarked], vec![&unmarked], (Pass, "same")),
            (vec![&page()], vec![&unmarked], (Pass, "same")),
            (vec![&unmarked, &page()], vec![&page()], (Pass, "same")),
            (vec![&unmarked], vec![&page()], (Inconclusive, common::NOT_OBSERVED)),
            (vec![&unmarked, &unmarked], vec![&page()], (Fail, "end-unmarked-over-ipv6")),
            (vec![&half, &half], vec![&menus, &menus], (Fail, "unreadable-over-ipv6")),
            (vec![&half, &half], vec![&half], (Pass, "same")),
            (vec![&menus], vec![&half, &menus], (Pass, "same")),
            (vec![&empty, &empty], vec![&page()], (Fail, "unreadable-over-ipv6")),
            (vec![&coded, &coded], vec![&page()], (Fail, "unreadable-over-ipv6")),
            (vec![&page()], vec![&cut_off], (NotApplicable, "unreadable")),
            (vec![&cut_off], vec![&cut_off], (NotApplicable, "unreadable")),
            (vec![&picture], vec![&picture], (NotApplicable, "not-text")),
            (vec![&picture, &picture], vec![&long, &long], (Fail, "another-page")),
            (vec![&long, &long], vec![&picture, &picture], (Fail, "another-page")),
            (vec![&picture], vec![&cut_off], (NotApplicable, "unreadable")),
        ] {
            let mut world = site_over_both(&six, &four);
            world.inventory.settings.attempts = 2;
            assert_eq!(world.outcome_of(id), expected, "{six:?} {four:?}");
        }
    }

    #[test]
    fn the_gravest_address_gives_the_reason() {
        let other = html("<title>It works!</title><p>The default page of a server nobody set up");
        let menu = "giới thiệu cơ cấu tổ chức tin tức sự kiện văn bản điều hành thủ tục hành chính";
        let usual = html(&format!("<p>{menu}"));
        let longer = html(&format!("<p>{menu}</p><p>khai mạc lễ hội mùa xuân trên địa bàn"));
        let world = World::new("active")
            .host(WWW, &[SIX, "2001:db8::2", FOUR])
            .visit(URL, SIX, &longer)
            .visit(URL, "2001:db8::2", &other)
            .visit(URL, FOUR, &usual);
        let verdict = world.verdict("web-content-parity");
        assert_eq!((verdict.outcome, verdict.reason), (Fail, "another-page"));
        let reasons: Vec<_> = verdict.subjects.iter().map(|subject| subject.reason).collect();
        assert_eq!(reasons, ["another-page", "different"]);
    }
}
