//! `policy test`: the stories of a folder, told by the engine and the policies as they are in force.
//!
//! INVARIANT: a folder that `check` refuses is not told. It records nothing.

use std::path::PathBuf;

use anyhow::Result;
use host_policy::{Given, Guardrails, Story, Told};
use serde_json::json;

use super::folder::Folder;
use super::looked::{Looked, Whole};
use super::{shown, weighed};
use crate::exit::Exit;
use crate::out;

/// Which folder.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The bundle folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    let folder = Folder::read(&args.folder)?;
    let looked = Looked::at(&folder);
    if looked.is_refused() {
        return Ok(refused(&looked, &folder, json));
    }
    let Some(whole) = looked.whole() else { return Ok(Exit::Fault) };
    let Whole { guardrails, engine } = &whole;
    let told: Vec<(&Story, Told)> = guardrails
        .stories
        .iter()
        .map(|story| {
            let facts = guardrails.facts_of(story, |label| engine.topics_of(label));
            let decision = match &story.given {
                Given::Prompt(text) => weighed::text(&guardrails.policy, engine, &facts, text, None).decision,
                Given::Facts { .. } => guardrails.policy.decide(&facts),
            };
            (story, guardrails.tell(story, &decision))
        })
        .collect();
    let untouched = guardrails.untouched(told.iter().map(|(_, told)| told));
    let differ = told.iter().filter(|(_, told)| !told.differences.is_empty()).count();
    if json {
        out::line(&as_json(&told, &untouched, differ).to_string());
    } else {
        lines(&told, &untouched, differ, guardrails).iter().for_each(|line| {
            out::line(line);
        });
    }
    Ok(if differ == 0 { Exit::Done } else { Exit::Fault })
}

/// As `check` says it.
pub(super) fn refused(looked: &Looked, folder: &Folder, json: bool) -> Exit {
    if json {
        let told = json!({ "ok": false, "problems": shown::json(&looked.problems) });
        out::line(&told.to_string());
    } else {
        let named = |file: &str| folder.root.join(file).display().to_string();
        shown::show(&looked.problems, named, |file| folder.text(file));
    }
    out::note(&format!("{}: {}; correct them first", folder.root.display(), shown::sum(&looked.problems)));
    Exit::Fault
}

fn as_json(told: &[(&Story, Told)], untouched: &[&str], differ: usize) -> serde_json::Value {
    let stories: Vec<_> = told
        .iter()
        .map(|(story, told)| {
            let differences = told
                .differences
                .iter()
                .map(|one| json!({ "what": one.what, "expected": one.expected, "got": one.got }));
            json!({
                "name": story.name, "file": story.file, "line": story.line,
                "ok": told.differences.is_empty(),
                "differences": differences.collect::<Vec<_>>(),
                "policies": told.touched,
            })
        })
        .collect();
    json!({ "ok": differ == 0, "stories": stories, "differ": differ, "untouched": untouched })
}

fn lines(told: &[(&Story, Told)], untouched: &[&str], differ: usize, guardrails: &Guardrails) -> Vec<String> {
    let mut lines = Vec::new();
    for (story, told) in told {
        let word = if told.differences.is_empty() { "ok    " } else { "DIFFER" };
        lines.push(format!("{word}  {}:{}  {}", story.file, story.line, story.name));
        for one in &told.differences {
            lines.push(format!(
                "        {}: the story says {}, and it is {}",
                one.what, one.expected, one.got
            ));
        }
    }
    let policies = guardrails.policy.ids().count();
    let ends = match differ {
        0 => "all end as they say".to_owned(),
        1 => "1 ends otherwise".to_owned(),
        more => format!("{more} end otherwise"),
    };
    lines.push(format!("{} stories: {ends}; {policies} policies", told.len()));
    if !untouched.is_empty() {
        lines.push(format!("no story touches {}", untouched.join(", ")));
    }
    lines
}
