//! Without a host: what the fail settings say, the late entries, and what happens when it comes back.

use shared_protocol::{
    Action, Choice, Code, FailAction, FailSettings, Outcome, ToExtension, ToHost, UnreachableAction,
};

use super::*;

fn settings(unreachable: UnreachableAction) -> Settings {
    Settings { fail: FailSettings { unreachable, ..FailSettings::CLOSED }, ..enforcing() }
}

fn alone(unreachable: UnreachableAction) -> Script {
    let mut script = Script::new(Some(settings(unreachable)), Vec::new());
    script.happen(Event::HostLost { missing: true });
    script
}

fn late(effects: &[Effect]) -> Vec<LateEntry> {
    let saved = effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveLate { entries } => Some(entries.clone()),
        _ => None,
    });
    saved.unwrap_or_default()
}

#[test]
fn allow_lets_it_go_with_an_entry_that_holds_no_text() {
    let mut script = alone(UnreachableAction::Allow);
    let effects = script.hold(&event(1), send("a secret plan"));
    // Nobody keeps its answer.
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { copy: false, .. }]));
    let entries = late(&effects);
    assert_eq!((entries.len(), entries[0].released, entries[0].size), (1, true, 13));
    assert!(!serde_json::to_string(&entries).unwrap().contains("secret plan"));
}

#[test]
fn allow_ends_when_the_entries_are_full() {
    let full = (0..1_000).map(|n| LateEntry {
        event: event(n),
        app: shared_protocol::App::new("chatgpt"),
        operation: None,
        at: n,
        released: true,
        size: 0,
    });
    let mut script = Script::new(Some(settings(UnreachableAction::Allow)), full.collect());
    script.happen(Event::HostLost { missing: true });
    script.now += 1;
    let effects = script.hold(&event(5_000), send("one more"));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]), "{effects:?}");
    assert_eq!(script.card_opens(&event(5_000)).code, Some(Code::LateFull));
}

#[test]
fn warn_asks_without_a_host() {
    let mut script = alone(UnreachableAction::Warn);
    let effects = script.hold(&event(1), send("hello"));
    assert!(matches!(&words(&effects)[..], [ToRelay::Wait { .. }]));
    let model = script.card_opens(&event(1));
    assert_eq!((model.stage, model.code, model.card.may_send), (Stage::Ask, Some(Code::Unreachable), true));
    let effects = script.choose(Choice::SendAnyway);
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { copy: false, .. }]));
    assert!(late(&effects)[0].released);
    script.hold(&event(2), send("hello"));
    script.card_opens(&event(2));
    let effects = script.choose(Choice::Edit);
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
    assert!(!late(&effects)[1].released);
}

#[test]
fn block_refuses_and_says_why() {
    let mut script = alone(UnreachableAction::Block);
    let effects = script.hold(&event(1), send("hello"));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
    assert_eq!(script.card_opens(&event(1)).code, Some(Code::Unreachable));
    assert!(!late(&effects)[0].released);
}

#[test]
fn a_draft_is_held_back_without_a_card() {
    for action in [UnreachableAction::Block, UnreachableAction::Warn] {
        let mut script = alone(action);
        let draft = json(&serde_json::json!({
            "partial_query": {"id": "d", "author": {"role": "user"},
                "content": {"content_type": "text", "parts": ["dra"]}},
        }));
        let effects = script.hold(&event(1), request("POST", "/backend-api/f/conversation/prepare", draft));
        assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]), "{effects:?}");
        assert!(!card_shown(&effects));
    }
}

#[test]
fn late_entries_reach_the_host_and_go_when_it_answered() {
    let mut script = alone(UnreachableAction::Allow);
    script.hold(&event(1), send("hello"));
    // Tried again by itself.
    let effects = script.wait(10_000);
    assert!(effects.contains(&Effect::ConnectHost));
    script.happen(Event::HostOpened);
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let effects = script.host(&ToExtension::Welcome(welcome));
    let said = script.host_hears(&effects);
    assert!(
        matches!(&said[..], [ToHost::Late { entries }, ToHost::Status] if entries.len() == 1),
        "{said:?}"
    );
    let effects = script.host(&status());
    assert!(effects.contains(&Effect::SaveLate { entries: Vec::new() }));
}

