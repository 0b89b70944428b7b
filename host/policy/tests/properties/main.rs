//! What holds for any policies and any facts, against an evaluator of its own (`reference.rs`).
//!
//! `PROPTEST_CASES` says how many cases each property tries, such as for an hour of them:
//! `PROPTEST_CASES=500000 cargo test --release -p host-policy --test properties`.

#![cfg(test)]

mod arbitrary;
mod reference;

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::{exceptions, facts, forbids, grants, policy};
use host_policy::{Decision, Explained, Facts, Files, Guardrails, Place, Policy, RedactTarget, Standing};
use proptest::prelude::*;
use reference::{Condition, Forbid, Verdict, What, Who, decide, table};
use shared_protocol::{Action, App, Capture, Label, Mode, Obligation, Operation, Topic};

/// A decision in the reference's form.
fn verdict(decision: &Decision) -> Verdict {
    let name = |target: &RedactTarget| match target {
        RedactTarget::Label(label) => label.clone(),
        RedactTarget::Topic(topic) => String::from(topic.clone()),
    };
    let matched = decision.policies.iter();
    Verdict {
        action: decision.action,
        owed: owed(decision),
        matched: matched.clone().map(|policy| (policy.id.clone(), policy.action)).collect(),
        erred: matched.filter(|policy| policy.erred).map(|policy| policy.id.clone()).collect(),
        excepted: decision.excepted.iter().map(|one| (one.policy.clone(), one.by.clone())).collect(),
        would: decision.would,
        redact: decision.redact.iter().map(name).collect(),
        capture: decision.capture(Capture::Full),
    }
}

fn owed(decision: &Decision) -> BTreeSet<Action> {
    decision.obligations.iter().map(|obligation: &Obligation| obligation.action()).collect()
}

/// At least as strict in everything: label, obligations and what is taken out.
fn at_least(strict: &Decision, loose: &Decision) -> bool {
    let blocks = strict.action == Action::Block;
    strict.action >= loose.action
        && (blocks || owed(strict).is_superset(&owed(loose)))
        && (blocks || loose.redact.iter().all(|target| strict.redact.contains(target)))
}

