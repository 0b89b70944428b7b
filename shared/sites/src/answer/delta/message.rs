//! Which of a stream's messages is the answer, and which are tools at work.
//!
//! INVARIANT: reasoning, tool calls, tool results and echoes are never part of an answer.
//! Does not keep a tool's input or result, only whose they are.

use serde_json::Value;
use shared_protocol::ToolCall;

use crate::answer::field::{add_tool, short};
use crate::answer::wiped::Json;

fn word<'a>(message: &'a Value, pointer: &str) -> Option<&'a str> {
    message.pointer(pointer).and_then(Value::as_str).filter(|word| !word.is_empty())
}

fn recipient(message: &Value) -> &str {
    word(message, "/recipient").unwrap_or("all")
}

/// Said to everyone, by the assistant, as text, in no channel or the final one, and not hidden.
///
/// A stream that is joined midway (resumed at an offset) never says whose message goes on: text that
/// nobody is named for is taken as the answer.
pub(super) fn is_answer(message: &Value) -> bool {
    if message.get("author").is_none() && message.pointer("/content/content_type").is_none() {
        return !is_empty(message);
    }
    word(message, "/author/role") == Some("assistant")
        && recipient(message) == "all"
        && matches!(word(message, "/content/content_type"), Some("text" | "multimodal_text"))
        && matches!(word(message, "/channel"), None | Some("final"))
        && message.pointer("/metadata/is_visually_hidden_from_conversation") != Some(&Value::Bool(true))
}

/// The end of the turn, as the message itself says it: the page may abort before the stream does.
pub(super) fn is_finished(message: &Value) -> bool {
    word(message, "/status") == Some("finished_successfully")
        && message.get("end_turn") == Some(&Value::Bool(true))
}

/// The text parts; images and the like between them leave a line break.
pub(super) fn text(message: &Value) -> String {
    let parts = message.pointer("/content/parts").and_then(Value::as_array);
    let texts: Vec<&str> = parts.into_iter().flatten().filter_map(Value::as_str).collect();
    texts.join("\n")
}

/// Whether there is no text yet.
pub(super) fn is_empty(message: &Value) -> bool {
    let parts = message.pointer("/content/parts").and_then(Value::as_array);
    parts.into_iter().flatten().filter_map(Value::as_str).all(str::is_empty)
}

/// The tools called, in order, and whether all of them fit.
pub(super) fn tools<'a>(messages: impl Iterator<Item = &'a Value>) -> (Vec<ToolCall>, bool) {
    let mut calls = Vec::new();
    let mut called: Vec<&str> = Vec::new();
    let mut all = true;
    for message in messages {
        match word(message, "/author/role") {
            Some("assistant") if recipient(message) != "all" => {
                called.push(recipient(message));
                all &= add_tool(&mut calls, call(message, recipient(message)));
            }
            // A result names its tool; it counts where the call itself was not streamed.
            Some("tool") => {
                let Some(name) = word(message, "/author/name") else { continue };
                if !called.contains(&name) {
                    called.push(name);
                    all &= add_tool(&mut calls, call(message, name));
                }
            }
            _ => {}
        }
    }
    (calls, all)
}

/// A connector's tool is called through one common recipient: the call's own text has
/// `{"path": "/<connector>/.../<tool>"}`.
fn call(message: &Value, name: &str) -> ToolCall {
    let server = short(message, "/metadata/connector_name")
        .or_else(|| short(message, "/metadata/invoked_plugin/namespace"));
    if name.starts_with("api_tool") {
        let code = word(message, "/content/text").or_else(|| word(message, "/content/parts/0"));
        let path = code.and_then(Json::parse).and_then(|code| short(&code, "/path"));
        let mut steps = path.iter().flat_map(|path| path.split('/')).filter(|step| !step.is_empty());
        if let Some(connector) = steps.next() {
            let tool = steps.next_back().unwrap_or(name);
            return ToolCall { name: tool.to_owned(), server: server.or_else(|| Some(connector.to_owned())) };
        }
    }
    ToolCall { name: name.chars().take(128).collect(), server }
}
