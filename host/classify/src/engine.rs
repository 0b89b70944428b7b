//! Runs the rules over a prompt.
//!
//! INVARIANT: immutable after it is built; one engine serves any number of threads.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use shared_protocol::{Finding, Label, Part, Prompt, Topic};

use crate::asked::{Asked, Asking};
use crate::beside::Beside;
use crate::classification::{Classification, NameFinding};
use crate::detector::{Detector, RuleError, Shown};
use crate::encoder::EncoderError;
use crate::exact::{self, Exact};
use crate::linear::{Model, ModelError};
use crate::mask::mask;
use crate::names::names_of;
use crate::numbers::stretches;
use crate::prefilter::Prefilter;
use crate::rule::{Pattern, Places};
use crate::saying::Sayings;
use crate::scanned::Scanned;
use crate::settle::{Hit, settle};
use crate::structure::Structure;
use crate::topics::Evidence;
use crate::{builtin, proximity, topics, words};

/// The name under which this engine answers.
const NAME: &str = "rules";

/// Bytes of a text for which a second thread is worth its start.
const LONG: usize = 64 * 1024;

/// The rules, compiled.
#[derive(Debug)]
pub struct Engine {
    /// Sorted by label.
    detectors: Vec<Compiled>,
    /// Where each rule is: the detector's place, and its own among the detector's.
    places: Vec<(usize, usize)>,
    /// The words of all rules, by their place in `places`.
    prefilter: Prefilter,
    /// What is seen from the form of many lines.
    structure: Structure,
    /// Topics that are an organisation's own, sorted.
    own: Vec<Topic>,
    /// What is asked for; the rules answer alone without it.
    asking: Asking,
    /// An organisation's own values and documents.
    exact: Exact,
}

#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) label: Label,
    /// What it is evidence for, the strongest first.
    topics: Vec<Topic>,
    /// What a person calls it, where the label is an organisation's own.
    words: Option<String>,
    weight: f32,
    once: bool,
    mask: Shown,
    /// What is found stands for itself and can be a placeholder.
    secret: bool,
    rules: Vec<Pattern>,
}

impl Engine {
    /// The detectors that are compiled in.
    ///
    /// # Errors
    /// When one of them cannot be read; the tests of this crate hold that all can be, and that all patterns compile.
    pub fn builtin() -> Result<Self, RuleError> {
        let mut detectors = Vec::new();
        let read = builtin::detectors()?;
        let structure = Structure::new(&read)?;
        for detector in read {
            detectors.push(Compiled { words: None, ..self::read(detector)? });
        }
        Self::of(detectors, structure, Asking::builtin())
    }

    /// The same with an organisation's own detectors, each label once; one of a label that is compiled in takes the place
    /// of that one.
    pub(crate) fn with_own(mut self, own: Vec<Compiled>) -> Result<Self, RuleError> {
        self.detectors.retain(|detector| own.iter().all(|other| other.label != detector.label));
        self.detectors.extend(own);
        Self::of(self.detectors, self.structure, self.asking)
    }

