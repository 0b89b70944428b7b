//! The ready-made packs: every one is read without a word of complaint, speaks the extension's languages, and its stories
//! that need no classifier end as they say. Those with a prompt are told by the agent's tests.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use host_policy::{Given, Guardrails, packs};
use shared_protocol::{Label, Topic};

/// The extension's languages but English, in which the policies themselves are written.
const LANGUAGES: [&str; 7] = ["ar", "de", "es", "fr", "ja", "pt", "zh"];

/// What the classifier says of the labels that the packs' stories name.
fn topics_of(label: &Label) -> Vec<Topic> {
    match label.as_str() {
        "health.record-number" => vec![Topic::Custom("patient".to_owned()), Topic::ContentPii],
        secret if secret.starts_with("secret.") => vec![Topic::ContentCredentials],
        _ => vec![Topic::ContentPii],
    }
}

fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => drop(files.insert(path)),
        }
    }
    files
}

#[test]
fn what_is_compiled_in_is_what_lies_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let listed =
        packs().iter().flat_map(|pack| pack.files().into_keys().map(|path| root.join(pack.name).join(path)));
    assert_eq!(listed.collect::<BTreeSet<_>>(), files_below(&root));
}

#[test]
fn every_pack_is_read_and_its_stories_end_as_they_say() {
    for pack in packs() {
        let guardrails =
            Guardrails::read(&pack.files(), false).unwrap_or_else(|error| panic!("{}\n{error}", pack.name));
        assert_eq!(guardrails.warnings, [], "{}", pack.name);
        assert_eq!(guardrails.messages.languages().collect::<Vec<_>>(), LANGUAGES, "{}", pack.name);
        let mut told = 0;
        for story in &guardrails.stories {
            if let Given::Facts { .. } = story.given {
                let decision = guardrails.policy.decide(&guardrails.facts_of(story, topics_of));
                let differences = guardrails.tell(story, &decision).differences;
                assert_eq!(differences, [], "{} {}:{} {}", pack.name, story.file, story.line, story.name);
                told += 1;
            }
        }
        assert!(told >= 3, "{}: {told} stories without a prompt", pack.name);
    }
}

#[test]
fn a_browser_of_any_region_or_script_finds_its_language() {
    for pack in packs() {
        let guardrails = Guardrails::read(&pack.files(), false).unwrap();
        for (tag, language) in [
            ("ar-EG", "ar"),
            ("de-CH", "de"),
            ("ja", "ja"),
            ("ja-JP", "ja"),
            ("pt-BR", "pt"),
            ("pt-PT", "pt"),
            ("pt_BR", "pt"),
            ("zh-CN", "zh"),
            ("zh-Hans", "zh"),
            ("zh-Hans-SG", "zh"),
        ] {
            for id in guardrails.policy.ids() {
                let said = guardrails.messages.of(id, tag);
                assert!(said.is_some(), "{} {id} {tag}", pack.name);
                assert_eq!(said, guardrails.messages.of(id, language), "{} {id} {tag}", pack.name);
            }
        }
    }
}

/// What the project is for, said in policies.
#[test]
fn the_packs_say_what_guardrails_must_be_able_to_say() {
    let all: BTreeSet<String> = packs()
        .iter()
        .flat_map(|pack| {
            Guardrails::read(&pack.files(), false)
                .unwrap()
                .policy
                .ids()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    for id in [
        "personal-data-is-for-hr",
        "no-sharing-from-chatgpt",
        "code-to-our-workspace-only",
        "credentials-redacted",
    ] {
        assert!(all.contains(id), "{id}");
    }
}

#[test]
fn the_kill_switch_stops_every_pack_from_acting() {
    for pack in packs() {
        let guardrails = Guardrails::read(&pack.files(), true).unwrap();
        for story in &guardrails.stories {
            let decision = guardrails.policy.decide(&guardrails.facts_of(story, topics_of));
            assert_eq!(decision.action, shared_protocol::Action::Allow, "{} {}", pack.name, story.name);
        }
    }
}
