//! The forms of lines by which languages are told, from the detectors' files.

use regex::bytes::{RegexSet, RegexSetBuilder};
use serde::Deserialize;
use shared_protocol::Label;

use crate::detector::{Detector, RuleError};

/// How a language is told. Patterns see one line without the white space around it, so `^` and `$` are its ends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Language {
    /// What stands behind the opening fence.
    pub(crate) fences: Vec<String>,
    /// Forms that few other languages have.
    pub(crate) tells: Vec<String>,
    /// The label of a language of which every line is one of this language too.
    #[serde(default)]
    pub(crate) extends: Option<String>,
    /// Forms that it shares with some.
    pub(crate) lines: Vec<String>,
}

/// What a form is worth.
const TELL: u32 = 3;
const LINE: u32 = 1;

/// Longest line that is looked at, in bytes. Longer ones are data or have been made small.
pub(super) const LONGEST: usize = 400;

/// All of them.
#[derive(Debug)]
pub(super) struct Languages {
    labels: Vec<Label>,
    fences: Vec<(String, usize)>,
    forms: RegexSet,
    /// Whose each form is, and its worth.
    owners: Vec<(usize, u32)>,
    /// Languages with the one that they extend.
    extended: Vec<(usize, usize)>,
}

impl Languages {
    pub(super) fn new(detectors: &[Detector]) -> Result<Self, RuleError> {
        let (mut labels, mut fences, mut patterns, mut owners) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for detector in detectors {
            let Some(language) = &detector.language else { continue };
            let at = labels.len();
            labels.push(detector.label.clone());
            fences.extend(language.fences.iter().map(|fence| (fence.clone(), at)));
            for (forms, worth) in [(&language.tells, TELL), (&language.lines, LINE)] {
                patterns.extend(forms.iter().cloned());
                owners.extend(forms.iter().map(|_| (at, worth)));
            }
        }
        // The words of programs are ASCII, and the tables of all scripts are large.
        let forms = RegexSetBuilder::new(&patterns)
            .unicode(false)
            .size_limit(32 << 20)
            .dfa_size_limit(16 << 20)
            .build()
            .map_err(|error| RuleError::Pattern { label: "code".to_owned(), message: error.to_string() })?;
        let known = |label: &String| labels.iter().position(|other: &Label| other.as_str() == label);
        let extended = detectors.iter().filter_map(|detector| {
            let base = detector.language.as_ref()?.extends.as_ref()?;
            Some((known(&detector.label.as_str().to_owned())?, known(base)?))
        });
        let extended = extended.collect();
        Ok(Self { labels, fences, forms, owners, extended })
    }

    /// The language that a fence names.
    pub(super) fn fenced(&self, name: &str) -> Option<usize> {
        let name = name.to_ascii_lowercase();
        self.fences.iter().find(|(fence, _)| *fence == name).map(|(_, at)| *at)
    }

    /// Adds what `line` says of each language to `points`; the most that it is worth to one of them.
    pub(super) fn tell(&self, line: &str, points: &mut [u32]) -> u32 {
        let mut most = 0;
        let mut told = vec![0; points.len()];
        for form in &self.forms.matches(line.as_bytes()) {
            let Some((language, worth)) = self.owners.get(form) else { continue };
            most = most.max(*worth);
            if let Some(told) = told.get_mut(*language) {
                // A second form in a line says a little more.
                *told = if *told == 0 { *worth } else { (*told).max(*worth) + 1 };
            }
        }
        for (points, told) in points.iter_mut().zip(told) {
            *points += told;
        }
        most
    }

    /// The language that `points` are most for. One that extends another has all of that one's points, too.
    pub(super) fn most(&self, points: &[u32]) -> (usize, u32) {
        let points = |at: usize| {
            let base = self.extended.iter().find(|(language, _)| *language == at);
            let of = |at: usize| points.get(at).copied().unwrap_or_default();
            let own = of(at);
            // Without a line of its own it is the other one.
            own + base.filter(|_| own > 0).map_or(0, |(_, base)| of(*base))
        };
        let most = (0..self.labels.len()).map(|at| (at, points(at)));
        most.max_by_key(|(at, points)| (*points, usize::MAX - at)).unwrap_or_default()
    }

    pub(super) fn count(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn label(&self, at: usize) -> Option<&Label> {
        self.labels.get(at)
    }
}