    /// The same with topics that an organisation tells by examples: a text is compared with them by what both mean. Where
    /// the encoder does not answer, which the record says, only detectors tell these topics.
    #[must_use]
    pub fn with_examples<'a>(
        mut self,
        topics: impl IntoIterator<Item = (&'a Topic, &'a Vec<String>)>,
    ) -> Self {
        let topics: Vec<_> = topics.into_iter().collect();
        self.own.extend(topics.iter().map(|(topic, _)| (*topic).clone()));
        self.own.sort();
        self.own.dedup();
        self.asking.learn(&topics);
        self
    }

    fn of(mut detectors: Vec<Compiled>, structure: Structure, asking: Asking) -> Result<Self, RuleError> {
        detectors.sort_by(|one, other| one.label.cmp(&other.label));
        let doubled = detectors.windows(2).find_map(|pair| match pair {
            [one, other] if one.label == other.label => Some(one.label.as_str().to_owned()),
            _ => None,
        });
        if let Some(label) = doubled {
            return Err(RuleError::Duplicate(label));
        }
        let mut places = Vec::new();
        for (at, detector) in detectors.iter().enumerate() {
            places.extend((0..detector.rules.len()).map(|rule| (at, rule)));
        }
        let asked = detectors.iter().flat_map(|detector| &detector.rules).map(|rule| rule.asked.as_ref());
        let asked = asked.enumerate().filter_map(|(rule, asked)| Some((rule, asked?)));
        let prefilter = Prefilter::new(asked);
        let topics = detectors.iter().flat_map(|detector| &detector.topics);
        let mut own: Vec<Topic> = topics.filter(|topic| matches!(topic, Topic::Custom(_))).cloned().collect();
        own.sort();
        own.dedup();
        Ok(Self { detectors, places, prefilter, structure, own, asking, exact: Exact::default() })
    }

    /// The same with an organisation's own values and documents, whose detectors it has already.
    pub(crate) fn looking_up(self, exact: Exact) -> Self {
        Self { exact, ..self }
    }

    /// The same without the linear model: what is left when that cannot be used.
    #[must_use]
    pub fn without_model(mut self, fault: ModelError) -> Self {
        self.asking.linear = Err(fault);
        self
    }

    /// The same with another linear model, such as one that was trained without what it is measured on.
    #[must_use]
    pub fn with_model(mut self, model: Model<'static>) -> Self {
        self.asking.linear = Ok(model);
        self
    }

    /// The same without the encoder.
    #[must_use]
    pub fn without_encoder(mut self, fault: EncoderError) -> Self {
        self.asking.encoder = Err(fault);
        self
    }

    /// Why the encoder does not answer, if it does not.
    #[must_use]
    pub fn encoder_fault(&self) -> Option<EncoderError> {
        self.asking.encoder.as_ref().err().copied()
    }

    /// Why the linear model does not answer, if it does not.
    #[must_use]
    pub fn model_fault(&self) -> Option<ModelError> {
        self.asking.linear.as_ref().err().copied()
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

    /// What replaces the `number`th value of `label`'s kind, such as `[EMAIL_1]`.
    #[must_use]
    pub fn replacement(&self, label: &Label, number: u32) -> String {
        words::numbered(&self.kind(label), number)
    }

    /// The kind of `label`, such as `EMAIL`: labels of one kind are counted together.
    #[must_use]
    pub fn kind(&self, label: &Label) -> String {
        let own = self.find(label).and_then(|detector| detector.words.as_ref());
        own.map_or_else(|| words::kind(label).to_owned(), |words| words::kind_of(words))
    }

    fn find(&self, label: &Label) -> Option<&Compiled> {
        self.detectors.get(self.place(label)?)
    }

    /// What it looks for, sorted.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        self.detectors.iter().map(|detector| &detector.label)
    }

    /// Says what is in `prompt`.
    #[must_use]
    pub fn classify(&self, prompt: &Prompt) -> Classification {
        self.classify_knowing(prompt, &Beside::default())
    }

    /// The same, with what is known beside it.
    #[must_use]
    pub fn classify_knowing(&self, prompt: &Prompt, beside: &Beside<'_>) -> Classification {
        let mut findings = Vec::new();
        let mut found = Vec::new();
        let mut asked = Asked::default();
        for (part, Part { text, .. }) in prompt.parts.iter().enumerate() {
            let scanned = (beside.known)(text.expose())
                .unwrap_or_else(|| Arc::new(self.look_until(text.expose(), beside.is_over)));
            found.extend(&scanned.evidence);
            asked.add(&scanned.asked);
            findings.extend(scanned.findings.iter().map(|finding| Finding { part, ..finding.clone() }));
        }
        let across = self.across(beside.before, prompt, &findings);
        found.extend(across.iter().map(|(detector, finding)| (*detector, finding.confidence)));
        findings.extend(across.into_iter().map(|(_, finding)| finding));
        findings.sort_by_key(|finding| (finding.part, finding.start));
        let mut names = Vec::new();
        for name in names_of(prompt) {
            for (detector, score, finding) in self.in_name(name) {
                found.push((detector, score));
                names.push(finding);
            }
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
            Some(Evidence {
                topics: &detector.topics,
                weight: detector.weight,
                once: detector.once,
                confidence: *confidence,
            })
        });
        let mut topics = topics::score(&self.own, evidence);
        let said = Sayings::new(&asked.sayings, &topics);
        let mut engines = vec![NAME.to_owned()];
        self.asking.combine(&asked, &mut topics, &mut engines);
        Classification { findings, names, topics, engines, said }
    }

    /// What the rules find in a text, without asking any model.
    #[must_use]
    pub fn find_in(&self, text: &str) -> Vec<Finding> {
        self.findings(text, &self.scan(text))
    }

    /// Looks through one text ahead of the prompt that it may become a part of.
    #[must_use]
    pub fn look_through(&self, text: &str) -> Scanned {
        self.look_until(text, &|| false)
    }

    fn look_until(&self, text: &str, is_over: &dyn Fn() -> bool) -> Scanned {
        let (hits, asked) = self.scan_and_ask(text, is_over);
        let mut evidence: Vec<(usize, f32)> = hits.iter().map(|hit| (hit.detector, hit.confidence)).collect();
        evidence.extend(proximity::beside_a_name(&hits, |detector| {
            self.detectors.get(detector).map(|found| &found.label)
        }));
        let own = self.exact.look(text);
        evidence.extend(own.iter().filter_map(|(label, one)| Some((self.place(label)?, one.score))));
        Scanned { findings: exact::beside(text, self.findings(text, &hits), &own), evidence, asked }
    }

    /// Rules and models know nothing of each other: a long text is read by both at once.
    fn scan_and_ask<'a>(&self, text: &'a str, is_over: &dyn Fn() -> bool) -> (Vec<Hit<'a>>, Asked) {
        if text.len() < LONG {
            return (self.scan(text), self.asking.of(text, is_over));
        }
        thread::scope(|scope| {
            let scan = scope.spawn(|| self.scan(text));
            let asked = self.asking.of(text, is_over);
            (scan.join().unwrap_or_else(|panic| resume_unwind(panic)), asked)
        })
    }

    /// An organisation's own values and documents in the name of a file.
    fn in_name(&self, name: &str) -> Vec<(usize, f32, NameFinding)> {
        let one = |(label, found): (&Label, exact::Match)| {
            let named =
                NameFinding { label: label.clone(), confidence: 1.0, mask: mask("", Shown::default()) };
            Some((self.place(label)?, found.score, named))
        };
        self.exact.look(name).into_iter().filter_map(one).collect()
    }

    /// What a detector calls what it finds, and how that is masked.
    pub(crate) fn called(&self, detector: usize) -> Option<(&Label, Shown)> {
        self.detectors.get(detector).map(|found| (&found.label, found.mask))
    }

    fn place(&self, label: &Label) -> Option<usize> {
        self.detectors.binary_search_by(|detector| detector.label.cmp(label)).ok()
    }

    /// What stands in `text`, in order.
    pub(crate) fn scan<'a>(&self, text: &'a str) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        let (numbers, words) = (stretches(text), self.prefilter.hits(text));
        let mut look = |rule: usize, words: &[(usize, usize)]| {
            let Some((index, detector, rule)) = self.rule(rule) else { return };
            rule.scan(text, &Places { numbers: &numbers, words }, detector.secret, |passed, confidence| {
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
        };
        let unasked = |rule: &usize| self.rule(*rule).is_some_and(|(_, _, rule)| rule.is_unasked(&words));
        for rule in (0..self.places.len()).filter(unasked) {
            look(rule, &[]);
        }
        for (rule, places) in words.by_rule().filter(|(rule, _)| !unasked(rule)) {
            look(rule, places);
        }
        let detector =
            |label: &Label| self.detectors.binary_search_by(|detector| detector.label.cmp(label)).ok();
        let personal = |hit: &Hit<'_>| {
            self.detectors.get(hit.detector).is_some_and(|found| proximity::is_personal(&found.label))
        };
        self.structure.add(text, settle(hits), detector, personal)
    }

    /// A rule by its number.
    fn rule(&self, rule: usize) -> Option<(usize, &Compiled, &Pattern)> {
        let (index, rule) = *self.places.get(rule)?;
        let detector = self.detectors.get(index)?;
        Some((index, detector, detector.rules.get(rule)?))
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

impl Compiled {
    /// What is found otherwise than by rules. However often, it says as much as the surest.
    pub(crate) fn without_rules(label: Label, topics: Vec<Topic>, words: String) -> Self {
        let (weight, mask, rules) = (1.0, Shown::default(), Vec::new());
        Self { label, topics, words: Some(words), weight, once: true, mask, secret: false, rules }
    }
}

/// Checks and compiles the rules of one detector.
pub(crate) fn compile(detector: Detector) -> Result<Compiled, RuleError> {
    let compiled = read(detector)?;
    compiled.rules.iter().try_for_each(|rule| rule.compile(compiled.label.as_str()))?;
    Ok(compiled)
}

/// The same, with the patterns left to be compiled when they are first asked for.
fn read(detector: Detector) -> Result<Compiled, RuleError> {
    let Detector { label, words, topics, weight, once, mask, rules, .. } = detector;
    let secret = label.as_str().starts_with("secret.");
    let rules = rules.into_iter().map(|rule| Pattern::new(label.as_str(), rule)).collect::<Result<_, _>>()?;
    let topics = if topics.is_empty() { topics::topics_of(&label) } else { topics };
    Ok(Compiled { label: label.clone(), topics, words: Some(words), weight, once, mask, secret, rules })
}

#[cfg(test)]
mod tests;
