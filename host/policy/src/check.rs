//! Checks a policy text as a compiler does: all problems with their places, or the rules.
//!
//! INVARIANT: nothing is guessed. A text with one error is refused whole.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use cedar_policy::ffi::DetailedError;
use cedar_policy::{ActionConstraint, Effect, Policy, PolicyId, PolicySet, ValidationMode, Validator};
use shared_protocol::{Action, Capture, Mode, Operation};

use crate::annotations::Reader;
use crate::named::Named;
use crate::problem::{PolicyError, Problem, Weight};
use crate::rule::Rule;
use crate::schema::Parsed;
use crate::sieve::Sieve;
use crate::source::{Statement, statements};
use crate::{RedactTarget, permitted, targets};

/// Texts that passed.
pub(crate) struct Checked {
    /// Each policy under its `@id`, with its rule.
    pub(crate) policies: BTreeMap<String, (Policy, Rule)>,
    /// What they name.
    pub(crate) named: Named,
    pub(crate) warnings: Vec<Problem>,
}

/// Checks texts, each with the file it stands in; their ids are different. `custom` are the organisation's own topics,
/// without `custom.`.
pub(crate) fn check(
    texts: &[(&str, &str)],
    mode: Mode,
    custom: &BTreeSet<String>,
) -> Result<Checked, PolicyError> {
    let parsed = Parsed::with(custom);
    let validator = Validator::new(parsed.schema.clone());
    let (mut policies, mut named) = (BTreeMap::new(), Named::default());
    let mut all = Vec::new();
    for (file, text) in texts {
        let mut problems = Vec::new();
        let checker = Checker {
            file,
            text,
            mode,
            parsed: &parsed,
            validator: &validator,
            named: &mut named,
            problems: &mut problems,
        };
        checker.take_all(&mut policies);
        problems.sort_by(|one, other| {
            let place = |problem: &Problem| (problem.span.start, problem.weight);
            place(one).cmp(&place(other)).then_with(|| one.message.cmp(&other.message))
        });
        problems.dedup();
        all.extend(problems.into_iter().map(|problem| problem.in_file(file)));
    }
    if all.iter().any(|problem| problem.weight == Weight::Error) {
        return Err(PolicyError { problems: all });
    }
    Ok(Checked { policies, named, warnings: all })
}

