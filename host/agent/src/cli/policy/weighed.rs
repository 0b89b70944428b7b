//! A text against policies: looked through by the classifier, decided, and decided again as redaction would send it.
//!
//! INVARIANT: the way of a verdict, with facts that are given in place of those a browser tells.

use host_classify::{Classification, Engine, Neighbours, corrected};
use host_policy::{Decision, Facts, Place, Policy};
use shared_protocol::{Obligation, Part, PartKind, Prompt, Text};

use crate::judge;

/// What came of a text.
pub(super) struct Weighed {
    /// What was decided from.
    pub(super) facts: Facts,
    /// The decision.
    pub(super) decision: Decision,
    /// What confirmed mistakes took away, and how much it was before.
    pub(super) corrected: Vec<String>,
}

/// Weighs a text. `base` says everything that does not depend on it, `neighbours` what is corrected.
pub(super) fn text(
    policy: &Policy,
    engine: &Engine,
    base: &Facts,
    text: &Text,
    neighbours: Option<&Neighbours>,
) -> Weighed {
    let mut prompt = Prompt::new(base.operation);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.clone() });
    let (facts, found) = looked_through(engine, base, &prompt, neighbours);
    let decision = policy.decide(&facts);
    let corrected = found.engines.iter().filter_map(|engine| corrected(engine)).map(str::to_owned).collect();
    if !decision.obligations.contains(&Obligation::Redact) {
        return Weighed { facts, decision, corrected };
    }
    let edits = judge::edits(engine, &decision, &found, &prompt, &[]);
    let (again, _) = looked_through(engine, base, &prompt.edited(&edits), neighbours);
    Weighed { facts, decision: decision.after_redaction(policy.decide(&again)), corrected }
}

/// Facts that were kept, the redacted text's among them.
pub(super) fn facts(policy: &Policy, facts: &Facts, redacted: Option<&Facts>) -> Decision {
    let decision = policy.decide(facts);
    match redacted {
        Some(redacted) => decision.after_redaction(policy.decide(redacted)),
        None => decision,
    }
}

fn looked_through(
    engine: &Engine,
    base: &Facts,
    prompt: &Prompt,
    neighbours: Option<&Neighbours>,
) -> (Facts, Classification) {
    let mut found = engine.classify(prompt);
    neighbours.into_iter().for_each(|neighbours| found.correct(neighbours));
    let mut facts = base.clone();
    facts.text_bytes = u64::try_from(prompt.text_len()).unwrap_or(u64::MAX);
    facts.classified(&found.topics, &found.findings, |label| engine.topics_of(label));
    for name in &found.names {
        facts.found(&name.label, engine.topics_of(&name.label), Place::Name);
    }
    (facts, found)
}
