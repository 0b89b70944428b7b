//! A proof of who the person is as the answer to a card: what the host hears, and how every wait for it ends.

use shared_protocol::{Action, Choice, Code, Outcome, RefusedReason, ToExtension, ToHost, Welcome};

use super::*;

/// A card that takes a proof, open on its page.
fn blocked() -> Script {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("the merger"));
    let card = Card { may_verify: true, ..card(Action::Block) };
    let asked = Verdict { card: Some(card), ..verdict(&event(1), Outcome::Ask, Action::Block) };
    script.host(&says(asked));
    assert!(script.card_opens(&event(1)).card.may_verify);
    script
}

fn proving() -> Script {
    let mut script = blocked();
    let effects = script.choose(Choice::Verify);
    let said = script.host_hears(&effects);
    assert!(matches!(&said[..], [ToHost::Answered { choice: Choice::Verify, .. }]), "{said:?}");
    assert!(words(&effects).is_empty());
    script
}

fn error(code: Code) -> ToExtension {
    ToExtension::Error { code, event: Some(event(1)) }
}

#[test]
fn what_is_proved_goes_and_takes_the_card_away() {
    let mut script = proving();
    // Asked twice, the host hears it once.
    let again = script.choose(Choice::Verify);
    assert!(script.host_hears(&again).is_empty());
    let page = script.host(&ToExtension::OpenPage { url: "https://idp.example/authorize".to_owned() });
    assert!(matches!(&page[..], [Effect::OpenTab { .. }]), "{page:?}");
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    assert!(matches!(&words(&gone)[..], [ToRelay::Send { copy: true, .. }]));
}

#[test]
fn what_falls_short_ends_the_hold_and_gives_the_text_back() {
    for code in [Code::Unverified, Code::SendAgain] {
        let mut script = proving();
        let ended = script.host(&error(code));
        assert!(matches!(&words(&ended)[..], [ToRelay::Refuse { text: Some(_), .. }]), "{code:?}");
        // The host wrote it down: it is told nothing again, and nothing is kept for later.
        assert!(script.host_hears(&ended).is_empty());
        assert!(!ended.iter().any(|effect| matches!(effect, Effect::SaveLate { .. })));
    }
}

#[test]
fn the_wait_is_the_questions_own_and_the_host_is_not_taken_for_hung() {
    let mut script = proving();
    script.now += u64::from(enforcing().fail.answer_ms) - 1;
    let waits = script.happen(Event::Woke);
    assert!(words(&waits).is_empty() && !waits.contains(&Effect::CloseHost));
    let ended = script.wait(1);
    assert!(matches!(&words(&ended)[..], [ToRelay::Refuse { text: Some(_), .. }]));
    assert!(!ended.contains(&Effect::CloseHost));
    assert!(matches!(&script.host_hears(&ended)[..], [ToHost::Answered { choice: Choice::None, .. }]));
    // Whoever proves it now lets nothing go.
    assert!(words(&script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release })).is_empty());
}

#[test]
fn it_can_be_taken_back_meanwhile_and_nothing_else_counts() {
    let mut script = proving();
    assert!(words(&script.choose(Choice::SendAnyway)).is_empty());
    let ended = script.choose(Choice::Edit);
    assert!(matches!(&words(&ended)[..], [ToRelay::Refuse { .. }]));
    assert!(matches!(&script.host_hears(&ended)[..], [ToHost::Answered { choice: Choice::Edit, .. }]));
}

#[test]
fn with_the_host_that_waited_for_it_the_hold_ends() {
    let mut script = proving();
    let ended = script.happen(Event::HostLost { missing: false });
    assert!(matches!(&words(&ended)[..], [ToRelay::Refuse { text: Some(_), .. }]));
    // The next host is told why.
    script.wait(60_000);
    script.happen(Event::HostOpened);
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let welcomed = script.host(&ToExtension::Welcome(welcome));
    let said = script.host_hears(&welcomed);
    let is_it = |one: &ToHost| matches!(one, ToHost::Refused { reason: RefusedReason::Unverified, .. });
    assert!(said.iter().any(is_it), "{said:?}");
}

#[test]
fn a_closed_page_is_told_to_the_host() {
    let mut script = proving();
    let effects = script.happen(Event::SignInClosed);
    assert!(words(&effects).is_empty());
    assert_eq!(script.host_hears(&effects), [ToHost::SignInClosed]);
}

#[test]
fn a_card_that_does_not_offer_it_takes_none() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("the merger"));
    script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    script.card_opens(&event(1));
    let effects = script.choose(Choice::Verify);
    assert!(script.host_hears(&effects).is_empty() && words(&effects).is_empty());
}
