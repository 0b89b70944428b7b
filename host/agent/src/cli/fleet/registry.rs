//! For Windows: registry files, and names and values for Intune's settings catalogue.

use serde_json::{Value, json};

use super::browser::{Extension, place};
use crate::browsers::{Family, ROWS, Row};
use crate::os::Os;

/// A registry file as `reg export` writes it: UTF-16 with a mark at its beginning.
pub(super) fn file(row: &Row, extension: &Extension<'_>) -> Vec<u8> {
    let key = place(row.name, Os::Windows);
    let mut lines =
        vec!["Windows Registry Editor Version 5.00".to_owned(), String::new(), format!("[{key}]")];
    let mut switches = extension.switches(row);
    let id = extension.id(row.family);
    if row.family == Family::Firefox {
        switches.push(("3rdparty", json!({ "Extensions": { id: { "managed": true } } })));
    }
    let (lists, values): (Vec<_>, Vec<_>) = switches.into_iter().partition(|(_, value)| value.is_array());
    lines.extend(values.iter().map(|(name, value)| format!("\"{name}\"={}", data(value, row.family))));
    for (name, list) in &lists {
        lines.extend([String::new(), format!("[{key}\\{name}]")]);
        let items = (1..).zip(list.as_array().into_iter().flatten());
        lines.extend(items.map(|(number, item)| format!("\"{number}\"={item}")));
    }
    if row.family == Family::Chromium {
        lines.extend([
            String::new(),
            format!("[{key}\\3rdparty\\extensions\\{id}\\policy]"),
            "\"managed\"=dword:00000001".to_owned(),
        ]);
    }
    lines.push(String::new());
    let text = lines.join("\r\n");
    std::iter::once('\u{FEFF}').chain(text.chars()).flat_map(utf16).collect()
}

fn utf16(char: char) -> Vec<u8> {
    char.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_le_bytes()).collect()
}

/// One value: numbers and switches as such, all else as JSON in a text; Firefox takes that as a text of many lines.
fn data(value: &Value, family: Family) -> String {
    match (value, family) {
        (Value::Bool(on), _) => format!("dword:{:08x}", u8::from(*on)),
        (Value::Number(number), _) => format!("dword:{:08x}", number.as_u64().unwrap_or_default()),
        (_, Family::Chromium) => {
            format!("\"{}\"", value.to_string().replace('\\', "\\\\").replace('"', "\\\""))
        }
        (_, Family::Firefox) => {
            let text = value.to_string();
            // The text's end, and the end of the list of lines.
            let bytes = text.chars().chain(['\0', '\0']).flat_map(utf16);
            format!("hex(7):{}", bytes.map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(","))
        }
    }
}

/// Names and values for the settings catalogue, browser by browser.
pub(super) fn catalog(extension: &Extension<'_>) -> String {
    let of = |row: &Row| {
        let values = extension.switches(row).into_iter().map(|(name, value)| match value {
            Value::Bool(_) | Value::Number(_) | Value::Array(_) => (name.to_owned(), value),
            // Pasted into a field.
            _ => (name.to_owned(), Value::String(value.to_string())),
        });
        (row.name.to_owned(), Value::Object(values.collect()))
    };
    let all = Value::Object(ROWS.iter().map(of).collect());
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}
