//! One decision: which policies match, what each asks for here, and what they ask for together.
//!
//! INVARIANT: read from the policies that matched, not from Cedar's allow or deny, which knows neither obligations
//! nor that an error must tighten. INVARIANT: an exception, a grant or an earlier answer takes away what matched, never
//! what erred.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{AuthorizationError, Authorizer};
use shared_protocol::{Action, Mode, Obligation};

use crate::decision::sort;
use crate::request::{ask, families};
use crate::rule::Rule;
use crate::sieve::Sifted;
use crate::{Decision, Determining, Excepted, Facts, Fault, Granted, Policy, RedactTarget, fit, permitted};

/// What stands in place of an exception's id where the person answered about the very files before. No id has a space.
pub const ANSWERED: &str = "answered before";

/// Decides.
pub(crate) fn decide(policy: &Policy, facts: &Facts, granted: &[Granted]) -> Decision {
    let mut matched = matched(policy, facts);
    let excepted = except(policy, facts, granted, &mut matched);
    let mut policies: Vec<Determining> =
        matched.rules.values().map(|(rule, erred)| determine(rule, *erred, facts)).collect();
    sort(&mut policies);
    let enforced = policies.iter().filter(|one| one.mode == Mode::Enforce);
    let (action, obligations) = together(enforced.map(|one| one.action));
    let watched = policies.iter().any(|one| one.mode == Mode::Monitor);
    let would = watched.then(|| together(policies.iter().map(|one| one.action)).0);
    let redact = match obligations.contains(&Obligation::Redact) {
        true => targets(&policies, &matched),
        false => Vec::new(),
    };
    let mode = policy.mode();
    Decision { action, obligations, policies, excepted, redact, would, mode, faults: matched.faults }
}

/// What matched.
pub(crate) struct Matched<'a> {
    /// By id, with whether its condition could not be evaluated.
    pub(crate) rules: BTreeMap<&'a str, (&'a Rule, bool)>,
    /// What Cedar says of each error.
    pub(crate) errors: BTreeMap<&'a str, String>,
    faults: Vec<Fault>,
}

/// What matches: as far as it shows without Cedar, and what Cedar says of the others.
pub(crate) fn matched<'a>(policy: &'a Policy, facts: &Facts) -> Matched<'a> {
    let mut matched = Matched { rules: BTreeMap::new(), errors: BTreeMap::new(), faults: Vec::new() };
    let families = families(facts);
    let mut asked = Vec::new();
    for (id, rule) in policy.rules().iter().filter(|(_, rule)| rule.operations.contains(&facts.operation)) {
        match rule.sieve.sift(facts, &families) {
            Sifted::Out => {}
            Sifted::Matches => drop(matched.rules.insert(id, (rule, false))),
            Sifted::Unknown => asked.push((id, rule)),
        }
    }
    if asked.is_empty() {
        return matched;
    }
    let Ok((request, entities)) = ask(&policy.asking(facts, &families)) else {
        matched.rules = policy.rules().iter().map(|(id, rule)| (id.as_str(), (rule, true))).collect();
        matched.faults.push(Fault::Request);
        return matched;
    };
    let authorizer = Authorizer::new();
    for (id, rule) in asked {
        let Some(alone) = policy.alone(id) else {
            matched.rules.insert(id, (rule, true));
            continue;
        };
        let response = authorizer.is_authorized(&request, alone, &entities);
        if response.diagnostics().reason().next().is_some() {
            matched.rules.insert(id, (rule, false));
        }
        for AuthorizationError::PolicyEvaluationError(error) in response.diagnostics().errors() {
            matched.rules.insert(id, (rule, true));
            matched.errors.insert(id, error.inner().to_string());
            matched.faults.push(Fault::Policy { id: id.clone() });
        }
    }
    matched
}

/// Takes away what exceptions, grants and earlier answers take away.
fn except(policy: &Policy, facts: &Facts, granted: &[Granted], matched: &mut Matched<'_>) -> Vec<Excepted> {
    let mut excepted = Vec::new();
    matched.rules.retain(|id, (rule, erred)| {
        let by = (!*erred).then(|| excepts(policy, facts, granted, id)).flatten();
        excepted.extend(by.map(|by| Excepted {
            policy: rule.id.clone(),
            by: by.to_owned(),
            capture: rule.capture,
        }));
        by.is_none()
    });
    for grant in granted.iter().filter(|grant| !grant.topics.is_empty()) {
        let without = self::matched(policy, &facts.without(&grant.topics));
        matched.rules.retain(|id, (rule, erred)| {
            let stays = *erred || without.rules.contains_key(id);
            if !stays {
                let by = grant.id.clone();
                excepted.push(Excepted { policy: rule.id.clone(), by, capture: rule.capture });
            }
            stays
        });
    }
    excepted.sort_by(|one, other| one.policy.cmp(&other.policy));
    excepted
}

