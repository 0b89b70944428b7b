//! Texts that are wrong, and what the check says of each: one file each under `checks/`.
//!
//! `problems` are whole, in the order of the text: `line:column weight: message` and, after ` | `, the help.

#![cfg(test)]

use std::fs;
use std::path::Path;

use host_policy::{Policy, Problem, Weight};
use serde::Deserialize;
use shared_protocol::Mode;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    policy: String,
    problems: Vec<String>,
}

fn line(problem: &Problem) -> String {
    let weight = match problem.weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
    };
    let help = problem.help.as_ref().map(|help| format!(" | {help}")).unwrap_or_default();
    format!("{}:{} {weight}: {}{help}", problem.line, problem.column, problem.message)
}

#[test]
fn every_mistake_is_told_with_its_place_and_remedy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 15, "cases are missing");
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = toml::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let (refused, problems) = match Policy::parse(&case.policy, Mode::Enforce) {
            Ok(policy) => (false, policy.warnings().to_vec()),
            Err(error) => (true, error.problems),
        };
        assert_eq!(problems.iter().map(line).collect::<Vec<_>>(), case.problems, "{name}");
        assert_eq!(refused, problems.iter().any(|problem| problem.weight == Weight::Error), "{name}");
        for problem in &problems {
            assert!(case.policy.get(problem.span.clone()).is_some(), "{name}: {problem:?}");
            let shown = problem.render("policy.cedar", &case.policy);
            assert!(shown.contains(&format!("policy.cedar:{}:{}", problem.line, problem.column)), "{shown}");
        }
    }
}

#[test]
fn a_problem_is_shown_as_compilers_show_it() {
    let text = "@id(\"a\")\n@action(\"blok\") @message(\"m\")\nforbid (principal, action, resource);";
    let error = Policy::parse(text, Mode::Enforce).unwrap_err();
    assert_eq!(
        error.problems[0].render("p.cedar", text),
        "error: `blok` is no action\n --> p.cedar:2:9\n  |\n2 | @action(\"blok\") @message(\"m\")\n  |         ^^^^^^\n  \
         = help: write `@action(\"block\")`\n"
    );
    assert_eq!(error.to_string(), "2:9: `blok` is no action (write `@action(\"block\")`)");
}
