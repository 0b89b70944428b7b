//! Names for values: one each, the same again, never one that is taken; and what leaves is what was decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use host_policy::Policy;
use proptest::prelude::*;
use shared_protocol::{
    Action, Edit, Judge, Level, Mode, Operation, Outcome, Part, PartKind, Placeholder, Prompt, Reading, Topic,
};

use super::{FailSettings, Snapshot, ask, judge, snapshot};

const REDACTING: &str = "
@id(\"people\") @action(\"redact\") @message(\"m\")
forbid (principal, action, resource) when { context.labels.containsAny([\"pii.email\", \"pii.phone\", \"pii.payment-card\"]) };
";

static SNAPSHOT: LazyLock<Snapshot> =
    LazyLock::new(|| snapshot(Policy::parse(REDACTING, Mode::Enforce).unwrap(), FailSettings::OPEN));

fn prompt(texts: &[String]) -> Prompt {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts = texts
        .iter()
        .map(|text| Part { kind: PartKind::Text, name: None, text: text.as_str().into() })
        .collect();
    prompt
}

fn edits(prompt: &Prompt, placeholders: &[Placeholder]) -> Vec<Edit> {
    let ask = Judge { placeholders: placeholders.to_vec(), ..ask(Reading::Prompt(prompt.clone())) };
    judge(&SNAPSHOT, &ask).verdict.edits
}

/// What each name stands for, as an extension learns it.
fn learnt(prompt: &Prompt, edits: &[Edit]) -> Vec<(String, String)> {
    let value = |edit: &Edit| {
        let text = prompt.parts[edit.part].text.expose().chars();
        text.skip(edit.start).take(edit.end - edit.start).collect::<String>()
    };
    edits.iter().map(|edit| (edit.replacement.clone(), value(edit))).collect()
}

fn known(name: &str, value: &str) -> Placeholder {
    Placeholder { name: name.to_owned(), value: value.into() }
}

fn names(text: &str, placeholders: &[Placeholder]) -> Vec<String> {
    edits(&prompt(&[text.to_owned()]), placeholders).into_iter().map(|edit| edit.replacement).collect()
}

#[test]
fn kinds_are_counted_apart_and_a_value_keeps_its_name() {
    let text = "jane@example.com, joe@example.com, 4111 1111 1111 1111, again jane@example.com";
    assert_eq!(names(text, &[]), ["[EMAIL_1]", "[EMAIL_2]", "[CARD_1]", "[EMAIL_1]"]);
    let before = [known("[EMAIL_1]", "ann@example.com"), known("[EMAIL_2]", "jane@example.com")];
    assert_eq!(names(text, &before), ["[EMAIL_2]", "[EMAIL_3]", "[CARD_1]", "[EMAIL_2]"]);
}

#[test]
fn a_name_that_is_forgotten_or_typed_by_somebody_is_taken() {
    // Forgotten: nobody knows what 4 stood for.
    assert_eq!(names("jane@example.com", &[known("[EMAIL_4]", "")]), ["[EMAIL_5]"]);
    assert_eq!(names("as in [EMAIL_1]: jane@example.com", &[]), ["[EMAIL_2]"]);
    // Of another kind, whatever it begins with.
    assert_eq!(names("jane@example.com", &[known("[EMAIL_ADDRESS_4]", "x")]), ["[EMAIL_1]"]);
}

#[test]
fn redacted_text_is_decided_again_as_it_leaves() {
    let ask = Judge {
        placeholders: vec![known("[EMAIL_41]", "ann@example.com")],
        ..ask(Reading::Prompt(prompt(&["write to jane@example.com".to_owned()])))
    };
    let judgement = judge(&SNAPSHOT, &ask);
    assert_eq!((judgement.verdict.outcome, judgement.verdict.action), (Outcome::Ask, Action::Redact));
    let facts = judgement.redacted.unwrap();
    let leaves = "write to [EMAIL_42]";
    assert_eq!(facts.text_bytes, u64::try_from(leaves.len()).unwrap());
    assert!(facts.topics.get(&Topic::ContentPii).is_none_or(|level| *level == Level::None));
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("jane@example.com".to_owned()),
        Just("joe@example.com".to_owned()),
        Just("4111 1111 1111 1111".to_owned()),
        Just("call +1 415-555-0132".to_owned()),
        Just("[EMAIL_1]".to_owned()),
        Just("[CARD_2]".to_owned()),
        "[a-z ]{1,12}",
        "é😀\n",
    ];
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Over the turns of a conversation a name means one value, a value has one name, and the originals can be put
    /// back whatever else the text says.
    #[test]
    fn names_are_one_to_one_over_a_conversation(turns in prop::collection::vec(text(), 1..4)) {
        let mut table: Vec<Placeholder> = Vec::new();
        let (mut of_name, mut of_value) = (BTreeMap::new(), BTreeMap::new());
        for turn in turns {
            let prompt = prompt(std::slice::from_ref(&turn));
            let made = edits(&prompt, &table);
            let typed: BTreeSet<&str> = ["[EMAIL_1]", "[CARD_2]"].into_iter().filter(|name| turn.contains(name)).collect();
            for (name, value) in learnt(&prompt, &made) {
                let known_before = table.iter().any(|known| known.name == name);
                prop_assert!(known_before || !typed.contains(name.as_str()), "{name} was typed");
                prop_assert_eq!(of_name.entry(name.clone()).or_insert_with(|| value.clone()), &value);
                prop_assert_eq!(of_value.entry(value.clone()).or_insert_with(|| name.clone()), &name);
                if !known_before {
                    table.push(known(&name, &value));
                }
            }
            // What leaves holds nothing that the policy is about.
            let left = prompt.edited(&made);
            prop_assert_eq!(edits(&left, &table), vec![]);
        }
    }
}
