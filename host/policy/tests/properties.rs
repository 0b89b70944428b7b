//! What holds for any policies and any facts, against an evaluator of its own: some fifty lines that say what a
//! decision means, sharing nothing with the product but the vocabulary.

#![cfg(test)]

use std::collections::BTreeSet;

use host_policy::{Decision, Facts, Place, Policy, permitted};
use proptest::prelude::*;
use shared_protocol::{Action, App, Browser, Label, Level, Mode, Obligation, Operation, Topic};

const LABELS: [&str; 5] = ["pii.email", "pii.payment-card", "pii.phone", "secret.github.pat", "secret.jwt"];
const FAMILIES: [&str; 6] = ["pii", "pii.email", "pii.payment-card", "secret", "secret.github", "secret.jwt"];
const ACTIONS: [Action; 5] = [Action::Coach, Action::Warn, Action::Justify, Action::Redact, Action::Block];

#[derive(Clone, Debug)]
enum Condition {
    Label(&'static str),
    Topic(Topic, u8),
    Group(&'static str),
    Temporary,
    /// Overflows when there is text.
    Overflow,
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

#[derive(Clone, Debug)]
struct Forbid {
    action: Action,
    fallback: Option<Action>,
    mode: Mode,
    scope: Option<Operation>,
    when: Condition,
}

fn word(action: impl serde::Serialize) -> String {
    serde_json::to_value(action).unwrap().as_str().unwrap().to_owned()
}

impl Condition {
    fn text(&self) -> String {
        match self {
            Self::Label(label) => format!("context.labels.contains(\"{label}\")"),
            Self::Topic(topic, level) => {
                format!("context.topics[\"{}\"] >= {level}", String::from(topic.clone()))
            }
            Self::Group(group) => format!("principal in Group::\"{group}\""),
            Self::Temporary => "context.temporary".to_owned(),
            Self::Overflow => "context.text_bytes * 9223372036854775807 > 1".to_owned(),
            Self::Not(inner) => format!("!({})", inner.text()),
            Self::And(one, other) => format!("({} && {})", one.text(), other.text()),
            Self::Or(one, other) => format!("({} || {})", one.text(), other.text()),
        }
    }

    /// `None` is an error.
    fn holds(&self, facts: &Facts) -> Option<bool> {
        match self {
            Self::Label(family) => Some(facts.labels.keys().any(|label| within(label.as_str(), family))),
            Self::Topic(topic, level) => {
                Some(facts.topics.get(topic).copied().unwrap_or(Level::None).number() >= *level)
            }
            Self::Group(group) => Some(facts.user.groups.contains(*group)),
            Self::Temporary => Some(facts.temporary),
            Self::Overflow => match facts.text_bytes {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            },
            Self::Not(inner) => inner.holds(facts).map(|holds| !holds),
            Self::And(one, other) => {
                if one.holds(facts)? {
                    other.holds(facts)
                } else {
                    Some(false)
                }
            }
            Self::Or(one, other) => {
                if one.holds(facts)? {
                    Some(true)
                } else {
                    other.holds(facts)
                }
            }
        }
    }

    /// Labels and topics that speak for a match.
    fn targets(&self, positive: bool) -> BTreeSet<String> {
        match self {
            Self::Label(label) if positive => BTreeSet::from([(*label).to_owned()]),
            // At least none is always true, and asks for nothing in particular when turned round either.
            Self::Topic(topic, _) if positive => BTreeSet::from([String::from(topic.clone())]),
            Self::Label(_) | Self::Topic(..) | Self::Group(_) | Self::Temporary | Self::Overflow => {
                BTreeSet::new()
            }
            Self::Not(inner) => inner.targets(!positive),
            Self::And(one, other) | Self::Or(one, other) => &one.targets(positive) | &other.targets(positive),
        }
    }
}

impl Forbid {
    fn text(&self, id: usize) -> String {
        let fallback =
            self.fallback.map(|action| format!("@fallback(\"{}\") ", word(action))).unwrap_or_default();
        let scope = self
            .scope
            .map_or("action".to_owned(), |operation| format!("action == Action::\"{}\"", word(operation)));
        format!(
            "@id(\"p{id}\") @action(\"{}\") {fallback}@mode(\"{}\") @message(\"m\")\nforbid (principal, {scope}, resource) when {{ {} }};\n",
            word(self.action),
            word(self.mode),
            self.when.text()
        )
    }

    /// What it asks for, if it matches.
    fn asks(&self, facts: &Facts) -> Option<Action> {
        let in_scope = self.scope.is_none_or(|scope| scope == facts.operation);
        if !in_scope || self.when.holds(facts) == Some(false) {
            return None;
        }
        let table = permitted(facts.operation);
        let targets = self.when.targets(true);
        let covered: Vec<_> = facts
            .labels
            .iter()
            .filter(|(label, found)| {
                targets.iter().any(|target| within(label.as_str(), target))
                    || found.topics.iter().any(|topic| targets.contains(&String::from(topic.clone())))
            })
            .map(|(_, found)| found)
            .collect();
        let takes_out = covered.iter().map(|found| found.spans).sum::<u64>() > 0
            && covered.iter().map(|found| found.names).sum::<u64>() == 0
            && table.contains(&Action::Redact);
        let wanted = match self.action {
            Action::Redact if !takes_out => self.fallback.unwrap_or(Action::Block),
            other => other,
        };
        let stricter = table.iter().copied().filter(|action| *action >= wanted).min();
        stricter.or(table.iter().copied().max())
    }
}

fn within(label: &str, family: &str) -> bool {
    label == family || label.starts_with(&format!("{family}."))
}

/// The label and the obligations that follow from what is asked for.
fn reference<'a>(policies: impl Iterator<Item = &'a Forbid>, facts: &Facts) -> (Action, BTreeSet<Action>) {
    let asked: BTreeSet<Action> = policies.filter_map(|policy| policy.asks(facts)).collect();
    let label = asked.iter().copied().max().unwrap_or(Action::Allow);
    (label, if label == Action::Block { BTreeSet::new() } else { asked })
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        4 => prop::sample::select(FAMILIES.to_vec()).prop_map(Condition::Label),
        3 => (prop::sample::select(Topic::BUILTIN.to_vec()), 1..4_u8).prop_map(|(t, l)| Condition::Topic(t, l)),
        1 => prop::sample::select(vec!["hr", "all"]).prop_map(Condition::Group),
        1 => Just(Condition::Temporary),
        1 => Just(Condition::Overflow),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Condition::Not(Box::new(one))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner).prop_map(|(a, b)| Condition::Or(Box::new(a), Box::new(b))),
        ]
    })
}