#[test]
fn entries_stay_when_the_host_dies_before_it_answered() {
    let mut script = alone(UnreachableAction::Allow);
    script.hold(&event(1), send("hello"));
    script.wait(10_000);
    script.host_comes(enforcing());
    script.happen(Event::HostLost { missing: false });
    let effects = script.wait(10_000);
    let _ = effects;
    script.happen(Event::HostOpened);
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let effects = script.host(&ToExtension::Welcome(welcome));
    assert!(
        matches!(&script.host_hears(&effects)[..], [ToHost::Late { entries }, ToHost::Status] if entries.len() == 1)
    );
}

#[test]
fn entries_stay_when_the_host_could_not_write_them_down() {
    let mut script = alone(UnreachableAction::Allow);
    script.hold(&event(1), send("hello"));
    script.wait(10_000);
    script.host_comes(enforcing());
    let all = std::mem::take(&mut script.effects);
    script.host_hears(&all);
    let emptied = Effect::SaveLate { entries: Vec::new() };
    let failed = script.host(&ToExtension::Error { code: Code::NotRecorded, event: None });
    assert!(script.host_hears(&failed).is_empty(), "asked again at once");
    let effects = script.host(&status());
    assert!(!effects.contains(&emptied));
    let said = script.host_hears(&effects);
    assert!(
        matches!(&said[..], [ToHost::Late { entries }, ToHost::Status] if entries.len() == 1),
        "{said:?}"
    );
    let effects = script.host(&status());
    assert!(effects.contains(&emptied));
    assert!(script.host_hears(&effects).is_empty());
}

#[test]
fn a_host_that_dies_is_started_again_and_asked_again() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    let effects = script.happen(Event::HostLost { missing: false });
    assert!(effects.contains(&Effect::ConnectHost) && words(&effects).is_empty());
    script.happen(Event::HostOpened);
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let effects = script.host(&ToExtension::Welcome(welcome));
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Judge(judge)] if judge.event == event(1)));
}

#[test]
fn a_request_that_kills_every_host_is_not_asked_for_ever() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    for _ in 0..2 {
        let effects = script.happen(Event::HostLost { missing: false });
        assert!(words(&effects).is_empty());
        script.host_comes(enforcing());
    }
    let effects = script.happen(Event::HostLost { missing: false });
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]), "{effects:?}");
}

#[test]
fn an_answer_that_is_not_on_record_releases_nothing() {
    let mut script = Script::with_host(settings(UnreachableAction::Allow));
    script.hold(&event(1), send("call +1 415-555-0132"));
    script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    script.card_opens(&event(1));
    script.choose(Choice::SendAnyway);
    script.happen(Event::HostLost { missing: false });
    let effects = script.happen(Event::HostLost { missing: true });
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]), "{effects:?}");
}

#[test]
fn an_answer_survives_a_host_that_comes_back() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("call +1 415-555-0132"));
    script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    script.card_opens(&event(1));
    script.choose(Choice::SendAnyway);
    script.happen(Event::HostLost { missing: false });
    script.happen(Event::HostOpened);
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let effects = script.host(&ToExtension::Welcome(welcome));
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Answered { .. }]));
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    assert!(matches!(&words(&gone)[..], [ToRelay::Send { .. }]));
}

#[test]
fn a_silent_host_yields_the_deadline_setting() {
    for (deadline, released) in
        [(FailAction::Allow, true), (FailAction::Block, false), (FailAction::Justify, false)]
    {
        let fail = FailSettings { deadline, ..FailSettings::CLOSED };
        let mut script = Script::with_host(Settings { fail, ..enforcing() });
        script.hold(&event(1), send("hello"));
        assert!(words(&script.wait(3_499)).is_empty());
        let effects = script.wait(1);
        let said = words(&effects);
        assert_eq!(matches!(&said[..], [ToRelay::Send { .. }]), released, "{said:?}");
        assert_eq!(matches!(&said[..], [ToRelay::Refuse { .. }]), !released);
        // A word that comes too late changes nothing.
        assert!(words(&script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)))).is_empty());
    }
}

