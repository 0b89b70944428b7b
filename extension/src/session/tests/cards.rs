//! A page that disturbs the card: put back, moved to a window, and which answers count where.

use shared_protocol::{Action, Choice, Outcome, RefusedReason, ToExtension, ToHost};

use super::*;
use crate::ui::model::{Rejected, SEEN_MS};

/// The window's port.
const WINDOW: PortId = 200;

/// What becomes of the card on its page or beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moved {
    Put,
    Taken,
    Opened,
    Closed,
}

fn moves(effects: &[Effect]) -> Vec<Moved> {
    let moved = effects.iter().filter_map(|effect| match effect {
        Effect::ToPort { message: ToPort::Relay(ToRelay::Card { .. }), .. } => Some(Moved::Put),
        Effect::ToPort { message: ToPort::Relay(ToRelay::CardClose { .. }), .. } => Some(Moved::Taken),
        Effect::OpenWindow { .. } => Some(Moved::Opened),
        Effect::CloseWindow { .. } => Some(Moved::Closed),
        _ => None,
    });
    moved.collect()
}

/// A card that asks, open on its page.
fn asked() -> Script {
    let mut script = Script::with_host(enforcing());
    ask(&mut script, 1);
    script
}

fn ask(script: &mut Script, n: u64) {
    script.hold(&event(n), send("call +1 415-555-0132"));
    script.host(&says(verdict(&event(n), Outcome::Ask, Action::Warn)));
    script.card_opens(&event(n));
}

fn lose(script: &mut Script, n: u64) -> Vec<Effect> {
    script.relay(FromRelay::CardLost { token: event(n) })
}

fn window_opens(script: &mut Script, n: u64) -> Vec<Effect> {
    script.happen(Event::Opened {
        port: WINDOW,
        name: PortName::Card,
        tab: Some(9),
        private: false,
        top: true,
    });
    let said = FromCard::Open { token: event(n).as_str().to_owned() };
    script.happen(Event::Card { port: WINDOW, said })
}

/// An answer in the window.
fn answer(script: &mut Script, choice: Choice) -> Vec<Effect> {
    script.happen(Event::Card { port: WINDOW, said: FromCard::Choice { choice } })
}

fn moved_to_a_window() -> Script {
    let mut script = asked();
    for _ in 0..4 {
        lose(&mut script, 1);
    }
    window_opens(&mut script, 1);
    script
}

#[test]
fn a_card_is_put_back_three_times_and_then_moves_to_a_window() {
    let mut script = asked();
    for _ in 0..3 {
        let effects = lose(&mut script, 1);
        assert_eq!((moves(&effects), words(&effects)), (vec![Moved::Put], Vec::new()));
    }
    let effects = lose(&mut script, 1);
    assert_eq!((moves(&effects), words(&effects)), (vec![Moved::Taken, Moved::Opened], Vec::new()));
    // The page has nothing more to say about it.
    assert!(moves(&lose(&mut script, 1)).is_empty());
    let effects = window_opens(&mut script, 1);
    assert!(effects.iter().any(|effect| matches!(
        effect,
        Effect::ToPort { port: WINDOW, message: ToPort::Card(ToCard::Model { .. }) }
    )));
    let effects = answer(&mut script, Choice::SendAnyway);
    assert_eq!(moves(&effects), [Moved::Closed]);
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Answered { .. }]));
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    assert!(matches!(&words(&gone)[..], [ToRelay::Send { .. }]));
}

#[test]
fn what_the_frame_sees_over_itself_counts_like_what_the_relay_sees() {
    let mut script = asked();
    lose(&mut script, 1);
    assert_eq!(moves(&script.card(FromCard::Covered)), [Moved::Put]);
    assert_eq!(moves(&script.card(FromCard::Covered)), [Moved::Put]);
    assert_eq!(moves(&script.card(FromCard::Covered)), [Moved::Taken, Moved::Opened]);
    // In a window nothing of a page can be over it.
    window_opens(&mut script, 1);
    assert!(moves(&script.happen(Event::Card { port: WINDOW, said: FromCard::Covered })).is_empty());
}

#[test]
fn an_answer_counts_when_the_card_was_seen_for_long_enough() {
    for (ms, counts) in [(0, false), (SEEN_MS - 1, false), (SEEN_MS, true)] {
        let mut script = asked();
        let effects = script.card(FromCard::Choice { choice: Choice::SendAnyway });
        assert!(script.host_hears(&effects).is_empty());
        let effects = script.relay(FromRelay::CardSeen { token: event(1), ms });
        assert_eq!(!script.host_hears(&effects).is_empty(), counts, "{ms}");
        let rejected = effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::ToPort {
                    port: CARD,
                    message: ToPort::Card(ToCard::Rejected { why: Rejected::NotSeen })
                }
            )
        });
        assert_eq!(rejected, !counts);
        // It may be given again.
        if !counts {
            let effects = script.choose(Choice::SendAnyway);
            assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Answered { .. }]));
        }
    }
}

