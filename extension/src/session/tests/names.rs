//! Names for what redaction took out: shown before, kept for the conversation, put back for the person alone.

use shared_protocol::{Action, Choice, Edit, Outcome, Placeholder, ToExtension, ToHost, Verdict};
use shared_sites::Body;

use super::*;
use crate::ui::model::{FromReader, ReaderModel, ToReader};

/// An answer in the conversation `c1` that uses the name it was given, and one that nobody gave.
const ANSWER: &str = concat!(
    "event: delta_encoding\ndata: \"v1\"\n\n",
    "event: delta\ndata: {\"c\":0,\"p\":\"\",\"o\":\"add\",\"v\":{\"message\":{\"id\":\"m1\",\"author\":{\"role\":\"assistant\"},",
    "\"recipient\":\"all\",\"content\":{\"content_type\":\"text\",\"parts\":[\"\"]},\"status\":\"in_progress\"},",
    "\"conversation_id\":\"c1\"}}\n\n",
    "event: delta\ndata: {\"p\":\"/message/content/parts/0\",\"o\":\"append\",\"v\":\"As for [CARD\"}\n\n",
    "event: delta\ndata: {\"v\":\"_1]: [CARD_2] is not yours.\"}\n\n",
    "data: {\"type\":\"message_stream_complete\",\"conversation_id\":\"c1\"}\n\n",
    "data: [DONE]\n\n",
);

fn model_of(effects: &[Effect]) -> Option<ReaderModel> {
    effects.iter().find_map(|effect| match effect {
        Effect::ToPort { message: ToPort::Reader(ToReader::Model { reader: Some(reader) }), .. } => {
            Some(*reader.clone())
        }
        _ => None,
    })
}

fn names(effects: &[ToHost]) -> Vec<Placeholder> {
    let judge = effects.iter().find_map(|said| match said {
        ToHost::Judge(judge) => Some(judge.placeholders.clone()),
        _ => None,
    });
    judge.unwrap()
}

/// A prompt that was redacted, let go and answered.
fn answered() -> Script {
    let mut script = Script::with_host(enforcing());
    let held = script.hold(&event(1), send("pay 4111 1111 1111 1111 now"));
    assert_eq!(names(&script.host_hears(&held)), []);
    script.host(&redact(&event(1), 4, 23));
    script.card_opens(&event(1));
    script.choose(Choice::Redact { reason: None });
    script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    script.relay(FromRelay::Head {
        event: event(1),
        head: Head { status: 200, content_type: "text/event-stream".to_owned() },
    });
    script.chunk(&event(1), ANSWER);
    script.relay(FromRelay::End { event: event(1), reason: CopyEnd::End });
    script
}

fn reads(script: &mut Script) -> Option<ReaderModel> {
    let said = FromReader::Open { token: event(1) };
    let effects = script.happen(Event::Reader { port: 300, said });
    model_of(&effects)
}

#[test]
fn what_leaves_is_shown_to_the_letter() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("pay 4111 1111 1111 1111 now"));
    script.host(&redact(&event(1), 4, 23));
    let model = script.card_opens(&event(1));
    let shown: String =
        model.leaves.iter().flat_map(|part| &part.pieces).map(|piece| piece.text.expose()).collect();
    assert_eq!(shown, "pay [CARD_1] now");
    script.choose(Choice::Redact { reason: None });
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    let said = words(&gone);
    let [ToRelay::SendThis { body: Body::Text { text }, .. }] = &said[..] else { panic!("{said:?}") };
    assert!(text.expose().contains(&format!("[\"{shown}\"]")), "another text leaves");
}

#[test]
fn a_table_with_a_name_in_every_line_leaves_as_it_was_shown() {
    let lines = 20_000;
    let line = |at: usize| format!("{at:05},person-{at:05}@example.com\n");
    let text: String = (0..lines).map(line).collect();
    let length = line(0).len();
    let edit = |at: usize| Edit {
        part: 0,
        start: at * length + 6,
        end: (at + 1) * length - 1,
        replacement: format!("[EMAIL_{}]", at + 1),
    };
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send(&text));
    let edits = (0..lines).map(edit).collect();
    let asked = Verdict { edits, ..verdict(&event(1), Outcome::Ask, Action::Redact) };
    script.host(&ToExtension::Verdict(Box::new(asked)));
    script.card_opens(&event(1));
    script.choose(Choice::Redact { reason: None });
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    let said = words(&gone);
    let [ToRelay::SendThis { body: Body::Text { text }, .. }] = &said[..] else { panic!("not sent") };
    let edited: String = (0..lines).map(|at| format!("{at:05},[EMAIL_{}]\\n", at + 1)).collect();
    assert!(text.expose().contains(&edited), "another text leaves");
}

