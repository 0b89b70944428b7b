//! A folder looked through by everybody who knows a part of it: policies and their company by their crate, detectors and
//! sites by theirs, the sheet here.
//!
//! INVARIANT: `check`, `test`, `build` and the machine that takes a bundle see the same problems: they all come from here.

use std::collections::BTreeMap;

use host_classify::exact::PartError;
use host_classify::{DetectorProblem, Engine};
use host_policy::{Files, Guardrails, Problem, Weight, nearest};
use shared_protocol::Topic;
use shared_sites::Sites;

use super::folder::{Folder, SHEET};
use super::sheet::Sheet;
use crate::settings::risk_in_bundle;

/// What came of it. Each part is there when it is whole.
pub(crate) struct Looked {
    /// Policies and what goes with them.
    pub(crate) guardrails: Option<Guardrails>,
    /// The classifier with the folder's detectors.
    pub(crate) engine: Option<Engine>,
    /// How it is built.
    pub(crate) sheet: Option<Sheet>,
    /// In the order of files and text.
    pub(crate) problems: Vec<Problem>,
}

/// Guardrails with their classifier.
pub(crate) struct Whole {
    pub(crate) guardrails: Guardrails,
    pub(crate) engine: Engine,
}

impl Looked {
    /// Looks through a folder, its policies as they are written.
    pub(crate) fn at(folder: &Folder) -> Self {
        Self::with(folder, false)
    }

    /// The same as it would be in force: with `monitor = true` in the sheet nothing acts.
    pub(crate) fn in_force(folder: &Folder) -> Self {
        Self::with(folder, true)
    }

    fn with(folder: &Folder, in_force: bool) -> Self {
        let mut problems = folder.problems.clone();
        let sheet = sheet(folder, &mut problems);
        let monitor = in_force && sheet.as_ref().is_some_and(|sheet| sheet.monitor);
        let (guardrails, engine) = content(folder, monitor, &mut problems);
        problems.sort_by(|one, other| {
            let place = |problem: &Problem| (problem.file.clone(), problem.span.start, problem.weight);
            place(one).cmp(&place(other)).then_with(|| one.message.cmp(&other.message))
        });
        problems.dedup();
        Self { guardrails, engine, sheet, problems }
    }

    /// Whether it is refused.
    pub(crate) fn is_refused(&self) -> bool {
        self.problems.iter().any(|problem| problem.weight == Weight::Error)
    }

    /// Guardrails and classifier, where nothing is refused.
    pub(crate) fn whole(self) -> Option<Whole> {
        if self.is_refused() {
            return None;
        }
        Some(Whole { guardrails: self.guardrails?, engine: self.engine? })
    }
}

/// The files of a bundle whose signature holds.
pub(crate) fn whole(files: Files, monitor: bool) -> Result<Whole, Vec<Problem>> {
    let folder = Folder::of(files);
    let mut problems = Vec::new();
    let (guardrails, engine) = content(&folder, monitor, &mut problems);
    let looked = Looked { guardrails, engine, sheet: None, problems };
    if looked.is_refused() {
        return Err(looked.problems);
    }
    let problems = looked.problems.clone();
    looked.whole().ok_or(problems)
}

/// Policies and their company, and the classifier, each where it is whole.
fn content(
    folder: &Folder,
    monitor: bool,
    problems: &mut Vec<Problem>,
) -> (Option<Guardrails>, Option<Engine>) {
    let guardrails = match Guardrails::read(&folder.files, monitor) {
        Ok(guardrails) => {
            problems.extend(guardrails.warnings.iter().cloned());
            Some(guardrails)
        }
        Err(fault) => {
            problems.extend(fault.problems);
            None
        }
    };
    let engine = engine(folder, problems).and_then(|engine| tables(folder, engine, problems));
    let engine = engine.map(|engine| match &guardrails {
        Some(guardrails) => engine.with_examples(&guardrails.examples),
        None => engine,
    });
    sites(folder, problems);
    risk(folder, problems);
    if let (Some(guardrails), Some(engine)) = (&guardrails, &engine) {
        labels(folder, guardrails, engine, problems);
        topics(folder, guardrails, engine, problems);
    }
    (guardrails, engine)
}

