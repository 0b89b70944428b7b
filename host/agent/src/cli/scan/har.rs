//! `scan --har`: every entry of recorded traffic, read by the sites' data as the extension reads it, its answer
//! rebuilt and joined, and judged.
//!
//! INVARIANT: one line for each entry, in order, `index` from 0.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;
use shared_protocol::{App, Operation, Prompt, Reading, Response, Topic};
use shared_sites::har::{Entry, Har};
use shared_sites::{Decoder, Read, Reading as Read_, Sites, SocketItem, SocketReader, Thread};

use super::{As, findings, judge, reported, topics};
use crate::cli::table;
use crate::exit::Exit;
use crate::judge::Snapshot;
use crate::out;

/// One line.
#[derive(Serialize)]
struct Line {
    index: usize,
    site: Option<String>,
    operation: Option<&'static str>,
    reading: &'static str,
    conversation_id: Option<String>,
    parent_id: Option<String>,
    model: Option<String>,
    prompt: Option<String>,
    response: Option<String>,
    complete: bool,
    topics: Value,
    findings: Value,
    action: Value,
    mode: Value,
}

/// What is known from the entries before.
#[derive(Default)]
struct Seen {
    /// The last answer's message of each conversation.
    leaves: HashMap<(String, String), String>,
}

pub(super) fn run(path: &Path, person: &As, snapshot: &Snapshot, json: bool) -> Result<Exit> {
    let mut text = String::new();
    let read = super::open(path)?.read_to_string(&mut text);
    read.map_err(|_| anyhow::anyhow!("{} is no HTTP Archive: it is not UTF-8", path.display()))?;
    let har = Har::parse(&text).map_err(|fault| {
        // serde's message can quote the traffic; its place cannot.
        let (line, column) = (fault.line(), fault.column());
        anyhow::anyhow!("{} is no HTTP Archive: line {line}, column {column}", path.display())
    })?;
    drop(text);
    let sites = Sites::builtin().context("the sites' data that is compiled in")?;
    let sockets = sockets(&har);
    let mut seen = Seen::default();
    let mut rows = Vec::new();
    for (index, entry) in har.entries().iter().enumerate() {
        let line = line(index, entry, &har, &sites, &sockets, &mut seen, person, snapshot)?;
        if !json {
            rows.push(cells(&line));
        } else if !out::line(&serde_json::to_string(&line)?) {
            return Ok(Exit::Done);
        }
    }
    if !json {
        let head = ["INDEX", "SITE", "OPERATION", "READING", "ACTION", "CONVERSATION", "PROMPT", "RESPONSE"];
        for line in table::align(&head, &rows) {
            out::line(&line);
        }
    }
    Ok(Exit::Done)
}

#[expect(clippy::too_many_arguments, reason = "one step of one loop, with what the loop holds")]
fn line(
    index: usize,
    entry: &Entry,
    har: &Har,
    sites: &Sites,
    sockets: &[SocketItem],
    seen: &mut Seen,
    person: &As,
    snapshot: &Snapshot,
) -> Result<Line> {
    let read = read(entry, har, sites, seen);
    let site = read.app.as_ref().map(|app| app.as_str().to_owned());
    let response = answer(&read, entry, sockets);
    let asked = As {
        user: person.user.clone(),
        app: read.app.clone().unwrap_or_else(|| App::new(String::new())),
        neighbours: person.neighbours.clone(),
    };
    let (reading, word, operation) = match read.reading {
        Read_::Nothing => return Ok(nothing(index, site, response, snapshot)),
        Read_::Unread(drift) => {
            let operation = drift.operation;
            (Reading::Unread(drift), "unread", operation)
        }
        Read_::Prompt(prompt) => {
            let operation = Some(prompt.operation);
            (Reading::Prompt(prompt), "prompt", operation)
        }
    };
    let prompt = match &reading {
        Reading::Prompt(prompt) => Some(prompt.clone()),
        Reading::Unread(_) => None,
    };
    let (judgement, _) = judge(snapshot, &asked, reading)?;
    let (action, mode) = reported(&judgement);
    let conversation = prompt.as_ref().and_then(|prompt| prompt.conversation_id.clone());
    let conversation = conversation.or_else(|| response.as_ref()?.conversation_id.clone());
    seen.note(site.as_ref(), conversation.as_ref(), response.as_ref());
    let topics = if judgement.found.topics.is_empty() { zeros() } else { topics(&judgement) };
    Ok(Line {
        index,
        site,
        operation: operation.map(Operation::as_str),
        reading: word,
        conversation_id: conversation,
        parent_id: prompt.as_ref().and_then(|prompt| prompt.parent_id.clone()),
        model: prompt
            .as_ref()
            .and_then(|prompt| prompt.model.clone())
            .or_else(|| response.as_ref()?.model.clone()),
        prompt: prompt.as_ref().map(joined),
        complete: response.as_ref().is_some_and(|response| response.complete),
        response: response.map(|response| response.text.expose().to_owned()),
        topics,
        findings: serde_json::to_value(findings(&judgement))?,
        action: serde_json::to_value(action)?,
        mode: serde_json::to_value(mode)?,
    })
}

