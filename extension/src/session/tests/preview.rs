//! The composer read ahead of Send.

use shared_protocol::{Action, ComposerText, Outcome, Preview, Text, ToHost};

use super::*;
use crate::ui::model::{FromHint, FromPopup, HintModel, ToHint};

const HINT: PortId = 200;

fn reads(script: &mut Script, port: PortId, text: &str) -> Vec<Effect> {
    let texts = if text.is_empty() { Vec::new() } else { vec![Text::from(text)] };
    let (token, url) = (event(u64::from(port)), "https://chatgpt.com/c/1".to_owned());
    script.happen(Event::Relay { port, said: FromRelay::Preview { token, url, texts } })
}

/// What the host is asked about, of all that it hears.
fn asked(script: &mut Script, effects: &[Effect]) -> Vec<ComposerText> {
    let heard = script.host_hears(effects).into_iter();
    heard
        .filter_map(|message| if let ToHost::Preview(ahead) = message { Some(*ahead) } else { None })
        .collect()
}

fn looked_through(round: u32, action: Option<Action>) -> ToExtension {
    ToExtension::Previewed { round, card: action.map(card) }
}

fn hint_opens(script: &mut Script, port: PortId) -> Vec<Effect> {
    script.happen(Event::Opened {
        port: HINT,
        name: PortName::Hint,
        tab: Some(7),
        private: false,
        top: false,
    });
    script.happen(Event::Hint { port: HINT, said: FromHint::Open { token: event(u64::from(port)) } })
}

/// What the hint is told to draw, one after the other.
fn drawn(effects: &[Effect]) -> Vec<Option<HintModel>> {
    let said = effects.iter().filter_map(|effect| match effect {
        Effect::ToPort { port: HINT, message: ToPort::Hint(ToHint::Model { hint }) } => Some(hint),
        _ => None,
    });
    said.map(|hint| hint.as_deref().cloned()).collect()
}

/// Whether a page's relay, and so perhaps the page, hears anything.
fn page_hears(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::ToPort { message: ToPort::Relay(_), .. }))
}

/// When the page reads, as it was told last.
fn told(effects: &[Effect]) -> Option<Preview> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::Preview { when }) } => Some(*when),
        _ => None,
    })
}

#[test]
fn a_page_is_told_when_to_read() {
    let mut script = Script::new(None, Vec::new());
    assert_eq!(told(&script.effects), Some(Preview::Paste));
    let settings = Settings { preview: Preview::Off, ..enforcing() };
    script.host_comes(settings);
    assert_eq!(told(&script.effects), Some(Preview::Off));
    let effects = reads(&mut script, PAGE, "pay 4111 1111 1111 1111");
    assert!(asked(&mut script, &effects).is_empty());
}

#[test]
fn a_person_may_choose_less_and_never_more() {
    const OPTIONS: PortId = 300;
    let kept = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::SavePreview { preview } => Some(*preview),
            _ => None,
        })
    };
    let mut script = Script::with_host(Settings { preview: Preview::Paste, ..enforcing() });
    let choose = |script: &mut Script, when| {
        script.happen(Event::Popup { port: OPTIONS, said: FromPopup::Preview { when } })
    };
    reads(&mut script, PAGE, "pay 4111 1111 1111 1111");
    hint_opens(&mut script, PAGE);
    script.host(&looked_through(1, Some(Action::Redact)));
    // Effective at once: the page stops reading and its hint goes.
    let effects = choose(&mut script, Preview::Off);
    assert_eq!((told(&effects), kept(&effects)), (Some(Preview::Off), Some(Preview::Off)));
    assert_eq!(drawn(&effects), [None]);
    let effects = reads(&mut script, PAGE, "pay 4111 1111 1111 1111");
    assert!(asked(&mut script, &effects).is_empty(), "read although the person does not want it");
    // It stays when the settings allow more, and where they allow less they count.
    script.effects.clear();
    script.host(&ToExtension::Settings(Box::new(Settings { preview: Preview::Typing, ..enforcing() })));
    assert_eq!(told(&script.effects), Some(Preview::Off));
    assert_eq!(told(&choose(&mut script, Preview::Paste)), Some(Preview::Paste));
    script.host(&ToExtension::Settings(Box::new(Settings { preview: Preview::Off, ..enforcing() })));
    assert_eq!(told(&script.effects), Some(Preview::Off));
    let effects = choose(&mut script, Preview::Typing);
    assert_eq!((told(&effects), kept(&effects)), (Some(Preview::Off), Some(Preview::Off)));
}

#[test]
fn a_choice_of_before_holds_from_the_first_page_on() {
    let script = Script::starting(Start {
        preview: Some(Preview::Off),
        browser: Browser::Firefox,
        names: Vec::new(),
        version: "0.1.0".to_owned(),
        managed: false,
        settings: Some(enforcing()),
        late: Vec::new(),
        language: None,
        sites: BTreeMap::new(),
    });
    assert_eq!(told(&script.effects), Some(Preview::Off));
}

