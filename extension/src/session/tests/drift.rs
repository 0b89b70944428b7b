//! What leaves a drift row although the request was understood or carries nothing.

use serde_json::json;
use shared_protocol::{DriftKind, Reading, ToHost};
use shared_sites::{Body, Request};

use super::{Script, ToRelay, enforcing, event, json as body, request, words};

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
