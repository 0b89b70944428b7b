//! Words for decisions.

use std::fmt::Display;

use host_policy::{ANSWERED, Explained, Scope, Standing};
use serde::Serialize;
use shared_protocol::{Action, Mode};

/// A word of a closed set, by its wire spelling.
pub(super) fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

/// An action, and whether it is only watched.
pub(super) fn action((action, mode): (Action, Mode)) -> String {
    match mode {
        Mode::Enforce => word(action),
        Mode::Monitor => format!("{} (would be)", word(action)),
    }
}

/// What became of a policy, in a word, and why.
pub(super) fn standing(one: &Explained) -> (&'static str, String) {
    match &one.standing {
        Standing::Acts => ("acts", "it matches".to_owned()),
        Standing::Watches => ("watches", "it matches, and only watches".to_owned()),
        Standing::Excepted { by } if by == ANSWERED => {
            ("answered", "it matches by files about which the person answered it before".to_owned())
        }
        Standing::Excepted { by } => {
            ("excepted", format!("it matches, and the exception `{by}` takes it away"))
        }
        Standing::Erred { why } => ("erred", format!("it counts as matched: {why}")),
        Standing::OutOfScope(parts) => {
            let parts: Vec<&str> = parts.iter().map(scope).collect();
            ("no", format!("it speaks of another {}", parts.join(" and another ")))
        }
        Standing::ConditionFalse { because } if because.is_empty() => {
            ("no", "its condition does not hold".to_owned())
        }
        Standing::ConditionFalse { because } => {
            ("no", joined(because.iter().map(|part| false_because(part)), "; "))
        }
    }
}

/// A part of `when` that is false, or a whole `unless` that is true.
fn false_because(part: &str) -> String {
    let holds = if part.starts_with("unless ") { "holds" } else { "does not hold" };
    format!("`{part}` {holds}")
}

fn scope(part: &Scope) -> &'static str {
    match part {
        Scope::Principal => "person",
        Scope::Action => "operation",
        Scope::Resource => "site",
    }
}

/// With something between them.
pub(super) fn joined(all: impl IntoIterator<Item = impl Display>, between: &str) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(between)
}
