//! The names of the Elastic Common Schema 8 for what they fit; the rest under `promptgate`.
//! <https://www.elastic.co/guide/en/ecs/current/ecs-event.html>

use serde_json::json;
use shared_protocol::Outcome;

use super::{HEAD, Outgoing, Producer, head_uid, own, own_head, without_nulls};
use crate::sink::outgoing::time;
use crate::sink::{PRODUCT, Severity};
use crate::{Entry, JournalError, SignedHead};

/// The version whose names are used.
const VERSION: &str = "8.17.0";

pub(super) fn write(row: &Outgoing, producer: &Producer<'_>) -> Result<String, JournalError> {
    let index = &row.row.index;
    let is_alert = row.judged().is_some() && row.severity() > Severity::Information;
    let policies: Option<Vec<&str>> = row
        .judged()
        .filter(|judged| !judged.policies.is_empty())
        .map(|judged| judged.policies.iter().map(|policy| policy.id.as_str()).collect());
    let event = json!({
        "@timestamp": row.time(),
        "ecs": { "version": VERSION },
        "message": row.summary(),
        "event": {
            "id": row.uid(),
            "kind": if is_alert { "alert" } else { "event" },
            "category": ["session"],
            "type": [kind_of(row)],
            "action": index.operation.as_deref().unwrap_or(&row.row.kind),
            "outcome": outcome(row),
            "dataset": "promptgate.record",
            "module": "promptgate",
            "provider": PRODUCT,
            "sequence": row.row.seq,
            "severity": row.severity().of_ten(),
            "hash": row.hash(),
        },
        "host": { "id": row.row.device },
        "user": index.person.as_ref().map(|person| json!({ "name": person })),
        "service": index.app.as_ref().map(|app| json!({ "name": app, "type": "assistant" })),
        "trace": row.row.event.as_ref().map(|event| json!({ "id": event })),
        "rule": policies.map(|ids| json!({ "id": ids, "ruleset": "policy" })),
        "observer": { "vendor": PRODUCT, "product": PRODUCT, "version": producer.version, "type": "dlp" },
        "promptgate": own(row),
    });
    serde_json::to_string(&without_nulls(event)).map_err(|_| JournalError::Encoding)
}

pub(super) fn head(head: &SignedHead, producer: &Producer<'_>) -> Result<String, JournalError> {
    let event = json!({
        "@timestamp": time(head.at),
        "ecs": { "version": VERSION },
        "message": "signed head",
        "event": {
            "id": head_uid(head),
            // What stands, and not what happened.
            "kind": "state",
            "action": HEAD,
            "outcome": "success",
            "dataset": "promptgate.record",
            "module": "promptgate",
            "provider": PRODUCT,
            "sequence": head.seq,
            "severity": Severity::Information.of_ten(),
            "hash": head.digits(),
        },
        "host": { "id": head.device },
        "observer": { "vendor": PRODUCT, "product": PRODUCT, "version": producer.version, "type": "dlp" },
        "promptgate": own_head(head),
    });
    serde_json::to_string(&event).map_err(|_| JournalError::Encoding)
}

/// One of the allowed `event.type`s of the category.
fn kind_of(row: &Outgoing) -> &'static str {
    match &row.entry {
        Some(Entry::Ended(_)) => "end",
        Some(Entry::Judged(judged)) if judged.outcome == Outcome::Release => "start",
        _ => "info",
    }
}

fn outcome(row: &Outgoing) -> &'static str {
    match &row.entry {
        Some(Entry::Judged(judged)) => match judged.outcome {
            Outcome::Release => "success",
            Outcome::Refuse => "failure",
            Outcome::Ask => "unknown",
        },
        Some(Entry::Released(_)) => "success",
        Some(Entry::Refused(_)) => "failure",
        _ => "unknown",
    }
}
