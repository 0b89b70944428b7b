//! Recorded traffic (HAR) as cases: the same shapes, with everything that could be a person's replaced by something
//! invented.
//!
//! INVARIANT: written is only what can be sanitised and still reads the same way; everything else is refused by its
//! place, and no value of the recording is ever printed. Same recording, same cases.

mod invent;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use shared_sites::{Api, Body, Reading, Request, Sites, Thread};

use crate::{paths, tidy};
use invent::Inventor;

/// Headers that say how a body is written; all others stay out.
const HEADERS: [&str; 2] = ["content-type", "x-goog-ext-525001261-jspb"];

/// `cargo xtask capture FILE.har`
pub fn run(path: &str) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
    // serde's own words can quote the recording.
    let har: Value =
        serde_json::from_str(&text).map_err(|e| anyhow::anyhow!("{path} is no HAR: line {}", e.line()))?;
    let sites = Sites::builtin()?;
    let folder = paths::target().join("cases");
    let (mut written, mut refused) = (0, 0);
    let entries = har.pointer("/log/entries").and_then(Value::as_array);
    for (index, entry) in entries.context("no entries")?.iter().enumerate() {
        match case(&sites, entry) {
            Ok(None) => {}
            Ok(Some((site, case))) => {
                let place = folder.join(site).join(format!("captured-{index}.json"));
                write(&place, &case)?;
                written += 1;
                println!("   {}", place.display());
            }
            Err(why) => {
                refused += 1;
                println!("   entry {index}: refused: {why}");
            }
        }
    }
    println!(
        "   {written} written, {refused} refused; read each before it goes into shared/sites/sites/*/cases"
    );
    if refused > 0 { bail!("{refused} entries hold what cannot be sanitised") } else { Ok(()) }
}

fn write(place: &Path, case: &Value) -> Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(place, serde_json::to_string_pretty(case)? + "\n").with_context(|| place.display().to_string())
}

/// The case of an entry, and its site; none when the entry carries nothing to any site.
fn case(sites: &Sites, entry: &Value) -> Result<Option<(String, Value)>, &'static str> {
    let asked = entry.get("request").ok_or("no request")?;
    let word = |key: &str| asked.get(key).and_then(Value::as_str);
    let method = word("method").ok_or("no method")?;
    let url = word("url").ok_or("no address")?;
    let headers = asked.get("headers").and_then(Value::as_array).cloned().unwrap_or_default();
    let header = |header: &Value| {
        let of = |key: &str| Some(header.get(key)?.as_str()?.to_owned());
        Some((of("name")?.to_ascii_lowercase(), of("value")?))
    };
    let headers: Vec<(String, String)> = headers.iter().filter_map(header).collect();
    let posted = asked.pointer("/postData/text").and_then(Value::as_str);
    let request = |url: &str, headers: &[(String, String)], body: Option<&str>| Request {
        api: Api::Fetch,
        method: method.to_owned(),
        url: url.to_owned(),
        page_url: format!("{}/", url.split('/').take(3).collect::<Vec<_>>().join("/")),
        headers: headers.to_vec(),
        body: body.map_or(Body::None, |text| Body::Text { text: text.into() }),
    };
    let kept: Vec<_> = headers.into_iter().filter(|(name, _)| HEADERS.contains(&name.as_str())).collect();
    let recorded = sites.read(&request(url, &kept, posted), &Thread::default());
    let Some(app) = recorded.app else { return Ok(None) };
    if recorded.reading == Reading::Nothing && recorded.drift.is_none() {
        return Ok(None);
    }
    let mut inventor = Inventor::default();
    if let Reading::Prompt(prompt) = &recorded.reading {
        prompt.parts.iter().for_each(|part| inventor.must_go(part.text.expose()));
        prompt
            .attachments
            .iter()
            .filter_map(|file| file.name.as_ref())
            .for_each(|name| inventor.must_go(name.expose()));
    }
    let url = inventor.url(url)?;
    let kept: Vec<(String, String)> =
        kept.into_iter().map(|(name, value)| (name, inventor.text(&value))).collect();
    let mut case = Map::new();
    case.insert("about".to_owned(), json!(format!("captured: {}", kind(&recorded.reading))));
    case.insert("url".to_owned(), json!(url));
    case.insert("method".to_owned(), json!(method));
    if !kept.is_empty() {
        case.insert("headers".to_owned(), json!(kept));
    }
    let mut body = None;
    if let Some(text) = posted {
        let invented = match serde_json::from_str::<Value>(text) {
            Ok(value) => {
                let value = inventor.json(value)?;
                case.insert("json".to_owned(), value.clone());
                value.to_string()
            }
            Err(_) => {
                let form = inventor.form(text)?;
                case.insert("text".to_owned(), json!(form));
                form
            }
        };
        body = Some(invented);
    }
    let case = Value::Object(case);
    let written = case.to_string();
    if inventor.left_in(&written) || !tidy::faults(&written).is_empty() {
        return Err("something of the recording would be left");
    }
    let again = sites.read(&request(&url, &kept, body.as_deref()), &Thread::default());
    if kind(&again.reading) != kind(&recorded.reading) {
        return Err("it reads otherwise with invented words");
    }
    Ok(Some((app.as_str().to_owned(), case)))
}

