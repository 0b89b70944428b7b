//! What stands for what redaction takes out: one name for one value, the same as before in its conversation.
//!
//! INVARIANT: two values of a text never get one name, and none gets a name that the text, or the conversation, has
//! already: so the originals can be put back.
//! INVARIANT: pure, and the same for the same text and names: what is decided again is the text that leaves.

use std::collections::BTreeMap;

use host_classify::{Classification, Engine, merged};
use host_policy::Decision;
use shared_protocol::{Edit, Finding, Obligation, Placeholder, Prompt};

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
    let mut names = Names { engine, prompt, known, given: BTreeMap::new(), last: BTreeMap::new() };
    let edit = |one: Finding| Edit {
        part: one.part,
        start: one.start,
        end: one.end,
        replacement: names.name(&one, value(prompt, &one)),
    };
    merged(redacted).into_iter().map(edit).collect()
}

struct Names<'a> {
    engine: &'a Engine,
    prompt: &'a Prompt,
    known: &'a [Placeholder],
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
        self.known.iter().any(|known| known.name == name)
            || self.prompt.parts.iter().any(|part| part.text.expose().contains(name))
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

/// What the finding found.
fn value(prompt: &Prompt, one: &Finding) -> String {
    let text = prompt.parts.get(one.part).map_or("", |part| part.text.expose());
    text.chars().skip(one.start).take(one.end.saturating_sub(one.start)).collect()
}
