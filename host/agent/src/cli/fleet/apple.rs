//! For macOS: configuration profiles (Apple's Configuration Profile Reference), which Jamf and Intune hand out.

use quick_xml::escape::escape;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::browser::{Extension, place};
use crate::browsers::{Family, Row};
use crate::os::Os;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
    <plist version=\"1.0\">\n";

/// The profile for one browser.
pub(super) fn profile(row: &Row, extension: &Extension<'_>) -> String {
    let domain = place(row.name, Os::Macos);
    let mut switches = serde_json::Map::new();
    for (name, value) in extension.switches(row) {
        switches.insert(name.to_owned(), value);
    }
    let mut payloads = Vec::new();
    let id = extension.id(row.family);
    match row.family {
        Family::Chromium => {
            payloads.push(payload(&domain, &domain, switches));
            let own = serde_json::Map::from_iter([("managed".to_owned(), json!(true))]);
            let domain = format!("{domain}.extensions.{id}");
            payloads.push(payload(&domain, &domain, own));
        }
        Family::Firefox => {
            switches.insert("EnterprisePoliciesEnabled".to_owned(), json!(true));
            switches.insert("3rdparty".to_owned(), json!({ "Extensions": { id: { "managed": true } } }));
            payloads.push(payload(&domain, &domain, switches));
        }
    }
    let name = format!("Promptgate for {}", row.title);
    let content = serde_json::Map::from_iter([
        ("PayloadContent".to_owned(), Value::Array(payloads)),
        ("PayloadDisplayName".to_owned(), json!(name)),
        ("PayloadScope".to_owned(), json!("System")),
    ]);
    let profile = payload("Configuration", &format!("promptgate.{}", row.name), content);
    let mut text = HEAD.to_owned();
    write(&profile, 0, &mut text);
    text + "</plist>\n"
}

fn payload(kind: &str, name: &str, mut content: serde_json::Map<String, Value>) -> Value {
    let identifier = format!("io.promptgate.policy.{name}");
    content.insert("PayloadUUID".to_owned(), json!(uuid(&identifier)));
    content.insert("PayloadIdentifier".to_owned(), json!(identifier));
    content.insert("PayloadType".to_owned(), json!(kind));
    content.insert("PayloadVersion".to_owned(), json!(1));
    Value::Object(content)
}

/// The same for the same payload, so that a profile that is handed out again takes the old one's place: version 8 of RFC 9562.
fn uuid(name: &str) -> String {
    let hash = Sha256::digest(name.as_bytes());
    let mut number = u128::from_be_bytes(hash.first_chunk().copied().unwrap_or_default());
    number = (number & !(0xF << 76)) | (8 << 76);
    number = (number & !(0b11 << 62)) | (0b10 << 62);
    let hex = format!("{number:032X}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// One value as a property list has it.
fn write(value: &Value, depth: usize, to: &mut String) {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            to.push_str(&format!("{pad}<dict>\n"));
            for (key, value) in map {
                to.push_str(&format!("{pad}  <key>{}</key>\n", escape(key.as_str())));
                write(value, depth + 1, to);
            }
            to.push_str(&format!("{pad}</dict>\n"));
        }
        Value::Array(items) => {
            to.push_str(&format!("{pad}<array>\n"));
            items.iter().for_each(|item| write(item, depth + 1, to));
            to.push_str(&format!("{pad}</array>\n"));
        }
        Value::Bool(on) => to.push_str(&format!("{pad}<{on}/>\n")),
        Value::Number(number) => to.push_str(&format!("{pad}<integer>{number}</integer>\n")),
        Value::String(text) => to.push_str(&format!("{pad}<string>{}</string>\n", escape(text.as_str()))),
        Value::Null => {}
    }
}
