//! A row for people and for programs.

use anyhow::Result;
use host_journal::{Entry, Record, SealedNote};
use serde_json::{Map, Value, json};
use shared_protocol::{EventId, Level, Operation};

use super::filter::shown;
use crate::cli::table::plain;

/// The columns of `log list`.
pub(super) const HEAD: [&str; 9] =
    ["TIME", "APP", "OPERATION", "ACTION", "STATE", "USER", "TOPICS", "CONVERSATION", "EVENT"];

/// What a row says beside the fields that every row has.
fn entry(entry: &Entry) -> Result<Map<String, Value>> {
    let value = match entry {
        Entry::Judged(said) => serde_json::to_value(said),
        Entry::Shown(said) => serde_json::to_value(said),
        Entry::Answered(said) => serde_json::to_value(said),
        Entry::Released(said) => serde_json::to_value(said),
        Entry::Refused(said) => serde_json::to_value(said),
        Entry::Response(said) => serde_json::to_value(said),
        Entry::Ended(said) => serde_json::to_value(said),
        Entry::Drift(said) => serde_json::to_value(said),
        Entry::Late(said) => serde_json::to_value(said),
        Entry::Mistake(said) => serde_json::to_value(said),
        Entry::Uncovered(said) => serde_json::to_value(&said.seen),
        Entry::Heartbeat(said) => serde_json::to_value(said),
        Entry::Drafts(said) => serde_json::to_value(said),
        Entry::Epoch(said) => serde_json::to_value(said),
        Entry::Audit(said) => serde_json::to_value(said),
        Entry::Health(said) => serde_json::to_value(said),
    }?;
    Ok(match value {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    })
}

/// One flat object: the fields that every row has, then those of its kind.
pub(super) fn json(record: &Record, state: Option<&str>) -> Result<Value> {
    let hash: String = record.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut fields = Map::new();
    fields.insert("seq".to_owned(), json!(record.seq));
    fields.insert("device".to_owned(), json!(record.device));
    fields.insert("at".to_owned(), json!(record.at));
    fields.insert("event".to_owned(), json!(record.event));
    fields.insert("kind".to_owned(), json!(record.kind));
    fields.insert("app".to_owned(), json!(record.app));
    fields.insert("person".to_owned(), json!(record.person));
    fields.extend(state.map(|state| ("state".to_owned(), json!(state))));
    match &record.entry {
        Some(said) => fields.extend(entry(said)?),
        None => fields.extend([("erased".to_owned(), json!(true))]),
    }
    if !record.sealed.is_empty() {
        fields.insert("sealed".to_owned(), json!(record.sealed));
    }
    fields.insert("hash".to_owned(), json!(hash));
    Ok(fields.into())
}

/// The cells of `log list`.
pub(super) fn cells(record: &Record, state: Option<&str>) -> Vec<String> {
    let mut operation = None;
    let mut action = None;
    let mut topics = String::new();
    let mut conversation = None;
    match &record.entry {
        Some(Entry::Judged(judged)) => {
            operation = judged.operation.map(|operation| operation.as_str().to_owned());
            action = word(&judged.action);
            topics = judged
                .topics
                .iter()
                .map(|note| format!("{}:{}", String::from(note.topic.clone()), level(note.level)))
                .collect::<Vec<_>>()
                .join(",");
            conversation = judged.conversation.as_ref().map(|id| id.as_str().to_owned());
        }
        Some(Entry::Late(late)) => {
            operation = late.operation.map(|operation| operation.as_str().to_owned());
            action = Some(if late.released { "late-released" } else { "late-refused" }.to_owned());
        }
        Some(Entry::Uncovered(row)) => {
            action = Some(if row.seen.stopped { "uncovered-stopped" } else { "uncovered-left" }.to_owned());
        }
        Some(Entry::Drafts(drafted)) => {
            operation = word(&Operation::SendDraft);
            action = word(&drafted.action);
        }
        Some(Entry::Audit(audit)) => action = Some(audit.what.as_str().to_owned()),
        Some(Entry::Health(health)) => {
            let what = health.trouble.as_str();
            action = Some(if health.over { format!("{what}-over") } else { what.to_owned() });
        }
        Some(Entry::Response(response)) => {
            conversation = response.conversation.as_ref().map(|id| id.as_str().to_owned());
        }
        Some(Entry::Drift(drifted)) => {
            operation = drifted.drift.operation.map(|operation| operation.as_str().to_owned());
        }
        Some(
            Entry::Shown(_)
            | Entry::Answered(_)
            | Entry::Released(_)
            | Entry::Refused(_)
            | Entry::Ended(_)
            | Entry::Heartbeat(_)
            | Entry::Epoch(_)
            | Entry::Mistake(_),
        )
        | None => {}
    }
    let dash = |cell: Option<String>| cell.filter(|cell| !cell.is_empty()).unwrap_or_else(|| "-".to_owned());
    vec![
        shown(record.at),
        dash(record.app.as_ref().map(|app| app.as_str().to_owned())),
        dash(operation),
        dash(action),
        state.unwrap_or(record.kind.as_str()).to_owned(),
        dash(record.person.clone()),
        dash(Some(topics)),
        dash(conversation),
        dash(record.event.as_ref().map(EventId::as_str).map(str::to_owned)),
    ]
}

/// Whether a row has a line of its own when a conversation is told.
pub(super) fn is_told(record: &Record) -> bool {
    matches!(record.entry, Some(Entry::Judged(_) | Entry::Response(_)))
}

/// Everything a row says, a field a line.
pub(super) fn details(record: &Record) -> Result<Vec<String>> {
    let mut lines = vec![format!("{}  {}  row {}", shown(record.at), record.kind.as_str(), record.seq)];
    let mut field = |name: &str, value: &Value| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        lines.push(format!("  {name:<14} {}", plain(&value)));
    };
    for (name, value) in [("app", json!(record.app)), ("person", json!(record.person))] {
        if !value.is_null() {
            field(name, &value);
        }
    }
    match &record.entry {
        Some(said) => entry(said)?.iter().for_each(|(name, value)| field(name, value)),
        None => field("erased", &json!("yes")),
    }
    for SealedNote { key, bytes, .. } in &record.sealed {
        field("sealed", &json!(format!("{bytes} bytes to key {key}")));
    }
    Ok(lines)
}

fn word(value: &impl serde::Serialize) -> Option<String> {
    Some(serde_json::to_value(value).ok()?.as_str()?.to_owned())
}

fn level(level: Level) -> u8 {
    level.number()
}
