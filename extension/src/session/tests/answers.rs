//! An answer from its first byte to its row: copied, moved to a socket, broken off, refused by the site.

use shared_protocol::{Action, EndReason, Outcome, Response, ToHost};

use super::*;

/// A whole answer in the conversation `conv`, by the message `m1`.
pub(super) const STREAM: &str = concat!(
    "event: delta_encoding\ndata: \"v1\"\n\n",
    "event: delta\ndata: {\"c\":0,\"p\":\"\",\"o\":\"add\",\"v\":{\"message\":{\"id\":\"m1\",\"author\":{\"role\":\"assistant\"},",
    "\"recipient\":\"all\",\"content\":{\"content_type\":\"text\",\"parts\":[\"\"]},\"status\":\"in_progress\"},",
    "\"conversation_id\":\"conv\"}}\n\n",
    "event: delta\ndata: {\"p\":\"/message/content/parts/0\",\"o\":\"append\",\"v\":\"Guten \"}\n\n",
    "event: delta\ndata: {\"v\":\"Tag 😀\"}\n\n",
    "data: {\"type\":\"message_stream_complete\",\"conversation_id\":\"conv\"}\n\n",
    "data: [DONE]\n\n",
);

/// The stream cut in the middle of its text.
fn halves() -> (&'static str, &'static str) {
    STREAM.split_at(STREAM.find("event: delta\ndata: {\"v\"").unwrap())
}

fn released(script: &mut Script, id: &EventId) {
    script.hold(id, send("hello"));
    script.host(&says(verdict(id, Outcome::Release, Action::Allow)));
    script.head(id, 200);
}

fn ended(messages: &[ToHost]) -> (Option<&Response>, Vec<EndReason>) {
    let response = messages.iter().find_map(|message| match message {
        ToHost::Response { response, .. } => Some(&**response),
        _ => None,
    });
    let reasons = messages.iter().filter_map(|message| match message {
        ToHost::Ended { reason, .. } => Some(*reason),
        _ => None,
    });
    (response, reasons.collect())
}

#[test]
fn a_whole_answer_is_joined_to_its_prompt() {
    let mut script = Script::with_host(enforcing());
    released(&mut script, &event(1));
    for char in STREAM.chars() {
        script.chunk(&event(1), &char.to_string());
    }
    let effects = script.end(&event(1), CopyEnd::End);
    let said = script.host_hears(&effects);
    let (response, reasons) = ended(&said);
    let response = response.unwrap();
    assert_eq!(response.text.expose(), "Guten Tag 😀");
    assert_eq!(response.conversation_id.as_deref(), Some("conv"));
    assert!(response.complete);
    assert_eq!(reasons, [EndReason::Complete]);
}

#[test]
fn an_abort_after_the_last_event_is_a_whole_answer() {
    let mut script = Script::with_host(enforcing());
    released(&mut script, &event(1));
    script.chunk(&event(1), STREAM);
    let effects = script.end(&event(1), CopyEnd::Aborted);
    assert_eq!(ended(&script.host_hears(&effects)).1, [EndReason::Complete]);
}

#[test]
fn a_stopped_answer_keeps_what_came() {
    let mut script = Script::with_host(enforcing());
    released(&mut script, &event(1));
    let (half, _) = halves();
    script.chunk(&event(1), half);
    let effects = script.end(&event(1), CopyEnd::Aborted);
    let said = script.host_hears(&effects);
    let (response, reasons) = ended(&said);
    assert_eq!(response.map(|response| response.text.expose()), Some("Guten "));
    assert_eq!(reasons, [EndReason::Aborted]);
}

#[test]
fn a_broken_answer_is_taken_up_by_the_pages_own_resume() {
    let mut script = Script::with_host(enforcing());
    released(&mut script, &event(1));
    let (half, rest) = halves();
    script.chunk(&event(1), half);
    let effects = script.end(&event(1), CopyEnd::Network);
    assert!(ended(&script.host_hears(&effects)).1.is_empty());
    let body = json(&serde_json::json!({"conversation_id": "conv", "offset": 3}));
    let resumed = script.hold(&event(2), request("POST", "/backend-api/f/conversation/resume", body));
    assert!(matches!(&words(&resumed)[..], [ToRelay::Send { copy: true, .. }]), "{resumed:?}");
    script.head(&event(2), 200);
    script.chunk(&event(2), rest);
    let effects = script.end(&event(2), CopyEnd::End);
    let said = script.host_hears(&effects);
    assert!(matches!(&said[..], [ToHost::Response { event: of, response, .. }, ToHost::Ended { .. }]
        if *of == event(1) && response.text.expose() == "Guten Tag 😀"));
}

#[test]
fn a_broken_answer_that_nobody_takes_up_ends_by_time() {
    let mut script = Script::with_host(enforcing());
    released(&mut script, &event(1));
    script.chunk(&event(1), "event: delta_encoding\ndata: \"v1\"\n\n");
    script.end(&event(1), CopyEnd::Network);
    let effects = script.wait(10_000);
    assert_eq!(ended(&script.host_hears(&effects)).1, [EndReason::Network]);
}

