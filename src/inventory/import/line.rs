//! A service as one line of the inventory.

use super::candidate::Candidate;
use super::changes::{former_ids, tag_list};
use crate::inventory::targets::{quoted, value};
use crate::model::{Category, Goal, State, Target};

/// The line. What a candidate leaves out is left out of it, save the category.
pub(super) fn line(
    id: &str,
    candidate: &Candidate,
    goal: Option<&Goal>,
    category: Option<Category>,
) -> String {
    let category = candidate.category.or(category);
    let category = category.unwrap_or_else(|| category_of(&candidate.target)).id();
    let mut line = format!("{{id: {id}, ");
    if let Some(name) = &candidate.name {
        line.push_str(&format!("name: {}, ", quoted(name)));
    }
    let target = quoted(&value(&candidate.target));
    line.push_str(&format!("category: {category}, {}: {target}", candidate.target.kind()));
    if let Some(tags) = &candidate.tags {
        line.push_str(&format!(", tags: {}", tag_list(tags)));
    }
    if let Some(state) = candidate.state.filter(|state| *state != State::Active) {
        line.push_str(&format!(", state: {}", state.id()));
    }
    if let Some(level) = candidate.security_level {
        line.push_str(&format!(", security_level: {level}"));
    }
    if let Some(goal) = goal {
        line.push_str(&format!(", target: {{stage: {}, by: {}}}", goal.stage.number(), goal.by));
    }
    if let Some(exemption) = &candidate.exemption {
        let (reason, until) = (quoted(&exemption.reason), exemption.until);
        line.push_str(&format!(", exemption: {{reason: {reason}, until: {until}}}"));
    }
    if !candidate.formerly.is_empty() {
        line.push_str(&format!(", formerly: {}", former_ids(&candidate.formerly)));
    }
    line.push('}');
    if let Some(guess) = candidate.guess {
        line.push_str(&format!(" # {guess}"));
    }
    line
}

/// What the plan most often counts a kind of service as.
fn category_of(target: &Target) -> Category {
    match target {
        Target::Web(_) => Category::Portal,
        Target::Zone(_) | Target::Dns(_) | Target::Ntp(_) => Category::Infrastructure,
        Target::Mail(_)
        | Target::Imap(_)
        | Target::Imaps(_)
        | Target::Pop3s(_)
        | Target::Submission(_) => Category::InternetService,
        Target::Tls(_) | Target::Tcp(_) | Target::Ssh(_) => Category::InformationSystem,
    }
}
