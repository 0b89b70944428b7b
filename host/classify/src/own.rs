//! An organisation's own detectors: read from its files, compiled, and held against their own examples.
//!
//! INVARIANT: one file that is wrong refuses all of them, with every problem and its place; no problem carries text but
//! that of the files. It deliberately knows no folder and no bundle: a file is a name and a text.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use shared_protocol::Label;
use toml::Spanned;

use crate::Engine;
use crate::detector::{Detector, RuleError};
use crate::engine::{Compiled, compile};

/// Most topics of one detector.
const TOPICS: usize = 4;
/// Longest words that stand where redaction took something out, in code points.
const WORDS: usize = 64;

/// Something wrong with a detector's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectorProblem {
    /// The file's name as it was given.
    pub file: String,
    /// The bytes of its text that it is about.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// What is read besides the rules.
#[derive(Deserialize)]
struct Beside {
    label: Spanned<Label>,
    words: Spanned<String>,
    #[serde(default)]
    topics: Option<Spanned<Vec<String>>>,
    examples: Examples,
}

/// `«…»` marks a finding of the file's label; `{}` stands for nothing, so that no example is a secret of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Examples {
    found: Spanned<Vec<Spanned<String>>>,
    missed: Vec<Spanned<String>>,
}

struct Read {
    file: String,
    beside: Beside,
    compiled: Compiled,
}

impl Engine {
    /// The detectors that are compiled in, and those of `files` (a name and a text each). A label that is compiled in is
    /// then looked for as the file says.
    ///
    /// # Errors
    /// All that is wrong with the files: no TOML, a pattern that cannot be used, an example that is not found.
    pub fn with<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<DetectorProblem>> {
        let mut problems = Vec::new();
        let mut read = Vec::new();
        let mut labels = BTreeSet::new();
        for (file, text) in files {
            let Some(one) = one(file, text, &mut problems) else { continue };
            if !labels.insert(one.compiled.label.clone()) {
                let message = format!("`{}` is the label of two detectors", one.compiled.label.as_str());
                let span = one.beside.label.span();
                problems.push(problem(
                    file,
                    span,
                    message,
                    "give each its own, or put the rules into one file",
                ));
            }
            read.push(one);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let builtin = Self::builtin().map_err(|fault| {
            vec![problem("", 0..0, fault.to_string(), "this is a fault of the program: report it")]
        })?;
        let (beside, compiled): (Vec<_>, Vec<_>) =
            read.into_iter().map(|one| ((one.file, one.beside), one.compiled)).unzip();
        let engine = builtin.with_own(compiled).map_err(|fault| {
            vec![problem(
                "",
                0..0,
                fault.to_string(),
                "the detectors have too many words together: leave some out",
            )]
        })?;
        for (file, beside) in &beside {
            engine.try_examples(file, beside, &mut problems);
        }
        if problems.is_empty() { Ok(engine) } else { Err(problems) }
    }

    fn try_examples(&self, file: &str, beside: &Beside, problems: &mut Vec<DetectorProblem>) {
        let label = beside.label.get_ref();
        for example in beside.examples.found.get_ref() {
            let (text, spans) = marked(example.get_ref());
            if spans.is_empty() {
                let help = "put what is to be found between « and »";
                problems.push(problem(file, example.span(), "this example marks nothing", help));
            } else if self.places(label, &text) != spans {
                let message = match self.places(label, &text).as_slice() {
                    [] => "nothing is found in this example".to_owned(),
                    _ => "another place than the marked one is found in this example".to_owned(),
                };
                problems.push(problem(file, example.span(), message, "correct the pattern, or the example"));
            }
        }
        for example in &beside.examples.missed {
            let text = example.get_ref().replace("{}", "");
            if !self.places(label, &text).is_empty() {
                let help = "make the pattern narrower, or ask for a word beside it with `context`";
                problems.push(problem(file, example.span(), "this example must not be found, and is", help));
            }
        }
        let replaced = self.replacement(label, 1);
        if !self.find_in(&replaced).is_empty() {
            let message = "what stands where it was taken out would be found again";
            problems.push(problem(
                file,
                beside.words.span(),
                message,
                "call it by words that no pattern matches",
            ));
        }
    }

    /// Where `label` is found, in code points.
    fn places(&self, label: &Label, text: &str) -> Vec<(usize, usize)> {
        let found = self.find_in(text);
        let mine = found.iter().filter(|finding| finding.label == *label);
        mine.map(|finding| (finding.start, finding.end)).collect()
    }
}

fn one(file: &str, text: &str, problems: &mut Vec<DetectorProblem>) -> Option<Read> {
    let malformed = |fault: toml::de::Error| {
        let message = fault.message().lines().collect::<Vec<_>>().join(", ");
        let help = "see the starter's detector: label, words, source, weight, mask, [[rule]], [examples]";
        problem(file, fault.span().unwrap_or(0..0), message, help)
    };
    let (detector, beside): (Detector, Beside) = match (toml::from_str(text), toml::from_str(text)) {
        (Ok(detector), Ok(beside)) => (detector, beside),
        (Err(fault), _) | (_, Err(fault)) => {
            problems.push(malformed(fault));
            return None;
        }
    };
    let before = problems.len();
    shape(file, &detector, &beside, problems);
    let patterns: Vec<Range<usize>> = detector.rules.iter().map(|rule| rule.pattern.span()).collect();
    // Each rule alone, so that a fault is told at its own pattern.
    for (at, span) in patterns.iter().enumerate() {
        let Ok(mut alone) = toml::from_str::<Detector>(text) else { continue };
        let rule = alone.rules.drain(..).nth(at);
        alone.rules.extend(rule);
        if let Err(fault) = compile(alone) {
            problems.push(problem(file, span.clone(), said(&fault), remedy(&fault)));
        }
    }
    if problems.len() > before {
        return None;
    }
    let compiled = compile(detector).ok()?;
    Some(Read { file: file.to_owned(), beside, compiled })
}

/// What the rules do not say.
fn shape(file: &str, detector: &Detector, beside: &Beside, problems: &mut Vec<DetectorProblem>) {
    let label = beside.label.span();
    if detector.rules.is_empty() {
        problems.push(problem(
            file,
            label.clone(),
            "a detector needs a rule",
            "write `[[rule]]` with a `pattern`",
        ));
    }
    if !(0.0..=1.0).contains(&detector.weight) {
        let message = "`weight` is between 0 and 1";
        problems.push(problem(file, label, message, "0.9 says that one finding is nearly proof"));
    }
    let words = beside.words.get_ref();
    let plain = |char: char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '/');
    if words.is_empty() || words.chars().count() > WORDS || !words.chars().all(plain) {
        let message = "`words` is what a person calls it";
        problems.push(problem(file, beside.words.span(), message, "letters, digits and spaces, 64 at most"));
    }
    if let Some(topics) = beside.topics.as_ref().filter(|topics| topics.get_ref().len() > TOPICS) {
        let message = format!("a detector is evidence for {TOPICS} topics at most");
        problems.push(problem(file, topics.span(), message, "name the strongest"));
    }
    if beside.examples.found.get_ref().is_empty() {
        let message = "a detector shows what it finds";
        let help = "write `found = ['… «what is found» …']`: `policy check` tries it";
        problems.push(problem(file, beside.examples.found.span(), message, help));
    }
}

