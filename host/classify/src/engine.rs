//! Runs the rules over a prompt.
//!
//! INVARIANT: immutable after it is built; one engine serves any number of threads.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use regex::Regex;
use shared_protocol::{Finding, Label, Part, Prompt, Topic};

use crate::candidate::Candidate;
use crate::check::{Check, Passed};
use crate::classification::{Classification, NameFinding};
use crate::context::near;
use crate::detector::{Context, Detector, Rule, RuleError, Shown};
use crate::linear::{self, Model, ModelError};
use crate::mask::mask;
use crate::numbers::stretches;
use crate::pattern::{looks_around, unbounded};
use crate::placeholder::{entropy, is_placeholder};
use crate::scanned::Scanned;
use crate::settle::{Hit, settle};
use crate::{builtin, topics, words};

/// The name under which this engine answers.
const NAME: &str = "rules";

/// Below this a match is not worth telling.
const LEAST: f32 = 0.5;

/// The rules, compiled.
#[derive(Debug)]
pub struct Engine {
    /// Sorted by label.
    detectors: Vec<Compiled>,
    /// Topics that are an organisation's own, sorted.
    own: Vec<Topic>,
    /// What is asked for; the rules answer alone without it.
    linear: Result<Model<'static>, ModelError>,
}

#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) label: Label,
    /// What it is evidence for, the strongest first.
    topics: Vec<Topic>,
    /// What a person calls it, where the label is an organisation's own.
    words: Option<String>,
    weight: f32,
    mask: Shown,
    /// What is found stands for itself and can be a placeholder.
    secret: bool,
    rules: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    regex: Regex,
    /// Whether a group `value` is the finding.
    grouped: bool,
    check: Check,
    confidence: f32,
    inside_words: bool,
    numbers: bool,
    entropy: f32,
    context: Option<Context>,
}

impl Engine {
    /// The detectors that are compiled in.
    ///
    /// # Errors
    /// When one of them cannot be used; the tests of this crate hold that none is.
    pub fn builtin() -> Result<Self, RuleError> {
        let mut detectors = Vec::new();
        for detector in builtin::detectors()? {
            detectors.push(Compiled { words: None, ..compile(detector)? });
        }
        detectors.sort_by(|one, other| one.label.cmp(&other.label));
        let doubled = detectors.windows(2).find_map(|pair| match pair {
            [one, other] if one.label == other.label => Some(one.label.as_str().to_owned()),
            _ => None,
        });
        match doubled {
            Some(label) => Err(RuleError::Duplicate(label)),
            None => Ok(Self { detectors, own: Vec::new(), linear: linear::builtin() }),
        }
    }

    /// The same with an organisation's own detectors, each label once; one of a label that is compiled in takes the place
    /// of that one.
    pub(crate) fn with_own(mut self, own: Vec<Compiled>) -> Self {
        self.detectors.retain(|detector| own.iter().all(|other| other.label != detector.label));
        self.detectors.extend(own);
        self.detectors.sort_by(|one, other| one.label.cmp(&other.label));
        let topics = self.detectors.iter().flat_map(|detector| &detector.topics);
        self.own = topics.filter(|topic| matches!(topic, Topic::Custom(_))).cloned().collect();
        self.own.sort();
        self.own.dedup();
        self
    }

    /// The same without the linear model: what is left when that cannot be used.
    #[must_use]
    pub fn without_model(self, fault: ModelError) -> Self {
        Self { linear: Err(fault), ..self }
    }

    /// Why the linear model does not answer, if it does not.
    #[must_use]
    pub fn model_fault(&self) -> Option<ModelError> {
        self.linear.as_ref().err().copied()
    }

    /// The topics that are an organisation's own, sorted.
    #[must_use]
    pub fn own_topics(&self) -> &[Topic] {
        &self.own
    }

    /// The topics a label is evidence for, the strongest first.
    #[must_use]
    pub fn topics_of(&self, label: &Label) -> Vec<Topic> {
        self.find(label).map_or_else(|| topics::topics_of(label), |detector| detector.topics.clone())
    }

    /// What replaces a finding of `label`: words a person understands, in brackets.
    #[must_use]
    pub fn replacement(&self, label: &Label) -> String {
        let own = self.find(label).and_then(|detector| detector.words.as_ref());
        own.map_or_else(|| words::replacement(label), |words| format!("[{words}]"))
    }

    fn find(&self, label: &Label) -> Option<&Compiled> {
        let at = self.detectors.binary_search_by(|detector| detector.label.cmp(label)).ok()?;
        self.detectors.get(at)
    }

