//! The terms of a comparison, in both languages.

use crate::judge::{KeyChange, RuleChange, goal_text};
use crate::model::{Lang, Text};
use crate::report::describe::clean;

pub(super) const TITLE: Text = Text { vi: "So sánh hai đợt đo", en: "Two runs compared" };
pub(super) const JUDGED_BY: Text = Text {
    vi: "Cả hai đợt được đánh giá lại theo cùng một bộ quy tắc và bộ tiêu chí đánh giá",
    en: "Both were judged again by the same rules and the policy",
};
pub(super) const NOTHING: Text = Text { vi: "Không có thay đổi.", en: "Nothing changed." };
pub(super) const INVENTORY: Text =
    Text { vi: "Thay đổi trong danh mục", en: "Changes of the inventory" };
pub(super) const RULES: Text = Text {
    vi: "Thay đổi của bộ quy tắc và bộ tiêu chí đánh giá (không ảnh hưởng đến phần so sánh)",
    en: "Changes of the rules and the policy (the comparison is free of them)",
};
pub(super) const ADDED: Text = Text { vi: "bổ sung", en: "added" };
pub(super) const REMOVED: Text = Text { vi: "đưa ra khỏi danh mục", en: "removed" };
pub(super) const SETTINGS: Text = Text { vi: "thiết lập đo", en: "settings of asking" };

/// A key with its values, such as `state: active → retired`.
pub(super) fn key(change: &KeyChange) -> String {
    let value = |text: &str| if text.is_empty() { "–".to_owned() } else { clean(text) };
    format!("{}: {} → {}", clean(&change.key), value(&change.before), value(&change.after))
}

/// A sentence about a changed rule.
pub(super) fn rule(change: &RuleChange, lang: Lang) -> String {
    let text = |vi: String, en: String| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    match change {
        RuleChange::Program { before, after } => text(
            format!("phiên bản chương trình: {before} → {after}"),
            format!("program version: {before} → {after}"),
        ),
        RuleChange::Policy { before, after } => {
            let (before, after) = (clean(before), clean(after));
            text(
                format!("bộ tiêu chí đánh giá: {before} → {after}"),
                format!("policy: {before} → {after}"),
            )
        }
        RuleChange::Gate { kinds, stage, check, gates } => {
            let (kinds, number) = (kinds.join(", "), stage.number());
            match gates {
                true => text(
                    format!("{check} trở thành điều kiện của mức {number} ({kinds})"),
                    format!("{check} has become a condition of stage {number} ({kinds})"),
                ),
                false => text(
                    format!("{check} không còn là điều kiện của mức {number} ({kinds})"),
                    format!("{check} is no longer a condition of stage {number} ({kinds})"),
                ),
            }
        }
        RuleChange::Severity { of, before, after } => {
            let default = text("mặc định".to_owned(), "default".to_owned());
            let of = clean(of);
            let (before, after) = (before.unwrap_or(&default), after.unwrap_or(&default));
            text(
                format!("mức nghiêm trọng của {of}: {before} → {after}"),
                format!("severity of {of}: {before} → {after}"),
            )
        }
        RuleChange::Goal { before, after } => {
            let goal = |goal: &Option<_>| goal.as_ref().map_or("–".to_owned(), goal_text);
            let (before, after) = (goal(before), goal(after));
            text(
                format!("chỉ tiêu chung: {before} → {after}"),
                format!("target: {before} → {after}"),
            )
        }
    }
}