#[test]
fn a_conversation_keeps_its_names_and_the_host_is_told_of_them() {
    let mut script = answered();
    let held = script.hold(&event(2), send_after("and 4111 1111 1111 1111?", Some("c1"), "m1"));
    let told = names(&script.host_hears(&held));
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].name.as_str(), told[0].value.expose()), ("[CARD_1]", "4111 1111 1111 1111"));
    // Another conversation has its own.
    let held = script.hold(&event(3), send_after("and this?", Some("c2"), "m1"));
    assert_eq!(names(&script.host_hears(&held)), []);
}

#[test]
fn a_name_that_another_request_was_given_first_is_asked_about_again() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("pay 4111 1111 1111 1111 now"));
    script.hold(&event(2), send("pay 5555 5555 5555 4444 now"));
    script.host(&redact(&event(1), 4, 23));
    let again = script.host(&redact(&event(2), 4, 23));
    let told = names(&script.host_hears(&again));
    assert_eq!(told.len(), 1);
    assert!(!card_shown(&again));
}

#[test]
fn an_answer_can_be_read_with_its_originals_and_the_page_gets_none_of_them() {
    let mut script = answered();
    let model = script.card_opens(&event(1));
    assert_eq!((model.stage, model.readable), (Stage::Answer, true));
    assert!(!serde_json::to_string(&model).unwrap().contains("4111"));
    let pressed = script.card(FromCard::Read);
    assert!(pressed.iter().any(|effect| matches!(effect, Effect::OpenReader { .. })));
    let reader = reads(&mut script).unwrap();
    let text: String = reader.pieces.iter().map(|piece| piece.text.expose()).collect();
    assert_eq!(text, "As for 4111 1111 1111 1111: [CARD_2] is not yours.");
    // All that was said to the page's relay.
    for effect in &script.effects {
        if let Effect::ToPort { port: PAGE, message } = effect {
            assert!(!serde_json::to_string(message).unwrap().contains("4111"), "the page hears of it");
        }
    }
}

#[test]
fn a_tab_that_is_closed_takes_its_names_and_answers_along() {
    let mut script = answered();
    let saved = |effects: &[Effect]| {
        effects.iter().rev().find_map(|effect| match effect {
            Effect::SaveNames { names } => Some(serde_json::to_string(names).unwrap()),
            _ => None,
        })
    };
    assert!(saved(&script.effects).unwrap().contains("4111"));
    let effects = script.happen(Event::TabGone { tab: 7 });
    assert_eq!(saved(&effects).unwrap(), "[]");
    assert_eq!(reads(&mut script), None);
}

#[test]
fn what_policy_says_of_an_answer_is_said_quietly() {
    let mut script = answered();
    let noticed = ToExtension::Noticed { event: event(1), card: card(Action::Coach) };
    script.host(&noticed);
    let model = script.card_opens(&event(1));
    assert_eq!((model.stage, model.readable, model.card.action), (Stage::Answer, true, Action::Coach));
    let shown = script.card(FromCard::Shown);
    assert!(script.host_hears(&shown).is_empty());
    // A question takes its place.
    script.hold(&event(2), send("pay 5555 5555 5555 4444 now"));
    script.host(&redact(&event(2), 4, 23));
    script.host(&noticed);
    assert_eq!(script.card_opens(&event(2)).stage, Stage::Ask);
}

#[test]
fn a_text_that_its_field_lost_is_given_back() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("pay 4111 1111 1111 1111 now"));
    script.host(&redact(&event(1), 4, 23));
    script.card_opens(&event(1));
    script.choose(Choice::Edit);
    let lost = script.relay(FromRelay::TextLost { event: event(1) });
    assert!(card_shown(&lost));
    let model = script.card_opens(&event(1));
    assert_eq!(model.stage, Stage::Kept);
    assert_eq!(model.text.unwrap().expose(), "pay 4111 1111 1111 1111 now");
    let back = script.card(FromCard::GiveBack);
    assert!(back.iter().any(|effect| matches!(effect,
        Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::GiveBack { text }) }
            if text.expose().starts_with("pay 4111"))));
    // Of another page's text a page hears nothing.
    script.happen(Event::Opened { port: 2, name: PortName::Relay, tab: Some(8), private: false, top: true });
    let other = script.happen(Event::Relay { port: 2, said: FromRelay::TextLost { event: event(1) } });
    assert!(!card_shown(&other));
}
