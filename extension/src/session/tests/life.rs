//! A held request from its hold to its end, with a host.

use shared_protocol::{
    Action, Choice, Code, Operation, Outcome, Reading, RefusedReason, SignIn, ToExtension, ToHost,
};
use shared_sites::Body;

use super::*;

#[test]
fn the_first_word_to_the_host_is_hello_and_nothing_goes_before_welcome() {
    let mut script = Script::new(None, Vec::new());
    assert!(script.effects.contains(&Effect::ConnectHost));
    let held = script.hold(&event(1), send("hello"));
    assert!(script.host_hears(&held).is_empty());
    let opened = script.happen(Event::HostOpened);
    assert!(matches!(script.host_hears(&opened)[..], [ToHost::Hello(_)]));
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let welcomed = script.host(&ToExtension::Welcome(welcome));
    assert!(matches!(&script.host_hears(&welcomed)[..], [ToHost::Judge(judge)] if judge.event == event(1)));
    assert!(welcomed.iter().any(|effect| matches!(effect, Effect::SaveSettings { .. })));
}

#[test]
fn what_is_nothing_goes_at_once_and_the_host_never_hears_of_it() {
    let mut script = Script::with_host(enforcing());
    let stop =
        request("POST", "/backend-api/stop_conversation", json(&serde_json::json!({"conversation_id": "c"})));
    let effects = script.hold(&event(1), stop);
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { copy: false, .. }]));
    assert!(script.host_hears(&effects).is_empty());
}

#[test]
fn an_allowed_prompt_goes_as_it_is() {
    let mut script = Script::with_host(enforcing());
    let held = script.hold(&event(1), send("hello"));
    assert!(words(&held).is_empty());
    let asked = script.host_hears(&held);
    let [ToHost::Judge(judge)] = &asked[..] else { panic!("{asked:?}") };
    let Reading::Prompt(prompt) = &judge.reading else { panic!() };
    assert_eq!(prompt.operation, Operation::SendPrompt);
    assert_eq!(prompt.parts[0].text.expose(), "hello");
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { copy: true, ticket: Some(_), .. }]));
    assert!(!card_shown(&effects));
}

#[test]
fn advice_is_shown_beside_a_prompt_that_went() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("mail jane.doe@example.com"));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Coach)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { .. }]));
    assert!(card_shown(&effects));
    assert_eq!(script.card_opens(&event(1)).stage, Stage::Sent);
    let shown = script.card(FromCard::Shown);
    assert!(matches!(&script.host_hears(&shown)[..], [ToHost::Shown { .. }]));
    let closed = script.card(FromCard::Close);
    assert!(closed.iter().any(|effect| matches!(
        effect,
        Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::CardClose { .. }) }
    )));
}

#[test]
fn a_blocked_prompt_is_refused_in_the_sites_form() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("key AKIAIOSFODNN7EXAMPLX"));
    let effects = script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block)));
    let said = words(&effects);
    assert!(
        matches!(&said[..], [ToRelay::Refuse { refusal: Some(shape), .. }] if shape.status == 403),
        "{said:?}"
    );
    assert!(card_shown(&effects));
    assert_eq!(script.card_opens(&event(1)).stage, Stage::Refused);
    // A refused request cannot be let go by a card or a late word.
    assert!(words(&script.choose(Choice::SendAnyway)).is_empty());
    assert!(words(&script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release })).is_empty());
}

#[test]
fn warned_and_sent_waits_for_the_record() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("call +1 415-555-0132"));
    let asked = script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    assert!(matches!(&words(&asked)[..], [ToRelay::Wait { ms, .. }] if *ms > 300_000));
    let model = script.card_opens(&event(1));
    assert_eq!((model.stage, model.until), (Stage::Ask, Some(script.now + 300_000)));
    let answered = script.choose(Choice::SendAnyway);
    assert!(words(&answered).is_empty());
    assert!(matches!(
        &script.host_hears(&answered)[..],
        [ToHost::Answered { choice: Choice::SendAnyway, .. }]
    ));
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    assert!(matches!(&words(&gone)[..], [ToRelay::Send { copy: true, .. }]));
}

