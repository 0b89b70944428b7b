//! `scan` of one text, told to a person or as one JSON object.

use anyhow::Result;
use serde_json::json;
use shared_protocol::{FilePlace, Level, Prompt, Reading, Spot};

use super::{As, faulty, findings, judge_with, levels, reported, topics};
use crate::cli::table;
use crate::exit::Exit;
use crate::files::Attached;
use crate::judge::{Judgement, Snapshot};
use crate::out;

pub(super) fn run(
    name: &str,
    prompt: Prompt,
    files: &Attached,
    person: &As,
    snapshot: &Snapshot,
    json: bool,
) -> Result<Exit> {
    let (judgement, took) = judge_with(snapshot, person, Reading::Prompt(prompt), files)?;
    let (action, mode) = reported(&judgement);
    let ms = (took.as_secs_f64() * 1e6).round() / 1e3;
    if json {
        let mut told = json!({
            "id": name,
            "topics": topics(&judgement),
            "levels": levels(&judgement),
            "findings": findings(&judgement),
            "action": action,
            "mode": mode,
            "policies": judgement.decision.policies.iter().map(|policy| &policy.id).collect::<Vec<_>>(),
            "ms": ms,
        });
        if let Some(told) = told.as_object_mut().filter(|_| !files.is_empty()) {
            told.insert("files".to_owned(), json!(judgement.files));
            told.insert("places".to_owned(), json!(places(&judgement, files)));
        }
        faulty(&judgement, &mut told);
        out::line(&told.to_string());
        return Ok(Exit::Done);
    }
    let word = |value| serde_json::to_value(value).ok().and_then(|word| Some(word.as_str()?.to_owned()));
    let action = word(json!(action)).unwrap_or_default();
    let mode = word(json!(mode)).unwrap_or_default();
    let fault = judgement.verdict.fault.and_then(|code| word(json!(code)));
    let why = fault.map(|code| format!("; not looked through: {code}")).unwrap_or_default();
    out::line(&format!("{action} ({mode}), {ms} ms{why}"));
    for file in &judgement.files {
        let why = |one| serde_json::to_value(one).ok().and_then(|word| Some(word.as_str()?.to_owned()));
        let unread: Vec<String> = file.unread.iter().filter_map(why).collect();
        let rest =
            if unread.is_empty() { String::new() } else { format!(", not read: {}", unread.join(", ")) };
        out::line(&format!("{} ({} bytes){rest}", file.kind, file.size));
    }
    for line in details(&judgement, files) {
        out::line(&line);
    }
    Ok(Exit::Done)
}

/// Where in its files the findings are, in their order.
fn places(judgement: &Judgement, files: &Attached) -> Vec<FilePlace> {
    let whole = judgement.whole.as_ref();
    let places = whole.map(|whole| files.places(whole, &judgement.found)).unwrap_or_default();
    places.into_iter().map(|(_, place)| place).collect()
}

/// As people look for it: `page 3`, `Pay!B12`, `inner.txt, line 2`.
fn words(place: &FilePlace) -> String {
    let spot = place.spot.as_ref().map(|spot| match spot {
        Spot::Line { line } => format!("line {line}"),
        Spot::Page { page } => format!("page {page}"),
        Spot::Paragraph { paragraph } => format!("paragraph {paragraph}"),
        Spot::Slide { slide } => format!("slide {slide}"),
        Spot::Cell { sheet, cell } => format!("{}!{cell}", sheet.expose()),
        Spot::Block { block } => format!("cell {block}"),
        Spot::About => "beside the text".to_owned(),
    });
    let inside = place.inside.as_ref().map(|inside| inside.expose().to_owned());
    inside.into_iter().chain(spot).collect::<Vec<_>>().join(", ")
}

fn details(judgement: &Judgement, files: &Attached) -> Vec<String> {
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
    let places = places(judgement, files);
    let found: Vec<_> = judgement
        .found
        .findings
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let span = places.get(at).map_or_else(|| format!("{}..{}", one.start, one.end), words);
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