/// One text.
struct Checker<'a> {
    file: &'a str,
    text: &'a str,
    mode: Mode,
    parsed: &'a Parsed,
    validator: &'a Validator,
    named: &'a mut Named,
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    fn take_all(mut self, policies: &mut BTreeMap<String, (Policy, Rule)>) {
        if let Err(errors) = self.text.parse::<PolicySet>() {
            self.foreign(0, &DetailedError::from(&errors), Weight::Error);
            return;
        }
        for statement in statements(self.text) {
            let Some((policy, rule)) = self.take(&statement) else { continue };
            let id = rule.id.clone();
            if policies.insert(id.clone(), (policy, rule)).is_some() {
                let at = value_at(&statement, "id");
                self.error(at, format!("`{id}` is the id of two policies"), "give each policy its own");
            }
        }
    }

    /// One policy, or nothing when its rule cannot be read. Its other problems are noted either way.
    fn take(&mut self, statement: &Statement) -> Option<(Policy, Rule)> {
        let policy = self.single(statement)?;
        if policy.effect() == Effect::Permit {
            self.error(
                statement.effect_at.clone(),
                "`permit` has no meaning here",
                "write `forbid`, and what should be let through as `unless { … }`",
            );
            return None;
        }
        let reader = Reader { text: self.text, statement, policy: &policy, problems: self.problems };
        let rule = reader.rule(self.mode);
        if !self.of_a_group(statement, &policy) {
            self.valid(statement, &policy);
        }
        let mut rule = rule?;
        rule.operations = self.operations(&policy);
        rule.keeps = rule.capture.filter(|capture| *capture != Capture::Metadata).map(|_| {
            let message = "text would be kept that nobody could open";
            let problem = Problem::at(self.text, value_at(statement, "capture"), Weight::Error, message);
            problem.in_file(self.file).help(
                "name a public key in `recipients` of settings.toml (`promptgate log keygen` makes one), or write \
                 `metadata`",
            )
        });
        self.possible(statement, &rule);
        let tree = policy.to_json().unwrap_or_default();
        rule.sieve = Sieve::of(&policy, &tree);
        rule.labels = targets::labels(&tree);
        if rule.action == Action::Redact {
            rule.targets = targets::of(&tree);
            self.redactable(statement, &rule.targets);
        }
        self.named.take(&tree);
        let id = PolicyId::new(&rule.id);
        // Read from its tree a policy knows no places in the text, which Cedar else hands about while it evaluates.
        let bare = Policy::from_json(Some(id.clone()), tree).unwrap_or_else(|_| policy.new_id(id));
        Some((bare, rule))
    }

    /// The policy of one statement. Templates parse as part of a set and not alone.
    fn single(&mut self, statement: &Statement) -> Option<Policy> {
        let one = self.text.get(statement.at.clone()).unwrap_or_default();
        let parsed = Policy::parse(None, one);
        if parsed.is_err() {
            self.error(
                statement.effect_at.clone(),
                "a template is no policy",
                "write the person or app instead of `?principal` and `?resource`",
            );
        }
        parsed.ok()
    }

    /// Whether the policy speaks only of what the schema has, and can match at all.
    fn valid(&mut self, statement: &Statement, policy: &Policy) {
        let Ok(alone) = PolicySet::from_policies([policy.clone()]) else { return };
        let result = self.validator.validate(&alone, ValidationMode::Strict);
        let before = self.problems.len();
        for error in result.validation_errors() {
            self.foreign(statement.at.start, &DetailedError::from(error), Weight::Error);
        }
        // A policy that can never match is a mistake of the same kind as one that does not fit the schema; what Cedar
        // says of it besides is only noise.
        let dead = result.validation_warnings().any(|warning| warning.to_string().contains("impossible"));
        if dead && self.problems.len() == before {
            let at = statement.effect_at.clone();
            self.error(at, "this policy can never match", "look for conditions that exclude each other");
        }
    }

    /// `action == Action::"send"` parses and never matches: a request is of an operation, not of a group.
    fn of_a_group(&mut self, statement: &Statement, policy: &Policy) -> bool {
        let ActionConstraint::Eq(action) = policy.action_constraint() else { return false };
        let group = self.parsed.schema.action_groups().any(|group| *group == action);
        if group {
            self.error(
                statement.effect_at.clone(),
                format!("`{action}` is a group of operations"),
                format!("write `action in [{action}]`"),
            );
        }
        group
    }

    /// The operations that the policy speaks of.
    fn operations(&self, policy: &Policy) -> BTreeSet<Operation> {
        let named = match policy.action_constraint() {
            ActionConstraint::Any => return Operation::ALL.into(),
            ActionConstraint::In(named) => named,
            ActionConstraint::Eq(one) => vec![one],
        };
        let speaks_of = |operation: &Operation| {
            let Ok(operation) = format!("Action::\"{}\"", operation.as_str()).parse() else { return false };
            let actions = &self.parsed.actions;
            named.iter().any(|named| *named == operation || actions.is_ancestor_of(named, &operation))
        };
        Operation::ALL.into_iter().filter(speaks_of).collect()
    }

    /// Whether at least one operation the policy speaks of permits its action.
    fn possible(&mut self, statement: &Statement, rule: &Rule) {
        let operations = &rule.operations;
        if operations.is_empty() || operations.iter().any(|one| permitted(*one).contains(&rule.action)) {
            return;
        }
        let word = |action: &Action| format!("{action:?}").to_lowercase();
        let possible: Vec<String> = permitted(operations.first().copied().unwrap_or(Operation::SendPrompt))
            .iter()
            .skip(1)
            .map(word)
            .collect();
        self.error(
            value_at(statement, "action"),
            format!("{} is not possible for what this policy speaks of", word(&rule.action)),
            format!("possible are {}", possible.join(", ")),
        );
    }

    /// Whether redaction has something to look for.
    fn redactable(&mut self, statement: &Statement, targets: &[RedactTarget]) {
        if targets.is_empty() {
            self.error(
                value_at(statement, "action"),
                "this policy names nothing that could be redacted",
                "ask for a label (`context.labels.contains(\"pii.payment-card\")`) or a content topic, or choose \
                 another action",
            );
        }
    }

    fn error(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::at(self.text, at, Weight::Error, message).help(help));
    }

    /// Cedar's own findings in our form. Their places count from `offset`.
    fn foreign(&mut self, offset: usize, error: &DetailedError, weight: Weight) {
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
        let mut problem = Problem::at(self.text, place, weight, message.as_str());
        problem.help = remedy(&message).map(str::to_owned).or_else(|| error.help.clone());
        self.problems.push(problem);
        for related in &error.related {
            self.foreign(offset, related, weight);
        }
    }
}

fn value_at(statement: &Statement, name: &str) -> Range<usize> {
    let named = statement.annotations.iter().find(|annotation| annotation.name == name);
    named.map_or_else(|| statement.effect_at.clone(), |annotation| annotation.value_at.clone())
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