fn forbid() -> impl Strategy<Value = Forbid> {
    let fallback = prop::option::of(prop::sample::select(vec![Action::Coach, Action::Warn, Action::Block]));
    let mode = prop_oneof![4 => Just(Mode::Enforce), 1 => Just(Mode::Monitor)];
    let scope = prop::option::weighted(0.3, prop::sample::select(Operation::ALL.to_vec()));
    (prop::sample::select(ACTIONS.to_vec()), fallback, mode, scope, condition()).prop_map(
        |(action, fallback, mode, scope, when)| Forbid {
            fallback: fallback.filter(|_| action == Action::Redact),
            // What the check refuses is changed into what it takes.
            scope: scope.filter(|scope| permitted(*scope).contains(&action)),
            when: match action == Action::Redact && when.targets(true).is_empty() {
                true => Condition::And(Box::new(when), Box::new(Condition::Label("pii"))),
                false => when,
            },
            action,
            mode,
        },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    let labels = prop::collection::vec((prop::sample::select(LABELS.to_vec()), any::<bool>()), 0..4);
    let topics = prop::collection::vec(
        (
            prop::sample::select(Topic::BUILTIN.to_vec()),
            prop::sample::select(vec![Level::Low, Level::Medium, Level::High]),
        ),
        0..4,
    );
    let words = || prop::collection::btree_set(any::<String>(), 0..3);
    let groups = prop::collection::btree_set(prop::sample::select(vec!["hr", "all", "other"]), 0..3);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let size = prop_oneof![Just(0_u64), Just(1), Just(2), any::<u64>()];
    let rest = (
        any::<String>(),
        prop::option::of(any::<String>()),
        words(),
        words(),
        size,
        prop::option::of(Just(Browser::Firefox)),
    );
    (prop::sample::select(Operation::ALL.to_vec()), labels, topics, groups, flags, rest).prop_map(
        |(operation, labels, topics, groups, flags, (name, model, connectors, tools, bytes, browser))| {
            let mut facts = Facts::new(operation, App::new("chatgpt"));
            for (label, in_name) in labels {
                let label = Label::try_from(label.to_owned()).unwrap();
                let topic = match label.as_str().starts_with("pii") {
                    true => Topic::ContentPii,
                    false => Topic::ContentCredentials,
                };
                facts.found(&label, [topic], if in_name { Place::Name } else { Place::Text });
            }
            facts.topics = topics.into_iter().collect();
            facts.user.groups = groups.into_iter().map(str::to_owned).collect();
            (facts.temporary, facts.logged_out, facts.private_window, facts.app.sanctioned) = flags;
            facts.user.id = name.clone();
            facts.user.email = model.clone();
            facts.account.workspace = model.clone();
            (facts.model, facts.connectors, facts.tools) = (model, connectors, tools);
            (facts.text_bytes, facts.browser, facts.app.category) = (bytes, browser, name);
            facts
        },
    )
}

/// The policy, unless Cedar sees that one of them can never match: random conditions do exclude each other.
fn policy(policies: &[Forbid], mode: Mode) -> Option<Policy> {
    let text: String = policies.iter().enumerate().map(|(id, policy)| policy.text(id)).collect();
    match Policy::parse(&text, mode) {
        Ok(policy) => Some(policy),
        Err(error) => {
            assert!(
                error.problems.iter().all(|problem| problem.message.contains("never match")),
                "{error}\n{text}"
            );
            None
        }
    }
}

fn owed(decision: &Decision) -> BTreeSet<Action> {
    decision.obligations.iter().map(|obligation: &Obligation| obligation.action()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn decides_as_the_reference_does(policies in prop::collection::vec(forbid(), 0..6), facts in facts()) {
        let Some(policy) = policy(&policies, Mode::Enforce) else { return Ok(()) };
        let decision = policy.decide(&facts);
        let (action, obligations) = reference(policies.iter().filter(|one| one.mode == Mode::Enforce), &facts);
        prop_assert_eq!(decision.action, action);
        prop_assert_eq!(owed(&decision), obligations);
        let watching = policies.iter().any(|one| one.mode == Mode::Monitor && one.asks(&facts).is_some());
        prop_assert_eq!(decision.would, watching.then(|| reference(policies.iter(), &facts).0));
        prop_assert_eq!(decision.redact.is_empty(), decision.obligations.last() != Some(&Obligation::Redact));
        let erring = policies.iter().filter(|one| {
            one.scope.is_none_or(|scope| scope == facts.operation) && one.when.holds(&facts).is_none()
        });
        prop_assert_eq!(decision.faults.len(), erring.count());
    }

    #[test]
    fn one_more_policy_never_loosens(
        policies in prop::collection::vec(forbid(), 0..5), more in forbid(), facts in facts(),
    ) {
        let all: Vec<Forbid> = policies.iter().cloned().chain([more]).collect();
        let (Some(few), Some(all)) = (policy(&policies, Mode::Enforce), policy(&all, Mode::Enforce)) else {
            return Ok(());
        };
        let (few, all) = (few.decide(&facts), all.decide(&facts));
        prop_assert!(all.action >= few.action);
        if all.action != Action::Block {
            prop_assert!(owed(&all).is_superset(&owed(&few)));
            prop_assert!(few.redact.iter().all(|target| all.redact.contains(target)));
        }
    }

    #[test]
    fn order_never_matters(policies in prop::collection::vec(forbid(), 0..6), facts in facts()) {
        let text = |policies: Vec<String>| Policy::parse(&policies.concat(), Mode::Enforce).ok();
        let texts: Vec<String> = policies.iter().enumerate().map(|(id, policy)| policy.text(id)).collect();
        let turned = texts.iter().rev().cloned().collect();
        let decide = |policy: Option<Policy>| policy.map(|policy| policy.decide(&facts));
        prop_assert_eq!(decide(text(texts)), decide(text(turned)));
    }

    #[test]
    fn only_what_is_possible_is_decided(policies in prop::collection::vec(forbid(), 1..6), facts in facts()) {
        let Some(policy) = policy(&policies, Mode::Enforce) else { return Ok(()) };
        let decision = policy.decide(&facts);
        let table = permitted(facts.operation);
        prop_assert!(table.contains(&decision.action));
        prop_assert!(owed(&decision).iter().all(|action| table.contains(action)));
        prop_assert!(decision.policies.iter().all(|one| table.contains(&one.action)));
    }

    #[test]
    fn what_only_watches_does_nothing(policies in prop::collection::vec(forbid(), 0..5), facts in facts()) {
        let (Some(watching), Some(acting)) = (policy(&policies, Mode::Monitor), policy(&policies, Mode::Enforce)) else {
            return Ok(());
        };
        let (watching, acting) = (watching.decide(&facts), acting.decide(&facts));
        prop_assert_eq!(watching.action, Action::Allow);
        prop_assert!(watching.obligations.is_empty() && watching.redact.is_empty());
        let would = acting.would.unwrap_or(acting.action);
        prop_assert_eq!(watching.would.unwrap_or(Action::Allow), would);
    }

    #[test]
    fn facts_are_kept_as_they_are(facts in facts()) {
        let bytes = facts.to_bytes();
        let read = Facts::from_bytes(&bytes).unwrap();
        prop_assert_eq!(&read, &facts);
        prop_assert_eq!(read.to_bytes(), bytes);
    }

    #[test]
    fn no_text_makes_the_check_panic(text in "[@a-z(){};\"\\\\./= \n]{0,60}|\\PC{0,60}") {
        let _ = Policy::parse(&text, Mode::Enforce);
        let annotated = format!("@id(\"a\") @action(\"redact\") forbid (principal, action, resource) when {{ {text} }};");
        let _ = Policy::parse(&annotated, Mode::Enforce);
    }
}

#[test]
fn other_bytes_are_no_facts() {
    let good = String::from_utf8(Facts::new(Operation::SendPrompt, App::new("claude")).to_bytes()).unwrap();
    assert!(good.starts_with("{\"version\":1,\"operation\":\"send-prompt\""), "{good}");
    for bad in [
        good.replacen("\"version\":1", "\"version\":2", 1),
        good.replacen("send-prompt", "send-promt", 1),
        good.replacen('{', "{\"extra\":1,", 1),
        good.chars().take(40).collect(),
        String::new(),
    ] {
        let error = Facts::from_bytes(bad.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("facts"), "{error}");
    }
}