    /// What it looks for, sorted.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        self.detectors.iter().map(|detector| &detector.label)
    }

    /// Says what is in `prompt`.
    #[must_use]
    pub fn classify(&self, prompt: &Prompt) -> Classification {
        self.classify_knowing(prompt, &|_| None)
    }

    /// The same, using what [`Engine::look_through`] has said of the very same text before, where `known` still
    /// has it.
    #[must_use]
    pub fn classify_knowing(
        &self,
        prompt: &Prompt,
        known: &dyn Fn(&str) -> Option<Arc<Scanned>>,
    ) -> Classification {
        let mut findings = Vec::new();
        let mut found = Vec::new();
        let mut asked = [0.0_f32; linear::HEADS];
        for (part, Part { text, .. }) in prompt.parts.iter().enumerate() {
            let scanned = known(text.expose()).unwrap_or_else(|| Arc::new(self.look_through(text.expose())));
            found.extend(&scanned.evidence);
            for (asked, score) in asked.iter_mut().zip(scanned.asked) {
                *asked = asked.max(score);
            }
            findings.extend(scanned.findings.iter().map(|finding| Finding { part, ..finding.clone() }));
        }
        let mut names = Vec::new();
        for name in names_of(prompt) {
            for hit in self.scan(name) {
                found.push((hit.detector, hit.confidence));
                names.extend(self.detectors.get(hit.detector).map(|detector| NameFinding {
                    label: detector.label.clone(),
                    confidence: hit.confidence,
                    mask: mask(hit.text, detector.mask),
                }));
            }
        }
        let evidence = found.iter().filter_map(|(detector, confidence)| {
            let detector = self.detectors.get(*detector)?;
            Some((detector.topics.as_slice(), detector.weight, *confidence))
        });
        let mut topics = topics::score(&self.own, evidence);
        let mut engines = vec![NAME.to_owned()];
        if let Ok(model) = &self.linear {
            linear::combine(model, &asked, &mut topics);
            engines.push(linear::NAME.to_owned());
        }
        Classification { findings, names, topics, engines }
    }

    /// Looks through one text ahead of the prompt that it may become a part of.
    #[must_use]
    pub fn look_through(&self, text: &str) -> Scanned {
        let hits = self.scan(text);
        let evidence = hits.iter().map(|hit| (hit.detector, hit.confidence)).collect();
        let asked = self.linear.as_ref().map_or([0.0; linear::HEADS], |model| linear::scores(model, text));
        Scanned { findings: self.findings(text, &hits), evidence, asked }
    }

    /// What stands in `text`, in order.
    fn scan<'a>(&self, text: &'a str) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        let (everywhere, numbers) = (0..text.len(), stretches(text));
        for (index, detector) in self.detectors.iter().enumerate() {
            for rule in &detector.rules {
                let places =
                    if rule.numbers { numbers.as_slice() } else { std::slice::from_ref(&everywhere) };
                rule.scan(text, places, detector.secret, |passed, confidence| {
                    let found = text.get(passed.start..passed.end).unwrap_or_default();
                    hits.push(Hit {
                        start: passed.start,
                        end: passed.end,
                        confidence,
                        secret: detector.secret,
                        detector: index,
                        text: found,
                    });
                });
            }
        }
        settle(hits)
    }

    /// The hits with their places in code points: one walk over the text.
    fn findings(&self, text: &str, hits: &[Hit<'_>]) -> Vec<Finding> {
        let (mut bytes, mut points) = (0, 0);
        let mut point = |at: usize| {
            points += text.get(bytes..at).map_or(0, |between| between.chars().count());
            bytes = at;
            points
        };
        let finding = |hit: &Hit<'_>| {
            let detector = self.detectors.get(hit.detector)?;
            Some(Finding {
                label: detector.label.clone(),
                part: 0,
                start: point(hit.start),
                end: point(hit.end),
                confidence: hit.confidence,
                mask: mask(hit.text, detector.mask),
            })
        };
        hits.iter().filter_map(finding).collect()
    }
}

impl Pattern {
    /// Gives every match in `places` that passes to `keep`.
    fn scan(&self, text: &str, places: &[Range<usize>], secret: bool, mut keep: impl FnMut(Passed, f32)) {
        for place in places {
            let mut at = place.start;
            while let Some((start, end)) = self.next(text, at..place.end) {
                let passed = self.judge(Candidate { text, start, end }, secret);
                at = match passed {
                    Some((passed, confidence)) => {
                        keep(passed, confidence);
                        // A match can reach into what follows, such as a second number.
                        if passed.end > start { passed.end } else { end }
                    }
                    None => after_word(text, start),
                };
            }
        }
    }