#[test]
fn a_coded_fault_yields_its_own_setting() {
    let fail = FailSettings { oversize: FailAction::Warn, ..FailSettings::CLOSED };
    let mut script = Script::with_host(Settings { fail, ..enforcing() });
    script.hold(&event(1), send("hello"));
    let effects = script.host(&ToExtension::Error { code: Code::Oversize, event: Some(event(1)) });
    assert!(matches!(&words(&effects)[..], [ToRelay::Wait { .. }]));
    assert_eq!(script.card_opens(&event(1)).code, Some(Code::Oversize));
    script.hold(&event(2), send("hello"));
    let effects = script.host(&ToExtension::Error { code: Code::NotRecorded, event: Some(event(2)) });
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
}

#[test]
fn what_the_hook_ended_itself_is_known() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    let effects = script.relay(FromRelay::Fell { event: event(1), sent: false, request: None });
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Refused { .. }]));
    // Also by a session that never heard of it.
    let request = Some(Box::new(send("hello")));
    let effects = script.relay(FromRelay::Fell { event: event(2), sent: true, request });
    assert!(late(&effects)[0].released);
}

#[test]
fn another_protocol_version_is_no_host() {
    let mut script = Script::new(Some(settings(UnreachableAction::Block)), Vec::new());
    script.hold(&event(1), send("hello"));
    script.happen(Event::HostOpened);
    let welcome = Welcome { protocol: 99, host: "9.9.9".to_owned(), settings: Settings::TRIAL };
    let effects = script.host(&ToExtension::Welcome(welcome));
    assert!(effects.contains(&Effect::CloseHost));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
}

#[test]
fn a_host_that_never_says_welcome_is_no_host() {
    let mut script = Script::new(Some(settings(UnreachableAction::Block)), Vec::new());
    script.happen(Event::HostOpened);
    script.hold(&event(1), send("hello"));
    let effects = script.wait(3_000);
    assert!(effects.contains(&Effect::CloseHost));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]), "{effects:?}");
}

#[test]
fn frames_that_are_no_message_change_nothing() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    for frame in
        ["", "null", "{\"kind\":\"verdict\"}", "{\"chunk\":{\"id\":1}}", "{\"kind\":\"go\",\"event\":\"x\"}"]
    {
        assert!(words(&script.happen(Event::HostSaid { frame: frame.to_owned() })).is_empty());
    }
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { .. }]));
}

#[test]
fn before_any_settings_were_received_a_slow_host_is_waited_for() {
    let mut script = Script::new(None, Vec::new());
    script.hold(&event(1), send("hello"));
    assert!(words(&script.wait(14_000)).is_empty());
    script.host_comes(enforcing());
    let effects = script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]), "{effects:?}");
}

#[test]
fn before_any_settings_were_received_no_host_is_a_trial_unless_the_browser_is_managed() {
    for (managed, missing) in [(false, true), (false, false), (true, true), (true, false)] {
        let mut script = Script::starting(Start {
            browser: Browser::Firefox,
            language: None,
            sites: BTreeMap::new(),
            names: Vec::new(),
            version: "0.1.0".to_owned(),
            managed,
            preview: None,
            settings: None,
            late: Vec::new(),
        });
        let mut effects = script.hold(&event(1), send("hello"));
        if missing {
            effects.extend(script.happen(Event::HostLost { missing }));
        } else {
            effects.extend(script.wait(16_000));
        }
        let words = words(&effects);
        assert_eq!(matches!(&words[..], [ToRelay::Send { .. }]), !managed, "{words:?}");
        assert_eq!(matches!(&words[..], [ToRelay::Refuse { .. }]), managed, "{words:?}");
    }
}