/// What takes the policy `id` away by its name.
fn excepts<'a>(policy: &'a Policy, facts: &Facts, granted: &'a [Granted], id: &str) -> Option<&'a str> {
    let mut exceptions = policy.exceptions().iter();
    let exception = exceptions.find(|one| facts.at.is_some_and(|at| one.covers(id, &facts.user, at)));
    let grant = || granted.iter().find(|grant| grant.policies.contains(id)).map(|grant| grant.id.as_str());
    let answered = || facts.answered.contains(id).then_some(ANSWERED);
    exception.map(|one| one.id.as_str()).or_else(grant).or_else(answered)
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
    let rules = matched.rules.values().filter(|(rule, _)| redacting.contains(rule.id.as_str()));
    let targets: BTreeSet<&RedactTarget> = rules.flat_map(|(rule, _)| &rule.targets).collect();
    targets.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    use cedar_policy::Authorizer;
    use proptest::prelude::*;
    use shared_protocol::{AccountKind, App, Label, Level, Mode, Operation, Topic};

    use crate::request::{ask, families};
    use crate::sieve::Sifted;
    use crate::{Facts, Guardrails, LocalTime, Place, Policy, packs};

    static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
        let packs = packs().iter().map(|pack| Guardrails::read(&pack.files(), false).unwrap().policy);
        packs.chain([Policy::builtin(Mode::Enforce), Policy::closed()]).collect()
    });

    fn facts() -> impl Strategy<Value = Facts> {
        let labels = prop::sample::subsequence(
            vec![
                "pii.email",
                "pii.iban",
                "pii.payment-card",
                "secret.jwt",
                "secret.private-key",
                "health.record-number",
            ],
            0..4,
        );
        let topics = ["custom.patient", "custom.market-sensitive"]
            .map(|name| Topic::try_from(name.to_owned()).unwrap());
        let topics: Vec<Topic> = Topic::BUILTIN.into_iter().chain(topics).collect();
        let level = || prop::sample::select(vec![Level::Low, Level::Medium, Level::High]);
        let levels = || prop::collection::btree_map(prop::sample::select(topics.clone()), level(), 0..5);
        let groups = prop::sample::subsequence(vec!["hr", "engineering", "deal-team", "clinical"], 0..3);
        let accounts = vec![AccountKind::Unknown, AccountKind::Personal, AccountKind::Workspace];
        let around = (
            prop::sample::select(vec!["chatgpt", "claude"]),
            prop::sample::select(accounts),
            any::<[bool; 4]>(),
        );
        (prop::sample::select(Operation::ALL.to_vec()), labels, 1..12_u64, levels(), levels(), groups, around)
            .prop_map(|(operation, labels, times, topics, conversation, groups, (site, account, flags))| {
                let mut facts = Facts::new(operation, App::new(site));
                for label in labels {
                    let label = Label::try_from(label.to_owned()).unwrap();
                    (0..times).for_each(|_| facts.found(&label, [Topic::ContentPii], Place::Text));
                }
                (facts.topics, facts.conversation, facts.account.kind) = (topics, conversation, account);
                facts.user.groups = groups.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
                [facts.temporary, facts.app.sanctioned, facts.workspace_sanctioned, facts.user.verified] =
                    flags;
                facts.local = facts.temporary.then_some(LocalTime { weekday: 6, minute: 90 });
                facts
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// What is known without Cedar is what Cedar says.
        #[test]
        fn the_sieve_agrees_with_cedar(facts in facts()) {
            for policy in &*POLICIES {
                let families = families(&facts);
                let (request, entities) = ask(&policy.asking(&facts, &families)).unwrap();
                for (id, rule) in policy.rules() {
                    let response = Authorizer::new().is_authorized(&request, policy.alone(id).unwrap(), &entities);
                    prop_assert_eq!(response.diagnostics().errors().count(), 0);
                    let matches = response.diagnostics().reason().next().is_some();
                    let sifted = match rule.operations.contains(&facts.operation) {
                        true => rule.sieve.sift(&facts, &families),
                        false => Sifted::Out,
                    };
                    prop_assert!(sifted == Sifted::Unknown || (sifted == Sifted::Matches) == matches, "{}", id);
                }
            }
        }
    }
}
