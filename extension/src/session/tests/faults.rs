//! Everything that can break while a request is held: how it ends, what the person sees, what is kept of it.

use shared_protocol::{
    Action, Choice, Code, EndReason, FailAction, FailSettings, Outcome, RefusedReason, ToExtension, ToHost,
    UnreachableAction,
};

use super::*;

const HOUR: Millis = 3_600_000;

/// How a request ends, or goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Sent,
    Asked,
    Refused,
}

fn end(effects: &[Effect]) -> Option<End> {
    let mut ends = words(effects).into_iter().map(|word| match word {
        ToRelay::Send { .. } | ToRelay::SendThis { .. } => End::Sent,
        ToRelay::Wait { .. } => End::Asked,
        _ => End::Refused,
    });
    ends.next_back()
}

/// What is kept for the host after these effects: whether each went.
fn kept(effects: &[Effect]) -> Option<Vec<bool>> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveLate { entries } => Some(entries.iter().map(|entry| entry.released).collect()),
        _ => None,
    })
}

fn failing(fail: FailSettings) -> Settings {
    Settings { fail, ..enforcing() }
}

/// How far a held request is when the fault comes.
#[derive(Clone, Copy, Debug)]
enum At {
    Judging,
    Asking,
    Answering,
}

const EVERYWHERE: [At; 3] = [At::Judging, At::Asking, At::Answering];

/// A session with one request that is so far.
fn held(at: At, settings: Settings) -> Script {
    let mut script = Script::with_host(settings);
    script.hold(&event(1), send("call +1 415-555-0132"));
    go_on(&mut script, at);
    script
}

fn go_on(script: &mut Script, at: At) {
    if !matches!(at, At::Judging) {
        script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
        script.card_opens(&event(1));
    }
    if matches!(at, At::Answering) {
        script.choose(Choice::SendAnyway);
    }
}

/// A new session for the old one's pages: the relay tells it again what is held, the card opens again.
fn killed(settings: Settings, at: At) -> Script {
    let mut script = Script::new(Some(settings), Vec::new());
    let request = Box::new(send("call +1 415-555-0132"));
    script.relay(FromRelay::Hold { event: event(1), request, again: true, at_once: None });
    if !matches!(at, At::Judging) {
        script.happen(Event::Opened {
            port: CARD,
            name: PortName::Card,
            tab: Some(7),
            private: false,
            top: false,
        });
        script.card(FromCard::Open { token: event(1).as_str().to_owned() });
    }
    script
}

const FAILS: [(FailAction, End); 4] = [
    (FailAction::Allow, End::Sent),
    (FailAction::Warn, End::Asked),
    // Nobody would keep the reason.
    (FailAction::Justify, End::Refused),
    (FailAction::Block, End::Refused),
];

#[test]
fn every_coded_fault_yields_its_setting_and_no_other() {
    type Set = fn(&mut FailSettings, FailAction);
    let codes: [(Code, Set); 7] = [
        (Code::Oversize, |fail, action| fail.oversize = action),
        (Code::Unread, |fail, action| fail.unread = action),
        (Code::UnreadFile, |fail, action| fail.unread_file = action),
        (Code::Expired, |fail, action| fail.expired = action),
        (Code::Deadline, |fail, action| fail.deadline = action),
        (Code::NotRecorded, |fail, action| fail.deadline = action),
        (Code::Internal, |fail, action| fail.deadline = action),
    ];
    for (code, set) in codes {
        for (action, wanted) in FAILS {
            // All others say the opposite.
            let mut fail = if wanted == End::Refused { FailSettings::OPEN } else { FailSettings::CLOSED };
            set(&mut fail, action);
            let mut script = held(At::Judging, failing(fail));
            let effects = script.host(&ToExtension::Error { code, event: Some(event(1)) });
            assert_eq!(end(&effects), Some(wanted), "{code:?} {action:?}");
            let entries = match wanted {
                End::Sent => Some(vec![true]),
                End::Refused => Some(vec![false]),
                End::Asked => None,
            };
            assert_eq!(kept(&effects), entries, "{code:?} {action:?}");
            if wanted != End::Sent {
                assert_eq!(script.card_opens(&event(1)).code, Some(code));
            }
        }
    }
}

