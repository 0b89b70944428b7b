//! What a row says: every field that the host can fill in, from what a browser sends to what `log show` prints.

use serde_json::json;
use shared_protocol::{
    AccountKind, Attachment, Choice, EndReason, Operation, Outcome, Part, PartKind, Prompt, Reading,
    Response, ToExtension, ToHost, ToolCall,
};

use crate::browser::{AT, Browser, event, judge};
use crate::home::{Home, account};

fn prompt() -> Prompt {
    let mut prompt = Prompt::new(Operation::EditPrompt);
    let text = "pay to DE89 3704 0044 0532 0130 00, copy to jane.doe@example.com and joe@example.com";
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    prompt.conversation_id = Some("conversation-1".to_owned());
    prompt.parent_id = Some("parent-1".to_owned());
    prompt.message_id = Some("message-1".to_owned());
    prompt.model = Some("model-asked".to_owned());
    prompt.temporary = true;
    prompt.account.kind = AccountKind::Workspace;
    prompt.account.workspace = Some("workspace-1".to_owned());
    prompt.connectors = vec!["drive".to_owned()];
    prompt.tools = vec!["search".to_owned()];
    let name = Some("plan.pdf".into());
    prompt.attachments = vec![Attachment { name, ..Attachment::default() }];
    prompt
}

#[test]
fn an_interaction_is_told_whole() {
    let home = Home::enforcing();
    let mut browser = Browser::start(&home);
    browser.send(&ToHost::Judge(Box::new(judge(&event(1), Reading::Prompt(prompt())))));
    assert_eq!(browser.verdict(&event(1)).outcome, Outcome::Ask);
    browser.send(&ToHost::Shown { event: event(1), at: AT });
    let reason = Choice::Justify { reason: "the bank wants it".into() };
    assert_eq!(browser.answer(&event(1), reason), Outcome::Release);
    let response = Response {
        text: "done".into(),
        model: Some("model-used".to_owned()),
        conversation_id: Some("conversation-1".to_owned()),
        message_id: Some("message-2".to_owned()),
        tool_calls: vec![ToolCall { name: "transfer".to_owned(), server: Some("bank".to_owned()) }],
        complete: true,
        ..Response::default()
    };
    browser.send(&ToHost::Response { event: event(1), response: Box::new(response), at: AT + 2 });
    browser.send(&ToHost::Ended { event: event(1), reason: EndReason::Complete, at: AT + 3 });
    browser.wait(|message| match message {
        ToExtension::Noted { event: of } => (*of == event(1)).then_some(()),
        _ => None,
    });
    assert!(browser.close().0.success());

    let rows = home.rows(event(1).as_str());
    let kinds: Vec<&str> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["judged", "shown", "answered", "released", "response", "ended"]);
    for row in &rows {
        assert_eq!(row["person"], account());
        assert_eq!((&row["app"], &row["event"]), (&json!("chatgpt"), &json!(event(1))));
        assert_eq!(row["device"].as_str().unwrap().len(), 36);
        assert!(row["at"].as_u64().unwrap() >= AT);
    }
    let judged = &rows[0];
    for (field, value) in [
        ("operation", json!("edit-prompt")),
        ("conversation", json!("conversation-1")),
        ("parent", json!("parent-1")),
        ("message", json!("message-1")),
        ("model", json!("model-asked")),
        ("account", json!("workspace")),
        ("workspace", json!("workspace-1")),
        ("connectors", json!(["drive"])),
        ("tools", json!(["search"])),
        ("temporary", json!(true)),
        ("attachments", json!(1)),
        ("text_bytes", json!(84)),
        ("browser", json!("chromium")),
        ("action", json!("justify")),
        ("outcome", json!("ask")),
        ("mode", json!("enforce")),
        ("obligations", json!(["coach", "justify"])),
        ("labels", json!({ "pii.email": 2, "pii.iban": 1 })),
        ("source", json!("builtin-enforce")),
        ("capture", json!("full")),
    ] {
        assert_eq!(judged[field], value, "{field}");
    }
    let topic = &judged["topics"][0];
    assert_eq!(topic["topic"], "content.pii");
    assert!(topic["level"].is_string() && topic["score"].as_u64().unwrap() > 0, "{topic}");
    let policies: Vec<&str> =
        judged["policies"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(policies.len(), 2, "{policies:?}");
    assert!(!judged["engines"].as_array().unwrap().is_empty());
    for part in ["classify_us", "decide_us", "total_us"] {
        assert!(judged["timings"][part].as_u64().unwrap() > 0, "{part}");
    }
    // What the decision can be replayed from: levels, labels and counts.
    assert_eq!(judged["facts"]["labels"]["pii.email"]["spans"], 2);
    assert_eq!((&rows[2]["choice"], &rows[2]["reason_bytes"]), (&json!("justify"), &json!(17)));
    assert_eq!(rows[3]["edited"], false);
    let answer = &rows[4];
    assert_eq!((&answer["model"], &answer["message"]), (&json!("model-used"), &json!("message-2")));
    assert_eq!(answer["tool_calls"], json!([{ "name": "transfer", "server": "bank" }]));
    assert_eq!((&answer["complete"], &answer["text_bytes"]), (&json!(true), &json!(4)));
    assert_eq!(rows[5]["reason"], "complete");
    // Never a value: not in any row, not in the file.
    let told = format!("{rows:?}");
    for value in ["DE89 3704", "jane.doe", "the bank wants", "plan.pdf"] {
        assert!(!told.contains(value), "{value}");
        assert!(!crate::home::holds(&home.bytes(), value), "{value}");
    }
    // The sealed text says what it belongs to and which files there were.
    let texts = home.lines(&["log", "open", event(1).as_str(), "--json"]);
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert_eq!(texts[0]["prompt"]["attachments"], json!(["plan.pdf"]));
    assert_eq!((&texts[1]["reason"], &texts[2]["answer"]), (&json!("the bank wants it"), &json!("done")));
}

#[test]
fn a_fault_is_the_reason_on_record() {
    let home = Home::with("builtin-enforce", "oversize_bytes = 10");
    let mut browser = Browser::start(&home);
    assert_eq!(browser.judge(&event(1), "longer than ten").outcome, Outcome::Refuse);
    assert!(browser.close().0.success());
    let rows = home.rows(event(1).as_str());
    assert_eq!(rows[0]["fault"], "oversize");
    assert_eq!(rows[1]["by"], json!({ "fault": "oversize" }));
}