#[test]
fn a_choice_the_verdict_does_not_offer_changes_nothing() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("iban DE89 3704 0044 0532 0130 00"));
    script.host(&says(verdict(&event(1), Outcome::Ask, Action::Justify)));
    script.card_opens(&event(1));
    let rejected = |effects: &[Effect]| {
        effects.iter().any(|effect| {
            matches!(effect, Effect::ToPort { port: CARD, message: ToPort::Card(ToCard::Rejected { .. }) })
        })
    };
    for choice in [
        Choice::SendAnyway,
        Choice::Redact { reason: Some("because".into()) },
        Choice::Justify { reason: "  \n".into() },
    ] {
        let effects = script.choose(choice);
        assert!(rejected(&effects) && words(&effects).is_empty());
        assert!(script.host_hears(&effects).is_empty());
    }
    let effects = script.choose(Choice::Justify { reason: "a contract".into() });
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Answered { .. }]));
}

#[test]
fn redacted_text_is_ready_when_the_person_answers() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("pay 4111 1111 1111 1111 now"));
    script.host(&redact(&event(1), 4, 23));
    script.card_opens(&event(1));
    script.choose(Choice::Redact { reason: None });
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    let said = words(&gone);
    let [ToRelay::SendThis { body: Body::Text { text }, copy: true, .. }] = &said[..] else {
        panic!("{said:?}")
    };
    assert!(text.expose().contains("pay [CARD_1] now"));
    assert!(!text.expose().contains("4111"));
}

#[test]
fn an_edit_that_cannot_be_put_back_refuses() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("pay 4111 1111 1111 1111 now"));
    // A span that is not there cannot be redacted.
    let effects = script.host(&redact(&event(1), 400, 423));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
    assert!(matches!(
        &script.host_hears(&effects)[..],
        [ToHost::Refused { reason: RefusedReason::EditFailed, .. }]
    ));
    assert_eq!(script.card_opens(&event(1)).code, Some(Code::EditFailed));
}

#[test]
fn taking_it_back_refuses_at_once_and_is_recorded() {
    for choice in [Choice::Edit, Choice::None] {
        let mut script = Script::with_host(enforcing());
        script.hold(&event(1), send("call +1 415-555-0132"));
        script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
        script.card_opens(&event(1));
        let effects = script.choose(choice.clone());
        assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
        assert!(
            matches!(&script.host_hears(&effects)[..], [ToHost::Answered { choice: said, .. }] if *said == choice)
        );
    }
}

#[test]
fn no_answer_in_time_refuses() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("call +1 415-555-0132"));
    let asked = script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    let wake = asked.iter().find_map(|effect| match effect {
        Effect::Wake { at } => *at,
        _ => None,
    });
    assert_eq!(wake, Some(script.now + 300_000));
    assert!(words(&script.wait(299_999)).is_empty());
    let effects = script.wait(1);
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]));
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Answered { choice: Choice::None, .. }]));
}

#[test]
fn a_request_the_page_took_back_is_over() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    let effects = script.relay(FromRelay::Abort { event: event(1) });
    assert!(matches!(
        &script.host_hears(&effects)[..],
        [ToHost::Refused { reason: RefusedReason::Aborted, .. }]
    ));
    assert!(words(&script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)))).is_empty());
}

#[test]
fn a_tab_that_is_left_ends_what_it_held() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    script.hold(&event(2), send("again"));
    script.host(&says(verdict(&event(2), Outcome::Ask, Action::Warn)));
    let effects = script.happen(Event::Closed { port: PAGE });
    let said = script.host_hears(&effects);
    assert!(
        said.iter().all(|message| matches!(message, ToHost::Refused { reason: RefusedReason::Closed, .. }))
    );
    assert_eq!(said.len(), 2);
}

