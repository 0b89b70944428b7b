//! A one-time code and the report of a mistake: what the host hears, what the card shows, what goes.

use shared_protocol::{Action, Choice, Code, CodeFault, Outcome, ToExtension, ToHost};

use super::*;
use crate::ui::model::Rejected;

/// A card that takes a code and a report, open on its page.
fn blocked() -> Script {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("the merger"));
    script.host(&says(coded(&event(1), Action::Block)));
    assert!(script.card_opens(&event(1)).card.may_code);
    script
}

fn coded(event: &EventId, action: Action) -> Verdict {
    let card = Card { may_code: action == Action::Block, may_report: true, ..card(action) };
    Verdict { card: Some(card), ..verdict(event, Outcome::Ask, action) }
}

fn code(text: &str) -> Choice {
    Choice::Code { code: text.into() }
}

fn to_card(effects: &[Effect]) -> Vec<ToCard> {
    let said = effects.iter().filter_map(|effect| match effect {
        Effect::ToPort { port: CARD, message: ToPort::Card(message) } => Some(message.clone()),
        _ => None,
    });
    said.collect()
}

fn is_code(said: &[ToHost]) -> bool {
    matches!(said, [ToHost::Answered { choice: Choice::Code { .. }, .. }])
}

#[test]
fn a_good_code_lets_go_and_takes_the_card_away() {
    let mut script = blocked();
    let effects = script.choose(code("pg1.good"));
    assert!(is_code(&script.host_hears(&effects)));
    assert!(words(&effects).is_empty());
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    assert!(matches!(&words(&gone)[..], [ToRelay::Send { copy: true, .. }]));
    assert!(gone.iter().any(|effect| matches!(
        effect,
        Effect::ToPort { message: ToPort::Relay(ToRelay::CardClose { .. }), .. }
    )));
}

#[test]
fn a_refused_code_leaves_the_question_and_its_time_as_they_were() {
    let mut script = blocked();
    for why in CodeFault::ALL {
        let effects = script.choose(code("pg1.bad"));
        assert!(is_code(&script.host_hears(&effects)));
        let effects = script.host(&ToExtension::CodeRefused { event: event(1), why });
        assert_eq!(to_card(&effects), [ToCard::CodeRefused { why }]);
        assert!(words(&effects).is_empty());
    }
    // Another answer than a code is as possible as before; and time ends the question when it would have.
    script.now += u64::from(enforcing().fail.answer_ms) - 1;
    assert!(words(&script.happen(Event::Woke)).is_empty());
    let ended = script.wait(1);
    assert!(matches!(&words(&ended)[..], [ToRelay::Refuse { text: Some(_), .. }]));
    assert!(matches!(&script.host_hears(&ended)[..], [ToHost::Answered { choice: Choice::None, .. }]));
}

#[test]
fn a_code_for_a_part_leads_to_another_question() {
    let mut script = blocked();
    script.choose(code("pg1.part"));
    let effects = script.host(&says(verdict(&event(1), Outcome::Ask, Action::Justify)));
    let [ToCard::Model { model }] = &to_card(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((model.card.action, model.stage), (Action::Justify, Stage::Ask));
    // What the first card offered is not offered any more.
    let effects = script.choose(code("pg1.part"));
    assert_eq!(to_card(&effects), [ToCard::Rejected { why: Rejected::NotOffered }]);
    script.choose(Choice::Justify { reason: "asked".into() });
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    assert!(matches!(&words(&gone)[..], [ToRelay::Send { .. }]));
}

#[test]
fn a_code_counts_only_where_it_is_offered_seen_and_no_longer_than_a_code() {
    let mut script = blocked();
    for (bad, why) in [(" \n".to_owned(), Rejected::Reason), ("x".repeat(5_000), Rejected::NotOffered)] {
        let effects = script.choose(code(&bad));
        assert_eq!(to_card(&effects), [ToCard::Rejected { why }]);
        assert!(script.host_hears(&effects).is_empty());
    }
    script.card(FromCard::Choice { choice: code("pg1.x") });
    let effects = script.relay(FromRelay::CardSeen { token: event(1), ms: 0 });
    assert_eq!(to_card(&effects), [ToCard::Rejected { why: Rejected::NotSeen }]);
    assert!(script.host_hears(&effects).is_empty());
    let mut plain = Script::with_host(enforcing());
    plain.hold(&event(2), send("hello"));
    plain.host(&says(verdict(&event(2), Outcome::Ask, Action::Warn)));
    plain.card_opens(&event(2));
    let effects = plain.choose(code("pg1.x"));
    assert_eq!(to_card(&effects), [ToCard::Rejected { why: Rejected::NotOffered }]);
    // Nor does a host's word about a code that nobody gave change anything.
    let effects = plain.host(&ToExtension::CodeRefused { event: event(2), why: CodeFault::Used });
    assert!(to_card(&effects).is_empty());
    assert!(words(&plain.host(&ToExtension::Go { event: event(2), outcome: Outcome::Release })).is_empty());
}

#[test]
fn while_a_code_is_looked_at_the_request_can_be_taken_back() {
    for choice in [Choice::Edit, Choice::None] {
        let mut script = blocked();
        script.choose(code("pg1.x"));
        // A second code waits for the word about the first.
        assert!(script.choose(code("pg1.y")).iter().all(|effect| !matches!(effect, Effect::ToHost { .. })));
        let effects = script.choose(choice.clone());
        assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
        let [ToHost::Answered { choice: said, .. }] = &script.host_hears(&effects)[..] else { panic!() };
        assert_eq!(*said, choice);
        assert!(
            words(&script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release })).is_empty()
        );
    }
}

