//! `scan` of one text, told to a person or as one JSON object.

use anyhow::Result;
use serde_json::json;
use shared_protocol::{Level, Operation, Reading};

use super::{As, findings, judge, levels, prompt, reported, topics};
use crate::cli::table;
use crate::exit::Exit;
use crate::judge::{Judgement, Snapshot};
use crate::out;

pub(super) fn run(name: &str, text: String, person: &As, snapshot: &Snapshot, json: bool) -> Result<Exit> {
    let (judgement, took) = judge(snapshot, person, Reading::Prompt(prompt(Operation::SendPrompt, text)))?;
    let (action, mode) = reported(&judgement);
    let ms = (took.as_secs_f64() * 1e6).round() / 1e3;
    if json {
        let told = json!({
            "id": name,
            "topics": topics(&judgement),
            "levels": levels(&judgement),
            "findings": findings(&judgement),
            "action": action,
            "mode": mode,
            "policies": judgement.decision.policies.iter().map(|policy| &policy.id).collect::<Vec<_>>(),
            "ms": ms,
        });
        out::line(&told.to_string());
        return Ok(Exit::Done);
    }
    let word = |value| serde_json::to_value(value).ok().and_then(|word| Some(word.as_str()?.to_owned()));
    let action = word(json!(action)).unwrap_or_default();
    let mode = word(json!(mode)).unwrap_or_default();
    out::line(&format!("{action} ({mode}), {ms} ms"));
    for line in details(&judgement) {
        out::line(&line);
    }
    Ok(Exit::Done)
}

fn details(judgement: &Judgement) -> Vec<String> {
    let mut lines = Vec::new();
    let policies: Vec<_> = judgement
        .decision
        .policies
        .iter()
        .map(|policy| vec![policy.id.clone(), policy.message.clone().unwrap_or_default()])
        .collect();
    if !policies.is_empty() {
        lines.push(String::new());
        lines.extend(table::align(&["POLICY", "SAYS"], &policies));
    }
    let found: Vec<_> = judgement
        .found
        .findings
        .iter()
        .map(|one| {
            let span = format!("{}..{}", one.start, one.end);
            vec![one.label.as_str().to_owned(), span, format!("{:.2}", one.confidence), one.mask.clone()]
        })
        .collect();
    if !found.is_empty() {
        lines.push(String::new());
        lines.extend(table::align(&["FOUND", "AT", "CONFIDENCE", "MASK"], &found));
    }
    let above = judgement.found.topics.iter().filter(|one| one.level > Level::None);
    let topics: Vec<_> = above
        .map(|one| {
            let level = format!("{:?}", one.level).to_lowercase();
            vec![String::from(one.topic.clone()), level, format!("{:.2}", one.score)]
        })
        .collect();
    if !topics.is_empty() {
        lines.push(String::new());
        lines.extend(table::align(&["TOPIC", "LEVEL", "SCORE"], &topics));
    }
    lines
}