    /// The first match in `place`. Patterns look at nothing around them, so a piece is searched like the whole.
    fn next(&self, text: &str, place: Range<usize>) -> Option<(usize, usize)> {
        let piece = text.get(place.clone()).filter(|piece| !piece.is_empty())?;
        let found = match self.grouped {
            true => self.regex.captures(piece)?.name("value")?,
            false => self.regex.find(piece)?,
        };
        Some((place.start + found.start(), place.start + found.end()))
    }

    fn judge(&self, candidate: Candidate<'_>, secret: bool) -> Option<(Passed, f32)> {
        if !self.inside_words && candidate.starts_in_word() {
            return None;
        }
        let passed = self.check.pass(candidate)?;
        let found = Candidate { start: passed.start, end: passed.end, ..candidate };
        if found.value().is_empty() || (!self.inside_words && found.in_word()) {
            return None;
        }
        if secret && (is_placeholder(found.value()) || entropy(found.value()) < self.entropy) {
            return None;
        }
        let confidence = match &self.context {
            None => self.confidence,
            Some(context) if near(found, &context.words) => context.confidence,
            Some(context) if context.required => return None,
            Some(_) => self.confidence,
        };
        let confidence = confidence * passed.factor;
        (confidence >= LEAST).then_some((passed, confidence))
    }
}

/// Each different file name of `prompt` once.
fn names_of(prompt: &Prompt) -> BTreeSet<&str> {
    let parts = prompt.parts.iter().filter_map(|part| part.name.as_ref());
    let files = prompt.attachments.iter().filter_map(|file| file.name.as_ref());
    parts.chain(files).map(|name| name.expose()).collect()
}

/// Where a search goes on after the match at `start` was none: behind the word it began in.
fn after_word(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let length = rest.find(|char| !word(char)).unwrap_or(rest.len());
    let one = rest.chars().next().map_or(1, char::len_utf8);
    start + length.max(one)
}

/// Checks and compiles the rules of one detector.
pub(crate) fn compile(detector: Detector) -> Result<Compiled, RuleError> {
    let Detector { label, words, topics, weight, mask, rules, .. } = detector;
    let secret = label.as_str().starts_with("secret.");
    let pattern = |rule: Rule| {
        let Rule { pattern, check, confidence, inside_words, numbers, entropy, context } = rule;
        let pattern = pattern.into_inner();
        if unbounded(&pattern) {
            return Err(RuleError::Unbounded(label.as_str().to_owned()));
        }
        if looks_around(&pattern) {
            return Err(RuleError::LooksAround(label.as_str().to_owned()));
        }
        let regex = Regex::new(&pattern).map_err(|error| RuleError::Pattern {
            label: label.as_str().to_owned(),
            message: error.to_string(),
        })?;
        let grouped = regex.capture_names().flatten().any(|name| name == "value");
        Ok(Pattern { regex, grouped, check, confidence, inside_words, numbers, entropy, context })
    };
    let rules = rules.into_iter().map(pattern).collect::<Result<_, _>>()?;
    let topics = if topics.is_empty() { topics::topics_of(&label) } else { topics };
    Ok(Compiled { label: label.clone(), topics, words: Some(words), weight, mask, secret, rules })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::{Engine, after_word};

    static QUICK: LazyLock<Engine> = LazyLock::new(|| Engine::builtin().unwrap());
    static WHOLE: LazyLock<Engine> = LazyLock::new(|| {
        let mut engine = Engine::builtin().unwrap();
        for rule in engine.detectors.iter_mut().flat_map(|detector| &mut detector.rules) {
            rule.numbers = false;
        }
        engine
    });

    proptest! {
        /// Searching the stretches of digits only finds what searching everything finds.
        #[test]
        fn stretches_miss_nothing(text in "([0-9]{1,5}|[ +().,/\u{a0}-]{1,3}|tel|card|ssn|é){1,20}") {
            prop_assert_eq!(QUICK.scan(&text), WHOLE.scan(&text));
        }
    }

    #[test]
    fn a_search_always_goes_on() {
        assert_eq!(after_word("abc d", 0), 3);
        assert_eq!(after_word("é", 0), 2);
        assert_eq!(after_word("-", 0), 1);
    }
}
