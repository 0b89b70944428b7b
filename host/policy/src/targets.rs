//! What a redacting policy takes out: the findings of the topics and labels that its condition asks for.
//!
//! INVARIANT: only what speaks for a match counts. A topic or label that an `unless` or a `!` asks for is an
//! exception, and naming an exception does not redact it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_protocol::{Label, Topic};

/// Findings to redact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedactTarget {
    /// Those of this label, or of a label in this family: `secret` covers `secret.github.pat`.
    Label(String),
    /// Those that are evidence for this topic.
    Topic(Topic),
}

impl RedactTarget {
    /// Whether a finding with this label, evidence for these topics, is meant.
    #[must_use]
    pub fn covers<'a>(&self, label: &Label, topics: impl IntoIterator<Item = &'a Topic>) -> bool {
        match self {
            Self::Label(family) => label
                .as_str()
                .strip_prefix(family.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
            Self::Topic(topic) => topics.into_iter().any(|other| other == topic),
        }
    }
}

/// The targets of a policy in Cedar's JSON form, sorted.
pub(crate) fn of(policy: &Value) -> Vec<RedactTarget> {
    let mut targets = Vec::new();
    for condition in policy.get("conditions").and_then(Value::as_array).into_iter().flatten() {
        let for_a_match = condition.get("kind").and_then(Value::as_str) != Some("unless");
        if let Some(body) = condition.get("body") {
            walk(body, for_a_match, &mut targets);
        }
    }
    targets.sort();
    targets.dedup();
    targets
}

/// Every label and family that a policy in Cedar's JSON form names, exceptions included.
pub(crate) fn labels(policy: &Value) -> BTreeSet<String> {
    let named = |for_a_match: bool| {
        let mut targets = Vec::new();
        for condition in policy.get("conditions").and_then(Value::as_array).into_iter().flatten() {
            walk(condition.get("body").unwrap_or(&Value::Null), for_a_match, &mut targets);
        }
        targets.into_iter().filter_map(|target| match target {
            RedactTarget::Label(label) => Some(label),
            RedactTarget::Topic(_) => None,
        })
    };
    named(true).chain(named(false)).collect()
}

fn walk(expression: &Value, positive: bool, targets: &mut Vec<RedactTarget>) {
    let Some((operator, of)) = expression.as_object().and_then(|map| map.iter().next()) else { return };
    match operator.as_str() {
        "&&" | "||" => {
            for side in ["left", "right"] {
                walk(of.get(side).unwrap_or(&Value::Null), positive, targets);
            }
        }
        "!" => walk(of.get("arg").unwrap_or(&Value::Null), !positive, targets),
        "if-then-else" => {
            for branch in ["if", "then", "else"] {
                walk(of.get(branch).unwrap_or(&Value::Null), positive, targets);
            }
        }
        "contains" | "containsAll" | "containsAny" => {
            let [left, right] = sides(of);
            if positive && path(left).as_deref() == Some(&["labels"]) {
                targets.extend(strings(right).map(RedactTarget::Label));
            }
        }
        "==" | "!=" | "<" | "<=" | ">" | ">=" => {
            let [left, right] = sides(of);
            targets.extend(measured(left, operator, right, positive));
            targets.extend(measured(right, mirrored(operator), left, positive));
        }
        _ => {}
    }
}

fn sides(of: &Value) -> [&Value; 2] {
    ["left", "right"].map(|side| of.get(side).unwrap_or(&Value::Null))
}

fn mirrored(operator: &str) -> &str {
    match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        same => same,
    }
}

/// The targets of `context.topics["…"] >= 2` and its like, of sums too, when the comparison asks for more rather than less.
fn measured(place: &Value, operator: &str, limit: &Value, positive: bool) -> Vec<RedactTarget> {
    let zero = limit.get("Value").and_then(Value::as_i64) == Some(0);
    let asks_for_more = match operator {
        ">" | ">=" => true,
        "==" => !zero,
        "!=" => zero,
        _ => false,
    };
    if asks_for_more != positive {
        return Vec::new();
    }
    terms(place).into_iter().filter_map(term).collect()
}

/// What is added up in `a + b`; else what stands there.
fn terms(place: &Value) -> Vec<&Value> {
    match place.get("+") {
        Some(sum) => sides(sum).into_iter().flat_map(terms).collect(),
        None => vec![place],
    }
}

fn term(place: &Value) -> Option<RedactTarget> {
    match path(place)?.as_slice() {
        ["topics", topic] => Topic::try_from((*topic).to_owned()).ok().map(RedactTarget::Topic),
        ["counts", family] if *family != "total" => Some(RedactTarget::Label((*family).to_owned())),
        _ => None,
    }
}

/// The attributes of an access that starts at `context`.
fn path(expression: &Value) -> Option<Vec<&str>> {
    if expression.get("Var").and_then(Value::as_str) == Some("context") {
        return Some(Vec::new());
    }
    let access = expression.get(".")?;
    let mut attributes = path(access.get("left")?)?;
    attributes.push(access.get("attr")?.as_str()?);
    Some(attributes)
}

/// The strings of a literal or of a set of literals.
fn strings(expression: &Value) -> impl Iterator<Item = String> {
    let literal = expression.get("Value");
    let members = literal.and_then(Value::as_array).or_else(|| expression.get("Set")?.as_array());
    let one = literal.and_then(Value::as_str).map(str::to_owned);
    let many = members
        .into_iter()
        .flatten()
        .filter_map(|member| member.as_str().or_else(|| member.get("Value")?.as_str()).map(str::to_owned));
    one.into_iter().chain(many)
}
