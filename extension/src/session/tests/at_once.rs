//! What cannot wait for a verdict: it has its end before anything is said, and is judged all the same.

use shared_protocol::{Action, Outcome, Settings, ToHost};

use super::super::OnDeadline;
use super::*;

#[test]
fn what_could_not_wait_is_judged_and_may_be_sent_again() {
    let mut script = Script::with_host(enforcing());
    let held = script.hold_at_once(&event(1), send("hello"), Some(AtOnce::Again));
    assert!(matches!(&script.host_hears(&held)[..], [ToHost::Judge(_)]));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    // Nothing of its answer is copied: nothing went yet.
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { copy: false, ticket: None, .. }]));
    assert!(card_shown(&effects));
    assert_eq!(script.card_opens(&event(1)).stage, Stage::Again);
    let shown = script.card(FromCard::Shown);
    assert!(script.host_hears(&shown).is_empty());

    script.hold_at_once(&event(2), send("a secret"), Some(AtOnce::Again));
    let effects = script.host(&says(verdict(&event(2), Outcome::Refuse, Action::Block)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
    assert_eq!(script.card_opens(&event(2)).stage, Stage::Refused);

    // It went, since nothing is stopped here: there is nothing to say.
    script.hold_at_once(&event(3), send("hello"), Some(AtOnce::Sent));
    let effects = script.host(&says(verdict(&event(3), Outcome::Release, Action::Allow)));
    assert!(!card_shown(&effects));
}

#[test]
fn what_cannot_wait_goes_only_where_nothing_is_stopped() {
    let at_once = |settings| {
        let script = Script::new(settings, Vec::new());
        let config = script.effects.iter().find_map(|effect| match effect {
            Effect::Config { config } => Some(config.at_once),
            _ => None,
        });
        config.unwrap()
    };
    assert_eq!(at_once(None), OnDeadline::Send);
    assert_eq!(at_once(Some(enforcing())), OnDeadline::Refuse);
    assert_eq!(at_once(Some(Settings::MANAGED)), OnDeadline::Refuse);
}