#[test]
fn the_second_question_of_a_page_waits_for_the_first() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("one"));
    script.hold(&event(2), send("two"));
    assert!(card_shown(&script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)))));
    assert!(!card_shown(&script.host(&says(verdict(&event(2), Outcome::Ask, Action::Warn)))));
    script.card_opens(&event(1));
    assert!(card_shown(&script.choose(Choice::Edit)));
    assert_eq!(script.card_opens(&event(2)).stage, Stage::Ask);
}

#[test]
fn a_new_worker_is_told_again_and_asks_again() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("call +1 415-555-0132"));
    script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    // The worker dies; the relay resends; the host answers from its record; the card is still there.
    let mut script = Script::with_host(enforcing());
    script.happen(Event::Opened {
        port: CARD,
        name: PortName::Card,
        tab: Some(7),
        private: false,
        top: false,
    });
    script.card(FromCard::Open { token: event(1).as_str().to_owned() });
    let held = script.hold(&event(1), send("call +1 415-555-0132"));
    assert!(matches!(&script.host_hears(&held)[..], [ToHost::Judge(_)]));
    let asked = script.host(&says(verdict(&event(1), Outcome::Ask, Action::Warn)));
    assert!(asked.iter().any(|effect| matches!(
        effect,
        Effect::ToPort { port: CARD, message: ToPort::Card(ToCard::Model { .. }) }
    )));
    script.choose(Choice::SendAnyway);
    let gone = script.host(&ToExtension::Go { event: event(1), outcome: Outcome::Release });
    assert!(matches!(&words(&gone)[..], [ToRelay::Send { .. }]));
}

/// The request that carries a draft while it is typed.
fn draft(text: &str) -> Request {
    let body = serde_json::json!({
        "partial_query": {"id": "d", "author": {"role": "user"},
            "content": {"content_type": "text", "parts": [text]}},
    });
    request("POST", "/backend-api/f/conversation/prepare", json(&body))
}

#[test]
fn a_draft_never_puts_a_card_in_the_way() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("key AKIAIOSFODNN7EXAMPLX"));
    assert!(card_shown(&script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block)))));
    script.hold(&event(2), draft("key AKIAIOSFODNN7EXAMPLX"));
    let effects = script.host(&says(verdict(&event(2), Outcome::Refuse, Action::Block)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]) && !card_shown(&effects));
    script.hold(&event(3), draft("pay 4111 1111 1111 1111"));
    let effects = script.host(&redact(&event(3), 4, 23));
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { .. }]) && !card_shown(&effects));
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Answered { choice: Choice::None, .. }]));
    assert_eq!(script.card_opens(&event(1)).stage, Stage::Refused);
}

#[test]
fn a_call_nobody_knows_covers_no_other_card() {
    let unknown = || request("POST", "/backend-api/brand-new", json(&serde_json::json!({"x": "y"})));
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), unknown());
    assert!(card_shown(&script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block)))));
    script.hold(&event(2), send("key AKIAIOSFODNN7EXAMPLX"));
    assert!(card_shown(&script.host(&says(verdict(&event(2), Outcome::Refuse, Action::Block)))));
    script.hold(&event(3), unknown());
    assert!(!card_shown(&script.host(&says(verdict(&event(3), Outcome::Refuse, Action::Block)))));
}

#[test]
fn what_an_earlier_worker_asked_about_is_ended_when_the_page_takes_it_back() {
    let mut script = Script::new(None, Vec::new());
    let request = Box::new(send("hello"));
    script.relay(FromRelay::Hold { event: event(1), request, again: true, at_once: None });
    script.relay(FromRelay::Abort { event: event(1) });
    script.happen(Event::HostOpened);
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let effects = script.host(&ToExtension::Welcome(welcome));
    assert!(matches!(
        &script.host_hears(&effects)[..],
        [ToHost::Refused { reason: RefusedReason::Aborted, .. }]
    ));
}

#[test]
fn what_is_no_event_refuses_the_request_it_names() {
    let mut script = Script::with_host(enforcing());
    let effects = script.happen(Event::Garbled { port: PAGE, event: Some(event(1)) });
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { refusal: None, .. }]));
    script.hold(&event(2), send("hello"));
    // Another page cannot end it.
    script.happen(Event::Opened { port: 2, name: PortName::Relay, tab: Some(8), private: false, top: true });
    assert!(script.happen(Event::Garbled { port: 2, event: Some(event(2)) }).is_empty());
}