fn kind(reading: &Reading) -> String {
    match reading {
        Reading::Prompt(prompt) => format!("{}, {} texts", prompt.operation.as_str(), prompt.parts.len()),
        Reading::Unread(drift) => format!("unread, {:?}", drift.what),
        Reading::Nothing => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared_sites::Sites;

    use super::case;

    fn entry(url: &str, body: &Value) -> Value {
        json!({"request": {
            "method": "POST",
            "url": url,
            "headers": [{"name": "Cookie", "value": "sessionKey=abc"}, {"name": "Content-Type", "value": "application/json"}],
            "postData": {"text": body.to_string()},
        }})
    }

    #[test]
    fn a_recorded_send_becomes_an_invented_one_of_the_same_shape() {
        let body = json!({
            "action": "next",
            "messages": [{
                "id": "6f1c2a9e-03b7-4d58-9ae1-7c5d0b8e4f23",
                "author": {"role": "user"},
                "content": {"content_type": "text", "parts": ["Dear Karl, call me: karl.mueller@posteo.de"]},
                "metadata": {"attachments": [{"id": "file_9XkQ", "name": "Kündigung Meyer.pdf"}]},
            }],
            "parent_message_id": "6f1c2a9e-03b7-4d58-9ae1-7c5d0b8e4f23",
            "model": "auto",
        });
        let sites = Sites::builtin().unwrap();
        let (site, case) =
            case(&sites, &entry("https://chatgpt.com/backend-api/f/conversation", &body)).unwrap().unwrap();
        assert_eq!(site, "chatgpt");
        let written = case.to_string();
        for secret in ["Karl", "Dear", "posteo", "6f1c2a9e", "Meyer", "sessionKey", "9XkQ"] {
            assert!(!written.contains(secret), "{secret}: {written}");
        }
        let json = &case["json"];
        assert_eq!(json["messages"][0]["author"]["role"], "user");
        assert_eq!(json["messages"][0]["id"], json["parent_message_id"]);
        assert!(
            json["messages"][0]["metadata"]["attachments"][0]["name"].as_str().unwrap().ends_with(".pdf")
        );
        // The same again gives the same.
        assert_eq!(
            super::case(&sites, &entry("https://chatgpt.com/backend-api/f/conversation", &body))
                .unwrap()
                .unwrap()
                .1,
            case
        );
    }

    #[test]
    fn what_cannot_be_sanitised_is_refused() {
        let sites = Sites::builtin().unwrap();
        let body = json!({"prompt": "hello there", "Karl Müller's notes": 1});
        let url = "https://claude.ai/api/organizations/o/chat_conversations/c/completion";
        assert!(case(&sites, &entry(url, &body)).is_err());
        assert_eq!(case(&sites, &entry("https://elsewhere.example/", &body)), Ok(None));
    }
}
