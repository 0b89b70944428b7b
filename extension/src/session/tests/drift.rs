//! What leaves a drift row although the request was understood or carries nothing.

use serde_json::json;
use shared_protocol::{Action, DriftKind, Outcome, Reading, ToHost};
use shared_sites::{Body, Request};

use super::{
    FromRelay, Script, ToRelay, enforcing, event, json as body, request, says, send, verdict, words,
};

const LEFT: &str = "the code of the safe is k-SECRET-1";

fn send_with_note() -> Request {
    let message = json!({"author": {"role": "user"}, "content": {"parts": ["hello"]}});
    request("POST", "/backend-api/f/conversation", body(&json!({"messages": [message], "note": LEFT})))
}

#[test]
fn text_in_an_unknown_field_is_judged_and_leaves_a_row_before_the_question() {
    let mut script = Script::with_host(enforcing());
    let effects = script.hold(&event(1), send_with_note());
    let heard = script.host_hears(&effects);
    let [ToHost::Drift { drift, .. }, ToHost::Judge(ask)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((drift.what, drift.place.as_deref()), (DriftKind::LeftOver, Some("note")));
    assert!(!serde_json::to_string(drift).unwrap().contains("SECRET"));
    let Reading::Prompt(prompt) = &ask.reading else { panic!() };
    assert_eq!(prompt.parts.last().unwrap().text.expose(), LEFT);
    // The next one says nothing new of the site.
    let effects = script.hold(&event(2), send_with_note());
    assert!(matches!(&script.host_hears(&effects)[..], [ToHost::Judge(_)]));
}

#[test]
fn an_unknown_operation_without_a_body_goes_and_leaves_a_row() {
    let mut script = Script::with_host(enforcing());
    let effects = script.hold(&event(1), request("DELETE", "/backend-api/vaults/v1", Body::None));
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { .. }]));
    let heard = script.host_hears(&effects);
    let [ToHost::Drift { drift, .. }] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((drift.what, drift.path.as_str()), (DriftKind::Endpoint, "DELETE /backend-api/vaults/v1"));
}

fn emptied(script: &mut Script) -> Vec<ToHost> {
    let url = "https://chatgpt.com/c/0191e2b0-1111-4222-8333-444455556666?q=SECRET".to_owned();
    let effects = script.relay(FromRelay::Emptied { url, ms: 5_000 });
    script.host_hears(&effects)
}

#[test]
fn text_that_leaves_a_composer_unasked_leaves_a_row() {
    let mut script = Script::with_host(enforcing());
    let heard = emptied(&mut script);
    let [ToHost::Drift { drift, .. }] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((drift.what, drift.path.as_str()), (DriftKind::Unexplained, "GET /c/{}"));
    // One row a day for the same page.
    assert!(emptied(&mut script).is_empty());
}

#[test]
fn a_request_of_the_same_time_explains_it_and_an_older_one_does_not() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), send("hello"));
    script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    script.now += 5_050;
    assert!(emptied(&mut script).is_empty());
    script.now += 100;
    assert!(matches!(&emptied(&mut script)[..], [ToHost::Drift { .. }]));
}

#[test]
fn a_draft_explains_nothing() {
    let mut script = Script::with_host(enforcing());
    let draft = body(&json!({"action": "next", "partial_query": {"content": {"parts": ["hello"]}}}));
    script.hold(&event(1), request("POST", "/backend-api/f/conversation/prepare", draft));
    assert!(matches!(&emptied(&mut script)[..], [ToHost::Drift { .. }]));
}