#[test]
fn a_code_that_nobody_looks_at_lets_nothing_go() {
    // The host refuses it for good, errs, hangs, or is gone and does not come back.
    type End = fn(&mut Script) -> Vec<Effect>;
    let ends: [End; 4] = [
        |script| script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Refuse }),
        |script| script.host(&ToExtension::Error { code: Code::NotRecorded, event: Some(event(1)) }),
        |script| script.wait(60_000),
        |script| {
            let mut effects = script.happen(Event::HostLost { missing: false });
            effects.extend(script.happen(Event::HostLost { missing: true }));
            effects
        },
    ];
    for end in ends {
        let mut script = blocked();
        script.choose(code("pg1.x"));
        let effects = end(&mut script);
        assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]), "{effects:?}");
        assert!(matches!(&to_card(&effects)[..], [ToCard::Model { model }] if model.stage == Stage::Refused));
    }
    // One that comes back is asked again.
    let mut script = blocked();
    script.choose(code("pg1.x"));
    script.happen(Event::HostLost { missing: false });
    script.effects.clear();
    script.host_comes(enforcing());
    let effects = std::mem::take(&mut script.effects);
    let said = script.host_hears(&effects);
    assert!(said.iter().any(|said| is_code(std::slice::from_ref(said))), "{said:?}");
}

#[test]
fn a_report_is_told_once_decides_nothing_and_is_acknowledged() {
    for outcome in [Outcome::Ask, Outcome::Refuse, Outcome::Release] {
        let action = if outcome == Outcome::Release { Action::Coach } else { Action::Warn };
        let mut script = Script::with_host(enforcing());
        script.hold(&event(1), send("hello"));
        script.host(&says(Verdict { outcome, ..coded(&event(1), action) }));
        script.card_opens(&event(1));
        let effects = script.card(FromCard::Report);
        assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Mistake { .. }]), "{effects:?}");
        assert!(words(&effects).is_empty());
        let effects = script.card(FromCard::Report);
        assert!(script.host_hears(&effects).is_empty());
        let effects = script.host(&ToExtension::Reported { event: event(1) });
        assert_eq!(to_card(&effects), [ToCard::Reported]);
        assert!(words(&effects).is_empty());
        // A card that came back asks again and is told again; the host is not.
        let effects = script.card(FromCard::Report);
        assert_eq!(to_card(&effects), [ToCard::Reported]);
        assert!(script.host_hears(&effects).is_empty());
    }
}

#[test]
fn a_report_that_was_not_written_down_is_told_to_the_next_host() {
    let mut script = blocked();
    script.card(FromCard::Report);
    // That everything else of the event is on record says nothing of the report.
    script.host(&ToExtension::Noted { event: event(1) });
    let said_again = |script: &mut Script| {
        script.happen(Event::HostLost { missing: false });
        // A host is looked for because something waits for it.
        script.wait(2_000);
        script.effects.clear();
        script.host_comes(enforcing());
        let effects = std::mem::take(&mut script.effects);
        script.host_hears(&effects).iter().any(|said| matches!(said, ToHost::Mistake { .. }))
    };
    assert!(said_again(&mut script));
    script.host(&ToExtension::Reported { event: event(1) });
    assert!(!said_again(&mut script));
}

#[test]
fn a_host_that_takes_no_reports_hears_of_none() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    script.card_opens(&event(1));
    let effects = script.card(FromCard::Report);
    assert!(script.host_hears(&effects).is_empty() && to_card(&effects).is_empty());
    // And a request that was taken back has no card to report on.
    let mut gone = blocked();
    gone.relay(FromRelay::Abort { event: event(1) });
    let effects = gone.card(FromCard::Report);
    assert!(gone.host_hears(&effects).is_empty());
}
