//! Where a target begins: the cases of the crates whose parsers it runs.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The seeds of a target, in a fixed order: what the cases say, in the target's own writing.
#[must_use]
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = root.join("shared");
    if let Some(site) = target.strip_prefix("sites-") {
        let cases = files(&shared.join("sites/sites").join(site).join("cases"), "json");
        return cases.iter().filter_map(|path| request(&read(path))).collect();
    }
    if let Some(format) = target.strip_prefix("answer-") {
        let streams = files(&shared.join("sites/answers").join(format), "stream");
        return streams.iter().map(|path| [&[17][..], &read(path)].concat()).collect();
    }
    match target {
        "socket" => files(&shared.join("sites/answers/delta-encoding"), "frames").iter().map(|path| read(path)).collect(),
        "seal" => files(&shared.join("seal/tests/vectors"), "json").iter().flat_map(|path| words(&read(path))).collect(),
        "key-file" => {
            let vectors = shared.join("seal/tests/vectors");
            let found = [files(&vectors, "txt"), files(&vectors, "json")].concat();
            found.iter().map(|path| read(path)).chain(words(&read(&vectors.join("matched-data-v3.json")))).collect()
        }
        "frames" => vec![
            br#"{"kind":"status"}"#.to_vec(),
            b"{\"chunk\":{\"id\":1,\"index\":0,\"count\":2,\"data\":\"{\\\"kind\\\":\"}}\n{\"chunk\":{\"id\":1,\"index\":1,\"count\":2,\"data\":\"\\\"status\\\"}\"}}"
                .to_vec(),
        ],
        "messages" => MESSAGES.map(|text| text.as_bytes().to_vec()).to_vec(),
        "address" => SITES.iter().flat_map(|site| addresses(&shared, site)).collect(),
        "har" => files(&root.join("host/agent/tests/cases"), "har").iter().map(|path| read(path)).collect(),
        "classify" => FAMILIES
            .iter()
            .flat_map(|family| files(&root.join("host/classify").join(family), "toml"))
            .map(|path| read(&path))
            .collect(),
        "native-frames" => MESSAGES.map(framed).into_iter().chain([MESSAGES.map(framed).concat()]).collect(),
        "questions" => QUESTIONS.map(|text| text.as_bytes().to_vec()).to_vec(),
        "settings" => SETTINGS.map(|text| text.as_bytes().to_vec()).to_vec(),
        "record-row" => ROWS.map(|text| text.as_bytes().to_vec()).to_vec(),
        "record-text" => TEXTS.map(|text| text.as_bytes().to_vec()).to_vec(),
        "record-export" => LINES.map(|text| text.as_bytes().to_vec()).to_vec(),
        "file-text" => attached(&root, &["txt", "ipynb"]),
        "file-markup" => attached(&root, &["xml", "html"]),
        "file-pdf" => attached(&root, &["pdf"]),
        "file-office" => attached(&root, &["docx", "xlsx", "pptx", "odt", "ods"]),
        "file-archive" => attached(&root, &["zip", "gz"]),
        "file-rtf" => attached(&root, &["rtf"]),
        "file-picture" => pictures(&root),
        "file-mail" => attached(&root, &["eml"]),
        "file-compound" => attached(&root, &["docx"]).into_iter().filter(|one| one.starts_with(b"\xd0\xcf")).collect(),
        "guardrails" => crate::guardrails::seeds(),
        "signal" => crate::signal::seeds(),
        exact if exact.starts_with("exact-") => crate::exact::seeds(exact),
        bundle if bundle.starts_with("bundle-") || bundle == "grant-code" => crate::bundle::seeds(bundle),
        _ => Vec::new(),
    }
}

/// The cases of attached files.
fn attached(root: &Path, endings: &[&str]) -> Vec<Vec<u8>> {
    let folder = root.join("host/agent/tests/cases/files");
    endings.iter().flat_map(|ending| files(&folder, ending)).map(|path| read(&path)).collect()
}