#[test]
fn the_answer_goes_to_the_hint_and_nowhere_else() {
    let mut script = Script::with_host(enforcing());
    let effects = reads(&mut script, PAGE, "pay 4111 1111 1111 1111");
    let ahead = asked(&mut script, &effects);
    assert_eq!((ahead.len(), ahead[0].app.as_str(), ahead[0].round), (1, "chatgpt", 1));
    assert_eq!(drawn(&hint_opens(&mut script, PAGE)), [None]);
    let effects = script.host(&looked_through(1, Some(Action::Redact)));
    assert_eq!(drawn(&effects)[0].as_ref().unwrap().card, card(Action::Redact));
    assert!(!page_hears(&effects));
    // A frame that was reloaded, or a second one, draws the same; a frame of another token nothing.
    assert!(drawn(&hint_opens(&mut script, PAGE))[0].is_some());
    assert!(drawn(&hint_opens(&mut script, 9)).is_empty());
}

#[test]
fn changed_or_sent_text_has_no_hint() {
    let mut script = Script::with_host(enforcing());
    for n in 1..=2 {
        reads(&mut script, PAGE, "pay 4111 1111 1111 1111");
        hint_opens(&mut script, PAGE);
        assert!(drawn(&script.host(&looked_through(n, Some(Action::Redact))))[0].is_some());
        let effects = match n {
            1 => reads(&mut script, PAGE, ""),
            _ => script.hold(&event(1), send("pay 4111 1111 1111 1111")),
        };
        assert_eq!(drawn(&effects), [None]);
    }
    // An answer about text that has changed meanwhile is not drawn.
    reads(&mut script, PAGE, "pay");
    reads(&mut script, PAGE, "");
    assert!(drawn(&script.host(&looked_through(3, Some(Action::Redact)))).is_empty());
}

#[test]
fn one_question_at_a_time_and_the_newest_text_next() {
    let mut script = Script::with_host(enforcing());
    let first = reads(&mut script, PAGE, "one");
    assert_eq!(asked(&mut script, &first).len(), 1);
    for text in ["two", "three", "four"] {
        let effects = reads(&mut script, PAGE, text);
        assert!(asked(&mut script, &effects).is_empty());
    }
    let effects = script.host(&looked_through(1, None));
    let next = asked(&mut script, &effects);
    assert_eq!((next.len(), next[0].texts[0].expose()), (1, "four"));
    // A host that does not answer is not waited for for ever.
    script.now += 2_000;
    let effects = reads(&mut script, PAGE, "five");
    assert_eq!(asked(&mut script, &effects)[0].texts[0].expose(), "five");
}

#[test]
fn without_a_host_or_a_site_nothing_is_kept() {
    let mut script = Script::new(Some(enforcing()), Vec::new());
    script.happen(Event::HostLost { missing: true });
    reads(&mut script, PAGE, "pay 4111 1111 1111 1111");
    script.effects.clear();
    script.now += 10_000;
    reads(&mut script, PAGE, "");
    script.host_comes(enforcing());
    let effects = std::mem::take(&mut script.effects);
    assert!(asked(&mut script, &effects).is_empty());
    let (token, url) = (event(1), "https://example.org/".to_owned());
    let effects = script.relay(FromRelay::Preview { token, url, texts: vec!["x".into()] });
    assert!(asked(&mut script, &effects).is_empty());
    let long = "x".repeat((1 << 20) + 1);
    let effects = reads(&mut script, PAGE, &long);
    assert!(asked(&mut script, &effects).is_empty());
}

#[test]
fn a_host_that_is_coming_is_asked_when_it_is_there() {
    let mut script = Script::new(Some(enforcing()), Vec::new());
    reads(&mut script, PAGE, "pay");
    script.effects.clear();
    script.host_comes(enforcing());
    let effects = std::mem::take(&mut script.effects);
    assert_eq!(asked(&mut script, &effects).len(), 1);
}

#[test]
fn a_send_is_judged_as_if_nothing_had_been_read() {
    let mut script = Script::with_host(enforcing());
    reads(&mut script, PAGE, "hello");
    assert!(words(&script.host(&looked_through(1, None))).is_empty());
    let held = script.hold(&event(1), send("hello"));
    assert!(words(&held).is_empty());
    assert!(matches!(&script.host_hears(&held)[..], [ToHost::Judge(judge)] if judge.event == event(1)));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { .. }]));
}

#[test]
fn a_clock_that_was_set_back_keeps_no_question_open() {
    let mut script = Script::with_host(enforcing());
    let effects = reads(&mut script, PAGE, "pay");
    assert_eq!(asked(&mut script, &effects).len(), 1);
    let effects = reads(&mut script, PAGE, "pay now");
    assert!(asked(&mut script, &effects).is_empty());
    script.now -= 1;
    let effects = reads(&mut script, PAGE, "pay now!");
    assert_eq!(asked(&mut script, &effects).len(), 1);
}
