//! What the network level saw: told without text, once, and said where the person is.

use shared_protocol::{FailAction, FailSettings, Road, Settings, ToHost, Uncovered};

use super::{PAGE, Script, enforcing, event};
use crate::session::{Badge, Effect, Event, Seen, ToPort, ToRelay};

fn seen(tab: Option<i64>, method: &str, url: &str, stopped: bool) -> Event {
    let (method, url) = (method.to_owned(), url.into());
    Event::Seen(Box::new(Seen { event: event(70), tab, road: Road::Request, method, url, stopped }))
}

fn told(script: &mut Script, effects: &[Effect]) -> Vec<Uncovered> {
    let heard = script.host_hears(effects).into_iter();
    heard
        .filter_map(|message| if let ToHost::Uncovered { seen, .. } = message { Some(seen) } else { None })
        .collect()
}

fn has_card(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| {
        matches!(effect, Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::Card { .. }) })
    })
}

const SEND: &str = "https://chatgpt.com/backend-api/f/conversation";

#[test]
fn a_row_without_text_and_once_a_minute() {
    let mut script = Script::with_host(enforcing());
    let effects = script.happen(seen(None, "GET", "https://chatgpt.com/?q=my+secret", false));
    let row = Uncovered { road: Road::Request, path: "GET /".to_owned(), stopped: false };
    assert_eq!(told(&mut script, &effects), [row]);
    let again = script.happen(seen(None, "GET", "https://chatgpt.com/?q=another", false));
    assert_eq!(told(&mut script, &again), []);
    script.now += 60_000;
    let later = script.happen(seen(None, "GET", "https://chatgpt.com/?q=another", false));
    assert_eq!(told(&mut script, &later).len(), 1);
    // A clock that was set back silences nothing.
    script.now -= 30_000;
    let earlier = script.happen(seen(None, "GET", "https://chatgpt.com/?q=another", false));
    assert_eq!(told(&mut script, &earlier).len(), 1);
}

#[test]
fn a_page_cannot_flood_the_record() {
    let mut script = Script::with_host(enforcing());
    let mut rows = 0;
    for n in 0..200_u8 {
        let path = char::from(b'a' + n % 26).to_string().repeat(usize::from(n) / 26 + 1);
        let effects = script.happen(seen(None, "POST", &format!("https://chatgpt.com/x/{path}"), false));
        rows += told(&mut script, &effects).len();
    }
    assert_eq!(rows, 32);
}

#[test]
fn what_is_vouched_for_or_harmless_is_no_row() {
    let mut script = Script::with_host(enforcing());
    for url in
        [&format!("{SEND}?"), "https://chatgpt.com/ces/v1/t", "https://other.test/backend-api/f/conversation"]
    {
        let effects = script.happen(seen(Some(7), "POST", url, false));
        assert_eq!(told(&mut script, &effects), [], "{url}");
    }
}

/// Anybody can write the mark into a link.
#[test]
fn a_link_under_the_mark_is_a_row() {
    let mut script = Script::with_host(enforcing());
    let (method, url) = ("GET".to_owned(), "https://chatgpt.com/?q=my+secret&".into());
    let link = Seen { event: event(70), tab: None, road: Road::Navigation, method, url, stopped: false };
    let effects = script.happen(Event::Seen(Box::new(link)));
    let row = Uncovered { road: Road::Navigation, path: "GET /".to_owned(), stopped: false };
    assert_eq!(told(&mut script, &effects), [row]);
}

#[test]
fn a_person_who_waits_is_told_to_reload() {
    let mut script = Script::with_host(enforcing());
    let effects = script.happen(seen(Some(7), "POST", SEND, true));
    assert!(has_card(&effects));
    let model = script.card_opens(&event(70));
    assert_eq!(model.code, Some(shared_protocol::Code::Uncovered));
    assert_eq!(model.app.as_str(), "chatgpt");
    // The card that is there says it; what merely left is no reason for one.
    assert!(!has_card(&script.happen(seen(Some(7), "POST", SEND, true))));
    let mut script = Script::with_host(enforcing());
    assert!(!has_card(&script.happen(seen(Some(7), "POST", SEND, false))));
}

#[test]
fn where_no_card_can_be_the_button_says_it_until_the_popup_did() {
    let mut script = Script::with_host(enforcing());
    let badge = |effects: &[Effect]| {
        effects
            .iter()
            .find_map(|effect| if let Effect::Badge { badge } = effect { Some(*badge) } else { None })
    };
    assert_eq!(badge(&script.happen(seen(Some(8), "POST", SEND, true))), Some(Badge::Degraded));
    let name = crate::session::PortName::Popup;
    let opened = Event::Opened { port: 9, name, tab: None, private: false, top: false };
    assert_eq!(badge(&script.happen(opened)), Some(Badge::Trial));
}

#[test]
fn the_net_is_as_strict_as_the_fail_settings() {
    let nets = |effects: &[Effect]| -> Vec<bool> {
        let of = |effect: &Effect| if let Effect::Net { closed, .. } = effect { Some(*closed) } else { None };
        effects.iter().filter_map(of).collect()
    };
    let with = |fail: FailSettings| Settings { fail, ..enforcing() };
    let unread = FailSettings { unread: FailAction::Block, ..FailSettings::OPEN };
    for (settings, closed) in [(Settings::TRIAL, false), (enforcing(), true), (with(unread), true)] {
        // Known from the last time: before the host is there.
        assert_eq!(nets(&Script::new(Some(settings.clone()), Vec::new()).effects), [closed]);
        let mut script = Script::new(None, Vec::new());
        assert!(nets(&script.effects).is_empty(), "as it was until something is known");
        script.host_comes(settings);
        assert_eq!(nets(&script.effects), [closed]);
    }
    let mut script = Script::new(None, Vec::new());
    script.happen(Event::HostLost { missing: true });
    assert_eq!(nets(&script.effects), [false], "nobody can bring settings");
}