/// A case, and what the fuzzer can change in a glance: the smallest of each kind.
fn pictures(root: &Path) -> Vec<Vec<u8>> {
    let small = attached(root, &["png"]);
    small.into_iter().chain(PICTURES.map(<[u8]>::to_vec)).collect()
}

/// A picture of one pixel each: GIF, BMP, WebP without loss.
const PICTURES: [&[u8]; 3] = [
    b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
    b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\0",
    b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0",
];

const SITES: [&str; 4] = ["chatgpt", "claude", "gemini", "perplexity"];

/// Where texts are in which something is found.
const FAMILIES: [&str; 5] =
    ["cases", "detectors/code", "detectors/data", "detectors/pii", "detectors/secret"];

/// Messages both ways, with most of their fields.
const MESSAGES: [&str; 6] = [
    r#"{"kind":"judge","event":"01890a5d-ac96-474b-bcce-000000000001","app":"claude","at":1,"reading":{"read":"prompt","operation":"send-prompt","parts":[{"kind":"text","text":"a"},{"kind":"attachment","name":"n","text":"b"}],"conversation_id":"c","attachments":[{"name":"n","size":1}],"account":{"kind":"workspace"}},"page":1}"#,
    r#"{"kind":"judge","event":"01890a5d-ac96-474b-bcce-000000000001","app":"claude","at":1,"reading":{"read":"unread","what":"shape","operation":"send-prompt","path":"POST /x","size":7}}"#,
    r#"{"kind":"response","event":"01890a5d-ac96-474b-bcce-000000000001","response":{"text":"a","tool_calls":[{"name":"n"}],"complete":true},"at":1}"#,
    r#"{"kind":"answered","event":"01890a5d-ac96-474b-bcce-000000000001","choice":{"choice":"justify","reason":"r"},"at":1}"#,
    r#"{"kind":"late","entries":[{"event":"01890a5d-ac96-474b-bcce-000000000001","app":"claude","at":1,"released":true,"size":1}]}"#,
    r#"{"kind":"verdict","event":"01890a5d-ac96-474b-bcce-000000000001","outcome":"refuse","action":"redact","obligations":["redact"],"mode":"enforce","edits":[{"part":0,"start":1,"end":2,"replacement":"[x]"}],"fault":"deadline"}"#,
];

/// Lines of `scan --jsonl`.
const QUESTIONS: [&str; 3] = [
    r#"{"id":1,"text":"call 415 555 0100"}"#,
    r#"{"id":"a","text":"card 4111 1111 1111 1111","operation":"upload-file","user":"ines","groups":["hr"],"app":"claude"}"#,
    "{\"id\":null,\"text\":\"key=sk-0a1B2c3D4e5F\",\"operation\":\"write-memory\"}\n{\"id\":2}",
];

/// Files of settings, with most of what can stand there.
const SETTINGS: [&str; 3] = [
    "policy = \"builtin-enforce\"\ncapture = \"masked\"\npreview = \"typing\"\nretention_days = 90\nmax_bytes = 1000\n[fail]\n\
     unread = \"warn\"\nunreachable = \"block\"\ndeadline_ms = 2000\n[developer]\nextensions = [\"a\"]\n",
    "recipients = [\"Ycig/Zr/pZmklmFUN99nr+taURlYItL91g+NcHGYpB8=\"]\n[[sink]]\nname = \"a\"\nkind = \"file\"\nformat = \"jsonl\"\n\
     address = \"/var/log/promptgate.jsonl\"\n",
    "[bundle]\naddress = \"https://policy.example/acme/bundle.tar.gz\"\nkeys = [\"ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\"]\n\
     audience = \"acme\"\npoll_s = 60\nca = \"/etc/promptgate/ca.pem\"\ntoken_file = \"/etc/promptgate/token\"\n",
];

