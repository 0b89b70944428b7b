//! Folders that are wrong, and what reading says of each: one file each under `folders/`.
//!
//! A case has the `files` of a folder beside a small policy, and all its `problems`, in the order of files and text:
//! `file:line:column weight: message` and, after ` | `, the help.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use host_policy::{Facts, Files, Guardrails, Problem, Weight};
use serde::Deserialize;
use shared_protocol::{Action, App, Capture, FailAction, FailSettings, Level, Operation, Preview, Topic};

const POLICY: &str = "@id(\"no-keys\") @action(\"block\") @message(\"m\")\n\
    forbid (principal, action in [Action::\"send\"], resource) when { context.labels.contains(\"secret\") };\n\
    @id(\"no-share\") @action(\"warn\") @message(\"m\")\n\
    forbid (principal, action in [Action::\"share\"], resource);\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    problems: Vec<String>,
    files: BTreeMap<String, String>,
}

fn files(own: impl IntoIterator<Item = (&'static str, &'static str)>) -> Files {
    let policy = ("policy/start.cedar", POLICY);
    [policy].into_iter().chain(own).map(|(path, text)| (path.to_owned(), text.into())).collect()
}

fn line(problem: &Problem) -> String {
    let weight = match problem.weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
    };
    let help = problem.help.as_ref().map(|help| format!(" | {help}")).unwrap_or_default();
    format!("{}:{}:{} {weight}: {}{help}", problem.file, problem.line, problem.column, problem.message)
}

#[test]
fn every_mistake_is_told_with_its_file_place_and_remedy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("folders");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 12, "cases are missing");
    for path in cases {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = toml::from_str(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut files = files([]);
        files.extend(case.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())));
        let (refused, problems) = match Guardrails::read(&files, false) {
            Ok(guardrails) => (false, guardrails.warnings),
            Err(error) => (true, error.problems),
        };
        let lines: Vec<String> = problems.iter().map(line).collect();
        assert_eq!(lines, case.problems, "{name}:\n{}", lines.join("\n"));
        assert_eq!(refused, problems.iter().any(|problem| problem.weight == Weight::Error), "{name}");
    }
}

/// A folder with something of everything, and what it then says.
#[test]
fn everything_that_is_said_is_read() {
    let key = "A".repeat(43);
    let settings = format!(
        "capture = \"matches\"\npreview = \"off\"\nrecipients = [\"{key}=\"]\n[fail]\nunread = \"justify\"\n\
         deadline_ms = 1_000\n[app.claude]\ncategory = \"assistant\"\nsanctioned = true\nworkspaces = [\"w1\"]\n"
    );
    let files = files([
        ("bundle.toml", "name = \"a\""),
        ("topics.toml", "[custom.ships]\ndescription = \"Ships\""),
        (
            "messages/de.toml",
            "no-keys = \"Schlüssel bleiben hier.\"\nno-share = \"Teilen?\"\nships = \"Schiffe\"",
        ),
        (
            "messages/de-CH.toml",
            "no-keys = \"Schlüssel bleiben da.\"\nno-share = \"Teilen?\"\nships = \"Schiffe\"",
        ),
        (
            "policy/ships.cedar",
            "@id(\"ships\") @action(\"warn\") @message(\"Ships\")\n\
             forbid (principal, action, resource) when { context.topics[\"custom.ships\"] >= 2 };",
        ),
        (
            "exceptions.toml",
            "[[exception]]\nid = \"e\"\npolicies = [\"ships\"]\nusers = [\"anna@example.com\"]\n\
             until = 1970-01-01T01:00:10+01:00\nreason = \"r\"",
        ),
        ("sites/claude.toml", "anything"),
        ("detectors/own.toml", "anything"),
    ]);
    let files: Files = files.into_iter().chain([("settings.toml".to_owned(), settings.into())]).collect();
    let read = Guardrails::read(&files, false).unwrap();
    assert_eq!(read.warnings, []);
    assert_eq!((read.settings.capture, read.settings.preview), (Some(Capture::Matches), Some(Preview::Off)));
    let fail = read.settings.fail.over(FailSettings::CLOSED);
    assert_eq!(
        (fail.unread, fail.deadline_ms, fail.expired),
        (FailAction::Justify, 1_000, FailAction::Block)
    );
    assert_eq!(read.messages.of("no-keys", "de-CH"), Some("Schlüssel bleiben da."));
    assert_eq!(read.messages.of("no-keys", "de_AT"), Some("Schlüssel bleiben hier."));
    assert_eq!(read.messages.of("no-keys", "fr"), None);
    assert_eq!(
        (read.sites["claude"].as_str(), read.detectors["detectors/own.toml"].as_str()),
        ("anything", "anything")
    );

    let mut facts = Facts::new(Operation::SendPrompt, App::new("claude"));
    facts.account.workspace = Some("w1".to_owned());
    read.settings.about(&mut facts);
    assert!(facts.app.sanctioned && facts.workspace_sanctioned && facts.app.category == "assistant");
    facts.topics.insert(Topic::Custom("ships".to_owned()), Level::High);
    let decided = read.policy.decide(&facts);
    assert_eq!(
        (decided.action, read.message(&decided.policies[0], Some("de"))),
        (Action::Warn, Some("Schiffe"))
    );
    assert_eq!(read.message(&decided.policies[0], Some("fr")), Some("Ships"));

    // The exception holds for her, and to the second.
    facts.user.email = Some("anna@example.com".to_owned());
    for (at, action) in [(None, Action::Warn), (Some(9), Action::Allow), (Some(10), Action::Warn)] {
        facts.at = at;
        let decided = read.policy.decide(&facts);
        assert_eq!(decided.action, action, "{at:?}");
        assert_eq!(decided.excepted.iter().map(|one| one.by.as_str()).next(), (at == Some(9)).then_some("e"));
    }
}

/// What a story says of a decision that is another one.
#[test]
fn a_story_that_ends_otherwise_says_how() {
    let story = "[[story]]\nname = \"n\"\nfacts = { labels = { \"secret.jwt\" = 1 } }\nwith = { language = \"de\" }\n\
        expect = { action = \"redact\", obligations = [\"redact\"], policies = [], message = \"Passwort\", would = \"block\", \
        exceptions = [\"e\"], capture = \"masked\" }";
    let messages = "no-keys = \"Schlüssel bleiben hier.\"\nno-share = \"Teilen?\"";
    let read =
        Guardrails::read(&files([("stories/a.toml", story), ("messages/de.toml", messages)]), false).unwrap();
    let story = &read.stories[0];
    assert_eq!((story.file.as_str(), story.line), ("stories/a.toml", 1));
    let told = read.tell(story, &read.policy.decide(&read.facts_of(story, |_| Vec::new())));
    let lines: Vec<String> = told.differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "action: expected redact, got block",
            "obligations: expected redact, got none",
            "policies: expected none, got no-keys",
            "would: expected block, got none",
            "capture: expected masked, got full",
            "exceptions: expected e, got none",
            "message: expected Passwort, got Schlüssel bleiben hier.",
        ]
    );
    assert_eq!(read.untouched([&told]), ["no-share"]);
}

#[test]
fn bytes_that_are_no_text_are_told_where_they_begin() {
    let mut files = files([]);
    files.insert("settings.toml".to_owned(), b"preview = \"off\"\n# \xff".to_vec());
    let error = Guardrails::read(&files, false).unwrap_err();
    assert_eq!(error.to_string(), "settings.toml:2:3: this is no UTF-8 text (save the file as UTF-8)");
    assert!(Guardrails::read(&Files::new(), false).unwrap_err().to_string().contains("there is no policy"));
}
