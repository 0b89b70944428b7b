//! The Open Cybersecurity Schema Framework, 1.3.0, as <https://schema.ocsf.io/1.3.0/export/schema> has it (read
//! 2026-11-26).
//!
//! A judgement in which something was found, or to which a policy applied, is a *Data Security Finding* (2006): the
//! class for what a data-loss product detects, with the policy, the kind of data and what was done about it. Any other
//! row is *API Activity* (6003): a person's call of an assistant's operation, or what became of it. A *Detection
//! Finding* (2004) would fit the first too, but is for threats and has no place for the kind of data.
//!
//! What a control did (`action_id`, `disposition_id`) comes with the profile `security_control`, and whose finding it is
//! (`actor`) with `host`. API Activity has neither profile in 1.3: there `status_id` says what became of the call, and
//! `actor` is the class's own.
//!
//! INVARIANT: every attribute that the class requires is there also for an erased row, and none that it does not have;
//! numbers are of the class's enumerations, and 99 comes with its name.

use serde_json::{Value, json};
use shared_protocol::{Operation, Outcome};

use super::{HEAD, Outgoing, Producer, head_uid, own, own_head, without_nulls};
use crate::sink::{PRODUCT, Severity};
use crate::{Entry, JournalError, Judged, SignedHead};

/// The schema's version.
const VERSION: &str = "1.3.0";

pub(super) fn write(row: &Outgoing, producer: &Producer<'_>) -> Result<String, JournalError> {
    let index = &row.row.index;
    let found = row.judged().filter(|judged| !judged.labels.is_empty() || !judged.policies.is_empty());
    let base = json!({
        "time": row.row.at,
        "severity_id": row.severity().ocsf(),
        "message": row.summary(),
        "metadata": {
            "version": VERSION,
            "product": { "name": PRODUCT, "vendor_name": PRODUCT, "version": producer.version },
            "profiles": found.map(|_| ["host", "security_control"]),
            "uid": row.uid(),
            "sequence": row.row.seq,
            "event_code": row.row.kind,
            "correlation_uid": row.row.event,
            "log_name": "record",
        },
        "actor": {
            "app_name": PRODUCT,
            "user": index.person.as_ref().map(|person| json!({ "name": person, "type_id": 1 })),
        },
        "src_endpoint": { "uid": row.row.device, "type_id": 0 },
        "dst_endpoint": index.app.as_ref().map(|app| json!({ "svc_name": app })),
        "unmapped": own(row),
    });
    let own = match found {
        Some(judged) => finding(row, judged),
        None => activity(row),
    };
    let mut event = without_nulls(base);
    if let (Some(event), Value::Object(own)) = (event.as_object_mut(), without_nulls(own)) {
        event.extend(own);
    }
    serde_json::to_string(&event).map_err(|_| JournalError::Encoding)
}

/// A signed head, as API Activity: there is no class for a record that vouches for itself.
pub(super) fn head(head: &SignedHead, producer: &Producer<'_>) -> Result<String, JournalError> {
    let event = json!({
        "category_uid": 6,
        "class_uid": 6003,
        "activity_id": 99,
        "activity_name": HEAD,
        "type_uid": 600_399,
        "time": head.at,
        "severity_id": Severity::Information.ocsf(),
        "status_id": 1,
        "message": "signed head",
        "metadata": {
            "version": VERSION,
            "product": { "name": PRODUCT, "vendor_name": PRODUCT, "version": producer.version },
            "uid": head_uid(head),
            "event_code": HEAD,
            "log_name": "record",
        },
        "actor": { "app_name": PRODUCT },
        "src_endpoint": { "uid": head.device, "type_id": 0 },
        "api": { "operation": HEAD },
        "unmapped": own_head(head),
    });
    serde_json::to_string(&event).map_err(|_| JournalError::Encoding)
}

/// Data Security Finding.
fn finding(row: &Outgoing, judged: &Judged) -> Value {
    let labels: Vec<&str> = judged.labels.keys().map(shared_protocol::Label::as_str).collect();
    let policy = judged.policies.first();
    json!({
        "category_uid": 2,
        "class_uid": 2006,
        "activity_id": 1,
        "type_uid": 200_601,
        "status_id": 1,
        "action_id": action(row).0,
        "disposition_id": action(row).1,
        "finding_info": {
            "uid": row.uid(),
            "title": row.summary(),
            "types": labels,
            "created_time": row.row.at,
            "analytic": { "name": "promptgate", "type_id": 1 },
        },
        "data_security": {
            // The data was on its way out.
            "data_lifecycle_state_id": 2,
            // Application-Level DLP.
            "detection_system_id": 10,
            "policy": policy.map(|policy| json!({ "name": policy.id, "uid": policy.id })),
        },
    })
}

/// API Activity.
fn activity(row: &Outgoing) -> Value {
    let operation = row.row.index.operation.as_deref().unwrap_or(&row.row.kind);
    let (activity, name) = match row.judged().and_then(|judged| judged.operation) {
        Some(Operation::DeleteConversation) => (4, None),
        Some(Operation::EditPrompt) => (3, None),
        Some(Operation::ReceiveResponse) => (2, None),
        Some(
            Operation::SendPrompt
            | Operation::SendDraft
            | Operation::Regenerate
            | Operation::UploadFile
            | Operation::ShareConversation
            | Operation::WriteMemory
            | Operation::WriteInstructions
            | Operation::UseConnector
            | Operation::Dictate,
        ) => (1, None),
        None => (99, Some(row.row.kind.as_str())),
    };
    json!({
        "category_uid": 6,
        "class_uid": 6003,
        "activity_id": activity,
        "activity_name": name,
        "type_uid": 600_300 + activity,
        "status_id": status(row),
        "api": {
            "operation": operation,
            "service": row.row.index.app.as_ref().map(|app| json!({ "name": app })),
            "request": row.row.event.as_ref().map(|event| json!({ "uid": event })),
        },
    })
}

/// `action_id` and `disposition_id` of the profile for controls.
fn action(row: &Outgoing) -> (u8, u8) {
    match &row.entry {
        Some(Entry::Judged(judged)) => match judged.outcome {
            Outcome::Release => (1, 1),
            Outcome::Refuse => (2, 2),
            // Challenge: the person was asked.
            Outcome::Ask => (0, 23),
        },
        Some(Entry::Released(released)) if released.edited => (1, 11),
        Some(Entry::Released(_)) => (1, 1),
        Some(Entry::Refused(_)) => (2, 2),
        Some(Entry::Uncovered(row)) if row.seen.stopped => (2, 2),
        Some(Entry::Uncovered(_)) => (1, 16),
        Some(Entry::Late(late)) if late.released => (1, 16),
        Some(Entry::Late(_)) => (2, 2),
        Some(
            Entry::Shown(_)
            | Entry::Answered(_)
            | Entry::Response(_)
            | Entry::Ended(_)
            | Entry::Drift(_)
            | Entry::Heartbeat(_)
            | Entry::Drafts(_)
            | Entry::Epoch(_)
            | Entry::Audit(_)
            | Entry::Health(_)
            | Entry::Mistake(_),
        )
        | None => (0, 17),
    }
}

/// Success or failure of a call; unknown where none is told.
fn status(row: &Outgoing) -> u8 {
    match action(row).0 {
        1 => 1,
        2 => 2,
        _ => 0,
    }
}
