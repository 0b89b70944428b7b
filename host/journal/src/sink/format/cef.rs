//! ArcSight's Common Event Format, version 0 of the header: `CEF:0|vendor|product|version|id|name|severity|extension`.
//! Implementing ArcSight Common Event Format, revision 25.
//!
//! INVARIANT: a value cannot end a field: `|` and `\` are escaped in the header, `=`, `\` and line breaks in the
//! extension; other control characters become spaces.

use super::{HEAD, Outgoing, Producer};
use crate::sink::{PRODUCT, Severity};
use crate::{JournalError, SignedHead};

pub(super) fn write(row: &Outgoing, producer: &Producer<'_>) -> Result<String, JournalError> {
    let index = &row.row.index;
    let header = [PRODUCT, "promptgate", producer.version, &row.row.kind, &row.summary()].map(header);
    let severity = row.severity().of_ten();
    let mut extension = Extension(String::new());
    extension.put("rt", &row.row.at.to_string());
    extension.put("deviceExternalId", &row.row.device);
    extension.put("externalId", &row.row.seq.to_string());
    extension.put_some("suser", index.person.as_deref());
    extension.put_some("destinationServiceName", index.app.as_deref());
    extension.put_some("requestMethod", index.operation.as_deref());
    extension.put_some("act", index.action.as_deref());
    extension.labelled(1, "hash", Some(&row.hash()));
    extension.labelled(2, "event", row.row.event.as_deref());
    extension.labelled(3, "conversation", index.conversation.as_deref());
    if let Some(judged) = row.judged() {
        let policies: Vec<&str> = judged.policies.iter().map(|policy| policy.id.as_str()).collect();
        let topics: Vec<String> = judged
            .topics
            .iter()
            .map(|note| format!("{}:{}", String::from(note.topic.clone()), note.level.number()))
            .collect();
        let labels: Vec<String> =
            judged.labels.iter().map(|(label, count)| format!("{}:{count}", label.as_str())).collect();
        extension.labelled(4, "policies", some(&policies.join(",")));
        extension.labelled(5, "topics", some(&topics.join(",")));
        extension.labelled(6, "labels", some(&labels.join(",")));
    }
    if row.is_erased() {
        extension.put("promptgateErased", "true");
    }
    for (place, one) in row.sealed.iter().enumerate() {
        extension.put(&format!("promptgateKey{place}"), &one.key_id);
        extension.put(&format!("promptgateSealed{place}"), &one.blob);
    }
    Ok(format!("CEF:0|{}|{severity}|{}", header.join("|"), extension.0))
}

pub(super) fn head(head: &SignedHead, producer: &Producer<'_>) -> Result<String, JournalError> {
    let words = [PRODUCT, "promptgate", producer.version, HEAD, "signed head"].map(header);
    let severity = Severity::Information.of_ten();
    let mut extension = Extension(String::new());
    extension.put("rt", &head.at.to_string());
    extension.put("deviceExternalId", &head.device);
    extension.put("externalId", &head.seq.to_string());
    extension.labelled(1, "hash", Some(head.digits()));
    extension.put("promptgateHead", &head.to_json()?);
    Ok(format!("CEF:0|{}|{severity}|{}", words.join("|"), extension.0))
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn header(value: &str) -> String {
    plain(value).replace('\\', "\\\\").replace('|', "\\|").replace('\n', " ")
}

/// Without control characters but the line break.
fn plain(value: &str) -> String {
    let one = |char: char| if char.is_control() && char != '\n' { ' ' } else { char };
    value.chars().map(one).collect()
}

/// `key=value key=value`
struct Extension(String);

impl Extension {
    fn put(&mut self, key: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(key);
        self.0.push('=');
        self.0.push_str(&plain(value).replace('\\', "\\\\").replace('=', "\\=").replace('\n', "\\n"));
    }

    fn put_some(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// One of the six strings whose meaning is said beside them.
    fn labelled(&mut self, number: u8, label: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(&format!("cs{number}Label"), label);
            self.put(&format!("cs{number}"), value);
        }
    }
}