#[test]
fn a_word_about_seeing_that_nobody_asked_for_is_nothing() {
    let mut script = asked();
    let seen = || FromRelay::CardSeen { token: event(1), ms: 60_000 };
    assert!(script.relay(seen()).is_empty());
    // Another page cannot vouch for the card of this one, nor lose it.
    script.happen(Event::Opened { port: 2, name: PortName::Relay, tab: Some(8), private: false, top: true });
    script.card(FromCard::Choice { choice: Choice::SendAnyway });
    let effects = script.happen(Event::Relay { port: 2, said: seen() });
    assert!(script.host_hears(&effects).is_empty());
    for _ in 0..9 {
        let said = FromRelay::CardLost { token: event(1) };
        assert!(moves(&script.happen(Event::Relay { port: 2, said })).is_empty());
    }
}

#[test]
fn taking_it_back_needs_no_look() {
    let mut script = asked();
    let effects = script.card(FromCard::Choice { choice: Choice::Edit });
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
}

#[test]
fn an_answer_in_a_frame_that_was_left_behind_counts_nowhere() {
    let mut script = moved_to_a_window();
    let effects = script.card(FromCard::Choice { choice: Choice::SendAnyway });
    assert!(looked_for(&effects).is_none() && script.host_hears(&effects).is_empty());
    // Also one that was given before the card moved.
    let mut script = asked();
    script.card(FromCard::Choice { choice: Choice::SendAnyway });
    for _ in 0..4 {
        lose(&mut script, 1);
    }
    let effects = script.relay(FromRelay::CardSeen { token: event(1), ms: 60_000 });
    assert!(script.host_hears(&effects).is_empty());
    // And a window nobody was sent to.
    let mut script = asked();
    window_opens(&mut script, 2);
    assert!(answer(&mut script, Choice::SendAnyway).is_empty());
}

#[test]
fn a_window_that_is_closed_or_never_opens_is_no_answer() {
    let mut script = moved_to_a_window();
    let effects = script.happen(Event::Closed { port: WINDOW });
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Answered { choice: Choice::None, .. }]));
    let mut script = asked();
    for _ in 0..4 {
        lose(&mut script, 1);
    }
    let effects = script.happen(Event::NoWindow { token: event(1) });
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
}

#[test]
fn the_next_question_of_a_hostile_page_is_asked_in_a_window_too() {
    let mut script = moved_to_a_window();
    script.hold(&event(2), send("call +1 415-555-0132"));
    // One question at a time.
    assert!(moves(&script.host(&says(verdict(&event(2), Outcome::Ask, Action::Warn)))).is_empty());
    assert_eq!(moves(&answer(&mut script, Choice::Edit)), [Moved::Closed, Moved::Opened]);
}

#[test]
fn an_answer_on_the_page_forgives_it() {
    let mut script = asked();
    for _ in 0..3 {
        lose(&mut script, 1);
    }
    script.choose(Choice::SendAnyway);
    script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    ask(&mut script, 2);
    assert_eq!(moves(&lose(&mut script, 2)), [Moved::Put]);
}

#[test]
fn what_only_tells_is_put_back_and_then_left_to_the_page() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("key AKIAIOSFODNN7EXAMPLX"));
    script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block)));
    script.card_opens(&event(1));
    for _ in 0..3 {
        assert_eq!(moves(&lose(&mut script, 1)), [Moved::Put]);
    }
    assert_eq!(moves(&lose(&mut script, 1)), [Moved::Taken]);
}

#[test]
fn a_background_that_starts_anew_finds_the_window() {
    let mut script = Script::with_host(enforcing());
    window_opens(&mut script, 1);
    script.hold(&event(1), send("call +1 415-555-0132"));
    let effects = script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    assert!(moves(&effects).is_empty(), "{effects:?}");
    let effects = answer(&mut script, Choice::SendAnyway);
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Answered { .. }]));
    // Also when the question was there first.
    let mut script = asked();
    assert_eq!(moves(&window_opens(&mut script, 1)), [Moved::Taken]);
}

#[test]
fn the_card_of_a_frame_is_on_the_page_around_it_or_in_a_window() {
    let frame = |script: &mut Script, tab| {
        script.happen(Event::Opened {
            port: 2,
            name: PortName::Relay,
            tab: Some(tab),
            private: false,
            top: false,
        });
        let request = Box::new(send("call +1 415-555-0132"));
        let said = FromRelay::Hold { event: event(1), request, again: false, at_once: None };
        script.happen(Event::Relay { port: 2, said });
        script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)))
    };
    let mut script = Script::with_host(enforcing());
    assert!(card_shown(&frame(&mut script, 7)));
    script.card_opens(&event(1));
    // The page around it vouches, and a frame that is gone ends its request.
    script.choose(Choice::SendAnyway);
    let effects = script.happen(Event::Closed { port: 2 });
    let said = script.host_hears(&effects);
    assert!(matches!(&said[..], [ToHost::Refused { reason: RefusedReason::Closed, .. }]), "{said:?}");
    // A page that is none of the known sites is around it.
    let mut script = Script::with_host(enforcing());
    assert_eq!(moves(&frame(&mut script, 8)), [Moved::Opened]);
}
