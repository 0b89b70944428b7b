//! One decision: which policies match, what each asks for here, and what they ask for together.
//!
//! INVARIANT: read from the policies that matched, not from Cedar's allow or deny, which knows neither obligations
//! nor that an error must tighten.

use std::collections::BTreeSet;

use cedar_policy::{AuthorizationError, Authorizer};
use shared_protocol::{Action, Mode, Obligation};

use crate::decision::sort;
use crate::request::ask;
use crate::rule::Rule;
use crate::{Decision, Determining, Facts, Fault, Policy, RedactTarget, fit, permitted};

/// Decides.
pub(crate) fn decide(policy: &Policy, facts: &Facts) -> Decision {
    let matched = matched(policy, facts);
    let mut policies: Vec<Determining> =
        matched.rules.iter().map(|(rule, erred)| determine(rule, *erred, facts)).collect();
    sort(&mut policies);
    let enforced = policies.iter().filter(|one| one.mode == Mode::Enforce);
    let (action, obligations) = together(enforced.map(|one| one.action));
    let watched = policies.iter().any(|one| one.mode == Mode::Monitor);
    let would = watched.then(|| together(policies.iter().map(|one| one.action)).0);
    let redact = match obligations.contains(&Obligation::Redact) {
        true => targets(&policies, &matched),
        false => Vec::new(),
    };
    Decision {
        action,
        obligations,
        policies,
        excepted: Vec::new(),
        redact,
        would,
        mode: policy.mode(),
        faults: matched.faults,
    }
}

struct Matched<'a> {
    /// With whether its condition could not be evaluated.
    rules: Vec<(&'a Rule, bool)>,
    faults: Vec<Fault>,
}

fn matched<'a>(policy: &'a Policy, facts: &Facts) -> Matched<'a> {
    let Ok((request, entities)) = ask(facts) else {
        let rules = policy.rules().values().map(|rule| (rule, true)).collect();
        return Matched { rules, faults: vec![Fault::Request] };
    };
    let response = Authorizer::new().is_authorized(&request, policy.set(), &entities);
    let mut ids: BTreeSet<(String, bool)> =
        response.diagnostics().reason().map(|id| (id.to_string(), false)).collect();
    ids.extend(response.diagnostics().errors().map(|error| match error {
        AuthorizationError::PolicyEvaluationError(error) => (error.policy_id().to_string(), true),
    }));
    let faults =
        ids.iter().filter(|(_, erred)| *erred).map(|(id, _)| Fault::Policy { id: id.clone() }).collect();
    let rules = ids.iter().filter_map(|(id, erred)| Some((policy.rules().get(id)?, *erred))).collect();
    Matched { rules, faults }
}

/// What one matching rule asks for here.
fn determine(rule: &Rule, erred: bool, facts: &Facts) -> Determining {
    let fallback = rule.action == Action::Redact && !can_redact(rule, facts);
    let wanted = if fallback { rule.fallback } else { rule.action };
    Determining {
        id: rule.id.clone(),
        action: fit(facts.operation, wanted),
        written: rule.action,
        fallback,
        mode: rule.mode,
        message: rule.message.clone(),
        link: rule.link.clone(),
        severity: rule.severity,
        capture: rule.capture,
        erred,
    }
}

/// Whether redaction is possible and takes out everything the rule is about: something is found, and none of it
/// stands where there is no span.
fn can_redact(rule: &Rule, facts: &Facts) -> bool {
    let covered: Vec<&crate::Found> = facts
        .labels
        .iter()
        .filter(|(label, found)| rule.targets.iter().any(|target| target.covers(label, &found.topics)))
        .map(|(_, found)| found)
        .collect();
    permitted(facts.operation).contains(&Action::Redact)
        && covered.iter().any(|found| found.spans > 0)
        && covered.iter().all(|found| found.names == 0)
}

/// Block if any blocks, otherwise the union of what is owed; the label is the highest.
fn together(actions: impl Iterator<Item = Action>) -> (Action, Vec<Obligation>) {
    let actions: BTreeSet<Action> = actions.collect();
    let label = actions.last().copied().unwrap_or(Action::Allow);
    if label == Action::Block {
        return (label, Vec::new());
    }
    let owed = |action: &Action| match action {
        Action::Allow | Action::Block => None,
        Action::Coach => Some(Obligation::Coach),
        Action::Warn => Some(Obligation::Warn),
        Action::Justify => Some(Obligation::Justify),
        Action::Redact => Some(Obligation::Redact),
    };
    (label, actions.iter().filter_map(owed).collect())
}

fn targets(policies: &[Determining], matched: &Matched<'_>) -> Vec<RedactTarget> {
    let redacting: BTreeSet<&str> = policies
        .iter()
        .filter(|one| one.mode == Mode::Enforce && one.action == Action::Redact)
        .map(|one| one.id.as_str())
        .collect();
    let rules = matched.rules.iter().filter(|(rule, _)| redacting.contains(rule.id.as_str()));
    let targets: BTreeSet<&RedactTarget> = rules.flat_map(|(rule, _)| &rule.targets).collect();
    targets.into_iter().cloned().collect()
}
