//! `scan --jsonl`: a line of JSON in, a line of JSON out, in order.
//!
//! INVARIANT: every line that is not blank gets an answer; one that is no question gets an error and the exit
//! code says so at the end.

use std::io::BufRead;

use anyhow::{Context, Result};
use host_policy::UserFacts;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_protocol::{App, Operation, Reading};

use super::{As, faulty, findings, judge, levels, prompt, reported, topics};
use crate::cli::who::{self, APP};
use crate::exit::Exit;
use crate::judge::Snapshot;
use crate::out;

#[derive(Deserialize)]
struct Question {
    id: Value,
    text: String,
    #[serde(default)]
    operation: Option<Operation>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    groups: Option<Vec<String>>,
    #[serde(default)]
    app: Option<String>,
}

pub(super) fn run(mut input: Box<dyn BufRead>, person: &As, snapshot: &Snapshot) -> Result<Exit> {
    let mut exit = Exit::Done;
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if input.read_until(b'\n', &mut line).context("the lines cannot be read")? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let told = match read(&line) {
            Ok(question) => answer(question, person, snapshot)?,
            Err(column) => {
                exit = Exit::Fault;
                out::note(&format!(
                    "line {number}, column {column}: not a question; write {{\"id\", \"text\"}}"
                ));
                json!({ "id": null, "line": number, "error": "not-a-question" })
            }
        };
        if !out::line(&told.to_string()) {
            break;
        }
    }
    Ok(exit)
}

/// One line alone, asked by nobody known.
pub(crate) fn question(line: &[u8], snapshot: &Snapshot) -> Result<Value, usize> {
    let nobody = As { user: UserFacts::default(), app: App::new(APP), neighbours: None };
    answer(read(line)?, &nobody, snapshot).map_err(|_| 0)
}

/// The column of what is wrong; serde's message can quote the line, its place cannot.
fn read(line: &[u8]) -> Result<Question, usize> {
    serde_json::from_slice(line).map_err(|fault| fault.column())
}

fn answer(question: Question, person: &As, snapshot: &Snapshot) -> Result<Value> {
    let Question { id, text, operation, user, groups, app } = question;
    let known = UserFacts::default();
    let user = match (user, groups) {
        (None, None) => person.user.clone(),
        (user, groups) => {
            let base = if user.is_some() { &known } else { &person.user };
            who::user(base, user.as_ref(), &groups.unwrap_or_default())
        }
    };
    let app = app.map_or_else(|| person.app.clone(), App::new);
    let asked = As { user, app, neighbours: person.neighbours.clone() };
    let reading = Reading::Prompt(prompt(operation.unwrap_or(Operation::SendPrompt), text));
    let (judgement, took) = judge(snapshot, &asked, reading)?;
    let (action, mode) = reported(&judgement);
    let mut told = json!({
        "id": id,
        "topics": topics(&judgement),
        "levels": levels(&judgement),
        "findings": findings(&judgement),
        "action": action,
        "mode": mode,
        "policies": judgement.decision.policies.iter().map(|policy| &policy.id).collect::<Vec<_>>(),
        "ms": (took.as_secs_f64() * 1e6).round() / 1e3,
    });
    faulty(&judgement, &mut told);
    Ok(told)
}