#[test]
fn a_hung_host_yields_the_deadline_setting_and_is_given_up() {
    for (action, wanted) in FAILS {
        let mut script =
            held(At::Judging, failing(FailSettings { deadline: action, ..FailSettings::CLOSED }));
        assert_eq!(end(&script.wait(3_499)), None);
        let effects = script.wait(1);
        assert_eq!(end(&effects), Some(wanted), "{action:?}");
        let at = |wanted: &Effect| effects.iter().position(|effect| effect == wanted);
        assert!(at(&Effect::CloseHost) < at(&Effect::ConnectHost), "{effects:?}");
        // Another host is asked about the next one.
        script.host_comes(failing(FailSettings::CLOSED));
        let asked = script.hold(&event(2), send("hello"));
        let asked = script.host_hears(&asked);
        assert!(asked.iter().any(|said| matches!(said, ToHost::Judge(judge) if judge.event == event(2))));
    }
}

#[test]
fn what_a_hung_host_may_not_have_written_down_reaches_the_next_one() {
    let mut script = held(At::Judging, enforcing());
    assert_eq!(kept(&script.wait(3_500)), Some(vec![false]));
    script.effects.clear();
    script.host_comes(enforcing());
    let effects = std::mem::take(&mut script.effects);
    let said = script.host_hears(&effects);
    // For a host that had written down the verdict, and for one that had not.
    assert!(
        matches!(&said[..], [ToHost::Hello(_), ToHost::Refused { reason: RefusedReason::Deadline, .. },
            ToHost::Late { entries }, ToHost::Status] if !entries[0].released),
        "{said:?}"
    );
}

#[test]
fn an_answer_that_a_hung_host_does_not_confirm_goes_nowhere() {
    for action in [FailAction::Allow, FailAction::Block] {
        let fail = FailSettings { deadline: action, ..FailSettings::CLOSED };
        let mut script = held(At::Answering, failing(fail));
        let effects = script.wait(3_500);
        assert_eq!(end(&effects), Some(End::Refused));
        assert_eq!(kept(&effects), Some(vec![false]));
        assert_eq!(script.card_opens(&event(1)).code, Some(Code::Deadline));
    }
}

#[test]
fn a_slow_host_within_its_time_is_no_fault() {
    let mut script = held(At::Judging, enforcing());
    assert!(!script.wait(3_400).contains(&Effect::CloseHost));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert_eq!(end(&effects), Some(End::Sent));
}

#[test]
fn a_lost_port_is_opened_again_wherever_a_request_is() {
    for at in EVERYWHERE {
        let mut script = held(at, enforcing());
        let effects = script.happen(Event::HostLost { missing: false });
        assert_eq!(end(&effects), None, "{at:?}");
        // A question needs no host until it is answered.
        assert_eq!(effects.contains(&Effect::ConnectHost), !matches!(at, At::Asking), "{at:?}");
        if matches!(at, At::Asking) {
            assert!(script.choose(Choice::SendAnyway).contains(&Effect::ConnectHost));
        }
        script.effects.clear();
        script.host_comes(enforcing());
        let effects = std::mem::take(&mut script.effects);
        let said = script.host_hears(&effects);
        let again = match at {
            At::Judging => matches!(&said[..], [_, ToHost::Judge(_)]),
            At::Asking | At::Answering => matches!(&said[..], [_, ToHost::Answered { .. }]),
        };
        assert!(again, "{at:?}: {said:?}");
    }
}

