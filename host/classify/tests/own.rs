//! An organisation's own detectors: taken, refused with the place, and in force beside those that are compiled in.

#![cfg(test)]

use host_classify::{DetectorProblem, Engine};
use shared_protocol::{Label, Level, Operation, Part, PartKind, Prompt, Topic};

const FALCON: &str = r#"label = "acme.project"
words = "name of a project"
source = "the project office's list"
topics = ["custom.projects", "content.customer-data"]
weight = 0.9
mask = { head = 1 }

[[rule]]
pattern = '(?i)falcon[ -]?(?:one|two)'
check = "pattern"
confidence = 0.95

[examples]
found = ['the plan for «Falcon One»', '«falcon-two» is late']
missed = ['falcon three']
"#;

fn prompt(text: &str) -> Prompt {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    prompt
}

fn label(text: &str) -> Label {
    Label::try_from(text.to_owned()).unwrap()
}

/// `line: message | help`, by the line of the span's first byte.
fn told(text: &str) -> Vec<String> {
    let line = |problem: &DetectorProblem| {
        let line = text.get(..problem.span.start).unwrap().matches('\n').count() + 1;
        assert_eq!(problem.file, "detectors/project.toml");
        assert!(text.get(problem.span.clone()).is_some());
        format!("{line}: {} | {}", problem.message, problem.help)
    };
    match Engine::with([("detectors/project.toml", text)]) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(line).collect(),
    }
}

#[test]
fn it_finds_what_its_own_file_says_and_all_that_is_compiled_in() {
    let engine = Engine::with([("detectors/project.toml", FALCON)]).unwrap();
    let found = engine.classify(&prompt("Falcon One costs 4111 1111 1111 1111"));
    let labels: Vec<&str> = found.findings.iter().map(|finding| finding.label.as_str()).collect();
    assert_eq!(labels, ["acme.project", "pii.payment-card"]);
    assert_eq!(found.topics.len(), 9);
    let level = |topic: &str| {
        let topic = Topic::try_from(topic.to_owned()).unwrap();
        found.topics.iter().find(|score| score.topic == topic).unwrap().level
    };
    assert_eq!((level("custom.projects"), level("content.customer-data")), (Level::High, Level::Low));
    assert_eq!(engine.topics_of(&label("acme.project")).len(), 2);
    assert_eq!(engine.topics_of(&label("pii.email")), [Topic::ContentPii]);
    assert_eq!(engine.replacement(&label("acme.project"), 3), "[NAME_OF_A_PROJECT_3]");
    assert_eq!(engine.replacement(&label("pii.email"), 1), "[EMAIL_1]");
    assert_eq!(engine.replacement(&label("pii.name"), 2), host_classify::replacement(&label("pii.name"), 2));
}

#[test]
fn a_label_that_is_compiled_in_is_looked_for_as_the_file_says() {
    let text = FALCON.replace("acme.project", "pii.email");
    let engine = Engine::with([("detectors/project.toml", text.as_str())]).unwrap();
    assert!(engine.classify(&prompt("jane@example.com")).findings.is_empty());
    assert_eq!(engine.labels().count(), Engine::builtin().unwrap().labels().count());
}

#[test]
fn what_is_wrong_is_told_at_its_place() {
    assert_eq!(told(FALCON), Vec::<String>::new());
    for (from, to, expected) in [
        (
            "'falcon three'",
            "'a falcon one day'",
            "15: this example must not be found, and is | make the pattern narrower, or ask for a word beside it with \
             `context`",
        ),
        (
            "«falcon-two»",
            "«falcon» two",
            "14: another place than the marked one is found in this example | correct the pattern, or the example",
        ),
        (
            "«falcon-two»",
            "«falcon-ten»",
            "14: nothing is found in this example | correct the pattern, or the example",
        ),
        (
            "«falcon-two»",
            "falcon-two",
            "14: this example marks nothing | put what is to be found between « and »",
        ),
        ("[ -]?", " *", "9: this pattern has no bound | write {1,64} instead of + or *"),
        (
            "(?:one|two)'",
            "one$'",
            "9: this pattern looks around itself | leave out \\b, ^ and $: the ends of words are checked without them",
        ),
        (
            "(?:one|two)'",
            "(?:one|two)|name_of_a_project_1'",
            "2: what stands where it was taken out would be found again | call it by words that no pattern matches",
        ),
        (
            "weight = 0.9",
            "weight = 9.0",
            "1: `weight` is between 0 and 1 | 0.9 says that one finding is nearly proof",
        ),
    ] {
        assert_eq!(told(&FALCON.replace(from, to)), [expected], "{to}");
    }
    let unknown = told(&FALCON.replace("confidence", "confidense"));
    assert!(unknown[0].starts_with("11: unknown field `confidense`"), "{unknown:?}");
    let broken = told(&FALCON.replace("(?:one|two)", "(?:one|two"));
    assert!(broken[0].starts_with("9: this pattern does not compile: unclosed group"), "{broken:?}");
    let topic = told(&FALCON.replace("custom.projects", "customs.projects"));
    assert!(topic[0].starts_with("4: `customs.projects` is no topic"), "{topic:?}");
}

#[test]
fn one_label_has_one_file() {
    let problems = Engine::with([("a.toml", FALCON), ("b.toml", FALCON)]).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].file.as_str(), problems[0].message.as_str()),
        ("b.toml", "`acme.project` is the label of two detectors")
    );
}
