//! Stories: a policy, facts, and the decision a person reviewed. One file each under `cases/`.
//!
//! `policy` is `builtin`, `builtin-monitor`, `closed` or the text of one; `[facts]` says only what differs from
//! an empty interaction; `[expect]` is compared whole, what it leaves out is expected to be empty. `[expect.card]`
//! lines are `id: action`, loudest first, with `(was redact)`, `(fallback)`, `(watching)`, `(erred)` where that holds.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use host_policy::{Decision, Determining, Facts, Place, Policy, RedactTarget};
use serde::Deserialize;
use shared_protocol::{Action, App, Capture, Label, Level, Mode, Obligation, Operation, Topic};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    /// What it shows, for the reader.
    #[serde(rename = "story")]
    _story: String,
    policy: String,
    facts: Given,
    expect: Expected,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Given {
    operation: Option<Operation>,
    app: Option<String>,
    user: Option<String>,
    groups: BTreeSet<String>,
    topics: BTreeMap<Topic, Level>,
    /// Label to how often, in the text.
    labels: BTreeMap<Label, u64>,
    /// Label to how often, in names of files.
    names: BTreeMap<Label, u64>,
    conversation_labels: BTreeMap<Label, u64>,
    model: Option<String>,
    workspace: Option<String>,
    temporary: bool,
    text_bytes: u64,
    attachments: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    action: Action,
    #[serde(default)]
    obligations: Vec<Obligation>,
    #[serde(default)]
    card: Vec<String>,
    #[serde(default)]
    redact: Vec<String>,
    would: Option<Action>,
    /// What is kept of the text where the setting is `full`, when it is not all.
    capture: Option<Capture>,
    /// What is reported, when it is not the action itself.
    reported: Option<Action>,
    #[serde(default)]
    faults: usize,
}

fn topic(label: &Label) -> Topic {
    match label.as_str().starts_with("secret.") {
        true => Topic::ContentCredentials,
        false => Topic::ContentPii,
    }
}

fn facts(given: Given) -> Facts {
    let app = App::new(given.app.unwrap_or_else(|| "chatgpt".to_owned()));
    let mut facts = Facts::new(given.operation.unwrap_or(Operation::SendPrompt), app);
    facts.user.id = given.user.unwrap_or_default();
    facts.user.groups = given.groups;
    facts.topics = given.topics;
    for (label, place, count) in [(&given.labels, Place::Text), (&given.names, Place::Name)]
        .into_iter()
        .flat_map(|(labels, place)| labels.iter().map(move |(label, count)| (label, place, *count)))
    {
        (0..count).for_each(|_| facts.found(label, [topic(label)], place));
    }
    facts.conversation_labels = given.conversation_labels;
    facts.model = given.model;
    facts.account.workspace = given.workspace;
    facts.temporary = given.temporary;
    facts.text_bytes = given.text_bytes;
    facts.attachments.count = given.attachments;
    facts
}

fn policy(named: &str) -> Policy {
    match named {
        "builtin" => Policy::builtin(Mode::Enforce),
        "builtin-monitor" => Policy::builtin(Mode::Monitor),
        "closed" => Policy::closed(),
        text => Policy::parse(text, Mode::Enforce).unwrap(),
    }
}

fn word(action: Action) -> String {
    serde_json::to_value(action).unwrap().as_str().unwrap().to_owned()
}

fn line(policy: &Determining) -> String {
    let mut line = format!("{}: {}", policy.id, word(policy.action));
    if policy.action != policy.written {
        line.push_str(&format!(" (was {})", word(policy.written)));
    }
    for (holds, mark) in [
        (policy.fallback, " (fallback)"),
        (policy.mode == Mode::Monitor, " (watching)"),
        (policy.erred, " (erred)"),
    ] {
        line.push_str(if holds { mark } else { "" });
    }
    line
}

fn target(target: &RedactTarget) -> String {
    match target {
        RedactTarget::Label(label) => label.clone(),
        RedactTarget::Topic(topic) => String::from(topic.clone()),
    }
}

#[test]
fn every_story_ends_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 20, "stories are missing");
    let mut seen = BTreeSet::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let story: Story = toml::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let facts = facts(story.facts);
        let decision = policy(&story.policy).decide(&facts);
        let Decision { action, obligations, policies, redact, would, faults, .. } = &decision;
        assert_eq!(*action, story.expect.action, "{name}");
        assert_eq!(*obligations, story.expect.obligations, "{name}");
        assert_eq!(policies.iter().map(line).collect::<Vec<_>>(), story.expect.card, "{name}");
        assert_eq!(redact.iter().map(target).collect::<Vec<_>>(), story.expect.redact, "{name}");
        assert_eq!(*would, story.expect.would, "{name}");
        assert_eq!(decision.reported().0, story.expect.reported.unwrap_or(*action), "{name}");
        assert_eq!(faults.len(), story.expect.faults, "{name}");
        let kept = story.expect.capture.unwrap_or(Capture::Full);
        assert_eq!(decision.capture(Capture::Full), kept, "{name}");
        assert_eq!(Facts::from_bytes(&facts.to_bytes()).unwrap(), facts, "{name}");
        seen.insert(*action);
    }
    let all = [Action::Allow, Action::Coach, Action::Warn, Action::Justify, Action::Redact, Action::Block];
    assert_eq!(seen, BTreeSet::from(all), "the stories show every action");
}
