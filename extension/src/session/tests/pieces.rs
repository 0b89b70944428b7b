//! Files in pieces: judged once and whole, before a piece of them leaves.

use super::files::{begun, file, judged};
use super::*;
use shared_protocol::{FailAction, FailSettings, PIECE_BYTES, Reading};
use shared_sites::FormPart;

const SIZE: u64 = 3 * PIECE_BYTES as u64;

/// A piece of file `n`, on its way to the store.
fn piece(n: u64) -> Request {
    Request {
        method: "PUT".to_owned(),
        url: format!("https://files01.blob.core.windows.net/f/{n}/raw?comp=block&blockid=AAAA"),
        body: Body::File {
            file: file(n),
            size: SIZE,
            text: None,
            piece: true,
            name: Some("calls.txt".into()),
        },
        ..request("PUT", "/", Body::None)
    }
}

fn released(effects: &[Effect]) -> Vec<EventId> {
    let sent = words(effects).into_iter().filter_map(|word| match word {
        ToRelay::Send { event, .. } => Some(event),
        _ => None,
    });
    sent.collect()
}

fn refused(effects: &[Effect]) -> Vec<EventId> {
    let refused = words(effects).into_iter().filter_map(|word| match word {
        ToRelay::Refuse { event, .. } => Some(event),
        _ => None,
    });
    refused.collect()
}

#[test]
fn the_whole_is_judged_before_the_first_piece_and_once() {
    let mut script = Script::with_host(enforcing());
    let effects = script.hold(&event(1), piece(1));
    assert_eq!(begun(&script.host_hears(&effects)), [file(1)]);
    let heard = script.give(1, SIZE);
    assert_eq!(judged(&heard), [event(1)]);
    let named = heard.iter().find_map(|message| match message {
        ToHost::Judge(ask) => Some(ask.reading.clone()),
        _ => None,
    });
    let Some(Reading::Prompt(prompt)) = named else { panic!("it is not judged") };
    assert_eq!(prompt.attachments[0].name, Some("calls.txt".into()), "the store's address has no name");
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert_eq!(released(&effects), [event(1)]);
    for n in 2..5 {
        let effects = script.hold(&event(n), piece(1));
        assert_eq!(released(&effects), [event(n)]);
        assert!(script.host_hears(&effects).is_empty(), "it is not judged again");
    }
    // Another file is another matter.
    let effects = script.hold(&event(9), piece(2));
    assert!(released(&effects).is_empty());
}

#[test]
fn pieces_that_come_at_once_wait_for_the_first() {
    for (outcome, action) in [(Outcome::Release, Action::Allow), (Outcome::Refuse, Action::Block)] {
        let mut script = Script::with_host(enforcing());
        script.hold(&event(1), piece(1));
        for n in 2..5 {
            let effects = script.hold(&event(n), piece(1));
            assert!(matches!(&words(&effects)[..], [ToRelay::Wait { .. }]));
            assert!(script.host_hears(&effects).is_empty());
        }
        script.give(1, SIZE);
        let effects = script.host(&says(verdict(&event(1), outcome, action)));
        let all: Vec<EventId> = (1..5).map(event).collect();
        let (gone, kept) = if outcome == Outcome::Release { (all, vec![]) } else { (vec![], all) };
        assert_eq!((released(&effects), refused(&effects)), (gone, kept));
    }
}

#[test]
fn a_refused_file_is_judged_again() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), piece(1));
    script.give(1, SIZE);
    script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block)));
    let effects = script.hold(&event(2), piece(1));
    assert_eq!(begun(&script.host_hears(&effects)), [file(1)]);
    assert!(released(&effects).is_empty());
}

#[test]
fn what_a_person_permitted_is_asked_once() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), piece(1));
    script.hold(&event(2), piece(1));
    script.give(1, SIZE);
    let effects = script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    assert!(released(&effects).is_empty());
    script.card_opens(&event(1));
    script.choose(Choice::SendAnyway);
    let effects = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    assert_eq!(released(&effects), [event(1), event(2)]);
    assert_eq!(released(&script.hold(&event(3), piece(1))), [event(3)]);
}

#[test]
fn the_next_one_is_the_first_when_the_first_was_taken_back() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), piece(1));
    script.hold(&event(2), piece(1));
    let effects = script.relay(FromRelay::Abort { event: event(1) });
    assert_eq!(begun(&script.host_hears(&effects)), [file(1)]);
    let heard = script.give(1, SIZE);
    assert_eq!(judged(&heard), [event(2)]);
}

#[test]
fn a_setting_that_lets_go_lets_one_piece_go() {
    let fail =
        FailSettings { deadline: FailAction::Allow, unread_file: FailAction::Allow, ..FailSettings::OPEN };
    let mut script = Script::with_host(Settings { fail, ..enforcing() });
    script.hold(&event(1), piece(1));
    script.hold(&event(2), piece(1));
    script.happen(Event::HostLost { missing: true });
    script.happen(Event::HostLost { missing: true });
    assert_eq!(released(&script.effects), [event(1), event(2)]);
    let entries = script.effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveLate { entries } => Some(entries.clone()),
        _ => None,
    });
    assert_eq!(entries.unwrap().len(), 2, "each is told of");
}

#[test]
fn the_permission_ends() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), piece(1));
    script.give(1, SIZE);
    script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    script.wait(14 * 60_000);
    assert_eq!(released(&script.hold(&event(2), piece(1))), [event(2)]);
    script.wait(14 * 60_000);
    assert_eq!(released(&script.hold(&event(3), piece(1))), [event(3)]);
    // A clock that is set back does not make it last.
    script.now -= 16 * 60_000;
    assert!(released(&script.hold(&event(4), piece(1))).is_empty());
    script.now += 32 * 60_000;
    assert!(released(&script.hold(&event(5), piece(1))).is_empty());
}

#[test]
fn another_page_or_another_text_is_judged() {
    let mut script = Script::with_host(enforcing());
    let form = |note: &str| {
        let part = |name: &str, text: Option<&str>, file| FormPart {
            name: name.to_owned(),
            file_name: None,
            media_type: None,
            size: SIZE,
            text: text.map(Into::into),
            piece: true,
            file,
        };
        let parts = vec![part("note", Some(note), None), part("file", None, Some(file(1)))];
        Request {
            url: "https://claude.ai/api/organizations/o/upload".to_owned(),
            page_url: "https://claude.ai/new".to_owned(),
            ..request("POST", "/", Body::Form { parts })
        }
    };
    script.hold(&event(1), form("3"));
    script.give(1, SIZE);
    script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert_eq!(released(&script.hold(&event(2), form("4"))), [event(2)]);
    assert_eq!(released(&script.hold(&event(5), form("3"))), [event(5)]);
    let effects = script.hold(&event(3), form("what we pay our people, in short"));
    assert!(released(&effects).is_empty());
    let told = script.host_hears(&effects);
    assert_eq!((judged(&told), begun(&told)), (vec![event(3)], vec![]));
    let opened = Event::Opened { port: 2, name: PortName::Relay, tab: Some(8), private: false, top: true };
    script.happen(opened);
    let request = Box::new(form("3"));
    let said = FromRelay::Hold { event: event(4), request, again: false, at_once: None };
    let effects = script.happen(Event::Relay { port: 2, said });
    assert!(
        !effects.iter().any(|effect| matches!(
            effect,
            Effect::ToPort { message: ToPort::Relay(ToRelay::Send { .. }), .. }
        ))
    );
}