#[test]
fn a_second_turn_that_follows_another_message_is_an_edit() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send_after("one", Some("conv"), "m0"));
    script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    script.head(&event(1), 200);
    script.chunk(&event(1), super::answers::STREAM);
    script.end(&event(1), CopyEnd::End);
    let operation = |effects: &[Effect], script: &mut Script| {
        let said = script.host_hears(effects);
        let [ToHost::Judge(judge)] = &said[..] else { panic!("{said:?}") };
        let Reading::Prompt(prompt) = &judge.reading else { panic!() };
        prompt.operation
    };
    let next = script.hold(&event(2), send_after("two", Some("conv"), "m1"));
    assert_eq!(operation(&next, &mut script), Operation::SendPrompt);
    let edited = script.hold(&event(3), send_after("two!", Some("conv"), "m0"));
    assert_eq!(operation(&edited, &mut script), Operation::EditPrompt);
}

#[test]
fn new_settings_reach_every_page_and_the_next_start() {
    let mut script = Script::with_host(Settings::TRIAL);
    let effects = script.host(&ToExtension::Settings(Box::new(enforcing())));
    let told = effects.iter().any(|effect| {
        matches!(effect, Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::Config(config)) }
            if config.on_deadline == crate::session::OnDeadline::Refuse && config.deadline_ms == 4_000)
    });
    assert!(told);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::SaveSettings { .. })));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Config { .. })));
}

#[test]
fn what_a_person_wrote_is_given_back_with_the_refusal_and_nothing_else_is() {
    let given = |effects: &[Effect]| match &words(effects)[..] {
        [ToRelay::Refuse { text, .. }] => text.as_ref().map(|text| text.expose().to_owned()),
        other => panic!("{other:?}"),
    };
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("dear diary"));
    let refused = script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block)));
    assert_eq!(given(&refused).as_deref(), Some("dear diary"));
    // A draft is still in the field, and a broken send says nothing that could be given back.
    let draft = json(&serde_json::json!({
        "partial_query": {"id": "d", "author": {"role": "user"},
            "content": {"content_type": "text", "parts": ["dra"]}},
    }));
    script.hold(&event(2), request("POST", "/backend-api/f/conversation/prepare", draft));
    let refused = script.host(&says(verdict(&event(2), Outcome::Refuse, Action::Block)));
    assert_eq!(given(&refused), None);
    script.hold(&event(3), request("POST", "/backend-api/f/conversation", json(&serde_json::json!({}))));
    let refused = script.host(&says(verdict(&event(3), Outcome::Refuse, Action::Block)));
    assert_eq!(given(&refused), None);
}

/// The host names the provider's page; nothing but a page under https is opened at its word.
#[test]
fn a_sign_in_opens_a_page_of_the_provider_and_nothing_else() {
    let mut script = Script::with_host(enforcing());
    let said = crate::ui::model::FromPopup::SignIn { what: SignIn::Enrol };
    let asked = script.happen(Event::Popup { port: 9, said });
    assert!(matches!(
        &script.host_hears(&asked)[..],
        [ToHost::SignIn { what: SignIn::Enrol }, ToHost::Status]
    ));
    let opened = |script: &mut Script, url: &str| {
        let effects = script.host(&ToExtension::OpenPage { url: url.to_owned() });
        effects.into_iter().find_map(|effect| match effect {
            Effect::OpenTab { url } => Some(url),
            _ => None,
        })
    };
    let provider = "https://idp.example/authorize?state=a";
    assert_eq!(opened(&mut script, provider).as_deref(), Some(provider));
    for other in ["http://idp.example/", "javascript:alert(1)", "file:///etc/passwd", "chrome://settings", ""]
    {
        assert_eq!(opened(&mut script, other), None, "{other}");
    }
}