fn sheet(folder: &Folder, problems: &mut Vec<Problem>) -> Option<Sheet> {
    let Some(text) = &folder.sheet else {
        let problem = Problem::at("", 0..0, Weight::Error, "there is no `bundle.toml`");
        problems.push(
            problem.in_file(SHEET).help("write one with `name = \"…\"`: it says how the bundle is built"),
        );
        return None;
    };
    match Sheet::read(text) {
        Ok(sheet) => Some(sheet),
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

fn engine(folder: &Folder, problems: &mut Vec<Problem>) -> Option<Engine> {
    let inside = folder.files.keys().filter(|path| path.starts_with("detectors/") && path.ends_with(".toml"));
    match Engine::with(inside.map(|path| (path.as_str(), folder.text(path)))) {
        Ok(engine) => Some(engine),
        Err(found) => {
            problems.extend(found.into_iter().map(|one| foreign(folder, one)));
            None
        }
    }
}

/// Tables and fingerprints, as they were made or came.
fn tables(folder: &Folder, engine: Engine, problems: &mut Vec<Problem>) -> Option<Engine> {
    let files = folder.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    match engine.with_exact(files) {
        Ok(engine) => Some(engine),
        Err(PartError { file, why }) => {
            // What a person wrote is the sheet that it was made of.
            let sheet = folder.made_of(&file).unwrap_or(&file);
            let problem = Problem::at(folder.text(sheet), 0..0, Weight::Error, why).in_file(sheet);
            problems.push(problem.help("`promptgate policy build` makes tables; their sheets say of what"));
            None
        }
    }
}

fn foreign(folder: &Folder, problem: DetectorProblem) -> Problem {
    let DetectorProblem { file, span, message, help } = problem;
    Problem::at(folder.text(&file), span, Weight::Error, message).in_file(&file).help(help)
}

/// Each site's repaired data alone with what is compiled in of the others, so that a fault is told at its file.
fn sites(folder: &Folder, problems: &mut Vec<Problem>) {
    for path in folder.files.keys() {
        let name = path.strip_prefix("sites/").and_then(|name| name.strip_suffix(".toml"));
        let Some(site) = name.filter(|name| !name.contains('/')) else { continue };
        let text = folder.text(path);
        let told = match Sites::repaired(&BTreeMap::from([(site.to_owned(), text.to_owned())])) {
            Ok((_, refused)) => refused.into_iter().map(|one| one.problem).collect(),
            Err(fault) => vec![fault.to_string()],
        };
        problems.extend(told.iter().map(|said| placed(text, said).in_file(path)));
    }
}

fn risk(folder: &Folder, problems: &mut Vec<Problem>) {
    let file = "risk.toml";
    if !folder.files.contains_key(file) {
        return;
    }
    let text = folder.text(file);
    if let Err((start, what)) = risk_in_bundle(text) {
        let help = "there can be `mode`, `half_life_hours` and `[behaviours.NAME]` with level, weight and enabled; \
                    `promptgate risk behaviours` lists the names";
        problems.push(Problem::at(text, start..start, Weight::Error, what).in_file(file).help(help));
    }
}

/// A site's problem at the place that it names: `line 3, column 1: what; what to do`.
fn placed(text: &str, said: &str) -> Problem {
    let place = said.strip_prefix("line ").and_then(|rest| {
        let (line, rest) = rest.split_once(", column ")?;
        let (column, what) = rest.split_once(": ")?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let before = text.get(start..)?.chars().take(column.checked_sub(1)?);
        Some((start + before.map(char::len_utf8).sum::<usize>(), what))
    });
    let (at, what) = place.unwrap_or((0, said));
    let (what, help) =
        what.rsplit_once("; ").unwrap_or((what, "compare with this site's data in the release"));
    Problem::at(text, at..at, Weight::Error, what).help(help)
}

/// Labels that policies name and nothing finds: a slip that Cedar cannot see.
fn labels(folder: &Folder, guardrails: &Guardrails, engine: &Engine, problems: &mut Vec<Problem>) {
    let known: Vec<&str> = engine.labels().map(shared_protocol::Label::as_str).collect();
    for named in guardrails.policy.labels() {
        let found = |label: &&str| {
            label.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if known.iter().any(found) {
            continue;
        }
        let family = named.split('.').next().unwrap_or_default();
        let near: Vec<&str> =
            known.iter().filter(|label| label.split('.').next() == Some(family)).copied().collect();
        let help = match near.as_slice() {
            near if let Some(meant) = nearest(named, near) => format!("did you mean `{meant}`?"),
            [] => "labels begin with `pii.`, `secret.` or a family of your own detectors".to_owned(),
            near if near.len() <= 8 => format!("known are {}", near.join(", ")),
            near => {
                format!("{} and {} more begin with `{family}.`", near.first().unwrap_or(&""), near.len() - 1)
            }
        };
        let message = format!("nothing finds `{named}`");
        problems.extend(quoted(folder, "policy/", named).map(|(path, at)| {
            Problem::at(folder.text(path), at, Weight::Warning, message.as_str())
                .in_file(path)
                .help(help.as_str())
        }));
    }
}

/// Custom topics that no detector gives a level, and those that a detector gives and nobody describes.
fn topics(folder: &Folder, guardrails: &Guardrails, engine: &Engine, problems: &mut Vec<Problem>) {
    let file = "topics.toml";
    for topic in guardrails.topics.keys().filter(|topic| !engine.own_topics().contains(topic)) {
        let text = folder.text(file);
        let name = String::from(topic.clone());
        let at = text.find(name.trim_start_matches("custom.")).unwrap_or_default();
        let message = format!("no detector is evidence for `{name}`: its level is always 0");
        let problem = Problem::at(text, at..at, Weight::Warning, message).in_file(file);
        problems.push(problem.help("name it in the `topics` of a detector, or give it `examples`"));
    }
    let strange = |topic: &&Topic| !guardrails.topics.contains_key(*topic);
    for topic in engine.own_topics().iter().filter(strange) {
        let name = String::from(topic.clone());
        let message = format!("`{name}` is described nowhere");
        let detectors = quoted(folder, "detectors/", &name);
        let sheets = folder.sheets.iter().filter_map(|(path, text)| {
            let stem = path.rsplit('/').next().and_then(|file| file.strip_suffix(".toml"));
            let at = text.find(&format!("\"{name}\""));
            // A table without topics of its own is evidence for the one of its name.
            let is_it = stem.is_some_and(|stem| name == format!("custom.{stem}"));
            at.map(|at| at..at + name.len() + 2).or(is_it.then_some(0..0)).map(|at| (path.as_str(), at))
        });
        let before = problems.len();
        problems.extend(detectors.chain(sheets).map(|(path, at)| {
            let problem = Problem::at(folder.text(path), at, Weight::Error, message.as_str()).in_file(path);
            problem.help("describe it in `topics.toml`, so that policies may ask for it")
        }));
        if problems.len() == before {
            // A table in a bundle: there is no sheet to show.
            let problem = Problem::at("", 0..0, Weight::Error, message.as_str()).in_file(file);
            problems.push(problem.help("describe it here, so that policies may ask for it"));
        }
    }
}

/// Where a word stands in quotes, in the files below a folder.
fn quoted<'a>(
    folder: &'a Folder,
    below: &'a str,
    word: &str,
) -> impl Iterator<Item = (&'a str, std::ops::Range<usize>)> {
    let quoted = format!("\"{word}\"");
    folder.files.keys().filter(move |path| path.starts_with(below)).filter_map(move |path| {
        let at = folder.text(path).find(&quoted)?;
        Some((path.as_str(), at..at + quoted.len()))
    })
}
