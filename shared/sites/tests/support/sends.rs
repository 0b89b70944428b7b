//! The four sites' sends as their pages write them, around any text. `edited`: as they are after an edit.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, to_string};
use shared_sites::{Api, Body, Request};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Send {
    ChatGpt,
    Claude,
    Gemini,
    Perplexity,
}

pub(crate) const SENDS: [Send; 4] = [Send::ChatGpt, Send::Claude, Send::Gemini, Send::Perplexity];

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

impl Send {
    /// `copied`: how many characters of `text` its copies repeat.
    pub(crate) fn request(self, text: &str, second: &str, copied: usize, edited: bool) -> Request {
        let start: String = text.chars().take(copied).collect();
        let string = |text: &str| to_string(text).unwrap();
        let (text, start, second) = (string(text), string(&start), string(second));
        let (host, path, body) = match self {
            Self::ChatGpt => {
                let offsets = if edited { "[]" } else { r#"[{"startIndex":0, "endIndex":1}]"# };
                let body = format!(
                    r#"{{"action":"next","messages":[{{"id":"m1","author":{{"role":"user"}},"create_time":1.50000000000000000001,"content":{{"content_type":"multimodal_text","parts":[{{"asset_pointer":"sediment://file_1"}},{text},{second}]}},"metadata":{{"serialization_metadata":{{"custom_symbol_offsets":{offsets}}}}}}}],"parent_message_id":"client-created-root","model":"auto","partial_query":{{"content":{{"parts":[{start}]}}}} }}"#
                );
                ("chatgpt.com", "/backend-api/f/conversation", body)
            }
            Self::Claude => {
                let body = format!(
                    r#"{{"prompt":{text},"parent_message_uuid":"p1","attachments":[{{"file_name":"a.txt","file_size":7,"extracted_content":{second}}}],"files":[],"create_conversation_params":{{"name":{start}}} }}"#
                );
                ("claude.ai", "/api/organizations/o1/chat_conversations/c1/completion", body)
            }
            Self::Gemini => {
                let inner = format!(r#"[[{text},0,null,null,null,null,0],["en"],["","",""],"!t", 1e3]"#);
                let request = to_string(&(Value::Null, inner)).unwrap();
                let body = format!("f.req={}&at=A%3A1", utf8_percent_encode(&request, COMPONENT));
                (
                    "gemini.google.com",
                    "/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate",
                    body,
                )
            }
            Self::Perplexity => {
                let body = format!(
                    r#"{{"params":{{"attachments":[],"dsl_query":{start},"version":"2.18","n":0.10}},"query_str":{text}}}"#
                );
                ("www.perplexity.ai", "/rest/sse/perplexity_ask", body)
            }
        };
        Request {
            api: Api::Fetch,
            method: "POST".to_owned(),
            url: format!("https://{host}{path}"),
            page_url: format!("https://{host}/"),
            headers: Vec::new(),
            body: Body::Text { text: body.into() },
        }
    }
}