fn cases(usual: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(usual),
    }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn decides_as_the_reference_does(
        policies in forbids(0..6), exceptions in exceptions(), grants in grants(), kill_switch: bool, facts in facts(),
    ) {
        let mode = if kill_switch { Mode::Monitor } else { Mode::Enforce };
        let Some(policy) = policy(&policies, mode) else { return Ok(()) };
        let policy = policy.with_exceptions(exceptions.clone().into());
        let decision = policy.decide_granted(&facts, &grants);
        prop_assert_eq!(verdict(&decision), decide(&policies, kill_switch, &exceptions, &grants, &facts));
        prop_assert_eq!(decision.faults.len(), decision.policies.iter().filter(|one| one.erred).count());
    }

    #[test]
    fn one_more_policy_never_loosens(policies in forbids(1..6), facts in facts()) {
        let less = policies.get(..policies.len() - 1).unwrap();
        let (Some(few), Some(all)) = (policy(less, Mode::Enforce), policy(&policies, Mode::Enforce)) else {
            return Ok(());
        };
        prop_assert!(at_least(&all.decide(&facts), &few.decide(&facts)));
    }

    #[test]
    fn neither_order_nor_file_matters(policies in forbids(1..6), facts in facts()) {
        let texts: Vec<String> = policies.iter().map(Forbid::text).collect();
        let turned: Vec<String> = texts.iter().rev().cloned().collect();
        let decide = |policy: Option<Policy>| policy.map(|policy| policy.decide(&facts));
        let one = decide(Policy::parse(&texts.concat(), Mode::Enforce).ok());
        prop_assert_eq!(&one, &decide(Policy::parse(&turned.concat(), Mode::Enforce).ok()));
        // Text that is kept needs somebody who can open it.
        let key = format!("recipients = [\"{}=\"]", "A".repeat(43));
        let files = texts.iter().enumerate().map(|(at, text)| (format!("policy/{at}.cedar"), text.clone()));
        let files: Files = files.chain([("settings.toml".to_owned(), key)]).map(|(path, text)| (path, text.into())).collect();
        prop_assert_eq!(&one, &decide(Guardrails::read(&files, false).ok().map(|read| read.policy)));
    }

    #[test]
    fn redaction_never_drops_another_obligation(policies in forbids(1..6), facts in facts()) {
        // One that redacts, beside others that do not block, and something in the text for it.
        let (mut policies, mut facts) = (policies, facts);
        for one in policies.iter_mut().filter(|one| one.action == Action::Block) {
            (one.action, one.what) = (Action::Justify, What::Anything);
        }
        policies.push(Forbid {
            id: "redacts".to_owned(),
            action: Action::Redact,
            fallback: None,
            mode: Mode::Enforce,
            capture: None,
            who: Who::Anyone,
            what: What::Anything,
            site: None,
            clauses: vec![(false, Condition::Label("pii.email"))],
        });
        facts.operation = Operation::SendPrompt;
        facts.found(&Label::try_from("pii.email".to_owned()).unwrap(), [Topic::ContentPii], Place::Text);
        facts.labels.values_mut().for_each(|found| found.names = 0);
        let Some(policy) = policy(&policies, Mode::Enforce) else { return Ok(()) };
        let first = policy.decide(&facts);
        prop_assume!(first.obligations.contains(&Obligation::Redact));
        // What was found and is taken out is not found again; what it was evidence for may be less than before.
        let mut left = facts;
        left.labels.retain(|label, found| !first.redacts(label, &found.topics.iter().cloned().collect::<Vec<_>>()));
        for (topic, level) in left.topics.clone() {
            if first.redact.contains(&RedactTarget::Topic(topic.clone())) && level > shared_protocol::Level::None {
                left.topics.remove(&topic);
            }
        }
        let again = policy.decide(&left);
        let settled = first.clone().after_redaction(again.clone());
        if again.action == Action::Block || owed(&again).contains(&Action::Redact) {
            prop_assert_eq!(settled.action, Action::Block);
            prop_assert!(settled.obligations.is_empty() && settled.redact.is_empty());
        } else {
            prop_assert_eq!(settled.action, Action::Redact);
            prop_assert_eq!(&settled.redact, &first.redact);
            let wanted: BTreeSet<Action> = owed(&again).into_iter().chain([Action::Redact]).collect();
            prop_assert_eq!(owed(&settled), wanted);
        }
    }

    #[test]
    fn an_exception_a_grant_or_an_answer_never_tightens(
        policies in forbids(1..6), exceptions in exceptions(), grants in grants(), facts in facts(),
    ) {
        let Some(plain) = policy(&policies, Mode::Enforce) else { return Ok(()) };
        let mut unanswered = facts.clone();
        unanswered.answered.clear();
        let before = plain.decide(&unanswered);
        let after = plain.with_exceptions(exceptions.into()).decide_granted(&facts, &grants);
        prop_assert!(at_least(&before, &after));
        // Nothing vanishes, and what erred stays.
        let gone: BTreeSet<&str> = after.excepted.iter().map(|one| one.policy.as_str()).collect();
        for policy in &before.policies {
            let stays = after.policies.contains(policy);
            prop_assert_ne!(stays, gone.contains(policy.id.as_str()));
            prop_assert!(stays || !policy.erred);
        }
        prop_assert_eq!(before.policies.len(), after.policies.len() + after.excepted.len());
        // Keeping less is never lifted.
        let capture = |decision: &Decision| decision.capture(Capture::Full);
        prop_assert_eq!(capture(&before).both(capture(&after)), capture(&after).both(capture(&before)));
    }

    #[test]
    fn only_what_is_possible_is_decided(policies in forbids(1..6), facts in facts()) {
        let Some(policy) = policy(&policies, Mode::Enforce) else { return Ok(()) };
        let decision = policy.decide(&facts);
        let table = table(facts.operation);
        prop_assert!(table.contains(&decision.action));
        prop_assert!(owed(&decision).iter().all(|action| table.contains(action)));
        prop_assert!(decision.policies.iter().all(|one| table.contains(&one.action)));
    }

    #[test]
    fn what_only_watches_does_nothing(policies in forbids(0..5), facts in facts()) {
        let (Some(watching), Some(acting)) = (policy(&policies, Mode::Monitor), policy(&policies, Mode::Enforce)) else {
            return Ok(());
        };
        let (watching, acting) = (watching.decide(&facts), acting.decide(&facts));
        prop_assert_eq!(watching.action, Action::Allow);
        prop_assert!(watching.obligations.is_empty() && watching.redact.is_empty());
        prop_assert!(watching.policies.iter().all(|policy| policy.mode == Mode::Monitor));
        let would = acting.would.unwrap_or(acting.action);
        prop_assert_eq!(watching.would.unwrap_or(Action::Allow), would);
    }

    #[test]
    fn what_is_explained_is_what_was_decided(
        policies in forbids(1..5), exceptions in exceptions(), grants in grants(), facts in facts(),
    ) {
        let Some(policy) = policy(&policies, Mode::Enforce) else { return Ok(()) };
        let policy = policy.with_exceptions(exceptions.into());
        let decision = policy.decide_granted(&facts, &grants);
        let explained = policy.explain(&facts, &grants);
        prop_assert_eq!(explained.len(), policies.len());
        let matched: BTreeMap<&str, Mode> = decision.policies.iter().map(|one| (one.id.as_str(), one.mode)).collect();
        for Explained { id, standing } in &explained {
            let forbid = policies.iter().find(|forbid| forbid.id == *id).unwrap();
            let mode = matched.get(id.as_str());
            let fits = match standing {
                Standing::Acts => mode == Some(&Mode::Enforce),
                Standing::Watches => mode == Some(&Mode::Monitor),
                Standing::Erred { .. } => mode.is_some() && forbid.matches(&facts).is_none(),
                Standing::Excepted { .. } => mode.is_none() && forbid.matches(&facts) == Some(true),
                Standing::OutOfScope(scopes) => mode.is_none() && !scopes.is_empty() && forbid.matches(&facts) == Some(false),
                // Something is always named.
                Standing::ConditionFalse { because } => mode.is_none() && !because.is_empty() && forbid.matches(&facts) == Some(false),
            };
            prop_assert!(fits, "{} {:?}\n{}", id, standing, forbid.text());
        }
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

    #[test]
    fn no_file_makes_reading_panic(
        path in prop::sample::select(vec![
            "settings.toml", "topics.toml", "exceptions.toml", "messages/de.toml", "stories/a.toml", "policy/a.cedar", "x",
        ]),
        text in "(\\[{0,2}[a-z._]{0,12}\\]{0,2}\n?|[a-z_]{1,10} = [\"a-z0-9:{}\\[\\], T.-]{0,20}\n){0,6}|\\PC{0,40}",
        bytes in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let whole: Vec<u8> = text.into_bytes().into_iter().chain(bytes).collect();
        let _ = Guardrails::read(&Files::from([(path.to_owned(), whole)]), false);
    }
}