#[test]
fn a_killed_worker_ends_nothing_and_asks_again() {
    for at in EVERYWHERE {
        drop(held(at, enforcing()));
        let mut script = killed(enforcing(), at);
        assert_eq!(end(&script.effects), None, "{at:?}");
        script.host_comes(enforcing());
        go_on(&mut script, at);
        let effects = match at {
            At::Judging => script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block))),
            At::Asking => script.choose(Choice::Edit),
            At::Answering => script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Refuse }),
        };
        assert_eq!(end(&effects), Some(End::Refused), "{at:?}");
    }
}

#[test]
fn a_worker_killed_without_a_host_obeys_the_settings_that_were_kept() {
    for (unreachable, wanted) in [
        (UnreachableAction::Allow, End::Sent),
        (UnreachableAction::Warn, End::Asked),
        (UnreachableAction::Block, End::Refused),
    ] {
        let settings = failing(FailSettings { unreachable, ..FailSettings::CLOSED });
        for missing in [false, true] {
            let mut script = killed(settings.clone(), At::Judging);
            script.effects.clear();
            script.happen(Event::HostLost { missing });
            // A host that was never up is not waited for.
            assert_eq!(end(&script.effects), Some(wanted), "{unreachable:?}");
        }
    }
}

#[test]
fn a_full_list_of_entries_refuses_what_a_person_permits() {
    let entry = |n| LateEntry {
        event: event(n),
        app: shared_protocol::App::new("chatgpt"),
        operation: None,
        at: n,
        released: true,
        size: 0,
    };
    let fail = FailSettings { unreachable: UnreachableAction::Warn, ..FailSettings::CLOSED };
    let mut script = Script::new(Some(failing(fail)), (0..1_000).map(entry).collect());
    script.happen(Event::HostLost { missing: true });
    assert_eq!(end(&script.hold(&event(5_000), send("one more"))), Some(End::Asked));
    script.card_opens(&event(5_000));
    let effects = script.choose(Choice::SendAnyway);
    assert_eq!((end(&effects), kept(&effects)), (Some(End::Refused), None));
    assert_eq!(script.card_opens(&event(5_000)).code, Some(Code::LateFull));
}

#[test]
fn a_word_that_is_lost_ends_at_the_hook_and_is_on_record() {
    // The hold never came: the session hears of it with its end.
    for sent in [true, false] {
        let mut script = Script::with_host(enforcing());
        let request = Some(Box::new(send("hello")));
        let effects = script.relay(FromRelay::Fell { event: event(1), sent, request });
        assert_eq!(kept(&effects), Some(vec![sent]));
    }
    // The word to go never came: the host has a release that was none.
    let mut script = held(At::Judging, enforcing());
    script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    let request = Some(Box::new(send("hello")));
    let effects = script.relay(FromRelay::Fell { event: event(1), sent: false, request });
    let said = script.host_hears(&effects);
    assert!(matches!(&said[..], [ToHost::Refused { reason: RefusedReason::Deadline, .. }]), "{said:?}");
    // The host's word never came, and the hook was first.
    let mut script = held(At::Judging, enforcing());
    let effects = script.relay(FromRelay::Fell { event: event(1), sent: false, request: None });
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Refused { .. }]));
}

#[test]
fn a_hundred_at_once_each_have_an_end_of_their_own() {
    let mut script = Script::with_host(enforcing());
    for n in 1..=100 {
        script.hold(&event(n), send("hello"));
    }
    for n in 1..=100 {
        let outcome = if n % 2 == 0 { Outcome::Release } else { Outcome::Refuse };
        let action = if n % 2 == 0 { Action::Allow } else { Action::Block };
        let effects = script.host(&says(verdict(&event(n), outcome, action)));
        let said = words(&effects);
        let ended = match &said[..] {
            [ToRelay::Send { event: ended, .. }] if n % 2 == 0 => ended,
            [ToRelay::Refuse { event: ended, .. }] if n % 2 == 1 => ended,
            _ => panic!("{n}: {said:?}"),
        };
        assert_eq!(*ended, event(n));
    }
    // And when nobody answers.
    for n in 101..=200 {
        script.hold(&event(n), send("hello"));
    }
    let ended = words(&script.wait(3_500));
    assert_eq!(ended.iter().filter(|word| matches!(word, ToRelay::Refuse { .. })).count(), 100);
}

