//! From the groups that a provider or a proxy names to what somebody may do.

use super::role::{Organisations, Role};

/// What the members of a group may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRule {
    /// The group, exactly as the other side writes it.
    pub group: String,
    /// The role of its members.
    pub role: Role,
    /// For whom they act.
    pub organisations: Organisations,
}

/// What somebody may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Her role.
    pub role: Role,
    /// For whom she acts.
    pub organisations: Organisations,
}

/// What somebody in these groups may do: the most that any of them gives. Two groups of operators act
/// for the organisations of both. `others` is for who is in no group of the rules.
pub fn granted<'g>(
    rules: &[GroupRule],
    others: Option<Role>,
    groups: impl Iterator<Item = &'g str> + Clone,
) -> Option<Grant> {
    let meant = rules.iter().filter(|rule| groups.clone().any(|group| group == rule.group));
    let of_groups = meant
        .map(|rule| Grant { role: rule.role, organisations: rule.organisations.clone() })
        .reduce(|one, other| match one.role.cmp(&other.role) {
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => one,
            std::cmp::Ordering::Equal => Grant {
                role: one.role,
                organisations: one.organisations.union(other.organisations),
            },
        });
    of_groups.or(others.map(|role| Grant { role, organisations: Organisations::All }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_that_any_group_gives_is_given() {
        let rule = |group: &str, role, ids: &[&str]| GroupRule {
            group: group.to_owned(),
            role,
            organisations: Organisations::listed(ids.iter().map(|id| (*id).into())),
        };
        let rules = [
            rule("all", Role::Viewer, &[]),
            rule("ops-a", Role::Operator, &["a"]),
            rule("ops-b", Role::Operator, &["b"]),
            rule("root", Role::Operator, &[]),
        ];
        let get = |groups: &[&str], others| granted(&rules, others, groups.iter().copied());
        let operator = |ids: &[&str]| {
            let organisations = Organisations::listed(ids.iter().map(|id| (*id).into()));
            Some(Grant { role: Role::Operator, organisations })
        };
        let viewer = Some(Grant { role: Role::Viewer, organisations: Organisations::All });
        assert_eq!(get(&[], None), None);
        assert_eq!(get(&["ALL", "other"], None), None);
        assert_eq!(get(&["other"], Some(Role::Viewer)), viewer);
        assert_eq!(get(&["all"], None), viewer);
        assert_eq!(get(&["all", "ops-a"], None), operator(&["a"]));
        assert_eq!(get(&["ops-b", "ops-a"], None), operator(&["a", "b"]));
        assert_eq!(get(&["ops-b", "root"], None), operator(&[]));
    }
}