/// Rows of the record.
const ROWS: [&str; 6] = [
    "judged\n{\"account\":\"unknown\",\"action\":\"redact\",\"app\":\"claude\",\"capture\":\"full\",\"facts\":{\"a\":1},\"labels\":{\"pii.email\":1},\"mode\":\"enforce\",\"operation\":\"send-prompt\",\"outcome\":\"ask\",\"policies\":[{\"id\":\"a\",\"action\":\"warn\",\"mode\":\"monitor\"}],\"source\":\"builtin-enforce\",\"topics\":[{\"topic\":\"content.pii\",\"level\":\"high\",\"score\":900}]}",
    "response\n{\"complete\":true,\"conversation\":\"c\",\"sealed\":[{\"key\":\"k\",\"sha256\":\"00\",\"bytes\":1}],\"tool_calls\":[{\"name\":\"n\"}]}",
    "refused\n{\"by\":{\"extension\":\"aborted\"}}",
    "uncovered\n{\"seen\":{\"road\":\"frame\",\"path\":\"GET /\",\"stopped\":true}}",
    "audit\n{\"by\":{\"user\":\"jane\"},\"count\":2,\"keys\":[\"0011223344556677\"],\"name\":\"rescan\",\"old_keys\":[\"k\"],\"version\":\"3\",\"what\":\"log-opened\",\"whose\":\"joe\"}",
    "health\n{\"count\":3,\"name\":\"syslog\",\"over\":true,\"trouble\":\"sink\"}",
];

/// Texts of the record, opened.
const TEXTS: [&str; 2] = [
    r#"{"v":1,"event":"01890a5d-ac96-474b-bcce-000000000001","at":5,"app":"claude","conversation":"c","prompt":{"parts":[{"kind":"text","text":"a"}],"attachments":["plan.pdf"]}}"#,
    r#"{"v":1,"event":"01890a5d-ac96-474b-bcce-000000000001","at":5,"app":"claude","answer":"a"}"#,
];

/// Lines of exports: a whole row, an erased one, and what an export holds.
const LINES: [&str; 4] = [
    r#"{"v":1,"device":"d","seq":1,"at":5,"time":"","kind":"released","event":"01890a5d-ac96-474b-bcce-000000000001","previous":"0000000000000000000000000000000000000000000000000000000000000000","hash":"1111111111111111111111111111111111111111111111111111111111111111","salt":"2222222222222222222222222222222222222222222222222222222222222222","body":{"app":"claude","edited":true,"person":"p"},"sealed":[{"key":"k","blob":"b"}]}"#,
    r#"{"v":1,"device":"d","seq":2,"at":6,"kind":"drift","previous":"1111111111111111111111111111111111111111111111111111111111111111","hash":"3333333333333333333333333333333333333333333333333333333333333333","erased":true,"commitments":"01614444444444444444444444444444444444444444444444444444444444444444"}"#,
    r#"{"v":1,"head":{"device":"d","rows":2,"complete":true,"last":{"seq":2,"hash":"00"},"at":7}}"#,
    r#"{"v":1,"signed_head":{"v":1,"device":"d","seq":2,"hash":"3333333333333333333333333333333333333333333333333333333333333333","at":7,"epoch":3,"mac":"4444444444444444444444444444444444444444444444444444444444444444"}}"#,
];

/// The addresses of a site's cases, each behind its method.
fn addresses(shared: &Path, site: &str) -> Vec<Vec<u8>> {
    let cases = files(&shared.join("sites/sites").join(site).join("cases"), "json");
    let line = |path: &PathBuf| {
        let case: Value = serde_json::from_slice(&read(path)).ok()?;
        let word = |key: &str| case.get(key).and_then(Value::as_str);
        Some(format!("{} {}", word("method").unwrap_or("POST"), word("url")?).into_bytes())
    };
    cases.iter().filter_map(line).collect()
}