#[test]
fn a_laptop_that_slept_ends_what_was_held_and_works_on() {
    for at in EVERYWHERE {
        let mut script = held(at, enforcing());
        let effects = script.wait(8 * HOUR);
        assert_eq!(end(&effects), Some(End::Refused), "{at:?}");
        // The verdict of the evening before comes now.
        assert_eq!(end(&script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)))), None);
        assert_eq!(end(&script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release })), None);
        script.host_comes(enforcing());
        script.hold(&event(2), send("hello"));
        let effects = script.host(&says(verdict(&event(2), Outcome::Release, Action::Allow)));
        assert_eq!(end(&effects), Some(End::Sent), "{at:?}");
    }
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_wait_for_it() {
    let mut script = Script::new(Some(enforcing()), Vec::new());
    script.now += 2 * HOUR;
    script.happen(Event::HostLost { missing: false });
    script.now -= HOUR;
    // The host is tried at once.
    let effects = script.hold(&event(1), send("hello"));
    assert!(effects.contains(&Effect::ConnectHost), "{effects:?}");
    // One that is opened and says nothing is given up, not waited for.
    script.now -= HOUR;
    let effects = script.happen(Event::Woke);
    assert!(effects.contains(&Effect::CloseHost));
    assert_eq!(end(&effects), Some(End::Refused));
    // A wake that came too early is asked for again.
    let mut script = held(At::Judging, enforcing());
    script.now += 2 * HOUR;
    script.relay(FromRelay::Ping);
    script.hold(&event(2), send("hello"));
    script.now -= HOUR;
    let effects = script.happen(Event::Woke);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Wake { at: Some(_) })), "{effects:?}");
}

#[test]
fn a_tab_that_closes_and_a_page_that_aborts_end_it_wherever_it_is() {
    for at in EVERYWHERE {
        type Fate = fn(&mut Script) -> Vec<Effect>;
        let fates: [(Fate, RefusedReason); 2] = [
            (|script| script.happen(Event::Closed { port: PAGE }), RefusedReason::Closed),
            (|script| script.relay(FromRelay::Abort { event: event(1) }), RefusedReason::Aborted),
        ];
        for (fate, wanted) in fates {
            let mut script = held(at, enforcing());
            let effects = fate(&mut script);
            let said = script.host_hears(&effects);
            assert!(
                matches!(&said[..], [ToHost::Refused { reason, .. }] if *reason == wanted),
                "{at:?}: {said:?}"
            );
            // Whatever is said of it later moves nothing.
            for late in [
                says(verdict(&event(1), Outcome::Release, Action::Allow)),
                ToExtension::Go { event: event(1), outcome: Outcome::Release },
            ] {
                assert_eq!(end(&script.host(&late)), None);
            }
        }
    }
}

#[test]
fn an_answer_on_its_way_when_the_worker_is_killed_is_joined_to_its_prompt() {
    let mut script = held(At::Judging, enforcing());
    let gone = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    let [ToRelay::Send { ticket: Some(ticket), .. }] = &words(&gone)[..] else { panic!("{gone:?}") };
    let ticket = ticket.clone();
    let (first, rest) = super::answers::STREAM.split_at(super::answers::STREAM.len() / 2);
    script.chunk(&event(1), first);
    let mut script = Script::new(Some(enforcing()), Vec::new());
    let text = first.into();
    script.relay(FromRelay::Resume { event: event(1), ticket, head: None, text });
    script.host_comes(enforcing());
    script.chunk(&event(1), rest);
    let effects = script.end(&event(1), CopyEnd::End);
    let said = script.host_hears(&effects);
    assert!(
        matches!(&said[..], [ToHost::Response { response, .. }, ToHost::Ended { reason: EndReason::Complete, .. }]
            if response.complete),
        "{said:?}"
    );
}
