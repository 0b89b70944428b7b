//! Checks a policy text as a compiler does: all problems with their places, or the rules.
//!
//! INVARIANT: nothing is guessed. A text with one error is refused whole.

use std::collections::BTreeMap;
use std::ops::Range;

use cedar_policy::ffi::DetailedError;
use cedar_policy::{ActionConstraint, Effect, PolicyId, PolicySet, ValidationMode, Validator};
use shared_protocol::{Action, Mode, Operation};

use crate::annotations::Reader;
use crate::problem::{PolicyError, Problem, Weight};
use crate::rule::Rule;
use crate::schema::SCHEMA;
use crate::source::{Statement, statements};
use crate::{RedactTarget, permitted, targets};

/// A text that passed.
pub(crate) struct Checked {
    pub(crate) set: PolicySet,
    pub(crate) rules: BTreeMap<String, Rule>,
    pub(crate) warnings: Vec<Problem>,
}

/// Checks `text`.
pub(crate) fn check(text: &str, mode: Mode) -> Result<Checked, PolicyError> {
    let mut problems = Vec::new();
    let mut set = PolicySet::new();
    let mut rules = BTreeMap::new();
    if let Err(errors) = text.parse::<PolicySet>() {
        problems.extend(foreign(text, 0, &DetailedError::from(&errors), Weight::Error));
        return Err(PolicyError { problems });
    }
    for statement in statements(text) {
        let one = text.get(statement.at.clone()).unwrap_or_default();
        let Some(policy) = single(text, one, &statement, &mut problems) else { continue };
        if policy.effect() == Effect::Permit {
            problems.push(
                Problem::at(text, statement.effect_at.clone(), Weight::Error, "`permit` has no meaning here")
                    .help("write `forbid`, and what should be let through as `unless { … }`"),
            );
            continue;
        }
        let reader = Reader { text, statement: &statement, policy: &policy, problems: &mut problems };
        let rule = reader.rule(mode);
        if !of_a_group(text, &statement, &policy, &mut problems) {
            valid(text, &statement, &policy, &mut problems);
        }
        let Some(mut rule) = rule else { continue };
        possible(text, &statement, &policy, &rule, &mut problems);
        let tree = policy.to_json().unwrap_or_default();
        rule.labels = targets::labels(&tree);
        if rule.action == Action::Redact {
            rule.targets = targets::of(&tree);
            redactable(text, &statement, &rule.targets, &mut problems);
        }
        let id = rule.id.clone();
        if set.add(policy.new_id(PolicyId::new(&id))).is_err() || rules.insert(id.clone(), rule).is_some() {
            let at = value_at(&statement, "id");
            let problem = Problem::at(text, at, Weight::Error, format!("`{id}` is the id of two policies"));
            problems.push(problem.help("give each policy its own"));
        }
    }
    problems.sort_by(|one, other| {
        let place = |problem: &Problem| (problem.span.start, problem.weight);
        place(one).cmp(&place(other)).then_with(|| one.message.cmp(&other.message))
    });
    problems.dedup();
    if problems.iter().any(|problem| problem.weight == Weight::Error) {
        return Err(PolicyError { problems });
    }
    Ok(Checked { set, rules, warnings: problems })
}

/// The policy of one statement. Templates parse as part of a set and not alone.
fn single(
    text: &str,
    one: &str,
    statement: &Statement,
    problems: &mut Vec<Problem>,
) -> Option<cedar_policy::Policy> {
    let parsed = cedar_policy::Policy::parse(None, one);
    if parsed.is_err() {
        let at = statement.effect_at.clone();
        let problem = Problem::at(text, at, Weight::Error, "a template is no policy");
        problems.push(problem.help("write the person or app instead of `?principal` and `?resource`"));
    }
    parsed.ok()
}

/// Whether the policy speaks only of what the schema has, and can match at all.
fn valid(text: &str, statement: &Statement, policy: &cedar_policy::Policy, problems: &mut Vec<Problem>) {
    let Ok(alone) = PolicySet::from_policies([policy.clone()]) else { return };
    let result = Validator::new(SCHEMA.schema.clone()).validate(&alone, ValidationMode::Strict);
    let before = problems.len();
    for error in result.validation_errors() {
        problems.extend(foreign(text, statement.at.start, &DetailedError::from(error), Weight::Error));
    }
    // A policy that can never match is a mistake of the same kind as one that does not fit the schema; what Cedar
    // says of it besides is only noise.
    let dead = result.validation_warnings().any(|warning| warning.to_string().contains("impossible"));
    if dead && problems.len() == before {
        let at = statement.effect_at.clone();
        let problem = Problem::at(text, at, Weight::Error, "this policy can never match");
        problems.push(problem.help("look for conditions that exclude each other"));
    }
}