/// An entry that leaves without anybody being asked.
fn nothing(index: usize, site: Option<String>, response: Option<Response>, snapshot: &Snapshot) -> Line {
    Line {
        index,
        site,
        operation: None,
        reading: "nothing",
        conversation_id: None,
        parent_id: None,
        model: None,
        prompt: None,
        complete: response.as_ref().is_some_and(|response| response.complete),
        response: response.map(|response| response.text.expose().to_owned()),
        topics: zeros(),
        findings: Value::Array(Vec::<Value>::new()),
        action: "allow".into(),
        mode: serde_json::to_value(snapshot.policy.mode()).unwrap_or_default(),
    }
}

/// A WebSocket entry reads as the first of its sent messages that is something; opening it is nothing.
fn read(entry: &Entry, har: &Har, sites: &Sites, seen: &Seen) -> Read {
    let mut read = read_request(&har.request(entry), sites, seen);
    if !entry.is_socket() {
        return read;
    }
    read.reading = Read_::Nothing;
    let sent = entry.frames().iter().filter(|frame| frame.is_sent());
    let mut said = sent.map(|frame| read_request(&har.frame_request(entry, frame), sites, seen));
    said.find(|said| !matches!(said.reading, Read_::Nothing)).unwrap_or(read)
}

/// Reads twice where the first reading names a conversation whose leaf is known.
fn read_request(request: &shared_sites::Request, sites: &Sites, seen: &Seen) -> Read {
    let read = sites.read(request, &Thread { leaf: None });
    let leaf = match (&read.app, &read.reading) {
        (Some(app), Read_::Prompt(Prompt { conversation_id: Some(id), .. })) => {
            seen.leaves.get(&(app.as_str().to_owned(), id.clone())).cloned()
        }
        _ => None,
    };
    match leaf {
        Some(leaf) => sites.read(request, &Thread { leaf: Some(leaf) }),
        None => read,
    }
}

/// Everything that came over watched sockets, in order.
fn sockets(har: &Har) -> Vec<SocketItem> {
    let mut items = Vec::new();
    for entry in har.entries() {
        let mut reader = SocketReader::default();
        for frame in entry.frames().iter().filter(|frame| !frame.is_sent()) {
            if let Ok(text) = String::from_utf8(frame.bytes()) {
                items.extend(reader.push(&text));
            }
        }
    }
    items
}

/// The answer of an entry, followed to the WebSocket where it was handed over.
fn answer(read: &Read, entry: &Entry, sockets: &[SocketItem]) -> Option<Response> {
    // A refused request has an error page, not an answer.
    if entry.status() >= 400 {
        return None;
    }
    let mut decoder = Decoder::new(read.answer?);
    decoder.push(&entry.answer());
    if let Some(topic) = decoder.handoff().map(str::to_owned) {
        for item in sockets.iter().filter(|item| item.topic == topic) {
            decoder.push(&item.bytes);
        }
    }
    Some(decoder.finish())
}

impl Seen {
    fn note(&mut self, site: Option<&String>, conversation: Option<&String>, response: Option<&Response>) {
        let message = response.and_then(|response| response.message_id.clone());
        if let (Some(site), Some(conversation), Some(message)) = (site, conversation, message) {
            self.leaves.insert((site.clone(), conversation.clone()), message);
        }
    }
}

fn joined(prompt: &Prompt) -> String {
    prompt.parts.iter().map(|part| part.text.expose()).collect::<Vec<_>>().join("\n")
}

fn zeros() -> Value {
    Topic::BUILTIN.into_iter().map(|topic| (String::from(topic), Value::from(0.0))).collect()
}

fn cells(line: &Line) -> Vec<String> {
    let length =
        |text: &Option<String>| text.as_ref().map_or("-".to_owned(), |text| text.chars().count().to_string());
    vec![
        line.index.to_string(),
        line.site.clone().unwrap_or("-".to_owned()),
        line.operation.unwrap_or("-").to_owned(),
        line.reading.to_owned(),
        line.action.as_str().unwrap_or("-").to_owned(),
        line.conversation_id.clone().unwrap_or("-".to_owned()),
        length(&line.prompt),
        length(&line.response),
    ]
}