/// A case of a site as the target writes requests.
fn request(case: &[u8]) -> Option<Vec<u8>> {
    let case: Value = serde_json::from_slice(case).ok()?;
    let word = |key: &str| case.get(key).and_then(Value::as_str);
    let method = if word("api") == Some("web-socket") { "WS" } else { word("method").unwrap_or("POST") };
    let mut out = format!(
        "{method} @{}\n",
        word("url")?.strip_prefix("https://").or(word("url")?.strip_prefix("wss://"))?
    );
    for pair in case.get("headers").and_then(Value::as_array).into_iter().flatten() {
        out += &format!("{}: {}\n", pair.get(0)?.as_str()?, pair.get(1)?.as_str()?);
    }
    out.push('\n');
    if let Some(json) = case.get("json") {
        out += &json.to_string();
    } else if let Some(text) = word("text") {
        out += text;
    } else if let Some(base64) = word("base64") {
        out += &format!("\u{1}{base64}");
    } else if let Some(fields) = case.get("form").and_then(Value::as_array) {
        let field = |field: &Value| {
            let value = match field.get(1)? {
                Value::String(plain) => plain.clone(),
                other => match (other.get("twice"), other.get("calls").and_then(Value::as_array)) {
                    (Some(inner), _) => {
                        Value::from(vec![Value::Null, Value::String(inner.to_string())]).to_string()
                    }
                    (None, Some(calls)) => {
                        let call = |call: &Value| {
                            let arguments = call.get(1).map(Value::to_string);
                            Value::from(vec![call.get(0).cloned().unwrap_or_default(), arguments.into()])
                        };
                        Value::from(vec![Value::from_iter(calls.iter().map(call))]).to_string()
                    }
                    (None, None) => return None,
                },
            };
            let escaped: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            Some(format!("{}={escaped}", field.get(0)?.as_str()?))
        };
        out += &fields.iter().filter_map(field).collect::<Vec<_>>().join("&");
    } else if let Some(parts) = case.get("parts").and_then(Value::as_array) {
        let of =
            |part: &Value, key: &str| part.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let part = |part: &Value| [of(part, "name"), of(part, "file_name"), of(part, "text")].join("\u{2}");
        out += &format!("\u{2}{}", parts.iter().map(part).collect::<Vec<_>>().join("\u{2}"));
    }
    Some(out.into_bytes())
}

/// A message behind its length, as browsers write it.
fn framed(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap_or_default();
    [&length.to_ne_bytes()[..], text.as_bytes()].concat()
}

/// Every string of a JSON file.
fn words(file: &[u8]) -> Vec<Vec<u8>> {
    fn walk(value: &Value, out: &mut Vec<Vec<u8>>) {
        match value {
            Value::String(text) => out.push(text.clone().into_bytes()),
            Value::Array(items) => items.iter().for_each(|item| walk(item, out)),
            Value::Object(fields) => fields.values().for_each(|value| walk(value, out)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut out = Vec::new();
    walk(&serde_json::from_slice(file).unwrap_or_default(), &mut out);
    out
}

fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ext| ext == kind))
        .collect();
    found.sort();
    found
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use host_journal::Plain;
    use shared_protocol::{ToExtension, ToHost};

    use super::{LINES, MESSAGES, QUESTIONS, ROWS, SETTINGS, TEXTS};

    /// A seed that does not parse begins nowhere.
    #[test]
    fn what_is_written_here_is_understood() {
        for text in MESSAGES {
            let to_host = serde_json::from_str::<ToHost>(text).is_ok();
            assert!(to_host || serde_json::from_str::<ToExtension>(text).is_ok(), "{text}");
        }
        for text in TEXTS {
            assert!(Plain::from_bytes(text.as_bytes()).is_some(), "{text}");
        }
        for text in LINES {
            assert!(host_journal::sink::read_line(text).is_ok(), "{text}");
        }
        for text in QUESTIONS {
            assert!(host_agent::foreign::question(text.lines().next().unwrap().as_bytes()).is_ok(), "{text}");
        }
        for text in SETTINGS {
            assert_eq!(host_agent::foreign::settings_file(text, true).err(), None, "{text}");
        }
        for text in ROWS {
            let (kind, body) = text.split_once('\n').unwrap();
            assert!(host_journal::Record::try_from(crate::record::unhashed(kind, body)).is_ok(), "{text}");
        }
    }
}
