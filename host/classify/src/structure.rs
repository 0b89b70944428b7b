//! What is seen from the form of many lines rather than of one place: program text and tables.
//!
//! INVARIANT: a finding by structure never takes the place of one by rule: it stands in what those leave over, in as
//! many pieces as that makes.

mod code;
mod forms;
mod languages;
mod lines;
mod tables;

use std::ops::Range;

use shared_protocol::Label;

use crate::detector::{Detector, RuleError};
use crate::settle::Hit;
use crate::words::is_replacement;

pub(crate) use forms::Form;
use forms::Forms;
pub(crate) use languages::Language;
use languages::Languages;

/// What is found by structure, ready to look.
#[derive(Debug)]
pub(crate) struct Structure {
    forms: Forms,
    languages: Languages,
}

/// Longest replacement, brackets included, in bytes.
const REPLACEMENT: usize = 66;

/// A stretch of a text that is something as a whole. Byte offsets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Region {
    pub(crate) place: Range<usize>,
    pub(crate) label: Label,
    pub(crate) confidence: f32,
}

impl Structure {
    /// Of the detectors that are compiled in.
    pub(crate) fn new(detectors: &[Detector]) -> Result<Self, RuleError> {
        Ok(Self { forms: Forms::new(detectors), languages: Languages::new(detectors)? })
    }

    /// Adds what is seen in `text` to `hits`, which are in order and do not overlap. `detector` says which one a label
    /// has, if it has one still; `personal`, whether a hit is personal data.
    pub(crate) fn add<'a>(
        &self,
        text: &'a str,
        hits: Vec<Hit<'a>>,
        detector: impl Fn(&Label) -> Option<usize>,
        personal: impl Fn(&Hit<'_>) -> bool,
    ) -> Vec<Hit<'a>> {
        let tables = tables::regions(text, &self.forms, &hits, &personal);
        let hits = stand_in(text, hits, &tables, &detector);
        stand_in(text, hits, &code::regions(text, &self.languages), &detector)
    }
}

/// `hits` with those of `regions` in what they leave over.
fn stand_in<'a>(
    text: &'a str,
    hits: Vec<Hit<'a>>,
    regions: &[Region],
    detector: &impl Fn(&Label) -> Option<usize>,
) -> Vec<Hit<'a>> {
    if regions.is_empty() {
        return hits;
    }
    let mut all = Vec::new();
    for region in regions {
        let Some(detector) = detector(&region.label) else { continue };
        let pieces = left_over(region.place.clone(), &hits).into_iter();
        for place in pieces.flat_map(|place| between_replacements(text, place)) {
            let piece = text.get(place.clone()).unwrap_or_default();
            let start = place.start + (piece.len() - piece.trim_start().len());
            let piece = piece.trim();
            // Between two findings a bracket or a comma is left, which is nothing by itself.
            if piece.chars().filter(|char| char.is_alphanumeric()).count() < 2 {
                continue;
            }
            let (end, confidence) = (start + piece.len(), region.confidence);
            all.push(Hit { start, end, confidence, secret: false, detector, text: piece });
        }
    }
    all.extend(hits);
    all.sort_by_key(|hit| hit.start);
    all
}

/// What `hits` leave over of `place`.
fn left_over(place: Range<usize>, hits: &[Hit<'_>]) -> Vec<Range<usize>> {
    let first = hits.partition_point(|hit| hit.end <= place.start);
    let inside = hits.iter().skip(first).take_while(|hit| hit.start < place.end);
    let (mut at, mut pieces) = (place.start, Vec::new());
    for hit in inside {
        if at < hit.start {
            pieces.push(at..hit.start);
        }
        at = at.max(hit.end);
    }
    if at < place.end {
        pieces.push(at..place.end);
    }
    pieces
}

/// The pieces of `place` between our own replacements: what was taken out once is not found again.
fn between_replacements(text: &str, place: Range<usize>) -> Vec<Range<usize>> {
    let (mut at, mut pieces) = (place.start, Vec::new());
    let piece = text.get(place.clone()).unwrap_or_default();
    for (opened, _) in piece.match_indices('[') {
        let rest = piece.get(opened..).unwrap_or_default();
        let closed = rest.bytes().take(REPLACEMENT).position(|byte| byte == b']');
        let Some(words) = closed.and_then(|closed| rest.get(..=closed)) else { continue };
        if is_replacement(&words.to_lowercase()) {
            pieces.push(at..place.start + opened);
            at = place.start + opened + words.len();
        }
    }
    pieces.push(at..place.end);
    pieces.retain(|piece| piece.start < piece.end);
    pieces
}