/// What rows hold that were written before there was a second version.
#[test]
fn facts_of_version_1_are_read_and_written_as_they_were() {
    let old = r#"{"version":1,"operation":"send-prompt","app":{"id":"claude","category":"","sanctioned":false},"user":{"id":"noor","groups":["hr"],"risk":"none","enrolled":false},"topics":{"content.pii":"high"},"labels":{},"account":{"kind":"unknown"},"temporary":false,"logged_out":false,"connectors":[],"tools":[],"attachments":{"count":0,"types":[]},"private_window":false,"text_bytes":7}"#;
    let facts = Facts::from_bytes(old.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(facts.to_bytes()).unwrap(), old);
    let mut known = facts.clone();
    known.at = Some(1);
    let newer = String::from_utf8(known.to_bytes()).unwrap();
    assert!(newer.starts_with("{\"version\":2,") && newer.ends_with(",\"at\":1}"), "{newer}");
    assert_eq!(Facts::from_bytes(newer.as_bytes()).unwrap(), known);
    known.conversation_labels.insert("pii.email".to_owned().try_into().unwrap(), 2);
    let newest = String::from_utf8(known.to_bytes()).unwrap();
    assert!(newest.starts_with("{\"version\":3,"), "{newest}");
    assert_eq!(Facts::from_bytes(newest.as_bytes()).unwrap(), known);
    known.conversation_labels.clear();
    known.answered.insert("p".to_owned());
    let answered = String::from_utf8(known.to_bytes()).unwrap();
    assert!(
        answered.starts_with("{\"version\":3,") && answered.ends_with(",\"answered\":[\"p\"]}"),
        "{answered}"
    );
    assert_eq!(Facts::from_bytes(answered.as_bytes()).unwrap(), known);
    // A version that does not need to be one, or cannot be.
    for bad in [
        old.replacen(":1", ":2", 1),
        newer.replacen(":2", ":1", 1),
        newer.replacen(":2", ":3", 1),
        newest.replacen(":3", ":2", 1),
        answered.replacen(":3", ":2", 1),
        old.replacen(":1", ":4", 1),
    ] {
        Facts::from_bytes(bad.as_bytes()).unwrap_err();
    }
}

#[test]
fn other_bytes_are_no_facts() {
    let good = String::from_utf8(Facts::new(Operation::SendPrompt, App::new("claude")).to_bytes()).unwrap();
    assert!(good.starts_with("{\"version\":1,\"operation\":\"send-prompt\""), "{good}");
    for bad in [
        good.replacen("send-prompt", "send-promt", 1),
        good.replacen('{', "{\"extra\":1,", 1),
        good.chars().take(40).collect(),
        String::new(),
    ] {
        let error = Facts::from_bytes(bad.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("facts"), "{error}");
    }
}