#[test]
fn an_answer_that_moves_to_a_socket_is_read_there() {
    let mut script = Script::with_host(enforcing());
    released(&mut script, &event(1));
    let (half, _) = halves();
    let frame = |id: &str, parent: Option<&str>, text: &str| {
        let item = serde_json::json!([{
            "type": "message", "topic_id": "conversation-turn-t1",
            "payload": {"payload": {"encoded_item": text, "stream_item_id": id, "parent_stream_item_id": parent}},
        }]);
        FromRelay::Frame { url: "wss://ws.chatgpt.com/".to_owned(), text: item.to_string().into() }
    };
    script.chunk(&event(1), half);
    let handoff = "data: {\"type\":\"stream_handoff\",\"options\":[{\"type\":\"subscribe_ws_topic\",\"topic_id\":\"conversation-turn-t1\"}]}\n\n";
    // The socket may be quicker than the request.
    let delta = "event: delta\ndata: {\"v\":\"Tag 😀\"}\n\n";
    script.relay(frame("i1", None, delta));
    script.chunk(&event(1), handoff);
    let effects = script.end(&event(1), CopyEnd::End);
    assert!(ended(&script.host_hears(&effects)).1.is_empty());
    script.relay(frame("i1", None, delta));
    let effects = script.relay(frame("i2", Some("i1"), "data: {\"type\":\"message_stream_complete\"}\n\n"));
    let said = script.host_hears(&effects);
    let (response, reasons) = ended(&said);
    assert_eq!(response.map(|response| response.text.expose()), Some("Guten Tag 😀"), "{said:?}");
    assert_eq!(reasons, [EndReason::Complete]);
}

#[test]
fn a_site_that_refuses_has_no_answer() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    script.head(&event(1), 429);
    let effects = script.end(&event(1), CopyEnd::End);
    assert!(matches!(
        &script.host_hears(&effects)[..],
        [ToHost::Ended { reason: EndReason::SiteRefused, .. }]
    ));
}

#[test]
fn an_operation_without_an_answer_ends_when_it_went() {
    let mut script = Script::with_host(enforcing());
    let share =
        json(&serde_json::json!({"conversation_id": "c", "current_node_id": "m", "is_anonymous": true}));
    script.hold(&event(1), request("POST", "/backend-api/share/create", share));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { copy: false, .. }]), "{effects:?}");
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Ended { reason: EndReason::NoAnswer, .. }]));
}

#[test]
fn a_page_that_is_left_keeps_what_came() {
    let mut script = Script::with_host(enforcing());
    released(&mut script, &event(1));
    let (half, _) = halves();
    script.chunk(&event(1), half);
    let effects = script.happen(Event::Closed { port: PAGE });
    let said = script.host_hears(&effects);
    let (response, reasons) = ended(&said);
    assert_eq!(response.map(|response| response.text.expose()), Some("Guten "));
    assert_eq!(reasons, [EndReason::Closed]);
}

#[test]
fn an_answer_outlives_its_worker() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    let said = words(&effects);
    let [ToRelay::Send { ticket: Some(ticket), .. }] = &said[..] else { panic!("{said:?}") };
    let (half, rest) = halves();
    let mut script = Script::with_host(enforcing());
    script.relay(FromRelay::Resume {
        event: event(1),
        ticket: ticket.clone(),
        head: Some(Head { status: 200, content_type: String::new() }),
        text: half.into(),
    });
    script.chunk(&event(1), rest);
    let effects = script.end(&event(1), CopyEnd::End);
    let said = script.host_hears(&effects);
    assert_eq!(ended(&said).0.map(|response| response.text.expose()), Some("Guten Tag 😀"));
}

#[test]
fn an_answer_without_text_is_drift() {
    let mut script = Script::with_host(enforcing());
    released(&mut script, &event(1));
    script.chunk(&event(1), "data: {\"type\":\"message_stream_complete\"}\n\ndata: [DONE]\n\n");
    let effects = script.end(&event(1), CopyEnd::End);
    assert!(script.host_hears(&effects).iter().any(|message| matches!(message, ToHost::Drift { .. })));
}

/// A host that comes after one was lost; what it is told.
fn next_host(script: &mut Script) -> Vec<ToHost> {
    script.wait(10_000);
    script.happen(Event::HostOpened);
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let effects = script.host(&ToExtension::Welcome(welcome));
    script.host_hears(&effects)
}

#[test]
fn an_answer_that_was_not_confirmed_is_told_to_the_next_host() {
    let mut script = Script::with_host(enforcing());
    for n in [1, 2] {
        released(&mut script, &event(n));
        script.chunk(&event(n), STREAM);
        script.end(&event(n), CopyEnd::End);
    }
    script.host(&ToExtension::Noted { event: event(1) });
    // A record that cannot be written now may be written later.
    script.host(&ToExtension::Error { code: shared_protocol::Code::NotRecorded, event: Some(event(2)) });
    script.happen(Event::HostLost { missing: false });
    for _ in 0..2 {
        let said = next_host(&mut script);
        assert!(
            matches!(&said[..], [ToHost::Response { event: first, .. }, ToHost::Ended { event: last, .. }]
                if *first == event(2) && *last == event(2)),
            "{said:?}"
        );
        script.happen(Event::HostLost { missing: false });
    }
    next_host(&mut script);
    script.host(&ToExtension::Noted { event: event(2) });
    script.happen(Event::HostLost { missing: false });
    assert_eq!(next_host(&mut script), []);
}