fn said(fault: &RuleError) -> String {
    match fault {
        RuleError::Pattern { message, .. } => {
            let last = message.lines().last().unwrap_or_default();
            format!("this pattern does not compile: {}", last.trim_start_matches("error: "))
        }
        RuleError::LooksAround(_) => "this pattern looks around itself".to_owned(),
        RuleError::Unbounded(_) => "this pattern has no bound".to_owned(),
        RuleError::Duplicate(_) | RuleError::Malformed { .. } => fault.to_string(),
    }
}

fn remedy(fault: &RuleError) -> &'static str {
    match fault {
        RuleError::Pattern { .. } => "patterns are those of the Rust crate regex; in TOML they stand in '…'",
        RuleError::LooksAround(_) => "leave out \\b, ^ and $: the ends of words are checked without them",
        RuleError::Unbounded(_) => "write {1,64} instead of + or *",
        RuleError::Duplicate(_) | RuleError::Malformed { .. } => "correct the file",
    }
}

fn problem(
    file: &str,
    span: Range<usize>,
    message: impl Into<String>,
    help: impl Into<String>,
) -> DetectorProblem {
    DetectorProblem { file: file.to_owned(), span, message: message.into(), help: help.into() }
}

/// The text without its marks, and the marked spans in code points.
fn marked(example: &str) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut spans, mut start, mut at) = (String::new(), Vec::new(), 0, 0);
    for char in example.replace("{}", "").chars() {
        match char {
            '«' => start = at,
            '»' => spans.push((start, at)),
            other => {
                text.push(other);
                at += 1;
            }
        }
    }
    (text, spans)
}
