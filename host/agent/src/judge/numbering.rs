//! What stands for what redaction takes out: one name for one value, the same as before in its conversation.
//!
//! INVARIANT: two values of a text never get one name, and none gets a name that the text, or the conversation, has
//! already: so the originals can be put back.
//! INVARIANT: pure, and the same for the same text and names: what is decided again is the text that leaves.

use std::collections::{BTreeMap, BTreeSet};

use host_classify::{Classification, Engine, merged};
use host_policy::Decision;
use shared_protocol::{Edit, Finding, Obligation, Placeholder, Prompt};

/// Code points of a name in brackets at most: a kind of an organisation's own words, and a number.
const LONGEST: usize = 256;

/// The spans that redaction takes out, with the names that take their place. `known`: what was taken out of the
/// conversation before.
pub(crate) fn edits(
    engine: &Engine,
    decision: &Decision,
    found: &Classification,
    prompt: &Prompt,
    known: &[Placeholder],
) -> Vec<Edit> {
    if !decision.obligations.contains(&Obligation::Redact) {
        return Vec::new();
    }
    let redacted =
        found.findings.iter().filter(|one| decision.redacts(&one.label, &engine.topics_of(&one.label)));
    let redacted = merged(redacted);
    let mut names =
        Names { engine, known, written: written(prompt), given: BTreeMap::new(), last: BTreeMap::new() };
    let values = values(prompt, &redacted);
    let edit = |(one, value): (Finding, String)| Edit {
        part: one.part,
        start: one.start,
        end: one.end,
        replacement: names.name(&one, value),
    };
    redacted.into_iter().zip(values).map(edit).collect()
}

struct Names<'a> {
    engine: &'a Engine,
    known: &'a [Placeholder],
    /// What stands in brackets in the text.
    written: BTreeSet<String>,
    /// Name by kind and value.
    given: BTreeMap<(String, String), String>,
    /// The last number tried of each kind.
    last: BTreeMap<String, u32>,
}

impl Names<'_> {
    /// The name of a value: as before, or a new one.
    fn name(&mut self, one: &Finding, value: String) -> String {
        let kind = self.engine.kind(&one.label);
        let same =
            |known: &&Placeholder| known.value.expose() == value && number(&known.name, &kind).is_some();
        let before = self.known.iter().find(same).filter(|_| !value.is_empty());
        if let Some(before) = before {
            return before.name.clone();
        }
        if let Some(given) = self.given.get(&(kind.clone(), value.clone())) {
            return given.clone();
        }
        let name = loop {
            let known = self.known;
            let number = self.last.entry(kind.clone()).or_insert_with(|| highest(known, &kind));
            *number = number.saturating_add(1);
            let name = self.engine.replacement(&one.label, *number);
            if !self.is_taken(&name) {
                break name;
            }
        };
        self.given.insert((kind, value), name.clone());
        name
    }

    fn is_taken(&self, name: &str) -> bool {
        self.written.contains(name) || self.known.iter().any(|known| known.name == name)
    }
}

/// The number in `name`, if it is one of `kind`.
fn number(name: &str, kind: &str) -> Option<u32> {
    name.strip_prefix('[')?.strip_prefix(kind)?.strip_prefix('_')?.strip_suffix(']')?.parse().ok()
}

/// The highest number of `kind` that the conversation has: what is forgotten below it is never given again.
fn highest(known: &[Placeholder], kind: &str) -> u32 {
    known.iter().filter_map(|known| number(&known.name, kind)).max().unwrap_or(0)
}

/// What stands in brackets in the text and may be a name.
fn written(prompt: &Prompt) -> BTreeSet<String> {
    let mut written = BTreeSet::new();
    for text in prompt.parts.iter().map(|part| part.text.expose()) {
        for (start, _) in text.match_indices('[') {
            let rest = text.get(start..).unwrap_or_default();
            let end = rest.char_indices().take(LONGEST).find(|(_, char)| *char == ']');
            written.extend(end.and_then(|(end, _)| rest.get(..=end)).map(str::to_owned));
        }
    }
    written
}

/// What each finding found. In one walk over each part: a text can have a finding in every line.
pub(super) fn values(prompt: &Prompt, findings: &[Finding]) -> Vec<String> {
    let mut values = Vec::with_capacity(findings.len());
    let (mut part, mut at) = (usize::MAX, 0);
    let mut rest = "".chars();
    for one in findings {
        // Findings are sorted, though some may overlap; were they not, the walk would begin anew.
        if one.part != part || one.start < at {
            (part, at) = (one.part, 0);
            rest = prompt.parts.get(one.part).map_or("", |part| part.text.expose()).chars();
        }
        if let Some(skipped) = one.start.checked_sub(at + 1) {
            rest.nth(skipped);
        }
        at = one.start;
        values.push(rest.clone().take(one.end.saturating_sub(one.start)).collect());
    }
    values
}
