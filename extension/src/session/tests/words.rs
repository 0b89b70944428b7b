//! The words of PROTOCOL.md, as the scripts in `page/` write and read them.

use serde_json::{Value, json};
use shared_sites::Body;

use super::*;

fn event_of(value: Value) -> Result<Event, serde_json::Error> {
    serde_json::from_value(value)
}

#[test]
fn what_the_worker_hands_in_is_read() {
    let id = "00000000-0000-4000-8000-000000000001";
    let request = json!({
        "api": "fetch", "method": "POST", "url": "https://chatgpt.com/x", "page_url": "https://chatgpt.com/",
        "headers": [["content-type", "application/json"]], "body": {"type": "text", "text": "{}"},
    });
    for said in [
        json!({"kind": "hold", "event": id, "request": request, "again": false}),
        json!({"kind": "hold", "event": id, "request": request, "again": false, "at_once": "again"}),
        json!({"kind": "hold", "event": id, "request": request, "again": false, "at_once": null}),
        json!({"kind": "abort", "event": id}),
        json!({"kind": "fell", "event": id, "sent": true, "request": request}),
        json!({"kind": "head", "event": id, "head": {"status": 200, "content_type": "text/event-stream"}}),
        json!({"kind": "chunk", "event": id, "text": "data: x"}),
        json!({"kind": "end", "event": id, "reason": "aborted"}),
        json!({"kind": "frame", "url": "wss://ws.chatgpt.com/", "text": "[]"}),
        json!({"kind": "resume", "event": id, "ticket": "{}", "head": null, "text": ""}),
        json!({"kind": "preview", "token": id, "url": "https://chatgpt.com/", "texts": ["a", "b"]}),
        json!({"kind": "ping"}),
    ] {
        event_of(json!({"kind": "relay", "port": 1, "said": said})).unwrap();
    }
    for body in [
        json!({"type": "none"}),
        json!({"type": "bytes", "base64": "AAE="}),
        json!({"type": "form", "parts": [
            {"name": "a", "size": 1, "text": "b"},
            {"name": "f", "file_name": "a.txt", "media_type": "text/plain", "size": 4, "text": "text"},
        ]}),
        json!({"type": "oversize", "size": 50_000_000}),
        json!({"type": "unreadable"}),
    ] {
        serde_json::from_value::<Body>(body).unwrap();
    }
    for other in [
        json!({"kind": "started"}),
        json!({"kind": "opened", "port": 1, "name": "relay", "tab": 3, "private": false}),
        json!({"kind": "opened", "port": 2, "name": "popup", "tab": null, "private": false}),
        json!({"kind": "closed", "port": 1}),
        json!({"kind": "card", "port": 2, "said": {"kind": "choice", "choice": {"choice": "send-anyway"}}}),
        json!({"kind": "opened", "port": 3, "name": "hint", "tab": 3, "private": false}),
        json!({"kind": "hint", "port": 3, "said": {"kind": "open", "token": id}}),
        json!({"kind": "popup", "port": 2, "said": {"kind": "check"}}),
        json!({"kind": "host-opened"}),
        json!({"kind": "host-said", "frame": "{}"}),
        json!({"kind": "host-lost", "missing": true}),
        json!({"kind": "woke"}),
    ] {
        event_of(other).unwrap();
    }
}

#[test]
fn what_is_shaped_otherwise_is_no_event() {
    let id = "00000000-0000-4000-8000-000000000001";
    for bad in [
        json!(null),
        json!({"kind": "release", "port": 1}),
        json!({"kind": "relay", "port": -1, "said": {"kind": "ping"}}),
        json!({"kind": "relay", "port": 1, "said": {"kind": "hold", "event": "x", "request": {}}}),
        json!({"kind": "relay", "port": 1, "said": {"kind": "hold", "event": id, "request": {"body": {"type": "weird"}}}}),
        json!({"kind": "relay", "port": 1, "said": {"kind": "verdict", "event": id}}),
    ] {
        assert!(event_of(bad).is_err());
    }
}

#[test]
fn what_the_scripts_read_is_written_so() {
    let written = |message| {
        let effect = Effect::ToPort { port: 1, message: ToPort::Relay(message) };
        serde_json::to_value(effect).unwrap()["message"].clone()
    };
    let id = event(1).as_str().to_owned();
    let body = Body::Text { text: "x".into() };
    let ticket = Some("t".to_owned());
    assert_eq!(
        written(ToRelay::Send { event: event(1), copy: true, ticket: ticket.clone() }),
        json!({"kind": "send", "event": id, "copy": true, "ticket": "t"})
    );
    assert_eq!(
        written(ToRelay::SendThis { event: event(1), body, copy: true, ticket }),
        json!({"kind": "send-this", "event": id, "body": {"type": "text", "text": "x"}, "copy": true, "ticket": "t"})
    );
    assert_eq!(
        written(ToRelay::Refuse { event: event(1), refusal: None, text: None }),
        json!({"kind": "refuse", "event": id, "refusal": null})
    );
    assert_eq!(
        written(ToRelay::Wait { event: event(1), ms: 5 }),
        json!({"kind": "wait", "event": id, "ms": 5})
    );
    assert_eq!(
        written(ToRelay::Card { token: id.clone(), focus: true }),
        json!({"kind": "card", "token": id, "focus": true})
    );
    let when = shared_protocol::Preview::Paste;
    assert_eq!(written(ToRelay::Preview { when }), json!({"kind": "preview", "when": "paste"}));
    let script = Script::new(Some(enforcing()), Vec::new());
    let config = script.effects.iter().find_map(|effect| match effect {
        Effect::Config { config } => Some(serde_json::to_value(config).unwrap()),
        _ => None,
    });
    let config = config.unwrap();
    assert_eq!((&config["deadline_ms"], &config["on_deadline"]), (&json!(4_000), &json!("refuse")));
    assert_eq!(config["at_once"], "refuse");
    assert_eq!(config["limit"], 16 * 1024 * 1024);
    assert!(config["data"]["sites"][0]["hosts"].is_array());
    assert_eq!(serde_json::to_value(Effect::Wake { at: None }).unwrap(), json!({"kind": "wake", "at": null}));
}
