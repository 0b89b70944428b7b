//! Frames of the WebSocket: order, doubles, other shapes.

use serde_json::{Value, json};
use shared_sites::{AnswerFormat, Decoder, SocketItem, SocketReader};

const TOPIC: &str = "conversation-turn-1";

fn item(id: &str, parent: Option<&str>) -> Value {
    json!({"type": "message", "topic_id": TOPIC, "payload": {"type": "conversation-turn-stream", "payload": {
        "type": "stream-item", "stream_item_id": id, "parent_stream_item_id": parent,
        "encoded_item": format!("event: delta\ndata: {{\"v\":\"{id}\"}}")}}})
}

fn ids(items: &[SocketItem]) -> Vec<&str> {
    items.iter().map(|item| item.item_id.as_str()).collect()
}

#[test]
fn items_come_after_their_parents_and_once() {
    let mut reader = SocketReader::new();
    assert!(reader.push(&json!([item("c", Some("b"))]).to_string()).is_empty());
    let reply = json!([{"id": 1, "type": "reply", "reply": {"type": "subscribe", "topic_id": TOPIC,
        "catchups": [item("a", None), item("b", Some("a"))]}}]);
    assert_eq!(ids(&reader.push(&reply.to_string())), ["a", "b", "c"]);
    let repeated = json!([item("b", Some("a")), item("d", Some("c")), item("d", Some("c"))]);
    assert_eq!(ids(&reader.push(&repeated.to_string())), ["d"]);
}

#[test]
fn a_history_in_any_order_is_put_right() {
    let names: Vec<String> = (0..150).map(|number| format!("i{number}")).collect();
    let mut history: Vec<Value> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        history.insert(at / 2, item(name, at.checked_sub(1).map(|before| names[before].as_str())));
    }
    let frame = json!([{"id": 1, "type": "reply", "reply": {"type": "subscribe", "catchups": history}}]);
    assert_eq!(ids(&SocketReader::new().push(&frame.to_string())), names);
}

#[test]
fn many_topics_push_out_the_oldest_only() {
    let mut reader = SocketReader::new();
    for number in 0..500 {
        let mut one = item("a", None);
        one["topic_id"] = json!(format!("t{number}"));
        assert_eq!(reader.push(&json!([one]).to_string()).len(), 1);
        assert!(reader.push(&json!([one]).to_string()).is_empty());
    }
}

#[test]
fn an_item_ends_with_a_blank_line() {
    let items = SocketReader::new().push(&json!([item("a", None)]).to_string());
    assert_eq!(items[0].topic, TOPIC);
    assert_eq!(items[0].bytes, b"event: delta\ndata: {\"v\":\"a\"}\n\n");
}

#[test]
fn a_parent_that_never_comes_holds_nothing_for_ever() {
    let mut reader = SocketReader::new();
    let mut seen = Vec::new();
    for number in 1..=200 {
        let frame = json!([item(&format!("i{number}"), Some(&format!("i{}", number - 1)))]).to_string();
        seen.extend(reader.push(&frame));
    }
    seen.extend(reader.flush());
    let expected: Vec<String> = (1..=200).map(|number| format!("i{number}")).collect();
    assert_eq!(ids(&seen), expected);
}

#[test]
fn the_end_of_a_turn_lets_everything_go_and_is_terminal() {
    let mut reader = SocketReader::new();
    assert!(reader.push(&json!([item("z", Some("y"))]).to_string()).is_empty());
    let done = json!([{"type": "message", "topic_id": TOPIC, "payload": {"type": "conversation-turn-stream",
        "payload": {"type": "done"}}}]);
    let items = reader.push(&done.to_string());
    assert_eq!(ids(&items), ["z", ""]);
    assert!(String::from_utf8_lossy(&items[1].bytes).contains("message_stream_complete"));
}

#[test]
fn a_turn_complete_message_is_an_end_too() {
    let frame = json!([{"type": "message", "topic_id": TOPIC, "payload": {"type": "conversation-turn-complete",
        "payload": {"conversation_id": "c"}}}]);
    let items = SocketReader::new().push(&frame.to_string());
    assert_eq!(items.len(), 1);
    assert!(String::from_utf8_lossy(&items[0].bytes).contains("message_stream_complete"));
}

#[test]
fn base64_bodies_of_the_older_form_are_bytes() {
    let frame = json!({"type": "message", "dataType": "json", "data": {"type": "http.response.body",
        "conversation_id": "c-1", "body": "ZGF0YTogW0RPTkVdCgo="}});
    let items = SocketReader::new().push(&frame.to_string());
    assert_eq!((items[0].topic.as_str(), items[0].bytes.as_slice()), ("c-1", &b"data: [DONE]\n\n"[..]));
}

#[test]
fn what_is_no_item_gives_none() {
    let mut reader = SocketReader::new();
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for frame in
        ["", "ping", "{}", "[1,null,\"x\"]", "[{\"type\":\"reply\",\"reply\":{\"type\":\"connect\"}}]", &deep]
    {
        assert!(reader.push(frame).is_empty(), "{frame}");
    }
    let beat = json!([{"type": "message", "topic_id": TOPIC, "payload": {"type": "conversation-turn-stream",
        "payload": {"type": "heartbeat"}}}]);
    assert!(reader.push(&beat.to_string()).is_empty());
}

#[test]
fn no_text_of_an_item_shows_in_debug() {
    let items = SocketReader::new().push(&json!([item("a", None)]).to_string());
    assert_eq!(format!("{:?}", items[0]), "SocketItem(conversation-turn-1 a, 30 bytes)");
}

#[test]
fn slices_that_end_in_the_midst_of_an_event_are_joined() {
    let events = "event: delta_encoding\ndata: \"v1\"\n\nevent: delta\ndata: {\"p\":\"\",\"o\":\"add\",\"v\":{\"message\":\
        {\"author\":{\"role\":\"assistant\"},\"recipient\":\"all\",\"content\":{\"content_type\":\"text\",\"parts\":[\"\"]}}}}\n\n\
        event: delta\ndata: {\"p\":\"/message/content/parts/0\",\"o\":\"append\",\"v\":\"He\"}\n\nevent: delta\ndata: {\"v\":\"llo\"}\n\n";
    for length in 1..events.len() {
        let mut reader = SocketReader::new();
        let mut decoder = Decoder::new(AnswerFormat::DeltaEncoding);
        let slices: Vec<&[u8]> = events.as_bytes().chunks(length).collect();
        for (number, slice) in slices.iter().enumerate() {
            let frame = json!([{"type": "message", "topic_id": TOPIC, "payload": {"type": "conversation-turn-stream",
                "payload": {"stream_item_id": format!("i{number}"), "encoded_item": std::str::from_utf8(slice).unwrap()}}}]);
            for item in reader.push(&frame.to_string()) {
                decoder.push(&item.bytes);
            }
        }
        assert_eq!(decoder.finish().text.expose(), "Hello", "slices of {length} bytes");
    }
}
