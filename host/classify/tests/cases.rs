//! Prompts as people write them, and what a person says is in them. One file each under `cases/`.
//!
//! `findings` are all there are, `label part: text`; topics that `levels` leaves out are expected at none.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use host_classify::Engine;
use host_classify::encoder::EncoderError;
use serde::Deserialize;
use shared_protocol::{Attachment, Level, Operation, Part, PartKind, Prompt, Topic};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows, for the reader.
    #[serde(rename = "story")]
    _story: String,
    parts: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    findings: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    levels: BTreeMap<Topic, Level>,
}

/// What is asked for is told by a model, whose low level is close to chance: cases speak of it from medium on.
fn least(topic: &Topic) -> Level {
    match topic {
        Topic::IntentPii | Topic::IntentCodeAbuse | Topic::IntentJailbreak => Level::Low,
        _ => Level::None,
    }
}

#[test]
fn every_prompt_holds_what_its_case_says() {
    let engine = Engine::builtin().unwrap().without_encoder(EncoderError::Foreign);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 10, "cases are missing");
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = toml::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut prompt = Prompt::new(Operation::SendPrompt);
        let part = |text: &String| Part { kind: PartKind::Text, name: None, text: text.as_str().into() };
        prompt.parts.extend(case.parts.iter().map(part));
        let file = |name: &String| Attachment { name: Some(name.as_str().into()), ..Attachment::default() };
        prompt.attachments.extend(case.files.iter().map(file));
        let found = engine.classify(&prompt);
        let line = |finding: &shared_protocol::Finding| {
            let text = prompt.parts[finding.part].text.expose().chars();
            let text: String = text.skip(finding.start).take(finding.end - finding.start).collect();
            format!("{} {}: {text}", finding.label.as_str(), finding.part)
        };
        let findings: Vec<String> = found.findings.iter().map(line).collect();
        if findings != case.findings {
            wrong.push(format!("{name}: {findings:?} and not {:?}", case.findings));
        }
        let names: Vec<&str> = found.names.iter().map(|name| name.label.as_str()).collect();
        if names != case.names {
            wrong.push(format!("{name}: {names:?} and not {:?}", case.names));
        }
        let levels: BTreeMap<Topic, Level> = found
            .topics
            .into_iter()
            .filter(|score| score.level > least(&score.topic))
            .map(|score| (score.topic, score.level))
            .collect();
        if levels != case.levels {
            wrong.push(format!("{name}: {levels:?} and not {:?}", case.levels));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