/// `action == Action::"send"` parses and never matches: a request is of an operation, not of a group.
fn of_a_group(
    text: &str,
    statement: &Statement,
    policy: &cedar_policy::Policy,
    problems: &mut Vec<Problem>,
) -> bool {
    let ActionConstraint::Eq(action) = policy.action_constraint() else { return false };
    let group = SCHEMA.schema.action_groups().any(|group| *group == action);
    if group {
        let at = statement.effect_at.clone();
        let problem = Problem::at(text, at, Weight::Error, format!("`{action}` is a group of operations"));
        problems.push(problem.help(format!("write `action in [{action}]`")));
    }
    group
}

/// Whether at least one operation the policy speaks of permits its action.
fn possible(
    text: &str,
    statement: &Statement,
    policy: &cedar_policy::Policy,
    rule: &Rule,
    problems: &mut Vec<Problem>,
) {
    let named = match policy.action_constraint() {
        ActionConstraint::Any => return,
        ActionConstraint::In(named) => named,
        ActionConstraint::Eq(one) => vec![one],
    };
    let speaks_of = |operation: &Operation| {
        let Ok(operation) = format!("Action::\"{}\"", operation.as_str()).parse() else { return false };
        named.iter().any(|named| *named == operation || SCHEMA.actions.is_ancestor_of(named, &operation))
    };
    let operations: Vec<Operation> = Operation::ALL.into_iter().filter(speaks_of).collect();
    if operations.is_empty() || operations.iter().any(|one| permitted(*one).contains(&rule.action)) {
        return;
    }
    let word = |action: &Action| format!("{action:?}").to_lowercase();
    let possible: Vec<String> = permitted(operations.first().copied().unwrap_or(Operation::SendPrompt))
        .iter()
        .skip(1)
        .map(word)
        .collect();
    let message = format!("{} is not possible for what this policy speaks of", word(&rule.action));
    let problem = Problem::at(text, value_at(statement, "action"), Weight::Error, message);
    problems.push(problem.help(format!("possible are {}", possible.join(", "))));
}

/// Whether redaction has something to look for.
fn redactable(text: &str, statement: &Statement, targets: &[RedactTarget], problems: &mut Vec<Problem>) {
    if targets.is_empty() {
        let at = value_at(statement, "action");
        let message = "this policy names nothing that could be redacted";
        let help = "ask for a label (`context.labels.contains(\"pii.payment-card\")`) or a content topic, or \
                    choose another action";
        problems.push(Problem::at(text, at, Weight::Error, message).help(help));
    }
}

fn value_at(statement: &Statement, name: &str) -> Range<usize> {
    let named = statement.annotations.iter().find(|annotation| annotation.name == name);
    named.map_or_else(|| statement.effect_at.clone(), |annotation| annotation.value_at.clone())
}

/// Cedar's own findings in our form. Their places count from `offset`.
fn foreign(text: &str, offset: usize, error: &DetailedError, weight: Weight) -> Vec<Problem> {
    let mut problems = Vec::new();
    let place = error.source_locations.first().map_or(offset..offset, |label| {
        label.loc.start.saturating_add(offset)..label.loc.end.saturating_add(offset)
    });
    // The id is generated, and the same is said for every operation: the place says it all.
    let message = error.message.strip_prefix("for policy `policy0`, ").unwrap_or(&error.message);
    let message = match message.split_once(" in context for Action::\"") {
        Some((before, rest)) => rest.split_once('"').map(|(_, after)| format!("{before}{after}")),
        None => None,
    }
    .unwrap_or_else(|| message.to_owned());
    let mut problem = Problem::at(text, place, weight, message.as_str());
    problem.help = remedy(&message).map(str::to_owned).or_else(|| error.help.clone());
    problems.push(problem);
    for related in &error.related {
        problems.extend(foreign(text, offset, related, weight));
    }
    problems
}

/// What to write instead, for the mistakes that people make.
fn remedy(message: &str) -> Option<&'static str> {
    let known = [
        ("expected Long but saw String", "levels are numbers: 0 none, 1 low, 2 medium, 3 high"),
        ("or Long but saw String", "words have no order: compare with `==`, or compare a level"),
        (
            "unrecognized action",
            "write an operation such as `Action::\"send-prompt\"` or a group such as `Action::\"send\"`",
        ),
        ("unrecognized entity type", "entities are `User`, `Group` and `App`"),
        ("unexpected end of input", "a policy ends with `;`"),
    ];
    known.iter().find(|(part, _)| message.contains(part)).map(|(_, help)| *help)
}
