//! `promptgate scan`: text, lines of JSON or recorded traffic against the policy in force.
//!
//! INVARIANT: sends nothing and records nothing. The same judgement as for a browser.

mod file;
mod har;
mod lines;
mod person;

pub(crate) use lines::question;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use host_classify::Neighbours;
use host_policy::UserFacts;
use serde::Serialize;
use serde_json::{Map, Value, json};
use shared_protocol::{
    Action, App, EventId, Finding, Judge, Level, Mode, Operation, Part, PartKind, Prompt, Reading,
};
use zeroize::Zeroizing;

use super::who::Who;
use crate::clock::local;
use crate::exit::Exit;
use crate::files::{self, Attached};
use crate::judge::{Around, Asked, Judgement, Snapshot, UNKNOWN};
use crate::live::Active;
use crate::native::now;
use crate::neighbours;
use crate::os::Env;

/// What to try, and as whom.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file to read; `-`, or nothing, reads standard input.
    #[arg(conflicts_with = "har")]
    file: Option<PathBuf>,
    /// Each line is `{"id", "text", "operation"?, "user"?, "groups"?, "app"?}`; writes a line of JSON for each.
    #[arg(long, conflicts_with = "har")]
    jsonl: bool,
    /// Recorded traffic (an HTTP Archive): a line for each entry.
    #[arg(long, value_name = "FILE")]
    har: Option<PathBuf>,
    #[command(flatten)]
    who: Who,
}

/// A finding as it is written out.
#[derive(Serialize)]
struct Found<'a> {
    label: &'a str,
    part: usize,
    start: usize,
    end: usize,
    confidence: f64,
}

impl<'a> From<&'a Finding> for Found<'a> {
    fn from(finding: &'a Finding) -> Self {
        let Finding { label, part, start, end, confidence, mask: _ } = finding;
        Self {
            label: label.as_str(),
            part: *part,
            start: *start,
            end: *end,
            confidence: rounded(*confidence),
        }
    }
}

/// Who asks, and where.
struct As {
    user: UserFacts,
    app: App,
    /// Mistakes that were confirmed on this machine.
    neighbours: Option<Arc<Neighbours>>,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let active = Active::load(env);
    if let Some(fault) = &active.configured.fault {
        crate::out::note(&format!("settings: {fault}"));
    }
    let snapshot = active.snapshot()?;
    let neighbours = env.data().and_then(|data| neighbours::on_disk(&data, &active));
    let person = As { user: args.who.user(&snapshot.user), app: args.who.app(), neighbours };
    match (&args.har, args.jsonl) {
        (Some(path), _) => har::run(path, &person, snapshot, json),
        (None, true) => lines::run(input(args.file.as_ref())?, &person, snapshot),
        (None, false) => {
            let mut bytes = Vec::new();
            input(args.file.as_ref())?.read_to_end(&mut bytes).context("the text cannot be read")?;
            let name = args.file.as_ref().map_or("-".into(), |path| path.to_string_lossy());
            let bytes = Arc::new(Zeroizing::new(bytes));
            let files = match &args.file {
                Some(path) if path.as_os_str() != "-" => file::read(path, &bytes, &active),
                _ => None,
            };
            let prompt = match &files {
                Some(files) => file::prompt(files),
                None => prompt(Operation::SendPrompt, String::from_utf8_lossy(&bytes).into_owned()),
            };
            person::run(&name, prompt, &files.unwrap_or_default(), &person, snapshot, json)
        }
    }
}

fn input(path: Option<&PathBuf>) -> Result<Box<dyn BufRead>> {
    match path {
        Some(path) if path.as_os_str() != "-" => Ok(Box::new(BufReader::new(open(path)?))),
        _ => Ok(Box::new(BufReader::new(io::stdin()))),
    }
}

/// A file that the person named.
fn open(path: &Path) -> Result<File> {
    let named = path.display();
    if path.is_dir() {
        bail!("{named} is a folder: name one file in it, or `-` for standard input");
    }
    File::open(path).map_err(|fault| match fault.kind() {
        io::ErrorKind::NotFound => anyhow!("{named} does not exist: name a file, or `-` for standard input"),
        io::ErrorKind::PermissionDenied => anyhow!("{named} may not be read by this account"),
        _ => anyhow!("{named} cannot be read: {fault}"),
    })
}

/// A text as the one part of a prompt.
fn prompt(operation: Operation, text: String) -> Prompt {
    let mut prompt = Prompt::new(operation);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    prompt
}

/// Judges outside of any browser; also how long it took.
fn judge(snapshot: &Snapshot, person: &As, reading: Reading) -> Result<(Judgement, Duration)> {
    judge_with(snapshot, person, reading, &files::NONE)
}

/// The same of a prompt with files.
fn judge_with(
    snapshot: &Snapshot,
    person: &As,
    reading: Reading,
    files: &Attached,
) -> Result<(Judgement, Duration)> {
    let event = EventId::try_from("00000000-0000-0000-0000-000000000000".to_owned())?;
    let ask = Judge {
        event,
        app: person.app.clone(),
        at: now(),
        reading,
        private_window: false,
        page: None,
        placeholders: Vec::new(),
    };
    let start = Instant::now();
    let asked = Asked {
        judge: &ask,
        browser: None,
        user: Some(&person.user),
        risk: Level::None,
        known: UNKNOWN,
        around: &Around { local: local(ask.at), neighbours: person.neighbours.clone(), ..Around::default() },
        files,
    };
    let (judgement, _) = snapshot.judge(&asked, &|| start.elapsed());
    Ok((judgement, start.elapsed()))
}

/// The action it would have, and whether that would be carried out.
fn reported(judgement: &Judgement) -> (Action, Mode) {
    (judgement.verdict.action, judgement.verdict.mode)
}

/// Says why nothing, or not all, was looked through.
fn faulty(judgement: &Judgement, told: &mut Value) {
    if let (Some(code), Some(told)) = (judgement.verdict.fault, told.as_object_mut()) {
        told.insert("fault".to_owned(), json!(code));
    }
}

fn topics(judgement: &Judgement) -> Value {
    let pairs = judgement.found.topics.iter();
    pairs
        .map(|one| (String::from(one.topic.clone()), json!(rounded(one.score))))
        .collect::<Map<_, _>>()
        .into()
}

fn levels(judgement: &Judgement) -> Value {
    let pairs = judgement.found.topics.iter();
    pairs.map(|one| (String::from(one.topic.clone()), json!(one.level))).collect::<Map<_, _>>().into()
}

fn findings(judgement: &Judgement) -> Vec<Found<'_>> {
    judgement.found.findings.iter().map(Found::from).collect()
}

/// Written with four places: more would be noise of the floating point.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 10_000.0).round() / 10_000.0
}
